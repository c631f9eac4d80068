"""Who binds the shop, and how little it may earn: pure (QUO-6, R-056, R-058)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback.payouts.rules import (
    MOVES,
    OPEN,
    PayoutStatus,
    before,
    is_one_hand,
    net_of_fee,
)
from catalog.buyback.rules import (
    RANKS,
    Approver,
    is_approved,
    is_below_floor,
    may_approve,
    needed_approvers,
    unlike_answers,
)
from catalog.buyback.terms import QuoteTerms
from catalog.ground.money import Yen
from catalog.items.kinds import Category

TERMS = QuoteTerms()
PEOPLE = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Approver)), max_size=4)


@given(st.integers(1, 20_000_000), st.booleans(), PEOPLE)
def test_more_money_or_less_margin_never_needs_less(
    amount: int, below: bool, given_: list[tuple[str, Approver]]
) -> None:
    """QUO-6, R-058."""
    needed = needed_approvers(TERMS, Yen(amount), below_floor=below)
    least = needed_approvers(TERMS, Yen(amount), below_floor=False)
    assert sum(RANKS[each] for each in needed) >= sum(RANKS[each] for each in least)
    if is_approved(needed, given_):
        assert len({person for person, _ in given_}) >= len(needed)
        assert any(may_approve(needed, role) for _, role in given_)


@pytest.mark.parametrize(
    ("given_", "is_enough"),
    [
        ([("m", Approver.MANAGER), ("o", Approver.OWNER)], True),
        ([("o1", Approver.OWNER), ("o2", Approver.OWNER)], True),
        ([("m1", Approver.MANAGER), ("m2", Approver.MANAGER)], False),
        ([("x", Approver.MANAGER), ("x", Approver.OWNER)], False),
        ([("o", Approver.OWNER)], False),
    ],
)
def test_above_the_managers_limit_two_people_agree(
    given_: list[tuple[str, Approver]], is_enough: bool
) -> None:
    """QUO-6."""
    assert is_approved((Approver.MANAGER, Approver.OWNER), given_) is is_enough


@pytest.mark.parametrize(("amount", "below"), [(965_000, False), (965_001, True)])
def test_the_margin_floor_is_exact(amount: int, below: bool) -> None:
    """R-058: a watch leaves ¥30,000 after its cost of ¥5,000."""
    told = is_below_floor(TERMS, Category.WATCH, expected=Yen(1_000_000), amount=Yen(amount))
    assert told is below


def test_answers_are_held_against_what_was_seen() -> None:
    """R-056: what was not looked at says nothing."""
    answers = {"tags": "yes", "scratches": "none", "box": "yes"}
    assert unlike_answers(answers, {"tags": "no", "scratches": "none"}) == ["tags"]


@given(st.integers(0, 10**9), st.integers(0, 2_000))
def test_a_fee_is_taken_from_what_is_transferred_and_nothing_is_lost(part: int, fee: int) -> None:
    """R-052."""
    net, taken = net_of_fee(Yen(part), Yen(fee))
    assert net + taken == part
    assert taken <= fee
    assert net > 0 or part == 0


def test_money_leaves_once() -> None:
    """From paid leads back only what the bank gave back."""
    assert MOVES[PayoutStatus.PAID] == {PayoutStatus.FAILED}
    assert before(PayoutStatus.PAID) == OPEN
    assert PayoutStatus.SENT not in before(PayoutStatus.CANCELLED)


def test_not_one_person_does_it_all() -> None:
    assert is_one_hand(["staff:a"], "staff:a")
    assert not is_one_hand(["staff:a"], "staff:b")
    assert not is_one_hand(["staff:a", "staff:b"], "staff:a")
