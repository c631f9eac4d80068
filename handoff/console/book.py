"""What one person of the shop looks after, and handing it over (引き継ぎ・退職, R-119): all of it
when they leave, any part of it while they are away.

GET  /console/staff/book?p=        what they hold: conversations, appointments, steps, customers
POST /console/staff/hand_over      parts of it to somebody else, or back to the queue
POST /console/staff/leave          all of it, and they work here no more: one unit of work
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.customers.tables import Customer
from catalog.ground.errors import Malformed
from catalog.ground.record import ConversationId, StaffId
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk.inbox import queries as inbox
from handoff.dialogue import leaving
from handoff.dialogue.leaving import Desk, HandedOver, NobodyTakesOver, Part
from handoff.shifts import queries as shifts
from handoff.shifts.actions import PersonMissing
from handoff.staff import actions
from handoff.staff.actions import LastOwner, OnlyAnOwner
from handoff.staff.permissions import Act

SHOWN = 50
QUEUE = "queue"

Whose = Annotated[str, Query(alias="p", max_length=60)]


class NotChosen(Malformed):
    """Nobody was chosen to take it over, or nothing to be taken over. `what`."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no {what} chosen")
        self.what = what


def add(made: APIRouter, office: Office) -> None:
    """The addresses of somebody's book."""

    @made.get("/staff/book")
    async def book(request: Request, p: Whose = "") -> Response:
        visit = await who(office, request, Act.DIRECT)
        return await _page(office, visit, StaffId(p), {})

    @made.post("/staff/hand_over")
    async def hand_over(request: Request) -> Response:
        visit, form = await checked(office, request, Act.DIRECT)
        whose = StaffId(form.get("id", ""))

        def unit(db: Session) -> HandedOver:
            actions.of_id(db, whose)
            parts = frozenset(each for each in Part if form.get(f"part-{each}") == "yes")
            if not parts:
                raise NotChosen("part")
            return leaving.hand_over(
                db, whose, _heir(form), visit.session.actor, _desk(db, office, visit),
                now=visit.now, parts=parts,
            )  # fmt: skip

        try:
            handed = await office.units.write(unit)
        except (NotChosen, PersonMissing, NobodyTakesOver) as refused:
            return await _refused(office, visit, whose, refused)
        return await _page(office, visit, whose, {"handed": handed})

    @made.post("/staff/leave")
    async def leave(request: Request) -> Response:
        visit, form = await checked(office, request, Act.STAFF)
        whose = StaffId(form.get("id", ""))

        def unit(db: Session) -> HandedOver:
            actions.of_id(db, whose)
            to = None
            if form.get("to") or leaving.held_by(db, whose, now=visit.now):
                to = _heir(form)
            return leaving.leave(
                db, whose, to, visit.session.actor, _desk(db, office, visit), now=visit.now
            )

        try:
            await office.units.write(unit)
        except (NotChosen, PersonMissing, NobodyTakesOver, LastOwner, OnlyAnOwner) as refused:
            return await _refused(office, visit, whose, refused)
        return onward(f"{HOME}/staff?done=left", request)


def _heir(form: Mapping[str, str]) -> StaffId | None:
    """Who takes it over; None: the queue. Raises NotChosen."""
    told = form.get("to", "")
    if not told:
        raise NotChosen("heir")
    return None if told == QUEUE else StaffId(told)


def _desk(db: Session, office: Office, visit: Visit) -> Desk:
    return Desk(office.channels, office.promise(db, now=visit.now))


async def _refused(office: Office, visit: Visit, whose: StaffId, refused: Exception) -> Response:
    is_wrong = isinstance(refused, NotChosen | PersonMissing)
    problem = refused.what if isinstance(refused, NotChosen) else type(refused).__name__
    return await _page(office, visit, whose, {"problem": problem}, status=422 if is_wrong else 409)


async def _page(
    office: Office, visit: Visit, whose: StaffId, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    facts = await office.units.read(lambda db: _shown(db, office, visit, whose))
    told: dict[str, Any] = {"problem": None, "handed": None}
    return page("book", visit.lang, {"visit": visit, **told, **facts, **more}, status=status)


def _shown(db: Session, office: Office, visit: Visit, whose: StaffId) -> dict[str, Any]:
    """Raises NotOfTheShop."""
    person, now = actions.of_id(db, whose), visit.now
    held = leaving.held_by(db, whose, now=now)
    talks = [ConversationId(each.conversation) for each in held.tickets]
    lines = inbox.lines_of(
        db, office.readers, talks[:SHOWN], visit.session.staff_id, hours=office.terms.hours(db),
        now=now,
    )  # fmt: skip
    return {
        "person": person,
        "held": held,
        "lines": lines,
        "clients": [db.get_one(Customer, each) for each in held.customers[:SHOWN]],
        "others": [each for each in shifts.people(db, now=now) if each.id != whose],
        "deputy": shifts.skills(db, whose).deputy,
        "parts": [each.value for each in Part],
        "shown": SHOWN,
        "now": now,
    }
