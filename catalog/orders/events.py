"""Events of the shop's other systems (受注・在庫・出荷システム連携): orders, stock and tracking in.

An event counts once: the same number again with the same body changes nothing, with another body it
is refused. What an event asks for goes through the same verbs and gates as daily work; when it is
refused it is not kept, so that its sender may send it again.
"""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.consignment.prices import drop_due
from catalog.customers import queries as customers
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.lines import LineMalformed, moment
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.ground.session.database import insert_once
from catalog.items.places.actions import put
from catalog.items.tables import Unit
from catalog.orders import actions, dispatch, tracking
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, checkout
from catalog.orders.dispatch import Packed
from catalog.orders.queries import by_number
from catalog.orders.states import Delivery, TenderKind
from catalog.orders.steps import about
from catalog.orders.tables import OutsideEvent

Body = Mapping[str, Any]
_MOST_SOURCE = 200


class EventMalformed(Malformed):
    """An event says something that cannot be taken. `field`, `why`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


class EventDiffers(Refused):
    """The same event number came with another body. `source`, `event_id`."""

    def __init__(self, source: str, event_id: str) -> None:
        super().__init__(f"{source} {event_id}")
        self.source = source
        self.event_id = event_id


class UnknownThere(Missing):
    """The event names a customer or piece nobody knows here. `told`."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


class PriceDiffers(Refused):
    """Sold elsewhere at another price than the list price here. `code`, `told`, `listed`."""

    def __init__(self, code: str, told: Yen, listed: Yen | None) -> None:
        super().__init__(f"{code}: {told} told, {listed} listed")
        self.code = code
        self.told = told
        self.listed = listed


@dataclass(frozen=True, slots=True)
class EventTaken:
    """What became of an event. `is_new`: False for a repeat, which changed nothing."""

    is_new: bool
    about: str | None


@dataclass(frozen=True, slots=True)
class Act:
    """One event at work: by whom, when, and the key of what it asks for."""

    db: Session
    by: str
    now: datetime
    key: str


def take_event(
    db: Session,
    source: str,
    event_id: str,
    kind: str,
    body: Body,
    *,
    now: datetime,
    by: str | None = None,
) -> EventTaken:
    """Take one event in (R-101). `source`: whose numbers these are; `by`: who told it, where that
    is not the source itself. `kind`: `order.placed`, `order.paid`, `order.cancelled`,
    `order.packed`, `order.shipped`, `order.delivered`, `stock.moved`, `tracking`.

    Raises EventMalformed, EventDiffers, UnknownThere, PriceDiffers, and what the verb raises;
    nothing is kept then.
    """
    work = _KINDS.get(kind)
    if work is None:
        raise EventMalformed("kind", f"{kind[:40]!r} is none of {', '.join(sorted(_KINDS))}")
    if not source or not event_id or len(source) > _MOST_SOURCE or len(event_id) > 200:
        raise EventMalformed("event_id", "is empty or too long")
    if _is_unreadable(source + event_id):
        raise EventMalformed("source", "has control characters")
    digest = _digest(kind, body)
    values = {
        "source": source,
        "event_id": event_id,
        "kind": kind,
        "body_hash": digest,
        "taken_at": now,
    }
    if not insert_once(db, OutsideEvent, values):
        before = _known(db, source, event_id)
        if before.body_hash != digest:
            raise EventDiffers(source, event_id)
        return EventTaken(False, before.about)
    act = Act(db, by or f"system:{source}", now, f"event:{source}:{event_id}")
    told = work(act, body)
    row = _known(db, source, event_id)
    row.about = told
    db.add(row)
    db.flush()
    return EventTaken(True, told)


def _known(db: Session, source: str, event_id: str) -> OutsideEvent:
    return db.exec(
        select(OutsideEvent).where(OutsideEvent.source == source, OutsideEvent.event_id == event_id)
    ).one()


def _digest(kind: str, body: Body) -> str:
    try:
        text = json.dumps([kind, body], ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError) as wrong:
        raise EventMalformed("body", str(wrong)) from None
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def _is_unreadable(text: str) -> bool:
    """Control characters and halves of a character: no database and no page takes them."""
    return any(unicodedata.category(each) in {"Cc", "Cs"} for each in text)


