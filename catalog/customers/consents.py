"""What a customer agreed to be written about (配信同意, COM-1).

Each answer is kept with its time, the words shown and where it came from; the latest one holds.
What belongs to a running deal (service) cannot be stopped.
"""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from catalog.customers.tables import Consent, Customer
from catalog.ground import journal
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import CustomerId


class Category(StrEnum):
    """What a message is about."""

    SERVICE = "service"  # arrival, offer, payment
    CREDIT_REMINDER = "credit_reminder"
    MARKETING = "marketing"


class CustomerMissing(Missing):
    """There is no such customer."""


class ServiceStays(Refused):
    """What belongs to a running deal cannot be stopped."""


# What holds while nobody has answered.
_UNASKED = {Category.SERVICE: True, Category.CREDIT_REMINDER: True, Category.MARKETING: False}


def consent(
    db: Session,
    customer: CustomerId,
    category: Category,
    given: bool,
    *,
    text_version: str,
    source: str,
    by: str,
    now: datetime,
) -> None:
    """Note an answer; the same as the latest one is noted too. Raises ServiceStays,
    CustomerMissing.
    """
    if category is Category.SERVICE and not given:
        raise ServiceStays("messages of a running deal cannot be stopped")
    row = db.get(Customer, customer)
    if row is None:
        raise CustomerMissing(customer)
    db.add(
        Consent(
            customer_id=customer,
            category=category.value,
            given=given,
            text_version=text_version,
            source=source,
            given_at=now,
        )
    )
    if category is Category.MARKETING:
        row.marketing_opt_in = given
    db.flush()
    facts = {"category": category.value, "given": given, "text": text_version, "source": source}
    journal.record(db, f"customer:{customer}", "consent", actor=by, at=now, facts=facts)


def carry(
    db: Session, newcomer: CustomerId, customer: CustomerId, *, by: str, now: datetime
) -> None:
    """What a newcomer answered holds for who they are, where it is that person's latest answer. A
    yes counts for nothing with whoever asked to be erased.
    """
    known = db.get_one(Customer, customer)
    for category in Category:
        said, before = _answer(db, newcomer, category), _answer(db, customer, category)
        if said is None or (before is not None and before.given_at >= said.given_at):
            continue
        if said.given and known.erase_asked_at is not None:
            continue
        db.add(
            Consent(
                customer_id=customer,
                category=said.category,
                given=said.given,
                text_version=said.text_version,
                source=said.source,
                given_at=said.given_at,
            )
        )
        if category is Category.MARKETING:
            known.marketing_opt_in = said.given
        db.flush()
        facts = {
            "category": said.category, "given": said.given, "text": said.text_version,
            "source": said.source, "newcomer": newcomer,
        }  # fmt: skip
        journal.record(db, f"customer:{customer}", "consent", actor=by, at=now, facts=facts)


def allows(db: Session, customer: CustomerId, category: Category) -> bool:
    """Whether the shop may write to the customer about this (COM-1)."""
    if category is Category.SERVICE:
        return True
    latest = _latest(db, customer, category)
    return _UNASKED[category] if latest is None else latest


def has_refused(db: Session, customer: CustomerId, category: Category) -> bool:
    """Whether the latest answer was a no; somebody who was never asked has not refused."""
    return _latest(db, customer, category) is False


def _latest(db: Session, customer: CustomerId, category: Category) -> bool | None:
    answer = _answer(db, customer, category)
    return None if answer is None else answer.given


def _answer(db: Session, customer: CustomerId, category: Category) -> Consent | None:
    return db.exec(
        select(Consent)
        .where(Consent.customer_id == customer, Consent.category == category.value)
        .order_by(col(Consent.id).desc())
        .limit(1)
    ).first()


def consents_of(db: Session, customer: CustomerId) -> list[Consent]:
    """Every answer, oldest first."""
    return list(
        db.exec(select(Consent).where(Consent.customer_id == customer).order_by(col(Consent.id)))
    )
