"""Quarters of an hour of seats: taken all or none, free again, left."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from handoff.appointments.rules import seat_of
from handoff.appointments.tables import Appointment, Quarter


def of(db: Session, appointment: str | None) -> set[tuple[str, datetime]]:
    """Those an appointment has."""
    if appointment is None:
        return set()
    rows = db.exec(select(Quarter.seat, Quarter.at).where(Quarter.appointment == appointment))
    return set(rows.all())


def take(
    db: Session,
    quarters: Sequence[tuple[str, datetime]],
    appointment: str,
    until: datetime | None,
    now: datetime,
) -> bool:
    """All of these or none: free ones, those only held until now, and one's own. Always in one
    order, so that two who want the same wait for each other instead of for ever.
    """
    if not quarters:
        return True
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [
        {"seat": seat, "at": at, "appointment": appointment, "until": until}
        for seat, at in sorted(quarters)
    ]
    put = insert(Quarter).values(rows)
    taking = put.on_conflict_do_update(
        index_elements=["seat", "at"],
        set_={"appointment": appointment, "until": until},
        where=or_(col(Quarter.until) <= now, col(Quarter.appointment) == appointment),
    ).returning(col(Quarter.at))
    with db.begin_nested() as savepoint:
        got = len(db.connection().execute(taking).all())
        if got < len(rows):
            savepoint.rollback()
            return False
    return True


def free(db: Session, appointment: str) -> None:
    """All it has are anybody's again."""
    db.connection().execute(delete(Quarter).where(col(Quarter.appointment) == appointment))


def leave(db: Session, row: Appointment) -> list[str]:
    """The person who has it gets their time back; the other seats."""
    if row.staff is None:
        return row.seats
    theirs = seat_of(row.staff)
    db.connection().execute(
        delete(Quarter).where(col(Quarter.appointment) == row.id, col(Quarter.seat) == theirs)
    )
    return [each for each in row.seats if each != theirs]
