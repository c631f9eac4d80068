"""The one place where the product is composed.

The path of a message:   line/webhook, slack/app or webchat/routes → inbox (intake, work) →
                         workers/hearing → understanding → turn.respond → flows → outbox →
                         workers/sending → line/send, slack/channel or webchat/channel
The path of a capture:   intake/hotfolder (or `akashi capture`, or intake/uploads) →
                         intake/take → originals → intake/receive → workers/captures →
                         renditions → intake/tasks → reminders → outbox; workers/keeping → read
                         back, second place
All flows are listed here, once; all slots of the clock in `slots`.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from sqlmodel import Session
from starlette.types import ASGIApp

from bot.answers import answer_errors
from bot.authority import HttpAuthority
from bot.bucket import Turnstile
from bot.findings import Finding
from bot.health import Gauges
from bot.health import router as health_router
from bot.line import doctor as line_doctor
from bot.line import rich_menu
from bot.line.api import open_api
from bot.line.linking import LineLink
from bot.line.quota import QuotaWatch
from bot.line.send import LineChannel
from bot.line.webhook import LineWebhook
from bot.mail import Post, open_post
from bot.media_calls import key_door, media_calls
from bot.pages.link import LinkDesk, link_router
from bot.pages.log import log_router
from bot.pages.own import OwnDesk, own_router
from bot.push import WebPush
from bot.readers import PARSERS, READERS
from bot.rulebook.book import TERMS
from bot.schedule import SLOT, Schedule, Slot, Ticker
from bot.settings import Settings
from bot.slack import doctor as slack_doctor
from bot.slack.api import SlackApi
from bot.slack.app import slack_router
from bot.slack.channel import SlackChannel
from bot.slack.door import StaffDoor
from bot.slack.side import StaffSide
from bot.slots import SLOTS
from bot.till import till_router
from bot.unit import Clock, Units
from bot.webchat.channel import WebChannel
from bot.webchat.routes import ChatDesk, chat_router
from bot.webchat.streams import Streams
from bot.webchat.uploads import Uploads
from bot.workers.appointments import AppointmentWork
from bot.workers.captures import CaptureWork
from bot.workers.certificates import CertificateWork
from bot.workers.desk import DeskWork
from bot.workers.errands import WorkLoop
from bot.workers.fetching import FetchWork
from bot.workers.hearing import Hearing, InboxLoop
from bot.workers.keeping import KeepingWork
from bot.workers.mailing import MailWork
from bot.workers.menus import MenuWork, follow_all
from bot.workers.notices import NoticeWork
from bot.workers.pulse import Pulse, worker_name
from bot.workers.pushing import PushWork
from bot.workers.sending import OutboxLoop
from bot.workers.slack import SlackWork, ThreadLoop
from bot.workers.slack_posts import PostWork
from bot.workers.slots import SlotWork
from bot.workers.stamping import StampWork
from bot.workers.stations import Stations
from bot.workers.sweeping import Sweeping
from bot.workers.uploads import UploadWork
from catalog.duties.sealing import DataKeys
from catalog.ground.calendar import ShopHours, Span
from catalog.ground.errors import Unavailable
from catalog.ground.record import Sha256, TicketId
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from conversations.flows import (
    alerts,
    condition_media,
    confirming,
    consigning,
    courtesy,
    crediting,
    defects,
    details,
    holds,
    links,
    lists,
    membership,
    moments,
    own_data,
    own_pieces,
    pieces,
    preferences,
    prices,
    retail,
    stores,
    tastes,
)
from conversations.flows.advice import capabilities, finder, policies, story
from conversations.flows.flow import ConversationTerms, Flows
from conversations.flows.orders import (
    collecting,
    condition,
    disputing,
    exchanging,
    returning,
    status,
)
from conversations.flows.selling import answering, parting, pictures, progress, quoting, sending
from conversations.inbox import intake
from conversations.ports import Channel, Understanding
from conversations.turn import Desk
from conversations.understanding.offline import OfflineUnderstanding
from conversations.understanding.openai import OpenAIModel
from conversations.understanding.second_opinion import OpinionTerms, SecondOpinion
from handoff.console.inbox import drawing, lasting, tidying
from handoff.console.office import Office
from handoff.console.routes import console_router
from handoff.console.scripts import DIST, script
from handoff.console.station import uploader
from handoff.console.stream import Stream
from handoff.desk import actions as handoff_desk
from handoff.desk.entries import Readers
from handoff.dialogue import handing_back, looking_over, overheard, person
from handoff.dialogue.visits import standing as visits
from handoff.shifts.queries import KeptCalendar
from handoff.slack import handling
from handoff.slack.cards import View
from handoff.slack.gestures import Person
from handoff.slack.queries import StaffSlack
from handoff.staff import oidc
from media.intake import take as intake_take
from media.intake.uploads.files import Places
from media.intake.uploads.receiving import Receiving
from media.intake.uploads.routes import upload_router
from media.intake.uploads.rules import UploadTerms
from media.intake.uploads.taking import Dock
from media.log import checkpoints
from media.log.checkpoints import Notary
from media.log.keys import KeyRing, key_name
from media.log.stamping import TimestampAuthority
from media.originals.factory import open_store
from media.originals.replicas import FIRST, SECOND, Replicas
from media.originals.store import OriginalStore
from media.renditions.making import Tools
from media.renditions.provenance import Credentials
from media.report.routes import VerifyDesk, verify_router
from media.retention import actions as retention
from media.retention import places
from media.sharing import verifying
from media.sharing.counter import Counter
from media.sharing.export import Archive
from media.sharing.looks import Watch
from media.sharing.pages import Scripts
from media.sharing.routes import media_router
from media.sharing.serving import gone_page, signed_origin

log = structlog.get_logger()

FLOWS = Flows(
    [
        condition_media.FLOW,
        moments.FLOW,
        pieces.FLOW,
        prices.FLOW,
        details.FLOW,
        defects.FLOW,
        lists.FLOW,
        holds.FLOW,
        links.FLOW,
        alerts.FLOW,
        retail.FLOW,
        confirming.FLOW,
        person.FLOW,
        stores.FLOW,
        visits.FLOW,
        handing_back.FLOW,
        quoting.FLOW,
        sending.FLOW,
        answering.FLOW,
        progress.FLOW,
        parting.FLOW,
        consigning.FLOW,
        own_pieces.FLOW,
        crediting.FLOW,
        status.FLOW,
        condition.FLOW,
        exchanging.FLOW,
        returning.FLOW,
        disputing.FLOW,
        collecting.FLOW,
        courtesy.GREETING,
        courtesy.THANKS,
        finder.FLOW,
        story.FLOW,
        policies.FLOW,
        capabilities.HELP,
        capabilities.SMALLTALK,
        membership.FLOW,
        own_data.FLOW,
        preferences.LANGUAGE,
        preferences.NOTICES,
        tastes.FLOW,
        courtesy.COLLECT,
    ],
    otherwise=courtesy.NOT_SURE,
    looked_over=looking_over.look,
    overheard=overheard.hear,
)


# What is said of pictures sent in for something, by what it is.
TAKERS = {"piece": pictures.taken, "dispute": disputing.taken}


@dataclass(frozen=True)
class Shop:
    """Everything composed from the settings; what runs of it depends on the process."""

    settings: Settings
    clock: Clock
    database: Database
    units: Units
    store: OriginalStore
    replicas: Replicas
    desk: Desk
    understanding: Understanding
    schedule: Schedule
    gauges: Gauges
    office: Office
    uploads: Receiving
    consoles: Stream
    notary: Notary
    line: LineChannel | None
    slack: SlackChannel | None = None
    staff_slack: StaffSlack | None = None
    staff_side: StaffSide | None = None
    web: WebChannel | None = None
    streams: Streams | None = None
    model: OpenAIModel | None = None
    post: Post | None = None
    push: WebPush | None = None
    authority: TimestampAuthority | None = None
    name: str = field(default_factory=worker_name)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """By name; a missing integration is off."""
        return self.desk.channels

    @property
    def readers(self) -> Readers:
        """What was heard and written, as staff read it."""
        return READERS

    def leave(self) -> None:
        """End what would keep the server waiting; called from a signal."""
        self.consoles.close()
        if self.streams is not None:
            self.streams.close()

    def close(self) -> None:
        """Finish what is queued and let go."""
        self.units.close()
        self.database.close()


def compose(
    settings: Settings,
    *,
    clock: Clock | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Shop:
    """Build the shop. Opens the database and the store; talks to nobody. `monotonic`: what Slack's
    rates are kept by.

    Raises Malformed kinds for settings that name nothing usable.
    """
    clock = clock or Clock()
    database = open_database(settings.database_url)
    units, store = Units(database), _store(settings, database, clock)
    replicas = _replicas(settings, store, database, clock)
    line, web = _line(settings), _web(settings, units, store, clock)
    slack = _slack(settings, monotonic)
    terms = ConversationTerms(
        public_url=settings.public_url,
        hours=KeptCalendar(
            ShopHours(week=((Span(settings.shop_opens, settings.shop_closes),),) * 7)
        ),
    )
    gauges = Gauges()
    model, push = _model(settings, gauges), _push(settings)
    dock = Dock(database, store, clock, _upload_terms(settings), settings.ffmpeg)
    uploads = Receiving(units, dock)
    authority = HttpAuthority(settings.tsa_url) if settings.tsa_url else None
    notary = _notary(settings)
    configured: list[Channel | None] = [line, slack, web]
    channels = {each.name: each for each in configured if each is not None}
    office = Office(
        units=units,
        clock=clock,
        channels=channels,
        readers=READERS,
        terms=terms,
        public_url=settings.public_url,
        store=store,
        replicas=replicas,
        accel_prefix=settings.accel_prefix,
        keys=DataKeys(settings.data_keys) if settings.data_keys else None,
        is_secure=not settings.is_demo,
        provider=_provider(settings),
        subjects=TERMS,
        examine=partial(_examine, settings, line, slack),
        menus=partial(_put_menus, line, units, clock) if line is not None else None,
        push=push,
        link_secret=settings.link_secret if settings.data_keys else None,
        uploads=uploads,
        notary=notary,
        authority=authority,
        stations=settings.hot_folders,
    )
    return Shop(
        settings=settings,
        clock=clock,
        database=database,
        units=units,
        store=store,
        replicas=replicas,
        desk=Desk(FLOWS, channels, terms),
        understanding=_understanding(settings, model, gauges),
        schedule=Schedule([*SLOTS, _checkpoint_slot(notary)]),
        gauges=gauges,
        office=office,
        uploads=uploads,
        consoles=Stream(units, drawing(office), lasting(office), tidy=tidying(office)),
        notary=notary,
        line=line,
        slack=slack,
        **_staff_slack(settings, slack, channels, units, clock, monotonic=monotonic),
        web=web,
        streams=Streams(units, clock) if web is not None else None,
        model=model,
        post=open_post(settings.smtp_url.get_secret_value()),
        push=push,
        authority=authority,
    )


def _upload_terms(settings: Settings) -> UploadTerms:
    return UploadTerms(
        largest=settings.upload_largest,
        unfinished=settings.upload_unfinished,
        at_once=settings.upload_at_once,
        spare=settings.upload_spare,
        kept_for=timedelta(hours=settings.upload_hours),
    )


def _notary(settings: Settings) -> Notary:
    keys = KeyRing(settings.keys_dir, key_name(settings.public_url))
    return Notary(keys, has_authority=bool(settings.tsa_url))


def _checkpoint_slot(notary: Notary) -> Slot:
    """The one duty of the clock that needs what lies outside the database: the signing key."""

    def run(db: Session, at: datetime) -> None:
        checkpoints.daily(db, notary, now=at)

    return Slot("checkpoint", run, hour=0, minute=30)


def _model(settings: Settings, gauges: Gauges) -> OpenAIModel | None:
    if not settings.has_model:
        return None
    return OpenAIModel(
        api_key=settings.openai_api_key.get_secret_value() or "none",
        base_url=settings.openai_base_url or None,
        model=settings.openai_model,
        seconds=OpinionTerms().seconds,
        used=gauges.tokens,
    )


def _understanding(settings: Settings, model: OpenAIModel | None, gauges: Gauges) -> Understanding:
    offline = OfflineUnderstanding()
    if model is None:
        return offline
    terms = OpinionTerms(always=settings.openai_always, a_day=settings.openai_calls_a_day)
    return SecondOpinion(offline, model, terms, counted=gauges.opinion)


def _provider(settings: Settings) -> oidc.Provider | None:
    if not settings.has_oidc:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return oidc.Provider(
        oidc.Client(settings.oidc_issuer, settings.oidc_client_id, settings.public_url, secret)
    )


def _push(settings: Settings) -> WebPush | None:
    if not settings.data_keys or not settings.push_contact:
        return None
    contact, inside = settings.push_contact, settings.push_inside
    return WebPush(settings.data_keys, contact=contact, inside=inside)


def _line(settings: Settings) -> LineChannel | None:
    if not settings.has_line:
        return None
    api = open_api(
        base=settings.line_api_base,
        data_base=settings.line_data_api_base,
        access_token=settings.line_channel_access_token.get_secret_value() or None,
        channel_id=settings.line_channel_id or None,
        channel_secrets=[secret.get_secret_value() for secret in settings.line_channel_secret],
    )
    return LineChannel(api)


def _slack(settings: Settings, monotonic: Callable[[], float]) -> SlackChannel | None:
    if not settings.has_slack:
        return None
    token = settings.slack_bot_token.get_secret_value()
    api = SlackApi(base=settings.slack_api_base, token=token)
    return SlackChannel(api, monotonic=monotonic)


def _staff_slack(
    settings: Settings,
    slack: SlackChannel | None,
    channels: Mapping[str, Channel],
    units: Units,
    clock: Clock,
    *,
    monotonic: Callable[[], float],
) -> dict[str, Any]:
    """Slack for staff, where the shop has a channel for it."""
    if slack is None or not settings.slack_handoff_channel:
        return {}

    async def settle(ticket: TicketId) -> int:
        now = clock()
        return await units.write(lambda db: handoff_desk.settle(db, ticket, now=now))

    staff = StaffSlack(settings.slack_handoff_channel, PARSERS, channels, settings.public_url)

    async def home(person: Person) -> View:
        return await units.read(lambda db: handling.home(db, person, staff))

    side = StaffSide(slack.api, settle, home, monotonic=monotonic)
    return {"staff_slack": staff, "staff_side": side}


def _store(settings: Settings, database: Database, clock: Clock) -> OriginalStore:
    opened = open_store(
        settings.media_place, staging=Path("var/staging"), endpoint=settings.s3_endpoint
    )
    return places.marked(opened, FIRST, database, clock)


def _replicas(
    settings: Settings, store: OriginalStore, database: Database, clock: Clock
) -> Replicas:
    """The places originals are kept in. Whoever is given a wrong copy has every place looked at."""

    def heard(sha256: Sha256, replica: str) -> None:
        log.error("original.read_wrong", sha256=sha256, replica=replica)
        now = clock()
        database.write(lambda db: retention.doubt(db, sha256, now=now))

    second = settings.media_replica_url
    if not second:
        return Replicas(store, heard=heard)
    staging = Path("var/staging-replica")
    opened = open_store(second, staging=staging, endpoint=settings.s3_endpoint)
    return Replicas(store, places.marked(opened, SECOND, database, clock), heard=heard)


async def _examine(
    settings: Settings, line: LineChannel | None, slack: SlackChannel | None
) -> Sequence[Finding]:
    """How LINE and Slack are set up, item by item."""
    half = settings.slack_bot_token.get_secret_value() or settings.slack_signing_secret
    public_url = settings.public_url or None
    return [
        *await line_doctor.examine(line, public_url=public_url),
        *await slack_doctor.examine(
            slack.api if slack is not None else None,
            is_half_set=bool(half),
            handoff_channel=settings.slack_handoff_channel,
            public_url=public_url,
        ),
    ]


async def _put_menus(line: LineChannel, units: Units, clock: Clock) -> int:
    """The rich menus on LINE as they are drawn now, and every chat its own; how many were new."""
    installed = await rich_menu.install(line.api)
    now = clock()
    await units.write(lambda db: follow_all(db, now=now))
    return installed.made


def _web(settings: Settings, units: Units, store: OriginalStore, clock: Clock) -> WebChannel | None:
    if not settings.has_webchat:
        return None
    keys = DataKeys(settings.data_keys) if settings.data_keys else None
    return WebChannel(units, clock, Uploads(units, store, keys) if keys is not None else None)


def web_app(
    shop: Shop,
    *,
    beside: Callable[[], contextlib.AbstractAsyncContextManager[None]] | None = None,
    more: Callable[[FastAPI], None] | None = None,
) -> ASGIApp:
    """The HTTP side. `beside` runs as long as the server does (`serve` puts the workers there)."""

    door, watch = _door(shop), Watch(shop.database, shop.clock)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            async with beside() if beside is not None else contextlib.nullcontext():
                yield
        finally:
            await asyncio.to_thread(watch.flush)
            if door is not None:
                await door.close()
            await _hang_up(shop)

    app = FastAPI(
        title="akashi", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    answer_errors(app)
    app.include_router(media_router(_counter(shop, watch)))  # asked most, so found first
    app.include_router(health_router(shop.units, shop.gauges, shop.clock, shop.replicas))
    app.include_router(till_router(shop.units, shop.clock))
    app.include_router(
        media_calls(
            shop.units, shop.store, Turnstile(rate=20, burst=200),
            clock=shop.clock, accel_prefix=shop.office.accel_prefix,
        )
    )  # fmt: skip
    app.include_router(verify_router(_verifying(shop)))
    lane = shop.database.lane(intake.insert, topic=intake.TOPIC)
    if shop.slack is not None:
        app.include_router(
            slack_router(
                signing_secret=shop.settings.slack_signing_secret.get_secret_value(),
                bot_token=shop.settings.slack_bot_token.get_secret_value(),
                lane=lane,
                clock=shop.clock,
                counted=shop.gauges.webhook,
                door=door,
            )
        )
    if shop.web is not None and shop.streams is not None:
        app.include_router(_chat(shop, shop.web, shop.streams))
    app.include_router(_link_pages(shop))
    app.include_router(log_router(shop.units))
    keys = DataKeys(shop.settings.data_keys) if shop.settings.data_keys else None
    app.include_router(console_router(shop.office, shop.consoles))
    turnstile = Turnstile(rate=1, burst=60)
    senders = key_door(uploader(shop.office), shop.units, turnstile, clock=shop.clock)
    app.include_router(upload_router(shop.uploads, senders))
    app.include_router(own_router(OwnDesk(shop.units, shop.store, keys, clock=shop.clock)))
    if more is not None:
        more(app)
    # Outermost, before any routing: this is the hot path.
    return LineWebhook(
        app,
        secrets=[secret.get_secret_value() for secret in shop.settings.line_channel_secret],
        lane=lane,
        clock=shop.clock,
        counted=shop.gauges.webhook,
    )


def _verifying(shop: Shop) -> VerifyDesk:
    """Where anybody holds a report against what they were given."""
    contact_url = shop.settings.contact_url or shop.settings.public_url or None
    return VerifyDesk(
        database=shop.database,
        clock=shop.clock,
        gone=lambda: gone_page(contact_url),
        pictured=verifying.pictures_of,
        turnstile=Turnstile(rate=0.5, burst=30),
        contact_url=contact_url,
        pictures_from=signed_origin(shop.store, seconds=shop.settings.media_signed_seconds),
    )


def _door(shop: Shop) -> StaffDoor | None:
    if shop.staff_slack is None or shop.staff_side is None:
        return None
    return StaffDoor(shop.units, shop.staff_slack, shop.staff_side, shop.clock)


def _chat(shop: Shop, web: WebChannel, streams: Streams) -> APIRouter:
    settings = shop.settings
    return chat_router(
        ChatDesk(
            units=shop.units,
            clock=shop.clock,
            streams=streams,
            uploads=web.uploads,
            public_url=settings.public_url,
            # The bucket's own address answers for what lies in it.
            media_from="https:" if settings.media_place.startswith("s3:") else "",
            is_secure=not settings.is_demo,
        )
    )


def _link_pages(shop: Shop) -> APIRouter:
    return link_router(
        LinkDesk(
            units=shop.units,
            clock=shop.clock,
            terms=shop.desk.terms,
            secret=shop.settings.link_secret,
            has_mail=shop.post is not None,
            channels=shop.channels,
            dialogs={shop.line.name: LineLink(shop.line.api)} if shop.line is not None else {},
        )
    )


@contextlib.asynccontextmanager
async def workers(shop: Shop) -> AsyncIterator[None]:
    """Run every loop until the block ends; then take nothing new and finish what is under way."""
    loops = _loops(shop)
    running = [asyncio.create_task(loop.run()) for loop in loops]
    running += [asyncio.create_task(loop.keep_leases()) for loop in loops]
    running.append(
        asyncio.create_task(Ticker(shop.schedule, shop.units, shop.name, shop.clock).run())
    )
    if shop.line is not None:
        running.append(asyncio.create_task(QuotaWatch(shop.line, shop.units, shop.clock).run()))
    running.append(asyncio.create_task(_sweeping(shop).run()))
    stations = _stations(shop)
    stations.start()
    for task in running:
        task.add_done_callback(_must_not_end)
    try:
        yield
    finally:
        for task in running:  # from here on they may end
            task.remove_done_callback(_must_not_end)
        await asyncio.to_thread(stations.stop)
        await asyncio.gather(*(loop.stop() for loop in loops))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await _hang_up(shop)


def _sweeping(shop: Shop) -> Sweeping:
    own = [each.store.staging for each in shop.replicas.all]
    commands = [Path(f"var/{name}") for name in ("staging", "staging-move", "staging-backup")]
    staging = list(dict.fromkeys(each.absolute() for each in [*own, *commands]))
    return Sweeping(shop.units, staging, Places(shop.store), shop.clock)


async def _hang_up(shop: Shop) -> None:
    """Close what is kept open to the world outside."""
    for outside in (shop.line, shop.slack, shop.model, shop.push):
        if outside is not None:
            await outside.close()


def _counter(shop: Shop, watch: Watch) -> Counter:
    return Counter(
        database=shop.database,
        store=shop.store,
        replicas=shop.replicas,
        watch=watch,
        clock=shop.clock,
        contact_url=shop.settings.contact_url or shop.settings.public_url or None,
        accel_prefix=shop.settings.accel_prefix,
        scripts=_share_scripts(),
        is_https=not shop.settings.is_demo,
        ffmpeg=shop.settings.ffmpeg,
        signed_seconds=shop.settings.media_signed_seconds,
        archive=archive(shop),
    )


def _share_scripts() -> Scripts | None:
    """What share pages look closely with; None where there was no npm."""
    page, look = script("share.js"), script("look.js")
    if page is None or look is None:
        return None
    return Scripts(DIST, page.file, page.integrity, look.file, look.integrity)


def _must_not_end(task: "asyncio.Task[Any]") -> None:
    """A loop that died must not leave a process that looks alive: end it, the supervisor starts it
    anew.
    """
    if not task.cancelled():
        log.critical("worker.died", exc_info=task.exception())
        os._exit(70)


def _tools(shop: Shop) -> Tools:
    named = shop.settings.provenance
    return Tools(shop.store, shop.settings.ffmpeg, Credentials(named) if named else None)


def _loops(shop: Shop) -> Sequence[Any]:
    units, clock = shop.units, shop.clock
    captures = CaptureWork(units, _tools(shop), shop.channels, shop.desk.terms, clock)
    certificates = CertificateWork(
        units,
        shop.store,
        clock,
        keys_dir=shop.settings.keys_dir,
        public_url=shop.settings.public_url,
        stamp=shop.authority.ask if shop.authority is not None else None,
    )
    keeping = KeepingWork(units, shop.replicas, clock)
    hearing = Hearing(shop.desk, shop.understanding, PARSERS, clock, shop.gauges)
    quick = {
        **captures.notices,
        **certificates.sales,
        **NoticeWork(units, shop.channels, shop.desk.terms, clock).runners,
        **DeskWork(
            units,
            shop.channels,
            shop.desk.terms,
            clock,
            slack_channel=shop.staff_slack.channel if shop.staff_slack is not None else "",
        ).runners,
        **AppointmentWork(
            units, shop.desk.terms, clock, on_slack=shop.staff_slack is not None
        ).runners,
        **MenuWork(units, shop.line.api if shop.line is not None else None, clock).runners,
        **SlotWork(units, shop.schedule.slots, clock).runners(SLOT),
    }
    if shop.post is not None:
        quick |= MailWork(units, shop.post, shop.settings.link_secret, clock).runners
    sending = OutboxLoop(units, f"{shop.name}:out", shop.channels, clock, shop.gauges)
    loops: list[Pulse] = [
        InboxLoop(units, f"{shop.name}:in", hearing, sending),
        sending,
        WorkLoop(units, f"{shop.name}:quick", quick, clock, at_once=8),
        WorkLoop(units, f"{shop.name}:make", captures.quick, clock, at_once=2),
        WorkLoop(
            units,
            f"{shop.name}:uploads",
            UploadWork(units, shop.uploads.dock).runners,
            clock,
            at_once=1,
        ),
        WorkLoop(units, f"{shop.name}:film", captures.long, clock, at_once=1),
        WorkLoop(units, f"{shop.name}:tiles", captures.close_up, clock, at_once=1),
        WorkLoop(units, f"{shop.name}:press", certificates.runners, clock, at_once=1),
        WorkLoop(units, f"{shop.name}:keep", keeping.quick, clock, at_once=2),
        WorkLoop(units, f"{shop.name}:check", keeping.long, clock, at_once=1),
    ]
    stamping = StampWork(units, shop.authority, clock)
    loops.append(WorkLoop(units, f"{shop.name}:stamp", stamping.runners, clock, at_once=1))
    if shop.settings.data_keys:
        keys = DataKeys(shop.settings.data_keys)
        fetch = FetchWork(units, shop.store, keys, shop.channels, clock, TAKERS)
        loops.append(WorkLoop(units, f"{shop.name}:fetch", fetch.runners, clock, at_once=8))
    if shop.push is not None:
        push = PushWork(units, shop.push, clock)
        loops.append(WorkLoop(units, f"{shop.name}:push", push.runners, clock, at_once=8))
    return [*loops, *_slack_loops(shop)]


def _slack_loops(shop: Shop) -> list[Pulse]:
    """Threads, what staff press, posts and files, each at its own pace."""
    slack, staff, side = shop.slack, shop.staff_slack, shop.staff_side
    if slack is None or staff is None or side is None:
        return []
    keys = DataKeys(shop.settings.data_keys) if shop.settings.data_keys else None
    work = SlackWork(shop.units, staff, slack, side, shop.store, keys, clock=shop.clock)
    posts = PostWork(shop.units, staff, slack, shop.clock)
    return [
        ThreadLoop(shop.units, f"{shop.name}:threads", staff, slack, side, shop.clock),
        WorkLoop(shop.units, f"{shop.name}:pressed", work.gestures, shop.clock, at_once=16),
        WorkLoop(shop.units, f"{shop.name}:posts", posts.runners, shop.clock, at_once=2),
        WorkLoop(shop.units, f"{shop.name}:files", work.files, shop.clock, at_once=2),
    ]


def entrance(shop: Shop, *, actor: str) -> intake_take.Entrance:
    """Where files come in."""
    return intake_take.Entrance(shop.database, shop.store, actor, shop.settings.ffmpeg)


def archive(shop: Shop) -> Archive:
    """What an evidence zip is made from."""
    return Archive(shop.database, shop.replicas, shop.notary, shop.authority)


def _stations(shop: Shop) -> Stations:
    return Stations(
        shop.settings.hot_folders,
        lambda actor: entrance(shop, actor=actor),
        shop.database,
        shop.clock,
    )


GRACE = timedelta(seconds=2)


class NotServing(Unavailable):
    """The server could not start: the address is taken or not ours."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"cannot listen on {host}:{port}; is something else using it?")
        self.host = host
        self.port = port


def serve(
    app: ASGIApp, *, host: str, port: int, leaving: Callable[[], None] = lambda: None
) -> None:
    """Answer HTTP until told to stop. Blocks. `leaving` is called at once when told to: it ends
    streams that would otherwise keep the server waiting.
    """
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            leaving()
            self.force_exit = self.should_exit  # asked twice: wait for nobody
            self.should_exit = True

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,  # it would write the tokens of /m/
        log_level="warning",
        timeout_graceful_shutdown=int(GRACE.total_seconds()),
        server_header=False,
        # Tries to sign in are counted by who calls; a proxy on this machine is believed, or those
        # uvicorn's own FORWARDED_ALLOW_IPS names.
        proxy_headers=True,
    )
    try:
        Server(config).run()
    except SystemExit as ended:
        if ended.code != 1:
            raise
        raise NotServing(host, port) from None


def run_workers(shop: Shop) -> None:
    """Only the workers, until told to stop. Blocks."""
    import signal

    import uvloop

    async def until_stopped() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop.set)
        async with workers(shop):
            await stop.wait()

    uvloop.run(until_stopped())
