"""What is still open between a customer and the shop (進行中のお取引): while anything is, the
person cannot be forgotten (R-137).
"""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from catalog.buyback import queries as buyback
from catalog.buyback.payouts.rules import PayoutStatus
from catalog.buyback.payouts.tables import Payout
from catalog.consignment.states import LIVE as CONSIGNED
from catalog.consignment.states import OWED
from catalog.consignment.tables import Contract
from catalog.credit import queries as credit
from catalog.customers.newcomers import whole
from catalog.ground.record import CustomerId
from catalog.orders.states import OrderState
from catalog.orders.tables import SaleOrder


class Open(StrEnum):
    """A kind of deal that is not at its end. What is disputed, the evidence knows (`media`)."""

    ORDER = "order"
    CASE = "case"
    CONSIGNMENT = "consignment"
    PAYMENT = "payment"
    CREDIT = "credit"
    DISPUTE = "dispute"


_ENDED_ORDERS = (OrderState.CLOSED, OrderState.RETURNED, OrderState.CANCELLED)
_ENDED_PAYOUTS = (PayoutStatus.PAID, PayoutStatus.CANCELLED)


def open_with(db: Session, customer: CustomerId, *, now: datetime) -> tuple[Open, ...]:
    """What is not at its end, in the order of the kinds; credit that can be spent is open too."""
    orders = select(SaleOrder.id).where(
        SaleOrder.customer_id == customer,
        col(SaleOrder.state).not_in([state.value for state in _ENDED_ORDERS]),
    )
    contracts = select(Contract.id).where(
        Contract.customer_id == customer,
        col(Contract.state).in_([state.value for state in CONSIGNED | OWED]),
    )
    payouts = select(Payout.id).where(
        col(Payout.customer_id).in_(whole(db, customer)),
        col(Payout.status).not_in([status.value for status in _ENDED_PAYOUTS]),
    )
    held = credit.balance(db, customer, now)
    found = {
        Open.ORDER: db.exec(orders.limit(1)).first() is not None,
        Open.CASE: bool(buyback.open_cases(db, customer=customer, limit=1)),
        Open.CONSIGNMENT: db.exec(contracts.limit(1)).first() is not None,
        Open.PAYMENT: db.exec(payouts.limit(1)).first() is not None,
        Open.CREDIT: bool(held.spendable or held.held or held.owed),
    }
    return tuple(kind for kind, is_open in found.items() if is_open)
