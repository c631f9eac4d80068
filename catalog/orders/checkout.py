"""What a basket costs, where its pieces leave from, and reserving them (購入手続き).

Prices are the list prices of the moment; nothing is paid here (`actions`).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from catalog.consignment.prices import drop_due
from catalog.consignment.selling import require_sellable
from catalog.credit import redemption
from catalog.credit.queries import balance
from catalog.credit.rules import split_tender
from catalog.customers.newcomers import need_present
from catalog.customers.tables import Customer
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing, Refused, Stale
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId, new_id, to_millis
from catalog.items import actions as items
from catalog.items.kinds import UnitState
from catalog.items.places.queries import lies_at, places
from catalog.items.reservations import reserve
from catalog.items.tables import Unit
from catalog.orders import rules
from catalog.orders.lapsing import lapse_order
from catalog.orders.rules import Place
from catalog.orders.states import LIVE, Delivery, LineState, OrderState
from catalog.orders.steps import OrderMalformed, about
from catalog.orders.tables import OrderLine, SaleOrder
from catalog.orders.terms import OrderTerms


class BuyerMissing(Missing):
    """There is no such customer."""


class OrderNoTaken(Refused):
    """Another order has the number. `order_no`."""

    def __init__(self, order_no: str) -> None:
        super().__init__(order_no)
        self.order_no = order_no


class NoPrice(Refused):
    """The piece has no list price. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} has no price")
        self.code = code


class PriceMoved(Stale):
    """The basket does not come to what was shown any more. `shown`, `due`: yen."""

    def __init__(self, shown: Yen, due: Yen) -> None:
        super().__init__(f"¥{shown} was shown, it is ¥{due} now")
        self.shown = shown
        self.due = due


class StillSold(Refused):
    """The piece is another order's until its return is settled, wherever it lies. `unit_id`."""

    def __init__(self, unit_id: str) -> None:
        super().__init__("the piece still belongs to an order that is not undone")
        self.unit_id = unit_id


