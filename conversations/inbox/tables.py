"""The inbox row (受信): one event of one channel, stored raw before the platform is answered."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class HeardState(StrEnum):
    """Where an event stands."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"  # given up after several tries, or unreadable; staff see it and may retry


class Heard(Row, table=True):
    """One event. The row is the dedupe record: "seen" cannot be noted without the event being kept.

    `body` is the platform's JSON; it is emptied by unsend, by erasure and after 30 days.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "event_id"),
        Index(
            "inbox_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index(
            "inbox_lane",
            "conversation",
            "event_at",
            "id",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index("inbox_message", "message_id"),
        Index("inbox_talk", "conversation", "event_at", "id"),
        Index(
            "inbox_dead",
            "id",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    channel: str = Field(sa_type=Words)
    event_id: str = Field(sa_type=Words)
    conversation: str = Field(sa_type=Words)
    message_id: str | None = Field(default=None, sa_type=Words)
    event_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    body: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    attempts: int = Field(default=0, sa_type=Whole)
    due_at: datetime = Field(sa_type=Instant)
    last_error: str | None = Field(default=None, sa_type=Words)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    scrubbed_at: datetime | None = Field(default=None, sa_type=Instant)
