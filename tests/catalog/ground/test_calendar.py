"""CAL-1 to CAL-5, NTF-1, NTF-2, and promises in shop hours."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.calendar import (
    TOKYO,
    HoursMalformed,
    QuietHours,
    ShopHours,
    Span,
    add_months,
    at_tokyo,
    is_bank_day,
    next_bank_day,
    round_up_to,
    tokyo_day,
)

moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def test_the_tokyo_day_begins_nine_hours_before_utc() -> None:
    assert tokyo_day(datetime(2026, 11, 21, 15, 0, tzinfo=UTC)) == date(2026, 11, 22)
    assert tokyo_day(datetime(2026, 11, 21, 14, 59, tzinfo=UTC)) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2026, 10, 9), True),
        (date(2026, 10, 12), False),  # a holiday Monday
        (date(2026, 9, 22), False),  # the day between two holidays
        (date(2027, 3, 22), False),  # a substitute holiday
        (date(2026, 12, 31), False),
        (date(2027, 1, 4), True),
        (date(2026, 11, 22), False),  # a Sunday
    ],
)
def test_bank_days(day: date, holds: bool) -> None:
    assert is_bank_day(day) is holds


@given(days)
def test_the_next_bank_day_is_the_first_strictly_after(day: date) -> None:
    following = next_bank_day(day)
    assert following > day
    assert is_bank_day(following)
    between = (following - day).days - 1
    assert not any(is_bank_day(day + timedelta(days=n + 1)) for n in range(between))


@given(days, st.integers(-60, 60))
def test_months_keep_the_day_number_or_the_last_day(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months


def test_august_31_and_six_months_is_the_end_of_february() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)


@given(moments)
def test_a_push_in_quiet_hours_goes_at_the_next_nine(moment: datetime) -> None:
    quiet = QuietHours()
    sent = quiet.next_send(moment)
    assert not quiet.holds(sent)
    if quiet.holds(moment):
        local = sent.astimezone(TOKYO)
        assert (local.hour, local.minute, local.second) == (9, 0, 0)
        assert timedelta(0) < sent - moment <= timedelta(hours=12)
    else:
        assert sent == moment


def test_quiet_hours_begin_at_nine_in_the_evening_sharp() -> None:
    quiet = QuietHours()
    assert quiet.holds(at_tokyo(date(2026, 11, 22), 21, 0))
    assert not quiet.holds(at_tokyo(date(2026, 11, 22), 20, 59))
    assert not quiet.holds(at_tokyo(date(2026, 11, 22), 9, 0))


HOURS = ShopHours(
    week=((Span(time(10, 30), time(13, 0)), Span(time(14, 0), time(19, 0))),) * 6 + ((),),
    exceptions={date(2026, 11, 23): ()},
)


@given(moments, st.integers(1, 600))
def test_promised_work_is_done_in_open_time_only(moment: datetime, minutes: int) -> None:
    done_at = HOURS.after_work(moment, timedelta(minutes=minutes))
    assert done_at > moment
    assert done_at - moment >= timedelta(minutes=minutes)
    assert HOURS.is_open(done_at - timedelta(microseconds=1))


def test_work_promised_on_a_closed_day_is_done_on_the_next_open_one() -> None:
    sunday = at_tokyo(date(2026, 11, 22), 12, 0)
    assert HOURS.after_work(sunday, timedelta(hours=3)) == at_tokyo(date(2026, 11, 24), 14, 30)


def test_a_shop_that_never_opens_can_promise_nothing() -> None:
    with pytest.raises(HoursMalformed):
        ShopHours(week=((),) * 7).after_work(at_tokyo(date(2026, 11, 22)), timedelta(minutes=1))


def test_a_holiday_may_have_spans_of_its_own() -> None:
    morning = (Span(time(10), time(12)),)
    hours = ShopHours(holidays=morning, exceptions={date(2026, 11, 3): ()})
    assert hours.spans(date(2026, 11, 23)) == morning  # 勤労感謝の日
    assert hours.spans(date(2026, 11, 24)) == ShopHours().week[1]
    assert hours.spans(date(2026, 11, 3)) == ()  # 文化の日, and closed that day
    assert ShopHours().spans(date(2026, 11, 23)) == ShopHours().week[0]


def test_spans_must_follow_each_other() -> None:
    with pytest.raises(HoursMalformed):
        Span(time(19, 0), time(10, 0))
    with pytest.raises(HoursMalformed):
        ShopHours(week=((Span(time(10), time(13)), Span(time(12), time(19))),) * 7)


@given(moments, st.sampled_from([5, 15, 30]))
def test_times_told_to_people_are_round_and_never_early(moment: datetime, minutes: int) -> None:
    told = round_up_to(moment, minutes)
    assert timedelta(0) <= told - moment < timedelta(minutes=minutes)
    assert told.minute % minutes == 0
    assert told.second == 0
