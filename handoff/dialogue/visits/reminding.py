"""A reminder that is due: told only of what still stands as it stood (R-149)."""

from datetime import datetime

from sqlmodel import Session

from catalog.ground.worklist import DueWork
from handoff.appointments import steps
from handoff.appointments.tables import AppointmentState

SOON = "appointment_soon"


def remind(db: Session, work: DueWork, *, now: datetime) -> bool:
    """Bring it on its way; False: it was moved, called off or is over, or this one comes so late
    that the next has told the same.
    """
    row = steps.locked(db, str(work.facts["appointment"]))
    is_overtaken = not work.facts["is_last"] and (row.starts_at - now) * 2 < (
        row.starts_at - work.due_at
    )
    if row.state != AppointmentState.BOOKED or row.starts_at <= now or is_overtaken:
        return False
    steps.tell(db, row, SOON, now=now)
    return True
