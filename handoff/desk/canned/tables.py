"""Rows of canned replies. Every version of every text is kept: what was sent can be told again."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Canned(Row, table=True):
    """One reply. `shortcut` is typed after `/`; `open_shortcut` repeats it while it is in use.
    `version` is the one that holds.
    """

    __tablename__ = "canned"
    __table_args__ = (UniqueConstraint("open_shortcut"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    shortcut: str = Field(sa_type=Words)
    open_shortcut: str | None = Field(default=None, sa_type=Words)
    title: str = Field(sa_type=Words)
    version: int = Field(sa_type=Whole)
    changed_at: datetime = Field(sa_type=Instant)
    retired_at: datetime | None = Field(default=None, sa_type=Instant)


class CannedText(Row, table=True):
    """Its text in one language, in one version. Never changed."""

    __tablename__ = "canned_text"
    __table_args__ = (STRICT,)

    canned_id: str = Field(primary_key=True, sa_type=Words, foreign_key="canned.id")
    version: int = Field(primary_key=True, sa_type=Whole)
    lang: str = Field(primary_key=True, sa_type=Words)
    body: str = Field(sa_type=Words)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
