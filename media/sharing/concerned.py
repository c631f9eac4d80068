"""Whom the shop's own pages are for (お渡し先): an evidence zip of a claim is for the buyer by its
order, of a piece for a partner who was granted its films, pictures and reports. Asked when it is
given, and again at every opening.
"""

from datetime import datetime

from sqlmodel import Session

from catalog.customers.newcomers import surviving
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.record import PartnerId
from catalog.items.kinds import OwnerKind
from catalog.items.queries import UnitFacts
from catalog.items.rules import CUSTOMER, PARTNER, Viewer, can_see
from catalog.orders.tables import SaleOrder
from catalog.partners import queries as partners
from catalog.partners.rules import GrantFacts, MediaKind
from media.disputes.tables import Dispute
from media.sharing.tables import Share

PIECE = "piece"  # beside the ids of disputes


class EvidenceNotTheirs(Refused):
    """Neither the buyer of the claim's order, nor a partner with all the media of the piece."""

    def __init__(self, code: str) -> None:
        super().__init__(f"evidence of {code} is not for them")
        self.code = code


def is_concerned(
    db: Session, evidence: str, unit: UnitFacts, who: str | None, *, now: datetime
) -> bool:
    """Whether they may have that zip today. `evidence`: of the piece, or of a dispute by its id."""
    if who is None:
        return False
    if evidence != PIECE:
        return who.startswith(CUSTOMER) and _is_buyer(db, evidence, unit, who)
    return who.startswith(PARTNER) and _sees_everything(db, unit, who, now=now)


def _is_buyer(db: Session, dispute_id: str, unit: UnitFacts, who: str) -> bool:
    claim = db.get(Dispute, dispute_id)
    order = db.get(SaleOrder, claim.order_id) if claim is not None and claim.order_id else None
    if claim is None or order is None or claim.unit_id != unit.id:
        return False
    return surviving(db, who.removeprefix(CUSTOMER)) == surviving(db, order.customer_id)


def _sees_everything(db: Session, unit: UnitFacts, who: str, *, now: datetime) -> bool:
    partner = PartnerId(who.removeprefix(PARTNER))
    viewer = Viewer(partner=partner, grants=partners.grants_on(db, partner, tokyo_day(now)))
    return all(can_see(viewer.able_to(None, kind), unit.standing) for kind in MediaKind)


def is_still_theirs(db: Session, row: Share, unit: UnitFacts, *, now: datetime) -> bool:
    """Whether a page the shop made for a partner may still be seen there: what they saw by a grant
    when it was made they must see by one today; what was never granted was the shop's own wish. Of
    evidence: whether they may still have it.
    """
    if row.evidence is not None:
        return is_concerned(db, row.evidence, unit, row.audience, now=now)
    if row.audience is None or not row.audience.startswith(PARTNER):
        return True
    partner = PartnerId(row.audience.removeprefix(PARTNER))

    def covers(grants: tuple[GrantFacts, ...]) -> bool:
        is_dealers = unit.standing.owner_kind == OwnerKind.DEALER
        return any(each.covers(unit.code, is_dealers=is_dealers) for each in grants)

    return covers(partners.grants_on(db, partner, tokyo_day(now))) or not covers(
        partners.grants_at(db, partner, row.made_at)
    )
