"""Until when a piece is held (R-032)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.calendar import TOKYO, ShopHours, Span
from catalog.items.holds.rules import asked_end, closing_after, next_end, usual_end

HOURS = ShopHours(week=((Span(time(10), time(13)), Span(time(14), time(18))),) * 6 + ((),))
SATURDAY = date(2026, 11, 21)  # the Sunday after it is closed


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(date(2026, 11, 20), 9), at(date(2026, 11, 20), 18)),
        (at(date(2026, 11, 20), 16, 59), at(date(2026, 11, 20), 18)),
        (at(date(2026, 11, 20), 17), at(SATURDAY, 18)),
        (at(date(2026, 11, 20), 23), at(SATURDAY, 18)),
        (at(SATURDAY, 20), at(date(2026, 11, 23), 18)),
    ],
)
def test_a_hold_ends_when_the_shop_closes(now: datetime, until: datetime) -> None:
    assert usual_end(HOURS, since=now, most_hours=48, now=now) == until


def test_the_terms_end_it_before_closing(now: datetime) -> None:
    night = at(SATURDAY, 20)
    assert usual_end(HOURS, since=night, most_hours=24, now=night) == at(SATURDAY, 20) + timedelta(
        hours=24
    )


moments = st.datetimes(
    datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)
)  # fmt: skip


@given(moments, st.integers(1, 720))
def test_every_end_is_to_come_and_within_the_terms(now: datetime, most: int) -> None:
    until = usual_end(HOURS, since=now, most_hours=most, now=now)
    latest = now + timedelta(hours=most)
    assert now < until <= latest
    longer = next_end(HOURS, until, since=now, most_hours=most)
    assert until <= longer <= latest
    closes = closing_after(HOURS, now)
    assert closes is not None
    assert closes > now
    assert closes.astimezone(TOKYO).time() == time(18)


def test_what_somebody_asks_for_is_taken_by_its_word() -> None:
    now = at(SATURDAY, 11)
    assert asked_end(HOURS, day=None, at=None, now=now) is None
    assert asked_end(HOURS, day=None, at=time(16), now=now) == at(SATURDAY, 16)
    assert asked_end(HOURS, day=date(2026, 11, 24), at=None, now=now) == at(date(2026, 11, 24), 18)
    assert closing_after(ShopHours(week=((),) * 7), now) is None
