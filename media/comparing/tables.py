"""Registrations, what the aid pointed at, and findings (位置合わせ・候補・所見). Rows are only ever
added; the latest registration of a pair counts.

A pair is always the earlier capture and the later one. Lengths are in widths of a picture.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words


class Verdict(StrEnum):
    """What a person saw."""

    SAME = "same"
    DIFFERS = "differs"
    UNCLEAR = "unclear"  # the pictures do not tell


class Registration(Row, table=True):
    """Two points of the earlier picture and the same two of the later one, as a person put them;
    `points` empty: none counts any more.
    """

    __tablename__ = "registration"
    __table_args__ = (Index("registration_pair", "earlier_id", "later_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    earlier_id: str = Field(sa_type=Words, foreign_key="asset.id")
    later_id: str = Field(sa_type=Words, foreign_key="asset.id")
    points: list[list[float]] = Field(sa_type=Json)
    made_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)


class Candidates(Row, table=True):
    """What the aid pointed at, by that version of it: no more than where to look. `matrix` is null
    when the two could not be laid over each other.
    """

    __tablename__ = "comparison_candidates"
    __table_args__ = (UniqueConstraint("earlier_id", "later_id", "version"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    earlier_id: str = Field(sa_type=Words, foreign_key="asset.id")
    later_id: str = Field(sa_type=Words, foreign_key="asset.id")
    version: int = Field(sa_type=Whole)
    matrix: list[list[float]] | None = Field(default=None, sa_type=Json)
    inliers: int = Field(sa_type=Whole)
    boxes: list[list[float]] = Field(sa_type=Json)
    asked_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)


class Comparison(Row, table=True):
    """What a person found, with both digests as they were, how the pictures lay over each other and
    what the aid had pointed at. The evidence log holds both digests under `log_number`.
    """

    __tablename__ = "comparison"
    __table_args__ = (Index("comparison_pair", "earlier_id", "later_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    earlier_id: str = Field(sa_type=Words, foreign_key="asset.id")
    later_id: str = Field(sa_type=Words, foreign_key="asset.id")
    earlier_sha256: str = Field(sa_type=Words)
    later_sha256: str = Field(sa_type=Words)
    registration: list[list[float]] | None = Field(default=None, sa_type=Json)
    matrix: list[list[float]] | None = Field(default=None, sa_type=Json)
    boxes: list[list[float]] = Field(sa_type=Json)
    verdict: str = Field(sa_type=Words)
    note: str | None = Field(default=None, sa_type=Words)
    decided_by: str = Field(sa_type=Words)
    decided_at: datetime = Field(sa_type=Instant)
    log_number: int = Field(sa_type=Whole)
