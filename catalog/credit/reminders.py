"""The reminder slot (失効予告): one notice for each account and last day, some days before it
(CRD-11).

A notice is a row of the worklist, written once for each (account, last day, days before) by one
statement a last day; whoever sends it asks `still_due` first, because credit may be spent
meanwhile. After downtime only the latest missed one goes out, the older ones are written as
skipped. Who refused such messages gets none (COM-1).
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, cast, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as select_one

from catalog.credit import queries, rules
from catalog.credit.tables import CreditAccount, CreditLot
from catalog.credit.terms import CreditTerms
from catalog.customers import consents
from catalog.customers.consents import Category
from catalog.customers.tables import Consent
from catalog.ground import journal, policy
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.money import Yen
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import CustomerId, Instant, Whole, Words, YesNo, from_millis, to_millis
from catalog.ground.session.database import ring
from catalog.ground.worklist import NOTICE, TOPIC, Work, WorkState

PHASE = "credit_expiring"
SUBJECT = "credit:reminders"
SKIPPED = "skipped"
_WRITTEN = (
    "kind", "subject", "work_key", "facts", "state", "due_at", "attempts", "last_error",
    "written_at", "ended_at",
)  # fmt: skip


def remind(db: Session, at: datetime) -> None:
    """Write the notices that became due since the last run (CRD-11). Running it again, or twice at
    once, adds nothing.
    """
    now_policy = policy.current(db)
    terms, notices = now_policy.of(CreditTerms), now_policy.of(NoticeTerms)
    after = _last_run(db) or at - timedelta(days=1)
    if not terms.reminder_days or after >= at:
        return
    sent = skipped = 0
    for days in range(max(terms.reminder_days) + 2):
        last = tokyo_day(at) + timedelta(days=days)
        due = rules.due_reminders(terms, notices, expires_on=last, after=after, moment=at)
        if due.sent is not None:
            sends_at = rules.send_late(terms, notices, expires_on=last, moment=at)
            sent += _write(db, terms, last, due.sent, at=at, due_at=sends_at)
        for offset in due.skipped:
            skipped += _write(db, terms, last, offset, at=at, due_at=None)
    if sent:
        ring(db, TOPIC)
    facts = {"ran_at": to_millis(at), "sent": sent, "skipped": skipped}
    journal.record(db, SUBJECT, "reminded", actor="scheduler", at=at, facts=facts)


def _last_run(db: Session) -> datetime | None:
    facts = db.exec(
        select_one(journal.Entry.facts)
        .where(journal.Entry.subject == SUBJECT)
        .order_by(col(journal.Entry.number).desc())
        .limit(1)
    ).first()
    return from_millis(facts["ran_at"]) if facts else None


def version_of(expires_on: date, offset: int) -> int:
    """The version of a notice: its last day and how many days before, 20270330007."""
    return int(f"{expires_on:%Y%m%d}{offset:03d}")


def _write(
    db: Session,
    terms: CreditTerms,
    expires_on: date,
    offset: int,
    *,
    at: datetime,
    due_at: datetime | None,
) -> int:
    """The notices of one last day; without `due_at` they are only noted as skipped."""
    ending = _ending(terms, expires_on, offset).subquery("ending")
    account = literal("account:") + ending.c.account_id
    is_skipped = due_at is None
    rows = (
        select(
            literal(NOTICE),
            account,
            account + f":{PHASE}:{version_of(expires_on, offset)}",
            _facts(ending, expires_on, offset),
            literal((WorkState.DONE if is_skipped else WorkState.DUE).value),
            literal(due_at or at, Instant),
            literal(0, Whole),
            literal(SKIPPED if is_skipped else None, Words),
            literal(at, Instant),
            literal(at if is_skipped else None, Instant),
        )
        .join(CreditAccount, col(CreditAccount.id) == ending.c.account_id)
        .where(col(CreditAccount.customer_id).not_in(_refused()))
        .order_by(ending.c.account_id)
    )
    table: Any = Work.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).from_select(_WRITTEN, rows).on_conflict_do_nothing()
    return db.connection().execute(statement).rowcount


def _ending(terms: CreditTerms, expires_on: date, offset: int) -> Select[Any]:
    """Accounts with enough that ends then, issued before the day of the reminder."""
    amount = func.sum(col(CreditLot.remaining))
    reminded_on = at_tokyo(expires_on - timedelta(days=offset))
    columns: tuple[Any, ...] = (col(CreditLot.account_id), amount.label("amount"))
    return (
        select(*columns)
        .where(col(CreditLot.remaining) > 0, col(CreditLot.expires_on) == expires_on)
        .group_by(col(CreditLot.account_id))
        .having(
            amount >= terms.reminder_least,
            func.min(col(CreditLot.issued_at)) < literal(reminded_on, Instant),
        )
    )


def _refused() -> Select[Any]:
    """Who does not wish to be reminded: their latest answer was no (COM-1)."""
    later = aliased(Consent)
    is_latest = ~exists().where(
        col(later.customer_id) == col(Consent.customer_id),
        col(later.category) == col(Consent.category),
        col(later.id) > col(Consent.id),
    )
    return select(col(Consent.customer_id)).where(
        col(Consent.category) == Category.CREDIT_REMINDER.value,
        col(Consent.given) == literal(False, YesNo),
        is_latest,
    )


def _facts(ending: Any, expires_on: date, offset: int) -> Any:
    """The same JSON as `worklist.notice` would keep."""
    return (
        literal('{"amount": ')
        + cast(ending.c.amount, Words)
        + f', "expires_on": "{expires_on}", "offset": {offset}, "phase": "{PHASE}"'
        + ', "to": "customer:'
        + col(CreditAccount.customer_id)
        + f'", "version": {version_of(expires_on, offset)}}}'
    )


def still_due(
    db: Session, account_id: str, expires_on: date, offset: int, now: datetime
) -> Yen | None:
    """How much a reminder would speak of if it were sent now; None when it must not be: spent or
    over, too little left, refused meanwhile, or a later reminder was written (CRD-11).
    """
    account = db.get(CreditAccount, account_id)
    if account is None or not rules.is_alive(expires_on, now):
        return None
    left = queries.ending_on(db, account_id, expires_on, now)
    terms = policy.current(db).of(CreditTerms)
    is_late = _has_later(db, terms, account_id, expires_on, offset)
    may = consents.allows(db, CustomerId(account.customer_id), Category.CREDIT_REMINDER)
    return left if may and not is_late and left >= terms.reminder_least else None


def _has_later(
    db: Session, terms: CreditTerms, account_id: str, expires_on: date, offset: int
) -> bool:
    keys = [
        f"account:{account_id}:{PHASE}:{version_of(expires_on, later)}"
        for later in terms.reminder_days
        if later < offset
    ]
    found = select_one(Work.id).where(Work.kind == NOTICE, col(Work.work_key).in_(keys))
    return bool(keys) and db.exec(found).first() is not None
