"""Ticket (取り次ぎ票): somebody waits for a person in a conversation."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Words


class TicketState(StrEnum):
    """Whether somebody still waits."""

    OPEN = "open"
    CLOSED = "closed"


class TicketReason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    COMPLAINT = "complaint"
    BOT_FAILED = "bot_failed"
    DOUBT = "doubt"


class Ticket(Row, table=True):
    """One wait. `open_key` repeats the conversation while it is open: at most one each.

    `promised_at` is the time the person was told.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("open_key"),
        Index("ticket_state", "state", "promised_at"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(sa_type=Words)
    open_key: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    about_unit: str | None = Field(default=None, sa_type=Words)
    promised_at: datetime = Field(sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
