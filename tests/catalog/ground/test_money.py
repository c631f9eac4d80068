"""MON-1 to MON-3."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.money import (
    WHOLE,
    BasisPoints,
    Yen,
    YenMalformed,
    parse_yen,
    share_down,
    share_half_up,
    share_up,
    unit_down,
)

yen = st.integers(0, 10**12).map(Yen)
rates = st.integers(0, 20_000).map(BasisPoints)


@given(yen, rates)
def test_shares_round_as_their_name_says(amount: Yen, rate: BasisPoints) -> None:
    exact = Fraction(amount * rate, WHOLE)
    assert share_down(amount, rate) <= exact < share_down(amount, rate) + 1
    assert share_up(amount, rate) - 1 < exact <= share_up(amount, rate)
    assert abs(share_half_up(amount, rate) - exact) <= Fraction(1, 2)


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
