"""Visits asked for, refusals, statutory documents and rescissions (訪問購入・法定書面)."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Day, Instant, Json, Row, Whole, Words


class Visit(Row, table=True):
    """A visit to buy, asked for by the customer in their own message (`message_id`).

    `kinds`: the kinds of goods the customer named; no other may be asked about. `scope`: only
    appraise, or also offer. `licence_no`: of the visiting staff's card (行商従業者証).
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("message_id"),
        Index("visit_customer", "customer_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    message_id: str = Field(sa_type=Words)
    asked_at: datetime = Field(sa_type=Instant)
    kinds: list[str] = Field(sa_type=Json)
    scope: str = Field(sa_type=Words)
    place: str = Field(sa_type=Words)
    place_filed_on: date | None = Field(default=None, sa_type=Day)
    visit_on: date = Field(sa_type=Day)
    staff_id: str | None = Field(default=None, sa_type=Words)
    licence_no: str | None = Field(default=None, sa_type=Words)
    case_id: str | None = Field(default=None, sa_type=Words, index=True)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)


class VisitRefusal(Row, table=True):
    """The customer said no: nobody asks again. Append-only."""

    __tablename__ = "visit_refusal"
    __table_args__ = (Index("visit_refusal_customer", "customer_id", "refused_at"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    visit_id: str | None = Field(default=None, sa_type=Words, foreign_key="visit.id")
    refused_at: datetime = Field(sa_type=Instant)
    noted_by: str = Field(sa_type=Words)


class StatutoryDocument(Row, table=True):
    """The document of a purchase at home: its page sealed under the key `document:ID`, its hash,
    and when and how the seller received it. None in `received_on`: the eight days never end.
    """

    __tablename__ = "statutory_document"
    __table_args__ = (Index("statutory_document_case", "case_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    case_id: str = Field(sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    sha256: str = Field(sa_type=Words)
    sealed: bytes = Field(sa_type=Bytes)
    issued_by: str = Field(sa_type=Words)
    issued_at: datetime = Field(sa_type=Instant)
    delivery: str | None = Field(default=None, sa_type=Words)
    consent_id: str | None = Field(default=None, sa_type=Words)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    received_on: date | None = Field(default=None, sa_type=Day)
    keep_through: date = Field(sa_type=Day)
    destroyed_at: datetime | None = Field(default=None, sa_type=Instant)


class Rescission(Row, table=True):
    """A seller took a sale back (クーリング・オフ): when the notice was dispatched decides."""

    __tablename__ = "rescission"
    __table_args__ = (UniqueConstraint("case_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    case_id: str = Field(sa_type=Words)
    message_id: str | None = Field(default=None, sa_type=Words)
    dispatched_at: datetime = Field(sa_type=Instant)
    last_day: date | None = Field(default=None, sa_type=Day)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
