"""The shop gives credit up (クレジットの廃止): a customer's paid credit ends, what they owe is set
off against it, and the rest is theirs in money. The only way from paid credit to money (CRD-13).

Not here: who asks for it and agrees to it (`asking`), and the payment itself (buyback
`credit_payouts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.credit import consents, rules
from catalog.credit.corrections import APPROVERS, ApprovalWanted, StaffOnly, facts_of
from catalog.credit.entries import EntryKind
from catalog.credit.posting import CreditMalformed, Posting, locked_of, need_text, settled_lots
from catalog.credit.tables import CreditLot, Receivable
from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.errors import Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId


class FiguresMoved(Refused):
    """Since the customer was told, the credit or what they owe became another. `to_pay`, `offset`:
    yen as they are now.
    """

    def __init__(self, to_pay: Yen, offset: Yen) -> None:
        super().__init__(f"{to_pay} to pay and {offset} set off by now")
        self.to_pay = to_pay
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Discontinued:
    """What a customer is paid for credit the shop gives up, what they owed of which that was set
    off, and from which lots.
    """

    account_id: str
    to_pay: Yen
    offset: Yen
    lots: tuple[str, ...]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Discontinued":
        """From JSON."""
        amounts = Yen(told["to_pay"]), Yen(told.get("offset", 0))
        return cls(told["account_id"], *amounts, tuple(told["lots"]))


def discontinue(
    db: Session,
    customer: CustomerId,
    *,
    consent_id: str,
    reason: str,
    actor: Actor,
    approved_by: Actor,
    now: datetime,
    key: str,
    shown: tuple[Yen, Yen] | None = None,
) -> Discontinued:
    """The living paid lots of a customer end; what they owe is settled out of them, the oldest
    first (CRD-9, CRD-13). The rest is for the caller to plan as a payment. `shown`: what the
    customer was told to be paid and set off, where they agreed to that.

    By a manager or owner with another person's approval and the customer's stored consent to it.
    Raises StaffOnly, ApprovalWanted, ConsentMissing, AccountMissing, CreditMalformed, FiguresMoved.
    """
    need_text(reason=reason, key=key)
    if actor.role not in APPROVERS:
        raise StaffOnly(actor.role)
    if not approved_by.is_staff or approved_by.id == actor.id:
        raise ApprovalWanted(Yen(0))
    request = {"verb": "discontinue", "customer": customer, "consent": consent_id, "reason": reason}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Discontinued.read(before)
    consents.need(db, customer, consent_id, consents.DISCONTINUANCE)
    posting = Posting(db, locked_of(db, customer), key, now, reason=reason)
    ending = [lot for lot in settled_lots(posting).values() if _is_owed(lot, now)]
    paid = Yen(sum(lot.remaining for lot in ending))
    if not paid:
        raise CreditMalformed("there is no paid credit to give up")
    debts = _debts(db, posting.account.id)
    offset = _offset(paid, debts)
    if shown is not None and shown != (paid - offset, offset):
        raise FiguresMoved(Yen(paid - offset), offset)
    for lot in ending:
        posting.post(lot, EntryKind.ADJUST, Yen(lot.remaining))
    _set_off(posting, debts, offset)
    told = Discontinued(
        posting.account.id, Yen(paid - offset), offset, tuple(lot.id for lot in ending)
    )
    posting.close(
        "credit_discontinued", by=actor.name, request=request,
        result={**asdict(told), "lots": list(told.lots)},
        facts={**facts_of(actor, approved_by), "consent": consent_id},
        tells="credit_discontinued",
    )  # fmt: skip
    return told


def figures(paid: Yen, debts: Sequence[Receivable]) -> tuple[Yen, Yen]:
    """Of so much paid credit: what would be paid, and what would be set off."""
    offset = _offset(paid, debts)
    return Yen(paid - offset), offset


def _offset(paid: Yen, debts: Sequence[Receivable]) -> Yen:
    return Yen(min(paid, sum(each.amount - each.settled for each in debts)))


def _debts(db: Session, account_id: str) -> Sequence[Receivable]:
    """What the account still owes, the oldest first; the account is locked."""
    return db.exec(
        select(Receivable)
        .where(Receivable.account_id == account_id, col(Receivable.settled) < Receivable.amount)
        .order_by(col(Receivable.id))
        .execution_options(populate_existing=True)
    ).all()


def _set_off(posting: Posting, debts: Sequence[Receivable], offset: Yen) -> None:
    """That much of the debts is settled, the oldest first."""
    left = int(offset)
    for debt in debts:
        part = min(left, debt.amount - debt.settled)
        if part:
            debt.settled += part
            posting.note(debt)
            left -= part


def _is_owed(lot: CreditLot, now: datetime) -> bool:
    return lot.is_paid and lot.remaining > 0 and rules.is_alive(lot.expires_on, now)
