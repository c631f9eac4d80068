"""Bringing what happened to an appointment to whoever it is for (予約の呼び出し): the person who
has it, and where nobody has, those who are told that somebody waits. Slack is told in
`slack.posts`.

As with calls to a ticket nobody is woken: it waits until they are there, and is void once it holds
no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, tokyo_day
from catalog.ground.record import StaffId
from handoff.appointments import queries
from handoff.appointments.queries import AppointmentMissing
from handoff.appointments.steps import What
from handoff.appointments.tables import Appointment, AppointmentState
from handoff.desk import calling as desk
from handoff.desk import routing
from handoff.shifts import queries as shifts
from handoff.shifts import rules
from handoff.staff.push import actions as push
from handoff.staff.push.actions import News

UNASSIGNED = "unassigned"  # it was booked or moved, and nobody has it
_PREFIX = "appointment_"  # as the push rows call it
_WANTS_SOMEBODY = frozenset({What.BOOKED.value, What.MOVED.value})


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody of the shop hears this of an appointment. `what`: `What`, or UNASSIGNED; `staff`:
    whoever is told.
    """

    appointment: Appointment
    what: str
    staff: Sequence[StaffId]

    @property
    def path(self) -> str:
        """Its day in the console."""
        return f"/console/appointments?day={tokyo_day(self.appointment.starts_at)}"


def due(db: Session, work: worklist.DueWork, *, now: datetime) -> Call | None:
    """Who hears what; None: nobody has to any more."""
    facts = work.facts
    what, staff = str(facts["what"]), facts["staff"]
    row = queries.of_id(db, str(facts["appointment"]))
    if staff is None and what in _WANTS_SOMEBODY:
        what = UNASSIGNED
    if row.ends_at <= now or not _holds(row, what, staff):
        return None
    if staff is not None:
        return Call(row, what, [StaffId(str(staff))])
    return Call(row, what, rules.chain(routing.people(db, now=now), is_manager=False, now=now))


def _holds(row: Appointment, what: str, staff: str | None) -> bool:
    """Whether the appointment still stands as that tells; `staff`: of whom it told."""
    match what:
        case What.CANCELLED:
            return row.state == AppointmentState.CANCELLED
        case What.PASSED_ON:
            return row.state == AppointmentState.MOVED or row.staff != staff
        case _:
            is_theirs = row.staff is None if what == UNASSIGNED else row.staff == staff
            return row.state == AppointmentState.BOOKED and is_theirs


def tell(
    db: Session, work: worklist.DueWork, call: Call, *, hours: ShopHours, now: datetime
) -> datetime:
    """The browsers of those who are told, each once the person is there; when the first of them is.
    `hours`: of the shop, where it keeps no shifts.
    """
    news = News(f"{_PREFIX}{call.what}", call.appointment.id, call.path, {})
    known = {each.id: each for each in shifts.people(db, now=now, of=call.staff)}
    there = {each: desk.there_from(known.get(each), hours=hours, now=now) for each in call.staff}
    for staff, at in there.items():
        push.tell(db, [staff], news, key=f"{work.kind}:{work.id}", now=now, due_at=at)
    return min(there.values(), default=now)


def still_stands(db: Session, news: News, staff: StaffId) -> bool:
    """Whether somebody still has to be told of it; True for news of anything else."""
    if not news.what.startswith(_PREFIX):
        return True
    try:
        row = queries.of_id(db, news.about)
    except AppointmentMissing:
        return False
    return _holds(row, news.what.removeprefix(_PREFIX), staff)
