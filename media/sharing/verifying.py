"""Pictures on the page that checks a report (`/verify/{code}?share=…`): those of an open share page
about the very same piece that asks for no PIN, and no others.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import UnitId
from media.renditions.queries import Showable
from media.sharing import opening
from media.sharing.kinds import Reach
from media.sharing.passes import PassUnknown


def pictures_of(db: Session, token: str, unit_id: UnitId, *, now: datetime) -> Mapping[str, str]:
    """Asset → address for ten minutes; none when the share opens nothing, or another piece."""
    try:
        share = opening.peeped(db, token, now=now)
    except PassUnknown:
        return {}
    if share.unit.id != unit_id:
        return {}
    return {
        each.media.asset_id: f"/s/b/{opening.byte_address(share, picture, now=now)}"
        for each in share.shown
        if (picture := _picture(each.media, is_whole=share.reach.covers(Reach.TILES))) is not None
    }


def _picture(media: Showable, *, is_whole: bool) -> str | None:
    return (media.full if is_whole else None) or media.poster or media.preview
