"""Payments made, and the cases they bring on (入金): the bank's answer, cash over the counter, what
failed and is tried again, what came back (組戻).

A name the bank does not know fails that one payment and makes a task; the rest are paid. An answer
is held against the list it is read for, and read as a whole or not at all. For one sale money
leaves once, also when the bank changes its mind: what it says at last of what was called off is
taken before anything else is sent. What a contract does when its payout is paid is said above, by
whoever reads the payout.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from catalog.buyback import books, cases, compensating, credit_payouts, gates, rules
from catalog.buyback.books import Account
from catalog.buyback.payouts import actions as payouts
from catalog.buyback.payouts import batches, contradictions, lines, queries, zengin
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
from catalog.duties.visits import cooling_off
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


class NotContradicted(Refused):
    """The bank has not said of that line that what it paid did not arrive. `line`."""

    def __init__(self, batch_id: str, line: int) -> None:
        super().__init__(f"list {batch_id}, line {line}: nothing says that it came back")
        self.batch_id = batch_id
        self.line = line


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
    """One line. What the bank first sent back and then calls paid is paid, unless its document was
    sent again meanwhile; any other change of its mind is for a person to clear.
    """
    is_paid, was_paid = answer.outcome is Outcome.PAID, line.outcome == Outcome.PAID.value
    is_first = lines.is_open(line)
    if not is_first and is_paid == was_paid:
        return _Did.KNOWN
    payout = _payout_of(db, line, actor=actor, now=now)
    if is_paid and _may_have_left(db, batch, line, payout):
        reference = answer.reference or f"{batch.number}-{answer.line}"
        _left(db, line, payout, reference=reference, actor=actor, now=now)
        return _Did.PAID
    if is_first and not is_paid:
        _sent_back(db, payout, answer.outcome, batch=batch, actor=actor, now=now)
        lines.note(db, line, answer.outcome, now=now)
        _heed(db, payout, actor=actor, now=now)
        return _Did.FAILED
    contradictions.tell(db, batch, line, answer.outcome, now=now)
    return _Did.DIFFERS


def _payout_of(db: Session, line: PayoutLine, *, actor: Actor, now: datetime) -> Payout:
    """As it stands once its case is in hand."""
    payout = db.get_one(Payout, line.payout_id)
    if payout.about.startswith(_CASE):
        cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
    return payouts.locked(db, payout.id)


def _may_have_left(db: Session, batch: PayoutBatch, line: PayoutLine, payout: Payout) -> bool:
    """Whether nothing speaks against the bank's word that this line has left: its payout, or the
    one that was planned in its place since, was sent with no other. What came back by a person's
    word is theirs to clear.
    """
    if line.outcome == Outcome.CAME_BACK.value:
        return False
    status = PayoutStatus(payout.status)
    if status is not PayoutStatus.CANCELLED:
        return may_have_left(status, is_here=payout.batch_id == batch.id)
    instead = queries.instead_of(db, payout)
    is_free = instead is None or may_have_left(PayoutStatus(instead.status), is_here=False)
    return payout.about.startswith(_CASE) and is_free  # a contract is on sale again meanwhile


def _left(
    db: Session,
    line: PayoutLine,
    payout: Payout,
    *,
    reference: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    """That line has left, so its payout is paid; what was called off stands again, and what was
    planned in its place is not paid.
    """
    place = (line.batch_id, line.line)
    is_revived = payout.status == PayoutStatus.CANCELLED.value
    if is_revived:
        if (instead := queries.instead_of(db, payout)) is not None:
            payouts.cancel(db, instead.id, why="left_before", by=actor.name, now=now)
        payout = payouts.sent_after_all(db, payout.id, place=place, by=actor.name, now=now)
    _paid(db, payout, reference=reference, place=place, actor=actor, now=now, is_revived=is_revived)
    lines.note(db, line, Outcome.PAID, now=now)
    contradictions.clear(db, line, now=now)


def _heed(db: Session, payout: Payout, *, actor: Actor, now: datetime) -> None:
    """What did not arrive this time had left with an earlier line, as the bank said meanwhile: now
    nothing speaks against that any more.
    """
    for task in contradictions.say_it_left(db, payout):
        line = db.get(PayoutLine, task.facts.get("line_id"), populate_existing=True)
        if line is None:
            continue
        batch = db.get_one(PayoutBatch, line.batch_id)
        its = _payout_of(db, line, actor=actor, now=now)
        if _may_have_left(db, batch, line, its):
            reference = f"{batch.number}-{line.line}"
            _left(db, line, its, reference=reference, actor=actor, now=now)
            return


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
    if act is not None:
        _call_off(act, payout)


def _call_off(act: cases.Act, payout: Payout) -> None:
    """What did not arrive is not to be paid just now, or not at all."""
    piece = _piece_of(act.db, act, payout)
    if _is_taken_back(act, piece):
        payouts.cancel(act.db, payout.id, why="rescinded", by=act.actor.name, now=act.now)
        _claim_less(act, piece, payout)
    elif Stage(piece.stage) is Stage.POLICE_HOLD:
        payouts.cancel(act.db, payout.id, why="police_hold", by=act.actor.name, now=act.now)


def _is_taken_back(act: cases.Act, piece: CasePiece) -> bool:
    """Of a sale at home: the piece is on its way back, or stayed with the customer."""
    stands = Stage(piece.stage)
    if stands is Stage.COMPENSATED:
        return False
    if stands is Stage.POLICE_HOLD and piece.stage_before is not None:
        stands = Stage(piece.stage_before)
    if stands is not Stage.CLOSED:
        return stands not in (Stage.PAY_SCHEDULED, Stage.PAID)
    return gates.is_visit(act) and cooling_off.effective(act.db, act.case.id) is not None


def _claim_less(act: cases.Act, piece: CasePiece, payout: Payout) -> None:
    """Of a sale that was taken back the money never arrived, or is here again: nobody owes it, and
    who was told of it is told so. What was claimed and settled by then is a person's to clear.
    """
    sides = [(Account.OWED, payout.amount), (Account.RECEIVABLE, -payout.amount)]
    act.note(*books.post(act.db, act.about, sides, document=payout.document, now=act.now))
    facts = {"payout": payout.id, "amount": payout.amount}
    left = _less(act, piece, payout)
    if left is None:
        act.task("claim_settled", once=payout.id, piece=piece.id, amount=payout.amount)
        act.end("claim_ended", None, facts=facts)
        return
    if left:
        act.task("claim_back", once=f"{piece.id}:{payout.id}:{left}", piece=piece.id, amount=left)
    told = {"amount": payout.amount, "left": left}
    act.end("claim_ended", None, facts=facts, phase="claim_ended", told=told)


def _less(act: cases.Act, piece: CasePiece, payout: Payout) -> int | None:
    """What is still claimed for the piece; None where nobody claims it any more."""
    for task in worklist.tasks_about(act.db, act.about, name="claim_back"):
        claimed = int(task.facts["amount"])
        is_its = task.facts["piece"] == piece.id and claimed >= payout.amount
        if is_its and worklist.close_task(act.db, task.id or 0, now=act.now):
            return claimed - payout.amount
    return None


def _claim_more(act: cases.Act, piece: CasePiece, payout: Payout) -> None:
    """Of a sale that was taken back the money has left after all: it is claimed."""
    sides = [(Account.RECEIVABLE, payout.amount), (Account.OWED, -payout.amount)]
    act.note(*books.post(act.db, act.about, sides, document=payout.document, now=act.now))
    once = f"{piece.id}:{payout.id}:{act.case.version}"
    act.task("claim_back", once=once, piece=piece.id, amount=payout.amount)


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
        payout = _payout_of(db, line, actor=actor, now=now)
        _sent_back(db, payout, Outcome.FILE_REFUSED, batch=batch, actor=actor, now=now)
        lines.note(db, line, Outcome.FILE_REFUSED, now=now)
        _heed(db, payout, actor=actor, now=now)
    journal.record(
        db, f"payout_batch:{batch_id}", "file_refused", actor=actor.name, at=now, key=key,
        request=request, result={"batch": batch_id},
    )  # fmt: skip
    batches.close(db, batch, actor=actor, now=now)
    return batch_id


def came_back(
    db: Session, batch_id: str, line: int, *, actor: Actor, now: datetime, key: str
) -> str:
    """What the bank had called paid on that line and then not, is with the shop again (組戻), as
    whoever asked the bank says: it is owed as before, for a later list, unless the sale was taken
    back or the police hold the piece; the payout's id.

    Raises PayerRefused, BatchMissing, BatchElsewhere, NotContradicted, PayoutElsewhere.
    """
    request = {"verb": "buyback.came_back", "batch": batch_id, "line": line}
    if (before := journal.stored_result(db, key, request)) is not None:
        return str(before["payout"])
    batches.need_payer(actor)
    batch = batches.locked(db, batch_id, BatchStatus.SENT, BatchStatus.DONE)
    row = lines.of(db, batch_id).get(line)
    task = contradictions.of_line(db, row) if row is not None else None
    if row is None or task is None or row.outcome != Outcome.PAID.value:
        raise NotContradicted(batch_id, line)
    payout = _payout_of(db, row, actor=actor, now=now)
    payout = payouts.came_back(
        db, payout.id, place=(batch.id, line), why=str(task.facts["outcome"]), by=actor.name,
        now=now, command=journal.Command(key, request),
    )  # fmt: skip
    if payout.about.startswith(_CASE):
        act = cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
        _owe_again(act, payout)
        _call_off(act, payout)
    lines.note(db, row, Outcome.CAME_BACK, now=now)
    contradictions.clear(db, row, now=now)
    _heed(db, payout, actor=actor, now=now)
    return payout.id


def _owe_again(act: cases.Act, payout: Payout) -> None:
    piece = _piece_of(act.db, act, payout)
    if _is_taken_back(act, piece):
        return
    if Stage(piece.stage) is Stage.POLICE_HOLD:
        piece.stage_before = Stage.PAY_SCHEDULED.value
        act.note(piece)
    elif Stage(piece.stage) is not Stage.COMPENSATED:
        act.go(piece, Stage.PAY_SCHEDULED, role=Role.ACCOUNTING)
    act.end("money_came_back", None, facts={"payout": payout.id, "amount": payout.amount})


def _paid(
    db: Session,
    payout: Payout,
    *,
    reference: str | None,
    actor: Actor,
    now: datetime,
    place: tuple[str, int] | None = None,
    command: journal.Command | None = None,
    is_revived: bool = False,
) -> None:
    """The case first, then the payout: always in this order, so that no two wait for each other."""
    act = None
    if payout.about.startswith(_CASE):
        act = cases.begin(db, payout.about.removeprefix(_CASE), actor=actor, now=now)
    payouts.paid(
        db, payout.id, reference=reference, by=actor.name, now=now, place=place, command=command
    )
    if act is None:
        _tell_paid_out(db, payout, reference=reference, now=now)
        return
    piece = _piece_of(db, act, payout)
    if Stage(piece.stage) is Stage.PAY_SCHEDULED:
        act.go(piece, Stage.PAID, role=Role.ACCOUNTING)
    elif is_revived and _is_taken_back(act, piece):
        _claim_more(act, piece, payout)
    told = {"piece": piece.id, "amount": payout.amount, "reference": reference}
    act.end("paid", None, facts={"payout": payout.id}, phase="paid", told=told)


def _tell_paid_out(db: Session, payout: Payout, *, reference: str | None, now: datetime) -> None:
    """Whose credit was given up is told that the money has left (a contract tells it itself)."""
    if not payout.about.startswith(f"{credit_payouts.KIND}:"):
        return
    worklist.notice(
        db, payout.about, "credit_paid_out", to=f"customer:{payout.customer_id}",
        version=payout.attempts, now=now,
        facts={"payout": payout.id, "amount": payout.amount, "reference": reference},
    )  # fmt: skip


def _piece_of(db: Session, act: cases.Act, payout: Payout) -> CasePiece:
    if payout.document.startswith(compensating.DOCUMENT):
        return act.piece(payout.document.removeprefix(compensating.DOCUMENT))
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