class NoPlace(Refused):
    """No place of the shop ships, or hands over, what is in the basket. `wanted`."""

    def __init__(self, wanted: str) -> None:
        super().__init__(f"no place for {wanted}")
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Basket:
    """What somebody wants to buy. `credit`: how much of the total store credit shall pay; never
    more than asked for, never by itself. `keep`: how long the pieces are kept, where not the usual
    minutes. `order_no`: of the shop system that took the order.
    """

    customer_id: str
    unit_ids: tuple[UnitId, ...]
    delivery: Delivery = Delivery.SHIP
    place: str | None = None
    credit: Yen = field(default=Yen(0))
    channel: str = "online"
    exchange_of: str | None = None
    keep: timedelta | None = None
    order_no: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a basket costs. `missing`: yen of goods to free shipping (R-096)."""

    goods: Yen
    shipping: Yen
    total: Yen
    missing: Yen
    sent_from: tuple[tuple[str, str], ...]
    pick_up_at: str | None


@dataclass(frozen=True, slots=True)
class Checkout:
    """A reserved basket: what is to be paid, by credit and by other means, and until when."""

    order_id: str
    order_no: str
    goods: Yen
    shipping: Yen
    total: Yen
    credit: Yen
    to_pay: Yen
    reserved_until: datetime


def quote(db: Session, basket: Basket) -> Quoted:
    """What the basket would cost now; nothing is reserved. Raises UnitMissing, NoPrice, NoPlace."""
    units = [_unit(db, unit_id) for unit_id in _checked(basket)]
    return _quoted(db, units, basket, policy.current(db).of(OrderTerms))


def _unit(db: Session, unit_id: UnitId) -> Unit:
    unit = db.get(Unit, unit_id)
    if unit is None:
        raise items.UnitMissing(unit_id)
    return unit


def _checked(basket: Basket) -> Sequence[UnitId]:
    if not basket.unit_ids or len(set(basket.unit_ids)) != len(basket.unit_ids):
        raise OrderMalformed("a basket needs pieces, each once")
    if isinstance(basket.credit, bool) or basket.credit < 0:
        raise OrderMalformed(f"{basket.credit!r} yen of credit")
    return sorted(basket.unit_ids)


def _quoted(db: Session, units: Sequence[Unit], basket: Basket, terms: OrderTerms) -> Quoted:
    goods = Yen(sum(_price(unit) for unit in units))
    known = [Place(each.name, each.rank, each.ships, each.hands_over) for each in places(db)]
    missing = rules.missing_to_free_shipping(terms, goods)
    if basket.delivery is not Delivery.SHIP:
        at = _pick_up(known, units, basket.place)
        return Quoted(goods, Yen(0), goods, missing, (), at)
    sent_from = []
    for unit in units:
        place = rules.ship_from(known, lies_at(unit) or "")
        if place is None:
            raise NoPlace("shipping")
        sent_from.append((unit.id, place.name))
    parcels = len({name for _, name in sent_from}) if terms.bundles else len(units)
    shipping = rules.shipping_fee(terms, goods, parcels=parcels)
    return Quoted(goods, shipping, Yen(goods + shipping), missing, tuple(sent_from), None)


def _pick_up(known: Sequence[Place], units: Sequence[Unit], wanted: str | None) -> str:
    """Where the buyer collects: the place asked for, else by rule (R-097)."""
    if wanted is not None:
        if not any(place.name == wanted and place.hands_over for place in known):
            raise NoPlace(wanted)
        return wanted
    place = rules.pick_up_at(known, lies_at(units[0]) or "")
    if place is None:
        raise NoPlace("handing over")
    return place.name


def _price(unit: Unit) -> Yen:
    if unit.price is None:
        raise NoPrice(unit.code)
    return Yen(unit.price)


def checkout(
    db: Session, basket: Basket, *, by: str, now: datetime, key: str, shown: Yen | None = None
) -> Checkout:
    """Reserve every piece of a basket for one order, all or none (R-083, R-093, CRD-5). `shown`:
    the total somebody confirmed.

    Raises BuyerMissing, OrderNoTaken, UnitMissing, UnitTaken, NotForSale, MoveRefused, NoPrice,
    NoPlace, PriceMoved, CreditShort.
    """
    command = Command(key, {"verb": "order.checkout", **_plain(basket)})
    stored = journal.stored_result(db, command.key, command.request)
    if stored is not None:
        return _told(db, stored["order_id"], Yen(stored["credit"]))
    unit_ids = _checked(basket)
    if db.get(Customer, basket.customer_id) is None:
        raise BuyerMissing(basket.customer_id)
    taken = select(SaleOrder.id).where(SaleOrder.order_no == basket.order_no)
    if basket.order_no is not None and db.exec(taken).first() is not None:
        raise OrderNoTaken(basket.order_no)
    current = policy.current(db)
    terms = current.of(OrderTerms)
    need_present(db, basket.customer_id)
    order_id = new_id(now)
    until = now + (basket.keep or timedelta(minutes=terms.reserve_minutes))
    before = {unit_id: _ready(db, unit_id, by=by, now=now) for unit_id in unit_ids}
    units = [
        reserve(
            db, unit_id, order_id=order_id, until=until, by=by, now=now,
            holder=f"customer:{basket.customer_id}",
        )
        for unit_id in unit_ids
    ]  # fmt: skip
    for unit_id in unit_ids:
        _require_undone(db, unit_id)
    cost = _quoted(db, units, basket, terms)
    if shown is not None and cost.total != shown:
        raise PriceMoved(shown, cost.total)
    credit = _credit_of(db, basket, cost.total, now)
    order = _order(order_id, basket, cost, credit, current.version, until=until, now=now)
    lines = _lines(order_id, units, cost, before)
    if credit:
        held = redemption.hold(
            db, CustomerId(basket.customer_id), credit, document=about(order_id),
            channel=basket.channel, by=by, now=now, key=f"{about(order_id)}:hold",
        )  # fmt: skip
        order.credit_hold = held.hold_id
    db.add(order)
    db.flush()
    db.add_all(lines)
    db.flush()
    journal.record(
        db, about(order_id), "checked_out", actor=by, at=now,
        facts={"units": list(unit_ids), "until": to_millis(until)}, key=key,
        request=command.request, result={"order_id": order_id, "credit": credit},
        wrote=[order, *lines],
    )  # fmt: skip
    return _told(db, order_id, credit)


def _ready(db: Session, unit_id: UnitId, *, by: str, now: datetime) -> tuple[str, str | None]:
    """Whose it is, once what the clock has ended is out of the way: a reservation, a due drop."""
    unit = _unit(db, unit_id)
    db.refresh(unit)
    over = unit.reserved_until is not None and unit.reserved_until <= now
    if unit.state == UnitState.RESERVED.value and over and unit.reserved_for:
        lapse_order(db, unit.reserved_for, now=now)
    drop_due(db, unit_id, by=by, now=now)
    require_sellable(db, unit_id)
    unit = items.locked(db, unit_id)
    return unit.owner_kind, unit.owner_id


def _require_undone(db: Session, unit_id: UnitId) -> None:
    """A piece that came back and was put on sale before its refund is still its buyer's."""
    sold = select(OrderLine.id).where(
        OrderLine.unit_id == unit_id, col(OrderLine.state).in_([state.value for state in LIVE])
    )
    if db.exec(sold).first() is not None:
        raise StillSold(unit_id)


