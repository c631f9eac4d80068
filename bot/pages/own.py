"""`/my/{token}` (マイページ): the customer's own page, opened by a short-lived link from the chat:
pieces, sales, consignments, credit, papers, settings (R-117, R-130, R-135, R-174).

The token is the key of every request; it is over after 30 minutes, and as soon as the chat is
unlinked. `/my/data/{token}`: all that is kept of a person, handed out once (R-137).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from bot.pages import own_facts, papers, taking
from bot.pages.own_facts import STOPPABLE
from bot.pages.rendering import LANGUAGES, gone, headers, language_of, onward, page, static
from bot.unit import Units
from catalog.customers import actions as customers
from catalog.customers import consents, passes, tastes
from catalog.customers.actions import Particulars
from catalog.customers.passes import PageKind, PageMissing, Passed
from catalog.customers.tastes import TasteMalformed, TasteMissing, TooManyTastes
from catalog.duties.sealing import DataKeys
from catalog.ground.errors import Missing
from catalog.ground.record import CustomerId
from conversations.flows.preferences import text_version
from conversations.wording.membership.voice import voice
from media.originals.store import OriginalStore

BY = "customer"
SOURCE = "own page"
Lang = Annotated[str | None, Query(max_length=10)]
Field = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class OwnDesk:
    """What the pages need. `keys` None: personal data at rest cannot be opened here."""

    units: Units
    store: OriginalStore
    keys: DataKeys | None
    clock: Callable[[], datetime]


def own_router(desk: OwnDesk) -> APIRouter:
    """The page, its forms, its papers, and the stylesheet and the icon of all pages."""
    router = APIRouter(include_in_schema=False)

    @router.get("/pages/{name}")
    def static_file(name: str) -> Response:
        return static(name)

    @router.get("/favicon.ico")
    def icon() -> Response:
        """What a browser asks for by itself beside a page that names no icon."""
        return static("icon.svg")

    _add_data(router, desk)

    @router.get("/my/{token}")
    async def own(token: str, lang: Lang = None, done: Lang = None) -> Response:
        now = desk.clock()

        def look(db: Session) -> Response:
            passed, customer = _who(db, token, now=now)
            spoken = language_of(lang, passed.lang)
            held = own_facts.of_customer(db, customer, lang=spoken, now=now)
            facts = {"own": held, "token": token, "until": passed.expires_at, "done": bool(done)}
            return page("own", spoken, facts)

        try:
            return await desk.units.read(look)
        except PageMissing:
            return gone(language_of(lang, "ja"))

    @router.get("/my/{token}/papers/{kind}/{about}")
    async def paper(token: str, kind: str, about: str) -> Response:
        now, keys = desk.clock(), desk.keys

        def printed(db: Session) -> str:
            _, customer = _who(db, token, now=now)
            if keys is None:
                raise PageMissing
            return papers.printed(db, keys, customer, kind, about, now=now)

        try:
            # Opening what lies sealed is noted, so this looks with the right to write.
            text = await desk.units.write(printed)
        except Missing:
            return gone()
        sheet = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        return HTMLResponse(text, headers={**headers(), "Content-Security-Policy": sheet})

    _add_settings(router, desk)
    return router


def _add_settings(router: APIRouter, desk: OwnDesk) -> None:
    @router.post("/my/{token}/notices")
    async def notices(token: str, category: Field, opt: Field, lang: Field = "") -> Response:
        def change(db: Session, customer: CustomerId, spoken: str, now: datetime) -> None:
            wanted = [each for each in STOPPABLE if each.value == category]
            if not wanted or opt not in {"in", "out"}:
                raise PageMissing
            given = opt == "in"
            shown = voice(spoken).ask_notices(category, given=given)
            consents.consent(
                db, customer, wanted[0], given, text_version=text_version(spoken, shown),
                source=SOURCE, by=BY, now=now,
            )  # fmt: skip

        return await _settled(desk, token, lang, change)

    @router.post("/my/{token}/language")
    async def language(token: str, wished: Field, lang: Field = "") -> Response:
        def change(db: Session, customer: CustomerId, spoken: str, now: datetime) -> None:
            if wished not in LANGUAGES:
                raise PageMissing
            customers.amend(db, customer, Particulars(), language=wished, by=BY, now=now)

        return await _settled(desk, token, lang, change)

    @router.post("/my/{token}/tastes")
    async def add_taste(token: str, words: Field, lang: Field = "") -> Response:
        def change(db: Session, customer: CustomerId, spoken: str, now: datetime) -> None:
            taste = tastes.hear(db, customer, words, now=now)
            if taste is not None:
                tastes.keep(db, customer, taste, by=BY, now=now)

        return await _settled(desk, token, lang, change)

    @router.post("/my/{token}/tastes/{taste}/forget")
    async def forget_taste(token: str, taste: str, lang: Field = "") -> Response:
        def change(db: Session, customer: CustomerId, spoken: str, now: datetime) -> None:
            tastes.forget(db, customer, taste, by=BY, now=now)

        return await _settled(desk, token, lang, change)


async def _settled(
    desk: OwnDesk,
    token: str,
    lang: str,
    change: Callable[[Session, CustomerId, str, datetime], None],
) -> Response:
    """One change of theirs, then the page again."""
    now = desk.clock()

    def unit(db: Session) -> str:
        passed, customer = _who(db, token, now=now)
        spoken = language_of(lang, passed.lang)
        change(db, customer, spoken, now)
        return spoken

    try:
        spoken = await desk.units.write(unit)
    except PageMissing:
        return gone(language_of(lang, "ja"))
    except (TasteMissing, TasteMalformed, TooManyTastes):
        return onward(f"/my/{token}?lang={language_of(lang, 'ja')}#settings")
    return onward(f"/my/{token}?lang={spoken}&done=yes#settings")


def _add_data(router: APIRouter, desk: OwnDesk) -> None:
    @router.get("/my/data/{token}")
    async def offer(token: str, lang: Lang = None) -> Response:
        """A page with a button: what looks at links before people do must not use it up."""
        now = desk.clock()
        try:
            passed = await desk.units.read(
                lambda db: passes.find(db, token, PageKind.DATA, now=now)
            )
        except PageMissing:
            return gone(language_of(lang, "ja"))
        facts = {"token": token, "until": passed.expires_at}
        return page("data", language_of(lang, passed.lang), facts)

    @router.post("/my/data/{token}")
    async def hand_out(token: str) -> Response:
        now = desk.clock()
        try:
            passed = await desk.units.write(
                lambda db: passes.use(db, token, PageKind.DATA, now=now)
            )
        except PageMissing:
            return gone()
        taken = await desk.units.read(lambda db: taking.of(db, passed, now=now))
        path = await taking.packed(taken, desk.units, desk.store, desk.keys)
        name = f"akashi-data-{now:%Y%m%d}.zip"
        return FileResponse(
            path, media_type="application/zip", filename=name, headers=headers(),
            background=BackgroundTask(path.unlink, missing_ok=True),
        )  # fmt: skip


def _who(db: Session, token: str, *, now: datetime) -> tuple[Passed, CustomerId]:
    """Raises PageMissing."""
    passed = passes.find(db, token, PageKind.OWN, now=now)
    if passed.customer is None:
        raise PageMissing
    return passed, passed.customer
