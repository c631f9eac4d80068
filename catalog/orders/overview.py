"""All orders as staff see them (注文の一覧): where each stands, which returns are under way.

Not here: one order in full (`queries`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.customers.tables import Customer
from catalog.ground.money import Yen
from catalog.items.tables import Unit
from catalog.orders.states import RETURN_OPEN, OrderState, ReturnState
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder

_ENDED = (OrderState.CLOSED, OrderState.RETURNED, OrderState.CANCELLED)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order in the list. `titles`: its pieces."""

    order_no: str
    state: OrderState
    delivery: str
    place: str | None
    buyer: str
    titles: tuple[str, ...]
    total: Yen
    ordered_at: datetime
    has_return: bool


def counts(db: Session) -> Mapping[OrderState, int]:
    """How many orders stand at each state, in their order."""
    rows = db.exec(select(SaleOrder.state, func.count()).group_by(col(SaleOrder.state)))
    found = {OrderState(state): int(number) for state, number in rows}
    return {state: found[state] for state in OrderState if state in found}


def listing(
    db: Session, *, state: OrderState | None = None, limit: int = 50, offset: int = 0
) -> Sequence[OrderRow]:
    """The orders that are under way, or those in one state; the oldest first, for it waits
    longest.
    """
    wanted = (
        col(SaleOrder.state) == state.value
        if state is not None
        else col(SaleOrder.state).not_in([each.value for each in _ENDED])
    )
    rows = db.exec(
        select(SaleOrder, Customer)
        .where(wanted, SaleOrder.customer_id == Customer.id)
        .order_by(col(SaleOrder.ordered_at), col(SaleOrder.id))
        .limit(limit)
        .offset(offset)
    ).all()
    ids = [order.id for order, _ in rows]
    titles = _titles(db, ids)
    coming = set(
        db.exec(
            select(ReturnCase.order_id).where(
                col(ReturnCase.order_id).in_(ids), col(ReturnCase.state).in_(sorted(RETURN_OPEN))
            )
        )
    )
    return [
        OrderRow(
            order.order_no,
            OrderState(order.state),
            order.delivery,
            order.place,
            f"{customer.family_name} {customer.given_name or ''}".strip(),
            tuple(titles.get(order.id, ())),
            Yen(order.total),
            order.ordered_at,
            order.id in coming,
        )
        for order, customer in rows
    ]


def _titles(db: Session, order_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = db.exec(
        select(OrderLine.order_id, Unit.title)
        .where(col(OrderLine.order_id).in_(order_ids), OrderLine.unit_id == Unit.id)
        .order_by(col(OrderLine.order_id), col(OrderLine.number))
    )
    for order_id, title in rows:
        found.setdefault(order_id, []).append(title)
    return found


@dataclass(frozen=True, slots=True)
class Disputed:
    """A piece that came back other than it was sent; a manager decides."""

    return_no: str
    order_no: str
    title: str
    compared_by: str | None
    changed_at: datetime


def disputed(db: Session) -> Sequence[Disputed]:
    """The returns that wait for a manager, the oldest first."""
    rows = db.exec(
        select(ReturnCase, SaleOrder.order_no, Unit.title)
        .where(
            ReturnCase.state == ReturnState.DISPUTED.value,
            ReturnCase.order_id == SaleOrder.id,
            ReturnCase.unit_id == Unit.id,
        )
        .order_by(col(ReturnCase.changed_at), col(ReturnCase.id))
    )
    return [
        Disputed(case.return_no, order_no, title, case.compared_by, case.changed_at)
        for case, order_no, title in rows
    ]
