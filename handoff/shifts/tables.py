"""Shop hours and shifts as the shop has entered them (営業時間・シフト).

Spans are `[["10:30", "13:00"], ["14:00", "19:00"]]`, Tokyo wall clock; an empty list: closed, off.
Weekdays are 0 (Monday) to 6; 7 is a national holiday. No row: nothing is said about that day.
"""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Json, Row, Whole, Words

Spans = list[list[str]]
HOLIDAY = 7
WHOLE_SHOP = ""


class CalendarStamp(Row, table=True):
    """One row: it changes with every change of the shop's hours, so that what was read can be kept
    until then. A random word, never a count: a change that was undone never comes back as another.
    """

    __tablename__ = "calendar_stamp"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Words)
    stamp: str = Field(sa_type=Words)


class OpenWeekday(Row, table=True):
    """Spans of a weekday or of holidays; `store` by its Japanese name, empty: the whole shop."""

    __tablename__ = "open_weekday"
    __table_args__ = (STRICT,)

    store: str = Field(primary_key=True, sa_type=Words)
    weekday: int = Field(primary_key=True, sa_type=Whole)
    spans: Spans = Field(sa_type=Json)


class OpenDay(Row, table=True):
    """Other spans on a single day; `note` tells staff why."""

    __tablename__ = "open_day"
    __table_args__ = (STRICT,)

    store: str = Field(primary_key=True, sa_type=Words)
    day: date = Field(primary_key=True, sa_type=Day)
    spans: Spans = Field(sa_type=Json)
    note: str | None = Field(default=None, sa_type=Words)


class Skills(Row, table=True):
    """What somebody knows and how much they take on. `brands`: ids of the lexicon; `categories`,
    `languages`, `stores`: empty means all, Japanese, any. `capacity`: conversations at once.
    `away_until`: has stepped out, whatever the shift says.
    """

    __tablename__ = "staff_skills"
    __table_args__ = (STRICT,)

    staff: str = Field(primary_key=True, sa_type=Words)
    categories: list[str] = Field(sa_type=Json)
    brands: list[str] = Field(sa_type=Json)
    languages: list[str] = Field(sa_type=Json)
    stores: list[str] = Field(sa_type=Json)
    capacity: int = Field(sa_type=Whole)
    deputy: str | None = Field(default=None, sa_type=Words)
    licence_no: str | None = Field(default=None, sa_type=Words)
    away_until: datetime | None = Field(default=None, sa_type=Instant)


class ShiftWeekday(Row, table=True):
    """Somebody's spans of a weekday or of holidays."""

    __tablename__ = "shift_weekday"
    __table_args__ = (STRICT,)

    staff: str = Field(primary_key=True, sa_type=Words)
    weekday: int = Field(primary_key=True, sa_type=Whole)
    spans: Spans = Field(sa_type=Json)


class ShiftDay(Row, table=True):
    """Somebody's other spans on a single day."""

    __tablename__ = "shift_day"
    __table_args__ = (STRICT,)

    staff: str = Field(primary_key=True, sa_type=Words)
    day: date = Field(primary_key=True, sa_type=Day)
    spans: Spans = Field(sa_type=Json)


class ShiftWindow(Row, table=True):
    """A short turn from anywhere (「20分対応可」)."""

    __tablename__ = "shift_window"
    __table_args__ = (Index("shift_window_ends", "ends_at"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    staff: str = Field(sa_type=Words)
    begins_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
