"""Where the shop's clock goes when the page moves it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.clock import TOKYO, next_month, next_three

MOMENTS = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
)


@given(MOMENTS)
def test_next_three_is_ahead_within_a_day_and_three_in_tokyo(now: datetime) -> None:
    ahead = next_three(now)
    assert timedelta(0) < ahead <= timedelta(days=1)
    there = (now + ahead).astimezone(TOKYO)
    assert (there.hour, there.minute, there.second, there.microsecond) == (3, 0, 0, 0)


@given(MOMENTS)
def test_next_month_keeps_the_time_and_never_skips_a_month(now: datetime) -> None:
    here, there = now.astimezone(TOKYO), (now + next_month(now)).astimezone(TOKYO)
    assert there.month == here.month % 12 + 1
    assert there.time() == here.time()
    assert there.day <= here.day


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    now = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)
    assert (now + next_month(now)).isoformat() == "2026-02-28T03:00:00+00:00"
