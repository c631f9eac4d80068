"""Holds (R-032): rows that end by the clock and keep others out, never the owner."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import MoveRefused, Owner, UnitMissing, UnitTaken
from catalog.items.holds.actions import HoldMissing, hold, release
from catalog.items.holds.queries import active_hold, active_holds, holds_of
from catalog.items.holds.rules import HoldTooLong, check_length, stands
from catalog.items.holds.tables import Hold
from catalog.items.kinds import OwnerKind, UnitState
from tests.catalog.items.pieces import NOW, listed, retailer, unit_of, verbs_of, walked

SIX = NOW + timedelta(hours=4)  # 18:00 in Tokyo


def _hold(
    database: Database,
    unit_id: UnitId,
    who: str,
    *,
    until: datetime = SIX,
    now: datetime = NOW,
    key: str = "h1",
) -> Hold:
    return database.write(lambda db: hold(db, unit_id, who, until, by=who, now=now, key=key))


def test_a_held_piece_stays_listed_and_others_see_that_it_is_held(database: Database) -> None:
    held, free = listed(database, "W-1042", "W-1043")
    partner = f"partner:{retailer(database, 'W-1042')}"
    first = _hold(database, held, partner)
    assert _hold(database, held, partner).id == first.id
    assert unit_of(database, held).state == "listed"
    found = database.read(lambda db: active_holds(db, [held, free], now=NOW))
    assert {unit: row.holder for unit, row in found.items()} == {held: partner}
    with pytest.raises(UnitTaken) as taken:
        _hold(database, held, "customer:C1", key="h2")
    assert taken.value.why == "held"
    assert [row.id for row in database.read(lambda db: holds_of(db, partner, now=NOW))] == [
        first.id
    ]


def test_a_hold_ends_by_the_clock_without_any_job(database: Database) -> None:
    [unit_id] = listed(database, "W-1042")
    _hold(database, unit_id, "customer:C1")
    just_before = SIX - timedelta(milliseconds=1)
    assert database.read(lambda db: active_hold(db, unit_id, now=just_before)) is not None
    assert database.read(lambda db: active_hold(db, unit_id, now=SIX)) is None
    late = _hold(
        database, unit_id, "customer:C2", until=SIX + timedelta(hours=1), now=SIX, key="h2"
    )
    assert late.holder == "customer:C2"


def test_a_hold_is_released_once(database: Database) -> None:
    [unit_id] = listed(database, "W-1042")
    placed = _hold(database, unit_id, "customer:C1")
    assert database.write(lambda db: release(db, placed.id, by="customer:C1", now=NOW))
    assert not database.write(lambda db: release(db, placed.id, by="customer:C1", now=NOW))
    assert verbs_of(database, unit_id) == ["opening_stock", "held", "hold_released"]
    assert _hold(database, unit_id, "customer:C2", key="h2").holder == "customer:C2"
    with pytest.raises(HoldMissing):
        database.write(lambda db: release(db, "no", by="x", now=NOW))


def test_asking_again_does_not_start_the_hours_anew(database: Database) -> None:
    [unit_id] = listed(database, "W-1042")
    most = NOW + timedelta(hours=48)
    _hold(database, unit_id, "customer:C1", until=most)
    with pytest.raises(HoldTooLong) as long:
        _hold(
            database,
            unit_id,
            "customer:C1",
            until=most + timedelta(hours=1),
            now=NOW + timedelta(hours=2),
            key="h2",
        )
    assert long.value.latest == most
    shorter = _hold(database, unit_id, "customer:C1", key="h3")
    found = database.read(lambda db: active_hold(db, unit_id, now=NOW))
    assert found is not None
    assert found.id == shorter.id


def test_a_partner_without_the_right_learns_nothing(database: Database) -> None:
    granted, other = listed(database, "W-1042", "W-1043")
    partner = f"partner:{retailer(database, 'W-1042', rights=['media'])}"
    for unit_id, key in ((granted, "a"), (other, "b"), (UnitId("no"), "c")):
        with pytest.raises(UnitMissing):
            _hold(database, unit_id, partner, key=key)


def test_only_what_is_on_sale_can_be_held(database: Database) -> None:
    [unit_id] = listed(database, "W-1042")
    walked(database, unit_id, UnitState.RESERVED)
    with pytest.raises(UnitTaken):
        _hold(database, unit_id, "customer:C1")
    walked(database, unit_id, UnitState.LISTED, UnitState.UNLISTED)
    with pytest.raises(MoveRefused):
        _hold(database, unit_id, "customer:C1")


@pytest.mark.parametrize("to", [UnitState.STOCK, UnitState.RETURN_PENDING])
def test_a_hold_never_blocks_a_guarantee_request_or_a_withdrawal(
    database: Database, to: UnitState
) -> None:
    """CON-7, CON-11: the owner's right is stronger."""
    [unit_id] = listed(database, "W-1042")
    _hold(database, unit_id, "customer:C1")
    walked(database, unit_id, to, owner=Owner(OwnerKind.CONSIGNOR, "C7"))
    assert unit_of(database, unit_id).state == to


MINUTES = st.integers(-10_000, 10_000)


@given(MINUTES, MINUTES, st.booleans())
def test_a_hold_stands_until_its_end_and_not_at_it(until: int, at: int, is_released: bool) -> None:
    end, now = NOW + timedelta(minutes=until), NOW + timedelta(minutes=at)
    released = NOW if is_released else None
    assert stands(until=end, released_at=released, now=now) == (not is_released and at < until)


@given(MINUTES, st.integers(0, 10_000), st.integers(1, 200))
def test_no_hold_is_longer_than_the_shop_allows(until: int, since: int, hours: int) -> None:
    began, end = NOW - timedelta(minutes=since), NOW + timedelta(minutes=until)
    is_allowed = 0 < until <= hours * 60 - since
    if is_allowed:
        check_length(end, since=began, hours=hours, now=NOW)
    else:
        with pytest.raises(HoldTooLong):
            check_length(end, since=began, hours=hours, now=NOW)
