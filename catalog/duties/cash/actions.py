"""Cash taken or paid in one contract, due diligence, and suspicious transactions (取引時確認・
疑わしい取引の届出).

All instalments of a contract are summed; one conditional statement keeps the sum from passing the
limit by two payments at once. Not here: the sum's rule (`catalog/duties/rules.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.duties.actors import Actor
from catalog.duties.cash.tables import CashPart, ContractCash, Diligence, SuspiciousDeal
from catalog.duties.identity.actions import StaffNeeded, sealed
from catalog.duties.rules import ItemKind, is_precious
from catalog.duties.sealing import DataKeys
from catalog.duties.terms import DutyTerms
from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import add_months, tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, new_id
from catalog.ground.session.database import insert_once

KEPT_MONTHS = 84
REPORT = "suspicious_deal_report"


class CashAboveLimit(Refused):
    """The shop takes no cash above the limit for such goods. `would_be`, `limit`: yen."""

    def __init__(self, would_be: Yen, limit: Yen) -> None:
        super().__init__(f"¥{would_be} in cash are more than ¥{limit}")
        self.would_be = would_be
        self.limit = limit


class DiligenceMissing(Refused):
    """Cash above the limit needs due diligence first. `about`: the contract."""

    def __init__(self, about: str) -> None:
        super().__init__(f"{about}: no due diligence")
        self.about = about


class CashMalformed(Malformed):
    """An amount that is none."""


class DealMissing(Missing):
    """There is no such note."""


class DecidedOtherwise(Stale):
    """The deal is reported; that is not taken back. `decision`, `report_no`."""

    def __init__(self, decision: str, report_no: str | None) -> None:
        super().__init__(f"decided before: {decision} {report_no or ''}".rstrip())
        self.decision = decision
        self.report_no = report_no


@dataclass(frozen=True, slots=True)
class NewCash:
    """One payment in cash, whichever way. `about`: the contract (`case:…`, `order:…`)."""

    about: str
    customer_id: CustomerId
    kinds: Collection[ItemKind]
    amount: Yen


def take_cash(db: Session, cash: NewCash, *, by: str, now: datetime, key: str) -> Yen:
    """Note an instalment; all cash of the contract so far (AML-1).

    Raises CashMalformed, CashAboveLimit, DiligenceMissing; nothing is written then.
    """
    request = {
        "about": cash.about,
        "customer": cash.customer_id,
        "kinds": sorted(kind.value for kind in cash.kinds),
        "cash": cash.amount,
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return Yen(stored["total"])
    if cash.amount <= 0:
        raise CashMalformed(f"{cash.amount} yen")
    most = _most(db, cash)
    fresh = {"customer_id": cash.customer_id, "total": 0, "changed_at": now}
    insert_once(db, ContractCash, {"about": cash.about, **fresh})
    added = update(ContractCash).where(col(ContractCash.about) == cash.about)
    if most is not None:
        added = added.where(col(ContractCash.total) + cash.amount <= most)
    added = added.values(total=ContractCash.total + cash.amount, changed_at=now)
    is_added = bool(db.connection().execute(added).rowcount)
    kept = _kept(db, cash.about)
    if not is_added:
        raise CashAboveLimit(Yen(kept.total + cash.amount), Yen(most or 0))
    part = CashPart(id=new_id(now), about=cash.about, amount=cash.amount, paid_at=now, noted_by=by)
    db.add(part)
    db.flush()
    journal.record(
        db,
        cash.about,
        "cash_noted",
        actor=by,
        at=now,
        facts={"amount": cash.amount},
        key=key,
        request=request,
        result={"total": kept.total},
        wrote=[kept, part],
    )
    return Yen(kept.total)


def _kept(db: Session, about: str) -> ContractCash:
    return db.exec(
        select(ContractCash)
        .where(ContractCash.about == about)
        .execution_options(populate_existing=True)
    ).one()


def _most(db: Session, cash: NewCash) -> Yen | None:
    """The most cash the contract may come to; None: any amount."""
    terms = policy.current(db).of(DutyTerms)
    if not any(is_precious(kind) for kind in cash.kinds):
        return None
    if terms.takes_cash_above_limit and has_diligence(db, cash.about):
        return None
    return Yen(terms.cash_limit)


def has_diligence(db: Session, about: str) -> bool:
    """Whether due diligence was done for the contract (AML-1)."""
    return db.exec(select(Diligence.id).where(Diligence.about == about)).first() is not None


def require_diligence(db: Session, about: str, *, kinds: Collection[ItemKind], cash: Yen) -> None:
    """Whether so much cash may be agreed on for the contract, before any of it moves; `cash` comes
    on top of what was noted (AML-1).

    Raises CashAboveLimit where the house takes none, DiligenceMissing where it does.
    """
    terms = policy.current(db).of(DutyTerms)
    before = db.exec(select(ContractCash.total).where(ContractCash.about == about)).first() or 0
    total = Yen(before + cash)
    if not any(is_precious(kind) for kind in kinds) or total <= terms.cash_limit:
        return
    if not terms.takes_cash_above_limit:
        raise CashAboveLimit(total, Yen(terms.cash_limit))
    if not has_diligence(db, about):
        raise DiligenceMissing(about)


@dataclass(frozen=True, slots=True)
class NewDiligence:
    """What was asked. `occupation`: or line of business; `origin`: where the money comes from."""

    about: str
    customer_id: CustomerId
    identity_id: str
    purpose: str
    occupation: str
    origin: str = ""


def note_diligence(
    db: Session, keys: DataKeys, told: NewDiligence, *, actor: Actor, now: datetime, key: str
) -> str:
    """Keep for seven years who the customer is and what the deal is for (AML-1).

    Raises StaffNeeded, CashMalformed.
    """
    request = {"about": told.about, "identity": told.identity_id, "purpose": told.purpose}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["diligence"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    if not (told.purpose.strip() and told.occupation.strip()):
        raise CashMalformed("purpose and occupation are asked")
    row_id = new_id(now)
    content: Any = {"occupation": told.occupation, "origin": told.origin}
    row = Diligence(
        id=row_id,
        about=told.about,
        customer_id=told.customer_id,
        identity_id=told.identity_id,
        purpose=told.purpose,
        sealed=sealed(db, keys, f"diligence:{row_id}", content, now=now),
        done_by=actor.name,
        done_at=now,
        keep_through=add_months(tokyo_day(now), KEPT_MONTHS),
    )
    db.add(row)
    db.flush()
    facts = {"diligence": row_id, "identity": told.identity_id}
    journal.record(
        db,
        told.about,
        "diligence_done",
        actor=actor.name,
        at=now,
        facts=facts,
        key=key,
        request=request,
        result=facts,
    )
    return row_id


def note_suspicious(
    db: Session,
    about: str,
    customer: CustomerId,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    key: str,
) -> str:
    """A deal that may have to be reported; no least amount. A task for those who decide; the
    customer is told nothing (AML-1). Raises StaffNeeded.
    """
    request = {"about": about, "customer": customer, "reason": reason}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["note"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = SuspiciousDeal(
        id=new_id(now),
        about=about,
        customer_id=customer,
        reason=reason,
        noted_by=actor.name,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    facts = {"note": row.id}
    worklist.task(db, REPORT, about, due_at=now, now=now, once=row.id, facts=facts)
    journal.record(
        db,
        about,
        "suspicious_deal_noted",
        actor=actor.name,
        at=now,
        facts=facts,
        key=key,
        request=request,
        result=facts,
    )
    return row.id


def decide_suspicious(
    db: Session, note_id: str, *, report_no: str | None, actor: Actor, now: datetime
) -> None:
    """Reported under that number, or decided not to (None); its task is ended (AML-1). What was not
    reported may still be; the same decision again changes nothing. Raises StaffNeeded, DealMissing,
    DecidedOtherwise.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = db.exec(
        select(SuspiciousDeal)
        .where(SuspiciousDeal.id == note_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise DealMissing(note_id)
    decision = "reported" if report_no else "not_reported"
    if (row.decision, row.report_no) == (decision, report_no):
        return
    if row.decision == "reported":
        raise DecidedOtherwise(row.decision, row.report_no)
    row.decision = decision
    row.decided_by, row.decided_at, row.report_no = actor.name, now, report_no
    db.flush()
    worklist.close_tasks(db, row.about, REPORT, now=now, note=note_id)
    facts = {"note": note_id, "decision": row.decision}
    journal.record(db, row.about, "suspicious_deal_decided", actor=actor.name, at=now, facts=facts)
