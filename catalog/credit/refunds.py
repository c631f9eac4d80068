"""Bringing back what was spent, when an order is refunded (払戻し・返品によるクレジット復元).

What an order was paid with is read from the holds captured under its document and from the refunds
made before, so that nothing can come back twice. Not here: the other tender's part of a refund; its
amount is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.credit import rules
from catalog.credit.entries import EntryKind
from catalog.credit.posting import (
    CreditMalformed,
    Posting,
    locked,
    locked_lots,
    need_text,
    need_yen,
    parts_of,
)
from catalog.credit.tables import CreditHold, CreditLot, CreditRefund, HoldState
from catalog.credit.terms import CreditTerms
from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import new_id


@dataclass(frozen=True, slots=True)
class Back:
    """Credit that came back. `is_new`: its own lot was over, so `lot_id` is a new one."""

    lot_id: str
    amount: Yen
    expires_on: date | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class Refunded:
    """One refund by its parts; `to_other` goes back by the other tender."""

    to_credit: Yen
    to_other: Yen
    lots: tuple[Back, ...]

    def told(self) -> dict[str, Any]:
        """As JSON."""
        lots = [
            {**asdict(lot), "expires_on": lot.expires_on.isoformat() if lot.expires_on else None}
            for lot in self.lots
        ]
        return {"to_credit": self.to_credit, "to_other": self.to_other, "lots": lots}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Refunded":
        """From JSON."""
        lots = [
            Back(**{**lot, "expires_on": date.fromisoformat(last) if last else None})
            for lot in told["lots"]
            for last in [lot["expires_on"]]
        ]
        return cls(Yen(told["to_credit"]), Yen(told["to_other"]), tuple(lots))


@dataclass(slots=True)
class _Order:
    """What an order took from credit, and what came back since."""

    account_id: str
    policy_version: int
    consumed: list[tuple[str, Yen]]
    before: list[CreditRefund]


def refund(
    db: Session,
    document: str,
    amount: Yen,
    *,
    other_paid: Yen,
    by: str,
    now: datetime,
    key: str,
) -> Refunded:
    """Refund part of an order: the credit part goes back to the lots it came from, in reverse order
    and with their own last days; where a lot is over, as a new one of the same origin that keeps
    the first issue (CRD-8, PRE-2).

    `document` is what the credit was captured under, `other_paid` what the other tender paid of the
    whole order. An order without credit gives everything to the other tender, and nothing is
    written. Raises RefundTooHigh, CreditMalformed.
    """
    need_yen(amount)
    need_text(document=document, key=key)
    if isinstance(other_paid, bool) or not isinstance(other_paid, int) or other_paid < 0:
        raise CreditMalformed(f"{other_paid!r} is not an amount of yen")
    request = {
        "verb": "refund", "document": document, "amount": amount, "other_paid": other_paid,
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return Refunded.read(before)
    order = _order(db, document)
    if order is None:
        if amount > other_paid:
            raise rules.RefundTooHigh(other_paid, amount)
        return Refunded(Yen(0), amount, ())
    posting = Posting(db, locked(db, order.account_id), key, now, document=document)
    order = _order(db, document) or order
    if any(each.other_paid != other_paid for each in order.before):
        raise CreditMalformed(f"{document}: the other tender paid something else before")
    step, lots = _step(posting, order, amount, other_paid)
    backs = [_bring_back(posting, lots[each.lot], each) for each in step.restored]
    refunded = Refunded(step.to_credit, step.to_other, tuple(backs))
    posting.note(
        CreditRefund(
            id=new_id(now),
            account_id=order.account_id,
            document=document,
            number=len(order.before) + 1,
            amount=amount,
            to_credit=step.to_credit,
            to_other=step.to_other,
            other_paid=other_paid,
            refunded_on=tokyo_day(now),
            refunded_at=now,
        )
    )
    posting.close(
        "credit_refunded", by=by, request=request, result=refunded.told(),
        facts={"document": document}, tells="credit_returned" if backs else None,
    )  # fmt: skip
    return refunded


def _order(db: Session, document: str) -> _Order | None:
    holds = db.exec(
        select(CreditHold)
        .where(CreditHold.document == document, CreditHold.state == HoldState.CAPTURED.value)
        .order_by(col(CreditHold.ended_at), col(CreditHold.id))
    ).all()
    if not holds:
        return None
    if len({hold.account_id for hold in holds}) > 1:
        raise CreditMalformed(f"{document} was paid from two accounts")
    parts = parts_of(db, [hold.id for hold in holds])
    consumed = [
        (part.lot_id, Yen(part.amount)) for hold in holds for part in parts[hold.id]
    ]  # fmt: skip
    before = db.exec(
        select(CreditRefund)
        .where(CreditRefund.document == document)
        .order_by(col(CreditRefund.number))
    ).all()
    return _Order(holds[0].account_id, holds[0].policy_version, consumed, list(before))


def _step(
    posting: Posting, order: _Order, amount: Yen, other_paid: Yen
) -> tuple[rules.RefundStep, Mapping[str, CreditLot]]:
    lots = locked_lots(posting.db, posting.account.id, {lot for lot, _ in order.consumed})
    refunds: Sequence[tuple[Yen, date]] = [
        *((Yen(each.amount), each.refunded_on) for each in order.before),
        (amount, tokyo_day(posting.now)),
    ]
    terms = policy.at(posting.db, order.policy_version).of(CreditTerms)
    last_days = {lot: lots[lot].expires_on for lot, _ in order.consumed}
    plan = rules.refund_plan(terms, order.consumed, other_paid, refunds, last_days)
    return plan[-1], lots


def _bring_back(posting: Posting, lot: CreditLot, back: rules.Restored) -> Back:
    if not back.is_new:
        posting.post(lot, EntryKind.REFUND, back.amount)
        return Back(lot.id, back.amount, lot.expires_on, False)
    fresh = posting.open_lot(
        lot.origin,
        back.amount,
        is_paid=lot.is_paid,
        channel=lot.channel,
        policy_version=lot.policy_version,
        expires_on=back.expires_on,
        first_issued_on=lot.first_issued_on,
        restores=lot.id,
        consent_id=lot.consent_id,
    )
    return Back(fresh.id, back.amount, back.expires_on, True)
