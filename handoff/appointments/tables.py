"""Appointment (予約) and the quarters of an hour it takes.

A quarter of a seat (a person, or a place at a store's counter) is one row under one key: whoever
writes it first has it, and no two appointments can. A quarter that is only held is free again when
its time is over.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Json, Row, Words


class Kind(StrEnum):
    """What is booked."""

    STORE = "store"  # ご来店
    VIDEO = "video_call"
    HOME = "home_visit"  # 出張
    CALL = "call_back"  # お電話


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    HELD = "held"  # while the customer says yes
    BOOKED = "booked"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    MOVED = "moved"  # another one took its place
    LAPSED = "lapsed"  # never confirmed


class Appointment(Row, table=True):
    """One appointment. `staff` None: given to somebody later. `seats`: whose quarters it takes.
    `place`, `place_filed_on`: where goods may be received on a visit (古物営業法14条). `link`: of a
    video call, typed by staff. `replaces`: the one it was moved from. `key` makes a repeated hold
    find the first.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("appointment_starts", "starts_at"),
        Index("appointment_conversation", "conversation", "starts_at"),
        Index("appointment_staff", "staff", "starts_at"),
        Index(
            "appointment_held",
            "held_until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    key: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    conversation: str = Field(sa_type=Words)
    customer: str | None = Field(default=None, sa_type=Words)
    lang: str = Field(sa_type=Words)
    store: str | None = Field(default=None, sa_type=Words)
    about_unit: str | None = Field(default=None, sa_type=Words)
    staff: str | None = Field(default=None, sa_type=Words)
    seats: list[str] = Field(sa_type=Json)
    place: str | None = Field(default=None, sa_type=Words)
    place_filed_on: date | None = Field(default=None, sa_type=Day)
    link: str | None = Field(default=None, sa_type=Words)
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    held_until: datetime | None = Field(default=None, sa_type=Instant)
    replaces: str | None = Field(default=None, sa_type=Words)
    asked_at: datetime = Field(sa_type=Instant)
    booked_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Quarter(Row, table=True):
    """A quarter of an hour of a seat that is taken. `until`: only held until then."""

    __tablename__ = "appointment_quarter"
    __table_args__ = (Index("appointment_quarter_of", "appointment"), STRICT)

    seat: str = Field(primary_key=True, sa_type=Words)
    at: datetime = Field(primary_key=True, sa_type=Instant)
    appointment: str = Field(sa_type=Words)
    until: datetime | None = Field(default=None, sa_type=Instant)
