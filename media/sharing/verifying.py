"""Pictures on the page that checks a report (`/verify/{code}?share=…`): those of an open share page
about the very same piece that asks for no PIN, and no others.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import UnitId
from media.report.pages import Picture
from media.sharing import opening
from media.sharing.kinds import Reach
from media.sharing.passes import PassUnknown


def pictures_of(
    db: Session, token: str, unit_id: UnitId, *, now: datetime
) -> Mapping[str, Picture]:
    """Asset → where it is seen for ten minutes; none when the share opens nothing, or another
    piece.
    """
    try:
        share = opening.peeped(db, token, now=now)
    except PassUnknown:
        return {}
    if share.unit.id != unit_id:
        return {}
    is_whole = share.reach.covers(Reach.TILES)

    def place(rendition_id: str) -> str:
        return f"/s/b/{opening.byte_address(share, rendition_id, now=now)}"

    return {
        each.media.asset_id: Picture(place(large), place(small))
        for each in share.shown
        for small in [each.media.preview or each.media.poster or each.media.full]
        for large in [(each.media.full if is_whole else None) or each.media.poster or small]
        if small is not None and large is not None
        if is_whole or small != each.media.full
    }
