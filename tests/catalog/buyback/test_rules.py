"""Buying by the rule: references, ranges, approvals, payment dates."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback import rules
from catalog.buyback.rules import Approver, Comparable, Evidence, Flag, Piece, QuoteKind
from catalog.buyback.terms import PayTerms, QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground.calendar import TOKYO, at_tokyo, is_bank_day
from catalog.ground.money import Yen
from catalog.items.kinds import Category

TERMS = QuoteTerms()
PAY = PayTerms()
pieces = st.builds(
    Piece,
    category=st.sampled_from(Category),
    grade=st.sampled_from(Grade),
    age_years=st.integers(0, 60),
    days_to_sell=st.one_of(st.none(), st.integers(0, 400)),
    missing=st.just(frozenset()),
)


def test_every_bank_date_of_four_years() -> None:
    """PAY-1 and CAL-2, CAL-3: 2025 to 2028, a second before and at the cut-off."""
    day = date(2025, 1, 1)
    while day <= date(2028, 12, 31):
        before = at_tokyo(day, 13, 59) + timedelta(seconds=59)
        at = at_tokyo(day, 14)
        assert rules.buyback_pay_date(PAY, before) >= day
        paid = rules.buyback_pay_date(PAY, at)
        assert paid > day and is_bank_day(paid)
        assert (rules.buyback_pay_date(PAY, before) == day) is is_bank_day(day)
        if not is_bank_day(day):
            assert rules.buyback_pay_date(PAY, before) == paid
        assert not any(is_bank_day(day + timedelta(days=n)) for n in range(1, (paid - day).days))
        day += timedelta(days=1)


def test_the_published_examples_of_a_price() -> None:
    """QUO-2."""
    watch = Piece(Category.WATCH, Grade.AB, 5, 45, frozenset({"box"}))
    price = rules.buyback_quote(
        TERMS,
        watch,
        reference=Yen(1_500_000),
        evidence=Evidence.COMPLETE,
        customer_margin=Yen(0),
    )
    assert (price.expected, price.margin, price.buyback) == (1_312_710, 196_907, 1_110_000)
    assert (price.low, price.high) == (999_000, 1_160_000)


@given(pieces, st.integers(0, 30_000_000).map(Yen), st.sampled_from(Evidence))
def test_a_range_holds_its_price_and_a_refusal_has_none(
    piece: Piece, reference: Yen, evidence: Evidence
) -> None:
    """QUO-2: low ≤ price ≤ high up to the rounding of the range, and the margin is never cut."""
    price = rules.buyback_quote(
        TERMS, piece, reference=reference, evidence=evidence, customer_margin=Yen(0)
    )
    category = TERMS.category(piece.category)
    assert price.margin >= category.min_margin
    if price.buyback is None:
        assert price.low is None and price.high is None
        assert price.expected - price.margin - category.cost < TERMS.least_offer
        return
    assert price.low is not None and price.high is not None
    assert price.low <= price.buyback
    assert price.buyback <= price.expected - price.margin - category.cost


@given(pieces, st.integers(0, 30_000_000).map(Yen), st.integers(-500_000, 900_000).map(Yen))
def test_a_good_customer_is_never_offered_less(piece: Piece, reference: Yen, margin: Yen) -> None:
    """QUO-3, R-058: the give-back raises the offer, and never below the least margin."""
    told = [
        rules.buyback_quote(
            TERMS, piece, reference=reference, evidence=Evidence.COMPLETE, customer_margin=each
        )
        for each in (Yen(0), margin)
    ]
    assert (told[1].buyback or 0) >= (told[0].buyback or 0)
    assert told[1].margin >= TERMS.category(piece.category).min_margin


def test_a_reference_needs_three_recent_sales() -> None:
    """QUO-1: the 90th day counts, the 91st does not."""
    on = date(2026, 11, 22)
    sales = [Comparable(Yen(1_000_000), Grade.A, on - timedelta(days=n)) for n in (0, 90, 91)]
    assert rules.reference_price(TERMS, Category.WATCH, sales, on) is None
    sales.append(Comparable(Yen(2_000_000), Grade.A, on))
    assert rules.reference_price(TERMS, Category.WATCH, sales, on) == 1_000_000


@pytest.mark.parametrize(
    ("shown", "required", "told"),
    [
        (14, 14, Evidence.COMPLETE),
        (13, 14, Evidence.PARTIAL),
        (9, 14, Evidence.PARTIAL),
        (8, 14, Evidence.TEXT),
        (0, 14, Evidence.TEXT),
        (3, 5, Evidence.PARTIAL),
    ],
)
def test_evidence_is_partial_from_sixty_percent(shown: int, required: int, told: Evidence) -> None:
    """QUO-2."""
    assert rules.evidence_class(shown=shown, required=required) is told


def test_an_offer_below_what_was_told_needs_a_reason() -> None:
    """QUO-4."""
    assert rules.needs_reason(binding=Yen(99_999), range_low=Yen(100_000))
    assert not rules.needs_reason(binding=Yen(100_000), range_low=Yen(100_000))


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)), st.sampled_from(QuoteKind))
def test_a_quote_holds_through_the_last_second_of_its_last_day(
    issued: datetime, kind: QuoteKind
) -> None:
    """QUO-5."""
    moment = issued.replace(tzinfo=TOKYO)
    last = rules.valid_through(TERMS, kind, moment)
    assert (last - moment.date()).days == (7 if kind is QuoteKind.PROVISIONAL else 14)
    assert rules.expires_at(last) == at_tokyo(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("amount", "approvers"),
    [
        (500_000, (Approver.APPRAISER,)),
        (500_001, (Approver.SENIOR,)),
        (2_000_000, (Approver.SENIOR,)),
        (2_000_001, (Approver.MANAGER,)),
        (10_000_000, (Approver.MANAGER,)),
        (10_000_001, (Approver.MANAGER, Approver.OWNER)),
    ],
)
def test_the_amount_decides_who_approves(amount: int, approvers: tuple[Approver, ...]) -> None:
    """QUO-6."""
    assert rules.binding_approvers(TERMS, Yen(amount)) == approvers


@given(
    st.integers(0, 3_000_000).map(Yen),
    st.sampled_from(Evidence),
    st.integers(0, 9),
    st.lists(st.sampled_from(Flag), max_size=2),
)
def test_the_bot_sends_only_what_nobody_could_regret(
    high: Yen, evidence: Evidence, sales: int, flags: list[Flag]
) -> None:
    """QUO-6: high enough, poor evidence, few sales or any flag bring a person."""
    may = rules.may_auto_send(
        TERMS, range_high=high, evidence=evidence, comparables=sales, flags=flags
    )
    assert may is (high <= 1_000_000 and evidence is not Evidence.TEXT and sales >= 3 and not flags)


@given(st.integers(1, 20_000_000).map(Yen))
def test_another_dealer_is_named_from_five_percent_more(own: Yen) -> None:
    """QUO-7."""
    edge = -(-own * 105 // 100)
    assert rules.should_refer(TERMS, own_offer=own, partner_indication=Yen(edge))
    assert not rules.should_refer(TERMS, own_offer=own, partner_indication=Yen(edge - 1))
    assert rules.should_refer(TERMS, own_offer=None, partner_indication=None)


def test_a_settlement_adds_up_and_has_no_negative_part() -> None:
    """QUO-8."""
    assert rules.Settlement(Yen(1), Yen(2), Yen(3)).total == 6
    with pytest.raises(rules.PriceMalformed):
        rules.Settlement(Yen(-1), Yen(2))


def test_an_accessory_of_another_category_is_refused() -> None:
    """QUO-2."""
    piece = Piece(Category.WATCH, Grade.A, 0, None, frozenset({"strap"}))
    with pytest.raises(rules.AccessoryUnknown):
        rules.buyback_quote(
            TERMS,
            piece,
            reference=Yen(1),
            evidence=Evidence.TEXT,
            customer_margin=Yen(0),
        )
