"""What check a payment rests on (本人確認の引き継ぎ): revoked, or in another name than the account,
it gives way to the one that serves today: a mistyped check keeps nobody's money for good.

The earlier check and the ledger row written with it stay as they were recorded. Not here: contracts
(`consignment.settling`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.buyback import cases, gates
from catalog.buyback.cases import Act
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts import queries
from catalog.duties.actors import SCHEDULER
from catalog.duties.identity.queries import IdentityMissing, SellerTooYoung, serving
from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId

SLOT = "buyback-settling"


def rest_again(db: Session, case_id: str, *, now: datetime) -> None:
    """The case and its payments that wait for a check rest on the one that serves it today (KOB-1,
    KOB-7, QUO-8); the tasks end about payments in whose way nothing stands any more. Nothing
    changes where none serves. Raises CaseMissing.
    """
    act = cases.begin(db, case_id, actor=SCHEDULER, now=now)
    held = [
        each.id
        for each in queries.of(db, act.about)
        if queries.is_held_by_check(db, payouts.locked(db, each.id))
    ]
    identity = _serving(act) if held else None
    if identity is not None:
        _rest_on(act, held, identity)
    for payout in queries.of(db, act.about):
        if payouts.is_open(payout) and queries.block(db, payout) is None:
            worklist.close_tasks(db, f"payout:{payout.id}", "payout_blocked", now=now)


def _rest_on(act: Act, held: list[str], identity: str) -> None:
    by, now = act.actor.name, act.now
    changed = [
        each
        for each in held
        if payouts.locked(act.db, each).identity_id != identity
        and payouts.rest_on(act.db, each, identity, by=by, now=now)
    ]
    if changed:
        facts = {"identity": identity, "earlier": act.case.identity_id, "payouts": changed}
        act.case.identity_id = identity
        act.end("identity_changed", None, facts=facts)


def _serving(act: Act) -> str | None:
    """Asked for or not: the bank pays nobody without a verified name."""
    try:
        identity = gates.identity_of(act)
    except (IdentityMissing, SellerTooYoung):
        return None
    if identity is not None:
        return identity
    who, day = CustomerId(act.case.customer_id), tokyo_day(act.now)
    check = serving(act.db, who, on=day, channel=act.channel)
    return check.id if check is not None else None


def rest_doubted(db: Session, at: datetime) -> None:
    """Part of slot `buyback-settling`: payments whose check was revoked or that staff look at."""
    worklist.sweep(
        db, SLOT, queries.in_doubt("case"),
        lambda each: rest_again(db, each.removeprefix("case:"), now=at), now=at,
    )  # fmt: skip
