"""Packing, sending, handing over, delivered, and the end of the return window (出荷・引渡し・納品).

Each piece is packed with a record of its own: the seal on the box, the serial that was read, the
film of the packing. A piece that comes back is compared with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hmac import compare_digest

from sqlmodel import Session, col, select

from catalog.consignment import selling
from catalog.consignment.intake import item_kind_of
from catalog.duties.ledger.actions import LedgerEntry, Sealed, enter
from catalog.duties.rules import last_return_day
from catalog.duties.tables import LedgerKind
from catalog.duties.terms import DutyTerms
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items import actions as items
from catalog.items.kinds import Custody, OwnerKind, UnitState
from catalog.items.parcels import actions as parcels
from catalog.items.parcels.rules import Direction
from catalog.items.tables import Unit
from catalog.items.words import plain_key
from catalog.orders.states import Delivery, LineState
from catalog.orders.steps import (
    LineElsewhere,
    OrderMalformed,
    Standing,
    about,
    chosen,
    lines_of,
    locked,
    repeated,
    step,
    tell,
    terms_of,
    to_state,
)
from catalog.orders.tables import OrderLine, SaleOrder


class SerialDiffers(Refused):
    """The piece in hand is not the one that was sold. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code}: another serial was read")
        self.code = code


class PickupRefused(Refused):
    """Not the code of this order, or the order is not collected. `order_no`."""

    def __init__(self, order_no: str) -> None:
        super().__init__(order_no)
        self.order_no = order_no


@dataclass(frozen=True, slots=True)
class Packed:
    """The dispatch record of one piece. `video`: the asset of the packing film."""

    unit_id: str
    seal_id: str
    serial: str | None
    video: str


def pack(
    db: Session, order_id: str, packed: Sequence[Packed], *, by: str, now: datetime, key: str
) -> Standing:
    """Keep what leaves the shop (RET-1, R-093). Raises SerialDiffers, LineElsewhere,
    OrderMalformed when a seal or film is missing.
    """
    told = [[each.unit_id, each.seal_id, each.serial, each.video] for each in packed]
    command = Command(key, {"verb": "order.pack", "order": order_id, "packed": told})
    if (before := repeated(db, command)) is not None:
        return before
    if not packed or any(not each.seal_id or not each.video for each in packed):
        raise OrderMalformed("a dispatch record has a seal and a film")
    order = locked(db, order_id)
    lines = chosen(lines_of(db, order_id), [each.unit_id for each in packed])
    record = {each.unit_id: each for each in packed}
    for line in lines:
        _pack(db, line, record[line.unit_id], by=by, now=now)
    standing = step(
        db, order, lines, by=by, now=now, verb="packed", command=command,
        facts={"units": [line.unit_id for line in lines]},
    )  # fmt: skip
    if order.delivery == Delivery.COLLECT.value:
        tell(db, order, "order_ready_to_collect", now=now, place=order.place)
    else:
        tell(db, order, "order_packed", now=now)
    return standing


def _pack(db: Session, line: OrderLine, record: Packed, *, by: str, now: datetime) -> None:
    unit = db.get_one(Unit, line.unit_id)
    if unit.serial_key is not None and plain_key(record.serial) != unit.serial_key:
        raise SerialDiffers(unit.code)
    to_state(
        line, LineState.PACKED, seal_id=record.seal_id, serial_read=record.serial,
        packing_video=record.video, packed_by=by, packed_at=now,
    )  # fmt: skip


