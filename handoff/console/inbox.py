"""The inbox (受信一覧): every conversation in its list, and what changes in it as it changes.

GET /console                     the inbox
GET /console/inbox?list=&c=      list, conversation and customer side by side; a later page of
                                 the list by `after`
GET /console/inbox/lines         a part: the lines of one list, or its next page
GET /console/inbox/counts        a part: how many are in each list
GET /console/stream              what changed, as server-sent events
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.record import ConversationId
from conversations.threads import feed
from handoff.console import talk
from handoff.console.door import NotSignedIn, Visit, who
from handoff.console.office import Office
from handoff.console.pages import LANGUAGES, PRIVATE, page, text
from handoff.console.stream import Changes, Draw, StillOpen, Stream, Tidy
from handoff.desk import labels, seen
from handoff.desk.inbox import queries
from handoff.desk.inbox.filters import Filter
from handoff.desk.tables import Ticket
from handoff.staff import sessions

LISTS = tuple(each for each in Filter if each is not Filter.LABEL)
_LAST_ROW = 2**62

Which = Annotated[str, Query(alias="list", max_length=20)]
Label = Annotated[str | None, Query(max_length=40)]
Conversation = Annotated[str | None, Query(alias="c", max_length=300)]
Cursor = Annotated[str | None, Query(max_length=400)]


def add(made: APIRouter, office: Office, stream: Stream) -> None:
    """The inbox's addresses."""

    @made.get("/inbox")
    async def inbox(
        request: Request,
        which: Which = "waiting",
        label: Label = None,
        c: Conversation = None,
        ticket: Annotated[str, Query(max_length=40)] = "",
        after: Cursor = None,
    ) -> Response:
        visit = await who(office, request)
        wanted = chosen(which, label)

        def look(db: Session) -> dict[str, Any]:
            named = _of_ticket(db, ticket) if ticket else c
            facts = listed(db, office, visit, wanted, label, after=after)
            facts |= {"counts": _counts(db, office, visit), "labels": labels.in_use(db)}
            facts["row"] = feed.ends(db)[1]
            facts["talk"] = talk.shown(db, office, visit, ConversationId(named)) if named else None
            return facts

        return page("inbox", visit.lang, {"visit": visit, **await office.units.read(look)})

    @made.get("/inbox/lines")
    async def lines(
        request: Request, which: Which = "waiting", label: Label = None, after: Cursor = None
    ) -> Response:
        visit = await who(office, request)
        wanted = chosen(which, label)
        facts = await office.units.read(
            lambda db: listed(db, office, visit, wanted, label, after=after)
        )
        return page("_lines", visit.lang, {"visit": visit, **facts})

    @made.get("/inbox/counts")
    async def counts(request: Request, which: Which = "waiting", label: Label = None) -> Response:
        visit = await who(office, request)
        wanted = chosen(which, label)

        def look(db: Session) -> dict[str, Any]:
            return {"counts": _counts(db, office, visit), "labels": labels.in_use(db)}

        facts = await office.units.read(look)
        return page(
            "_lists", visit.lang, {"visit": visit, "which": wanted.value, "label": label, **facts}
        )

    @made.get("/stream")
    async def changes(
        request: Request, after: Annotated[int, Query(ge=0, le=_LAST_ROW)] = 0
    ) -> Response:
        try:
            visit = await who(office, request, is_sign=False)
        except NotSignedIn:  # a script that asks again and again; `live.js` leads to the door
            return Response(status_code=401, headers=PRIVATE)
        mark = request.headers.get("last-event-id", "")
        row = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 19 else after
        if not stream.has_room:
            return Response(status_code=503, headers={**PRIVATE, "Retry-After": "5"})
        headers = {**PRIVATE, "X-Accel-Buffering": "no"}
        return Changes(stream, row, visit.lang, visit.session.id, headers)


def _of_ticket(db: Session, ticket: str) -> str:
    found = db.get(Ticket, ticket)
    if found is None:
        raise talk.ConversationMissing("no such ticket")
    return found.conversation


def chosen(which: str, label: str | None) -> Filter:
    """The list that is asked for; what nobody has for one there is not."""
    if label:
        return Filter.LABEL
    return Filter(which) if which in LISTS else Filter.WAITING


def listed(
    db: Session,
    office: Office,
    visit: Visit,
    which: Filter,
    label: str | None,
    *,
    after: str | None,
    limit: int = queries.USUAL,
) -> dict[str, Any]:
    """A page of that list. Raises CursorMalformed."""
    listing = queries.listing(
        db, office.readers, which, visit.session.staff_id, hours=office.terms.hours(db),
        now=visit.now, label=label, after=after, limit=limit,
    )  # fmt: skip
    return {"which": which.value, "label": label, "listing": listing, "now": visit.now}


def _counts(db: Session, office: Office, visit: Visit) -> dict[str, int]:
    found = queries.counts(db, visit.session.staff_id, hours=office.terms.hours(db), now=visit.now)
    return {each.value: found[each] for each in LISTS}


def drawing(office: Office) -> Draw:
    """How the stream draws the lines of conversations: as every console is shown them; who each is
    for, and what they have not read, is decided there.
    """

    async def draw(
        changed: Sequence[ConversationId],
    ) -> Mapping[ConversationId, Mapping[str, str]]:
        now = office.clock()
        lines = await office.units.read(
            lambda db: queries.lines_of(
                db, office.readers, changed, None, hours=office.terms.hours(db), now=now
            )
        )
        return {
            line.conversation: {
                lang: text("_moved", lang, {"line": line, "now": now}) for lang in LANGUAGES
            }
            for line in lines
        }

    return draw


def tidying(office: Office) -> Tidy:
    """Whoever has gone from a conversation without a word is no longer shown there."""

    async def tidy() -> None:
        now = office.clock()
        if await office.units.read(lambda db: seen.have_gone(db, now=now)):
            await office.units.write(lambda db: seen.sweep(db, now=now), durable=False)

    return tidy


def lasting(office: Office) -> StillOpen:
    """Whether the sessions of streams last."""

    async def still_open(some: Collection[str]) -> Collection[str]:
        now = office.clock()
        return await office.units.read(lambda db: sessions.still_open(db, some, now=now))

    return still_open
