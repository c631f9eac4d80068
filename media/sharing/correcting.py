"""A wrong match is taken back (訂正), and what is no capture laid aside (除外): with all that hung
on the piece it was said to show.

What was sent of it opens no more, no share page shows it, and who was told that their capture is
there waits again. What was issued, frozen or sold with it stays as it was; its pages say that a
picture was taken off. Not here: who may (`handoff`), and the rows themselves (`media/assets`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.ground.errors import Refused
from catalog.ground.record import AssetId, UnitId
from media.assets import actions as assets
from media.assets.kinds import Aside, Part, Wrong
from media.assets.queries import asset_of
from media.intake import tasks
from media.sharing import passes


class NothingWrong(Refused):
    """It shows that piece, and that part of it, already."""

    def __init__(self, asset_id: AssetId) -> None:
        super().__init__(f"asset {asset_id} is there already")
        self.asset_id = asset_id


def correct(
    db: Session,
    asset_id: AssetId,
    unit_id: UnitId | None,
    *,
    seen: UnitId | None,
    part: Part | None,
    why: Wrong,
    actor: str,
    now: datetime,
) -> None:
    """It shows not `seen` but this unit, or (None) nobody knows which: then it is in the tray.
    `seen` None: it was laid aside, and is a capture. With the same unit only its part was wrong.

    Raises AssetMissing, SentIn, AssetMoved, NothingWrong.
    """
    before = asset_of(db, asset_id)
    told = part.value if part else None
    if unit_id is not None and (unit_id, told) == (before.unit_id, before.part):
        raise NothingWrong(asset_id)
    assets.take_off(db, asset_id, seen=seen, why=why, part=part, actor=actor, now=now)
    if unit_id is not None:
        assets.assign(db, asset_id, unit_id, part=part, actor=actor, now=now)
    if seen is not None:
        tasks.reopen_for(db, asset_id, seen, now=now)
    if seen != unit_id:
        passes.revoke_for_asset(db, asset_id, now=now)
    if unit_id is not None:
        tasks.close_for(db, asset_id, now=now)


def lay_aside(
    db: Session, asset_id: AssetId, *, seen: UnitId | None, why: Aside, actor: str, now: datetime
) -> None:
    """It is no capture: a test shot, a tag nobody can read. Raises AssetMissing, SentIn,
    AssetMoved.
    """
    assets.lay_aside(db, asset_id, seen=seen, why=why, actor=actor, now=now)
    if seen is not None:
        tasks.reopen_for(db, asset_id, seen, now=now)
    passes.revoke_for_asset(db, asset_id, now=now)
