"""Pictures on the page that checks a report (`/verify/{code}?share=…`): those of an open share page
about the very same piece, and no others.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import UnitId
from media.sharing import shares
from media.sharing.passes import PassUnknown


def pictures_of(db: Session, token: str, unit_id: UnitId, *, now: datetime) -> Mapping[str, str]:
    """Asset → address for ten minutes; none when the share opens nothing, or another piece."""
    try:
        share = shares.opened(db, token, now=now)
    except PassUnknown:
        return {}
    if share.unit.id != unit_id:
        return {}
    return {
        each.media.asset_id: f"/s/b/{shares.byte_address(share, picture, now=now)}"
        for each in share.shown
        if (picture := each.media.full or each.media.poster or each.media.preview) is not None
    }