def ship(
    db: Session,
    order_id: str,
    *,
    carrier: str,
    tracking_no: str | None,
    unit_ids: Sequence[str] | None = None,
    counterparty: Sealed | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Standing:
    """A parcel leaves with packed pieces (None: all that are packed), and the ledger notes it
    (KOB-2). `counterparty`: who the buyer is, sealed, where the law wants it in the ledger.
    """
    request = {
        "verb": "order.ship", "order": order_id, "carrier": carrier, "tracking_no": tracking_no,
        "units": sorted(unit_ids) if unit_ids is not None else None,
    }  # fmt: skip
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    order = locked(db, order_id)
    if order.delivery != Delivery.SHIP.value:
        raise OrderMalformed(f"{order.order_no} is handed over, not sent")
    every = lines_of(db, order_id)
    if unit_ids is None:
        unit_ids = [line.unit_id for line in every if line.state == LineState.PACKED.value]
    lines = chosen(every, unit_ids)
    if not lines:
        raise OrderMalformed(f"{order.order_no}: nothing is packed")
    for line in lines:
        to_state(line, LineState.SHIPPED, shipped_at=now)
    parcel = None if tracking_no is None else parcels.tracked(db, carrier, tracking_no)
    if parcel is None or parcel.about != about(order_id):
        parcel = parcels.make(
            db, Direction.OUT, about=about(order_id), unit_ids=[UnitId(each) for each in unit_ids],
            carrier=carrier, tracking_no=tracking_no, by=by, now=now, key=f"{key}:parcel",
        )  # fmt: skip
    for line in lines:
        line.parcel_id = parcel.id
    standing = step(
        db, order, lines, by=by, now=now, verb="shipped", command=command,
        facts={"parcel": parcel.id},
    )  # fmt: skip
    for line in lines:
        _bring(db, line.unit_id, UnitState.SHIPPED, Custody.CARRIER, by=by, now=now)
        _out_in_ledger(db, order, line, counterparty, by=by, now=now)
    tell(db, order, "order_shipped", now=now, carrier=carrier, tracking_no=tracking_no)
    return standing


def _bring(
    db: Session, unit_id: str, to: UnitState, custody: Custody, *, by: str, now: datetime
) -> None:
    """Move a piece unless its parcel has moved it already."""
    unit = items.locked(db, UnitId(unit_id))
    if unit.state != to.value:
        items.move(db, UnitId(unit_id), to, by=by, now=now, verb=to.value, custody=custody.value)


def _out_in_ledger(
    db: Session,
    order: SaleOrder,
    line: OrderLine,
    counterparty: Sealed | None,
    *,
    by: str,
    now: datetime,
) -> None:
    is_consigned = line.owner_kind == OwnerKind.CONSIGNOR.value
    kind = LedgerKind.CONSIGNMENT_DELIVERED if is_consigned else LedgerKind.SOLD
    entry = LedgerEntry(
        UnitId(line.unit_id),
        kind,
        item_kind_of(db, line.unit_id),
        about(order.id),
        price=Yen(line.price),
        customer_id=CustomerId(order.customer_id),
        counterparty=counterparty,
    )
    enter(db, entry, by=by, now=now)


def hand_over(
    db: Session,
    order_id: str,
    *,
    pickup_code: str | None,
    counterparty: Sealed | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Standing:
    """The buyer takes the pieces along: at the counter where they were bought, or, packed, where
    they were ordered to, with the code that was sent (R-097). Raises PickupRefused, LineElsewhere.
    """
    command = Command(key, {"verb": "order.hand_over", "order": order_id})
    if (before := repeated(db, command)) is not None:
        return before
    order = locked(db, order_id)
    if order.delivery == Delivery.SHIP.value or not _may_collect(order, pickup_code):
        raise PickupRefused(order.order_no)
    lines = chosen(lines_of(db, order_id), None)
    is_at_counter = order.delivery == Delivery.IN_STORE.value
    _need(lines, *((LineState.PAID,) if is_at_counter else ()), LineState.PACKED)
    day = tokyo_day(now)
    for line in lines:
        _bring(db, line.unit_id, UnitState.HANDED_OVER, Custody.BUYER, by=by, now=now)
        _out_in_ledger(db, order, line, counterparty, by=by, now=now)
    return _delivered(db, order, lines, day, by=by, now=now, verb="handed_over", command=command)


def _need(lines: Sequence[OrderLine], *states: LineState) -> None:
    for line in lines:
        if line.state not in states:
            raise LineElsewhere(line.unit_id, LineState(line.state), LineState.DELIVERED)


def _may_collect(order: SaleOrder, pickup_code: str | None) -> bool:
    if order.pickup_code is None:
        return True
    return compare_digest(order.pickup_code, (pickup_code or "").strip())


def delivered(
    db: Session,
    order_id: str,
    *,
    delivered_on: date,
    unit_ids: Sequence[str] | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Standing:
    """The carrier has brought pieces (None: all that are underway) on that Tokyo day: the return
    window begins (TOK-3), and with it the wait for a consignor's payout (PAY-2).
    """
    request = {
        "verb": "order.delivered", "order": order_id, "on": delivered_on.isoformat(),
        "units": sorted(unit_ids) if unit_ids is not None else None,
    }  # fmt: skip
    command = Command(key, request)
    if (before := repeated(db, command)) is not None:
        return before
    order = locked(db, order_id)
    if delivered_on > tokyo_day(now):
        raise OrderMalformed("delivered in the future")
    every = lines_of(db, order_id)
    if unit_ids is None:
        unit_ids = [line.unit_id for line in every if line.state == LineState.SHIPPED.value]
    lines = chosen(every, unit_ids)
    if not lines:
        raise OrderMalformed(f"{order.order_no}: nothing is underway")
    _need(lines, LineState.SHIPPED)
    return _delivered(
        db, order, lines, delivered_on, by=by, now=now, verb="delivered", command=command
    )


def _delivered(
    db: Session,
    order: SaleOrder,
    lines: Sequence[OrderLine],
    day: date,
    *,
    by: str,
    now: datetime,
    verb: str,
    command: Command,
) -> Standing:
    duties = terms_of(db, order).of(DutyTerms)
    last = last_return_day(duties, day)
    for line in lines:
        to_state(line, LineState.DELIVERED, delivered_on=day, last_return_day=last)
    standing = step(
        db, order, lines, by=by, now=now, verb=verb, command=command, delivered_on=day,
        last_return_day=max(last, order.last_return_day or last),
    )  # fmt: skip
    for line in lines:
        _bring(db, line.unit_id, UnitState.DELIVERED, Custody.BUYER, by=by, now=now)
        contract = selling.sold_in(db, line.unit_id, order.id)
        if contract is not None:
            selling.delivered(db, contract, day, duties, by=by, now=now)
    returns_until = None if order.delivery == Delivery.IN_STORE.value else last
    tell(db, order, "order_delivered", now=now, last_return_day=returns_until)
    return standing


def run_windows(db: Session, at: datetime) -> None:
    """Pieces whose return window is over are the buyer's for good, and consignors are owed for
    theirs (TOK-3, PAY-2; slot `return-windows`, 00:00 Tokyo). Running it again changes nothing.
    """
    today = tokyo_day(at)
    over = select(OrderLine.order_id).where(
        OrderLine.state == LineState.DELIVERED.value, col(OrderLine.last_return_day) < today
    )
    worklist.sweep(db, "return-windows", over, lambda each: _close(db, each, today, now=at), now=at)


def _close(db: Session, order_id: str, today: date, *, now: datetime) -> None:
    order = locked(db, order_id)
    lines = [
        line
        for line in lines_of(db, order_id)
        if line.state == LineState.DELIVERED.value
        and line.last_return_day is not None
        and line.last_return_day < today
    ]
    if not lines:
        return
    for line in lines:
        to_state(line, LineState.CLOSED)
    step(
        db, order, lines, by="scheduler", now=now, verb="window_over",
        facts={"units": [line.unit_id for line in lines]}, ended_at=now,
    )  # fmt: skip
    for line in lines:
        _bring(db, line.unit_id, UnitState.CLOSED, Custody.BUYER, by="scheduler", now=now)
        contract = selling.sold_in(db, line.unit_id, order_id)
        if contract is not None:
            selling.window_over(db, contract, by="scheduler", now=now)
