"""How long a piece may be held and whether a hold still stands (R-032). Pure."""

from datetime import date, datetime, time, timedelta

from catalog.ground.calendar import TOKYO, ShopHours, tokyo_day
from catalog.ground.errors import Refused

_WORTH_IT = timedelta(hours=1)  # before closing; a shorter hold goes on to the next open day


class HoldTooLong(Refused):
    """A hold must end after now and at the latest at `latest`."""

    def __init__(self, latest: datetime) -> None:
        super().__init__(f"a hold ends by {latest.isoformat()}")
        self.latest = latest


def stands(*, until: datetime, released_at: datetime | None, now: datetime) -> bool:
    """Whether the hold still keeps the piece; it ends by the clock, half-open."""
    return released_at is None and now < until


def closing_after(hours: ShopHours, moment: datetime) -> datetime | None:
    """When the shop closes next; None when it does not open within the next 60 days."""
    first = tokyo_day(moment)
    for n in range(61):
        day = first + timedelta(days=n)
        for span in hours.spans(day)[-1:]:
            closes = datetime.combine(day, span.closes, TOKYO)
            if closes > moment:
                return closes
    return None


def usual_end(hours: ShopHours, *, since: datetime, most_hours: int, now: datetime) -> datetime:
    """Until when a piece is held when nobody says: closing time, and never longer than the shop's
    terms allow (R-032). `since`: when the person's hold began.
    """
    latest = since + timedelta(hours=most_hours)
    closes = closing_after(hours, now + _WORTH_IT)
    return min(closes, latest) if closes is not None else latest


def next_end(hours: ShopHours, until: datetime, *, since: datetime, most_hours: int) -> datetime:
    """Until when an extended hold goes on: the closing after its own end, within the terms."""
    latest = since + timedelta(hours=most_hours)
    closes = closing_after(hours, until)
    return max(until, min(closes, latest) if closes is not None else latest)


def asked_end(
    hours: ShopHours, *, day: date | None, at: time | None, now: datetime
) -> datetime | None:
    """The moment somebody names: a time of today, the closing of a day, or both."""
    if day is None and at is None:
        return None
    day = day or tokyo_day(now)
    if at is None:
        spans = hours.spans(day)
        at = spans[-1].closes if spans else time(18, 0)
    return datetime.combine(day, at, TOKYO)


def check_length(until: datetime, *, since: datetime, hours: int, now: datetime) -> None:
    """`since`: when the person's hold began; to ask again does not start the hours anew. Raises
    HoldTooLong.
    """
    latest = since + timedelta(hours=hours)
    if not now < until <= latest:
        raise HoldTooLong(latest)
