"""Grading (状態評価): every version of a unit's grade, with its axes and their evidence; and the
words partners use for grades.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words, YesNo


class Grading(Row, table=True):
    """One person's (or the import's) version of a unit's grade; rows are never changed.

    `standing` says what the version is worth (`rules.Standing`); the latest final one holds.
    `axes`: axis → score; `evidence`: axis → list of {asset, region}; `found`: is_new, for_parts;
    `version_before`: the version it agrees with, differs from or settles.
    """

    __tablename__ = "grading"
    __table_args__ = (UniqueConstraint("unit_id", "version"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    version: int = Field(sa_type=Whole)
    grade: str = Field(sa_type=Words)
    standing: str = Field(default="final", sa_type=Words)
    source: str = Field(sa_type=Words)
    scale_version: int = Field(default=0, sa_type=Whole)
    axes: dict[str, Any] | None = Field(default=None, sa_type=Json)
    evidence: dict[str, Any] | None = Field(default=None, sa_type=Json)
    found: dict[str, Any] | None = Field(default=None, sa_type=Json)
    is_override: bool = Field(default=False, sa_type=YesNo)
    reason: str | None = Field(default=None, sa_type=Words)
    version_before: int | None = Field(default=None, sa_type=Whole)
    graded_by: str = Field(sa_type=Words)
    graded_at: datetime = Field(sa_type=Instant)


class GradeAlias(Row, table=True):
    """What a partner calls one of our grades (`SA` for S). `partner_id` empty: what anyone may
    say.
    """

    __tablename__ = "grade_alias"
    __table_args__ = (STRICT,)

    partner_id: str = Field(default="", primary_key=True, sa_type=Words)
    alias_key: str = Field(primary_key=True, sa_type=Words)
    grade: str = Field(sa_type=Words)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class ShotList(Row, table=True):
    """One version of what is photographed of a category; rows are never changed. Version 1 is in
    the code (`checklists`).
    """

    __tablename__ = "shot_list"
    __table_args__ = (PrimaryKeyConstraint("category", "version"), STRICT)

    category: str = Field(sa_type=Words)
    version: int = Field(sa_type=Whole)
    shots: list[dict[str, Any]] = Field(sa_type=Json)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
