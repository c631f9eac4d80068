"""One thing done in many conversations (まとめて操作, R-164): each is for itself, and what was
refused is told with its reason.

GET  /console/inbox/bulk?list=&label=&after=   a page of the conversations of a list, to be ticked
POST /console/inbox/bulk                       one step in each of those that are
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.errors import Malformed
from catalog.ground.record import ConversationId, TicketId
from handoff.console.door import Visit, checked, who
from handoff.console.inbox import chosen, listed
from handoff.console.moving import settle
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.console.writing import key_of
from handoff.desk import labels, notes
from handoff.desk import queries as tickets
from handoff.desk.inbox.filters import Filter
from handoff.desk.later import Later
from handoff.desk.macros import Do, Step
from handoff.desk.moves import HELD
from handoff.dialogue import macros
from handoff.dialogue.macros import Hands, Many
from handoff.staff.permissions import Act

_OFFERED = frozenset({Do.LABEL, Do.UNLABEL, Do.ASSIGN, Do.SNOOZE, Do.CLOSE})
_MOST = 200

Which = Annotated[str, Query(alias="list", max_length=20)]
Label = Annotated[str, Query(max_length=40)]
Cursor = Annotated[str | None, Query(max_length=400)]


class NothingTicked(Malformed):
    """No conversation was ticked, or nothing chosen to be done. `what`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no {what} chosen")
        self.what = what


@dataclass(frozen=True, slots=True)
class List:
    """A page of one list; `after`: where it begins, None at its first line."""

    which: Filter
    label: str
    after: str | None


def add(made: APIRouter, office: Office) -> None:
    """The addresses of doing many at once."""

    @made.get("/inbox/bulk")
    async def choose(
        request: Request, which: Which = "waiting", label: Label = "", after: Cursor = None
    ) -> Response:
        visit = await who(office, request, Act.DIRECT)
        return await _page(office, visit, List(chosen(which, label), label, after), {})

    @made.post("/inbox/bulk")
    async def do(request: Request) -> Response:
        visit, form = await checked(office, request, Act.DIRECT)
        label = form.get("label", "")
        shown = List(chosen(form.get("list", ""), label), label, form.get("after") or None)
        try:
            step, talks = _step(form), _talks(form)
        except NothingTicked as wrong:
            more = {"problem": wrong.what}
            return await _page(office, visit, shown, more, status=422)
        key = key_of(form, visit)

        def unit(db: Session) -> tuple[Many, list[TicketId]]:
            hands = Hands(office.channels, office.terms.hours(db))
            done = macros.in_each(
                db, step, talks, visit.session.actor, hands, key=key, now=visit.now
            )
            open_now = [tickets.open_of(db, each) for each in done.done]
            return done, [TicketId(t.id) for t in open_now if t is not None and t.state in HELD]

        done, held = await office.units.write(unit)
        for ticket in held:
            await settle(office, ticket)
        return await _page(office, visit, shown, {"done": done})


def _step(form: Mapping[str, str]) -> Step:
    do, _, what = form.get("step", "").partition(":")
    if do not in _OFFERED or (do != Do.CLOSE and not what):
        raise NothingTicked("step")
    if do == Do.SNOOZE and what not in set(Later):
        raise NothingTicked("step")
    return Step(Do(do), what)


def _talks(form: Mapping[str, str]) -> list[ConversationId]:
    """Those that are ticked, in the order of the list."""
    ticked = [value for name, value in form.items() if name.startswith("talk-") and value]
    if not ticked:
        raise NothingTicked("talk")
    return [ConversationId(each) for each in ticked[:_MOST]]


async def _page(
    office: Office,
    visit: Visit,
    shown: List,
    more: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    def look(db: Session) -> dict[str, Any]:
        facts = listed(
            db, office, visit, shown.which, shown.label or None, after=shown.after, limit=_MOST
        )
        is_open = office.terms.hours(db).is_open(visit.now)
        choices = {"labels": labels.in_use(db), "people": notes.talkers(db), "is_open": is_open}
        return {**facts, **choices, "after": shown.after}

    facts = await office.units.read(look)
    names = {line.conversation: line.who.name for line in facts["listing"].lines}
    told: dict[str, Any] = {"problem": None, "done": None, "names": names}
    return page("bulk", visit.lang, {"visit": visit, **told, **facts, **more}, status=status)
