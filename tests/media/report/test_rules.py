"""The code of a report, pins, and from when captures count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.items.custody import Step
from catalog.items.kinds import UnitState
from media.report import rules
from media.report.rules import FindingKind, Mark, Pin, PinMalformed, Severity

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_code_is_read_as_people_write_it() -> None:
    code = rules.new_code()
    assert len(code) == 24
    assert rules.read_code(code) == code
    assert rules.read_code(code.lower().replace("-", " ")) == code
    assert rules.read_code(code.replace("0", "O").replace("1", "l")) == code
    assert rules.read_code("") is None
    assert rules.read_code("🙂" * 500) is None


@given(st.text(SIGNS, min_size=19, max_size=19), st.data())
def test_every_slip_of_one_sign_and_a_swap_of_neighbours_is_told(
    signs: str, data: st.DataObject
) -> None:
    whole = signs + rules.check_sign(signs)
    assert rules.read_code(whole) == rules.written(whole)
    place = data.draw(st.integers(0, 19))
    other = data.draw(st.sampled_from(SIGNS.replace(whole[place], "")))
    assert rules.read_code(whole[:place] + other + whole[place + 1 :]) is None
    place = data.draw(st.integers(0, 18))
    one, two = whole[place], whole[place + 1]
    swapped = whole[:place] + two + one + whole[place + 2 :]
    # Luhn's one blind spot.
    if one != two and {one, two} != {"0", "Z"}:
        assert rules.read_code(swapped) is None


def test_codes_are_drawn_from_all_signs_and_never_twice() -> None:
    drawn = [rules.new_code() for _ in range(2_000)]
    assert len(set(drawn)) == 2_000
    assert set("".join(drawn)) == {*SIGNS, "-"}


@given(st.text(max_size=30))
def test_no_serial_is_told_whole(serial: str) -> None:
    told = rules.masked(serial)
    assert (told is None) == (not serial)
    if serial and told is not None:
        assert len(told) == len(serial)
        assert sum(a == b for a, b in zip(told, serial, strict=True) if b != "•") <= 2


@given(
    st.integers(-10, 1_100_000), st.integers(-10, 1_100_000),
    st.integers(-10, 1_100_000), st.integers(-10, 1_100_000),
)  # fmt: skip
def test_a_pin_lies_in_its_picture(x: int, y: int, width: int, height: int) -> None:
    pin = Pin("A", Mark(x, y, width, height), FindingKind.DENT, Severity.CLEAR, "打痕")
    is_inside = min(x, y, width, height) >= 0 and max(x + width, y + height) <= rules.WHOLE
    if is_inside:
        rules.check_pin(pin)
    else:
        with pytest.raises(PinMalformed):
            rules.check_pin(pin)


HANDS = ("dealer:main", "dealer:safe", "carrier", "customer", "buyer", "partner:P")


@given(st.lists(st.sampled_from(HANDS), max_size=8))
def test_captures_count_from_the_day_it_came_back_until_it_left(hands: list[str]) -> None:
    """Decision 0043: what a stay counts, told day by day."""
    steps = [
        Step(BEGAN + timedelta(days=n), "moved", "t", UnitState.LISTED, each)
        for n, each in enumerate(hands)
    ]
    is_here = [each.startswith("dealer") for each in hands]
    began = [n for n in range(len(hands)) if is_here[n] and (n == 0 or not is_here[n - 1])]
    assert rules.covers_from(steps) == (steps[began[-1]].at if len(began) > 1 else None)
    for number, first in enumerate(began):
        since = steps[first].at if number else None
        left = next((n for n in range(first, len(hands)) if not is_here[n]), None)
        is_last = number == len(began) - 1
        assert rules.covers_until(steps, since) == (
            None if is_last or left is None else steps[left].at
        )
