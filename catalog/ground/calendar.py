"""One calendar for promises, slots, payment dates and reminders: Tokyo days, bank days, shop and
quiet hours.

Zone Asia/Tokyo, no daylight saving. All intervals are half-open (CAL-1 to CAL-5, NTF-1,
NTF-2).
"""

import calendar as _months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from catalog.ground.errors import Malformed

TOKYO = ZoneInfo("Asia/Tokyo")


class HoursMalformed(Malformed):
    """Shop hours that cannot be: a span that ends before it begins, or two that overlap."""


def tokyo_day(moment: datetime) -> date:
    """The Tokyo calendar day of an aware moment (CAL-1)."""
    return moment.astimezone(TOKYO).date()


def at_tokyo(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """That Tokyo wall-clock time as a moment."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO)


@lru_cache(maxsize=4096)
def is_holiday(day: date) -> bool:
    """A Japanese national holiday, substitute and in-between ones included."""
    import jpholiday

    return bool(jpholiday.is_holiday(day))


def is_bank_day(day: date) -> bool:
    """Not Saturday, Sunday, national holiday, nor 31 December to 3 January (CAL-2)."""
    is_year_end = (day.month, day.day) in {(12, 31), (1, 1), (1, 2), (1, 3)}
    return day.weekday() < 5 and not is_year_end and not is_holiday(day)


def next_bank_day(day: date) -> date:
    """The first bank day strictly after that day (CAL-3)."""
    following = day + timedelta(days=1)
    while not is_bank_day(following):
        following += timedelta(days=1)
    return following


def add_months(day: date, months: int) -> date:
    """The same day number that many months on, clamped to the month's last day (CAL-5)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, _months.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` to before `closes`, Tokyo wall-clock time of one day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise HoursMalformed(f"{self.opens}-{self.closes} ends before it begins")


_DAILY = (Span(time(10, 30), time(19, 0)),)
_FURTHEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class ShopHours:
    """When people work: spans per weekday (Monday 0), other spans on single days ((): closed that
    day). `holidays`: the spans of national holidays; None: they are weekdays like any other.
    """

    week: Sequence[Sequence[Span]] = (_DAILY,) * 7
    exceptions: Mapping[date, Sequence[Span]] = field(default_factory=dict)
    holidays: Sequence[Span] | None = None

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise HoursMalformed("a week has seven days")
        for spans in [*self.week, *self.exceptions.values(), self.holidays or ()]:
            if any(a.closes > b.opens for a, b in pairwise(spans)):
                raise HoursMalformed("spans overlap or are out of order")

    def spans(self, day: date) -> Sequence[Span]:
        """The spans of that Tokyo day, in order."""
        told = self.exceptions.get(day)
        if told is not None:
            return told
        if self.holidays is not None and is_holiday(day):
            return self.holidays
        return self.week[day.weekday()]

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody works at that moment."""
        local = moment.astimezone(TOKYO)
        return any(span.opens <= local.time() < span.closes for span in self.spans(local.date()))

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether one span holds all of it."""
        first, last = begins.astimezone(TOKYO), ends.astimezone(TOKYO)
        return first.date() == last.date() and any(
            span.opens <= first.time() and last.time() <= span.closes
            for span in self.spans(first.date())
        )

    def next_open(self, moment: datetime) -> datetime | None:
        """That moment, or when somebody begins to work next; None: not within a year."""
        try:
            return self.after_work(moment, timedelta(0))
        except HoursMalformed:
            return None

    def after_work(self, moment: datetime, work: timedelta) -> datetime:
        """The moment when `work` of open time has passed since `moment`.

        Raises HoursMalformed when the shop is not open that long within a year.
        """
        left = work
        local = moment.astimezone(TOKYO)
        for n in range(_FURTHEST_DAYS):
            day = local.date() + timedelta(days=n)
            for span in self.spans(day):
                opens = max(datetime.combine(day, span.opens, TOKYO), local)
                closes = datetime.combine(day, span.closes, TOKYO)
                if opens >= closes:
                    continue
                if closes - opens >= left:
                    return opens + left
                left -= closes - opens
        raise HoursMalformed("the shop never opens long enough")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When the shop starts no message by itself: from `begins` through midnight to before `ends`
    (NTF-1).
    """

    begins: time = time(21, 0)
    ends: time = time(9, 0)

    def holds(self, moment: datetime) -> bool:
        """Whether that moment is quiet."""
        local = moment.astimezone(TOKYO).time()
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def next_send(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet it falls in (NTF-2)."""
        if not self.holds(moment):
            return moment
        local = moment.astimezone(TOKYO)
        day = local.date() if local.time() < self.ends else local.date() + timedelta(days=1)
        return datetime.combine(day, self.ends, TOKYO)


def round_up_to(moment: datetime, minutes: int) -> datetime:
    """The next full quarter (or whatever `minutes` says) of the Tokyo clock, for times told to
    people.
    """
    local = moment.astimezone(TOKYO)
    past = timedelta(
        minutes=local.minute % minutes, seconds=local.second, microseconds=local.microsecond
    )
    return local if not past else local - past + timedelta(minutes=minutes)
