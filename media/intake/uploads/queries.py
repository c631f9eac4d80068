"""Reads on uploads: one of a person's, those unfinished, and where a file went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from catalog.ground.record import AssetId
from catalog.items.tables import Unit
from media.assets.kinds import Occasion, Part
from media.assets.tables import Asset
from media.intake.uploads.rules import Claims, UploadMissing
from media.intake.uploads.tables import Upload, UploadState

_AT_ONCE = 500
_UNFINISHED = (UploadState.OPEN.value, UploadState.WHOLE.value)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a file went. Without a code it lies in the tray, once it is an asset."""

    upload: Upload
    unit_code: str | None
    unit_title: str | None
    part: Part | None


def upload_of(db: Session, upload_id: str, *, owner: str) -> Upload:
    """Somebody's own. Raises UploadMissing, also for another's and for one that is over."""
    row = db.get(Upload, upload_id, populate_existing=True)
    if row is None or row.owner != owner or row.state == UploadState.GONE.value:
        raise UploadMissing
    return row


def whereabouts(db: Session, upload_id: str, *, owner: str) -> Whereabouts:
    """The same, with the piece it is of by now. Raises UploadMissing."""
    row = upload_of(db, upload_id, owner=owner)
    asset = db.get(Asset, row.asset_id) if row.asset_id is not None else None
    unit = db.get(Unit, asset.unit_id) if asset is not None and asset.unit_id else None
    return Whereabouts(
        row,
        unit.code if unit is not None else None,
        unit.title if unit is not None else None,
        Part(asset.part) if asset is not None and asset.part else None,
    )


def over(db: Session, uploads: Sequence[str]) -> list[str]:
    """Those of these whose bytes nobody needs: taken in, refused, given up, or of no upload."""
    found: list[str] = []
    for start in range(0, len(uploads), _AT_ONCE):
        some = uploads[start : start + _AT_ONCE]
        needed = set(
            db.exec(
                select(Upload.id).where(
                    col(Upload.id).in_(some), col(Upload.state).in_(_UNFINISHED)
                )
            )
        )
        found += [each for each in some if each not in needed]
    return found


def by_key(db: Session, owner: str, request_key: str) -> Upload | None:
    """The upload a repeated request is about."""
    return db.exec(
        select(Upload).where(
            Upload.owner == owner,
            Upload.request_key == request_key,
            Upload.state != UploadState.GONE.value,
        )
    ).first()


def unfinished(db: Session, owner: str, *, limit: int = 100) -> Sequence[Upload]:
    """Somebody's uploads that wait for bytes, the latest first."""
    return db.exec(
        select(Upload)
        .where(Upload.owner == owner, Upload.state == UploadState.OPEN.value)
        .order_by(col(Upload.touched_at).desc(), col(Upload.id).desc())
        .limit(limit)
    ).all()


def claims(db: Session, owner: str, *, free: int) -> Claims:
    """What is claimed already."""
    length, held = (
        func.coalesce(func.sum(Upload.length), 0),
        func.coalesce(func.sum(Upload.held), 0),
    )
    claimed, there = db.exec(select(length, held).where(col(Upload.state).in_(_UNFINISHED))).one()
    own = db.exec(
        select(func.count())
        .select_from(Upload)
        .where(Upload.owner == owner, Upload.state == UploadState.OPEN.value)
    ).one()
    return Claims(own, int(claimed), free, int(claimed) - int(there))


def expired(db: Session, *, now: datetime, limit: int = 500) -> Sequence[str]:
    """Those whose time is over."""
    return db.exec(
        select(Upload.id)
        .where(Upload.state == UploadState.OPEN.value, col(Upload.expires_at) <= now)
        .order_by(col(Upload.expires_at))
        .limit(limit)
    ).all()


def waiting(db: Session, *, since: datetime, limit: int = 500) -> Sequence[str]:
    """Those that are whole since then and not yet taken in: their process was killed, or the store
    was away.
    """
    return db.exec(
        select(Upload.id)
        .where(Upload.state == UploadState.WHOLE.value, col(Upload.touched_at) <= since)
        .order_by(col(Upload.touched_at))
        .limit(limit)
    ).all()


def occasion_of(db: Session, asset_id: AssetId) -> Occasion | None:
    """What whoever sent it in said it was captured for."""
    found = db.exec(select(Upload.occasion).where(Upload.asset_id == asset_id)).first()
    return Occasion(found) if found else None
