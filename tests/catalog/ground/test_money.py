"""Whole yen and the named roundings (MON-1, MON-2, MON-3)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.money import Rounding, Yen, YenMalformed, parse_yen, quotient, unit_down

amounts = st.integers(0, 10**16)
divisors = st.integers(1, 10**8)


@given(amounts, divisors)
def test_a_quotient_is_rounded_as_its_name_says(amount: int, divisor: int) -> None:
    """MON-2: half a yen goes up, and nothing is a float on the way."""
    exact = Fraction(amount, divisor)
    up, down, half_up = (quotient(amount, divisor, rounding) for rounding in Rounding)
    assert down <= exact < down + 1
    assert up - 1 < exact <= up
    assert half_up - Fraction(1, 2) <= exact < half_up + Fraction(1, 2)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [(99_999, 99_900), (100_000, 100_000), (999_999, 999_000), (1_234_567, 1_230_000), (0, 0)],
)
def test_commercial_rounding(amount: int, rounded: int) -> None:
    assert unit_down(Yen(amount)) == rounded


@pytest.mark.parametrize("text", ["1250000", "1,250,000", "¥1,250,000", "1250000円", " ￥1250000 "])
def test_yen_is_read_as_shops_write_it(text: str) -> None:
    assert parse_yen(text) == 1_250_000


@pytest.mark.parametrize("text", ["", "-5", "1.5", "1e6", "12万", "99999999999999", "١٢"])
def test_what_is_no_whole_yen_is_refused(text: str) -> None:
    with pytest.raises(YenMalformed):
        parse_yen(text)
