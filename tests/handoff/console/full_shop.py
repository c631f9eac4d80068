"""A shop full of everything the console shows, made once for a test file: customers with hostile
names and words, talks of every kind, cases, contracts, orders, payments, firms, captures, staff of
each role. Then its pages, without a server's port and without workers, so that nothing moves by
itself.

shop = full_shop("sqlite", folder)
with shop.opened() as front:
    owner = front.at_desk(Role.OWNER)
    owner.get("/console/items")
"""

import asyncio
import base64
import contextlib
import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pyvips
from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select
from starlette.testclient import TestClient

from bot.app import Shop, compose, web_app
from bot.demo import dealings
from bot.demo.pieces import PIECES
from bot.rulebook.book import begin_words
from catalog.buyback.tables import BuybackCase
from catalog.credit import asking
from catalog.credit.asking import Kind, Wish
from catalog.customers import actions as customers
from catalog.customers import tastes
from catalog.customers.actions import Particulars
from catalog.duties.actors import STAFF_ROLES, Actor, Role
from catalog.duties.breaches import actions as leaks
from catalog.duties.breaches.actions import NewBreach
from catalog.duties.cash import actions as cash
from catalog.duties.identity.methods import Method
from catalog.duties.notices import actions as notices
from catalog.duties.notices.orders import NewOrder, take_order
from catalog.duties.opening import open_stock
from catalog.duties.papers.facts import Paper
from catalog.duties.rules import Channel
from catalog.duties.visits import documents
from catalog.ground import policy, worklist
from catalog.ground.calendar import ShopHours, at_tokyo, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import AssetId, ConversationId, CustomerId, StaffId, UnitId, new_id
from catalog.items import queries as items
from catalog.items.holds import actions as holds
from catalog.items.queries import id_of_code
from catalog.items.rules import STAFF
from catalog.items.terms import ItemTerms
from catalog.items.wishes import actions as wishes
from catalog.items.wishes.rules import Sought
from catalog.orders import lines as order_lines
from catalog.orders import opening as orders
from catalog.partners import actions as partners
from conversations.flows import forgetting
from handoff.appointments import attending
from handoff.appointments.tables import Kind as Visit
from handoff.clientbook import next_steps
from handoff.console.routes import console_router
from handoff.desk import drafts, labels, macros, notes
from handoff.desk.drafts import Mode
from handoff.desk.labels import Colour
from handoff.desk.macros import Do, Step
from handoff.dialogue.visits import by_hand as visits
from handoff.staff import actions, invitations, keys, sessions
from handoff.staff.push.tables import PushSubscription
from handoff.staff.sessions import How
from media import chapters
from media.assets.kinds import Occasion
from media.decoding.masking import Mask
from media.disputes import actions as disputes
from media.renditions import masks, moments
from media.report import actions as reports
from media.report.rules import FindingKind, Mark, Pin, Severity
from media.retention import holding
from media.sharing import opening
from media.sharing import shares as passing
from media.sharing.kinds import Reach
from media.sharing.shares import Given
from tests import line_events
from tests.bot.demo.opened import StillClock
from tests.catalog.buyback.deals import DAYTONA, Deals
from tests.catalog.duties.law import KEYS
from tests.catalog.duties.papers.told import TOLD
from tests.catalog.orders.counter import Counter
from tests.conversations.flows.test_newcomers import linked, newcomer
from tests.databases import fresh_url
from tests.journeys.test_webchat import Browser, fresh_id
from tests.line_platform import LinePlatform, in_loop
from tests.shop import PUBLIC_URL, RunningShop, film_file, item, open_shop, settings_for

AFTERNOON = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # Tuesday 13:50 in Tokyo
DATA_KEY = base64.b64encode(b"k" * 32).decode()
PHONE, EMAIL, STREET = "090-8765-4321", "secret.person@hidden.example.jp", "東京都港区南青山9-8-7"
CONTACTS = (
    PHONE, PHONE.replace("-", ""), "+819087654321", "０９０－８７６５－４３２１", EMAIL,
    "secret.person", STREET, "南青山9", "35.66543",
)  # fmt: skip
_DUE = "SELECT min(id) FROM worklist WHERE state = 'due' AND work_key LIKE "
APART, FIND = f"{_DUE}'newcomer_apart:%'", f"{_DUE}'wish_draft:%'"
CALL = f"{_DUE}'call_back:%'"
SIGNS = "髙𠮷葛󠄀\u202eabc"


