"""The token bucket keeps the rate, whoever asks and whenever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bucket import TokenBucket
from tests.bot.line.letters import PATIENT


def test_a_burst_goes_at_once_and_the_next_waits_its_turn() -> None:
    bucket = TokenBucket(rate=10, burst=2, now=100.0)
    waits = [bucket.take(100.0, at_most=9) for _ in range(4)]
    assert waits == pytest.approx([0.0, 0.0, 0.1, 0.2])


def test_what_would_wait_too_long_takes_nothing() -> None:
    bucket = TokenBucket(rate=1, burst=1, now=0.0)
    assert bucket.take(0.0, at_most=0.5) == 0.0
    assert bucket.take(0.0, at_most=0.5) is None
    assert bucket.take(0.6, at_most=0.5) == pytest.approx(0.4)


def test_an_emptied_bucket_starts_from_nothing() -> None:
    bucket = TokenBucket(rate=10, burst=5, now=0.0)
    bucket.empty(0.0)
    assert bucket.take(0.0, at_most=9) == pytest.approx(0.1)


def test_a_clock_that_stands_or_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(rate=10, burst=1, now=5.0)
    assert bucket.take(5.0, at_most=9) == 0.0
    assert bucket.take(4.0, at_most=9) == pytest.approx(0.1)


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0.5)])
def test_a_bucket_without_rate_or_room_is_a_mistake(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="bucket"):
        TokenBucket(rate=rate, burst=burst, now=0.0)


@PATIENT
@given(
    st.floats(0.5, 2_000),
    st.floats(1, 500),
    st.lists(st.floats(0, 0.5), min_size=1, max_size=200),
)
def test_in_any_span_no_more_than_burst_plus_rate_times_span_go(
    rate: float, burst: float, steps: list[float]
) -> None:
    bucket, now, gone = TokenBucket(rate=rate, burst=burst, now=0.0), 0.0, []
    for step in steps:
        now += step
        wait = bucket.take(now, at_most=10.0)
        if wait is not None:
            gone.append(now + wait)
    assert gone == sorted(gone)
    for first in range(len(gone)):
        for last in range(first, len(gone)):
            allowed = burst + rate * (gone[last] - gone[first])
            assert last - first + 1 <= allowed + 1 + 1e-6