def _credit_of(db: Session, basket: Basket, total: Yen, now: datetime) -> Yen:
    """How much credit pays: never more than the total, than asked for, than there is (CRD-7)."""
    if not basket.credit:
        return Yen(0)
    held = balance(db, CustomerId(basket.customer_id), now).spendable
    return split_tender(total, basket.credit, held)


def _order(
    order_id: str,
    basket: Basket,
    cost: Quoted,
    credit: Yen,
    version: int,
    *,
    until: datetime,
    now: datetime,
) -> SaleOrder:
    return SaleOrder(
        id=order_id,
        order_no=basket.order_no or f"O-{tokyo_day(now):%y%m%d}-{order_id[-8:]}",
        customer_id=basket.customer_id,
        channel=basket.channel,
        delivery=basket.delivery.value,
        place=cost.pick_up_at,
        state=OrderState.OPEN.value,
        policy_version=version,
        goods=cost.goods,
        shipping=cost.shipping,
        total=cost.total,
        credit_wanted=credit,
        pickup_code=pickup_code() if basket.delivery is Delivery.COLLECT else None,
        exchange_of=basket.exchange_of,
        ordered_at=now,
        reserved_until=until,
        written_at=now,
        changed_at=now,
    )


def pickup_code() -> str:
    """Six digits the buyer shows at the counter."""
    return f"{secrets.randbelow(1_000_000):06d}"


def _lines(
    order_id: str,
    units: Sequence[Unit],
    cost: Quoted,
    before: dict[UnitId, tuple[str, str | None]],
) -> list[OrderLine]:
    sent_from = dict(cost.sent_from)
    return [
        OrderLine(
            id=f"{order_id}-{number}",
            order_id=order_id,
            number=number,
            unit_id=unit.id,
            price=_price(unit),
            state=LineState.OPEN.value,
            owner_kind=before[UnitId(unit.id)][0],
            owner_id=before[UnitId(unit.id)][1],
            sent_from=sent_from.get(unit.id) or cost.pick_up_at,
        )
        for number, unit in enumerate(units, start=1)
    ]


def _told(db: Session, order_id: str, credit: Yen) -> Checkout:
    order = db.get_one(SaleOrder, order_id)
    return Checkout(
        order.id,
        order.order_no,
        Yen(order.goods),
        Yen(order.shipping),
        Yen(order.total),
        credit,
        Yen(order.total - credit),
        order.reserved_until or order.ordered_at,
    )


def _plain(basket: Basket) -> dict[str, Any]:
    return {
        "customer": basket.customer_id,
        "units": sorted(basket.unit_ids),
        "delivery": basket.delivery.value,
        "place": basket.place,
        "credit": basket.credit,
        "channel": basket.channel,
        "exchange_of": basket.exchange_of,
        "order_no": basket.order_no,
        "keep_minutes": None if basket.keep is None else basket.keep // timedelta(minutes=1),
    }


def open_orders_of(db: Session, customer_id: str) -> list[SaleOrder]:
    """A buyer's orders that wait for payment, oldest first."""
    return list(
        db.exec(
            select(SaleOrder)
            .where(SaleOrder.customer_id == customer_id, SaleOrder.state == OrderState.OPEN.value)
            .order_by(col(SaleOrder.ordered_at))
        )
    )
