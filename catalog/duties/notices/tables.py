"""Stolen-goods notices, hits, police orders, claims and suspicions (品触れ・差止め・不正品申告)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words, YesNo


class PoliceNotice(Row, table=True):
    """A notice (品触れ) with the day it arrived; kept and matched through `keep_through`."""

    __tablename__ = "police_notice"
    __table_args__ = (UniqueConstraint("authority", "number"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    authority: str = Field(sa_type=Words)
    number: str = Field(sa_type=Words)
    arrived_on: date = Field(sa_type=Day)
    keep_through: date = Field(sa_type=Day, index=True)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)


class WantedPiece(Row, table=True):
    """One piece of a notice: its serial where known, and the words that tell it."""

    __tablename__ = "wanted_piece"
    __table_args__ = (
        CheckConstraint("serial_key IS NOT NULL OR features <> ''", name="wanted_piece_told"),
        Index("wanted_piece_serial", "serial_key"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    notice_id: str = Field(sa_type=Words, foreign_key="police_notice.id", index=True)
    item_kind: str | None = Field(default=None, sa_type=Words)
    serial: str | None = Field(default=None, sa_type=Words)
    serial_key: str | None = Field(default=None, sa_type=Words)
    features: str = Field(default="", sa_type=Words)


class NoticeHit(Row, table=True):
    """A piece of the shop that may be a wanted one. `ruling`: None until a person looked."""

    __tablename__ = "notice_hit"
    __table_args__ = (UniqueConstraint("wanted_id", "unit_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    wanted_id: int = Field(sa_type=Whole, foreign_key="wanted_piece.id")
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id", index=True)
    ground: str = Field(sa_type=Words)
    found_at: datetime = Field(sa_type=Instant)
    ruling: str | None = Field(default=None, sa_type=Words)
    ruled_by: str | None = Field(default=None, sa_type=Words)
    ruled_at: datetime | None = Field(default=None, sa_type=Instant)
    report_no: str | None = Field(default=None, sa_type=Words)


class PoliceOrder(Row, table=True):
    """Custody ordered (差止め), `from_on` through `through`, both days counted."""

    __tablename__ = "police_order"
    __table_args__ = (UniqueConstraint("authority", "number", "unit_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id", index=True)
    authority: str = Field(sa_type=Words)
    number: str = Field(sa_type=Words)
    from_on: date = Field(sa_type=Day)
    through: date = Field(sa_type=Day)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)


class RecoveryClaim(Row, table=True):
    """A victim claims a piece back (盗品・遺失物の回復). `outcome`: None until a manager says what
    came of it.
    """

    __tablename__ = "recovery_claim"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id", index=True)
    stolen_on: date = Field(sa_type=Day)
    claimed_on: date = Field(sa_type=Day)
    is_free_of_charge: bool = Field(sa_type=YesNo)
    report_no: str = Field(sa_type=Words)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
    outcome: str | None = Field(default=None, sa_type=Words)
    ended_by: str | None = Field(default=None, sa_type=Words)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Suspicion(Row, table=True):
    """One tap: somebody of the shop holds a piece for stolen (不正品申告). `settled_at`: nothing
    was in it, or the police are done with it.
    """

    __tablename__ = "suspicion"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id", index=True)
    reason: str = Field(sa_type=Words)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
    report_no: str | None = Field(default=None, sa_type=Words)
    settled_by: str | None = Field(default=None, sa_type=Words)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
