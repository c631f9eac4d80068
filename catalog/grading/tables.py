"""Grading (状態評価): every version of a unit's grade. Axes, evidence and the second grader come
with the full register.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Grade(StrEnum):
    """The shop's scale, best first."""

    N = "N"
    S = "S"
    A = "A"
    AB = "AB"
    B = "B"
    BC = "BC"
    C = "C"
    J = "J"


class Grading(Row, table=True):
    """One version of a unit's grade; the latest one holds."""

    __tablename__ = "grading"
    __table_args__ = (UniqueConstraint("unit_id", "version"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    version: int = Field(sa_type=Whole)
    grade: str = Field(sa_type=Words)
    source: str = Field(sa_type=Words)
    graded_by: str = Field(sa_type=Words)
    graded_at: datetime = Field(sa_type=Instant)