def hostile(what: str) -> str:
    """A value that leaves whatever it is put into, if anything lets it; `what` tells where it came
    from.
    """
    return (
        f"印{what}印'\"><evil-el evil-attr=1></evil-el><script>window.hit=1</script>"
        f"<img src=x onerror=window.hit=1>{{{{7*7}}}}{SIGNS}"
    )


def short(what: str) -> str:
    """The same for fields that hold little."""
    return f"印{what}印'\"><evil-el evil-attr=1>{SIGNS}"


class Share:
    """Every so-manieth of a series: the suite tries a share in which every kind comes up somewhere,
    the long series (`make soak`) all of it.
    """

    def __init__(self, every: int) -> None:
        self._every = every
        self._count = 0

    def is_due(self) -> bool:
        """Whether the next one is to be tried."""
        self._count += 1
        return self._count % self._every == 0


def shares(every: int) -> list[Any]:
    """The two lengths of a series, as parameters."""
    return [
        pytest.param(every, id="share"),
        pytest.param(1, id="whole", marks=pytest.mark.soak),
    ]


@dataclass
class Broken:
    """What a server would answer with 500."""

    text: str
    status_code: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


@dataclass
class Seat:
    """Somebody of the shop at a browser that follows nothing by itself."""

    client: TestClient
    staff: StaffId
    role: Role
    csrf: str

    def get(self, path: str, **headers: str) -> Any:
        """A page."""
        return self._ask("GET", path, headers=headers)

    def post(self, path: str, fields: dict[str, str] | None = None, **headers: str) -> Any:
        """A form of our own page; `fields` may name another token."""
        told = {"csrf": self.csrf, **(fields or {})}
        ours = {"origin": PUBLIC_URL, "sec-fetch-site": "same-origin"}
        return self._ask("POST", path, data=told, headers={**ours, **headers})

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            return self.client.request(method, path, follow_redirects=False, **more)
        except Exception as error:  # noqa: BLE001  # whatever a bug raises
            return Broken(f"{type(error).__name__}: {error}"[:300])


@dataclass
class Front:
    """The pages of the shop."""

    shop: Shop
    app: Any
    opened: contextlib.ExitStack
    seats: dict[Role, Seat] = field(default_factory=dict)

    @functools.cached_property
    def routes(self) -> list[Any]:
        """Every address of the console, as the app has it."""
        return list(console_router(self.shop.office, self.shop.consoles).routes)

    def at_desk(self, role: Role, *, another: bool = False) -> Seat:
        """Whoever has that role, signed in; `another`: in a session of its own."""
        if role not in self.seats or another:
            seat = self._seat(role)
            if another:
                return seat
            self.seats[role] = seat
        return self.seats[role]

    def _seat(self, role: Role) -> Seat:
        now = self.shop.clock()
        known = "SELECT id FROM staff WHERE role = :role LIMIT 1"
        staff = StaffId(self.one(known, role=role.value))
        token = self.shop.database.write(
            lambda db: sessions.begin(db, staff, how=How.PASSWORD, agent="test", now=now)
        )
        found = self.shop.database.read(lambda db: sessions.find(db, token, now=now))
        assert found is not None
        client = self.stranger()
        client.cookies.set(self.shop.office.cookie, token)
        return Seat(client, staff, role, found.csrf_token)

    def stranger(self) -> TestClient:
        """A browser nobody is signed in with."""
        return self.opened.enter_context(TestClient(self.app, base_url=PUBLIC_URL))

    def one(self, statement: str, **params: Any) -> Any:
        """One value."""
        return self.shop.database.read(
            lambda db: db.connection().execute(text(statement), params).scalar()
        )

    def column(self, statement: str, **params: Any) -> list[Any]:
        """One column."""
        return self.shop.database.read(
            lambda db: [row[0] for row in db.connection().execute(text(statement), params)]
        )

    def digest(self) -> dict[str, str]:
        """What each table holds, as one number."""
        return self.shop.database.read(_digest)


def _digest(db: Session) -> dict[str, str]:
    found = {}
    for table in sorted(SQLModel.metadata.tables):
        held = db.connection().execute(text(f'SELECT * FROM "{table}"'))
        rows = "\n".join(sorted(str(tuple(row)) for row in held))
        found[table] = hashlib.sha256(rows.encode("utf-8", "replace")).hexdigest()
    return found


