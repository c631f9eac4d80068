"""Customer (顧客) and contact: a person, and an address on a channel that person writes from.

A contact without a customer is a visitor: somebody who writes and whose membership is not linked.
"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Words, YesNo


class Customer(Row, table=True):
    """A person in the shop's customer register."""

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("customer_no"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_no: str = Field(sa_type=Words)
    family_name: str = Field(sa_type=Words)
    given_name: str | None = Field(default=None, sa_type=Words)
    language: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class Contact(Row, table=True):
    """One address on one channel: `address` is the platform's own id of the person."""

    __tablename__ = "contact"
    __table_args__ = (STRICT,)

    channel: str = Field(primary_key=True, sa_type=Words)
    address: str = Field(primary_key=True, sa_type=Words)
    customer_id: str | None = Field(default=None, sa_type=Words, foreign_key="customer.id")
    is_blocked: bool = Field(default=False, sa_type=YesNo)
    first_seen_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
