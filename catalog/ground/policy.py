"""The shop's own terms as versioned data: what may differ from dealer to dealer and from year to
year.

A version is never changed, only followed by another; contracts keep the version they were made
under.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from catalog.ground.record import STRICT, Instant, Json, Row, Whole, Words


class PolicyVersion(Row, table=True):
    """One version of one named set of terms."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("name", "version"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    name: str = Field(sa_type=Words)
    version: int = Field(sa_type=Whole)
    terms: dict[str, Any] = Field(sa_type=Json)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


def current(db: Session, name: str) -> PolicyVersion | None:
    """The latest version, or None while the shop keeps the defaults of the code."""
    return db.exec(
        select(PolicyVersion)
        .where(PolicyVersion.name == name)
        .order_by(col(PolicyVersion.version).desc())
        .limit(1)
    ).first()


def amend(
    db: Session, name: str, terms: Mapping[str, Any], *, by: str, now: datetime
) -> PolicyVersion:
    """Write the next version."""
    latest = current(db, name)
    version = PolicyVersion(
        name=name,
        version=latest.version + 1 if latest else 1,
        terms=dict(terms),
        written_by=by,
        written_at=now,
    )
    db.add(version)
    db.flush()
    return version
