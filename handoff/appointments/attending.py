"""What staff do with an appointment: who has it, who came, where a call is held, and who has it
when somebody leaves.
"""

from datetime import datetime

from sqlmodel import Session

from catalog.duties.actors import Actor
from catalog.ground.errors import Malformed, Stale
from catalog.ground.record import StaffId, to_millis
from catalog.ground.session.database import ring
from handoff.appointments import quarters, queries, rules
from handoff.appointments.rules import LIVE, seat_of
from handoff.appointments.steps import (
    TOPIC,
    NotSo,
    TimeTaken,
    What,
    become,
    call,
    change,
    drop_link,
    locked,
    need_somebody,
    no_link_needed,
    nobody_needed,
    nothing_needed,
    record,
    take_back,
    tell,
)
from handoff.appointments.tables import Appointment, AppointmentState, Kind


class LinkMalformed(Malformed):
    """A link of a call that is no https address."""


class ChangedMeanwhile(Stale):
    """Somebody else of the shop was first. `what`: who has it, or the link."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the {what} of the appointment was changed meanwhile")
        self.what = what


def arrived(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> None:
    """The customer is there. Raises AppointmentMissing, NotSo."""
    _end(db, appointment_id, AppointmentState.ARRIVED, actor, now=now)


def no_show(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> None:
    """The customer did not come; they are offered another time. Raises AppointmentMissing, NotSo
    (also before its time).
    """
    row = locked(db, appointment_id)
    if row.state == AppointmentState.BOOKED.value and row.starts_at > now:
        raise NotSo(row.state)
    if _end(db, appointment_id, AppointmentState.NO_SHOW, actor, now=now):
        quarters.free(db, row.id)
        tell(db, row, "appointment_missed", now=now)


def _end(
    db: Session, appointment_id: str, state: AppointmentState, actor: Actor, *, now: datetime
) -> bool:
    row = locked(db, appointment_id)
    if row.state == state.value:
        return False
    if not become(db, row.id, state, ended_at=now):
        raise NotSo(row.state)
    db.refresh(row)
    take_back(db, row.id, now=now)
    nothing_needed(db, row, now=now)
    record(db, row.id, state.value, actor, now=now, facts={})
    ring(db, TOPIC)
    return True


def give(
    db: Session,
    appointment_id: str,
    to: StaffId,
    actor: Actor,
    *,
    was: StaffId | None,
    now: datetime,
) -> Appointment:
    """Somebody has it instead of whoever had it when that was decided (`was`); both hear of it.
    Raises as `assign`, and ChangedMeanwhile.
    """
    row = locked(db, appointment_id)
    had = row.staff
    if had == to:
        return row
    if had != was:
        raise ChangedMeanwhile("adviser")
    row = assign(db, appointment_id, to, actor, now=now)
    call(db, row, What.GIVEN, to, actor, now=now)
    if had is not None:
        call(db, row, What.PASSED_ON, had, actor, now=now)
    return row


def assign(
    db: Session, appointment_id: str, to: StaffId, actor: Actor, *, now: datetime
) -> Appointment:
    """Somebody else has it from now on; how they hear of it is the caller's to say. Raises
    AppointmentMissing, NotSo, TimeTaken when that time of theirs is another's.
    """
    row = locked(db, appointment_id)
    if AppointmentState(row.state) not in LIVE:
        raise NotSo(row.state)
    if row.staff == to:
        return row
    when = rules.times(queries.terms(db), Kind(row.kind), row.starts_at, row.ends_at)
    if not quarters.take(db, when.of([seat_of(to)]), row.id, row.held_until, now):
        raise TimeTaken(row.starts_at)
    kept = quarters.leave(db, row)
    change(db, row, staff=to, seats=[*kept, seat_of(to)])
    drop_link(db, row, now=now)
    record(db, row.id, "assigned", actor, now=now, facts={"staff": to})
    nobody_needed(db, row, now=now)
    ring(db, TOPIC)
    return row


def set_link(
    db: Session,
    appointment_id: str,
    link: str,
    actor: Actor,
    *,
    was: str | None = None,
    now: datetime,
) -> Appointment:
    """Where the video call is held, instead of `was`; the customer is told. Raises
    AppointmentMissing, NotSo (also of another kind), LinkMalformed, ChangedMeanwhile.
    """
    told = link.strip()
    if not told.startswith("https://") or len(told) > 1_000 or any(c.isspace() for c in told):
        raise LinkMalformed("an https address is wanted")
    row = locked(db, appointment_id)
    if row.state != AppointmentState.BOOKED.value or row.kind != Kind.VIDEO.value:
        raise NotSo(row.state)
    if row.link == told:
        return row
    if row.link != was:
        raise ChangedMeanwhile("link")
    change(db, row, link=told)
    no_link_needed(db, row, now=now)
    record(db, row.id, "link_set", actor, now=now, facts={})
    take_back(db, row.id, now=now, phase="appointment_link")
    tell(db, row, "appointment_link", now=now)
    return row


def hand_over(
    db: Session, staff: StaffId, to: StaffId | None, actor: Actor, *, now: datetime
) -> tuple[list[Appointment], list[Appointment]]:
    """What is ahead goes to somebody else: those that could be given, and those whose time is not
    free there, which wait for somebody (R-119). `to` None: all of them wait.
    """
    given, left = [], []
    for row in queries.ahead_of(db, staff, now=now):
        try:
            if to is not None:
                given.append(assign(db, row.id, to, actor, now=now))
                continue
        except TimeTaken:
            pass
        left.append(_unassign(db, row.id, actor, now=now))
    return given, left


def _unassign(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> Appointment:
    row = locked(db, appointment_id)
    change(db, row, staff=None, seats=quarters.leave(db, row))
    drop_link(db, row, now=now)
    record(db, row.id, "unassigned", actor, now=now, facts={})
    if row.state == AppointmentState.BOOKED.value:  # a yes to one that is held asks for somebody
        need_somebody(db, row, now=now, once=f"{row.id}:{to_millis(now)}")
    return row
