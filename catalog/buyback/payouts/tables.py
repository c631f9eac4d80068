"""Rows of payments to people: their bank accounts, single payouts, the lists handed to the bank,
and the lines each list had (送金).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Day, Instant, Json, Row, Whole, Words, YesNo


class PayeeAccount(Row, table=True):
    """A customer's bank account. Bank, branch, number and holder are in `sealed`, under the
    customer's own key; `name_key` is the keyed digest of the holder's name. One is current.
    """

    __tablename__ = "payee_account"
    __table_args__ = (
        Index(
            "payee_account_current", "customer_id", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        STRICT,
    )  # fmt: skip

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    sealed: bytes = Field(sa_type=Bytes)
    name_key: str = Field(sa_type=Words)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class PayoutBatch(Row, table=True):
    """One list for the bank: made by one person, released by another. `policy_version`: the terms
    its file was written by.
    """

    __journaled__ = ("status", "total")

    __tablename__ = "payout_batch"
    __table_args__ = (UniqueConstraint("number"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    number: int = Field(sa_type=Whole)
    transfer_on: date = Field(sa_type=Day)
    status: str = Field(sa_type=Words)
    count: int = Field(sa_type=Whole)
    total: int = Field(sa_type=Whole)
    made_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    released_by: str | None = Field(default=None, sa_type=Words)
    released_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    policy_version: int | None = Field(default=None, sa_type=Whole)


class PayoutLine(Row, table=True):
    """One line of a file the bank was given, kept for good: wherever its payout stands now, the
    bank's answer to that file is read by it. `outcome`: the bank's word on it, None until it said
    one.
    """

    __tablename__ = "payout_line"
    __table_args__ = (
        UniqueConstraint("batch_id", "line"),
        Index("payout_line_payout", "payout_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    batch_id: str = Field(sa_type=Words, foreign_key="payout_batch.id")
    line: int = Field(sa_type=Whole)
    payout_id: str = Field(sa_type=Words, foreign_key="payout.id")
    amount: int = Field(sa_type=Whole)
    outcome: str | None = Field(default=None, sa_type=Words)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)


class Payout(Row, table=True):
    """Money that leaves the shop for one person, once. `about`: `case:…`, `contract:…` or
    `account:…`; `document`: the quote, contract or agreement it settles. `hands`: who appraised and
    approved it. `identity_id`: the check the deal rests on; `is_exempt`: neither law nor house
    asked for one.

    `batch_id` and `line`: the list it stands in now and its place there.
    """

    __journaled__ = ("status", "amount", "due_on", "customer_id")

    __tablename__ = "payout"
    __table_args__ = (
        Index(
            "payout_document", "document", unique=True,
            sqlite_where=text("status <> 'cancelled'"),
            postgresql_where=text("status <> 'cancelled'"),
        ),
        Index("payout_due", "status", "due_on"),
        Index("payout_about", "about"),
        Index("payout_batch_line", "batch_id", "line"),
        CheckConstraint("amount > 0", name="payout_amount"),
        STRICT,
    )  # fmt: skip

    id: str = Field(primary_key=True, sa_type=Words)
    about: str = Field(sa_type=Words)
    document: str = Field(sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    means: str = Field(sa_type=Words)
    amount: int = Field(sa_type=Whole)
    due_on: date = Field(sa_type=Day)
    status: str = Field(sa_type=Words)
    hands: list[str] = Field(default_factory=list, sa_type=Json)
    identity_id: str | None = Field(default=None, sa_type=Words)
    is_exempt: bool = Field(default=False, sa_type=YesNo)
    payee_id: str | None = Field(default=None, sa_type=Words, foreign_key="payee_account.id")
    batch_id: str | None = Field(default=None, sa_type=Words, foreign_key="payout_batch.id")
    line: int | None = Field(default=None, sa_type=Whole)
    bank_ref: str | None = Field(default=None, sa_type=Words)
    failure: str | None = Field(default=None, sa_type=Words)
    attempts: int = Field(default=1, sa_type=Whole)
    planned_by: str = Field(sa_type=Words)
    planned_at: datetime = Field(sa_type=Instant)
    paid_by: str | None = Field(default=None, sa_type=Words)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    late_told_on: date | None = Field(default=None, sa_type=Day)
