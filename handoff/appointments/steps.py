"""The steps every verb on an appointment is made of: look at it under its lock, one conditional
write, one row of the journal, what the customer and the shop must hear.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.ground import journal, worklist
from catalog.ground.errors import Refused
from catalog.ground.record import to_millis
from conversations.reminders import taking_back
from handoff.appointments import queries
from handoff.appointments.rules import MOVES
from handoff.appointments.tables import Appointment, AppointmentState, Kind

UNASSIGNED = "appointment_unassigned"  # task: give it to somebody
LINK = "video_link"  # task: say where the video call is held
CALL = "appointment.call"  # work: somebody of the shop hears of it
_LINK_BEFORE = timedelta(hours=1)
TOPIC = "appointments"  # rung when the list of a day changes


class What(StrEnum):
    """What somebody of the shop hears of an appointment."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    GIVEN = "given"  # it is theirs from now on
    PASSED_ON = "passed_on"  # it was theirs, and is another's


class TimeTaken(Refused):
    """That time cannot be booked (any more). `starts_at`."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(f"{starts_at.isoformat()} is taken or not offered")
        self.starts_at = starts_at


class NotSo(Refused):
    """That cannot be done with an appointment in this state. `state`."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the appointment is {state}")
        self.state = state


def locked(db: Session, appointment_id: str) -> Appointment:
    """As it stands; nobody else changes it meanwhile. Raises AppointmentMissing."""
    found = db.exec(
        select(Appointment)
        .where(Appointment.id == appointment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    return found if found is not None else queries.of_id(db, appointment_id)


def become(db: Session, appointment_id: str, state: AppointmentState, **values: Any) -> bool:
    """One conditional write; False where no move leads there."""
    allowed = [before.value for before, after in MOVES.items() if state in after]
    changed = db.connection().execute(
        update(Appointment)
        .where(col(Appointment.id) == appointment_id, col(Appointment.state).in_(allowed))
        .values(state=state.value, **values)
    )
    return bool(changed.rowcount)


def change(db: Session, row: Appointment, **values: Any) -> None:
    """Write these and read it anew."""
    db.connection().execute(
        update(Appointment).where(col(Appointment.id) == row.id).values(**values)
    )
    db.refresh(row)


def subject(appointment_id: str) -> str:
    """As the journal and the worklist call it."""
    return f"appointment:{appointment_id}"


def record(
    db: Session,
    appointment_id: str,
    verb: str,
    actor: Actor,
    *,
    now: datetime,
    facts: Mapping[str, Any],
) -> None:
    """One act."""
    journal.record(db, subject(appointment_id), verb, actor=actor.name, at=now, facts=facts)


def tell(db: Session, row: Appointment, phase: str, *, now: datetime) -> None:
    """The customer must hear of it, once."""
    to = f"customer:{row.customer}" if row.customer else f"conversation:{row.conversation}"
    worklist.notice(
        db, subject(row.id), phase, to=to, version=to_millis(now), now=now, facts=facts_of(row)
    )


def take_back(db: Session, appointment_id: str, *, now: datetime, phase: str | None = None) -> None:
    """What the customer was to hear of it is over: of what has not left, nothing does."""
    taking_back.take_back(db, subject(appointment_id), now=now, phase=phase)


def facts_of(row: Appointment) -> Mapping[str, Any]:
    """What a letter about it is told with."""
    return {
        "appointment": row.id,
        "kind": row.kind,
        "store": row.store,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "link": row.link,
    }


def call(
    db: Session, row: Appointment, what: What, staff: str | None, actor: Actor, *, now: datetime
) -> None:
    """Whoever it is for hears of it, once; None: whoever is told where nobody has it. Nobody is
    told of what they do themselves.
    """
    is_own = staff == actor.id if staff is not None else actor.is_staff
    if is_own:
        return
    worklist.add(
        db, CALL, subject(row.id), f"{row.id}:{what}:{to_millis(now)}:{staff or ''}", due_at=now,
        now=now, facts={"appointment": row.id, "what": what.value, "staff": staff},
    )  # fmt: skip


def nobody_needed(db: Session, row: Appointment, *, now: datetime) -> None:
    """Somebody has it: that task ends."""
    _end(db, row, UNASSIGNED, now=now)


def no_link_needed(db: Session, row: Appointment, *, now: datetime) -> None:
    """Where it is held is told: that task ends."""
    _end(db, row, LINK, now=now)


def nothing_needed(db: Session, row: Appointment, *, now: datetime) -> None:
    """It is over or off: whatever was to be done for it ends."""
    _end(db, row, UNASSIGNED, LINK, now=now)


def _end(db: Session, row: Appointment, *names: str, now: datetime) -> None:
    about = f"conversation:{row.conversation}"
    worklist.close_tasks(db, about, *names, now=now, appointment=row.id)


def need_link(db: Session, row: Appointment, *, now: datetime) -> None:
    """A video call that is booked has no place yet: a task, so that nobody waits before a closed
    door.
    """
    if row.kind != Kind.VIDEO.value or row.state != AppointmentState.BOOKED.value or row.link:
        return
    worklist.task(
        db, LINK, f"conversation:{row.conversation}",
        due_at=max(now, row.starts_at - _LINK_BEFORE), now=now, once=f"{row.id}:{to_millis(now)}",
        facts={"appointment": row.id, "at": row.starts_at.isoformat()},
    )  # fmt: skip


def drop_link(db: Session, row: Appointment, *, now: datetime) -> None:
    """The room was of whoever had it; whoever has it next says theirs, and the customer is told."""
    if row.link is not None:
        take_back(db, row.id, now=now, phase="appointment_link")
        change(db, row, link=None)
        need_link(db, row, now=now)


def need_somebody(db: Session, row: Appointment, *, now: datetime, once: str) -> None:
    """Nobody of the shop has it yet: a task."""
    worklist.task(
        db, UNASSIGNED, f"conversation:{row.conversation}", due_at=row.starts_at, now=now,
        once=once,
        facts={"appointment": row.id, "kind": row.kind, "at": row.starts_at.isoformat()},
    )  # fmt: skip
