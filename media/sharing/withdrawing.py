"""What a partner was granted ends (権限の取消し, R-027, R-029): the grants, and at once everything
that was sent or passed on under them.

A grant that runs out by its day needs nothing of this: passes and pages ask the grants of the day.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.record import PartnerId
from catalog.partners import actions as partners
from media.sharing import passes, shares


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many grants, passes and share pages ended."""

    grants: int
    passes: int
    shares: int


def withdraw(
    db: Session, partner: PartnerId, unit_code: str | None = None, *, by: str, now: datetime
) -> Withdrawn:
    """End the partner's grants on one piece, or (None) every one, with the passes and pages of what
    they no longer see: those they made, and those the shop made for them. A later grant brings none
    of them back; the same again ends nothing.
    """
    grants = partners.revoke(db, partner, unit_code, by=by, now=now)
    ended = Withdrawn(
        grants,
        passes.revoke_unseen(db, partner, now=now),
        shares.revoke_unseen(db, partner, unit_code, by=by, now=now),
    )
    facts = {"passes": ended.passes, "shares": ended.shares, "unit": unit_code or "*"}
    journal.record(db, f"partner:{partner}", "withdrawn", actor=by, at=now, facts=facts)
    return ended
