"""Reads on assets: one, those of a unit, the tray of those nobody could match."""

from sqlalchemy import ColumnElement, false
from sqlmodel import Session, col, select

from catalog.ground.errors import Missing
from catalog.ground.record import AssetId, Sha256, UnitId
from media.assets.kinds import AssetKind, Part, Readiness
from media.assets.tables import Asset


class AssetMissing(Missing):
    """There is no such asset."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(f"no asset {asset_id}")
        self.asset_id = asset_id


def asset_of(db: Session, asset_id: AssetId) -> Asset:
    """Raises AssetMissing."""
    found = db.exec(select(Asset).where(Asset.id == asset_id)).first()
    if found is None:
        raise AssetMissing(asset_id)
    return found


def tray(db: Session, *, limit: int = 100) -> list[Asset]:
    """Those that belong to no unit yet, latest first."""
    return list(
        db.exec(
            select(Asset)
            .where(col(Asset.unit_id).is_(None), col(Asset.about).is_(None))
            .order_by(col(Asset.received_at).desc(), col(Asset.id).desc())
            .limit(limit)
        )
    )


def of_unit(db: Session, unit_id: UnitId, *, limit: int = 200) -> list[Asset]:
    """All that shows this unit, latest capture first; photographed tags are left out."""
    return list(
        db.exec(
            select(Asset)
            .where(Asset.unit_id == unit_id, col(Asset.is_tag).is_(false()))
            .order_by(col(Asset.captured_at).desc(), col(Asset.id).desc())
            .limit(limit)
        )
    )


def latest_whole(
    db: Session, unit_id: UnitId, *, kind: AssetKind | None, part: Part | None
) -> AssetId | None:
    """The latest asset of the unit that can be shown whole; without a part any part will do."""
    wanted: list[ColumnElement[bool]] = [
        col(Asset.unit_id) == unit_id,
        col(Asset.readiness) == Readiness.WHOLE.value,
        col(Asset.is_tag).is_(false()),
    ]
    if kind is not None:
        wanted.append(col(Asset.kind) == kind.value)
    if part is not None:
        wanted.append(col(Asset.part) == part.value)
    found = db.exec(
        select(Asset.id)
        .where(*wanted)
        .order_by(col(Asset.captured_at).desc(), col(Asset.id).desc())
        .limit(1)
    ).first()
    return AssetId(found) if found else None


def is_underway(db: Session, unit_id: UnitId, *, kind: AssetKind, part: Part | None) -> bool:
    """Whether such a capture has come in of which nothing can be shown yet."""
    query = select(Asset.id).where(
        col(Asset.unit_id) == unit_id,
        col(Asset.kind) == kind.value,
        col(Asset.readiness) == Readiness.WAITING.value,
        col(Asset.is_tag).is_(false()),
    )
    if part is not None:
        query = query.where(col(Asset.part) == part.value)
    return db.exec(query.limit(1)).first() is not None


def failed(db: Session, *, limit: int = 100) -> list[Asset]:
    """Those of which nothing can be shown, latest first. Their originals are kept."""
    return list(
        db.exec(
            select(Asset)
            .where(Asset.readiness == Readiness.FAILED.value)
            .order_by(col(Asset.received_at).desc())
            .limit(limit)
        )
    )


def with_bytes(db: Session, sha256: Sha256, source: str) -> list[Asset]:
    """What came from this very place with these very bytes."""
    return list(db.exec(select(Asset).where(Asset.sha256 == sha256, Asset.source == source)))
