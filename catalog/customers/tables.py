"""Customer (顧客), contact and consent: a person, the addresses that person writes from, and what
the person agreed to.

A contact without a customer is a visitor: somebody who writes and whose membership is not linked.
"""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words, YesNo


class Customer(Row, table=True):
    """A person in the shop's customer register. `phone` in E.164; `adviser` the named person of the
    shop; `marketing_opt_in` repeats the latest consent. `erase_asked_at`: wants to be forgotten
    once no deal is open; `erased_at`: is. `vip_since`: a client of the first rank, whom a person
    answers before others. `is_newcomer`: entered with nothing but a chat; `merged_into`: who they
    turned out to be.
    """

    __tablename__ = "customer"
    __table_args__ = (UniqueConstraint("customer_no"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_no: str = Field(sa_type=Words)
    family_name: str = Field(sa_type=Words)
    given_name: str | None = Field(default=None, sa_type=Words)
    family_kana: str | None = Field(default=None, sa_type=Words)
    given_kana: str | None = Field(default=None, sa_type=Words)
    email: str | None = Field(default=None, sa_type=Words, index=True)
    phone: str | None = Field(default=None, sa_type=Words, index=True)
    birthday: date | None = Field(default=None, sa_type=Day)
    marketing_opt_in: bool = Field(default=False, sa_type=YesNo)
    adviser: str | None = Field(default=None, sa_type=Words)
    language: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    erase_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    vip_since: datetime | None = Field(default=None, sa_type=Instant)
    is_newcomer: bool = Field(default=False, sa_type=YesNo)
    merged_into: str | None = Field(default=None, sa_type=Words, index=True)


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


class Consent(Row, table=True):
    """One answer to whether the shop may write about something (COM-1); the latest one holds.
    `text_version`: the words the person was shown; `source`: where the answer came from.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("consent_of", "customer_id", "category", "id"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    category: str = Field(sa_type=Words)
    given: bool = Field(sa_type=YesNo)
    text_version: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    given_at: datetime = Field(sa_type=Instant)
