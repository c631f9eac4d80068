"""The law's dates and floors, by rule (KOB-1 to KOB-8, AML-1, TOK-1 to TOK-3, PII-1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties import rules
from catalog.duties.rules import Channel, DatesContradict, ItemKind, Means, Place
from catalog.duties.terms import DutyTerms
from catalog.ground.calendar import add_months, at_tokyo
from catalog.ground.money import Yen

TERMS = DutyTerms()
LAX = DutyTerms(identity_always=False, ledger_always=False)
days = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@given(total=st.integers(0, 20_000), kind=st.sampled_from(ItemKind), own=st.booleans())
def test_identity_by_law_from_10_000_or_any_named_kind_but_never_for_an_own_sale_kob_1(
    total: int, kind: ItemKind, own: bool
) -> None:
    asked = rules.identity_required(
        LAX, total=Yen(total), kinds=[kind], is_own_sale_bought_back=own
    )
    assert asked.by_law == (not own and (total >= 10_000 or kind in rules.NO_FLOOR))
    assert rules.identity_required(
        TERMS, total=Yen(total), kinds=[kind], is_own_sale_bought_back=own
    ).holds


def test_a_cheap_book_needs_a_check_kob_1() -> None:
    asked = rules.identity_required(
        LAX, total=Yen(1), kinds=[ItemKind.BOOK, ItemKind.BAG], is_own_sale_bought_back=False
    )
    assert asked.by_law


@pytest.mark.parametrize(
    ("kind", "price", "by_law"),
    [("watch", 10_000, True), ("watch", 9_999, False), ("bag", 900_000, False),
     ("apparel", 900_000, False), ("art", 10_000, True)],
)  # fmt: skip
def test_sales_in_the_ledger_by_law_kob_2(kind: str, price: int, by_law: bool) -> None:
    asked = rules.ledger_row_required(LAX, kind=ItemKind(kind), price=Yen(price))
    assert (asked.by_law, asked.holds) == (by_law, by_law)


@given(days)
def test_a_ledger_row_is_kept_36_months_and_a_notice_six_kob_3_kob_4(day: date) -> None:
    assert rules.retain_ledger_through(TERMS, day) == add_months(day, 36)
    assert rules.retain_notice_through(day) == add_months(day, 6)


@given(days, st.integers(0, 800))
def test_a_victim_has_one_year_kob_6(stolen_on: date, later: int) -> None:
    claimed_on = stolen_on + timedelta(days=later)
    is_free = rules.recovery_within(stolen_on=stolen_on, claimed_on=claimed_on)
    assert is_free == (claimed_on <= add_months(stolen_on, 12))


def test_a_claim_before_the_theft_is_refused_kob_6() -> None:
    with pytest.raises(DatesContradict):
        rules.recovery_within(stolen_on=date(2026, 2, 2), claimed_on=date(2026, 2, 1))


@given(days)
def test_somebody_may_sell_from_the_18th_birthday_on_kob_7(born_on: date) -> None:
    birthday = add_months(born_on, 18 * 12)
    if (birthday.month, birthday.day) == (born_on.month, born_on.day):
        assert rules.may_sell(TERMS, born_on, birthday)
        assert not rules.may_sell(TERMS, born_on, birthday - timedelta(days=1))


@given(days, st.integers(-5, 10))
def test_a_temporary_shop_is_filed_three_days_before_kob_8(on: date, before: int) -> None:
    filed_on = on - timedelta(days=before)
    assert rules.may_receive_at(Place.FILED_TEMPORARY_SHOP, on=on, filed_on=filed_on) == (
        before >= 3
    )
    assert not rules.may_receive_at(Place.FILED_TEMPORARY_SHOP, on=on)
    assert rules.may_receive_at(Place.COUNTERPARTY_HOME, on=on)


@given(st.lists(st.tuples(st.sampled_from(Means), st.integers(0, 1_500_000)), max_size=5))
def test_only_cash_counts_and_only_above_the_limit_aml_1(told: list[tuple[Means, int]]) -> None:
    payments = [(means, Yen(amount)) for means, amount in told]
    asked = rules.aml_required(TERMS, kind=ItemKind.DIAMOND, payments=payments)
    assert asked.cash == sum(amount for means, amount in told if means is Means.CASH)
    assert asked.is_required == (asked.cash > 2_000_000)
    assert not rules.aml_required(TERMS, kind=ItemKind.WATCH, payments=payments).is_required


@given(days)
def test_eight_days_are_counted_with_the_day_of_receipt_tok_1(received_on: date) -> None:
    last = rules.cooling_off_last_day(received_on)
    assert last == received_on + timedelta(days=7)
    over = at_tokyo(last + timedelta(days=1))
    assert rules.is_rescission_effective(received_on, over - timedelta(milliseconds=1))
    assert not rules.is_rescission_effective(received_on, over)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_without_a_document_the_days_never_end_tok_1(dispatched_at: datetime) -> None:
    assert rules.is_rescission_effective(None, dispatched_at)


@pytest.mark.parametrize(
    ("channel", "consumer", "holds"),
    [("home_visit", True, True), ("home_visit", False, False), ("mail_in", True, False),
     ("store_drop", True, False)],
)  # fmt: skip
def test_only_visits_to_consumers_can_be_taken_back_tok_2(
    channel: str, consumer: bool, holds: bool
) -> None:
    assert rules.has_cooling_off(Channel(channel), is_consumer=consumer) == holds


@given(days)
def test_a_buyer_has_eight_days_with_the_day_of_delivery_tok_3(delivered_on: date) -> None:
    last = rules.last_return_day(TERMS, delivered_on)
    assert last == delivered_on + timedelta(days=7)
    assert rules.may_return(TERMS, delivered_on, at_tokyo(last, 23, 59))
    assert not rules.may_return(TERMS, delivered_on, at_tokyo(last + timedelta(days=1)))


@given(days, st.booleans())
def test_a_leak_is_reported_counting_the_day_of_discovery_pii_1(day: date, wrongful: bool) -> None:
    dates = rules.breach_deadlines(day, has_wrongful_purpose=wrongful)
    assert (dates.preliminary_target - day).days == 2
    assert (dates.preliminary_limit - day).days == 4
    assert (dates.final_limit - day).days == (59 if wrongful else 29)


@pytest.mark.parametrize(
    ("people", "grave", "reportable"),
    [(1, True, True), (0, True, False), (1_000, False, False), (1_001, False, True)],
)
def test_one_person_is_enough_for_a_grave_leak_pii_1(
    people: int, grave: bool, reportable: bool
) -> None:
    for flag in ("is_sensitive", "has_financial_harm", "has_wrongful_purpose"):
        flags = dict.fromkeys(
            ("is_sensitive", "has_financial_harm", "has_wrongful_purpose"), False
        ) | {flag: grave}
        assert rules.is_breach_reportable(people=people, **flags) == reportable
