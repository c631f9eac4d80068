"""A share page that is out gets a PIN after all (暗証番号を付ける): a fresh page like it takes its
place, because the address of the old one was told without.
"""

from datetime import datetime

from sqlmodel import Session, select

from catalog.ground.record import UnitId
from catalog.items import queries as items
from catalog.items.rules import Viewer
from media.sharing import shares
from media.sharing.kinds import Reach
from media.sharing.shares import Given, Made, ShareMissing
from media.sharing.tables import Share, SharedAsset


def lock(
    db: Session, share_id: str, viewer: Viewer, *, pin_hash: str, now: datetime, key: str
) -> Made:
    """The page that takes its place: as far, as long and of the same captures as are still there.
    `pin_hash`: from `pin.made`.

    Raises ShareMissing, also for another's and a closed one, and NothingToShare.
    """
    row = db.get(Share, share_id)
    if row is None or row.holder != viewer.who:
        raise ShareMissing(share_id)
    unit = items.by_id(db, UnitId(row.unit_id), viewer=viewer)
    if unit is None:
        raise ShareMissing(share_id)
    shares.revoke(db, share_id, row.holder, now=now)
    there = set(db.exec(select(SharedAsset.asset_id).where(SharedAsset.share_id == share_id)))
    given = Given(
        reach=Reach(row.reach),
        pin_hash=pin_hash,
        most_opened=row.most_opened,
        only=[each for each in shares.offered(db, unit, viewer) if each in there],
        audience=row.audience,
        note=row.note,
        with_report=row.report_id is not None,
    )
    until = min(row.ends_at, shares.latest_end(db, now=now))
    return shares.share(
        db, unit, viewer, ends_at=until, lang=row.lang, now=now, key=key, given=given
    )
