"""Other pieces of the same style in one list (同型の他の個体, R-087): by grade and price."""

from sqlmodel import Session, col, select

from catalog.ground.record import UnitId
from catalog.items.facts import FACTS, WITH_STYLE, UnitFacts, visible_to
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
