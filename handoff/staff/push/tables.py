"""Browsers that may be told things (通知先の端末)."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Instant, Row, Words


class PushSubscription(Row, table=True):
    """One browser of one person. It lives as long as the session it hangs on may, and not beyond
    the person or their role; `queries` looks at both.

    `endpoint`: where its push service takes messages for it, an address that is as good as a key.
    `p256dh`, `auth`: what messages are sealed with for it alone. `server_key`: the name of the
    shop's key it was made for. `agent`: what the browser calls itself. `told_at`: when its service
    last took a message.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("endpoint"),
        Index("push_subscription_person", "staff_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    staff_id: str = Field(sa_type=Words, foreign_key="staff.id")
    session_id: str = Field(sa_type=Words)
    endpoint: str = Field(sa_type=Words)
    p256dh: bytes = Field(sa_type=Bytes)
    auth: bytes = Field(sa_type=Bytes)
    server_key: str = Field(sa_type=Words)
    lang: str = Field(sa_type=Words)
    agent: str | None = Field(default=None, sa_type=Words)
    since: datetime = Field(sa_type=Instant)
    told_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
