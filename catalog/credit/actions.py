"""Verbs that give credit (発行). Every verb takes a key; a repeat with the same key and request
answers what the first one did (CMD-1).

Not here: spending it (`redemption`), bringing back what was spent (`refunds`), taking back what was
given (`reversal`), goodwill and other corrections by staff (`corrections`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from catalog.credit import consents, rules
from catalog.credit.posting import Posting, need_text, need_yen, opened
from catalog.credit.tables import CreditLot
from catalog.credit.terms import CreditTerms, Origin
from catalog.ground import journal, policy
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId


@dataclass(frozen=True, slots=True)
class Issued:
    """A lot that was given."""

    lot_id: str
    account_id: str
    origin: Origin
    amount: Yen
    expires_on: date | None

    def told(self) -> dict[str, Any]:
        """As JSON."""
        last = self.expires_on.isoformat() if self.expires_on else None
        return {**asdict(self), "origin": self.origin.value, "expires_on": last}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Issued":
        """From JSON."""
        last = told["expires_on"]
        given = {**told, "origin": Origin(told["origin"])}
        return cls(**{**given, "expires_on": date.fromisoformat(last) if last else None})


def issue(
    db: Session,
    customer: CustomerId,
    origin: Origin,
    amount: Yen,
    *,
    document: str | None,
    channel: str,
    by: str,
    now: datetime,
    key: str,
    consent_id: str | None = None,
) -> Issued:
    """Give one lot, which lives as long as its origin does (CRD-1, CRD-2, CRD-3).

    `document` names the case, order or contract; `consent_id` is what shows that the customer knew
    that credit is never paid out. Raises AccountMissing, CreditMalformed, ConsentMissing.
    """
    return _issue(
        db, customer, origin, amount, with_bonus=False, document=document, channel=channel, by=by,
        now=now, key=key, consent_id=consent_id,
    )[0]  # fmt: skip


def issue_with_bonus(
    db: Session,
    customer: CustomerId,
    origin: Origin,
    amount: Yen,
    *,
    document: str | None,
    channel: str,
    by: str,
    now: datetime,
    key: str,
    consent_id: str | None = None,
) -> tuple[Issued, Issued | None]:
    """Give the part a customer takes as credit, and the bonus on it as a free lot of its own; None
    where it comes to nothing (CRD-6).
    """
    lots = _issue(
        db, customer, origin, amount, with_bonus=True, document=document, channel=channel, by=by,
        now=now, key=key, consent_id=consent_id,
    )  # fmt: skip
    return lots[0], lots[1] if len(lots) > 1 else None


def _issue(
    db: Session,
    customer: CustomerId,
    origin: Origin,
    amount: Yen,
    *,
    with_bonus: bool,
    document: str | None,
    channel: str,
    by: str,
    now: datetime,
    key: str,
    consent_id: str | None,
) -> list[Issued]:
    need_yen(amount)
    need_text(channel=channel, key=key)
    request = {
        "verb": "issue", "customer": customer, "origin": Origin(origin).value, "amount": amount,
        "bonus": with_bonus, "document": document, "channel": channel, "consent": consent_id,
    }  # fmt: skip
    before = journal.stored_result(db, key, request)
    if before is not None:
        return [Issued.read(lot) for lot in before["lots"]]
    account, is_new = opened(db, customer, now)
    if consent_id is not None:
        consents.need(db, customer, consent_id, consents.NEVER_PAID_OUT)
    now_policy = policy.current(db)
    terms = now_policy.of(CreditTerms)
    posting = Posting(db, account, key, now, document=document)
    if is_new:
        posting.note(account)
    wanted = [(Origin(origin), amount, consent_id)]
    bonus = rules.credit_bonus(terms, amount) if with_bonus else Yen(0)
    if bonus:
        wanted.append((Origin.BONUS, bonus, None))
    issued = []
    for each, yen, consent in wanted:
        lot = give(
            posting, each, yen, rules.lot_expiry(terms, each, now), channel=channel,
            policy_version=now_policy.version, consent_id=consent,
        )  # fmt: skip
        issued.append(issued_of(lot))
    result = {"lots": [lot.told() for lot in issued]}
    posting.close("credit_issued", by=by, request=request, result=result, tells="credit_issued")
    return issued


def give(
    posting: Posting,
    origin: Origin,
    amount: Yen,
    expires_on: date | None,
    *,
    channel: str,
    policy_version: int,
    **more: Any,
) -> CreditLot:
    """One lot with its entry, inside a command on its account."""
    return posting.open_lot(
        origin.value, amount, is_paid=rules.is_paid(origin), channel=channel,
        policy_version=policy_version, expires_on=expires_on, **more,
    )  # fmt: skip


def issued_of(lot: CreditLot) -> Issued:
    """A lot as it is told."""
    return Issued(lot.id, lot.account_id, Origin(lot.origin), Yen(lot.amount), lot.expires_on)
