"""The outbox row (送信): one call's worth of messages to one conversation, fixed before the first
try.
"""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words, YesNo


class LetterState(StrEnum):
    """Where a letter stands."""

    DUE = "due"
    SENDING = "sending"  # leased; a lease that ran out counts as a try whose outcome nobody knows
    SENT = "sent"
    AMBIGUOUS = (
        "ambiguous"  # a reply whose outcome the platform never told; rides on the next event
    )
    WAITING = "waiting"  # the month's paid messages are used up; rides on the next event
    CARRIED = "carried"  # its words went out with a later letter
    SUPPRESSED = "suppressed"  # blocked, or what it answered was taken back
    HELD = "held"  # the bot's, kept back while a person of the shop speaks there
    EXPIRED = "expired"  # not useful any more before it could go
    DEAD = "dead"  # given up; staff see it and may retry


class Priority(IntEnum):
    """What is kept back first when the month's paid messages run low."""

    ASKED = 0  # what a person asked for
    PROMISED = 1  # a date, a payment, an arrival
    REMINDER = 2
    MARKETING = 3


_OPEN = "state IN ('due', 'sending')"
_IS_HELD = "state = 'held'"
_IS_MARKETING = f"priority = {Priority.MARKETING.value}"
_RIDES = "state IN ('due', 'ambiguous', 'waiting')"


class OutboxLetter(Row, table=True):
    """One letter. `dedupe` makes the same fact one letter; `retry_key` makes the same push one
    delivery.

    `messages` is the channel's final JSON, emptied by unsend, by erasure and after 30 days.
    `due_at` of a letter being sent is the end of its lease. `is_unclear`: a try was made whose
    outcome is not known. `written_by`: the member of staff whose words these are, None for the
    bot's.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedupe"),
        Index("outbox_due", "due_at", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index(
            "outbox_lane",
            "conversation",
            "id",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("outbox_talk", "conversation", "written_at", "id"),
        Index(
            "outbox_rider", "conversation", sqlite_where=text(_RIDES), postgresql_where=text(_RIDES)
        ),
        Index(
            "outbox_held",
            "conversation",
            sqlite_where=text(_IS_HELD),
            postgresql_where=text(_IS_HELD),
        ),
        Index(
            "outbox_marketing",
            "conversation",
            "written_at",
            sqlite_where=text(_IS_MARKETING),
            postgresql_where=text(_IS_MARKETING),
        ),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    dedupe: str = Field(sa_type=Words)
    channel: str = Field(sa_type=Words)
    conversation: str = Field(sa_type=Words)
    purpose: str = Field(sa_type=Words)
    priority: int = Field(sa_type=Whole)
    messages: str = Field(sa_type=Words)
    reply_token: str | None = Field(default=None, sa_type=Words)
    reply_until: datetime | None = Field(default=None, sa_type=Instant)
    retry_key: str = Field(sa_type=Words)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    state: str = Field(sa_type=Words)
    due_at: datetime = Field(sa_type=Instant)
    attempts: int = Field(default=0, sa_type=Whole)
    first_tried_at: datetime | None = Field(default=None, sa_type=Instant)
    is_unclear: bool = Field(default=False, sa_type=YesNo)
    sent_as: str | None = Field(default=None, sa_type=Words)
    leased_by: str | None = Field(default=None, sa_type=Words)
    request_id: str | None = Field(default=None, sa_type=Words)
    last_error: str | None = Field(default=None, sa_type=Words)
    written_by: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    scrubbed_at: datetime | None = Field(default=None, sa_type=Instant)


class ChannelQuota(Row, table=True):
    """What the platform last said of this month's paid messages. `limited` None = no limit."""

    __tablename__ = "channel_quota"
    __table_args__ = (STRICT,)

    channel: str = Field(primary_key=True, sa_type=Words)
    limited: int | None = Field(default=None, sa_type=Whole)
    used: int = Field(sa_type=Whole)
    looked_at: datetime = Field(sa_type=Instant)
    is_spent: bool = Field(default=False, sa_type=YesNo)
