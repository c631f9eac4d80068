"""Thread (会話): a conversation, what the bot remembers of it, and who works on it now."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words


class Thread(Row, table=True):
    """One conversation. `id` is the channel, a colon and the platform's own id of the person or
    group.

    `memory` is what the next turn needs (`threads.memory`). A worker holds the thread by
    `leased_by` until `lease_until`; the name is new at each claim, so a worker that lost its lease
    cannot write. `heard_at`: when the person was last answered.
    """

    __tablename__ = "thread"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Words)
    channel: str = Field(sa_type=Words)
    lang: str | None = Field(default=None, sa_type=Words)
    memory: dict[str, Any] = Field(sa_type=Json)
    version: int = Field(default=0, sa_type=Whole)
    leased_by: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)
    heard_at: datetime | None = Field(default=None, sa_type=Instant)
