"""A parcel (荷物), the units in it, and each event its carrier told.

Addresses are not kept here: they are given when labels are written.
"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Parcel(Row, table=True):
    """One box with one label. `about`: the case, contract or order it belongs to (`case:ID`)."""

    __tablename__ = "parcel"
    __table_args__ = (
        UniqueConstraint("carrier", "tracking_no"),
        Index("parcel_about", "about"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    direction: str = Field(sa_type=Words)
    about: str = Field(sa_type=Words)
    carrier: str = Field(sa_type=Words)
    tracking_no: str | None = Field(default=None, sa_type=Words)
    state: str = Field(sa_type=Words)
    made_by: str = Field(sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    state_at: datetime = Field(sa_type=Instant)


class ParcelUnit(Row, table=True):
    """A unit in a parcel."""

    __tablename__ = "parcel_unit"
    __table_args__ = (Index("parcel_unit_unit", "unit_id"), STRICT)

    parcel_id: str = Field(primary_key=True, sa_type=Words, foreign_key="parcel.id")
    unit_id: str = Field(primary_key=True, sa_type=Words, foreign_key="unit.id")


class ParcelEvent(Row, table=True):
    """What the carrier told, in its own words; the same word at the same moment is one event."""

    __tablename__ = "parcel_event"
    __table_args__ = (UniqueConstraint("parcel_id", "told", "at"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    parcel_id: str = Field(sa_type=Words, foreign_key="parcel.id")
    told: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=Instant)
    state: str | None = Field(default=None, sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
