"""A dispute (現状相違の申し出) and the captures that were on record at the moment it was opened."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class DisputeState(StrEnum):
    """Whether somebody still has to look into it."""

    OPEN = "open"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What looking into it showed."""

    DIFFERS = "differs"  # from the record of the sale
    AS_RECORDED = "as_recorded"
    UNCLEAR = "unclear"  # the record does not tell
    WITHDRAWN = "withdrawn"  # the claimant says so


class Follow(StrEnum):
    """What follows from the answer."""

    NONE = "none"
    RETURN = "return"
    REFUND = "refund"


class Dispute(Row, table=True):
    """Somebody says that a piece, or one part of it, is not as it was recorded.

    `frozen`: the digest of the list of its exhibits, which the evidence log holds under
    `log_number`. `sold_at`: until when a capture shows it as it was sold. `open_key` is set while
    open: one open dispute for one piece in one conversation. `outcome`, `follow` and `answer` are
    what a person answered; the log holds a digest of them with `answer_salt`. `return_id`: the
    return that follows.
    """

    __tablename__ = "dispute"
    __table_args__ = (UniqueConstraint("open_key"), Index("dispute_unit", "unit_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(sa_type=Words, index=True)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    order_id: str | None = Field(default=None, sa_type=Words)
    part: str | None = Field(default=None, sa_type=Words)
    sold_at: datetime | None = Field(default=None, sa_type=Instant)
    state: str = Field(sa_type=Words)
    open_key: str | None = Field(default=None, sa_type=Words)
    frozen: str = Field(sa_type=Words)
    log_number: int | None = Field(default=None, sa_type=Whole)
    promised_at: datetime = Field(sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str | None = Field(default=None, sa_type=Words)
    outcome: str | None = Field(default=None, sa_type=Words)
    follow: str | None = Field(default=None, sa_type=Words)
    answer: str | None = Field(default=None, sa_type=Words)
    answer_salt: str | None = Field(default=None, sa_type=Words)
    return_id: str | None = Field(default=None, sa_type=Words)


class Exhibit(Row, table=True):
    """One capture that was on record then, with the digest it had. Never changed."""

    __tablename__ = "dispute_exhibit"
    __table_args__ = (PrimaryKeyConstraint("dispute_id", "asset_id"), STRICT)

    dispute_id: str = Field(sa_type=Words, foreign_key="dispute.id")
    asset_id: str = Field(sa_type=Words, foreign_key="asset.id")
    sha256: str = Field(sa_type=Words)
    part: str | None = Field(default=None, sa_type=Words)
    kind: str = Field(sa_type=Words)
    captured_at: datetime = Field(sa_type=Instant)