@dataclass
class FullShop:
    """The made shop."""

    url: str
    folder: Path
    clock: StillClock

    @contextlib.contextmanager
    def opened(self) -> Iterator[Front]:
        """Its pages. What is changed stays changed."""
        nowhere = "http://127.0.0.1:1"
        settings = settings_for(
            self.url, self.folder, LinePlatform(), data_key=DATA_KEY, line_api_base=nowhere,
            line_data_api_base=nowhere, hot_folders=(self.folder / "hot",),
        )  # fmt: skip
        shop = compose(settings, clock=self.clock)
        try:
            with contextlib.ExitStack() as opened:
                yield Front(shop, web_app(shop), opened)
        finally:
            shop.close()


@contextlib.contextmanager
def full_shop(engine: str, folder: Path) -> Iterator[FullShop]:
    """Make it. One for a test file: it takes seconds."""

    with fresh_url(engine, folder) as url:

        @in_loop
        async def make() -> None:
            async with open_shop(url, folder, at=AFTERNOON, data_key=DATA_KEY) as shop:
                await _fill(shop)
                await shop.settled()
                await shop.quiet()

        make()
        yield FullShop(url, folder, StillClock(AFTERNOON + timedelta(minutes=30)))


async def _fill(shop: RunningShop) -> None:
    now = shop.clock()
    await shop.shop.units.write(lambda db: _registers(db, now))
    begin_words(shop.shop.database, now=now)
    user = shop.line.add_user(name=hostile("profile"))
    customer = await shop.shop.units.write(lambda db: _customer(db, user, now))
    other = shop.line.add_user(name="普通")
    await shop.shop.units.write(lambda db: _second(db, other, now))
    await _house(shop, now)
    await _talks(shop, user, other)
    await shop.shop.units.write(lambda db: _around(db, shop, user, customer, now))
    await _visitor(shop)
    path = film_file(shop.folder / "captures" / f"{short('file').replace('/', '')[:40]}.mp4")
    await shop.capture(path)
    path = film_file(shop.folder / "captures" / "W-10231_01.mp4")
    await shop.capture(path, code=PIECES[0].line.code)
    stored = "SELECT count(*) FROM received_file WHERE state = 'stored'"
    await shop.until(lambda: shop.one(stored) >= 2, "what was sent to be here")
    await shop.until(lambda: shop.one("SELECT count(*) FROM rendition") >= 2, "films to be shown")
    film = AssetId(shop.one("SELECT id FROM asset WHERE name = 'W-10231_01.mp4'"))
    await shop.shop.units.write(
        lambda db: chapters.mark(
            db, film, 200, short("chapter")[:60], part=None, by="test", now=now
        )
    )
    whole = "SELECT count(*) FROM asset WHERE name = 'W-10231_01.mp4' AND readiness = 'whole'"
    await shop.until(lambda: shop.one(whole), "the film to be whole")
    await shop.shop.units.write(lambda db: moments.ask(db, film, 300, now=now))
    still = "SELECT count(*) FROM rendition WHERE recipe = 'moment' AND state = 'ready'"
    await shop.until(lambda: shop.one(still), "a still of it to be made")
    hidden = [Mask(1000, 1000, 2000, 500)]
    await shop.shop.units.write(
        lambda db: masks.draw(db, film, hidden, after=0, by="test", now=now)
    )
    waiting = "SELECT count(*) FROM rendition WHERE state = 'waiting'"
    await shop.until(lambda: not shop.one(waiting), "what is hidden to be hidden")
    await shop.shop.units.write(lambda db: _reported(db, now))


