"""Reads on orders: where one stands, what a return would give back, and that the money adds up
(注文の照会).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from catalog.credit.rules import credit_bonus
from catalog.credit.terms import CreditTerms
from catalog.customers.reading import ContactMalformed, email_of
from catalog.customers.tables import Customer
from catalog.ground import policy
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.items.facts import called
from catalog.items.parcels.tables import Parcel
from catalog.items.tables import Style, Unit
from catalog.orders.refunding import parts_of
from catalog.orders.returns import held
from catalog.orders.states import RETURN_OPEN, LineState, TenderKind
from catalog.orders.steps import OrderMissing, lines_of, seen
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder, Tender
from catalog.orders.undoing import whole_refund


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an order: where it stands, and its parcel."""

    unit_id: str
    price: Yen
    state: str
    carrier: str | None
    tracking_no: str | None
    last_return_day: date | None


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """What 「注文どこ？」 is answered with (R-093)."""

    order_no: str
    state: str
    delivery: str
    place: str | None
    total: Yen
    paid_at: datetime | None
    delivered_on: date | None
    last_return_day: date | None
    pieces: Sequence[Piece]


def status(db: Session, order_no: str) -> OrderStatus:
    """An order by the number on the parcel. Raises OrderMissing."""
    order = by_number(db, order_no)
    rows = db.exec(
        select(OrderLine, Parcel)
        .join(Parcel, col(Parcel.id) == col(OrderLine.parcel_id), isouter=True)
        .where(OrderLine.order_id == order.id)
        .order_by(col(OrderLine.number))
    )
    pieces = [
        Piece(
            line.unit_id,
            Yen(line.price),
            line.state,
            parcel.carrier if parcel is not None else None,
            parcel.tracking_no if parcel is not None else None,
            line.last_return_day,
        )
        for line, parcel in rows.all()
    ]
    return OrderStatus(
        order.order_no,
        order.state,
        order.delivery,
        order.place,
        Yen(order.total),
        order.paid_at,
        order.delivered_on,
        order.last_return_day,
        pieces,
    )


def by_number(db: Session, order_no: str) -> SaleOrder:
    """The order with that number. Raises OrderMissing."""
    order = db.exec(select(SaleOrder).where(SaleOrder.order_no == order_no)).first()
    if order is None:
        raise OrderMissing(order_no)
    return order


def buyer(db: Session, order_no: str, email: str) -> CustomerId | None:
    """Whose order that is, when this e-mail address is on file for them; None for anything else."""
    try:
        address = email_of(email)
    except ContactMalformed:
        return None
    found = db.exec(
        select(Customer.id).where(
            SaleOrder.order_no == order_no.strip().upper(),
            SaleOrder.customer_id == Customer.id,
            Customer.email == address,
            col(Customer.erased_at).is_(None),
        )
    ).first()
    return CustomerId(found) if found else None


def of_customer(db: Session, customer_id: str, *, limit: int = 50) -> Sequence[SaleOrder]:
    """A buyer's orders, latest first."""
    return db.exec(
        select(SaleOrder)
        .where(SaleOrder.customer_id == customer_id)
        .order_by(col(SaleOrder.ordered_at).desc(), col(SaleOrder.id).desc())
        .limit(limit)
    ).all()


def of_buyer(db: Session, customer_id: str, order_no: str) -> SaleOrder:
    """That order of that buyer. Raises OrderMissing, for somebody else's too."""
    order = by_number(db, order_no)
    if order.customer_id != customer_id:
        raise OrderMissing(order_no)
    return order


@dataclass(frozen=True, slots=True)
class BoughtPiece:
    """A piece somebody bought: its line and order, and what it is called."""

    line: OrderLine
    order: SaleOrder
    code: str
    title: str
    category: str
    brand: str | None = None
    model: str | None = None
    reference: str | None = None

    def named(self, lang: str) -> str:
        """What it is called to who reads that language."""
        return called(self.title, self.brand, self.model, self.reference, lang)


