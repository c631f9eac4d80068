"""Reads on holds: who has a piece now, and what one person has."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground.record import UnitId
from catalog.items.holds.tables import Hold


def active_hold(db: Session, unit_id: UnitId, *, now: datetime) -> Hold | None:
    """The hold that stands on the unit at that moment."""
    return active_holds(db, [unit_id], now=now).get(unit_id)


def active_holds(db: Session, units: Collection[UnitId], *, now: datetime) -> dict[UnitId, Hold]:
    """The holds that stand, by unit: what is shown as 商談中 though it is listed."""
    rows = db.exec(
        select(Hold)
        .where(
            col(Hold.unit_id).in_(list(units)),
            col(Hold.released_at).is_(None),
            col(Hold.until) > now,
        )
        .order_by(col(Hold.placed_at))
    )
    return {UnitId(row.unit_id): row for row in rows}


def holds_of(db: Session, holder: str, *, now: datetime) -> list[Hold]:
    """What one person has held now, the first to end first."""
    return list(
        db.exec(
            select(Hold)
            .where(Hold.holder == holder, col(Hold.released_at).is_(None), col(Hold.until) > now)
            .order_by(col(Hold.until), col(Hold.id))
        )
    )
