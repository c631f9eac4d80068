"""Reads on customers and their addresses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal
from sqlmodel import Session, col, select

from catalog.customers.newcomers import surviving
from catalog.customers.tables import Contact, Customer
from catalog.ground.record import ConversationId, CustomerId, YesNo


def language_of(db: Session, channel: str, address: str) -> str | None:
    """The language the register notes for who writes from that address; None for a visitor."""
    return db.exec(
        select(Customer.language).where(
            Contact.channel == channel,
            Contact.address == address,
            Contact.customer_id == Customer.id,
        )
    ).first()


def of_address(db: Session, channel: str, address: str) -> CustomerId | None:
    """Who writes from that address; None for a visitor."""
    contact = db.get(Contact, (channel, address))
    return CustomerId(contact.customer_id) if contact and contact.customer_id else None


def language(db: Session, customer: CustomerId) -> str | None:
    """The language the shop writes to this customer in by itself; None: no such customer."""
    return db.exec(select(Customer.language).where(Customer.id == customer)).first()


def conversations(db: Session, customer: CustomerId) -> list[ConversationId]:
    """Every chat of the customer, whatever the channel: together they are one history (R-118)."""
    rows = db.exec(
        select(Contact.channel, Contact.address)
        .where(Contact.customer_id == customer)
        .order_by(col(Contact.first_seen_at), col(Contact.channel), col(Contact.address))
    )
    return [ConversationId(f"{channel}:{address}") for channel, address in rows]


def addresses_on(db: Session, channel: str) -> list[str]:
    """Every address ever met on a channel that has not blocked the shop."""
    return list(
        db.exec(
            select(Contact.address).where(
                Contact.channel == channel, col(Contact.is_blocked) == literal(False, YesNo)
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """One address of a person that does not block the shop; `language` as the register notes it."""

    channel: str
    address: str
    since: datetime
    language: str


def reached_at(db: Session, customer: CustomerId) -> list[Reach]:
    """Where a customer can be written to, the latest link first."""
    rows = db.exec(
        select(Contact.channel, Contact.address, Contact.changed_at, Customer.language)
        .where(
            Contact.customer_id == customer,
            Contact.customer_id == Customer.id,
            col(Contact.is_blocked) == literal(False, YesNo),
        )
        .order_by(col(Contact.changed_at).desc(), col(Contact.channel), col(Contact.address))
    )
    return [Reach(*row) for row in rows]


def has_blocked(db: Session, channel: str, address: str) -> bool:
    """Whether who writes from that address blocks the shop."""
    contact = db.get(Contact, (channel, address))
    return contact is not None and contact.is_blocked


def by_number(db: Session, customer_no: str) -> CustomerId | None:
    """The customer with that number; with a newcomer's, who they turned out to be."""
    found = db.exec(select(Customer.id).where(Customer.customer_no == customer_no)).first()
    return surviving(db, found) if found else None


def by_numbers(db: Session, numbers: Collection[str]) -> dict[str, CustomerId]:
    """Those of the numbers that are there; for lists."""
    rows = db.exec(
        select(Customer.customer_no, Customer.id, Customer.merged_into).where(
            col(Customer.customer_no).in_(set(numbers))
        )
    )
    return {
        number: surviving(db, found) if merged else CustomerId(found)
        for number, found, merged in rows
    }


def adviser_of(db: Session, customer: CustomerId) -> str | None:
    """The named person of the shop who looks after the customer."""
    return db.exec(select(Customer.adviser).where(Customer.id == customer)).first()


def advisers(db: Session) -> list[str]:
    """Every adviser some customer has, as the register writes the name."""
    found = select(Customer.adviser).where(col(Customer.adviser).is_not(None)).distinct()
    return sorted(str(each) for each in db.exec(found))


def advised_by(db: Session, name: str) -> list[CustomerId]:
    """Whom that person of the shop looks after."""
    found = select(Customer.id).where(Customer.adviser == name).order_by(col(Customer.id))
    return [CustomerId(each) for each in db.exec(found)]


def phone_of(db: Session, customer: CustomerId) -> str | None:
    """The number on file, in E.164."""
    return db.exec(select(Customer.phone).where(Customer.id == customer)).first()
