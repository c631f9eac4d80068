"""LINE, Slack and what did not get through (接続と送受信): the set-up item by item as `akashi
doctor` tells it, the month's quota, letters nobody got, events nothing came of.

    GET  /console/line?offset=    quota, letters a page at a time, events
    POST /console/line/check      look at the set-up now; LINE calls our webhook once
    POST /console/line/menus      put the rich menus on LINE
    POST /console/line/letter     try a letter again
    POST /console/line/event      work an event again
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.errors import Missing, Unavailable
from catalog.ground.record import ConversationId, LetterId
from conversations.inbox import queries as inbox
from conversations.inbox import work
from conversations.outbox import actions as outbox
from conversations.outbox import queries as letters
from conversations.reminders import addresses
from handoff.console.asked import called
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Finding, Office
from handoff.console.pages import page
from handoff.desk import routing
from handoff.staff.permissions import Act

AT_ONCE = 50

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Done = Annotated[str, Query(max_length=20)]
_CAN_RETRY = frozenset({"dead", "waiting", "ambiguous"})


class NothingToRetry(Missing):
    """No letter or event of that number waits for another try."""


class LineOff(Unavailable):
    """LINE is not configured."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the channels' page."""

    @made.get("/line")
    async def line(request: Request, done: Done = "", offset: Offset = 0) -> Response:
        visit = await who(office, request, Act.RETRY)
        return await _page(office, visit, done=done, offset=offset)

    @made.post("/line/check")
    async def check(request: Request) -> Response:
        visit, _ = await checked(office, request, Act.RETRY)
        found = await office.examine() if office.examine is not None else []
        return await _page(office, visit, findings=found)

    @made.post("/line/menus")
    async def menus(request: Request) -> Response:
        visit, _ = await checked(office, request, Act.SETTLE_TERMS)
        if office.menus is None:
            raise LineOff("LINE is off")
        count, by = await office.menus(), visit.session.actor.name
        await office.units.write(
            lambda db: journal.record(
                db, "channel:line", "menus_put", actor=by, at=visit.now, facts={"made": count}
            )
        )
        return await _page(office, visit, menus=count)

    _add_retries(made, office)


def _add_retries(made: APIRouter, office: Office) -> None:
    @made.post("/line/letter")
    async def letter(request: Request) -> Response:
        visit, form = await checked(office, request, Act.RETRY)
        number, by = _number(form.get("id", "")), visit.session.actor.name

        def unit(db: Session) -> None:
            if not outbox.retry(db, LetterId(number), by=by, now=visit.now):
                raise NothingToRetry(str(number))

        await office.units.write(unit)
        return onward(f"{HOME}/line?done=sent", request)

    @made.post("/line/event")
    async def event(request: Request) -> Response:
        visit, form = await checked(office, request, Act.RETRY)
        number, by = _number(form.get("id", "")), visit.session.actor.name

        def unit(db: Session) -> None:
            if not work.retry(db, number, by=by, now=visit.now):
                raise NothingToRetry(str(number))

        await office.units.write(unit)
        return onward(f"{HOME}/line?done=sent", request)


def _number(told: str) -> int:
    if not (told.isascii() and told.isdigit() and len(told) < 16):
        raise NothingToRetry("no number")
    return int(told)


def _whom(db: Session, conversation: ConversationId) -> dict[str, str] | None:
    """The customer behind a conversation, or behind a letter there was no address for."""
    customer = addresses.customer_of(conversation) or routing.customer_of(db, conversation)
    return {"id": customer, "name": called(db, customer)} if customer is not None else None


async def _page(
    office: Office,
    visit: Visit,
    *,
    done: str = "",
    offset: int = 0,
    findings: Sequence[Finding] | None = None,
    menus: int | None = None,
) -> Response:
    def look(db: Session) -> dict[str, Any]:
        unsettled = letters.unsettled(db, limit=AT_ONCE, offset=offset)
        given_up = inbox.given_up(db)
        whose = {each.conversation for each in unsettled} | {each.conversation for each in given_up}
        return {
            "people": {each: _whom(db, ConversationId(each)) for each in whose},
            "quotas": letters.quotas(db),
            "letters": [
                {
                    "id": each.id,
                    "conversation": each.conversation,
                    "state": each.state,
                    "written_at": each.written_at,
                    "attempts": each.attempts,
                    "why": each.last_error,
                    "can_retry": each.state in _CAN_RETRY and each.messages != "[]",
                }
                for each in unsettled
            ],
            "counts": letters.unsettled_counts(db),
            "events": given_up,
        }

    facts = {
        "visit": visit, "done": done, "findings": findings, "menus": menus, "now": visit.now,
        "offset": offset, "step": AT_ONCE,
        "channels": sorted(office.channels), "has_menus": office.menus is not None,
        **await office.units.read(look),
    }  # fmt: skip
    return page("line", visit.lang, facts)
