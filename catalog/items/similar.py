"""Other pieces beside one (同型の他の個体, R-087), and pieces within an amount (R-113)."""

from sqlalchemy import or_
from sqlmodel import Session, col, select

from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.facts import FACTS, WITH_STYLE, UnitFacts, visible_to
from catalog.items.kinds import UnitState
from catalog.items.rules import Viewer
from catalog.items.tables import Unit


def similar(db: Session, unit_id: UnitId, *, viewer: Viewer, limit: int = 20) -> list[UnitFacts]:
    """Pieces of the unit's style that the viewer may see, itself left out, the dearest first."""
    style = select(Unit.style_id).where(Unit.id == unit_id).scalar_subquery()
    rows = db.connection().execute(
        select(*FACTS)
        .select_from(WITH_STYLE)
        .where(col(Unit.style_id) == style, col(Unit.id) != unit_id, visible_to(viewer))
        .order_by(col(Unit.price).desc().nulls_last(), col(Unit.code))
        .limit(limit)
    )
    return [UnitFacts(*row) for row in rows]


def within(
    db: Session, most: Yen, *, but_of: CustomerId | None = None, limit: int = 3
) -> list[UnitFacts]:
    """Pieces on sale that an amount reaches, the dearest first; a consignor's own are left out."""
    owner = col(Unit.owner_id)
    rows = db.connection().execute(
        select(*FACTS)
        .select_from(WITH_STYLE)
        .where(
            col(Unit.state) == UnitState.LISTED.value,
            col(Unit.price) <= most,
            or_(owner.is_(None), owner != but_of),
        )
        .order_by(col(Unit.price).desc(), col(Unit.code))
        .limit(limit)
    )
    return [UnitFacts(*row) for row in rows]
