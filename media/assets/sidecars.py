"""What a capture is, once more beside its bytes (付帯情報): enough to write the same row again when
the database is gone, with the same id, part, time, and the unit by its code.

Written after the unit is committed, because only then the facts stand; a crash in between is made
good by due work. What the place a picture was taken at tells stays as private as the original.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from catalog.ground.record import AssetId, Sha256, from_millis, to_millis
from catalog.items.tables import Unit
from media.assets.queries import AssetMissing
from media.assets.tables import Asset, Blob
from media.log import queries as log
from media.originals.store import OriginalStore

_FORM = 1


@dataclass(frozen=True, slots=True)
class Described:
    """A capture as it lies beside its bytes. `unit_code`: the unit by the name people know."""

    sha256: Sha256
    asset_id: AssetId
    facts: dict[str, Any]


def described(db: Session, asset_id: AssetId) -> Described:
    """The facts of one capture as they stand. Raises AssetMissing, NoSuchLeaf."""
    found = db.exec(
        select(Asset, Blob).where(Asset.id == asset_id, Asset.sha256 == Blob.sha256)
    ).first()
    if found is None:
        raise AssetMissing(asset_id)
    asset, blob = found
    code = None
    if asset.unit_id is not None:
        code = db.exec(select(Unit.code).where(Unit.id == asset.unit_id)).first()
    leaf = log.leaf(db, asset.log_number)
    facts = {
        "form": _FORM,
        "asset": asset.id,
        "sha256": asset.sha256,
        "bytes": blob.bytes,
        "mime": blob.mime,
        "kept_at": to_millis(blob.kept_at),
        "unit": asset.unit_id,
        "unit_code": code,
        "part": asset.part,
        "media": asset.kind,
        "name": asset.name,
        "source": asset.source,
        "place": asset.place,
        "hinted_code": asset.hinted_code,
        "is_tag": asset.is_tag,
        "about": asset.about,
        "corrected_at": to_millis(asset.corrected_at) if asset.corrected_at else None,
        "laid_aside": asset.laid_aside,
        "captured_at": to_millis(asset.captured_at),
        "time_source": asset.time_source,
        "device": asset.device,
        "spot": asset.spot,
        "um_per_px": asset.um_per_px,
        "axes": asset.axes,
        "pages": asset.pages,
        "received_at": to_millis(asset.received_at),
        "leaf": {"number": leaf.number, "payload": leaf.payload},
    }
    return Described(Sha256(asset.sha256), AssetId(asset.id), facts)


def write(store: OriginalStore, told: Described) -> None:
    """Put it beside the bytes, in place of what was said before. Raises StoreUnavailable."""
    store.describe(told.sha256, told.asset_id, told.facts)


def moment(told: Any) -> datetime | None:
    """A moment of a sidecar: milliseconds, or the ISO text of older ones."""
    if isinstance(told, int) and not isinstance(told, bool):
        return from_millis(told)
    try:
        read = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return read if read.tzinfo is not None else None
