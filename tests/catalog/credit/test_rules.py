"""Credit as pure decisions: whatever the lots and amounts are, yen are neither made nor lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.credit import rules
from catalog.credit.entries import EFFECTS, EntryKind, signed
from catalog.credit.rules import CreditShort, Lot
from catalog.credit.terms import CreditTerms, warnings
from catalog.ground.calendar import at_tokyo
from catalog.ground.money import Yen
from catalog.ground.policy import NoticeTerms
from tests.catalog.credit.books import day, tokyo

TERMS, NOTICES = CreditTerms(), NoticeTerms()
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
_days = st.one_of(st.none(), st.dates(date(2026, 11, 1), date(2027, 1, 1)))
_lots = st.lists(
    st.builds(
        lambda yen, last, paid, age: (Yen(yen), last, paid, NOW - timedelta(hours=age)),
        st.integers(0, 9_000), _days, st.booleans(), st.integers(0, 400),
    ),
    max_size=6,
).map(lambda told: [Lot(f"L{n}", *each) for n, each in enumerate(told)])  # fmt: skip


@given(_lots, st.integers(0, 30_000))
def test_a_redemption_takes_exactly_the_amount_in_order_or_nothing(
    lots: list[Lot], amount: int
) -> None:
    """CRD-4."""
    held = rules.spendable(lots, NOW)
    if amount > held:
        with pytest.raises(CreditShort):
            rules.redeem_plan(lots, Yen(amount), NOW)
        return
    taken = rules.redeem_plan(lots, Yen(amount), NOW)
    assert sum(yen for _, yen in taken) == amount
    after = {lot.id: lot for lot in rules.without(lots, taken)}
    alive = [lot for lot in rules.burn_order(lots) if rules.is_alive(lot.expires_on, NOW)]
    left = [after[lot.id].remaining for lot in alive]
    begun = next((n for n, yen in enumerate(left) if yen), len(left))
    assert all(left[n] == alive[n].remaining for n in range(begun + 1, len(alive)))
    over = [lot for lot in lots if not rules.is_alive(lot.expires_on, NOW)]
    assert all(after[lot.id].remaining == lot.remaining for lot in over)


@given(
    st.lists(st.integers(1, 9_000), min_size=1, max_size=5),
    st.integers(0, 20_000),
    st.lists(st.integers(1, 100), min_size=1, max_size=6),
)
def test_refunds_bring_back_what_was_paid_and_no_more(
    consumed: list[int], other: int, shares: list[int]
) -> None:
    """CRD-8."""
    total, whole = sum(consumed) + other, sum(shares)
    refunds = [total * share // whole for share in shares]
    refunds[-1] += total - sum(refunds)
    lots = [(f"L{n}", Yen(yen)) for n, yen in enumerate(consumed)]
    steps = rules.refund_plan(
        TERMS, lots, Yen(other), [(Yen(yen), day("2026-11-22")) for yen in refunds],
        {lot: None for lot, _ in lots},
    )  # fmt: skip
    assert [step.to_credit + step.to_other for step in steps] == refunds
    assert sum(step.to_credit for step in steps) == sum(consumed)
    back: dict[str, int] = {}
    for step in steps:
        assert step.to_credit == sum(each.amount for each in step.restored)
        for each in step.restored:
            back[each.lot] = back.get(each.lot, 0) + each.amount
    assert back == dict(lots)


@settings(deadline=None)
@given(st.integers(0, 2_000), st.integers(6, 24 * 60))
def test_each_reminder_is_due_in_at_most_one_run(first: int, hours: int) -> None:
    """CRD-11: whatever the rhythm of the runs; with one a day or more none is missed."""
    last, step = day("2027-01-01"), timedelta(hours=hours)
    moment = at_tokyo(day("2026-11-20")) + timedelta(hours=first % hours)
    seen: list[int] = []
    while moment < at_tokyo(last + timedelta(days=2)):
        due = rules.due_reminders(
            TERMS, NOTICES, expires_on=last, after=moment - step, moment=moment
        )
        seen += [*due.skipped, *([due.sent] if due.sent is not None else [])]
        moment += step
    assert len(seen) == len(set(seen))
    assert set(seen) <= set(TERMS.reminder_days)
    if hours <= 24:
        assert sorted(seen, reverse=True) == [30, 7, 1]


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2027-03-28T12:00", "2027-03-28T12:00"),
        ("2027-03-28T21:00", "2027-03-29T09:00"),
        ("2027-03-30T20:59", "2027-03-30T20:59"),
        ("2027-03-30T22:00", "2027-03-30T20:59"),
    ],
)
def test_a_late_reminder_keeps_quiet_hours_unless_credit_would_be_over(
    moment: str, leaves: str
) -> None:
    """CRD-11, NTF-2."""
    sent = rules.send_late(TERMS, NOTICES, expires_on=day("2027-03-30"), moment=tokyo(moment))
    assert sent == tokyo(leaves)


@pytest.mark.parametrize("kind", list(EntryKind))
def test_every_kind_of_entry_keeps_a_lot_adding_up(kind: EntryKind) -> None:
    effect = EFFECTS[kind]
    signs = {"remaining": 1, "held": 1, "captured": 1, "refunded": -1, "expired": 1, "reversed": 1}
    moved = sum(signs[bucket] for bucket in effect.grows if bucket != "amount")
    moved -= 1 if effect.shrinks is not None else 0
    assert moved == (1 if "amount" in effect.grows else 0)
    assert signed(kind, Yen(5)) == 5 * effect.remaining


def test_terms_that_may_break_the_law_are_told() -> None:
    """CRD-6, PRE-2."""
    assert warnings(TERMS) == []
    assert len(warnings(CreditTerms(bonus_bps=2_001, return_days=None))) == 2
