"""`/link`: order number and e-mail bring a code to the address on file; the code links the chat
(account.link, decision 0024).

    /link?t=…  → order number, e-mail     → /link/code?t=…
    /link/code → six digits from the mail → the platform's own dialog, or linked at once

Every answer is the same whether the order, the address or neither is known: in words, in status and
in what is done before it. Without a mail server staff give out the code after their own check.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import APIRouter, Form, Query, Response
from sqlmodel import Session

from bot.pages.rendering import gone, language_of, onward, page
from bot.unit import Units
from catalog.customers import linking
from catalog.customers.linking import Link, LinkMissing, LinkTooOften
from catalog.ground import worklist
from catalog.ground.calendar import round_up_to
from catalog.ground.errors import Unavailable
from catalog.ground.record import ConversationId
from catalog.orders import queries as orders
from conversations.flows import newcomers
from conversations.flows.flow import ConversationTerms
from conversations.flows.membership import now_linked
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.ports import Channel
from conversations.wording.voice import voice

_LONGEST = 200


class Dialog(Protocol):
    """A platform's own question to the person of the chat."""

    @property
    def origin(self) -> str:
        """Where the dialog is."""
        ...

    async def token(self, address: str) -> str:
        """The platform's token for that person. Raises Unavailable."""
        ...

    def dialog(self, token: str, nonce: str) -> str:
        """Where the person goes next."""
        ...


@dataclass(frozen=True, slots=True)
class LinkDesk:
    """What the pages need. `secret` keys the codes' hashes; `has_mail`: whether codes go by mail;
    `dialogs` by channel: who is not in it is linked by the code itself.
    """

    units: Units
    clock: Callable[[], datetime]
    terms: ConversationTerms
    secret: bytes
    has_mail: bool
    channels: Mapping[str, Channel]
    dialogs: Mapping[str, Dialog]


Token = Annotated[str, Query(alias="t", max_length=_LONGEST)]
Lang = Annotated[str | None, Query(max_length=10)]
FormToken = Annotated[str, Form(alias="t", max_length=_LONGEST)]
FormLang = Annotated[str | None, Form(max_length=10)]
Field = Annotated[str, Form(max_length=300)]


def link_router(desk: LinkDesk) -> APIRouter:
    """`/link` and `/link/code`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/link")
    async def begin(token: Token = "", lang: Lang = None) -> Response:
        now = desk.clock()
        try:
            link = await desk.units.read(lambda db: linking.find(db, token, now=now))
        except LinkMissing:
            return gone(language_of(lang, "ja"))
        return page("link", language_of(lang, link.lang), {"t": token, "problem": None})

    @router.post("/link")
    async def ask(
        token: FormToken, order_no: Field, email: Field, lang: FormLang = None
    ) -> Response:
        now = desk.clock()
        try:
            spoken = await desk.units.write(
                lambda db: _ask(db, desk, token, order_no, email, lang, now=now)
            )
        except LinkMissing:
            return gone(language_of(lang, "ja"))
        except LinkTooOften:
            facts = {"t": token, "problem": "too_often"}
            return page("link", language_of(lang, "ja"), facts, status=429)
        return onward(f"/link/code?t={token}&lang={spoken}")

    @router.get("/link/code")
    async def code_page(token: Token = "", lang: Lang = None) -> Response:
        now = desk.clock()
        try:
            link, by = await desk.units.read(lambda db: _found(db, desk, token, now=now))
        except LinkMissing:
            return gone(language_of(lang, "ja"))
        return _code_page(desk, link, token, language_of(lang, link.lang), by=by, now=now)

    @router.post("/link/code")
    async def prove(token: FormToken, code: Field, lang: FormLang = None) -> Response:
        now = desk.clock()
        try:
            link, by = await desk.units.read(lambda db: _found(db, desk, token, now=now))
        except LinkMissing:
            return gone(language_of(lang, "ja"))
        spoken = language_of(lang, link.lang)
        dialog = desk.dialogs.get(link.channel)
        try:
            platform = await dialog.token(link.address) if dialog is not None else None
        except Unavailable:
            return _code_page(desk, link, token, spoken, by=by, now=now, problem="unavailable")
        try:
            nonce = await desk.units.write(
                lambda db: _prove(db, desk, token, code, is_bound_here=dialog is None, now=now)
            )
        except LinkMissing:
            return gone(spoken)
        if nonce is None:
            return _code_page(desk, link, token, spoken, by=by, now=now, problem="wrong")
        if dialog is not None and platform is not None:
            return onward(dialog.dialog(platform, nonce))
        return page("linked", spoken)

    return router


def _ask(
    db: Session,
    desk: LinkDesk,
    token: str,
    order_no: str,
    email: str,
    lang: str | None,
    *,
    now: datetime,
) -> str:
    """Bring a code on its way when both are somebody's; the language of what comes next. Raises
    LinkMissing, LinkTooOften.
    """
    link = linking.find(db, token, now=now)
    spoken = language_of(lang, link.lang)
    number = order_no.strip().upper()
    customer = orders.buyer(db, number, email)
    asked = linking.ask(db, token, number, customer, lang=spoken, now=now)
    if asked is not None and desk.has_mail:
        worklist.add(db, linking.CODE, link.id, asked, due_at=now, now=now)
    elif asked is not None:
        worklist.task(
            db, linking.STAFF_CODE, f"customer:{customer}", due_at=_by(db, desk, now), now=now,
            once=asked, facts={"link": link.id},
        )  # fmt: skip
    return spoken


def _prove(
    db: Session, desk: LinkDesk, token: str, code: str, *, is_bound_here: bool, now: datetime
) -> str | None:
    """The nonce for a right code, None for a wrong one; where no platform asks, the chat is linked
    and told. Raises LinkMissing.
    """
    proven = linking.prove(db, token, code, desk.secret, now=now)
    if proven is None:
        return None
    if is_bound_here:
        link = proven.link
        linked = newcomers.settle(
            db, proven.nonce, link.channel, link.address, by="customer", now=now
        )
        channel = desk.channels.get(link.channel)
        if channel is not None:
            letter = now_linked(link.lang, linked.came)
            envelope = Envelope(
                dedupe=f"linked:{link.id}",
                channel=link.channel,
                conversation=ConversationId(f"{link.channel}:{link.address}"),
                purpose="linked",
            )
            outbox.put(db, envelope, channel.render([letter]), now=now)
    return proven.nonce


def _code_page(
    desk: LinkDesk,
    link: Link,
    token: str,
    lang: str,
    *,
    by: datetime,
    now: datetime,
    problem: str | None = None,
) -> Response:
    dialog = desk.dialogs.get(link.channel)
    facts = {
        "t": token,
        "problem": problem,
        "has_mail": desk.has_mail,
        "minutes": int(linking.CODE_LIFE.total_seconds() // 60),
        "by": voice(lang).moment(by, now=now),
    }
    status = {None: 200, "wrong": 422, "unavailable": 503}[problem]
    target = dialog.origin if dialog is not None else ""
    return page("link_code", lang, facts, status=status, form_target=target)


def _found(db: Session, desk: LinkDesk, token: str, *, now: datetime) -> tuple[Link, datetime]:
    """The link, and until when staff give out a code. Raises LinkMissing."""
    return linking.find(db, token, now=now), _by(db, desk, now)


def _by(db: Session, desk: LinkDesk, now: datetime) -> datetime:
    return round_up_to(desk.terms.hours(db).after_work(now, desk.terms.answer_lead), 15)
