"""Paying and cancelling an order (入金・キャンセル).

The order is paid to the yen or not at all: what credit was to pay is taken from its hold, the rest
comes by other means. Not here: reserving (`checkout`), sending (`dispatch`), returns (`returns`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from catalog.consignment import selling
from catalog.consignment.contracts import live_of
from catalog.consignment.ending import free_again
from catalog.consignment.states import SaleKind
from catalog.credit import redemption
from catalog.ground import worklist
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, Row, UnitId, new_id
from catalog.items.actions import Owner
from catalog.items.kinds import OwnerKind
from catalog.items.reservations import sell, unsell
from catalog.orders.lapsing import give_up, held
from catalog.orders.refunding import Back, give_back
from catalog.orders.states import Delivery, LineState, OrderState, TenderKind
from catalog.orders.steps import (
    OrderMalformed,
    Standing,
    about,
    chosen,
    lines_of,
    locked,
    repeated,
    step,
    tell,
    to_state,
)
from catalog.orders.tables import OrderLine, SaleOrder, Tender

_PACK_HOURS = 24

SALE_WORK = "sale_record"  # due work: keep what is on record of the pieces sold


class TenderMismatch(Refused):
    """What is paid is not what is due. `due`, `given`: yen."""

    def __init__(self, due: Yen, given: Yen) -> None:
        super().__init__(f"{given} given, {due} due")
        self.due = due
        self.given = given


class NotPayable(Refused):
    """The order is not waiting for a payment, or its time is up. `state`."""

    def __init__(self, order_no: str, state: str) -> None:
        super().__init__(f"{order_no} is {state}")
        self.order_no = order_no
        self.state = state


class TooLateToCancel(Refused):
    """A piece is on its way or handed over; what is left is the return. `state`."""

    def __init__(self, order_no: str, state: str) -> None:
        super().__init__(f"{order_no} is {state}")
        self.order_no = order_no
        self.state = state


@dataclass(frozen=True, slots=True)
class Tendered:
    """Paid by one means other than credit. `reference`: the payment's own number."""

    kind: TenderKind
    amount: Yen
    reference: str


def pay(
    db: Session,
    order_id: str,
    tenders: Sequence[Tendered],
    *,
    by: str,
    now: datetime,
    key: str,
) -> Standing:
    """Take the payment of a reserved order: the pieces are the buyer's, consigned ones are settled
    at their price (CRD-7, CON-3, R-093). Raises NotPayable, TenderMismatch, ReservationOver,
    CreditShort.
    """
    told = [[each.kind.value, each.amount, each.reference] for each in tenders]
    command = Command(key, {"verb": "order.pay", "order": order_id, "tenders": told})
    if (before := repeated(db, command)) is not None:
        return before
    if any(each.kind in {TenderKind.CREDIT, TenderKind.CARRIED} for each in tenders):
        raise OrderMalformed("credit is asked for at the checkout, never handed in")
    order = locked(db, order_id)
    credit = Yen(order.credit_wanted)
    return settle(db, order, tenders, credit=credit, by=by, now=now, command=command)


def settle(
    db: Session,
    order: SaleOrder,
    tenders: Sequence[Tendered],
    *,
    credit: Yen,
    by: str,
    now: datetime,
    command: Command | None,
) -> Standing:
    """The same for a locked order whose means of payment are known, an exchange's too."""
    is_open = order.state == OrderState.OPEN.value
    if not is_open or order.reserved_until is None or now >= order.reserved_until:
        raise NotPayable(order.order_no, order.state if not is_open else "lapsed")
    if any(isinstance(each.amount, bool) or each.amount <= 0 for each in tenders):
        raise OrderMalformed("an amount paid is above zero")
    given = Yen(sum(each.amount for each in tenders) + credit)
    if given != order.total:
        raise TenderMismatch(Yen(order.total), given)
    lines = chosen(lines_of(db, order.id), None)
    kind = SaleKind.IN_STORE if order.delivery == Delivery.IN_STORE.value else SaleKind.ONLINE
    for line in lines:
        _sell(db, order, line, kind, by=by, now=now)
        to_state(line, LineState.PAID)
    rows = _tenders(db, order, tenders, credit, by=by, now=now)
    standing = step(
        db, order, lines, by=by, now=now, verb="paid", command=command, also=rows, paid_at=now
    )
    _tell_paid(db, order, now=now)
    worklist.add(db, SALE_WORK, order.id, order.id, due_at=now, now=now)
    return standing


