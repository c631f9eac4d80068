"""Reads on customers and their addresses."""

from sqlmodel import Session, select

from catalog.customers.tables import Contact, Customer


def language_of(db: Session, channel: str, address: str) -> str | None:
    """The language the register notes for who writes from that address; None for a visitor."""
    return db.exec(
        select(Customer.language).where(
            Contact.channel == channel,
            Contact.address == address,
            Contact.customer_id == Customer.id,
        )
    ).first()
