"""Lists for the bank: made by one person, released by another, written as the bank's file
(総合振込).

`prepare` takes what is due and can be paid; the rest becomes tasks. The file may be asked for
again: it is the same bytes. Not here: the bank's answer, which brings cases on (`paying`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from catalog.buyback.payouts import accounts, queries, zengin
from catalog.buyback.payouts.rules import BatchStatus, PayoutStatus, is_one_hand
from catalog.buyback.payouts.tables import Payout, PayoutBatch
from catalog.buyback.payouts.zengin import AccountKind, BankAccount, Originator, Transfer
from catalog.buyback.terms import PayTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.sealing import DataKeys
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import is_bank_day
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
    """No payout is due by that day that could be paid."""


class ListChanged(Stale):
    """Another list was made at the same time; look again at what is due."""


class NoBankDay(Refused):
    """Banks do not transfer on that day. `on`."""

    def __init__(self, on: date) -> None:
        super().__init__(f"{on} is no bank day")
        self.on = on


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


def prepare(db: Session, *, on: date, actor: Actor, now: datetime, key: str) -> Batch:
    """Make the list of what is due by that bank day. What cannot be paid becomes a task and stays
    out (KOB-1, QUO-8). Raises PayerRefused, NoBankDay, NothingDue, ListChanged.
    """
    request = {"verb": "payouts.prepare", "on": on.isoformat()}
    if (before := journal.stored_result(db, key, request)) is not None:
        return _as_answered(before)
    _need_payer(actor)
    if not is_bank_day(on):
        raise NoBankDay(on)
    payable = [each for each in queries.due(db, on) if _is_free(db, each, now=now)]
    if not payable:
        raise NothingDue(on.isoformat())
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
    worklist.task(
        db, "payout_blocked", f"payout:{payout.id}", due_at=now, now=now,
        once=f"{block.value}:{now.date()}", facts={"about": payout.about, "block": block.value},
    )  # fmt: skip
    return False


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
    """A second person lets the list go (four eyes). Payouts that cannot be paid any more stay out.

    Raises BatchMissing, BatchElsewhere, PayerRefused, FourEyes.
    """
    request = {"verb": "payouts.release", "batch": batch_id}
    if (before := journal.stored_result(db, key, request)) is not None:
        return _as_answered(before)
    _need_payer(actor)
    batch = locked(db, batch_id, BatchStatus.MADE)
    if policy.current(db).of(PayTerms).four_eyes and batch.made_by == actor.name:
        raise FourEyes(actor.name, "made this list")
    released = []
    for payout in _lines(db, batch_id):
        if is_one_hand(payout.hands, actor.name):
            raise FourEyes(actor.name, f"appraised and approved {payout.about}")
        if payout.status != PayoutStatus.PLANNED.value or not _is_free(db, payout, now=now):
            payout.batch_id, payout.line = None, None
        else:
            payout.status = PayoutStatus.RELEASED.value
            released.append(payout)
        db.add(payout)
    batch.status = BatchStatus.RELEASED.value
    batch.released_by, batch.released_at = actor.name, now
    _count(batch, released)
    _note(db, batch, "released", released, actor=actor, now=now, key=key, request=request)
    return _told(batch)


def write_file(db: Session, keys: DataKeys, batch_id: str, *, actor: Actor, now: datetime) -> bytes:
    """The bank's file; the first time its payouts count as sent, until the bank answers it is the
    same bytes. What cannot be paid any more falls out and is planned anew.

    Raises BatchMissing, BatchElsewhere, PayerRefused, OriginatorMissing, NothingDue.
    """
    _need_payer(actor)
    terms = policy.current(db).of(PayTerms)
    if terms.originator is None:
        raise OriginatorMissing("pay.originator is not set")
    batch = locked(db, batch_id, BatchStatus.RELEASED, BatchStatus.SENT)
    if batch.status == BatchStatus.RELEASED.value:
        _send(db, batch, actor=actor, now=now)
    transfers = [
        Transfer(line=each.line or 0, account=_account(db, keys, each), amount=each.amount)
        for each in queries.of_batch(db, batch_id)
        if each.status == PayoutStatus.SENT.value
    ]
    if len(transfers) != batch.count:  # the bank has begun to answer
        raise BatchElsewhere(batch_id, BatchStatus(batch.status))
    return zengin.transfer_file(_originator(terms.originator), batch.transfer_on, transfers)


def _send(db: Session, batch: PayoutBatch, *, actor: Actor, now: datetime) -> None:
    lines = [each for each in _lines(db, batch.id) if each.status == PayoutStatus.RELEASED.value]
    sent = []
    for payout in lines:
        payee = queries.payee_of(db, payout)
        if _is_free(db, payout, now=now) and payee is not None:
            payout.payee_id, payout.status = payee.id, PayoutStatus.SENT.value
            sent.append(payout)
        else:
            payout.batch_id, payout.line = None, None
            payout.status = PayoutStatus.PLANNED.value
        db.add(payout)
    if not sent:
        raise NothingDue(batch.id)
    batch.status, batch.sent_at = BatchStatus.SENT.value, now
    _count(batch, sent)
    _note(db, batch, "sent", lines, actor=actor, now=now)


def _account(db: Session, keys: DataKeys, payout: Payout) -> BankAccount:
    if payout.payee_id is None:
        raise accounts.PayeeMissing(payout.id)
    return accounts.opened(db, keys, payout.payee_id)


def _originator(told: object) -> Originator:
    assert isinstance(told, dict)
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
    waiting = [
        each for each in queries.of_batch(db, batch.id) if each.status == PayoutStatus.SENT.value
    ]
    if waiting or batch.status == BatchStatus.DONE.value:
        return
    batch.status = BatchStatus.DONE.value
    _note(db, batch, "done", (), actor=actor, now=now)


def _need_payer(actor: Actor) -> None:
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
