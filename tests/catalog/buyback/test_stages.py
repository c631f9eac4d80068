"""The table of moves, who makes them, and where a case of several pieces stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback.stages import COMPENSABLE, ENDED, HELD, MOVES, Stage, may_move, standing
from catalog.duties.actors import Role

ROLES = st.sampled_from(list(Role))
STAGES = st.sampled_from(list(Stage))


def test_every_stage_has_its_row() -> None:
    assert set(MOVES) == set(Stage)
    assert all(not MOVES[stage] for stage in (Stage.RETURNED, Stage.REFERRED, Stage.COMPENSATED))
    assert set(MOVES[Stage.CLOSED]) == {Stage.PAY_SCHEDULED}, "only when its money came back"


@pytest.mark.parametrize(
    ("before", "after", "movers"),
    [
        (Stage.OFFERED, Stage.ACCEPTED, {Role.CUSTOMER}),
        (Stage.OFFERED, Stage.DECLINED, {Role.CUSTOMER}),
        (Stage.OFFERED, Stage.OFFER_EXPIRED, {Role.SCHEDULER}),
        (Stage.PAY_SCHEDULED, Stage.PAID, {Role.ACCOUNTING}),
        (Stage.QUOTED, Stage.SUBMITTED, {Role.CUSTOMER}),
    ],
)
def test_only_its_movers_make_a_move(before: Stage, after: Stage, movers: set[Role]) -> None:
    """Nobody accepts for a customer, nobody but accounting pays."""
    assert {role for role in Role if may_move(before, after, role)} == movers


def test_the_bot_makes_no_binding_step() -> None:
    """QUO-6: the bot tells ranges and notes what carriers tell."""
    may = {
        after for before, row in MOVES.items() for after in row if may_move(before, after, Role.BOT)
    }
    assert may <= {Stage.QUOTED, Stage.IN_TRANSIT, Stage.RETURNED, Stage.CLOSED}


@given(STAGES, STAGES, ROLES)
def test_an_override_changes_who_and_never_where(before: Stage, after: Stage, role: Role) -> None:
    if after is Stage.POLICE_HOLD:
        assert may_move(before, after, role) == (
            before in HELD and role in {Role.APPRAISER, Role.SENIOR, Role.MANAGER, Role.OWNER}
        )
        return
    if after is Stage.COMPENSATED:
        assert may_move(before, after, role) == (
            before in COMPENSABLE and role in {Role.MANAGER, Role.OWNER}
        )
        return
    if may_move(before, after, role, is_override=True):
        assert after in MOVES[before]
        assert role is Role.CUSTOMER or MOVES[before][after] != {Role.CUSTOMER}


def test_a_counterfeit_is_never_resold() -> None:
    """From rejected there is only home, the police, and the end of what its customer gave up."""
    assert set(MOVES[Stage.REJECTED]) == {Stage.RETURN_SHIPPING, Stage.CLOSED}


@given(st.lists(STAGES, min_size=1))
def test_a_case_stands_at_its_least_advanced_open_piece(stages: list[Stage]) -> None:
    where = standing(stages)
    still = [stage for stage in stages if stage not in ENDED]
    if still:
        assert where in still
    else:
        assert where in {*stages, Stage.CLOSED}
    assert standing(list(reversed(stages))) is where
