"""Payments made, and the cases they bring on (入金): the bank's answer, cash over the counter, what
failed and is tried again.

A name the bank does not know fails that one payment and makes a task; the rest are paid. What a
contract does when its payout is paid is said above, by whoever reads the payout.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.buyback import cases, gates, rules
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts import batches, queries
from catalog.buyback.payouts.actions import PayoutElsewhere
from catalog.buyback.payouts.batches import FourEyes, PayerRefused
from catalog.buyback.payouts.rules import BatchStatus, Block, PayoutStatus, is_one_hand
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.payouts.zengin import Answer, Outcome, TransferMalformed
from catalog.buyback.stages import Stage
from catalog.buyback.tables import CasePiece, Quote
from catalog.buyback.terms import PayTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.cash.actions import NewCash, take_cash
from catalog.duties.rules import Means
from catalog.ground import journal, policy, worklist
from catalog.ground.errors import Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId

_TELLERS = frozenset({Role.ACCOUNTING, Role.STORE, Role.MANAGER, Role.OWNER})
_CASE = "case:"


class PayoutBlocked(Refused):
    """It must not be paid now (KOB-1, QUO-8). `block`."""

    def __init__(self, payout_id: str, block: Block) -> None:
        super().__init__(f"payout {payout_id}: {block.value}")
        self.payout_id = payout_id
        self.block = block


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bank's answer did: lines paid and failed now, and those known before."""

    paid: int
    failed: int
    known: int


def take_answer(
    db: Session,
    batch_id: str,
    answers: Sequence[Answer],
    *,
    actor: Actor,
    now: datetime,
) -> Answered:
    """Read the bank's answer to a list; each line once, a second reading changes nothing (R-051).

    Raises PayerRefused, BatchMissing, BatchElsewhere, TransferMalformed for a line of no such list.
    """
    if actor.role not in {Role.ACCOUNTING, Role.MANAGER, Role.OWNER}:
        raise PayerRefused(actor.role)
    batch = batches.locked(db, batch_id, BatchStatus.SENT, BatchStatus.DONE)
    lines = {each.line: each for each in queries.of_batch(db, batch_id)}
    if any(answer.line not in lines for answer in answers):
        raise TransferMalformed("line")
    done = {"paid": 0, "failed": 0, "known": 0}
    for answer in sorted(answers, key=lambda each: each.line):
        payout = lines[answer.line]
        if payout.status != PayoutStatus.SENT.value:
            done["known"] += 1
        elif answer.outcome is Outcome.PAID:
            reference = answer.reference or f"{batch.number}-{answer.line}"
            _paid(db, payout, reference=reference, actor=actor, now=now)
            done["paid"] += 1
        else:
            payouts.failed(db, payout.id, why=answer.outcome.value, by=actor.name, now=now)
            done["failed"] += 1
    batches.close(db, batch, actor=actor, now=now)
    return Answered(**done)


def _paid(
    db: Session,
    payout: Payout,
    *,
    reference: str | None,
    actor: Actor,
    now: datetime,
    command: journal.Command | None = None,
) -> None:
    """The case first, then the payout: always in this order, so that no two wait for each other."""
    if not payout.about.startswith(_CASE):
        payouts.paid(db, payout.id, reference=reference, by=actor.name, now=now, command=command)
        return
    act = cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
    payouts.paid(db, payout.id, reference=reference, by=actor.name, now=now, command=command)
    piece = _piece_of(db, act, payout)
    if Stage(piece.stage) is Stage.PAY_SCHEDULED:
        act.go(piece, Stage.PAID, role=Role.ACCOUNTING)
    told = {"piece": piece.id, "amount": payout.amount, "reference": reference}
    act.end("paid", None, facts={"payout": payout.id}, phase="paid", told=told)


def _piece_of(db: Session, act: cases.Act, payout: Payout) -> CasePiece:
    quote = db.get_one(Quote, payout.document)
    return act.piece(quote.piece_id)


def pay_cash(db: Session, payout_id: str, *, actor: Actor, now: datetime, key: str) -> str:
    """Cash over the counter or at the door, within the limits (AML-1); the payout's id.

    Raises PayoutMissing, PayoutElsewhere, PayoutBlocked, PayerRefused, FourEyes, CashAboveLimit,
    DiligenceMissing.
    """
    request = {"verb": "buyback.pay_cash", "payout": payout_id}
    if (before := journal.stored_result(db, key, request)) is not None:
        return str(before["payout"])
    if actor.role not in _TELLERS:
        raise PayerRefused(actor.role)
    payout = _in_hand(db, payout_id, actor=actor, now=now)
    if payout.means != Means.CASH.value or payout.status != PayoutStatus.PLANNED.value:
        raise PayoutElsewhere(payout_id, PayoutStatus(payout.status), PayoutStatus.PAID)
    if (block := queries.block(db, payout)) is not None:
        raise PayoutBlocked(payout_id, block)
    if is_one_hand(payout.hands, actor.name):
        raise FourEyes(actor.name, f"appraised and approved {payout.about}")
    _note_cash(db, payout, actor=actor, now=now, key=key)
    command = journal.Command(key, request)
    _paid(db, payout, reference=None, actor=actor, now=now, command=command)
    return payout_id


def _in_hand(db: Session, payout_id: str, *, actor: Actor, now: datetime) -> Payout:
    """The payout locked after its case."""
    payout = db.get(Payout, payout_id)
    if payout is not None and payout.about.startswith(_CASE):
        cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
    return payouts.locked(db, payout_id)


def _note_cash(db: Session, payout: Payout, *, actor: Actor, now: datetime, key: str) -> None:
    kinds = set()
    if payout.about.startswith(_CASE):
        act = cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
        kinds = {gates.kind_of(piece) for piece in act.pieces if piece.price is not None}
    cash = NewCash(payout.about, CustomerId(payout.customer_id), kinds, Yen(payout.amount))
    take_cash(db, cash, by=actor.name, now=now, key=f"{key}:cash")


def try_again(db: Session, payout_id: str, *, actor: Actor, now: datetime, key: str) -> str:
    """What the bank sent back goes into the next list, once the account is right (QUO-8).

    Raises PayoutMissing, PayoutElsewhere, PayoutBlocked, PayerRefused.
    """
    request = {"verb": "buyback.try_again", "payout": payout_id}
    if (before := journal.stored_result(db, key, request)) is not None:
        return str(before["payout"])
    if actor.role not in _TELLERS:
        raise PayerRefused(actor.role)
    payout = payouts.locked(db, payout_id)
    if (block := queries.block(db, payout)) is not None:
        raise PayoutBlocked(payout_id, block)
    terms = policy.current(db).of(PayTerms)
    due_on = rules.buyback_pay_date(terms, now)
    command = journal.Command(key, request)
    payouts.plan_again(db, payout_id, due_on=due_on, by=actor.name, now=now, command=command)
    worklist.notice(
        db, payout.about, "payment_delayed", to=f"customer:{payout.customer_id}",
        version=payout.attempts, now=now,
        facts={"payout": payout_id, "pay_on": due_on.isoformat()},
    )  # fmt: skip
    return payout_id