def bought(db: Session, customer_id: str, *, limit: int = 50) -> Sequence[BoughtPiece]:
    """What a buyer has bought and was not given up, the latest first."""
    gone = [LineState.OPEN.value, LineState.CANCELLED.value]
    rows = db.exec(
        select(OrderLine, SaleOrder, Unit, Style)
        .where(
            SaleOrder.customer_id == customer_id,
            OrderLine.order_id == SaleOrder.id,
            col(OrderLine.state).not_in(gone),
            OrderLine.unit_id == Unit.id,
            Unit.style_id == Style.id,
        )
        .order_by(col(SaleOrder.ordered_at).desc(), col(OrderLine.id))
        .limit(limit)
    )
    return [
        BoughtPiece(
            line,
            order,
            unit.code,
            unit.title,
            style.category,
            style.brand,
            style.model,
            style.reference,
        )
        for line, order, unit, style in rows
    ]


def spent(db: Session, customer_id: str) -> int:
    """Yen of all that a buyer has bought and kept."""
    gone = [LineState.OPEN.value, LineState.CANCELLED.value, LineState.RETURNED.value]
    found = select(func.coalesce(func.sum(OrderLine.price), 0)).where(
        SaleOrder.customer_id == customer_id,
        OrderLine.order_id == SaleOrder.id,
        col(OrderLine.state).not_in(gone),
    )
    return int(db.exec(found).one())


def bought_line(db: Session, customer_id: str, line_id: str) -> BoughtPiece:
    """That piece of that buyer. Raises OrderMissing, for somebody else's too."""
    found = [each for each in bought(db, customer_id, limit=500) if each.line.id == line_id]
    if not found:
        raise OrderMissing(line_id)
    return found[0]


def open_return(db: Session, line_id: str) -> ReturnCase | None:
    """The return of that piece that is under way."""
    return db.exec(
        select(ReturnCase).where(
            ReturnCase.line_id == line_id, col(ReturnCase.state).in_(sorted(RETURN_OPEN))
        )
    ).first()


@dataclass(frozen=True, slots=True)
class RefundOptions:
    """Both ways to be refunded, side by side (R-095): back the way it was paid, or the money part
    as store credit with the bonus.
    """

    amount: Yen
    to_credit: Yen
    to_other: Yen
    bonus_if_credit: Yen

    @property
    def as_credit(self) -> Yen:
        """All that would be store credit if the buyer took it so."""
        return Yen(self.amount + self.bonus_if_credit)


def refund_options(db: Session, return_id: str) -> RefundOptions:
    """What a return gives back, either way (R-095, CRD-6, CRD-8). Raises ReturnMissing."""
    kept = held(db, return_id, is_locked=False)
    return options_of(db, kept.order, kept.line)


def options_of(db: Session, order: SaleOrder, line: OrderLine) -> RefundOptions:
    """The same before the return is asked for: both amounts, to choose from."""
    amount = whole_refund(db, order, line)
    parts = parts_of(db, order, amount)
    bonus = credit_bonus(policy.current(db).of(CreditTerms), parts.to_other)
    return RefundOptions(amount, parts.to_credit, parts.to_other, bonus)


@dataclass(frozen=True, slots=True)
class OrderBooks:
    """The money of one order. `is_even`: what was paid is what was bought plus what went back."""

    bought: Yen
    paid: Yen
    credit_paid: Yen
    refunded: Yen
    credit_refunded: Yen

    @property
    def is_even(self) -> bool:
        """Whether it sums to zero (R-080): nothing paid yet, or paid = kept + refunded."""
        return self.paid == 0 or self.paid == self.bought + self.refunded


def books(db: Session, order_id: str) -> OrderBooks:
    """What was bought, paid and given back of an order (R-080)."""
    order = seen(db, order_id)
    gone = {LineState.CANCELLED.value, LineState.RETURNED.value}
    lines = lines_of(db, order_id)
    kept = [line for line in lines if line.state not in gone]
    bought = sum(line.price for line in kept) + (order.shipping if kept else 0)
    tenders = db.exec(select(Tender).where(Tender.order_id == order_id)).all()
    by_credit = [each for each in tenders if each.kind == TenderKind.CREDIT.value]
    return OrderBooks(
        Yen(bought),
        Yen(sum(each.amount for each in tenders)),
        Yen(sum(each.amount for each in by_credit)),
        Yen(sum(each.refunded for each in tenders)),
        Yen(sum(each.refunded for each in by_credit)),
    )
