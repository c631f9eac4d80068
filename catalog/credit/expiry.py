"""The expiry slot (失効処理): what remains of lots that are over becomes breakage, all at once.

It only posts what is true already: nothing is spendable after a lot's last day whether or not this
has run (CRD-10). A million lots are no reason to look at each: one statement finds, empties and
enters them; the journal takes them in chunks.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, cast, insert, literal, select, update
from sqlmodel import Session, col

from catalog.credit.entries import EntryKind
from catalog.credit.tables import CreditEntry, CreditLot
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import Instant, Whole, Words, to_millis

SUBJECT = "credit:expiry"
LOTS_AN_ENTRY = 1_000
_ENTERED = ("lot_id", "kind", "amount", "yen", "command_key", "at", "document")
_Due = Row[str, int, int]  # lot, what remains, what expired before


def expire(db: Session, at: datetime) -> None:
    """Post the breakage of every lot that is over at that moment (CRD-10). Running it again, or
    twice at once, adds nothing.
    """
    today = tokyo_day(at)
    key = f"credit-expiry:{to_millis(at)}"
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    due = _emptied_in_two(db, today, key, at) if is_sqlite else _emptied(db, today, key, at)
    for first in range(0, len(due), LOTS_AN_ENTRY):
        _journal(db, due[first : first + LOTS_AN_ENTRY], at)


def _due(today: date) -> Any:
    columns = (CreditLot.id, CreditLot.remaining, CreditLot.expired, CreditLot.document)
    return select(*map(col, columns)).where(
        col(CreditLot.remaining) > 0, col(CreditLot.expires_on) < today
    )


def _entries(due: Any, key: str, at: datetime) -> Any:
    return select(
        due.c.id,
        literal(EntryKind.EXPIRE.value),
        -due.c.remaining,
        due.c.remaining,
        literal(f"{key}:") + cast(due.c.expired, Words),  # its own, should the lot fill again
        literal(at, Instant),
        due.c.document,
    )


def _emptied(db: Session, today: date, key: str, at: datetime) -> Sequence[_Due]:
    """PostgreSQL: one statement under the lots' locks; a second one at once waits and finds
    nothing.
    """
    due = _due(today).order_by(col(CreditLot.id)).with_for_update().cte("due")
    emptied = (
        update(CreditLot)
        .where(col(CreditLot.id) == due.c.id)
        .values(remaining=literal(0, Whole), expired=CreditLot.expired + due.c.remaining)
        .cte("emptied")
    )
    entered = insert(CreditEntry).from_select(_ENTERED, _entries(due, key, at)).cte("entered")
    told = select(due.c.id, due.c.remaining, due.c.expired).add_cte(emptied, entered)
    return db.connection().execute(told).all()


def _emptied_in_two(db: Session, today: date, key: str, at: datetime) -> Sequence[_Due]:
    """SQLite has one writer: nothing changes between the statements."""
    connection = db.connection()
    due = _due(today).subquery("due")
    told = connection.execute(select(due.c.id, due.c.remaining, due.c.expired)).all()
    if told:
        connection.execute(insert(CreditEntry).from_select(_ENTERED, _entries(due, key, at)))
        connection.execute(
            update(CreditLot)
            .where(col(CreditLot.remaining) > 0, col(CreditLot.expires_on) < today)
            .values(remaining=0, expired=CreditLot.expired + CreditLot.remaining)
        )
    return told


def _journal(db: Session, lots: Sequence[_Due], at: datetime) -> None:
    journal.record(
        db,
        SUBJECT,
        "expired",
        actor="scheduler",
        at=at,
        facts={"lots": len(lots), "breakage": sum(lot[1] for lot in lots)},
        wrote=[
            journal.Wrote(CreditLot, lot[0], {"remaining": 0, "expired": lot[2] + lot[1]})
            for lot in lots
        ],
    )
