"""Who watches a piece hears of its new film (ウォッチ, R-033) once it can be shown."""

from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import AssetId, UnitId
from catalog.items import watchers
from media.assets.kinds import AssetKind, Readiness
from media.assets.queries import asset_of


def film_ready(db: Session, asset_id: AssetId, *, now: datetime) -> int:
    """Tell who watches the piece that this film is there, as soon as it plays; answers how many.
    Once per film, however often it is asked.
    """
    asset = asset_of(db, asset_id)
    is_film = asset.kind == AssetKind.FILM.value and not asset.is_tag
    if not is_film or asset.unit_id is None or asset.readiness != Readiness.WHOLE.value:
        return 0
    return watchers.film_added(db, UnitId(asset.unit_id), asset_id, now=now)
