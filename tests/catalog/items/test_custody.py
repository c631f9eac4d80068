"""Which states of the register people call one phase of a piece's past (R-022)."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.items.custody import PHASES, Phase, Step, Stretch, stretches
from catalog.items.kinds import UnitState
from tests.media.captures import NOON

CUSTODIES = st.sampled_from(["customer", "carrier", "dealer:shop", "partner:P", "buyer"])
PAST = st.lists(
    st.tuples(st.integers(0, 600), st.sampled_from(list(UnitState)), CUSTODIES), max_size=15
)


def steps(told: list[tuple[int, UnitState, str]]) -> list[Step]:
    at, found = NOON, []
    for minutes, state, custody in told:
        at += timedelta(minutes=minutes)
        found.append(Step(at, state.value, "staff:S", state, custody))
    return found


def phases(told: list[tuple[int, UnitState, str]]) -> list[Phase]:
    return [each.phase for each in stretches(steps(told))]


def test_every_state_belongs_to_a_phase() -> None:
    assert set(PHASES) == set(UnitState)


@given(told=PAST)
@settings(deadline=None)
def test_phases_follow_each_other_without_a_gap_and_lose_no_step(
    told: list[tuple[int, UnitState, str]],
) -> None:
    past = steps(told)
    found = stretches(past)
    assert [step for each in found for step in each.steps] == past
    whole: list[Stretch] = [each for each in found if each.phase is not Phase.OPENING]
    for before, after in pairwise(whole):
        assert before.until == after.since
        assert before.phase is not after.phase
    assert not whole or whole[-1].until is None


def test_a_parcel_is_opened_and_what_is_brought_by_hand_is_not() -> None:
    s = UnitState
    assert phases(
        [
            (0, s.EXPECTED, "customer"), (5, s.IN_TRANSIT_IN, "carrier"),
            (5, s.RECEIVED, "dealer:shop"), (5, s.APPRAISING, "dealer:shop"),
            (5, s.APPRAISED, "dealer:shop"), (5, s.CONSIGNED, "dealer:shop"),
            (5, s.LISTED, "dealer:shop"), (5, s.RETURN_PENDING, "dealer:shop"),
            (5, s.IN_TRANSIT_OUT, "carrier"), (5, s.RETURNED, "customer"),
        ]
    ) == [
        Phase.COMING, Phase.ARRIVAL, Phase.OPENING, Phase.APPRAISAL, Phase.STORAGE, Phase.PACKING,
        Phase.RETURNING, Phase.GIVEN_BACK,
    ]  # fmt: skip
    by_hand = [(0, s.EXPECTED, "customer"), (5, s.RECEIVED, "dealer:shop")]
    assert phases(by_hand) == [Phase.COMING, Phase.ARRIVAL]
