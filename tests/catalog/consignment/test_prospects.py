"""Buyback and consignment side by side (R-040, R-067, R-068)."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.consignment.prospects import prospect
from catalog.consignment.rules import consignment_payout
from catalog.consignment.terms import ConsignmentTerms
from catalog.ground.money import Yen
from catalog.ground.policy import DEFAULTS

TERMS = DEFAULTS.of(ConsignmentTerms)
YEN = st.integers(0, 10_000_000).map(Yen)


@given(YEN, st.none() | YEN)
def test_the_first_price_is_the_highest_and_the_shares_are_those_of_the_terms(
    expected: Yen, guarantee: Yen | None
) -> None:
    told = prospect(TERMS, expected, guarantee=guarantee)
    assert told.low <= told.high == expected
    assert told.payout_high == consignment_payout(TERMS, expected).payout
    assert told.payout_low == consignment_payout(TERMS, told.low).payout
    assert told.is_eligible == (expected >= 20_000)


@given(YEN, YEN)
def test_no_step_down_pays_less_than_the_guarantee(expected: Yen, guarantee: Yen) -> None:
    told = prospect(TERMS, expected, guarantee=guarantee)
    assert told.payout_low >= guarantee or told.low == expected


def test_below_twenty_thousand_the_shop_only_buys() -> None:
    """R-067."""
    assert not prospect(TERMS, Yen(15_000), guarantee=None).is_eligible
    assert prospect(TERMS, Yen(20_000), guarantee=None).is_eligible


def test_what_a_watch_would_bring() -> None:
    """−30 % after 120 days, 90 % of a high price."""
    told = prospect(TERMS, Yen(1_000_000), guarantee=None)
    assert (told.low, told.high, told.term_days) == (700_000, 1_000_000, 180)
    assert told.rate_bps == 9_000
