"""The shop's clock as the page sees and moves it (店の時計).

The clock itself is made where the whole product is composed; this is what is asked of it.
"""

from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """The shop's clock, which the page may move. Calling it gives an aware UTC moment."""

    @property
    def offset(self) -> timedelta:
        """How far it stands from the real time."""
        ...

    def __call__(self) -> datetime: ...

    def move(self, delta: timedelta) -> None:
        """Set it on (or back) by that much."""
        ...


def next_three(now: datetime) -> timedelta:
    """How long until it is next three in the morning in Tokyo."""
    here = now.astimezone(TOKYO)
    three = here.replace(hour=3, minute=0, second=0, microsecond=0)
    return (three if three > here else three + timedelta(days=1)) - here


def next_month(now: datetime) -> timedelta:
    """How long until the same day and time of Tokyo's next month (at most its last day)."""
    here = now.astimezone(TOKYO)
    first = (here.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_day = ((first + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(here.day, last_day)) - here


def millis(moment: datetime) -> int:
    """Milliseconds since 1970, as LINE and browsers count."""
    return int(moment.timestamp() * 1000)
