"""What a customer and the shop have been to each other in yen (累計): bought, given back, sold to
the shop, consigned. Exact sums over the registers, for one customer or for many.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from catalog.buyback.stages import Stage
from catalog.buyback.tables import BuybackCase, CasePiece
from catalog.consignment.tables import Contract
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.orders.states import LineState
from catalog.orders.tables import OrderLine, SaleOrder

_NOT_BOUGHT = [LineState.OPEN.value, LineState.CANCELLED.value, LineState.RETURNED.value]
_SOLD = [
    Stage.PAY_SCHEDULED.value,
    Stage.PAID.value,
    Stage.CREDITED.value,
    Stage.CLOSED.value,
]


@dataclass(frozen=True, slots=True)
class Totals:
    """`bought`: pieces paid and kept; `returned`: pieces that came back; `sold`: what the shop
    owes or paid for pieces it bought; `consigned`: what was paid out of consignments.
    """

    orders: int = 0
    pieces: int = 0
    bought: Yen = Yen(0)
    returned: Yen = Yen(0)
    sold_pieces: int = 0
    sold: Yen = Yen(0)
    consigned_pieces: int = 0
    consigned: Yen = Yen(0)
    first_at: datetime | None = None
    last_at: datetime | None = None


NOTHING = Totals()


def of(db: Session, customer: CustomerId) -> Totals:
    """The customer's."""
    return of_many(db, [customer]).get(customer, NOTHING)


def of_many(db: Session, customers: Collection[CustomerId]) -> dict[CustomerId, Totals]:
    """Those of them who ever dealt with the shop."""
    bought = _bought(db, customers)
    returned = _returned(db, customers)
    sold = _sold(db, customers)
    consigned = _consigned(db, customers)
    found = {}
    for customer in {*bought, *returned, *sold, *consigned}:
        orders, pieces, yen, first, last = bought.get(customer, (0, 0, 0, None, None))
        sold_pieces, sold_yen = sold.get(customer, (0, 0))
        consigned_pieces, consigned_yen = consigned.get(customer, (0, 0))
        found[CustomerId(customer)] = Totals(
            orders=int(orders),
            pieces=int(pieces),
            bought=Yen(int(yen or 0)),
            returned=Yen(returned.get(customer, 0)),
            sold_pieces=int(sold_pieces),
            sold=Yen(int(sold_yen or 0)),
            consigned_pieces=int(consigned_pieces),
            consigned=Yen(int(consigned_yen or 0)),
            first_at=first,
            last_at=last,
        )
    return found


def _bought(db: Session, customers: Collection[CustomerId]) -> dict[str, Any]:
    rows = db.connection().execute(
        select_columns(
            col(SaleOrder.customer_id),
            func.count(func.distinct(SaleOrder.id)),
            func.count(),
            func.sum(col(OrderLine.price)),
            func.min(SaleOrder.ordered_at),
            func.max(SaleOrder.ordered_at),
        )
        .join(OrderLine, col(OrderLine.order_id) == col(SaleOrder.id))
        .where(col(SaleOrder.customer_id).in_(customers), col(OrderLine.state).not_in(_NOT_BOUGHT))
        .group_by(col(SaleOrder.customer_id))
    )
    return {row[0]: tuple(row)[1:] for row in rows}


def _returned(db: Session, customers: Collection[CustomerId]) -> dict[str, int]:
    rows = db.connection().execute(
        select_columns(col(SaleOrder.customer_id), func.sum(col(OrderLine.price)))
        .join(OrderLine, col(OrderLine.order_id) == col(SaleOrder.id))
        .where(
            col(SaleOrder.customer_id).in_(customers),
            col(OrderLine.state) == LineState.RETURNED.value,
        )
        .group_by(col(SaleOrder.customer_id))
    )
    return {customer: int(yen or 0) for customer, yen in rows}


def _sold(db: Session, customers: Collection[CustomerId]) -> dict[str, Any]:
    rows = db.connection().execute(
        select_columns(col(BuybackCase.customer_id), func.count(), func.sum(col(CasePiece.price)))
        .join(CasePiece, col(CasePiece.case_id) == col(BuybackCase.id))
        .where(
            col(BuybackCase.customer_id).in_(customers),
            col(CasePiece.stage).in_(_SOLD),
            col(CasePiece.price).is_not(None),
        )
        .group_by(col(BuybackCase.customer_id))
    )
    return {row[0]: tuple(row)[1:] for row in rows}


def _consigned(db: Session, customers: Collection[CustomerId]) -> dict[str, Any]:
    rows = db.connection().execute(
        select_columns(col(Contract.customer_id), func.count(), func.sum(col(Contract.payout)))
        .where(col(Contract.customer_id).in_(customers), col(Contract.paid_at).is_not(None))
        .group_by(col(Contract.customer_id))
    )
    return {row[0]: tuple(row)[1:] for row in rows}
