"""Verbs on customers and their addresses."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from catalog.customers.tables import Contact, Customer
from catalog.ground import journal
from catalog.ground.record import CustomerId, new_id


def follow(db: Session, channel: str, address: str, *, now: datetime) -> None:
    """The person can be reached: a new friend, or one who unblocked the shop."""
    _note(db, channel, address, is_blocked=False, now=now)


def block(db: Session, channel: str, address: str, *, now: datetime) -> None:
    """The person blocked the shop: nothing may be pushed to them until they come back."""
    _note(db, channel, address, is_blocked=True, now=now)


def _note(db: Session, channel: str, address: str, *, is_blocked: bool, now: datetime) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    table: Any = Contact.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    db.connection().execute(
        insert(table)
        .values(
            channel=channel,
            address=address,
            is_blocked=is_blocked,
            first_seen_at=now,
            changed_at=now,
        )
        .on_conflict_do_update(
            index_elements=["channel", "address"],
            set_={"is_blocked": is_blocked, "changed_at": now},
        )
    )


def register(
    db: Session,
    customer_no: str,
    family_name: str,
    *,
    given_name: str | None,
    language: str,
    by: str,
    now: datetime,
) -> CustomerId:
    """Enter a person into the customer register."""
    customer = Customer(
        id=new_id(now),
        customer_no=customer_no,
        family_name=family_name,
        given_name=given_name,
        language=language,
        written_at=now,
    )
    db.add(customer)
    db.flush()
    journal.record(db, f"customer:{customer.id}", "registered", actor=by, at=now)
    return CustomerId(customer.id)


def bind(
    db: Session, customer: CustomerId, channel: str, address: str, *, by: str, now: datetime
) -> None:
    """That address is this customer's. Unlinking is a bind of the address to nobody, by account
    link.
    """
    follow(db, channel, address, now=now)
    contact = db.get_one(Contact, (channel, address))
    contact.customer_id = customer
    contact.changed_at = now
    db.flush()
    journal.record(
        db, f"customer:{customer}", "bound", actor=by, at=now, facts={"channel": channel}
    )
