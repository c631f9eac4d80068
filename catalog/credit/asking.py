"""What one person wishes to change on a credit account and a second agrees to (承認待ちの調整).

Above the shop's limit nothing is changed by who asks: the wish is a task, and a manager or owner
who is another person carries it out or refuses it, each once. Not here: the changes themselves
(`corrections`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from catalog.credit import consents, corrections, reversal
from catalog.credit.corrections import APPROVERS, ApprovalWanted, StaffOnly
from catalog.credit.posting import need_text, need_yen
from catalog.duties.actors import Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.errors import Missing
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.worklist import Work, WorkState

TASK = "credit_approval"
DISCONTINUANCE_TEXT = "1"  # version of what a customer is told before agreeing to be paid out


class WishMissing(Missing):
    """Nobody asked for that, or it was answered."""


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
    customer agreed that credit is given up and paid out.
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


def ask(db: Session, wish: Wish, *, actor: Actor, now: datetime, key: str) -> None:
    """Put it before a manager; nothing is changed yet, but for the consent of the customer that is
    kept with it. Raises StaffOnly, CreditMalformed.
    """
    need_yen(wish.amount)
    need_text(reason=wish.reason, key=key)
    is_managers = wish.kind is Kind.DISCONTINUE
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
        if is_managers:
            _keep_consent(db, wish, worklist.task_id(db, TASK, about, once=key), actor, now)
        told = {"kind": wish.kind.value, "amount": wish.amount, "lot": wish.lot_id}
        journal.record(db, about, "credit_asked", actor=actor.name, at=now, facts=told)


def _keep_consent(db: Session, wish: Wish, task: int, actor: Actor, now: datetime) -> None:
    """What the customer agreed to is on record before anybody carries it out (CRD-13)."""
    need_text(consent=wish.consent)
    consent = consents.agree(
        db, wish.customer, consents.DISCONTINUANCE, text_version=DISCONTINUANCE_TEXT,
        source=wish.consent or "", by=actor.name, now=now,
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
    """A second person carries it out (R-115). Raises WishMissing, ApprovalWanted, and what the
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
            corrections.discontinue(
                db, wish.customer, consent_id=asked.consent_id or "", reason=wish.reason,
                actor=asker, approved_by=actor, now=now, key=asked.key,
            )  # fmt: skip
    return asked


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
