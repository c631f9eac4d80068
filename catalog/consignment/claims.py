"""What a victim's claim does to the deals the piece is in (回復請求の結果): handed over, it ends
the buyback case or the contract it came by. Nobody outside is told.

Not here: the claim itself (`duties/notices/orders`), and a buyer's order (`orders/claimed`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.buyback import police
from catalog.consignment import ending
from catalog.duties.actors import Actor
from catalog.duties.notices import orders
from catalog.duties.notices.orders import ClaimMissing, Outcome
from catalog.duties.notices.tables import RecoveryClaim


def answer(
    db: Session, claim_id: str, outcome: Outcome, *, actor: Actor, now: datetime, key: str
) -> None:
    """Record what came of a claim (KOB-6), with what follows for case and contract.

    Raises StaffNeeded, ClaimMissing, ClaimEnded, OrderRuns, MoveRefused, MoverRefused.
    """
    orders.end_claim(db, claim_id, outcome, actor=actor, now=now)
    claim = db.get(RecoveryClaim, claim_id)
    if claim is None:
        raise ClaimMissing(claim_id)
    if outcome is Outcome.REJECTED:
        return
    found = police.piece_of(db, claim.unit_id)
    if found is not None:
        police.give_up(db, found[0].id, actor=actor, now=now, key=f"{key}:case")
    ending.give_up(db, claim.unit_id, by=actor.name, now=now)
