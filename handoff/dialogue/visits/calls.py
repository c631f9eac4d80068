"""The task of whoever calls a customer at the time they chose (お電話の予約, R-065): it goes with
the appointment. Not here: calls without one (`person`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.ground import worklist
from catalog.ground.record import CustomerId
from handoff.appointments.tables import Appointment

CALL_BACK = "call_back"  # task: call the customer


def note(db: Session, row: Appointment, phone: str | None, *, now: datetime) -> None:
    """At that time, to that number or the one on file. What was asked for the appointment it
    replaces goes.
    """
    before = end(db, row.conversation, row.replaces, now=now)
    number = phone or before
    on_file = customers.phone_of(db, CustomerId(row.customer)) if row.customer else None
    facts = {"phone": number} if number and number != on_file else {"customer": row.customer}
    worklist.task(
        db, CALL_BACK, f"conversation:{row.conversation}", due_at=row.starts_at, now=now,
        once=row.id,
        facts={**facts, "appointment": row.id, "unit": row.about_unit, "lang": row.lang},
    )  # fmt: skip


def end(db: Session, conversation: str, appointment_id: str | None, *, now: datetime) -> str | None:
    """Nobody needs to call then; the number that was to be called."""
    for task in worklist.tasks_about(db, f"conversation:{conversation}", name=CALL_BACK):
        if appointment_id and task.facts.get("appointment") == appointment_id and task.id:
            worklist.close_task(db, task.id, now=now)
            phone = task.facts.get("phone")
            return str(phone) if phone else None
    return None


def number_of(db: Session, row: Appointment) -> str | None:
    """Which number is called: the one that was told for it, else the one on file."""
    for task in worklist.tasks_about(db, f"conversation:{row.conversation}", name=CALL_BACK):
        if task.facts.get("appointment") == row.id and task.facts.get("phone"):
            return str(task.facts["phone"])
    return customers.phone_of(db, CustomerId(row.customer)) if row.customer else None
