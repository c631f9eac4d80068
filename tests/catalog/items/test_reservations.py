"""One piece, many buyers: one gets it; the clock ends what is not paid (R-083)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from catalog.ground.record import CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.items import reservations
from catalog.items.actions import MoveRefused, Owner, UnitTaken
from catalog.items.holds.actions import hold
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.reservations import ReservationOver
from catalog.items.watchers import watch
from tests.catalog.items.pieces import (
    DEALER,
    LATER,
    NOW,
    due,
    is_replayed,
    listed,
    retailer,
    unit_of,
    verbs_of,
    walked,
)


def _reserve(database: Database, unit_id: UnitId, order: str, *, holder: str | None = None) -> None:
    database.write(
        lambda db: reservations.reserve(
            db, unit_id, order_id=order, until=LATER, by="bot", now=NOW, holder=holder
        )
    )


def _race(database: Database, buyers: int, rounds: int) -> None:
    [unit_id] = listed(database, "W-10234")

    def buy(order: str) -> bool:
        try:
            _reserve(database, unit_id, order)
        except UnitTaken:
            return False
        return True

    with ThreadPoolExecutor(buyers) as pool:
        for turn in range(rounds):
            orders = [f"O{turn}-{buyer}" for buyer in range(buyers)]
            won = [order for order, got in zip(orders, pool.map(buy, orders), strict=True) if got]
            assert len(won) == 1
            row = unit_of(database, unit_id)
            assert (row.state, row.reserved_for) == ("reserved", won[0])
            assert database.write(
                lambda db, order=won[0]: reservations.unreserve(  # type: ignore[misc]  # bound at once
                    db, unit_id, order_id=order, by="bot", now=NOW
                )
            )
    assert len(verbs_of(database, unit_id)) == 1 + 2 * rounds
    assert is_replayed(database)


def test_of_many_buyers_at_once_exactly_one_gets_the_piece(database: Database) -> None:
    _race(database, buyers=20, rounds=10)


@pytest.mark.soak
def test_fifty_buyers_two_hundred_rounds(database: Database) -> None:
    _race(database, buyers=50, rounds=200)


def test_the_same_order_reserves_once(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    _reserve(database, unit_id, "O1")
    _reserve(database, unit_id, "O1")
    assert verbs_of(database, unit_id) == ["opening_stock", "reserved"]
    with pytest.raises(UnitTaken) as taken:
        _reserve(database, unit_id, "O2")
    assert taken.value.why == "reserved"


@pytest.mark.parametrize("state", [UnitState.UNLISTED, UnitState.RETURN_PENDING, UnitState.STOCK])
def test_what_is_not_on_sale_cannot_be_reserved(database: Database, state: UnitState) -> None:
    [unit_id] = listed(database, "W-10234")
    walked(database, unit_id, state)
    with pytest.raises(MoveRefused):
        _reserve(database, unit_id, "O1")
    assert unit_of(database, unit_id).state == state


def test_somebody_elses_hold_refuses_a_reservation_ones_own_lets_it_through(
    database: Database,
) -> None:
    """R-032."""
    [unit_id] = listed(database, "W-10234")
    database.write(
        lambda db: hold(db, unit_id, "customer:C1", LATER, by="customer:C1", now=NOW, key="h")
    )
    for holder in (None, "customer:C2"):
        with pytest.raises(UnitTaken) as taken:
            _reserve(database, unit_id, "O2", holder=holder)
        assert taken.value.why == "held"
    _reserve(database, unit_id, "O1", holder="customer:C1")
    assert unit_of(database, unit_id).reserved_for == "O1"


def test_a_reservation_lapses_by_the_clock_once(database: Database) -> None:
    first, second = listed(database, "W-10234", "W-10235")
    _reserve(database, first, "O1")
    _reserve(database, second, "O2")
    database.write(
        lambda db: reservations.sell(
            db, second, order_id="O2", buyer=CustomerId("C1"), by="bot", now=NOW
        )
    )

    def lapse(minutes: int) -> Callable[..., list[reservations.Lapsed]]:
        return lambda db: reservations.lapse_reservations(db, NOW + timedelta(minutes=minutes))

    assert database.write(lapse(29)) == []
    assert database.write(lapse(30)) == [reservations.Lapsed(first, "O1")]
    assert database.write(lapse(31)) == []
    row = unit_of(database, first)
    assert (row.state, row.reserved_for, row.reserved_until) == ("listed", None, None)
    assert unit_of(database, second).state == "sold"
    assert is_replayed(database)


def test_only_the_running_reservation_can_be_paid(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    _reserve(database, unit_id, "O1")

    def sell(order: str, now=NOW):  # type: ignore[no-untyped-def]  # a test's shorthand
        return database.write(
            lambda db: reservations.sell(
                db, unit_id, order_id=order, buyer=CustomerId("C1"), by="bot", now=now
            )
        )

    with pytest.raises(ReservationOver):
        sell("O2")
    with pytest.raises(ReservationOver):
        sell("O1", now=LATER)
    partner = f"partner:{retailer(database)}"  # every piece of ours was granted to it
    for who in ("customer:C9", partner):
        database.write(lambda db, who=who: watch(db, unit_id, who, now=NOW))  # type: ignore[misc]  # bound at once
    sold = sell("O1")
    assert (sold.state, sold.owner_kind, sold.owner_id) == ("sold", "buyer", "C1")
    told = [(notice.facts["phase"], notice.facts["to"]) for notice in due(database, "notice")]
    assert told == [("watched_sold", "customer:C9"), ("watched_sold", partner)]
    with pytest.raises(ReservationOver):
        sell("O1")
    assert not database.write(
        lambda db: reservations.unreserve(db, unit_id, order_id="O1", by="bot", now=NOW)
    )


@pytest.mark.parametrize("owner", [DEALER, Owner(OwnerKind.CONSIGNOR, "C7")])
def test_a_cancelled_sale_gives_the_piece_back_to_its_owner(
    database: Database, owner: Owner
) -> None:
    [unit_id] = listed(database, "W-10234")
    _reserve(database, unit_id, "O1")
    database.write(
        lambda db: reservations.sell(
            db, unit_id, order_id="O1", buyer=CustomerId("C1"), by="bot", now=NOW
        )
    )
    database.write(
        lambda db: reservations.unsell(
            db, unit_id, order_id="O1", owner=owner, by="staff:1", now=NOW
        )
    )
    row = unit_of(database, unit_id)
    assert (row.state, row.owner_kind, row.owner_id) == ("listed", owner.kind, owner.id)
    assert is_replayed(database)
