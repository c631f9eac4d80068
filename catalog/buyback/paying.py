"""Payments made, and the cases they bring on (入金): the bank's answer, cash over the counter, what
failed and is tried again.

A name the bank does not know fails that one payment and makes a task; the rest are paid. An answer
is held against the list it is read for, and read as a whole or not at all. What a contract does
when its payout is paid is said above, by whoever reads the payout.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from catalog.buyback import books, cases, gates, rules
from catalog.buyback.books import Account
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts import batches, lines, queries, zengin
from catalog.buyback.payouts.actions import PayoutElsewhere
from catalog.buyback.payouts.answers import Answer, Outcome, Reply
from catalog.buyback.payouts.batches import BatchElsewhere, FourEyes, PayerRefused
from catalog.buyback.payouts.rules import (
    BatchStatus,
    Block,
    PayoutStatus,
    is_one_hand,
    may_have_left,
)
from catalog.buyback.payouts.tables import Payout, PayoutBatch, PayoutLine
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


class _Did(StrEnum):
    PAID = "paid"
    FAILED = "failed"
    KNOWN = "known"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the bank's answer did: lines paid and failed now, those known before, and those of which
    the bank said something else before; the last are for a person to look at.
    """

    paid: int
    failed: int
    known: int
    differs: int = 0


def take_answer(
    db: Session, batch_id: str, reply: Reply, *, actor: Actor, now: datetime
) -> Answered:
    """Read the bank's answer to a list; each line once, a second reading changes nothing, wherever
    its payouts stand by then (R-051). What it does not tell of waits on.

    Raises PayerRefused, BatchMissing, BatchElsewhere, AnswerOfAnother.
    """
    batches.need_payer(actor)
    batch = batches.locked(db, batch_id, BatchStatus.SENT, BatchStatus.DONE)
    of_batch = lines.of(db, batch_id)
    lines.need_match(batch, of_batch, reply, sender=_sender(db, batch))
    done: Counter[_Did] = Counter()
    for answer in sorted(reply.answers, key=lambda each: each.line):
        done[_take(db, batch, of_batch[answer.line], answer, actor=actor, now=now)] += 1
    batches.close(db, batch, actor=actor, now=now)
    return Answered(done[_Did.PAID], done[_Did.FAILED], done[_Did.KNOWN], done[_Did.DIFFERS])


def _sender(db: Session, batch: PayoutBatch) -> str | None:
    """The code the list's file was sent under, where that is known."""
    sender = batches.sender_of(db, batch) if batch.policy_version is not None else None
    return zengin.sender_code(sender) if sender is not None else None


def _take(
    db: Session,
    batch: PayoutBatch,
    line: PayoutLine,
    answer: Answer,
    *,
    actor: Actor,
    now: datetime,
) -> _Did:
    """One line. What the bank first sent back and then calls paid is paid, unless it was sent again
    meanwhile; any other change of its mind is for a person to clear.
    """
    is_paid, was_paid = answer.outcome is Outcome.PAID, line.outcome == Outcome.PAID.value
    is_first = lines.is_open(line)
    if not is_first and is_paid == was_paid:
        return _Did.KNOWN
    payout = db.get_one(Payout, line.payout_id, populate_existing=True)
    is_here = payout.batch_id == batch.id
    if is_paid and may_have_left(PayoutStatus(payout.status), is_here=is_here):
        reference = answer.reference or f"{batch.number}-{answer.line}"
        place = (batch.id, line.line)
        _paid(db, payout, reference=reference, place=place, actor=actor, now=now)
    elif is_first and not is_paid:
        _sent_back(db, payout, answer.outcome, batch=batch, actor=actor, now=now)
    else:
        _differs(db, batch, line, answer, now=now)
        return _Did.DIFFERS
    lines.note(db, line, answer.outcome, now=now)
    return _Did.PAID if is_paid else _Did.FAILED


def _differs(
    db: Session, batch: PayoutBatch, line: PayoutLine, answer: Answer, *, now: datetime
) -> None:
    worklist.task(
        db, "payout_contradicted", f"payout:{line.payout_id}", due_at=now, now=now,
        once=f"{batch.id}:{line.line}:{answer.outcome.value}",
        facts={"amount": line.amount, "was": line.outcome, "outcome": answer.outcome.value},
    )  # fmt: skip


