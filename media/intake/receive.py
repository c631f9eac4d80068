"""Write a capture down: asset, log leaf, due rendition and journal in one unit (受入).

The original is in the store before this runs: a crash leaves an object without a row, never a row
without bytes. The same bytes from the same place are one asset, however often they are seen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from catalog.ground import journal, worklist
from catalog.ground.errors import Unavailable
from catalog.ground.record import AssetId, Sha256, UnitId, new_id, to_millis
from media.assets import actions as assets
from media.assets.kinds import (
    KEEP_WORK,
    NO_SCALE,
    RENDITION_WORK,
    AssetKind,
    BlobState,
    Part,
    Readiness,
    Scale,
    Spot,
    TimeSource,
)
from media.assets.queries import is_deleted, is_going, with_bytes
from media.assets.tables import Asset, Blob
from media.intake import tasks
from media.log import actions as evidence

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Capture:
    """What is known of a file that came in; its bytes are in the store already.

    `source` is where it came from as text. `unit_id` None puts it in the tray, unless it was sent
    in `about` something.
    """

    sha256: Sha256
    size: int
    mime: str
    kind: AssetKind
    name: str
    source: str
    unit_id: UnitId | None
    part: Part | None
    captured_at: datetime
    time_source: TimeSource
    hinted_code: str | None = None
    device: str | None = None
    spot: Spot | None = None
    scale: Scale = NO_SCALE
    is_tag: bool = False
    about: str | None = None


class OriginalGoing(Unavailable):
    """The same bytes are being deleted just now: they are taken in as soon as that is done."""

    def __init__(self, sha256: Sha256) -> None:
        super().__init__(f"original {sha256} is being deleted; it is taken in afterwards")
        self.sha256 = sha256


@dataclass(frozen=True, slots=True)
class Received:
    """`is_new` False: this capture was there already."""

    asset_id: AssetId
    unit_id: UnitId | None
    part: Part | None
    is_new: bool


def receive(db: Session, capture: Capture, *, actor: str, now: datetime) -> Received:
    """Take the capture in; a repeat answers with the first asset, and a late match takes it out of
    the tray. What a person put elsewhere by hand stays there, whatever its file is called. Raises
    OriginalGoing.
    """
    evidence.take_turn(db)  # of two who watch one folder the later finds what the earlier wrote
    need_settled(db, capture.sha256)
    # What was deleted once and comes in again is a new capture, with a leaf of its own.
    is_back = is_deleted(db, capture.sha256)
    before = [] if is_back else with_bytes(db, capture.sha256, capture.source)
    for asset in before:
        if asset.unit_id == capture.unit_id and asset.part == _value(capture.part):
            return Received(AssetId(asset.id), capture.unit_id, capture.part, is_new=False)
    for asset in before:
        if asset.corrected_at is not None:
            return _as_it_is(asset)
        if asset.unit_id is None and capture.unit_id is not None:
            return assign(
                db, AssetId(asset.id), capture.unit_id, part=capture.part, actor=actor, now=now
            )
        if capture.unit_id is None:
            return _as_it_is(asset)
    return _receive_new(db, capture, is_back=is_back, actor=actor, now=now)


def need_settled(db: Session, sha256: Sha256) -> None:
    """Raises OriginalGoing: whoever deletes these bytes would take the new ones too."""
    if is_going(db, sha256):
        raise OriginalGoing(sha256)


def assign(
    db: Session,
    asset_id: AssetId,
    unit_id: UnitId,
    *,
    part: Part | None,
    actor: str,
    now: datetime,
) -> Received:
    """Match one from the tray to its unit; who waits for it is told. Raises AssetMissing,
    AlreadyAssigned.
    """
    asset = assets.assign(db, asset_id, unit_id, part=part, actor=actor, now=now)
    tasks.close_for(db, asset_id, now=now)
    return _as_it_is(asset)


def _as_it_is(asset: Asset) -> Received:
    return Received(
        AssetId(asset.id),
        UnitId(asset.unit_id) if asset.unit_id else None,
        Part(asset.part) if asset.part else None,
        is_new=False,
    )


def _receive_new(
    db: Session, capture: Capture, *, is_back: bool, actor: str, now: datetime
) -> Received:
    asset_id = AssetId(new_id(now))
    facts = _facts(asset_id, capture, actor)
    number = evidence.append(db, "asset.received", facts, now=now)
    _put_blob(db, capture, now)
    row = _row(asset_id, capture, number, now)
    if is_back:
        row.place = f"{row.place}|{asset_id}"  # the one before has the place itself
    db.add(row)
    db.flush()
    worklist.add(db, RENDITION_WORK, asset_id, asset_id, due_at=now, now=now)
    worklist.add(db, KEEP_WORK, asset_id, asset_id, due_at=now, now=now)
    journal.record(db, f"asset:{asset_id}", "received", actor=actor, at=now, facts=facts)
    log.info("capture.received", asset=asset_id, unit=capture.unit_id, kind=capture.kind.value)
    return Received(asset_id, capture.unit_id, capture.part, is_new=True)


def _facts(asset_id: AssetId, capture: Capture, actor: str) -> dict[str, Any]:
    """For the log and the journal: ids, digests and times; never the file's name or place."""
    return {
        "asset": asset_id,
        "sha256": capture.sha256,
        "bytes": capture.size,
        "media": capture.kind.value,
        "unit": capture.unit_id,
        "part": _value(capture.part),
        "captured_at": to_millis(capture.captured_at),
        "time_source": capture.time_source.value,
        "actor": actor,
    }


def _row(asset_id: AssetId, capture: Capture, number: int, now: datetime) -> Asset:
    spot = capture.spot
    return Asset(
        id=asset_id,
        unit_id=capture.unit_id,
        part=_value(capture.part),
        kind=capture.kind.value,
        sha256=capture.sha256,
        name=capture.name,
        source=capture.source,
        place="|".join([capture.unit_id or "", _value(capture.part) or "", capture.source]),
        hinted_code=capture.hinted_code,
        is_tag=capture.is_tag,
        about=capture.about,
        captured_at=capture.captured_at,
        time_source=capture.time_source.value,
        device=capture.device,
        spot={"latitude": spot.latitude, "longitude": spot.longitude} if spot else None,
        um_per_px=capture.scale.um_per_px,
        axes=capture.scale.axes,
        pages=capture.scale.pages,
        readiness=Readiness.WAITING.value,
        log_number=number,
        received_at=now,
    )


def _put_blob(db: Session, capture: Capture, now: datetime) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.connection().execute(
        insert(Blob)
        .values(
            sha256=capture.sha256, bytes=capture.size, mime=capture.mime, kept_at=now,
            state=BlobState.KEPT.value,
        )
        # What was deleted once and comes in again is kept again.
        .on_conflict_do_update(
            index_elements=["sha256"],
            set_={"state": BlobState.KEPT.value, "checked_at": None, "kept_at": now},
            where=col(Blob.state) == BlobState.DELETED.value,
        )
    )  # fmt: skip


def _value(part: Part | None) -> str | None:
    return part.value if part is not None else None
