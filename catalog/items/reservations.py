"""Reserving a piece for an order (予約・決済中), and what becomes of the reservation.

`reserved` is checkout only; to keep a piece for somebody is a hold. The clock ends a reservation:
after `reserved_until` it cannot be paid, and the slot puts the piece back on sale.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground.errors import Stale
from catalog.ground.record import CustomerId, UnitId
from catalog.items import watchers
from catalog.items.actions import MoveRefused, Owner, UnitTaken, locked, move
from catalog.items.holds.queries import active_hold
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import Unit

_TAKEN = frozenset(
    {
        UnitState.RESERVED,
        UnitState.SOLD,
        UnitState.SHIPPED,
        UnitState.HANDED_OVER,
        UnitState.DELIVERED,
        UnitState.CLOSED,
    }
)


class ReservationOver(Stale):
    """The reservation is not this order's, or its time is up. `code`, `order_id`."""

    def __init__(self, code: str, order_id: str) -> None:
        super().__init__(f"{code} is not reserved for {order_id} any more")
        self.code = code
        self.order_id = order_id


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A reservation whose time was up."""

    unit_id: UnitId
    order_id: str


def reserve(
    db: Session,
    unit_id: UnitId,
    *,
    order_id: str,
    until: datetime,
    by: str,
    now: datetime,
    holder: str | None = None,
) -> Unit:
    """Take a listed piece for one order until that moment (R-083): of many who try at once one
    gets it. A repeat by the same order changes nothing; `holder` is who buys, whose own hold lets
    the order through.

    Raises UnitMissing, UnitTaken (reserved, sold, held by somebody else), MoveRefused.
    """
    unit = locked(db, unit_id)
    before = UnitState(unit.state)
    if before is UnitState.RESERVED and unit.reserved_for == order_id and _runs(unit, now):
        return unit
    if before in _TAKEN:
        raise UnitTaken(unit.code, before.value)
    if before is not UnitState.LISTED:
        raise MoveRefused(unit.code, before, UnitState.RESERVED)
    kept = active_hold(db, unit_id, now=now)
    if kept is not None and kept.holder != holder:
        raise UnitTaken(unit.code, "held")
    return move(
        db,
        unit_id,
        UnitState.RESERVED,
        by=by,
        now=now,
        verb="reserved",
        facts={"order": order_id},
        reserved_for=order_id,
        reserved_until=until,
    )


def _runs(unit: Unit, now: datetime) -> bool:
    return unit.reserved_until is not None and now < unit.reserved_until


def unreserve(db: Session, unit_id: UnitId, *, order_id: str, by: str, now: datetime) -> bool:
    """The order does not go on: the piece is on sale again. False when it was not reserved for that
    order any more.
    """
    unit = locked(db, unit_id)
    if unit.state != UnitState.RESERVED or unit.reserved_for != order_id:
        return False
    _put_back(db, unit_id, order_id, by=by, now=now, verb="unreserved")
    return True


def lapse_reservations(db: Session, at: datetime) -> list[Lapsed]:
    """Put back on sale what was not paid in time; answers which, for who has to honour a parked
    request. To run it twice changes nothing.
    """
    due = db.exec(
        select(Unit.id, Unit.reserved_for)
        .where(Unit.state == UnitState.RESERVED.value, col(Unit.reserved_until) <= at)
        .order_by(col(Unit.reserved_until), col(Unit.id))
        .with_for_update(skip_locked=True)
    ).all()
    lapsed = []
    for unit_id, order_id in due:
        told = order_id or ""
        _put_back(db, UnitId(unit_id), told, by="scheduler", now=at, verb="reservation_lapsed")
        lapsed.append(Lapsed(UnitId(unit_id), told))
    return lapsed


def _put_back(
    db: Session, unit_id: UnitId, order_id: str, *, by: str, now: datetime, verb: str
) -> None:
    move(
        db,
        unit_id,
        UnitState.LISTED,
        by=by,
        now=now,
        verb=verb,
        facts={"order": order_id},
        reserved_for=None,
        reserved_until=None,
    )


def sell(
    db: Session,
    unit_id: UnitId,
    *,
    order_id: str,
    buyer: CustomerId | None,
    by: str,
    now: datetime,
) -> Unit:
    """The order is paid: the piece is the buyer's, and who watched it is told. Raises
    ReservationOver.
    """
    unit = locked(db, unit_id)
    was_dealers = unit.owner_kind == OwnerKind.DEALER
    is_ours = unit.state == UnitState.RESERVED and unit.reserved_for == order_id
    if not is_ours or not _runs(unit, now):
        raise ReservationOver(unit.code, order_id)
    unit = move(
        db,
        unit_id,
        UnitState.SOLD,
        by=by,
        now=now,
        verb="sold",
        owner=Owner(OwnerKind.BUYER, buyer),
        facts={"order": order_id},
        reserved_for=None,
        reserved_until=None,
    )
    watchers.sold(db, unit, was_dealers=was_dealers, now=now)
    return unit


def unsell(
    db: Session, unit_id: UnitId, *, order_id: str, owner: Owner, by: str, now: datetime
) -> Unit:
    """A sale cancelled before shipping: on sale again, and its owner's of before. Raises
    MoveRefused.
    """
    return move(
        db,
        unit_id,
        UnitState.LISTED,
        by=by,
        now=now,
        verb="sale_cancelled",
        owner=owner,
        facts={"order": order_id},
    )
