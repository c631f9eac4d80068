"""What staff may change by hand, each with a reason, a journal row and word to the customer
(調整・お詫び・延長).

Paid credit is never prolonged and credit that is over is never brought back: honouring it would
make all of it regulated (PRE-2). Goodwill is a new free lot instead. Not here: the one procedure by
which paid credit is paid out (`giving_up`).
"""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from catalog.credit import rules
from catalog.credit.actions import Issued, give, issued_of
from catalog.credit.entries import EntryKind
from catalog.credit.posting import (
    Posting,
    locked_lot,
    need_text,
    need_yen,
    opened,
)
from catalog.credit.terms import CreditTerms, Origin
from catalog.duties.actors import Actor, Role
from catalog.ground import journal, policy
from catalog.ground.errors import Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId

APPROVERS = frozenset({Role.MANAGER, Role.OWNER})


class StaffOnly(Refused):
    """Only people of the shop may do this, and some things only a manager. `role`."""

    def __init__(self, role: Role) -> None:
        super().__init__(f"not for {role.value}")
        self.role = role


class ApprovalWanted(Refused):
    """A second person, manager or owner, has to agree above this amount. `limit`: yen."""

    def __init__(self, limit: Yen) -> None:
        super().__init__(f"above {limit} yen a manager has to approve")
        self.limit = limit


class ExtensionRefused(Refused):
    """The lot is paid for, or over, or the new last day is no later: give goodwill instead."""


class LotShort(Refused):
    """Less remains of the lot than would be taken. `wanted`, `left`: yen."""

    def __init__(self, wanted: Yen, left: Yen) -> None:
        super().__init__(f"{wanted} wanted, {left} left in the lot")
        self.wanted = wanted
        self.left = left


def need_staff(actor: Actor) -> None:
    """Raises StaffOnly."""
    if not actor.is_staff:
        raise StaffOnly(actor.role)


def need_approval(limit: int, amount: Yen, actor: Actor, approved_by: Actor | None) -> None:
    """Above the limit two people: who gives, and a manager or owner who is another (R-115). Raises
    ApprovalWanted.
    """
    if amount <= limit:
        return
    if approved_by is None or approved_by.id == actor.id or approved_by.role not in APPROVERS:
        raise ApprovalWanted(Yen(limit))


def facts_of(actor: Actor, approved_by: Actor | None) -> dict[str, Any]:
    """What the journal keeps of who did it."""
    # The reason is free text: it stays in the entry, for a journal cannot forget.
    return {"role": actor.role.value, "approved_by": approved_by.name if approved_by else None}


def goodwill(
    db: Session,
    customer: CustomerId,
    amount: Yen,
    *,
    reason: str,
    document: str | None = None,
    channel: str,
    actor: Actor,
    approved_by: Actor | None = None,
    now: datetime,
    key: str,
) -> Issued:
    """Give a free lot for a reason, also in place of credit that is over (R-115, PRE-2).

    Above the shop's limit a manager or owner who is another person has to approve. Raises
    StaffOnly, ApprovalWanted, AccountMissing, CreditMalformed.
    """
    need_yen(amount)
    need_text(reason=reason, channel=channel, key=key)
    need_staff(actor)
    request = {
        "verb": "goodwill", "customer": customer, "amount": amount, "reason": reason,
        "document": document, "channel": channel,
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Issued.read(before)
    now_policy = policy.current(db)
    terms = now_policy.of(CreditTerms)
    need_approval(terms.approval_above, amount, actor, approved_by)
    account, is_new = opened(db, customer, now)
    posting = Posting(db, account, key, now, document=document, reason=reason)
    if is_new:
        posting.note(account)
    lot = give(
        posting, Origin.GOODWILL, amount, rules.lot_expiry(terms, Origin.GOODWILL, now),
        channel=channel, policy_version=now_policy.version,
    )  # fmt: skip
    issued = issued_of(lot)
    posting.close(
        "credit_goodwill", by=actor.name, request=request, result=issued.told(),
        facts=facts_of(actor, approved_by), tells="credit_goodwill",
    )  # fmt: skip
    return issued


def extend(
    db: Session,
    lot_id: str,
    until: date,
    *,
    reason: str,
    actor: Actor,
    approved_by: Actor | None = None,
    now: datetime,
    key: str,
) -> Issued:
    """Give a living free lot a later last day (R-115). Never a paid one, never one that is over
    (PRE-2).

    Raises ExtensionRefused, StaffOnly, ApprovalWanted, LotMissing, CreditMalformed.
    """
    need_text(reason=reason, key=key)
    need_staff(actor)
    request = {"verb": "extend", "lot": lot_id, "until": until.isoformat(), "reason": reason}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Issued.read(before)
    account, lot = locked_lot(db, lot_id)
    if lot.is_paid or not rules.is_alive(lot.expires_on, now):
        raise ExtensionRefused(f"lot {lot_id} is paid for or over")
    if lot.expires_on is None or until <= lot.expires_on:
        raise ExtensionRefused(f"lot {lot_id} lives as long already")
    terms = policy.at(db, lot.policy_version).of(CreditTerms)
    need_approval(terms.approval_above, Yen(lot.remaining), actor, approved_by)
    posting = Posting(db, account, key, now, document=lot.document, reason=reason)
    lot.expires_on = until
    posting.post(lot, EntryKind.ADJUST, Yen(0))
    issued = issued_of(lot)
    posting.close(
        "credit_extended", by=actor.name, request=request, result=issued.told(),
        facts=facts_of(actor, approved_by), tells="credit_extended",
    )  # fmt: skip
    return issued


def adjust(
    db: Session,
    lot_id: str,
    amount: Yen,
    *,
    reason: str,
    actor: Actor,
    approved_by: Actor | None = None,
    now: datetime,
    key: str,
) -> Yen:
    """Take a mistake out of one lot, as far as it is still there; what remains of the lot (R-115).
    Raises LotShort, StaffOnly, ApprovalWanted, LotMissing, CreditMalformed.
    """
    need_yen(amount)
    need_text(reason=reason, key=key)
    need_staff(actor)
    request = {"verb": "adjust", "lot": lot_id, "amount": amount, "reason": reason}
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Yen(before["left"])
    account, lot = locked_lot(db, lot_id)
    terms = policy.at(db, lot.policy_version).of(CreditTerms)
    need_approval(terms.approval_above, amount, actor, approved_by)
    posting = Posting(db, account, key, now, document=lot.document, reason=reason)
    posting.sweep(lot)
    if amount > lot.remaining:
        raise LotShort(amount, Yen(lot.remaining))
    posting.post(lot, EntryKind.ADJUST, amount)
    posting.close(
        "credit_adjusted", by=actor.name, request=request, tells="credit_adjusted",
        result={"lot_id": lot.id, "amount": amount, "left": lot.remaining},
        facts=facts_of(actor, approved_by),
    )  # fmt: skip
    return Yen(lot.remaining)
