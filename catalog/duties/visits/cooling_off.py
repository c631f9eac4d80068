"""The eight days of a purchase at home (クーリング・オフ): taking a sale back, and the end of the
hold.

Not here: what follows from a rescission for goods and money; the case knows.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from catalog.duties.rules import cooling_off_last_day, end_of, is_rescission_effective
from catalog.duties.visits.documents import received_on
from catalog.duties.visits.tables import Rescission
from catalog.ground import journal, worklist
from catalog.ground.errors import Refused
from catalog.ground.record import UnitId, new_id
from catalog.items.actions import move
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit


class RescissionLate(Refused):
    """Dispatched after the last day. `last_day`, `dispatched_at`."""

    def __init__(self, last_day: date, dispatched_at: datetime) -> None:
        super().__init__(f"dispatched {dispatched_at.isoformat()}, the last day was {last_day}")
        self.last_day = last_day
        self.dispatched_at = dispatched_at


@dataclass(frozen=True, slots=True)
class Rescinded:
    """A sale taken back. `last_day`: None while no document was received."""

    rescission_id: str
    last_day: date | None


def last_day(db: Session, case_id: str) -> date | None:
    """The last day of the case's eight; None: they never end (TOK-1)."""
    return cooling_off_last_day(received_on(db, case_id))


def rescind(
    db: Session,
    case_id: str,
    *,
    dispatched_at: datetime,
    by: str,
    now: datetime,
    message_id: str | None = None,
) -> Rescinded:
    """The seller takes the sale back; when the notice was dispatched decides, by any channel and
    for no reason. The same notice twice is one (TOK-1, R-062). Raises
    RescissionLate.
    """
    before = effective(db, case_id)
    if before is not None:
        return Rescinded(before.id, before.last_day)
    received = received_on(db, case_id)
    last = cooling_off_last_day(received)
    if last is not None and not is_rescission_effective(received, dispatched_at):
        raise RescissionLate(last, dispatched_at)
    row = Rescission(
        id=new_id(now),
        case_id=case_id,
        message_id=message_id,
        dispatched_at=dispatched_at,
        last_day=last,
        noted_by=by,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    facts = {"rescission": row.id, "last_day": last.isoformat() if last else None}
    journal.record(db, f"case:{case_id}", "rescinded", actor=by, at=now, facts=facts)
    return Rescinded(row.id, last)


def effective(db: Session, case_id: str) -> Rescission | None:
    """The rescission of the case, when there was one."""
    return db.exec(select(Rescission).where(Rescission.case_id == case_id)).first()


def run(db: Session, at: datetime) -> None:
    """Slot `cooling-off`, 00:00: units whose eight days are over go on to be prepared (TOK-2,
    R-062). Running it again changes nothing.
    """

    def end(unit_id: str) -> None:
        case_id = db.get_one(Unit, unit_id).case_id
        if case_id is not None and is_over(db, case_id, at):
            move(
                db,
                UnitId(unit_id),
                UnitState.PREPARING,
                by="scheduler",
                now=at,
                verb="cooling_off_over",
            )

    held = select(Unit.id).where(Unit.state == UnitState.COOLING_OFF_HOLD.value)
    worklist.sweep(db, "cooling-off", held, end, now=at)


def is_over(db: Session, case_id: str, at: datetime) -> bool:
    """Whether the eight days have passed and nobody took the sale back (TOK-1)."""
    last = last_day(db, case_id)
    return last is not None and at >= end_of(last) and effective(db, case_id) is None
