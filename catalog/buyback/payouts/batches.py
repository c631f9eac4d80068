"""Lists for the bank: made by one person, released by another, written as the bank's file
(総合振込).

`prepare` takes what is due and can be paid; the rest becomes tasks. A list whose file has not left
can be taken back, and one whose day is over goes on the next day the bank takes it. The file may be
asked for again: it is the same bytes. Not here: the bank's answer, which brings cases on
(`paying`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from catalog.buyback.payouts import accounts, lines, queries, rules, zengin
from catalog.buyback.payouts.rules import BatchStatus, Block, PayoutStatus, is_one_hand
from catalog.buyback.payouts.tables import Payout, PayoutBatch
from catalog.buyback.payouts.zengin import AccountKind, BankAccount, Originator, Transfer
from catalog.buyback.terms import PayTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.sealing import DataKeys
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import is_bank_day, tokyo_day
from catalog.ground.errors import Missing, Refused, Stale
from catalog.ground.record import new_id
from catalog.ground.session.database import insert_once

_PAYERS = frozenset({Role.ACCOUNTING, Role.MANAGER, Role.OWNER})


class BatchMissing(Missing):
    """There is no such list."""


class BatchElsewhere(Refused):
    """The list stands where this step does not begin. `status`."""

    def __init__(self, batch_id: str, status: BatchStatus) -> None:
        super().__init__(f"list {batch_id} is {status.value}")
        self.batch_id = batch_id
        self.status = status


class NothingDue(Refused):
    """No payout is due by that day."""


class ListChanged(Stale):
    """Another list was made at the same time; look again at what is due."""


class NoBankDay(Refused):
    """Banks do not transfer on that day. `on`."""

    def __init__(self, on: date) -> None:
        super().__init__(f"{on} is no bank day")
        self.on = on


class DayNotTaken(Refused):
    """The bank takes no file for that day: it is over, or further ahead than banks take one. `on`;
    `first` and `last`: between which it may be.
    """

    def __init__(self, on: date, first: date, last: date) -> None:
        super().__init__(f"{on} is not between {first} and {last}")
        self.on = on
        self.first = first
        self.last = last


class PayerRefused(Refused):
    """Not somebody in this role pays. `role`."""

    def __init__(self, role: Role) -> None:
        super().__init__(f"paying is not for {role.value}")
        self.role = role


class FourEyes(Refused):
    """Who made a list does not release it, and nobody appraises, approves and pays alone.
    `person`.
    """

    def __init__(self, person: str, why: str) -> None:
        super().__init__(f"{person} {why}")
        self.person = person


class OriginatorMissing(Refused):
    """The dealer's own account (`pay.originator`) is not among the terms."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A list as it stands."""

    id: str
    number: int
    transfer_on: date
    status: BatchStatus
    count: int
    total: int


def prepare(db: Session, *, on: date, actor: Actor, now: datetime, key: str) -> Batch | None:
    """Make the list of what is due by that bank day. What cannot be paid becomes a task and stays
    out (KOB-1, QUO-8); None: there are only such, and no list is made.

    Raises PayerRefused, DayNotTaken, NoBankDay, NothingDue, ListChanged.
    """
    request = {"verb": "payouts.prepare", "on": on.isoformat()}
    if (before := journal.stored_result(db, key, request)) is not None:
        return _as_answered(before)
    need_payer(actor)
    today = tokyo_day(now)
    if not rules.is_day_for_list(on, today):
        raise DayNotTaken(on, rules.bank_day_from(today), rules.last_day_for_list(today))
    if not is_bank_day(on):
        raise NoBankDay(on)
    due = queries.due(db, on)
    if not due:
        raise NothingDue(on.isoformat())
    payable = [each for each in due if _is_free(db, each, now=now)]
    if not payable:
        return None  # the tasks that say why are kept
    last = db.exec(select(func.max(PayoutBatch.number))).one() or 0
    batch = PayoutBatch(
        id=new_id(now),
        number=last + 1,
        transfer_on=on,
        status=BatchStatus.MADE.value,
        count=len(payable),
        total=sum(each.amount for each in payable),
        made_by=actor.name,
        made_at=now,
    )
    if not insert_once(db, PayoutBatch, batch.model_dump()):
        raise ListChanged(f"list {batch.number}")
    taken = [_take(db, each.id, batch.id, line) for line, each in enumerate(payable, start=1)]
    if not all(taken):
        raise ListChanged(f"list {batch.number}")
    batch = db.get_one(PayoutBatch, batch.id)
    _note(db, batch, "made", (), actor=actor, now=now, key=key, request=request)
    return _told(batch)


def _is_free(db: Session, payout: Payout, *, now: datetime) -> bool:
    block = queries.block(db, payout)
    if block is None:
        return True
    _tell_blocked(db, payout, block, once=f"{block.value}:{now.date()}", now=now)
    return False


def _tell_blocked(db: Session, payout: Payout, block: Block, *, once: str, now: datetime) -> None:
    worklist.task(
        db, "payout_blocked", f"payout:{payout.id}", due_at=now, now=now, once=once,
        facts={"about": payout.about, "block": block.value},
    )  # fmt: skip


