"""Cash of one contract, customer due diligence, and suspicious transactions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Day, Instant, Row, Whole, Words


class ContractCash(Row, table=True):
    """All cash of one contract so far, whichever way it went. `about`: `case:…`, `order:…`."""

    __journaled__ = ("total",)

    __tablename__ = "contract_cash"
    __table_args__ = (CheckConstraint("total >= 0", name="contract_cash_total"), STRICT)

    about: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    total: int = Field(default=0, sa_type=Whole)
    changed_at: datetime = Field(sa_type=Instant)


class CashPart(Row, table=True):
    """One instalment in cash. Append-only."""

    __journaled__ = ("about", "amount")

    __tablename__ = "cash_part"
    __table_args__ = (
        CheckConstraint("amount > 0", name="cash_part_amount"),
        Index("cash_part_about", "about"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    about: str = Field(sa_type=Words, foreign_key="contract_cash.about")
    amount: int = Field(sa_type=Whole)
    paid_at: datetime = Field(sa_type=Instant)
    noted_by: str = Field(sa_type=Words)


class Diligence(Row, table=True):
    """Who the customer is and what for, asked before much cash moved; kept seven years.

    `sealed` (occupation or business, origin of the money) lies under the key `diligence:ID`.
    """

    __tablename__ = "diligence"
    __table_args__ = (Index("diligence_about", "about"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    about: str = Field(sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    identity_id: str = Field(sa_type=Words, foreign_key="identity_check.id", index=True)
    purpose: str = Field(sa_type=Words)
    sealed: bytes = Field(sa_type=Bytes)
    done_by: str = Field(sa_type=Words)
    done_at: datetime = Field(sa_type=Instant)
    keep_through: date = Field(sa_type=Day)
    destroyed_at: datetime | None = Field(default=None, sa_type=Instant)


class SuspiciousDeal(Row, table=True):
    """A deal that may have to be reported (疑わしい取引); there is no least amount. Never told to
    the customer.
    """

    __tablename__ = "suspicious_deal"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Words)
    about: str = Field(sa_type=Words, index=True)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    reason: str = Field(sa_type=Words)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
    decision: str | None = Field(default=None, sa_type=Words)
    decided_by: str | None = Field(default=None, sa_type=Words)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    report_no: str | None = Field(default=None, sa_type=Words)