def _text(body: Body, field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > 500:
        raise EventMalformed(field, "a text is wanted")
    if _is_unreadable(value):
        raise EventMalformed(field, "has control characters")
    return value.strip()


def _maybe(body: Body, field: str) -> str | None:
    return None if body.get(field) is None else _text(body, field)


def _yen(body: Body, field: str) -> Yen:
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise EventMalformed(field, "a whole number of yen is wanted")
    return Yen(value)


def _list(body: Body, field: str) -> Sequence[Body]:
    value = body.get(field, [])
    if not isinstance(value, list) or any(not isinstance(each, Mapping) for each in value):
        raise EventMalformed(field, "a list of objects is wanted")
    return value


def _unit(db: Session, code: str) -> Unit:
    unit = db.exec(select(Unit).where(Unit.code == code.upper())).first()
    if unit is None:
        raise UnknownThere(code)
    return unit


def _tenders(body: Body) -> list[Tendered]:
    tenders = []
    for each in _list(body, "tenders"):
        try:
            kind = TenderKind(_text(each, "kind"))
        except ValueError:
            raise EventMalformed("kind", "no such means of payment") from None
        tenders.append(Tendered(kind, _yen(each, "amount"), _text(each, "reference")))
    return tenders


def _placed(act: Act, body: Body) -> str:
    """`order_no`, `customer_no`, `units` (unit_code, price) · `delivery`, `place`, `credit`,
    `tenders` where it is paid already.
    """
    customer_no = _text(body, "customer_no")
    customer = customers.by_number(act.db, customer_no)
    if customer is None:
        raise UnknownThere(customer_no)
    try:
        delivery = Delivery(body.get("delivery", Delivery.SHIP.value))
    except ValueError:
        raise EventMalformed("delivery", "no such way") from None
    wanted = Basket(
        customer_id=customer,
        unit_ids=tuple(_wanted(act, each) for each in _list(body, "units")),
        delivery=delivery,
        place=_maybe(body, "place"),
        credit=_yen(body, "credit") if "credit" in body else Yen(0),
        order_no=_text(body, "order_no"),
    )
    made = checkout(act.db, wanted, by=act.by, now=act.now, key=act.key)
    tenders = _tenders(body)
    if tenders:
        actions.pay(act.db, made.order_id, tenders, by=act.by, now=act.now, key=f"{act.key}:paid")
    return about(made.order_id)


def _wanted(act: Act, told: Body) -> UnitId:
    unit = _unit(act.db, _text(told, "unit_code"))
    drop_due(act.db, unit.id, by=act.by, now=act.now)
    price = _yen(told, "price")
    if price != unit.price:
        raise PriceDiffers(unit.code, price, None if unit.price is None else Yen(unit.price))
    return UnitId(unit.id)


def _order_id(act: Act, body: Body) -> str:
    return by_number(act.db, _text(body, "order_no")).id


def _paid(act: Act, body: Body) -> str:
    order_id = _order_id(act, body)
    actions.pay(act.db, order_id, _tenders(body), by=act.by, now=act.now, key=act.key)
    return about(order_id)


def _cancelled(act: Act, body: Body) -> str:
    order_id = _order_id(act, body)
    reason = _maybe(body, "reason") or "cancelled elsewhere"
    actions.cancel(act.db, order_id, reason=reason, by=act.by, now=act.now, key=act.key)
    return about(order_id)


def _packed(act: Act, body: Body) -> str:
    """`order_no`, `pieces` (unit_code, seal_id, video · serial)."""
    order_id = _order_id(act, body)
    packed = [
        Packed(
            _unit(act.db, _text(each, "unit_code")).id,
            _text(each, "seal_id"),
            _maybe(each, "serial"),
            _text(each, "video"),
        )
        for each in _list(body, "pieces")
    ]
    dispatch.pack(act.db, order_id, packed, by=act.by, now=act.now, key=act.key)
    return about(order_id)


def _shipped(act: Act, body: Body) -> str:
    order_id = _order_id(act, body)
    dispatch.ship(
        act.db, order_id, carrier=_text(body, "carrier"), tracking_no=_maybe(body, "tracking_no"),
        by=act.by, now=act.now, key=act.key,
    )  # fmt: skip
    return about(order_id)


def _delivered(act: Act, body: Body) -> str:
    order_id = _order_id(act, body)
    day = tokyo_day(_moment(body, "at"))
    dispatch.delivered(act.db, order_id, delivered_on=day, by=act.by, now=act.now, key=act.key)
    return about(order_id)


def _moment(body: Body, field: str) -> datetime:
    try:
        return moment(field, _text(body, field))
    except LineMalformed as wrong:
        raise EventMalformed(field, wrong.reason) from None


def _moved(act: Act, body: Body) -> str:
    """`unit_code`, `place`: where the piece lies now (R-097)."""
    unit = _unit(act.db, _text(body, "unit_code"))
    put(act.db, UnitId(unit.id), _text(body, "place"), by=act.by, now=act.now)
    return f"unit:{unit.id}"


def _tracked(act: Act, body: Body) -> str:
    """`carrier`, `tracking_no`, `event`, `at` · `order_no`, `case_no`."""
    line = tracking.TrackingLine(
        _text(body, "carrier"),
        _text(body, "tracking_no"),
        _text(body, "event"),
        _moment(body, "at"),
        _maybe(body, "order_no"),
        _maybe(body, "case_no"),
    )
    return tracking.track(act.db, line, by=act.by, now=act.now)


_KINDS: Mapping[str, Callable[[Act, Body], str]] = {
    "order.placed": _placed,
    "order.paid": _paid,
    "order.cancelled": _cancelled,
    "order.packed": _packed,
    "order.shipped": _shipped,
    "order.delivered": _delivered,
    "stock.moved": _moved,
    "tracking": _tracked,
}


def taken(db: Session, source: str, *, limit: int = 100) -> Sequence[OutsideEvent]:
    """The events of a system, latest first."""
    return db.exec(
        select(OutsideEvent)
        .where(OutsideEvent.source == source)
        .order_by(col(OutsideEvent.id).desc())
        .limit(limit)
    ).all()