def _reported(db: Session, now: datetime) -> None:
    """The state of a piece is being taken down."""
    unit = UnitId(id_of_code(db, PIECES[0].line.code) or "")
    report = reports.draft(db, unit, Occasion.INTAKE, by="test", now=now)
    film = db.connection().execute(
        text("SELECT id FROM asset WHERE unit_id = :unit ORDER BY id LIMIT 1"), {"unit": unit}
    ).scalar_one()  # fmt: skip
    told = hostile("finding").replace("\u202e", "")
    mark = Mark(100_000, 200_000, 50_000, 50_000)
    pinned = Pin(film, mark, FindingKind.SCRATCH, Severity.LIGHT, told, 800)
    reports.pin(db, report.id, pinned, edition=report.edition, by="test", now=now)
    talk = ConversationId(db.connection().execute(text("SELECT min(id) FROM thread")).scalar_one())
    claimed = disputes.Claim(unit, talk)
    disputes.claim(db, claimed, by="test", promised_at=now, now=now)
    piece = items.by_id(db, unit, viewer=STAFF)
    assert piece is not None
    customer = db.connection().execute(
        text("SELECT id FROM customer WHERE customer_no = 'C-10001'")
    ).scalar_one()  # fmt: skip
    given = Given(reach=Reach.ORIGINAL, audience=f"customer:{customer}", note=short("purpose"))
    passed_on = passing.share(
        db, piece, STAFF, ends_at=now + timedelta(days=20), lang="ja", now=now, key="share",
        given=given, by="test",
    )  # fmt: skip
    opening.enter(db, passed_on.share_id, opening.Visitor("203.0.113.0/24", "phone"), now=now)
    told = hostile("hold").replace("\u202e", "")
    holding.place(db, unit, is_unit=True, until=None, reason=told, by="test", now=now)


def _registers(db: Session, now: datetime) -> None:
    dealings.set_up(db, now=now)
    stock = [each.line for each in PIECES]
    stock.append(
        item(
            "W-99001", title=short("title"), serial=short("serial")[:80], notes=hostile("notes"),
            accessories=hostile("accessories"), brand=short("brand"), model=short("model"),
        )
    )  # fmt: skip
    stock.append(item("W-99002", title="止められた品"))
    open_stock(db, stock, by="test", now=now - timedelta(days=60))
    _warned(db, UnitId(id_of_code(db, "W-99002") or ""), now)


def _warned(db: Session, unit: UnitId, now: datetime) -> None:
    """The police may want a piece."""
    told = hostile("suspicion").replace("\u202e", "")
    clerk = Actor("test", Role.STORE)
    notices.suspect(db, unit, told, actor=clerk, now=now, key="suspect")
    day = tokyo_day(now)
    order = NewOrder(unit, short("authority"), short("number"), day, day + timedelta(days=9))
    take_order(db, order, by="test", now=now, key="order")


def _customer(db: Session, user: str, now: datetime) -> CustomerId:
    since = now - timedelta(days=150)
    customer = customers.register(
        db, "C-10001", short("family"), given_name=short("given"), language="ja", by="test",
        now=since,
        more=Particulars(
            family_kana=short("kana"), given_kana=short("kana2"), email=EMAIL, phone=PHONE,
            birthday=date(1985, 4, 1),
        ),
    )  # fmt: skip
    customers.bind(db, customer, "line", user, by="test", now=since)
    told = dealings.MISAKI
    person = replace(told.person, name="佐藤 美咲", address=STREET)
    offered = replace(told.offered, title=short("case title"), serial=short("case serial"))
    dealings.deal(
        db, KEYS, customer, "C-10001", replace(told, person=person, offered=offered), PIECES,
        now=now,
    )  # fmt: skip
    heard = tastes.hear(db, customer, "青い文字盤が好き", now=now)
    if heard is not None:
        tastes.keep(db, customer, heard, by="test", now=now)
    dealings.all_told(db, now=now)
    lines = [
        order_lines.parse(
            {
                "order_no": "注文/'\"><evil-el>?#1", "customer_no": "C-10001",
                "unit_code": "W-99001", "sold_price": "1000000", "ordered_at": "2026-11-01",
                "state": "paid",
            }
        )
    ]  # fmt: skip
    took = orders.take_lines(db, lines, by="test", now=now)
    assert took.taken == 1, took
    return customer


def _second(db: Session, user: str, now: datetime) -> None:
    customer = customers.register(
        db, "C-10002", "鈴木", given_name="一郎", language="en", by="test", now=now,
        more=Particulars(email="ichiro@example.jp"),
    )  # fmt: skip
    customers.bind(db, customer, "line", user, by="test", now=now)
    dealings.deal(db, KEYS, customer, "C-10002", dealings.EMMA, PIECES, now=now)
    dealings.all_told(db, now=now)


