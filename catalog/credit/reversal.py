"""Taking back what was given: a rescinded purchase, a chargeback (取消・戻入), and what the
customer then owes (未収金).

Only the lot it concerns is touched, never another one. What is owed ends when it is paid, or when
the shop asks for it no longer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.credit import rules
from catalog.credit.corrections import facts_of, need_approval, need_staff
from catalog.credit.entries import EntryKind
from catalog.credit.posting import Posting, locked_lot, need_text, need_yen
from catalog.credit.tables import Receivable
from catalog.credit.terms import CreditTerms
from catalog.duties.actors import Actor
from catalog.ground import journal, policy
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import new_id


class ReversalTooHigh(Refused):
    """More would be taken back than was given and not taken back yet. `rest`, `asked`: yen."""

    def __init__(self, rest: Yen, asked: Yen) -> None:
        super().__init__(f"{asked} asked back of {rest}")
        self.rest = rest
        self.asked = asked


class ReceivableMissing(Missing):
    """Nobody owes this."""


class ReceivableLess(Refused):
    """Less is owed than would be settled. `owed`, `told`: yen."""

    def __init__(self, owed: Yen, told: Yen) -> None:
        super().__init__(f"{told} told of {owed} owed")
        self.owed = owed
        self.told = told


@dataclass(frozen=True, slots=True)
class Reversed:
    """What was taken from the lot, and what the customer owes instead of the rest."""

    lot_id: str
    taken: Yen
    owed: Yen
    receivable_id: str | None

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Reversed":
        """From JSON."""
        return cls(**told)


def reverse(
    db: Session,
    lot_id: str,
    amount: Yen,
    *,
    document: str | None,
    reason: str,
    by: str,
    now: datetime,
    key: str,
) -> Reversed:
    """Take back what was given, from that lot alone; what was spent already becomes a receivable
    (CRD-9). Held yen count as spent.

    Raises LotMissing, ReversalTooHigh, CreditMalformed.
    """
    need_yen(amount)
    need_text(reason=reason, key=key)
    request = {
        "verb": "reverse", "lot": lot_id, "amount": amount, "document": document, "reason": reason,
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Reversed.read(before)
    account, lot = locked_lot(db, lot_id)
    posting = Posting(db, account, key, now, document=document, reason=reason)
    posting.sweep(lot)
    rest = Yen(lot.amount - lot.reversed - _receivables(db, lot_id))
    if amount > rest:
        raise ReversalTooHigh(rest, amount)
    told = rules.reverse_lot(
        issued=Yen(lot.amount), remaining=Yen(lot.remaining), reverse=amount
    )  # fmt: skip
    if told.taken:
        posting.post(lot, EntryKind.REVERSE, told.taken)
    receivable = None
    if told.receivable:
        receivable = Receivable(
            id=new_id(now),
            account_id=account.id,
            lot_id=lot.id,
            amount=told.receivable,
            document=document,
            written_at=now,
        )
        posting.note(receivable)
    result = Reversed(lot.id, told.taken, told.receivable, receivable.id if receivable else None)
    posting.close(
        "credit_reversed", by=by, request=request, result=asdict(result), tells="credit_reversed"
    )
    return result


def _receivables(db: Session, lot_id: str) -> int:
    total = select(func.coalesce(func.sum(col(Receivable.amount)), 0))
    return int(db.exec(total.where(Receivable.lot_id == lot_id)).one())


def settle(
    db: Session,
    receivable_id: str,
    amount: Yen,
    *,
    reason: str,
    by: str,
    now: datetime,
    key: str,
) -> Yen:
    """The customer paid so much of what is owed, and is told; what is owed after it. `reason`: how
    it was paid, kept in the statement.

    Raises ReceivableMissing, ReceivableLess, CreditMalformed.
    """
    need_yen(amount)
    need_text(reason=reason, key=key)
    request = {"verb": "settle", "receivable": receivable_id, "amount": amount, "reason": reason}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Yen(before["owed"])
    posting, row, owed = _less(db, receivable_id, amount, reason=reason, now=now, key=key)
    posting.close(
        "credit_settled", by=by, request=request, tells="credit_settled",
        result={"receivable_id": row.id, "amount": amount, "owed": owed},
    )  # fmt: skip
    return owed


def forgive(
    db: Session,
    receivable_id: str,
    amount: Yen,
    *,
    reason: str,
    actor: Actor,
    approved_by: Actor | None = None,
    now: datetime,
    key: str,
) -> Yen:
    """The shop asks for so much of what is owed no longer, and tells the customer; what is owed
    after it. Above the shop's limit a manager or owner who is another person approves (R-115).

    Raises StaffOnly, ApprovalWanted, ReceivableMissing, ReceivableLess, CreditMalformed.
    """
    need_yen(amount)
    need_text(reason=reason, key=key)
    need_staff(actor)
    request = {"verb": "forgive", "receivable": receivable_id, "amount": amount, "reason": reason}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Yen(before["owed"])
    need_approval(policy.current(db).of(CreditTerms).approval_above, amount, actor, approved_by)
    posting, row, owed = _less(db, receivable_id, amount, reason=reason, now=now, key=key)
    posting.close(
        "credit_forgiven", by=actor.name, request=request, tells="credit_forgiven",
        result={"receivable_id": row.id, "amount": amount, "owed": owed},
        facts=facts_of(actor, approved_by),
    )  # fmt: skip
    return owed


def _less(
    db: Session, receivable_id: str, amount: Yen, *, reason: str, now: datetime, key: str
) -> tuple[Posting, Receivable, Yen]:
    """So much less is owed, with a line of no yen in the statement that tells why."""
    wanted = select(Receivable).where(Receivable.id == receivable_id)
    found = db.exec(wanted).first()
    if found is None:
        raise ReceivableMissing(receivable_id)
    account, lot = locked_lot(db, found.lot_id)
    row = db.exec(wanted.execution_options(populate_existing=True)).one()
    if amount > row.amount - row.settled:
        raise ReceivableLess(Yen(row.amount - row.settled), amount)
    row.settled += amount
    posting = Posting(db, account, key, now, document=row.document, reason=reason)
    posting.post(lot, EntryKind.ADJUST, Yen(0))
    posting.note(row)
    return posting, row, Yen(row.amount - row.settled)
