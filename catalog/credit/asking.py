"""What one person wishes to change on a credit account and a second agrees to (承認待ちの調整).

Above the shop's limit nothing is changed by who asks: the wish is a task, and a manager or owner
who is another person carries it out or refuses it, each once. That credit is given up waits for a
third: the customer, who answers in the chat or has signed on paper (CRD-13). Not here: the changes
themselves (`corrections`, `giving_up`), and the payment that follows (buyback `credit_payouts`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from catalog.credit import consents, corrections, giving_up, queries, reversal
from catalog.credit.corrections import APPROVERS, ApprovalWanted, StaffOnly
from catalog.credit.posting import CreditMalformed, need_text, need_yen
from catalog.customers.newcomers import surviving, whole
from catalog.duties.actors import Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.worklist import Work, WorkState

TASK = "credit_approval"
OFFER = "credit_agreement"  # two of the shop agreed to pay credit out: now the customer is asked
DISCONTINUANCE_TEXT = "2"  # version of what a customer is told before agreeing to be paid out
PAPER, CHAT = (
    "paper",
    "chat",
)  # where a customer agrees: signed before it is asked for, or asked then


class WishMissing(Missing):
    """Nobody asked for that, or it was answered."""


class OfferOver(Refused):
    """It was answered, or the shop took it back."""


class Kind(StrEnum):
    """What is wished."""

    GOODWILL = "goodwill"
    EXTEND = "extend"
    ADJUST = "adjust"
    FORGIVE = "forgive"
    DISCONTINUE = "discontinue"


@dataclass(frozen=True, slots=True)
class Wish:
    """A change as it is asked for. `lot_id`, `until` and `receivable_id` where the kind has them;
    `amount`: what it is about, for an extension what is left of the lot. `consent`: where the
    customer agrees that credit is given up and paid out (`PAPER`, `CHAT`).
    """

    kind: Kind
    customer: CustomerId
    amount: Yen
    reason: str
    lot_id: str | None = None
    until: date | None = None
    receivable_id: str | None = None
    consent: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wish that waits for a second person."""

    id: int
    wish: Wish
    asked_by: Actor
    asked_at: datetime
    key: str
    consent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the customer is asked to agree to, and by whom of the shop it was asked for and agreed.
    `consent_id`: where they had signed.
    """

    id: int
    wish: Wish
    asked_by: Actor
    agreed_by: Actor
    key: str
    consent_id: str | None


def ask(db: Session, wish: Wish, *, actor: Actor, now: datetime, key: str) -> None:
    """Put it before a manager; nothing is changed yet, but for what the customer signed, which is
    kept with it. Raises StaffOnly, CreditMalformed.
    """
    need_yen(wish.amount)
    need_text(reason=wish.reason, key=key)
    is_managers = wish.kind is Kind.DISCONTINUE
    if is_managers and wish.consent not in {PAPER, CHAT}:
        raise CreditMalformed("where the customer agrees")
    if not actor.is_staff or (is_managers and actor.role not in APPROVERS):
        raise StaffOnly(actor.role)
    facts: dict[str, Any] = {
        "kind": wish.kind.value, "amount": wish.amount, "reason": wish.reason, "lot": wish.lot_id,
        "until": wish.until.isoformat() if wish.until else None, "asked_by": actor.id,
        "role": actor.role.value, "key": key, "receivable": wish.receivable_id,
        "consent": wish.consent,
    }  # fmt: skip
    about = f"customer:{wish.customer}"
    if worklist.task(db, TASK, about, due_at=now, now=now, once=key, facts=facts):
        if wish.consent == PAPER:
            _keep_consent(db, wish, worklist.task_id(db, TASK, about, once=key), actor, now)
        told = {"kind": wish.kind.value, "amount": wish.amount, "lot": wish.lot_id}
        journal.record(db, about, "credit_asked", actor=actor.name, at=now, facts=told)


def _keep_consent(db: Session, wish: Wish, task: int, actor: Actor, now: datetime) -> None:
    """What the customer signed is on record before anybody carries it out (CRD-13)."""
    consent = consents.agree(
        db, wish.customer, consents.DISCONTINUANCE, text_version=DISCONTINUANCE_TEXT,
        source=PAPER, by=actor.name, now=now,
    )  # fmt: skip
    worklist.note(db, task, consent_id=consent)


def waiting(db: Session) -> Sequence[Waiting]:
    """What nobody has answered yet, the oldest first."""
    return [_read(row) for row in worklist.open_tasks_named(db, TASK)]


def _read(row: Work) -> Waiting:
    told = row.facts
    until = told["until"]
    wish = Wish(
        Kind(told["kind"]), CustomerId(row.subject.removeprefix("customer:")),
        Yen(told["amount"]), told["reason"], told["lot"],
        date.fromisoformat(until) if until else None, told.get("receivable"), told.get("consent"),
    )  # fmt: skip
    asker = Actor(told["asked_by"], Role(told["role"]))
    return Waiting(row.id or 0, wish, asker, row.written_at, told["key"], told.get("consent_id"))


def agree(db: Session, wish_id: int, *, actor: Actor, now: datetime) -> Waiting:
    """A second person carries it out (R-115); that credit is given up is put before the customer.
    Raises WishMissing, ApprovalWanted, and what the
    change itself raises.
    """
    asked = _taken(db, wish_id, actor=actor, now=now)
    wish, asker = asked.wish, asked.asked_by
    match wish.kind:
        case Kind.GOODWILL:
            corrections.goodwill(
                db, wish.customer, wish.amount, reason=wish.reason, channel="console",
                actor=asker, approved_by=actor, now=now, key=asked.key,
            )  # fmt: skip
        case Kind.EXTEND:
            corrections.extend(
                db, wish.lot_id or "", wish.until or date.min, reason=wish.reason, actor=asker,
                approved_by=actor, now=now, key=asked.key,
            )  # fmt: skip
        case Kind.ADJUST:
            corrections.adjust(
                db, wish.lot_id or "", wish.amount, reason=wish.reason, actor=asker,
                approved_by=actor, now=now, key=asked.key,
            )  # fmt: skip
        case Kind.FORGIVE:
            reversal.forgive(
                db, wish.receivable_id or "", wish.amount, reason=wish.reason, actor=asker,
                approved_by=actor, now=now, key=asked.key,
            )  # fmt: skip
        case Kind.DISCONTINUE:
            _offer(db, asked, agreed_by=actor, now=now)
    return asked


def _offer(db: Session, asked: Waiting, *, agreed_by: Actor, now: datetime) -> None:
    """Nothing ends before the customer agrees to the figures of that moment (CRD-13)."""
    wish, about = asked.wish, f"customer:{asked.wish.customer}"
    facts = {
        "amount": wish.amount, "reason": wish.reason, "consent": wish.consent,
        "consent_id": asked.consent_id, "asked_by": asked.asked_by.id,
        "role": asked.asked_by.role.value, "agreed_by": agreed_by.id,
        "agreed_role": agreed_by.role.value, "key": asked.key,
    }  # fmt: skip
    worklist.task(db, OFFER, about, due_at=now, now=now, once=asked.key, facts=facts)
    if wish.consent == CHAT:
        offer_id = worklist.task_id(db, OFFER, about, once=asked.key)
        worklist.notice(
            db, about, "credit_giving_up", to=about, version=offer_id, now=now,
            facts={"offer": offer_id},
        )  # fmt: skip


def offer_of(db: Session, wish: Waiting) -> int:
    """The offer that came of an agreed wish. Raises NoResultFound."""
    return worklist.task_id(db, OFFER, f"customer:{wish.wish.customer}", once=wish.key)


def offer(db: Session, offer_id: int, *, customer: CustomerId | None = None) -> Offer:
    """What waits for the customer's answer; with `customer` only theirs. Raises WishMissing,
    OfferOver.
    """
    row = db.get(Work, offer_id, populate_existing=True)
    if row is None or row.facts.get("task") != OFFER:
        raise WishMissing("no such offer")
    whose = surviving(db, row.subject.removeprefix("customer:"))
    if customer is not None and customer not in whole(db, whose):
        raise WishMissing("no such offer")
    if row.state != WorkState.DUE.value:
        raise OfferOver("answered, or taken back")
    told = row.facts
    wish = Wish(
        Kind.DISCONTINUE, whose, Yen(told["amount"]), told["reason"], consent=told["consent"]
    )
    asker = Actor(told["asked_by"], Role(told["role"]))
    agreed = Actor(told["agreed_by"], Role(told["agreed_role"]))
    return Offer(offer_id, wish, asker, agreed, told["key"], told["consent_id"])


def figures(db: Session, customer: CustomerId, now: datetime) -> tuple[Yen, Yen]:
    """What the customer would be paid for their paid credit now, and what of it would be set off
    against what they owe.
    """
    paid = queries.balance(db, customer, now).paid
    return giving_up.figures(paid, queries.receivables(db, customer))


def offers(db: Session, customer: CustomerId) -> Sequence[Offer]:
    """What waits for this customer's answer."""
    same = {f"customer:{each}" for each in whole(db, surviving(db, customer))}
    rows = worklist.open_tasks_named(db, OFFER)
    return [offer(db, row.id or 0) for row in rows if row.subject in same]


