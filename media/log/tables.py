"""Leaf and node (葉と節), checkpoint (検証点) and what stands around it: append-only. A leaf's
payload is canonical JSON without names or texts: a log cannot forget.

Of a signing key only the public half is here; the private one lies in `KEYS_DIR` (`keys`).
"""

from datetime import date, datetime

from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Day, Instant, Row, Whole, Words


class LogLeaf(Row, table=True):
    """One fact. `number` counts from 0 without gaps; the hash is over the payload's bytes.
    `unit_id`: the piece its payload names, to find it by.
    """

    __tablename__ = "log_leaf"
    __table_args__ = (
        Index(
            "log_leaf_unit",
            "unit_id",
            sqlite_where=text("unit_id IS NOT NULL"),
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
        STRICT,
    )

    number: int = Field(primary_key=True, sa_type=Whole, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(sa_type=Words)
    payload: str = Field(sa_type=Words)
    hash: bytes = Field(sa_type=Bytes)
    appended_at: datetime = Field(sa_type=Instant)
    unit_id: str | None = Field(default=None, sa_type=Words)


class LogNode(Row, table=True):
    """The root of one full subtree; level 0 are the leaves themselves."""

    __tablename__ = "log_node"
    __table_args__ = (PrimaryKeyConstraint("level", "number"), STRICT)

    level: int = Field(sa_type=Whole)
    number: int = Field(sa_type=Whole)
    hash: bytes = Field(sa_type=Bytes)


class LogKey(Row, table=True):
    """The public half of a key checkpoints are signed with, as a C2SP verifier key; the leaf
    `log.key` under `log_number` says since when.
    """

    __tablename__ = "log_key"

    key_id: str = Field(primary_key=True, sa_type=Words)
    verifier: str = Field(sa_type=Words)
    log_number: int = Field(sa_type=Whole)
    added_at: datetime = Field(sa_type=Instant)


class LogCheckpoint(Row, table=True):
    """A signed checkpoint, whole as it was signed. `day`: the Tokyo day it was made for by the
    clock; None when an export wished for a fresh one.
    """

    __tablename__ = "log_checkpoint"
    __table_args__ = (UniqueConstraint("day"), Index("log_checkpoint_size", "size"), STRICT)

    number: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    size: int = Field(sa_type=Whole)
    root: bytes = Field(sa_type=Bytes)
    key_id: str = Field(sa_type=Words, foreign_key="log_key.key_id")
    note: str = Field(sa_type=Words)
    day: date | None = Field(default=None, sa_type=Day)
    made_at: datetime = Field(sa_type=Instant)


class CheckpointStamp(Row, table=True):
    """What a time-stamping authority answered for a checkpoint (RFC 3161 TimeStampResp, DER)."""

    __tablename__ = "checkpoint_stamp"

    checkpoint: int = Field(
        primary_key=True, sa_type=Whole, foreign_key="log_checkpoint.number",
        sa_column_kwargs={"autoincrement": False},
    )  # fmt: skip
    answer: bytes = Field(sa_type=Bytes)
    stamped_at: datetime = Field(sa_type=Instant)


class JournalHead(Row, table=True):
    """The last act of one chain of the journal, as the leaf `journal.heads` under `log_number` has
    it.
    """

    __tablename__ = "journal_head"
    __table_args__ = (
        PrimaryKeyConstraint("log_number", "subject"),
        Index("journal_head_subject", "subject", "number"),
        STRICT,
    )

    log_number: int = Field(sa_type=Whole)
    subject: str = Field(sa_type=Words)
    number: int = Field(sa_type=Whole)
    hash: str = Field(sa_type=Words)
