"""Cells of lists that are handed out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.lines import safe_cell

SIGNS = st.sampled_from("=+-@−＝＋－＠")


@given(st.text(alphabet=" \t\r\n\u3000", max_size=3), SIGNS, st.text())
def test_no_cell_that_is_handed_out_begins_as_a_formula(before: str, sign: str, after: str) -> None:
    told = f"{before}{sign}{after}"
    assert safe_cell(told) == f"'{told}"


@pytest.mark.parametrize("told", ["", "Rolex", "980000", "2026-11-22", "東京都港区1-2-3", " a=1"])
def test_what_is_no_formula_stays_as_it_is(told: str) -> None:
    assert safe_cell(told) == told


def test_nothing_is_an_empty_cell_and_a_number_its_digits() -> None:
    assert (safe_cell(None), safe_cell(980_000)) == ("", "980000")