def take(
    db: Session, found: Offer, *, is_yes: bool, by: str, message_id: str | None, now: datetime
) -> str | None:
    """The customer's answer, once: the consent that is kept, or None for a no. Raises OfferOver."""
    if not worklist.close_task(db, found.id, now=now):
        raise OfferOver("answered, or taken back")
    if not is_yes:
        about, facts = f"customer:{found.wish.customer}", {"offer": found.id}
        journal.record(db, about, "credit_kept", actor=by, at=now, facts=facts)
        return None
    return found.consent_id or consents.agree(
        db, found.wish.customer, consents.DISCONTINUANCE, text_version=DISCONTINUANCE_TEXT,
        source=f"message:{message_id}", by=by, now=now,
    )  # fmt: skip


def refuse(db: Session, wish_id: int, *, actor: Actor, now: datetime) -> Waiting:
    """It is not done. Raises WishMissing, ApprovalWanted."""
    return _taken(db, wish_id, actor=actor, now=now, verb="credit_refused")


def _taken(
    db: Session, wish_id: int, *, actor: Actor, now: datetime, verb: str = "credit_agreed"
) -> Waiting:
    """The wish, answered by this person and nobody else."""
    row = db.get(Work, wish_id, populate_existing=True)
    if row is None or row.facts.get("task") != TASK or row.state != WorkState.DUE.value:
        raise WishMissing("no such wish")
    asked = _read(row)
    if actor.id == asked.asked_by.id or actor.role not in APPROVERS:
        raise ApprovalWanted(asked.wish.amount)
    if not worklist.close_task(db, wish_id, now=now):
        raise WishMissing("answered by somebody else")
    facts = {"kind": asked.wish.kind.value, "amount": asked.wish.amount, "wish": wish_id}
    journal.record(db, row.subject, verb, actor=actor.name, at=now, facts=facts)
    return asked
