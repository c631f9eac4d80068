"""Media pass (閲覧パス): an unguessable, revocable, expiring right to fetch one rendition. Only its
hash is kept.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Words


class MediaPass(Row, table=True):
    """`purpose` is the letter it was made for, as far as logs may know it."""

    __tablename__ = "media_pass"
    __table_args__ = (
        Index("media_pass_conversation", "conversation"),
        Index("media_pass_rendition", "rendition_id"),
        STRICT,
    )

    token_hash: str = Field(primary_key=True, sa_type=Words)
    rendition_id: str = Field(sa_type=Words, foreign_key="rendition.id")
    conversation: str = Field(sa_type=Words)
    purpose: str = Field(sa_type=Words)
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
