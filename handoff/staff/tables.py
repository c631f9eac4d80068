"""Staff (担当者): people of the shop with a role."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Words


class Staff(Row, table=True):
    """One person. `left_at` set: they work here no more, their acts stay."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("email"),
        UniqueConstraint("slack_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    name: str = Field(sa_type=Words)
    role: str = Field(sa_type=Words)
    email: str | None = Field(default=None, sa_type=Words)
    slack_id: str | None = Field(default=None, sa_type=Words)
    added_at: datetime = Field(sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiKey(Row, table=True):
    """A key other programs of the shop call with (API キー): the till, the online shop. Only the
    digest of its secret is kept. `scopes` are separated by spaces.
    """

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("name"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    name: str = Field(sa_type=Words)
    digest: str = Field(sa_type=Words)
    scopes: str = Field(sa_type=Words)
    added_by: str = Field(sa_type=Words)
    added_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
