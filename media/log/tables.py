"""Leaf and node (葉と節): append-only. A leaf's payload is canonical JSON without names or texts: a
log cannot forget.
"""

from datetime import datetime

from sqlalchemy import PrimaryKeyConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Instant, Row, Whole, Words


class LogLeaf(Row, table=True):
    """One fact. `number` counts from 0 without gaps; the hash is over the payload's bytes."""

    __tablename__ = "log_leaf"

    number: int = Field(primary_key=True, sa_type=Whole, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(sa_type=Words)
    payload: str = Field(sa_type=Words)
    hash: bytes = Field(sa_type=Bytes)
    appended_at: datetime = Field(sa_type=Instant)


class LogNode(Row, table=True):
    """The root of one full subtree; level 0 are the leaves themselves."""

    __tablename__ = "log_node"
    __table_args__ = (PrimaryKeyConstraint("level", "number"), STRICT)

    level: int = Field(sa_type=Whole)
    number: int = Field(sa_type=Whole)
    hash: bytes = Field(sa_type=Bytes)
