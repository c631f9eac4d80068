"""Reads on places: where pieces lie, and which are with partners since when (R-034, R-097)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from catalog.ground.record import PartnerId, UnitId
from catalog.items.kinds import Custody, custody_of
from catalog.items.places.tables import Loan, StockPlace
from catalog.items.tables import Unit

SHOP = "shop"


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A place, as the rule that chooses one needs it."""

    name: str
    rank: int
    ships: bool
    hands_over: bool


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """A piece in a partner's hands."""

    unit_id: UnitId
    code: str
    title: str
    partner_id: PartnerId
    lent_at: datetime
    due_on: date | None


def places(db: Session) -> list[PlaceFacts]:
    """Every place, the preferred first; the one shop while none was opened."""
    rows = db.exec(select(StockPlace).order_by(col(StockPlace.rank), col(StockPlace.name)))
    found = [PlaceFacts(row.name, row.rank, row.ships, row.hands_over) for row in rows]
    return found or [PlaceFacts(SHOP, 0, True, True)]


def lies_at(unit: Unit) -> str | None:
    """The name of the place a piece in the dealer's hands lies at."""
    if custody_of(unit.custody) is not Custody.DEALER:
        return None
    return unit.custody.partition(":")[2] or SHOP


def loan_of(db: Session, unit_id: UnitId) -> LoanFacts | None:
    """With whom a lent piece is, since when."""
    found = _loans(db, col(Loan.unit_id) == unit_id)
    return found[0] if found else None


def lent_to(db: Session, partner: PartnerId) -> list[LoanFacts]:
    """What a partner has of ours, the longest there first (預かり一覧)."""
    return _loans(db, col(Loan.partner_id) == partner)


def lent(db: Session) -> list[LoanFacts]:
    """Every piece in a partner's hands, the longest there first."""
    return _loans(db)


def _loans(db: Session, *wanted: ColumnElement[bool]) -> list[LoanFacts]:
    query = (
        select(Loan, Unit.code, Unit.title)
        .where(Loan.unit_id == Unit.id, col(Loan.ended_at).is_(None))
        .order_by(col(Loan.lent_at), col(Loan.id))
    )
    return [
        LoanFacts(
            UnitId(loan.unit_id), code, title, PartnerId(loan.partner_id), loan.lent_at, loan.due_on
        )
        for loan, code, title in db.exec(query.where(*wanted))
    ]
