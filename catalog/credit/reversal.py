"""Taking back what was given: a rescinded purchase, a chargeback (取消・戻入), and what the
customer then owes (未収金).

Only the lot it concerns is touched, never another one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.credit import rules
from catalog.credit.entries import EntryKind
from catalog.credit.posting import Posting, locked, locked_lot, need_text, need_yen
from catalog.credit.tables import Receivable
from catalog.ground import journal
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
    """The customer paid, or the shop gave up, so much of what is owed; what is owed after it.

    Raises ReceivableMissing, ReceivableLess, CreditMalformed.
    """
    need_yen(amount)
    need_text(reason=reason, key=key)
    request = {"verb": "settle", "receivable": receivable_id, "amount": amount, "reason": reason}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Yen(before["owed"])
    wanted = select(Receivable).where(Receivable.id == receivable_id)
    found = db.exec(wanted).first()
    if found is None:
        raise ReceivableMissing(receivable_id)
    posting = Posting(db, locked(db, found.account_id), key, now)
    row = db.exec(wanted.execution_options(populate_existing=True)).one()
    if amount > row.amount - row.settled:
        raise ReceivableLess(Yen(row.amount - row.settled), amount)
    row.settled += amount
    posting.note(row)
    owed = Yen(row.amount - row.settled)
    posting.close("credit_settled", by=by, request=request, result={"owed": owed})
    return owed