def _take(db: Session, payout_id: str, batch_id: str, line: int) -> bool:
    taken = db.connection().execute(
        update(Payout)
        .where(
            col(Payout.id) == payout_id,
            col(Payout.status) == PayoutStatus.PLANNED.value,
            col(Payout.batch_id).is_(None),
        )
        .values(batch_id=batch_id, line=line)
    )
    return bool(taken.rowcount)


def release(db: Session, batch_id: str, *, actor: Actor, now: datetime, key: str) -> Batch:
    """A second person lets the list go (four eyes), on its day or, if that is over, the next. What
    cannot be paid any more stays out, and what that person appraised and approved alone: somebody
    else releases it in a later list.

    Raises BatchMissing, BatchElsewhere, PayerRefused, FourEyes, also when nothing is left to them.
    """
    request = {"verb": "payouts.release", "batch": batch_id}
    if (before := journal.stored_result(db, key, request)) is not None:
        return _as_answered(before)
    need_payer(actor)
    batch = locked(db, batch_id, BatchStatus.MADE)
    if policy.current(db).of(PayTerms).four_eyes and batch.made_by == actor.name:
        raise FourEyes(actor.name, "made this list")
    payouts = _lines(db, batch_id)
    if payouts and all(is_one_hand(each.hands, actor.name) for each in payouts):
        raise FourEyes(actor.name, f"appraised and approved all of list {batch.number}")
    released = [each for each in payouts if _may_go(db, each, actor, now=now)]
    for payout in payouts:
        if payout in released:
            payout.status = PayoutStatus.RELEASED.value
        else:
            _put_back(payout)
        db.add(payout)
    batch.status = BatchStatus.RELEASED.value if released else BatchStatus.CANCELLED.value
    batch.released_by, batch.released_at = actor.name, now
    batch.transfer_on = rules.transfer_day(batch.transfer_on, tokyo_day(now))
    _count(batch, released)
    verb = "released" if released else "cancelled"
    _note(db, batch, verb, payouts, actor=actor, now=now, key=key, request=request)
    return _told(batch)


def _may_go(db: Session, payout: Payout, actor: Actor, *, now: datetime) -> bool:
    if payout.status != PayoutStatus.PLANNED.value or not _is_free(db, payout, now=now):
        return False
    if is_one_hand(payout.hands, actor.name):
        _tell_blocked(db, payout, Block.ONE_HAND, once=f"one_hand:{payout.batch_id}", now=now)
        return False
    worklist.close_tasks(db, f"payout:{payout.id}", "payout_blocked", now=now)
    return True


def _put_back(payout: Payout) -> None:
    """It is due as before, for a later list."""
    payout.batch_id, payout.line = None, None
    if payout.status == PayoutStatus.RELEASED.value:
        payout.status = PayoutStatus.PLANNED.value


def cancel(db: Session, batch_id: str, *, actor: Actor, now: datetime, key: str) -> Batch:
    """Take back a list whose file has not left; its payments are due as before.

    Raises BatchMissing, BatchElsewhere, PayerRefused.
    """
    request = {"verb": "payouts.cancel", "batch": batch_id}
    if (before := journal.stored_result(db, key, request)) is not None:
        return _as_answered(before)
    need_payer(actor)
    batch = locked(db, batch_id, *rules.BEFORE_SENT)
    payouts = _lines(db, batch_id)
    for payout in payouts:
        _put_back(payout)
        db.add(payout)
    batch.status = BatchStatus.CANCELLED.value
    _count(batch, ())
    _note(db, batch, "cancelled", payouts, actor=actor, now=now, key=key, request=request)
    return _told(batch)


def write_file(
    db: Session, keys: DataKeys, batch_id: str, *, actor: Actor, now: datetime
) -> bytes | None:
    """The bank's file; the first time its payouts count as sent, on the list's day or, if that is
    over, the next; until the bank answers it is the same bytes. What cannot be paid any more falls
    out and is planned anew; None: nothing of the list can, and it ends.

    Raises BatchMissing, BatchElsewhere, PayerRefused, OriginatorMissing.
    """
    need_payer(actor)
    batch = locked(db, batch_id, BatchStatus.RELEASED, BatchStatus.SENT)
    sender = sender_of(db, batch)
    if sender is None:
        raise OriginatorMissing("pay.originator is not set")
    if batch.status == BatchStatus.RELEASED.value and not _send(db, batch, actor=actor, now=now):
        return None
    payouts = [
        each for each in queries.of_batch(db, batch_id) if each.status == PayoutStatus.SENT.value
    ]
    if not all(lines.is_open(each) for each in lines.of(db, batch_id).values()):
        raise BatchElsewhere(batch_id, BatchStatus(batch.status))  # the bank has begun to answer
    transfers = [
        Transfer(line=each.line or 0, account=_account(db, keys, each), amount=each.amount)
        for each in payouts
    ]
    return zengin.transfer_file(sender, batch.transfer_on, transfers, number=batch.number)


