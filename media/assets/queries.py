"""Reads on assets: one, those of a unit, the tray of those nobody could match, and what was laid
aside.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, false, func
from sqlmodel import Session, col, select

from catalog.ground.errors import Missing
from catalog.ground.record import AssetId, Sha256, UnitId
from media.assets.kinds import AssetKind, BlobState, CopyState, Part, Readiness
from media.assets.tables import Asset, Blob, BlobCopy


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


def in_tray() -> list[ColumnElement[bool]]:
    """What lies in the tray: of no unit, sent in by nobody, not laid aside."""
    return [
        col(Asset.unit_id).is_(None),
        col(Asset.about).is_(None),
        col(Asset.laid_aside).is_(None),
    ]


def tray(db: Session, *, limit: int = 100, offset: int = 0) -> list[Asset]:
    """Those that belong to no unit yet, latest first."""
    return list(
        db.exec(
            select(Asset)
            .where(*in_tray())
            .order_by(col(Asset.received_at).desc(), col(Asset.id).desc())
            .limit(limit)
            .offset(offset)
        )
    )


def count_in_tray(db: Session) -> int:
    """How many wait there."""
    return db.exec(select(func.count()).select_from(Asset).where(*in_tray())).one()


def laid_aside(db: Session, *, limit: int = 100, offset: int = 0) -> list[Asset]:
    """What is no capture, the latest laid aside first."""
    return list(
        db.exec(
            select(Asset)
            .where(col(Asset.laid_aside).is_not(None))
            .order_by(col(Asset.corrected_at).desc(), col(Asset.id).desc())
            .limit(limit)
            .offset(offset)
        )
    )


def count_laid_aside(db: Session) -> int:
    """How many those are."""
    which = select(func.count()).select_from(Asset).where(col(Asset.laid_aside).is_not(None))
    return db.exec(which).one()


def still_of(db: Session, unit_id: UnitId, assets: Collection[str]) -> set[str]:
    """Those of these that show the unit today: none that was corrected or laid aside since."""
    found = db.exec(
        select(Asset.id).where(col(Asset.id).in_(set(assets)), Asset.unit_id == unit_id)
    )
    return set(found)


def taken_off(db: Session, unit_id: UnitId, assets: Collection[str]) -> set[str]:
    """Those of these a person took off the unit, for another or for none."""
    found = db.exec(
        select(Asset.id).where(
            col(Asset.id).in_(set(assets)),
            col(Asset.corrected_at).is_not(None),
            col(Asset.unit_id).is_distinct_from(unit_id),
        )
    )
    return set(found)


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


def without_original(db: Session, asset_ids: Collection[str]) -> set[str]:
    """Which of these captures have no original any more: no place holds it, or two people had it
    deleted. What it is shown by may be there still.
    """
    gone = db.exec(
        select(Asset.id).where(
            col(Asset.id).in_(asset_ids),
            Asset.sha256 == Blob.sha256,
            Blob.state != BlobState.KEPT.value,
        )
    )
    return set(gone)


def latest_whole(
    db: Session,
    unit_id: UnitId,
    *,
    kind: AssetKind | None,
    part: Part | None,
    since: datetime | None = None,
) -> AssetId | None:
    """The latest asset of the unit that can be shown whole (and was captured since then); without a
    part any part will do.
    """
    wanted: list[ColumnElement[bool]] = [
        col(Asset.unit_id) == unit_id,
        col(Asset.readiness) == Readiness.WHOLE.value,
        col(Asset.is_tag).is_(false()),
    ]
    if kind is not None:
        wanted.append(col(Asset.kind) == kind.value)
    if part is not None:
        wanted.append(col(Asset.part) == part.value)
    if since is not None:
        wanted.append(col(Asset.captured_at) >= since)
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
    """Those of which nothing can be shown, latest first; what is no capture is left out. Their
    originals are kept.
    """
    return list(
        db.exec(
            select(Asset)
            .where(Asset.readiness == Readiness.FAILED.value, col(Asset.laid_aside).is_(None))
            .order_by(col(Asset.received_at).desc())
            .limit(limit)
        )
    )


def with_bytes(db: Session, sha256: Sha256, source: str) -> list[Asset]:
    """What came from this very place with these very bytes, the latest first."""
    return list(
        db.exec(
            select(Asset)
            .where(Asset.sha256 == sha256, Asset.source == source)
            .order_by(col(Asset.received_at).desc(), col(Asset.id).desc())
        )
    )


def is_deleted(db: Session, sha256: Sha256) -> bool:
    """Whether two persons had these bytes deleted, and they did not come in again since."""
    state = db.exec(select(Blob.state).where(Blob.sha256 == sha256)).first()
    return state == BlobState.DELETED.value


def is_going(db: Session, sha256: Sha256) -> bool:
    """Whether it is being deleted: some place may hold it still."""
    left = select(BlobCopy.sha256).where(
        BlobCopy.sha256 == sha256, BlobCopy.state != CopyState.DELETED.value
    )
    return is_deleted(db, sha256) and db.exec(left).first() is not None
