"""What a customer's own page tells, read from the registers in one look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from bot.pages import papers
from bot.pages.papers import PaperLink
from catalog.buyback import queries as buyback
from catalog.buyback.queries import CaseStatus
from catalog.consignment import queries as consignment
from catalog.consignment.queries import Status as Consigned
from catalog.credit import queries as credit
from catalog.credit.queries import Balance, Line
from catalog.customers import consents, tastes
from catalog.customers.consents import Category
from catalog.customers.tables import Customer
from catalog.customers.tastes import Kept
from catalog.ground.record import CustomerId, UnitId
from catalog.items import queries as items
from catalog.items.rules import STAFF
from catalog.orders import queries as orders

STATEMENT = timedelta(days=365)
STOPPABLE = (Category.MARKETING, Category.CREDIT_REMINDER)


@dataclass(frozen=True, slots=True)
class OwnPiece:
    """One piece that was bought."""

    title: str
    code: str
    grade: str | None
    price: int
    state: str
    tracking: str | None


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """One order with its pieces."""

    order_no: str
    state: str
    ordered_at: datetime
    total: int
    last_return_day: date | None
    pieces: Sequence[OwnPiece]


@dataclass(frozen=True, slots=True)
class OwnConsignment:
    """One consigned piece."""

    title: str
    status: Consigned


@dataclass(frozen=True, slots=True)
class Own:
    """Everything on the page. `statement`: the latest change first."""

    name: str
    customer_no: str
    language: str
    orders: Sequence[OwnOrder]
    cases: Sequence[CaseStatus]
    consignments: Sequence[OwnConsignment]
    balance: Balance
    statement: Sequence[Line]
    papers: Sequence[PaperLink]
    tastes: Sequence[Kept]
    agreed: dict[str, bool]


def of_customer(db: Session, customer: CustomerId, *, lang: str, now: datetime) -> Own:
    """The customer's own things; nobody else's."""
    row = db.get_one(Customer, customer)
    cases = [
        buyback.status(db, case, customer=customer) for case in buyback.of_customer(db, customer)
    ]
    consigned = consignment.of_customer(db, customer, now=now)
    told = credit.statement(db, customer, begins=now - STATEMENT, ends=now, now=now)
    return Own(
        name=" ".join(part for part in (row.family_name, row.given_name) if part),
        customer_no=row.customer_no,
        language=row.language,
        orders=_orders(db, customer, lang=lang),
        cases=cases,
        consignments=[
            OwnConsignment(_title(db, each.unit_id, lang)[0], each) for each in consigned
        ],
        balance=told.balance,
        statement=list(reversed(told.lines)),
        papers=papers.of_customer(db, customer),
        tastes=tastes.of(db, customer),
        agreed={each.value: consents.allows(db, customer, each) for each in STOPPABLE},
    )


def _orders(db: Session, customer: CustomerId, *, lang: str) -> list[OwnOrder]:
    found = []
    for order in orders.of_customer(db, customer):
        status = orders.status(db, order.order_no)
        pieces = []
        for piece in status.pieces:
            title, code, grade = _title(db, piece.unit_id, lang)
            tracking = " ".join(part for part in (piece.carrier, piece.tracking_no) if part)
            pieces.append(OwnPiece(title, code, grade, piece.price, piece.state, tracking or None))
        found.append(
            OwnOrder(
                order.order_no,
                status.state,
                order.ordered_at,
                status.total,
                status.last_return_day,
                pieces,
            )
        )
    return found


def _title(db: Session, unit_id: str, lang: str) -> tuple[str, str, str | None]:
    """Title, code and grade of a piece of theirs, wherever it is now."""
    unit = items.by_id(db, UnitId(unit_id), viewer=STAFF)
    return (unit.named(lang), unit.code, unit.grade) if unit is not None else ("", "", None)