def _sell(
    db: Session, order: SaleOrder, line: OrderLine, kind: SaleKind, *, by: str, now: datetime
) -> None:
    contract = live_of(db, line.unit_id)
    sell(
        db, UnitId(line.unit_id), order_id=order.id, buyer=CustomerId(order.customer_id), by=by,
        now=now,
    )  # fmt: skip
    if contract is not None:
        selling.sold(db, contract, Yen(line.price), kind=kind, order_id=order.id, by=by, now=now)


def _tenders(
    db: Session,
    order: SaleOrder,
    tenders: Sequence[Tendered],
    credit: Yen,
    *,
    by: str,
    now: datetime,
) -> list[Row]:
    paid = list(tenders)
    if credit:
        hold_id = _take_credit(db, order, credit, by=by, now=now)
        paid.append(Tendered(TenderKind.CREDIT, credit, hold_id))
    rows: list[Row] = [
        Tender(
            id=new_id(now),
            order_id=order.id,
            kind=each.kind.value,
            amount=each.amount,
            reference=each.reference,
            received_at=now,
        )
        for each in paid
    ]
    db.add_all(rows)
    db.flush()
    return rows


def _take_credit(db: Session, order: SaleOrder, credit: Yen, *, by: str, now: datetime) -> str:
    """From the hold of the checkout; where that is over, anew if there is still enough (CRD-5)."""
    key = f"{about(order.id)}:credit"
    if order.credit_hold is not None:
        try:
            held = redemption.capture(db, order.credit_hold, by=by, now=now, key=f"{key}:capture")
        except redemption.HoldOver:
            redemption.void(db, order.credit_hold, by=by, now=now, key=f"{key}:void")
        else:
            return held.hold_id
    spent = redemption.spend(
        db, CustomerId(order.customer_id), credit, document=about(order.id),
        channel=order.channel, by=by, now=now, key=f"{key}:spend",
    )  # fmt: skip
    return spent.hold_id


def _tell_paid(db: Session, order: SaleOrder, *, now: datetime) -> None:
    tell(
        db, order, "order_confirmed", now=now, total=order.total, delivery=order.delivery,
        place=order.place,
    )  # fmt: skip
    if order.delivery != Delivery.IN_STORE.value:
        worklist.task(
            db, "pack_order", about(order.id), due_at=now + timedelta(hours=_PACK_HOURS), now=now,
            facts={"order_no": order.order_no},
        )  # fmt: skip


def cancel(
    db: Session, order_id: str, *, reason: str, by: str, now: datetime, key: str
) -> Standing:
    """Before shipping: everything goes back, the money whole and each part the way it came (CRD-8),
    the pieces on sale again. Raises TooLateToCancel.
    """
    command = Command(key, {"verb": "order.cancel", "order": order_id, "reason": reason})
    if (before := repeated(db, command)) is not None:
        return before
    order = held(db, order_id)
    if order.state == OrderState.OPEN.value:
        return give_up(db, order, by=by, now=now, verb="cancelled", command=command)
    lines = chosen(lines_of(db, order.id), None)
    early = {LineState.PAID.value, LineState.PACKED.value}
    if not lines or any(line.state not in early for line in lines):
        raise TooLateToCancel(order.order_no, order.state)
    return _undo(db, order, lines, reason=reason, by=by, now=now, command=command)


def _undo(
    db: Session,
    order: SaleOrder,
    lines: Sequence[OrderLine],
    *,
    reason: str,
    by: str,
    now: datetime,
    command: Command,
) -> Standing:
    back = Back(order, Yen(order.total), f"{about(order.id)}:cancelled")
    given = give_back(db, back, by=by, now=now)
    for line in lines:
        to_state(line, LineState.CANCELLED)
    standing = step(
        db, order, lines, by=by, now=now, verb="cancelled", command=command,
        facts={"reason": reason}, also=given.rows, ended_at=now,
    )  # fmt: skip
    for line in lines:
        contract = selling.sold_in(db, line.unit_id, order.id)
        owner = Owner(OwnerKind(line.owner_kind), line.owner_id)
        if contract is not None and not selling.came_back(db, contract, by=by, now=now):
            owner = Owner(OwnerKind.DEALER)
        unsell(db, UnitId(line.unit_id), order_id=order.id, owner=owner, by=by, now=now)
    tell(db, order, "order_cancelled", now=now, to_credit=given.to_credit, to_other=given.to_other)
    for line in lines:
        free_again(db, line.unit_id, by=by, now=now)
    return standing
