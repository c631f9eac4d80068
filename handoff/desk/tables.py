"""Ticket (取り次ぎ票): somebody waits for a person in a conversation; who of the shop has it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class TicketState(StrEnum):
    """Where a ticket stands. Without an open one the conversation is the bot's."""

    WAITING = "waiting"  # 引き継ぎ待ち: nobody has it yet; the bot still answers what it can
    CLAIMED = "claimed"  # 担当中: one person has it, and only that person speaks
    SNOOZED = "snoozed"  # 保留: the same, put aside until a moment or the customer's next message
    CLOSED = "closed"  # 完了: the bot goes on


class TicketReason(StrEnum):
    """Why a person is needed."""

    ASKED = "asked"
    COMPLAINT = "complaint"
    BOT_FAILED = "bot_failed"
    DOUBT = "doubt"
    TAKEN = "taken"  # nobody asked; a person of the shop came in


class Ticket(Row, table=True):
    """One wait, from the call to the end. `open_key` repeats the conversation while it is open: at
    most one each.

    `promised_at` is the time the person was told; `kept_at` when the first words after that left,
    or will (`is_owed`). `owner` has it while it is claimed or snoozed, and is asked first when it
    is opened anew. `waits_since`: since when nobody had it, the last time; `level`: how far up the
    chain it was brought then (`rules.Level`). `unanswered_since`: since when the customer's words
    wait for the owner's, what was put aside left out. `answered_at`: the first words of anybody of
    the shop. `wake_at`: until when it is put aside, at most.
    `misses`: promises nobody kept while it waited. `rating`: one to five, what the customer thought
    of it. `priority`: 1 for customers served first. `asked_first`, `asked_why`: who was asked to
    take it, and by which rule (`shifts.rules.Why`). `about_brand`, `about_category`: what it is
    about where that is no piece of the shop.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("open_key"),
        Index("ticket_state", "state", "promised_at"),
        Index("ticket_conversation", "conversation", "opened_at"),
        Index("ticket_closed", "state", "closed_at"),
        Index("ticket_owner", "owner", "state"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(sa_type=Words)
    open_key: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    reason: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    about_unit: str | None = Field(default=None, sa_type=Words)
    about_brand: str | None = Field(default=None, sa_type=Words)
    about_category: str | None = Field(default=None, sa_type=Words)
    priority: int = Field(default=0, sa_type=Whole)
    asked_first: str | None = Field(default=None, sa_type=Words)
    asked_why: str | None = Field(default=None, sa_type=Words)
    promised_at: datetime = Field(sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    owner: str | None = Field(default=None, sa_type=Words)
    waits_since: datetime | None = Field(default=None, sa_type=Instant)
    level: int = Field(default=0, sa_type=Whole)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    kept_at: datetime | None = Field(default=None, sa_type=Instant)
    unanswered_since: datetime | None = Field(default=None, sa_type=Instant)
    wake_at: datetime | None = Field(default=None, sa_type=Instant)
    misses: int = Field(default=0, sa_type=Whole)
    rating: int | None = Field(default=None, sa_type=Whole)
    version: int = Field(default=0, sa_type=Whole)
