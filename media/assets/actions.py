"""What may be added to an asset after it came in: its unit, that it was the wrong one (訂正), that
the file is no capture (除外), and how far it can be shown. Not here: what hangs on the unit it was
taken off (`media/sharing/correcting`).
"""

from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, update
from sqlmodel import Session, col

from catalog.ground import journal, worklist
from catalog.ground.errors import Refused, Stale
from catalog.ground.record import AssetId, UnitId
from media.assets.kinds import KEEP_WORK, Aside, Part, Readiness, Wrong
from media.assets.queries import asset_of
from media.assets.tables import Asset
from media.log import actions as log


class AlreadyAssigned(Stale):
    """It was matched to a unit before."""

    def __init__(self, asset_id: AssetId) -> None:
        super().__init__(f"asset {asset_id} is not in the tray")
        self.asset_id = asset_id


class AssetMoved(Stale):
    """It does not lie any more where it was seen."""

    def __init__(self, asset_id: AssetId) -> None:
        super().__init__(f"asset {asset_id} was put elsewhere meanwhile")
        self.asset_id = asset_id


class SentIn(Refused):
    """Somebody outside sent it in for something; it is matched to no unit. `about`: what for."""

    def __init__(self, about: str) -> None:
        super().__init__(f"it was sent in about {about}")
        self.about = about


def assign(
    db: Session,
    asset_id: AssetId,
    unit_id: UnitId,
    *,
    part: Part | None,
    actor: str,
    now: datetime,
) -> Asset:
    """Take it out of the tray, or from those laid aside: it shows this unit. A leaf in the log says
    so.

    Raises AssetMissing, AlreadyAssigned.
    """
    asset = asset_of(db, asset_id)
    taken = cast(
        "CursorResult[tuple[()]]",
        db.connection().execute(
            update(Asset)
            .where(col(Asset.id) == asset_id, col(Asset.unit_id).is_(None))
            .values(unit_id=unit_id, part=part.value if part else asset.part, laid_aside=None)
        ),
    )
    if not taken.rowcount:
        raise AlreadyAssigned(asset_id)
    facts = {"asset": asset_id, "unit": unit_id, "part": part, "actor": actor}
    return _told(db, asset, "assigned", facts, actor=actor, now=now)


def take_off(
    db: Session,
    asset_id: AssetId,
    *,
    seen: UnitId | None,
    why: Wrong,
    part: Part | None = None,
    actor: str,
    now: datetime,
) -> Asset:
    """It does not show the unit `seen`, or (None) was laid aside and is a capture: it is in the
    tray from now on. A leaf says so; the one that matched it stays. `part`: what it shows instead.

    Raises AssetMissing, SentIn, AssetMoved.
    """
    laid = col(Asset.laid_aside)
    lies = laid.is_not(None) if seen is None else laid.is_(None)
    values = {"unit_id": None, "part": part.value if part else None, "laid_aside": None}
    asset = _move(db, asset_id, seen, lies, now, **values)
    facts = {"asset": asset_id, "unit": seen, "part": values["part"], "why": why, "actor": actor}
    return _told(db, asset, "corrected", facts, actor=actor, now=now)


def lay_aside(
    db: Session, asset_id: AssetId, *, seen: UnitId | None, why: Aside, actor: str, now: datetime
) -> Asset:
    """It is no capture: neither of the unit `seen` nor (None) anything for the tray. Its original
    is kept as every other. Raises AssetMissing, SentIn, AssetMoved.
    """
    lies = col(Asset.laid_aside).is_(None)
    asset = _move(db, asset_id, seen, lies, now, unit_id=None, laid_aside=why.value)
    facts = {"asset": asset_id, "unit": seen, "why": why, "actor": actor}
    return _told(db, asset, "laid_aside", facts, actor=actor, now=now)


def _move(
    db: Session,
    asset_id: AssetId,
    seen: UnitId | None,
    lies: ColumnElement[bool],
    now: datetime,
    **values: str | None,
) -> Asset:
    """Put it elsewhere, if it is still where it was seen."""
    asset = asset_of(db, asset_id)
    if asset.about is not None:
        raise SentIn(asset.about)
    unit = col(Asset.unit_id)
    moved = cast(
        "CursorResult[tuple[()]]",
        db.connection().execute(
            update(Asset)
            .where(col(Asset.id) == asset_id, lies, unit == seen if seen else unit.is_(None))
            .values(corrected_at=now, **values)
        ),
    )
    if not moved.rowcount:
        raise AssetMoved(asset_id)
    return asset


def _told(
    db: Session, asset: Asset, verb: str, facts: dict[str, str | None], *, actor: str, now: datetime
) -> Asset:
    """The leaf, the journal's act, and the facts beside the bytes once more."""
    asset_id = AssetId(asset.id)
    number = log.append(db, f"asset.{verb}", facts, now=now)
    journal.record(db, f"asset:{asset_id}", verb, actor=actor, at=now, facts=facts)
    worklist.add(db, KEEP_WORK, asset_id, f"{asset_id}:{number}", due_at=now, now=now)
    db.expire(asset)
    return asset_of(db, asset_id)


def mark(db: Session, asset_id: AssetId, readiness: Readiness) -> None:
    """Say how far it can be shown. A whole one never goes back to less."""
    db.connection().execute(
        update(Asset)
        .where(col(Asset.id) == asset_id, col(Asset.readiness) != Readiness.WHOLE.value)
        .values(readiness=readiness.value)
    )
