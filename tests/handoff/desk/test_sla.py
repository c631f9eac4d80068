"""How long an answer may take: working time only, amber at three quarters, red when it is over."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.calendar import ShopHours, at_tokyo
from handoff.desk.sla import Light, Waits, measured, worked, worked_before

HOURS = ShopHours()
DAY = datetime(2026, 11, 24).date()
MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 31)).map(
    lambda each: each.replace(tzinfo=UTC, microsecond=0)
)
MINUTES = st.integers(1, 3_000).map(lambda n: timedelta(minutes=n))


@given(MOMENTS, MINUTES)
def test_the_time_worked_until_a_deadline_is_the_time_given(
    since: datetime, work: timedelta
) -> None:
    assert worked(HOURS, since, HOURS.after_work(since, work)) == work


@given(MOMENTS, MOMENTS, MOMENTS)
def test_time_worked_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    first, second, third = sorted((a, b, c))
    parts = worked(HOURS, first, second) + worked(HOURS, second, third)
    assert worked(HOURS, first, third) == parts
    assert worked(HOURS, third, first) == timedelta()


@given(MOMENTS, MINUTES, MOMENTS)
def test_looking_back_finds_exactly_who_is_late(
    now: datetime, work: timedelta, since: datetime
) -> None:
    is_late = HOURS.after_work(since, work) <= now
    assert (since <= worked_before(HOURS, now, work)) == is_late


@given(MOMENTS, MINUTES, MOMENTS)
def test_the_light_follows_the_share_that_is_used(
    since: datetime, work: timedelta, now: datetime
) -> None:
    due_at = HOURS.after_work(since, work)
    stands = measured(Waits.NEXT, since, due_at, HOURS, now=now)
    assert (stands.light is Light.RED) == (now >= due_at) == (stands.used_bp >= 10_000)
    assert (stands.light is Light.AMBER) == (7_500 <= stands.used_bp < 10_000)


def test_a_night_counts_nothing_and_the_third_quarter_is_amber() -> None:
    since = at_tokyo(DAY, 18, 50)  # ten minutes before the shop closes
    due_at = HOURS.after_work(since, timedelta(minutes=20))
    assert due_at == at_tokyo(DAY + timedelta(days=1), 10, 40)
    for now, light, used in (
        (at_tokyo(DAY, 19), Light.GREEN, 5_000),
        (at_tokyo(DAY + timedelta(days=1), 9), Light.GREEN, 5_000),
        (at_tokyo(DAY + timedelta(days=1), 10, 35), Light.AMBER, 7_500),
        (at_tokyo(DAY + timedelta(days=1), 10, 40), Light.RED, 10_000),
    ):
        stands = measured(Waits.FIRST, since, due_at, HOURS, now=now)
        assert (stands.light, stands.used_bp) == (light, used)
