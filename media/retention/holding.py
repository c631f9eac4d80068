"""Legal holds (保全): what must not be deleted whatever its age, until a day or until it is lifted.

The log is told that there is a hold, never why: a log cannot forget.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Stale
from catalog.ground.record import AssetId, UnitId, new_id, to_millis
from catalog.items.tables import Unit
from media.assets.queries import asset_of
from media.assets.tables import Asset, Blob
from media.log import actions as log
from media.retention import queries
from media.retention.tables import DeletionWish, LegalHold, WishState

LONGEST_REASON = 500


class HoldMalformed(Malformed):
    """No reason, or an end that is over already."""


class HoldMissing(Missing):
    """No hold of that id is in force."""

    def __init__(self, hold_id: str) -> None:
        super().__init__(f"no hold {hold_id[:40]} is in force")
        self.hold_id = hold_id


class TooLate(Stale):
    """The deletion of an original of this has begun: the log says so already."""


def place(
    db: Session,
    about: AssetId | UnitId,
    *,
    is_unit: bool,
    until: datetime | None,
    reason: str,
    by: str,
    now: datetime,
) -> str:
    """Hold one capture, or every capture of a unit; the hold's id. Confirmed deletions that have
    not begun are stopped when their turn comes.

    Raises AssetMissing, HoldMissing for no such unit, HoldMalformed, TooLate.
    """
    told = reason.strip()
    if not told or len(told) > LONGEST_REASON:
        raise HoldMalformed("a hold needs a reason")
    if until is not None and until <= now:
        raise HoldMalformed("the end of a hold lies in the future")
    if not is_unit:
        asset = asset_of(db, AssetId(about))
        _lock(db, select(Asset.sha256).where(Asset.id == about))
        _refuse_late(db, asset.sha256)
    elif db.exec(select(Unit.id).where(Unit.id == about)).first() is None:
        raise HoldMissing(about)
    else:
        _lock(db, select(Asset.sha256).where(Asset.unit_id == about))
        _lock(db, queries.papers_of(UnitId(about)))
    name = f"unit:{about}" if is_unit else f"asset:{about}"
    row = LegalHold(
        id=new_id(now), about=name, until=until, reason=told, placed_by=by, placed_at=now
    )
    db.add(row)
    db.flush()
    facts = {"hold": row.id, "about": name, "until": to_millis(until) if until else None,
             "actor": by}  # fmt: skip
    log.append(db, "hold.placed", facts, now=now)
    journal.record(db, name, "held", actor=by, at=now, facts=facts)
    return row.id


def lift(db: Session, hold_id: str, *, by: str, now: datetime) -> None:
    """It is not needed any more. Raises HoldMissing."""
    lifted = db.connection().execute(
        update(LegalHold)
        .where(col(LegalHold.id) == hold_id, col(LegalHold.lifted_at).is_(None))
        .values(lifted_at=now, lifted_by=by)
    )
    if not lifted.rowcount:
        raise HoldMissing(hold_id)
    about = db.exec(select(LegalHold.about).where(LegalHold.id == hold_id)).one()
    facts = {"hold": hold_id, "about": about, "actor": by}
    log.append(db, "hold.lifted", facts, now=now)
    journal.record(db, about, "hold_lifted", actor=by, at=now, facts=facts)


def _lock(db: Session, of: Any) -> None:
    """A deletion whose last look comes at the same moment waits, and then sees the hold. `of`: a
    statement for the digests.
    """
    db.exec(select(Blob.sha256).where(col(Blob.sha256).in_(of)).with_for_update()).all()


def _refuse_late(db: Session, sha256: str) -> None:
    begun = db.exec(
        select(DeletionWish.id).where(
            DeletionWish.sha256 == sha256, DeletionWish.state == WishState.DELETING.value
        )
    ).first()
    if begun is not None:
        raise TooLate("its deletion has begun")
