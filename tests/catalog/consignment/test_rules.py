"""Consignment by the rule: every yen, every moment around the end of the term, the guarantee."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback.terms import PayTerms
from catalog.consignment import rules
from catalog.consignment.terms import ConsignmentTerms, TierMode
from catalog.duties.rules import last_return_day
from catalog.duties.terms import DutyTerms
from catalog.ground.calendar import at_tokyo, is_bank_day, tokyo_day
from catalog.ground.money import Rounding, Yen
from catalog.ground.policy import NoticeTerms
from catalog.items.kinds import UnitState

TERMS = ConsignmentTerms()
prices = st.integers(0, 50_000_000).map(Yen)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


def _modes() -> list[ConsignmentTerms]:
    return [
        ConsignmentTerms(tier_mode=mode, rounding=rounding)
        for mode in TierMode
        for rounding in Rounding
    ]


@pytest.mark.parametrize("terms", _modes(), ids=lambda terms: f"{terms.tier_mode}-{terms.rounding}")
def test_payout_never_falls_and_stays_within_70_and_90_percent(terms: ConsignmentTerms) -> None:
    """CON-2, CON-3, CON-4 around every tier; the whole range is walked in the long run."""
    for middle in (20_000, 50_000, 100_000, 300_000, 1_000_000, 9_999_000):
        _walk(terms, range(middle - 1_000, middle + 1_001))


@pytest.mark.soak
@pytest.mark.parametrize("terms", _modes(), ids=lambda terms: f"{terms.tier_mode}-{terms.rounding}")
def test_payout_never_falls_for_any_yen(terms: ConsignmentTerms) -> None:
    """CON-2, CON-3, CON-4: every yen from 20,000 to 10,000,000."""
    _walk(terms, range(20_000, 10_000_001))


def _walk(terms: ConsignmentTerms, prices: range) -> None:
    before = 0
    for price in prices:
        told = rules.consignment_payout(terms, Yen(price))
        assert told.payout >= before, price
        # A fraction of a yen may be rounded away, never more.
        assert price * 7 - 10 < told.payout * 10 < price * 9 + 10, price
        assert told.payout + told.commission == price
        before = told.payout


@given(prices)
def test_commission_and_payout_are_the_whole_price(price: Yen) -> None:
    """CON-3, CON-5: nothing else is deducted."""
    told = rules.consignment_payout(TERMS, price)
    assert told.payout + told.commission == price
    assert told.commission_tax == told.commission * 10 // 110


@given(prices)
def test_a_tier_pays_its_own_slice_in_marginal_mode(price: Yen) -> None:
    """CON-4: never more than the slab pays, and the same within the first tier."""
    marginal = rules.consignment_payout(ConsignmentTerms(tier_mode=TierMode.MARGINAL), price)
    slab = rules.consignment_payout(TERMS, price)
    assert marginal.payout <= slab.payout
    if price < 50_000:
        assert marginal.payout == slab.payout


@pytest.mark.parametrize(
    ("price", "taken"), [(19_999, False), (20_000, True), (0, False), (2_000_000, True)]
)
def test_a_piece_is_taken_from_20000_yen(price: int, taken: bool) -> None:
    """CON-1."""
    assert rules.is_eligible(TERMS, Yen(price)) is taken


@given(days)
def test_the_term_ends_with_its_180th_day_for_every_second_around_it(start: date) -> None:
    """CON-6, CON-7, CAL-4: days 179 to 182, the first and last seconds of each; the day of start is
    not counted.
    """
    term = rules.consignment_term(TERMS, start)
    assert term.last_day == start + timedelta(days=180)
    for number in (179, 180, 181, 182):
        midnight = at_tokyo(start + timedelta(days=number))
        for moment in (
            midnight,
            midnight + timedelta(seconds=1),
            midnight + timedelta(hours=23, minutes=59, seconds=59, microseconds=999_999),
        ):
            assert term.holds(moment) is (number <= 180), moment
    assert not term.holds(at_tokyo(start) - timedelta(microseconds=1))


def test_the_later_of_acceptance_and_arrival_starts_the_term() -> None:
    """CON-6."""
    accepted = datetime.fromisoformat("2026-10-01T20:00:00+09:00")
    arrived = datetime.fromisoformat("2026-10-03T23:59:59+09:00")
    assert rules.term_start(accepted, arrived) == date(2026, 10, 3)
    assert rules.term_start(arrived, accepted) == date(2026, 10, 3)


@given(
    days,
    st.timedeltas(timedelta(days=-3), timedelta(days=200)),
    st.integers(20_000, 9_000_000).map(Yen),
    st.one_of(st.none(), st.integers(0, 9_000_000).map(Yen)),
    st.sampled_from(UnitState),
)
def test_in_term_an_accepted_guarantee_pays_at_least_the_first_offer(
    start: date, after: timedelta, offered: Yen, now: Yen | None, state: UnitState
) -> None:
    """CON-7: outside the term never, and the term is looked at before the unit."""
    sent = at_tokyo(start) + after
    answer = rules.guarantee_request(
        TERMS,
        PayTerms(),
        start_on=start,
        sent_at=sent,
        offered=offered,
        offered_now=now,
        state=state,
    )
    in_term = rules.consignment_term(TERMS, start).holds(sent)
    if not in_term:
        assert answer.reason == "term_over" and not answer.is_parked
    elif state in {UnitState.LISTED, UnitState.UNLISTED}:
        assert answer.is_accepted
        assert answer.amount is not None and answer.amount >= offered
        assert answer.pay_on is not None and is_bank_day(answer.pay_on)
    else:
        assert answer.reason == f"unit_{state.value}"
        assert answer.is_parked is (state is UnitState.RESERVED)


@given(
    days,
    st.integers(20_000, 9_000_000).map(Yen),
    st.integers(0, 9_000_000).map(Yen),
    st.one_of(st.none(), st.integers(0, 9_000_000).map(Yen)),
    st.integers(0, 400),
)
def test_a_drop_never_harms_the_guarantee_nor_goes_below_the_least(
    start: date, initial: Yen, least: Yen, guarantee: Yen | None, after: int
) -> None:
    """CON-8: prices only fall, and a blocked step leaves them alone."""
    day = start + timedelta(days=after)
    told = rules.list_price_on(
        TERMS, start_on=start, initial=initial, least=least, guarantee=guarantee, day=day
    )
    assert told.price <= initial
    assert told.price == initial or told.price >= least
    if guarantee is not None and told.price != initial:
        assert rules.consignment_payout(TERMS, told.price).payout >= guarantee
    earlier = rules.list_price_on(
        TERMS,
        start_on=start,
        initial=initial,
        least=least,
        guarantee=guarantee,
        day=day - timedelta(days=1),
    )
    assert told.price <= earlier.price


@given(days)
def test_reminders_come_before_the_end_and_the_piece_goes_back_after_the_grace(
    start: date,
) -> None:
    """CON-9: at 10:00, 30, 14, 7 and 1 days before; never disposal."""
    told = rules.term_reminders(TERMS, NoticeTerms(), start)
    last = rules.consignment_term(TERMS, start).last_day
    assert [tokyo_day(each) for each in told.send_at] == [
        last - timedelta(days=n) for n in (30, 14, 7, 1)
    ]
    assert {each.hour for each in told.send_at} == {10}
    assert told.grace_last_day == last + timedelta(days=30)
    assert told.auto_return_from == told.grace_last_day + timedelta(days=1)


@given(days)
def test_a_consignor_is_paid_on_the_bank_day_after_the_return_window(delivered: date) -> None:
    """PAY-2."""
    paid = rules.online_pay_date(DutyTerms(), delivered)
    last = last_return_day(DutyTerms(), delivered)
    assert paid > last and is_bank_day(paid)
    between = [last + timedelta(days=n) for n in range(1, (paid - last).days)]
    assert not any(is_bank_day(day) for day in between)


def test_exposure_sums_what_is_guaranteed_and_what_it_exceeds_the_market_by() -> None:
    """R-072."""
    rows = [
        rules.Exposure("u1", Yen(500_000), Yen(450_000), date(2027, 1, 1)),
        rules.Exposure("u2", Yen(300_000), Yen(350_000), date(2027, 1, 1)),
        rules.Exposure("u3", Yen(100_000), None, date(2027, 1, 1)),
    ]
    assert rules.exposure_total(rows) == (900_000, 50_000)
