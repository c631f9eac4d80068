"""Changing a list price (価格改定), with its reason and every change kept (R-086, R-088).

A consigned piece has the price its contract gives it: what its owner said yes to, or a step of the
schedule they signed (R-074). Only the contract tells so (`consignment.prices`); no words do.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import journal, policy
from catalog.ground.errors import Malformed, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId, new_id
from catalog.items import watchers
from catalog.items.actions import ReasonMissing, change, locked
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.tables import PriceEvent, Unit
from catalog.items.terms import ItemTerms
from catalog.items.wishes import actions as wishes

PRICED = frozenset(
    {
        UnitState.APPRAISED,
        UnitState.STOCK,
        UnitState.PREPARING,
        UnitState.CONSIGNED,
        UnitState.INSPECTION,
        UnitState.REPAIR,
        UnitState.LISTED,
        UnitState.UNLISTED,
    }
)


class PriceMalformed(Malformed):
    """No list price: it must be a whole number of yen above zero. `price`."""

    def __init__(self, price: int) -> None:
        super().__init__(f"{price} is no list price")
        self.price = price


class PriceFixed(Refused):
    """In this state the price cannot be changed. `code`, `state`."""

    def __init__(self, code: str, state: UnitState) -> None:
        super().__init__(f"{code}: the price of a piece that is {state.value} stays")
        self.code = code
        self.state = state


class ConsentMissing(Refused):
    """A consigned piece is re-priced by its contract alone, as its owner agreed. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} needs the consignor's consent")
        self.code = code


class SecondGraderMissing(Refused):
    """From this price two people must have graded the piece. `code`, `price`."""

    def __init__(self, code: str, price: int) -> None:
        super().__init__(f"{code} at {price} needs a second grader")
        self.code = code
        self.price = price


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the owner of a consigned piece agreed to. `contract`: as the journal names it; `said`:
    the proposal they answered with yes, or the step of the drops they signed.
    """

    contract: str
    said: str

    @property
    def ref(self) -> str:
        """As it is kept with the price."""
        return f"{self.contract}:{self.said}"


@dataclass(frozen=True, slots=True)
class Repriced:
    """A price that was changed; `before` None: it had none."""

    unit_id: UnitId
    before: Yen | None
    after: Yen


def reprice(
    db: Session,
    unit_id: UnitId,
    price: Yen,
    *,
    reason: str,
    agreed: Agreed | None = None,
    by: str,
    now: datetime,
    key: str,
) -> Repriced:
    """Set the list price in yen, tax included; who watches a listed piece is told, and who looks
    for one when it falls to what they wish. The same price again is journaled and told to nobody.
    `agreed`: by the contract of a consigned piece.

    Raises UnitMissing, PriceMalformed, ReasonMissing, PriceFixed, ConsentMissing and, where a
    listed piece crosses the limit, SecondGraderMissing (R-092).
    """
    consent_ref = agreed.ref if agreed is not None else None
    request = {"reprice": unit_id, "price": price, "reason": reason, "consent": consent_ref}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return Repriced(unit_id, stored["before"], stored["after"])
    if isinstance(price, bool) or not isinstance(price, int) or price <= 0:
        raise PriceMalformed(price)
    if not reason.strip():
        raise ReasonMissing("a new price")
    unit = locked(db, unit_id)
    _check(db, unit, price, agreed)
    before = Yen(unit.price) if unit.price is not None else None
    unit = change(
        db,
        unit,
        {"price": price},
        by=by,
        now=now,
        verb="repriced",
        facts={"before": before, "after": price, "consent": consent_ref},
        command=Command(key, request, {"before": before, "after": price}),
    )
    if before == price:
        return Repriced(unit_id, before, price)
    db.add(
        PriceEvent(
            id=new_id(now),
            unit_id=unit_id,
            price_before=before,
            price_after=price,
            reason=reason,
            consent_ref=consent_ref,
            changed_by=by,
            changed_at=now,
        )
    )
    db.flush()
    if unit.state == UnitState.LISTED:
        watchers.price_changed(db, unit, now=now)
        if before is None or price < before:
            wishes.on_sale(db, unit, now=now)
    return Repriced(unit_id, before, price)


def _check(db: Session, unit: Unit, price: Yen, agreed: Agreed | None) -> None:
    state = UnitState(unit.state)
    if state not in PRICED:
        raise PriceFixed(unit.code, state)
    if unit.owner_kind == OwnerKind.CONSIGNOR and agreed is None:
        raise ConsentMissing(unit.code)
    limit = policy.current(db).of(ItemTerms).second_grader_from
    crosses = (unit.price or 0) < limit <= price
    if state is UnitState.LISTED and crosses and unit.graders < 2:
        raise SecondGraderMissing(unit.code, price)


def prices_of(db: Session, unit_id: UnitId) -> list[PriceEvent]:
    """Every change of the unit's price, oldest first."""
    return list(
        db.exec(
            select(PriceEvent)
            .where(PriceEvent.unit_id == unit_id)
            .order_by(col(PriceEvent.changed_at), col(PriceEvent.id))
        )
    )
