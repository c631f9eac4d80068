"""The orders of a newcomer who turned out to be a known customer, and the pieces of others' orders
that go back to them when a sale is undone.
"""

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.customers.newcomers import Becoming
from catalog.ground import journal
from catalog.items.kinds import OwnerKind
from catalog.orders.states import OrderState
from catalog.orders.steps import about
from catalog.orders.tables import OrderLine, SaleOrder

_ENDED = frozenset({OrderState.CLOSED, OrderState.RETURNED, OrderState.CANCELLED})


def move(db: Session, becoming: Becoming) -> list[str]:
    """The newcomer's orders are the customer's; the numbers of those that are not at their end."""
    db.connection().execute(
        update(OrderLine)
        .where(
            col(OrderLine.owner_id) == becoming.newcomer,
            col(OrderLine.owner_kind) != OwnerKind.DEALER.value,
        )
        .values(owner_id=becoming.customer)
    )
    orders = db.exec(
        select(SaleOrder)
        .where(SaleOrder.customer_id == becoming.newcomer)
        .order_by(col(SaleOrder.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for order in orders:
        order.customer_id = becoming.customer
        db.flush()
        journal.record(
            db, about(order.id), "buyer_known", actor=becoming.by, at=becoming.now,
            facts=becoming.facts, wrote=[order],
        )  # fmt: skip
    return [each.order_no for each in orders if each.state not in _ENDED]