async def _house(shop: RunningShop, now: datetime) -> None:
    """Cases, payments and returns that wait for staff."""

    def unit() -> None:
        deals = Deals(shop.shop.database, now=now - timedelta(minutes=10))
        deals.originator()
        for prepares in (deals.batch, None):
            seller = deals.seller()
            deals.accept(seller, deals.offered(deals.here(seller)))
            if prepares is not None:
                prepares()
        deals.here(deals.seller())
        undecided(deals)
        of_the_law(deals)
        counter = Counter(shop.shop.database, now=now - timedelta(days=4))
        who, piece = counter.customer("C-70001"), counter.owned("W-70001")
        made = counter.delivered(who, piece)
        counter.ask(who, made.order_id, piece)
        counter.bought(counter.customer("C-70002"), counter.owned("W-70002"))

    await asyncio.to_thread(unit)


def of_the_law(deals: Deals) -> None:
    """A leak, a deal that may have to be reported, and the document of a purchase at home."""
    seller = deals.seller(method=Method.FACE_TO_FACE)
    sold = deals.here(seller, channel=Channel.HOME_VISIT)
    told, now, clerk = hostile("leak").replace("\u202e", ""), deals.now, Actor("test", Role.STORE)
    found = NewBreach(tokyo_day(now), told, 3, has_financial_harm=True)

    def unit(db: Session) -> None:
        leaks.note(db, found, actor=clerk, now=now, key="leak")
        first = db.exec(select(BuybackCase).order_by(col(BuybackCase.id))).first()
        assert first is not None
        whose = CustomerId(first.customer_id)
        cash.note_suspicious(
            db, f"case:{first.id}", whose, told, actor=clerk, now=now, key="suspicious"
        )
        documents.issue(
            db, KEYS, sold, CustomerId(seller.id), TOLD[Paper.VISIT_DOCUMENT],  # type: ignore[arg-type]  # the visit's own paper
            by="test", now=now, key="document",
        )  # fmt: skip

    deals.database.write(unit)


def undecided(deals: Deals) -> None:
    """A newcomer who may be somebody known, and a find nobody has looked at."""
    known, new = deals.seller(), newcomer(deals)
    deals.inquiry(new, DAYTONA)

    def unit(db: Session) -> None:
        forgetting.forget_customer(
            db, CustomerId(new.id), by="customer", now=deals.now, key="forget"
        )
        told = {"item.wish_approval": True}
        policy.amend(db, told, known=[ItemTerms], by="owner", now=deals.now)
        wishes.seek(db, f"customer:{known.id}", Sought(brand="rolex"), now=deals.now)
        line = item("W-98001", brand="ロレックス", model="デイトナ")
        open_stock(db, [line], by="test", now=deals.now)

    deals.database.write(unit)
    linked(deals, known)


async def _talks(shop: RunningShop, user: str, other: str) -> None:
    """Every kind of message a person can send, and one who waits for a person."""
    line = shop.line
    await shop.says(user, hostile("message"))
    contact = f"電話は{PHONE}、{CONTACTS[2]}、{CONTACTS[3]}、メールは{EMAIL}、住所は{STREET}です"
    for words in (contact, "あ" * 72 + PHONE, "あ" * 70 + EMAIL):
        await shop.hear(line.say(user, words))
    image = line_events.image_event(user, at=shop.clock())
    line.put_content(image["message"]["id"], _picture())
    paper = line_events.file_event(user, name=f"{short('file name')}.html", at=shop.clock())
    line.put_content(paper["message"]["id"], b"<script>window.hit=1</script>")
    place = line_events.location_event(user, latitude=35.66543, longitude=139.71, at=shop.clock())
    place["message"] |= {"title": hostile("place title"), "address": f"{STREET} {short('place')}"}
    await shop.hear(
        image, paper, place,
        line_events.sticker_event(user, keywords=[hostile("sticker"), PHONE], at=shop.clock()),
        line.tap(user, hostile("postback")),
        line.tap(user, "piece.show:" + hostile("tap")),
        line_events.video_play_complete_event(user, "x'\"><evil-el>", at=shop.clock()),
        line_events.account_link_event(user, hostile("nonce"), at=shop.clock()),
    )  # fmt: skip
    await shop.settled()
    await shop.says(user, f"{PIECES[-1].line.code}の動画を見せて")
    await shop.says(user, "人と話したい")
    await shop.says(other, "I want to talk to a person")


