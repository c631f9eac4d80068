"""Verbs on single payouts: plan, cancel, end well or badly, plan again (送金).

A payout is paid once: each step is one conditional statement on its status, and one document has
one payout that was not cancelled. Not here: the lists for the bank (`batches`), and what a case or
contract does when it is paid; those live above.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.buyback import books
from catalog.buyback.books import Account
from catalog.buyback.payouts.queries import late
from catalog.buyback.payouts.rules import (
    NOT_SENT,
    OPEN,
    PayoutStatus,
    before,
    may_have_left,
)
from catalog.buyback.payouts.tables import Payout
from catalog.buyback.terms import PayTerms
from catalog.duties.rules import Means
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import TOKYO, tokyo_day
from catalog.ground.errors import Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import Row, new_id

# What staff are asked to do while it is to be paid; done once it is, or need not be.
_BRINGS_ON = ("payout_failed", "payout_late", "payout_blocked")


class PayoutMissing(Missing):
    """There is no such payout."""


class PayoutElsewhere(Refused):
    """The payout stands where this step does not begin. `status`: where it stands."""

    def __init__(self, payout_id: str, status: PayoutStatus, wanted: PayoutStatus) -> None:
        super().__init__(f"payout {payout_id} is {status.value}, it cannot become {wanted.value}")
        self.payout_id = payout_id
        self.status = status
        self.wanted = wanted


class AlreadyPlanned(Refused):
    """The document has a payout. `payout_id`."""

    def __init__(self, document: str, payout_id: str) -> None:
        super().__init__(f"{document} is paid by {payout_id}")
        self.document = document
        self.payout_id = payout_id


@dataclass(frozen=True, slots=True)
class Payment:
    """What is to be paid. `about`: `case:…`, `contract:…` or `account:…`; `document`: what
    it settles, once.

    `identity_id`: what `require_identity` answered; None only where it asked for none. `hands`:
    the names of who appraised and approved, so that not one person does all.
    """

    about: str
    document: str
    customer_id: str
    amount: Yen
    due_on: date
    identity_id: str | None
    means: Means = Means.BANK
    hands: Sequence[str] = ()


def plan(db: Session, payment: Payment, *, by: str, now: datetime) -> Payout:
    """Owe it on that day; what is owed moves to the payout (PAY-1, R-080). Raises AlreadyPlanned.

    The caller has asked `require_identity`, and holds the lock of the case or contract.
    """
    planned = db.exec(
        select(Payout.id).where(
            Payout.document == payment.document,
            Payout.status != PayoutStatus.CANCELLED.value,
        )
    ).first()
    if planned is not None:
        raise AlreadyPlanned(payment.document, planned)
    payout = Payout(
        id=new_id(now),
        about=payment.about,
        document=payment.document,
        customer_id=payment.customer_id,
        means=payment.means.value,
        amount=payment.amount,
        due_on=payment.due_on,
        status=PayoutStatus.PLANNED.value,
        hands=sorted({*payment.hands}),
        identity_id=payment.identity_id,
        is_exempt=payment.identity_id is None,
        planned_by=by,
        planned_at=now,
    )
    db.add(payout)
    db.flush()
    sides = [(Account.OWED, payment.amount), (Account.PAYOUT, -payment.amount)]
    _note(db, payout, "planned", sides, by=by, now=now)
    return payout


def cancel(db: Session, payout_id: str, *, why: str, by: str, now: datetime) -> Payout:
    """It is not paid after all; what it held is owed again. Raises PayoutMissing, PayoutElsewhere
    when the money has left.
    """
    payout = _moved(db, payout_id, PayoutStatus.CANCELLED, ended_at=now, batch_id=None, line=None)
    sides = [(Account.PAYOUT, payout.amount), (Account.OWED, -payout.amount)]
    _note(db, payout, "cancelled", sides, by=by, now=now, why=why)
    _done_with(db, payout, now=now)
    return payout


def sent_after_all(
    db: Session, payout_id: str, *, place: tuple[str, int], by: str, now: datetime
) -> Payout:
    """What was called off had left with that list and line, as the bank says now: it is owed by
    this payout again. Raises PayoutMissing, PayoutElsewhere.

    The document has no other that was not cancelled; the caller has seen to it.
    """
    payout = _moved(
        db, payout_id, PayoutStatus.SENT, begins={PayoutStatus.CANCELLED}, ended_at=None,
        batch_id=place[0], line=place[1],
    )  # fmt: skip
    sides = [(Account.OWED, payout.amount), (Account.PAYOUT, -payout.amount)]
    _note(db, payout, "sent_after_all", sides, by=by, now=now)
    return payout


def came_back(
    db: Session,
    payout_id: str,
    *,
    place: tuple[str, int],
    why: str,
    by: str,
    now: datetime,
    command: Command,
) -> Payout:
    """What the bank had paid with that list and line is with the shop again (組戻): it is still
    owed. Raises PayoutMissing, PayoutElsewhere, also when it was paid with another.
    """
    payout = locked(db, payout_id)
    if (payout.batch_id, payout.line) != place:
        raise PayoutElsewhere(payout_id, PayoutStatus(payout.status), PayoutStatus.FAILED)
    payout = _moved(
        db, payout_id, PayoutStatus.FAILED, begins={PayoutStatus.PAID}, within=place[0],
        failure=why, ended_at=None, paid_by=None, bank_ref=None,
    )  # fmt: skip
    sides = [(Account.BANK, payout.amount), (Account.PAYOUT, -payout.amount)]
    _note(db, payout, "came_back", sides, by=by, now=now, command=command, why=why)
    _tell_failed(db, payout, why, once=f"{place[0]}:{place[1]}:{payout.attempts}", now=now)
    return payout


def paid(
    db: Session,
    payout_id: str,
    *,
    reference: str | None,
    by: str,
    now: datetime,
    place: tuple[str, int] | None = None,
    command: Command | None = None,
) -> Payout:
    """The money has left for good: in cash what was planned; by the bank what was sent to it.
    `place`: the list and line the bank speaks of. What it had called failed there, and was not sent
    again since, has left after all. Raises PayoutMissing, PayoutElsewhere.
    """
    payout = locked(db, payout_id)
    begins: set[PayoutStatus] = set()
    where: dict[str, Any] = {}
    if place is not None:
        is_here = payout.batch_id == place[0]
        begins = {each for each in OPEN if may_have_left(each, is_here=is_here)}
        where = {"batch_id": place[0], "line": place[1]}
    elif payout.means == Means.CASH.value:
        begins = {PayoutStatus.PLANNED}
    payout = _moved(
        db, payout_id, PayoutStatus.PAID, begins=begins, ended_at=now, paid_by=by,
        bank_ref=reference, failure=None, **where,
    )  # fmt: skip
    gone = Account.CASH if payout.means == Means.CASH.value else Account.BANK
    sides = [(Account.PAYOUT, payout.amount), (gone, -payout.amount)]
    _note(db, payout, "paid", sides, by=by, now=now, command=command)
    _done_with(db, payout, now=now)
    return payout


def _done_with(db: Session, payout: Payout, *, now: datetime) -> None:
    """Nobody has to bring it on any more."""
    worklist.close_tasks(db, f"payout:{payout.id}", *_BRINGS_ON, now=now)


def failed(
    db: Session, payout_id: str, *, batch_id: str, why: str, by: str, now: datetime
) -> Payout:
    """The bank sent back what stood in that list; staff look at it, and it is planned again once
    that is mended. Raises PayoutMissing, PayoutElsewhere.
    """
    payout = _moved(
        db, payout_id, PayoutStatus.FAILED, begins={PayoutStatus.SENT}, within=batch_id,
        failure=why,
    )  # fmt: skip
    _note(db, payout, "failed", [], by=by, now=now, why=why)
    _tell_failed(db, payout, why, once=str(payout.attempts), now=now)
    return payout


def _tell_failed(db: Session, payout: Payout, why: str, *, once: str, now: datetime) -> None:
    worklist.task(
        db, "payout_failed", f"payout:{payout.id}", due_at=now, now=now, once=once,
        facts={"about": payout.about, "why": why},
    )  # fmt: skip


def plan_again(
    db: Session,
    payout_id: str,
    *,
    due_on: date,
    by: str,
    now: datetime,
    command: Command | None = None,
) -> Payout:
    """What failed goes into a later list. Raises PayoutMissing, PayoutElsewhere."""
    payout = _moved_back(db, payout_id, PayoutStatus.FAILED, due_on=due_on)
    _note(db, payout, "planned_again", [], by=by, now=now, command=command)
    worklist.close_tasks(db, f"payout:{payout.id}", "payout_failed", "payout_late", now=now)
    return payout


def rest_on(db: Session, payout_id: str, identity_id: str, *, by: str, now: datetime) -> bool:
    """It rests on another check of the same person from now on; False when it has left meanwhile.

    The caller has asked that the check serves, and holds the lock of the case or contract.
    """
    before_that = locked(db, payout_id)
    if PayoutStatus(before_that.status) not in NOT_SENT:
        return False
    earlier, before_that.identity_id = before_that.identity_id, identity_id
    db.add(before_that)
    db.flush()
    _note(db, before_that, "rests_on", [], by=by, now=now, identity=identity_id, earlier=earlier)
    return True


def not_sent(db: Session, payout_id: str, *, batch_id: str, by: str, now: datetime) -> Payout:
    """The bank took nothing of that list's file: it is due as before. Raises PayoutMissing,
    PayoutElsewhere.
    """
    payout = _moved_back(db, payout_id, PayoutStatus.SENT, within=batch_id)
    _note(db, payout, "planned_again", [], by=by, now=now)
    return payout


def _moved_back(db: Session, payout_id: str, begins: PayoutStatus, **columns: Any) -> Payout:
    attempts = locked(db, payout_id).attempts + 1
    return _moved(
        db, payout_id, PayoutStatus.PLANNED, begins={begins}, batch_id=None, line=None,
        failure=None, attempts=attempts, **columns,
    )  # fmt: skip


def locked(db: Session, payout_id: str) -> Payout:
    """The payout, held until the transaction ends. Raises PayoutMissing."""
    payout = db.exec(
        select(Payout)
        .where(Payout.id == payout_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if payout is None:
        raise PayoutMissing(payout_id)
    return payout


def _moved(
    db: Session,
    payout_id: str,
    to: PayoutStatus,
    *,
    begins: Collection[PayoutStatus] | None = None,
    within: str | None = None,
    **columns: Any,
) -> Payout:
    """`within`: the list it must stand in."""
    allowed = before(to) if begins is None else begins
    change = update(Payout).where(
        col(Payout.id) == payout_id,
        col(Payout.status).in_([each.value for each in allowed]),
    )
    if within is not None:
        change = change.where(col(Payout.batch_id) == within)
    changed = db.connection().execute(change.values(status=to.value, **columns))
    payout = locked(db, payout_id)
    if not changed.rowcount:
        raise PayoutElsewhere(payout_id, PayoutStatus(payout.status), to)
    return payout


def _note(
    db: Session,
    payout: Payout,
    verb: str,
    sides: Sequence[tuple[Account, int]],
    *,
    by: str,
    now: datetime,
    command: Command | None = None,
    **facts: Any,
) -> None:
    postings = books.post(db, payout.about, sides, document=f"payout:{payout.id}", now=now)
    wrote: list[Row] = [payout, *postings]
    journal.record(
        db, f"payout:{payout.id}", verb, actor=by, at=now,
        facts={"about": payout.about, **facts}, wrote=wrote,
        key=command.key if command else None,
        request=command.request if command else None,
        result={"payout": payout.id} if command else None,
    )  # fmt: skip


def tell_late(db: Session, at: datetime) -> None:
    """Slot `payouts-late`: from the alarm hour of its day a payout that is not paid is a task for
    the staff, once a day (R-051).
    """
    terms = policy.current(db).of(PayTerms)
    local = at.astimezone(TOKYO)
    if local.time() < terms.alarm:
        return
    today = tokyo_day(at)
    for payout in late(db, today):
        payout.late_told_on = today
        db.add(payout)
        worklist.task(
            db, "payout_late", f"payout:{payout.id}", due_at=at, now=at, once=today.isoformat(),
            facts={"about": payout.about, "due_on": payout.due_on.isoformat()},
        )  # fmt: skip
    db.flush()


def is_open(payout: Payout) -> bool:
    """Whether it is still to be paid."""
    return PayoutStatus(payout.status) in OPEN