def _sent_back(
    db: Session,
    payout: Payout,
    outcome: Outcome,
    *,
    batch: PayoutBatch,
    actor: Actor,
    now: datetime,
) -> None:
    """It did not arrive. It is paid later only where it is still to be paid: what the police hold
    is called off and planned anew when they let it go, what was taken back is not paid at all.
    """
    act = None
    if payout.about.startswith(_CASE):
        act = cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
    if outcome is Outcome.FILE_REFUSED:
        payouts.not_sent(db, payout.id, batch_id=batch.id, by=actor.name, now=now)
    else:
        payouts.failed(db, payout.id, batch_id=batch.id, why=outcome.value, by=actor.name, now=now)
    if act is None:
        return
    piece = _piece_of(db, act, payout)
    is_held = Stage(piece.stage) is Stage.POLICE_HOLD
    stands = Stage(piece.stage_before or piece.stage) if is_held else Stage(piece.stage)
    if stands is not Stage.PAY_SCHEDULED:
        payouts.cancel(db, payout.id, why="rescinded", by=actor.name, now=now)
        _claim_less(act, piece, payout)
    elif is_held:
        payouts.cancel(db, payout.id, why="police_hold", by=actor.name, now=now)


def _claim_less(act: cases.Act, piece: CasePiece, payout: Payout) -> None:
    """Of a sale that was taken back the money never arrived: nobody owes it."""
    sides = [(Account.OWED, payout.amount), (Account.RECEIVABLE, -payout.amount)]
    act.note(*books.post(act.db, act.about, sides, document=payout.document, now=act.now))
    for task in worklist.tasks_about(act.db, act.about, name="claim_back"):
        claimed = int(task.facts["amount"])
        is_its = task.facts["piece"] == piece.id and claimed >= payout.amount
        if is_its and worklist.close_task(act.db, task.id or 0, now=act.now):
            left = claimed - payout.amount
            if left:
                act.task("claim_back", once=f"{piece.id}:{left}", piece=piece.id, amount=left)
    act.end("claim_ended", None, facts={"payout": payout.id, "amount": payout.amount})


def file_refused(db: Session, batch_id: str, *, actor: Actor, now: datetime, key: str) -> str:
    """The bank took nothing of the list's file, so no money has left: its payments are due as
    before, for a later list; the list's id. Should an answer come all the same, it is a person's to
    clear. Raises PayerRefused, BatchMissing, BatchElsewhere, also once a line was answered.
    """
    request = {"verb": "buyback.file_refused", "batch": batch_id}
    if (before := journal.stored_result(db, key, request)) is not None:
        return str(before["batch"])
    batches.need_payer(actor)
    batch = batches.locked(db, batch_id, BatchStatus.SENT)
    of_batch = lines.of(db, batch_id).values()
    if not all(lines.is_open(each) for each in of_batch):
        raise BatchElsewhere(batch_id, BatchStatus(batch.status))
    for line in of_batch:
        payout = db.get_one(Payout, line.payout_id, populate_existing=True)
        _sent_back(db, payout, Outcome.FILE_REFUSED, batch=batch, actor=actor, now=now)
        lines.note(db, line, Outcome.FILE_REFUSED, now=now)
    journal.record(
        db, f"payout_batch:{batch_id}", "file_refused", actor=actor.name, at=now, key=key,
        request=request, result={"batch": batch_id},
    )  # fmt: skip
    batches.close(db, batch, actor=actor, now=now)
    return batch_id


def _paid(
    db: Session,
    payout: Payout,
    *,
    reference: str | None,
    actor: Actor,
    now: datetime,
    place: tuple[str, int] | None = None,
    command: journal.Command | None = None,
) -> None:
    """The case first, then the payout: always in this order, so that no two wait for each other."""
    act = None
    if payout.about.startswith(_CASE):
        act = cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
    payouts.paid(
        db, payout.id, reference=reference, by=actor.name, now=now, place=place, command=command
    )
    if act is None:
        return
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