def sender_of(db: Session, batch: PayoutBatch) -> Originator | None:
    """The dealer as the list's file names them: by the terms it was written by, before that by
    those in force.
    """
    version = batch.policy_version
    terms = policy.current(db) if version is None else policy.at(db, version)
    told = terms.of(PayTerms).originator
    return _originator(told) if told is not None else None


def _send(db: Session, batch: PayoutBatch, *, actor: Actor, now: datetime) -> bool:
    """False: nothing of it can be paid any more; its list is as if taken back."""
    payouts = [each for each in _lines(db, batch.id) if each.status == PayoutStatus.RELEASED.value]
    sent = []
    for payout in payouts:
        payee = queries.payee_of(db, payout)
        if _is_free(db, payout, now=now) and payee is not None:
            payout.payee_id, payout.status = payee.id, PayoutStatus.SENT.value
            sent.append(payout)
        else:
            _put_back(payout)
        db.add(payout)
    _count(batch, sent)
    if not sent:
        batch.status = BatchStatus.CANCELLED.value
        _note(db, batch, "cancelled", payouts, actor=actor, now=now)
        return False
    batch.status, batch.sent_at = BatchStatus.SENT.value, now
    batch.transfer_on = rules.transfer_day(batch.transfer_on, tokyo_day(now))
    batch.policy_version = policy.current(db).version
    _note(db, batch, "sent", payouts, actor=actor, now=now)
    lines.keep(db, batch, sent, now=now)
    for payout in sent:
        if payout.due_on < batch.transfer_on:
            _tell_moved(db, payout, batch, now=now)
    return True


def _tell_moved(db: Session, payout: Payout, batch: PayoutBatch, *, now: datetime) -> None:
    """Whoever was promised an earlier day is told the one on which it comes (R-051)."""
    worklist.notice(
        db, payout.about, "payment_moved", to=f"customer:{payout.customer_id}",
        version=batch.number, now=now,
        facts={"payout": payout.id, "pay_on": batch.transfer_on.isoformat()},
    )  # fmt: skip


def _account(db: Session, keys: DataKeys, payout: Payout) -> BankAccount:
    if payout.payee_id is None:
        raise accounts.PayeeMissing(payout.id)
    return accounts.opened(db, keys, payout.payee_id)


def _originator(told: Mapping[str, str]) -> Originator:
    account = BankAccount(
        bank_code=told["bank_code"],
        bank_name=told["bank_name"],
        branch_code=told["branch_code"],
        branch_name=told["branch_name"],
        kind=AccountKind(told["kind"]),
        number=told["number"],
        holder=told["name"],
    )
    return Originator(told["code"], account)


def locked(db: Session, batch_id: str, *statuses: BatchStatus) -> PayoutBatch:
    """The list, held until the transaction ends. Raises BatchMissing, BatchElsewhere."""
    batch = db.exec(
        select(PayoutBatch)
        .where(PayoutBatch.id == batch_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if batch is None:
        raise BatchMissing(batch_id)
    if BatchStatus(batch.status) not in statuses:
        raise BatchElsewhere(batch_id, BatchStatus(batch.status))
    return batch


def _lines(db: Session, batch_id: str) -> Sequence[Payout]:
    return db.exec(
        select(Payout)
        .where(Payout.batch_id == batch_id)
        .order_by(col(Payout.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _count(batch: PayoutBatch, payouts: Sequence[Payout]) -> None:
    batch.count = len(payouts)
    batch.total = sum(each.amount for each in payouts)


def close(db: Session, batch: PayoutBatch, *, actor: Actor, now: datetime) -> None:
    """Done once the bank has answered every line."""
    waits = any(lines.is_open(each) for each in lines.of(db, batch.id).values())
    if waits or batch.status == BatchStatus.DONE.value:
        return
    batch.status = BatchStatus.DONE.value
    _note(db, batch, "done", (), actor=actor, now=now)


def need_payer(actor: Actor) -> None:
    """Raises PayerRefused."""
    if actor.role not in _PAYERS:
        raise PayerRefused(actor.role)


def _note(
    db: Session,
    batch: PayoutBatch,
    verb: str,
    payouts: Sequence[Payout],
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
    request: dict[str, str] | None = None,
) -> None:
    db.add(batch)
    db.flush()
    journal.record(
        db, f"payout_batch:{batch.id}", verb, actor=actor.name, at=now, key=key, request=request,
        result=_plain(_told(batch)), wrote=[batch, *payouts],
    )  # fmt: skip


def _plain(batch: Batch) -> dict[str, Any]:
    return {
        **asdict(batch), "transfer_on": batch.transfer_on.isoformat(), "status": batch.status.value
    }  # fmt: skip


def _as_answered(stored: Mapping[str, Any]) -> Batch:
    """What the first command was answered, wherever the list stands now (CMD-1)."""
    told = {
        "transfer_on": date.fromisoformat(stored["transfer_on"]),
        "status": BatchStatus(stored["status"]),
    }
    return Batch(**{**stored, **told})


def _told(batch: PayoutBatch) -> Batch:
    return Batch(
        batch.id,
        batch.number,
        batch.transfer_on,
        BatchStatus(batch.status),
        batch.count,
        batch.total,
    )
