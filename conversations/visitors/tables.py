"""The rows of the web chat: an anonymous visitor, and the entries of the page in their order.

An entry only points at what was said (inbox) or told (outbox), so whatever is emptied there is gone
from the page as well.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class WebVisitor(Row, table=True):
    """One browser. Only a hash of its token is kept; `waiting_until`: an answer is being made."""

    __tablename__ = "web_visitor"
    __table_args__ = (UniqueConstraint("token_hash"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    token_hash: str = Field(sa_type=Words)
    waiting_until: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime = Field(sa_type=Instant)


class WebLetter(Row, table=True):
    """One entry of a page: exactly one of `heard_id` (inbox) and `letter_id` (outbox) is set."""

    __tablename__ = "web_letter"
    __table_args__ = (
        UniqueConstraint("heard_id"),
        UniqueConstraint("letter_id"),
        Index("web_letter_page", "conversation", "id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    conversation: str = Field(sa_type=Words)
    heard_id: int | None = Field(default=None, sa_type=Whole)
    letter_id: int | None = Field(default=None, sa_type=Whole)
    at: datetime = Field(sa_type=Instant)
