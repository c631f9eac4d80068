"""Orders that were not paid in time (予約切れ): their pieces are on sale again."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalog.consignment.ending import free_again
from catalog.credit import redemption
from catalog.ground import worklist
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items.reservations import lapse_reservations, unreserve
from catalog.orders import returns
from catalog.orders.states import LineState, OrderState
from catalog.orders.steps import (
    Standing,
    about,
    chosen,
    lines_of,
    locked,
    seen,
    step,
    tell,
    to_state,
)
from catalog.orders.tables import SaleOrder


def held(db: Session, order_id: str) -> SaleOrder:
    """The order, locked; the one whose piece is exchanged for it first, as an exchange locks them.
    Raises OrderMissing.
    """
    exchange_of = seen(db, order_id).exchange_of
    if exchange_of is not None:
        locked(db, exchange_of)
    return locked(db, order_id)


def give_up(
    db: Session,
    order: SaleOrder,
    *,
    by: str,
    now: datetime,
    verb: str,
    command: Command | None = None,
) -> Standing:
    """An order that is not paid ends: pieces on sale again, held credit given back, and what
    consignors had asked for meanwhile is done (CON-7, CON-11). A return that was to be settled with
    it goes on as a plain one. `order`: from `held`.
    """
    lines = chosen(lines_of(db, order.id), None)
    for line in lines:
        to_state(line, LineState.CANCELLED)
    standing = step(
        db, order, lines, by=by, now=now, verb=verb, command=command, ended_at=now
    )  # fmt: skip
    for line in lines:
        unreserve(db, UnitId(line.unit_id), order_id=order.id, by=by, now=now)
    if order.credit_hold is not None:
        redemption.void(db, order.credit_hold, by=by, now=now, key=f"{about(order.id)}:void")
    _tell(db, order, by=by, now=now, verb=verb)
    for line in lines:
        free_again(db, line.unit_id, by=by, now=now)
    return standing


def _tell(db: Session, order: SaleOrder, *, by: str, now: datetime, verb: str) -> None:
    waiting = None
    if order.exchange_of is not None:
        waiting = returns.become_plain(db, order, order.exchange_of, by=by, now=now)
    if waiting is None:
        tell(db, order, f"order_{verb}", now=now)
    else:
        tell(db, order, "exchange_over", now=now, return_no=waiting)


def lapse_order(db: Session, order_id: str, *, now: datetime) -> bool:
    """The order's time to pay is up: by the clock, whoever finds out first. Whether it lapsed."""
    known = db.get(SaleOrder, order_id)
    if known is None:
        return False
    order = held(db, order_id)
    is_open = order.state == OrderState.OPEN.value
    if not is_open or order.reserved_until is None or now < order.reserved_until:
        return False
    give_up(db, order, by="scheduler", now=now, verb="lapsed")
    return True


def run_lapses(db: Session, at: datetime) -> None:
    """Every order whose time to pay is up, and every reservation without one; running it again
    changes nothing (slot `order-lapses`).
    """
    due = select(SaleOrder.id).where(
        SaleOrder.state == OrderState.OPEN.value, col(SaleOrder.reserved_until) <= at
    )
    worklist.sweep(db, "order-lapses", due, lambda each: lapse_order(db, each, now=at), now=at)
    for lapsed in lapse_reservations(db, at):
        free_again(db, lapsed.unit_id, by="scheduler", now=at)
