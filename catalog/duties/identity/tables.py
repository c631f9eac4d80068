"""Identity checks (本人確認記録), who read them, and guardians' consents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Day, Instant, Json, Row, Whole, Words, YesNo


class IdentityCheck(Row, table=True):
    """One check. What was seen lies in `sealed` under a key of its own (`identity:ID`), so that its
    end of life is the end of that key; the law keeps it longer than a customer's other data.

    `evidence`: kind and reference of each piece, never the bytes. `name_keys`: keyed hashes of the
    verified name in kanji and in kana. `valid_through`: the last day a new deal may rest on it.
    """

    __tablename__ = "identity_check"
    __table_args__ = (Index("identity_check_customer", "customer_id", "valid_through"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    method: str = Field(sa_type=Words)
    document: str = Field(sa_type=Words)
    evidence: list[Any] = Field(sa_type=Json)
    sealed: bytes = Field(sa_type=Bytes)
    name_keys: list[str] = Field(sa_type=Json)
    is_of_age: bool = Field(sa_type=YesNo)
    policy_version: int = Field(sa_type=Whole)
    verified_on: date = Field(sa_type=Day)
    verified_at: datetime = Field(sa_type=Instant)
    verified_by: str = Field(sa_type=Words)
    valid_through: date = Field(sa_type=Day)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    destroyed_at: datetime | None = Field(default=None, sa_type=Instant)


class IdentityReading(Row, table=True):
    """Somebody opened a check: who, what for, when. Append-only."""

    __tablename__ = "identity_reading"
    __table_args__ = (Index("identity_reading_identity", "identity_id"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    identity_id: str = Field(sa_type=Words, foreign_key="identity_check.id")
    purpose: str = Field(sa_type=Words)
    read_by: str = Field(sa_type=Words)
    read_at: datetime = Field(sa_type=Instant)


class GuardianConsent(Row, table=True):
    """A guardian agreed to one deal of a person below the age to sell; a person of the shop saw
    it.
    """

    __tablename__ = "guardian_consent"
    __table_args__ = (Index("guardian_consent_identity", "identity_id", "about"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    identity_id: str = Field(sa_type=Words, foreign_key="identity_check.id")
    about: str = Field(sa_type=Words)
    evidence: list[Any] = Field(sa_type=Json)
    sealed: bytes = Field(sa_type=Bytes)
    agreed_at: datetime = Field(sa_type=Instant)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