def _picture() -> bytes:
    noise = pyvips.Image.gaussnoise(800, 600, mean=128, sigma=40, seed=3)
    image = noise.cast("uchar").copy(interpretation="b-w").copy()
    for name in ("Make", "Model", "ImageDescription", "Artist", "Copyright"):
        image.set_type(pyvips.GValue.gstr_type, f"exif-ifd0-{name}", hostile(name))
    return bytes(image.jpegsave_buffer(Q=85, keep="all"))


def _around(db: Session, shop: RunningShop, user: str, customer: CustomerId, now: datetime) -> None:
    """What staff have put around a talk, and the firms."""
    people = {
        role: StaffId(
            actions.add(
                db, f"{role.value} 担当", role.value, email=f"{role.value}@example.jp",
                slack_id=None, by="test", now=now,
            )
        )
        for role in STAFF_ROLES
    }  # fmt: skip
    owner = Actor(people[Role.OWNER], Role.OWNER)
    adviser = Actor(people[Role.ADVISER], Role.ADVISER)
    keys.add(db, "till 1", ["till"], by="test", now=now)
    talk = ConversationId(f"line:{user}")
    label = labels.define(db, short("label")[:40], Colour.RED, owner, now=now)
    labels.put_on(db, talk, label, owner, now=now)
    macros.write(db, short("macro")[:60], [Step(Do.LABEL, label)], owner, now=now)
    words = f"{hostile('note')} {PHONE} {EMAIL} {STREET}"
    for role in (Role.OWNER, Role.ADVISER, Role.REMOTE):
        notes.add(db, talk, people[role], words, source="console", key=f"n{role}", now=now)
        drafts.save(db, talk, people[role], Mode.REPLY, hostile("draft"), version=0, now=now)
    next_steps.plan(
        db, customer, f"{short('step')} {PHONE}に電話", due_on=date(2026, 12, 1),
        staff=people[Role.ADVISER], actor=adviser, key="s1", now=now,
    )  # fmt: skip
    invitations.invite(db, people[Role.STORE], owner, now=now)
    worklist.task(
        db, "call_back", f"conversation:{talk}", due_at=now, now=now,
        facts={"phone": PHONE, "unit": PIECES[0].line.code, "adviser": hostile("adviser")},
    )  # fmt: skip
    db.add(
        PushSubscription(
            id=new_id(now), staff_id=people[Role.ADVISER], session_id="s", server_key="k",
            lang="ja", endpoint="https://push.example.com/1", p256dh=b"p", auth=b"a", since=now,
        )
    )  # fmt: skip
    row = visits.put_in(
        db, talk, Visit.VIDEO, at_tokyo(tokyo_day(now) + timedelta(days=1), 13), store=None,
        phone=None, hours=ShopHours(), actor=owner, now=now, key="a1",
    )  # fmt: skip
    link = f"https://meet.example/?{short('link')}".replace(" ", "")
    attending.set_link(db, row.id, link, owner, now=now)
    visits.put_in(
        db, talk, Visit.CALL, at_tokyo(tokyo_day(now), 18), store=None, phone=PHONE,
        hours=ShopHours(), actor=owner, now=now, key="a2",
    )  # fmt: skip
    asking.ask(
        db, Wish(Kind.GOODWILL, customer, Yen(900_000), hostile("reason")), actor=owner, now=now,
        key="w1",
    )  # fmt: skip
    piece = UnitId(id_of_code(db, PIECES[1].line.code) or "")
    holds.hold(
        db, piece, f"customer:{customer}", now + timedelta(days=1), by="test", now=now, key="h1"
    )
    firm = partners.enter(db, "P-'\"><evil-el>", short("firm"), by="test", now=now)
    partners.seat(db, firm, "line", shop.line.add_user(), by="test", now=now)
    partners.grant(
        db, firm, [PIECES[0].line.code], rights=["media"], media_kinds=["film"], expires_on=None,
        by="test", now=now,
    )  # fmt: skip


async def _visitor(shop: RunningShop) -> None:
    """Somebody on the shop's own page."""
    browser = Browser(shop)
    await browser.open()
    assert await browser.post({"id": fresh_id(), "text": hostile("web")}) == 200
    assert await browser.post({"id": fresh_id(), "text": "人と話したい"}) == 200
    await shop.settled()
