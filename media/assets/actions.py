"""What may be added to an asset after it came in: its unit, and how far it can be shown."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from catalog.ground import journal, worklist
from catalog.ground.errors import Stale
from catalog.ground.record import AssetId, UnitId
from media.assets.kinds import KEEP_WORK, Part, Readiness
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.log import actions as log


class AlreadyAssigned(Stale):
    """It was matched to a unit before."""

    def __init__(self, asset_id: AssetId) -> None:
        super().__init__(f"asset {asset_id} is not in the tray")
        self.asset_id = asset_id


def assign(
    db: Session,
    asset_id: AssetId,
    unit_id: UnitId,
    *,
    part: Part | None,
    actor: str,
    now: datetime,
) -> Asset:
    """Take it out of the tray: it shows this unit. A leaf in the log says so.

    Raises AssetMissing, AlreadyAssigned.
    """
    asset = asset_of(db, asset_id)
    taken = cast(
        "CursorResult[tuple[()]]",
        db.connection().execute(
            update(Asset)
            .where(col(Asset.id) == asset_id, col(Asset.unit_id).is_(None))
            .values(unit_id=unit_id, part=part.value if part else asset.part)
        ),
    )
    if not taken.rowcount:
        raise AlreadyAssigned(asset_id)
    facts = {"asset": asset_id, "unit": unit_id, "part": part, "actor": actor}
    log.append(db, "asset.assigned", facts, now=now)
    journal.record(db, f"asset:{asset_id}", "assigned", actor=actor, at=now, facts=facts)
    worklist.add(db, KEEP_WORK, asset_id, f"{asset_id}:{unit_id}", due_at=now, now=now)
    db.expire(asset)
    return asset_of(db, asset_id)


def mark(db: Session, asset_id: AssetId, readiness: Readiness) -> None:
    """Say how far it can be shown. A whole one never goes back to less."""
    db.connection().execute(
        update(Asset)
        .where(col(Asset.id) == asset_id, col(Asset.readiness) != Readiness.WHOLE.value)
        .values(readiness=readiness.value)
    )
