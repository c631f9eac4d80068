"""When personal data that the law ordered kept has had its time (保存期間): its key is destroyed.

Ledger rows stay; what they say of a person becomes unreadable, on backups too. Not here: films and
messages; `media` and `conversations` keep their own times.
"""

from datetime import date, datetime

from sqlalchemy import exists, func, update
from sqlmodel import Session, col, select

from catalog.duties import sealing
from catalog.duties.cash.tables import Diligence
from catalog.duties.identity.actions import person_of
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.tables import LedgerRow
from catalog.duties.visits.tables import StatutoryDocument
from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day

AT_ONCE = 500


def run(db: Session, at: datetime) -> None:
    """Slot `identity-retention`: destroy the keys of what need not be kept any longer (KOB-3,
    PII-1). Running it again changes nothing.
    """
    day = tokyo_day(at)
    _identities(db, day, now=at)
    _diligences(db, day, now=at)
    _documents(db, day, now=at)
    _counterparties(db, day, now=at)


def _identities(db: Session, day: date, *, now: datetime) -> None:
    """Checks no deal may rest on any more, and that no kept ledger row or diligence rests on."""
    is_in_ledger = exists().where(
        col(LedgerRow.identity_id) == col(IdentityCheck.id), col(LedgerRow.keep_through) >= day
    )
    is_in_diligence = exists().where(
        col(Diligence.identity_id) == col(IdentityCheck.id), col(Diligence.keep_through) >= day
    )
    rows = db.exec(
        select(IdentityCheck)
        .where(
            col(IdentityCheck.destroyed_at).is_(None),
            col(IdentityCheck.valid_through) < day,
            ~is_in_ledger,
            ~is_in_diligence,
        )
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        sealing.erase_key(db, person_of(row.id), now=now)
        row.destroyed_at = now
        row.sealed = b""
        row.name_keys = []
        db.flush()
        subject = f"customer:{row.customer_id}"
        facts = {"identity": row.id}
        journal.record(db, subject, "identity_destroyed", actor="scheduler", at=now, facts=facts)
        pictures = [each["ref"] for each in row.evidence]
        worklist.task(
            db,
            "identity_picture_destroy",
            subject,
            due_at=now,
            now=now,
            once=row.id,
            facts={"identity": row.id, "assets": pictures},
        )


def _diligences(db: Session, day: date, *, now: datetime) -> None:
    """Due diligence after its seven years (AML-1)."""
    rows = db.exec(
        select(Diligence)
        .where(col(Diligence.destroyed_at).is_(None), col(Diligence.keep_through) < day)
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        sealing.erase_key(db, f"diligence:{row.id}", now=now)
        row.destroyed_at = now
        row.sealed = b""
    db.flush()


def _documents(db: Session, day: date, *, now: datetime) -> None:
    """Statutory documents; their hashes stay (TOK-2)."""
    rows = db.exec(
        select(StatutoryDocument)
        .where(
            col(StatutoryDocument.destroyed_at).is_(None),
            col(StatutoryDocument.keep_through) < day,
            col(StatutoryDocument.received_on).is_not(None),
        )
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        sealing.erase_key(db, f"document:{row.id}", now=now)
        row.destroyed_at = now
        row.sealed = b""
    db.flush()


def _counterparties(db: Session, day: date, *, now: datetime) -> None:
    """Buyers in ledger rows: each row's own key; the row itself is never touched (KOB-3)."""
    owners = (
        select(LedgerRow.sealed_for)
        .where(col(LedgerRow.sealed_for).is_not(None))
        .group_by(col(LedgerRow.sealed_for))
        .having(func.max(col(LedgerRow.keep_through)) < day)
    )
    db.connection().execute(
        update(sealing.PersonKey)
        .where(
            col(sealing.PersonKey.person).in_(owners),
            col(sealing.PersonKey.erased_at).is_(None),
        )
        .values(wrapped=None, erased_at=now)
    )
