"""A unit has exactly one owner, one custody and one state, and only moves as the table says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items import actions, freezing
from catalog.items.actions import MoveRefused, Owner, UnitChanged, UnitMissing
from catalog.items.freezing import NotFrozen
from catalog.items.kinds import (
    FROZEN,
    IN_CUSTODY,
    MOVES,
    ON_THE_WAY,
    TERMINAL,
    Custody,
    OwnerKind,
    UnitState,
    custody_of,
    may_move,
)
from tests.catalog.items.pieces import (
    NOW,
    entered,
    is_replayed,
    listed,
    unit_of,
    verbs_of,
    walked,
)

S = UnitState


def test_every_state_has_its_moves_and_terminal_ones_have_none() -> None:
    assert set(MOVES) == set(UnitState)
    assert all(not MOVES[state] for state in TERMINAL)


@pytest.mark.parametrize("before", S)
def test_what_is_in_hand_can_be_held_or_lost_and_what_a_carrier_has_be_lost(
    before: UnitState,
) -> None:
    assert may_move(before, S.POLICE_HOLD) == (before in IN_CUSTODY)
    assert may_move(before, S.LOST_DAMAGED) == (before in IN_CUSTODY | ON_THE_WAY)
    for after in set(S) - {S.POLICE_HOLD, S.LOST_DAMAGED}:
        assert may_move(before, after) == (after in MOVES[before])


@given(st.sampled_from(sorted(FROZEN)))
def test_nothing_is_sold_listed_or_transferred_out_of_a_frozen_state(before: UnitState) -> None:
    for after in (S.LISTED, S.RESERVED, S.SOLD, S.REPAIR, S.CONSIGNED, S.STOCK):
        assert not may_move(before, after)


@pytest.mark.parametrize("seed", range(4))
def test_a_random_walk_never_leaves_the_table(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    unit = entered(database, state=S.EXPECTED, custody="customer")
    unit_id, moved = UnitId(unit.id), 1
    for _ in range(60):
        before = unit_of(database, unit_id)
        after = chance.choice(list(UnitState))
        kind = chance.choice(list(OwnerKind))
        owner = Owner(kind, None if kind is OwnerKind.DEALER else "C1")
        custody = chance.choice(["customer", "carrier", "dealer:shop", "police"])

        def step(
            db: Session,
            after: UnitState = after,
            owner: Owner = owner,
            custody: str = custody,
            stood: str = before.state,
        ) -> None:
            actions.move(
                db,
                unit_id,
                after,
                by="staff:1",
                now=NOW,
                verb="moved",
                owner=owner,
                custody=custody,
                state_before=stood,
            )

        if may_move(S(before.state), after):
            database.write(step)
            moved += 1
        else:
            with pytest.raises(MoveRefused) as refused:
                database.write(step)
            assert (refused.value.before, refused.value.after) == (before.state, after)
            assert unit_of(database, unit_id) == before
        now = unit_of(database, unit_id)
        assert now.state in set(UnitState)
        assert now.owner_kind in set(OwnerKind)
        assert custody_of(now.custody) in set(Custody)
        if S(now.state) in {S.POLICE_HOLD, S.LOST_DAMAGED}:
            database.write(lambda db: freezing.unfreeze(db, unit_id, by="staff:9", now=NOW))
            moved += 1
        if S(now.state) in TERMINAL:
            break
    assert unit_of(database, unit_id).version == moved
    assert len(verbs_of(database, unit_id)) == moved
    assert is_replayed(database)


def test_a_unit_nobody_knows_is_missing(database: Database) -> None:
    with pytest.raises(UnitMissing):
        database.write(
            lambda db: actions.move(db, UnitId("no"), S.LISTED, by="x", now=NOW, verb="x")
        )


def test_a_change_of_an_outdated_reading_is_stale(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    seen = unit_of(database, unit_id)
    walked(database, unit_id, S.UNLISTED)
    with pytest.raises(UnitChanged):
        database.write(lambda db: actions.change(db, seen, {"price": 1}, by="x", now=NOW, verb="x"))
    assert unit_of(database, unit_id).price == 1_000_000


def test_a_frozen_piece_comes_back_to_where_it_stood(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    database.write(
        lambda db: freezing.freeze(
            db, unit_id, S.POLICE_HOLD, by="staff:9", now=NOW, custody="police"
        )
    )
    frozen = unit_of(database, unit_id)
    assert (frozen.state, frozen.custody, frozen.state_before) == (
        "police_hold",
        "police",
        "listed",
    )
    for after in (S.LISTED, S.RESERVED, S.SOLD, S.RETURN_PENDING):
        with pytest.raises(MoveRefused):
            walked(database, unit_id, after)
    database.write(
        lambda db: freezing.unfreeze(db, unit_id, by="staff:9", now=NOW, custody="dealer:shop")
    )
    freed = unit_of(database, unit_id)
    assert (freed.state, freed.custody, freed.state_before) == ("listed", "dealer:shop", None)
    with pytest.raises(NotFrozen):
        database.write(lambda db: freezing.unfreeze(db, unit_id, by="staff:9", now=NOW))
    with pytest.raises(MoveRefused):
        database.write(lambda db: freezing.freeze(db, unit_id, S.UNLISTED, by="staff:9", now=NOW))
    assert is_replayed(database)
