"""Thread (会話): a conversation, what the bot remembers of it, who works on it now; feed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words


class Thread(Row, table=True):
    """One conversation. `id` is the channel, a colon and the platform's own id of the person or
    group.

    `memory` is what the next turn needs (`threads.memory`). A worker holds the thread by
    `leased_by` until `lease_until`; the name is new at each claim, so a worker that lost its lease
    cannot write. `heard_at`: when the person was last answered.

    `speaker`: the member of staff who speaks here instead of the bot (`threads.speaker`); while one
    does, the reply token the last message brought waits in `reply_token` until `reply_until`.
    """

    __tablename__ = "thread"
    __table_args__ = (Index("thread_heard", "heard_at", "id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    channel: str = Field(sa_type=Words)
    lang: str | None = Field(default=None, sa_type=Words)
    memory: dict[str, Any] = Field(sa_type=Json)
    version: int = Field(default=0, sa_type=Whole)
    leased_by: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)
    heard_at: datetime | None = Field(default=None, sa_type=Instant)
    speaker: str | None = Field(default=None, sa_type=Words)
    reply_token: str | None = Field(default=None, sa_type=Words)
    reply_until: datetime | None = Field(default=None, sa_type=Instant)


class FeedRow(Row, table=True):
    """One change of a conversation, for whoever watches (`threads.feed`)."""

    __tablename__ = "feed"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    conversation: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
