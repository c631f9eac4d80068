"""Where pieces lie, and which are with partners (R-034, R-097)."""

from datetime import date

import pytest

from catalog.ground.record import PartnerId, UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import MoveRefused
from catalog.items.kinds import UnitState
from catalog.items.places.actions import (
    NotInHand,
    PartnerMissing,
    PlaceMissing,
    lend,
    open_place,
    put,
    take_back,
)
from catalog.items.places.queries import lent, lent_to, lies_at, loan_of, places
from tests.catalog.items.pieces import (
    NOW,
    is_replayed,
    listed,
    retailer,
    unit_of,
    verbs_of,
    walked,
)


def _open(database: Database, name: str, rank: int, *, ships: bool = True) -> None:
    database.write(
        lambda db: open_place(db, name, rank=rank, ships=ships, hands_over=True, by="t", now=NOW)
    )


def test_a_shop_without_places_is_one_shop(database: Database) -> None:
    assert [place.name for place in database.read(places)] == ["shop"]
    _open(database, "warehouse", 2)
    _open(database, "ginza", 1)
    _open(database, "ginza", 1, ships=False)
    told = [(place.name, place.ships) for place in database.read(places)]
    assert told == [("ginza", False), ("warehouse", True)]


def test_a_piece_lies_where_it_was_put(database: Database) -> None:
    [unit_id] = listed(database, "W-1")
    _open(database, "ginza", 1)
    assert lies_at(unit_of(database, unit_id)) == "shop"
    for _ in range(2):
        database.write(lambda db: put(db, unit_id, "ginza", by="staff:1", now=NOW))
    assert lies_at(unit_of(database, unit_id)) == "ginza"
    assert verbs_of(database, unit_id) == ["opening_stock", "put"]
    with pytest.raises(PlaceMissing):
        database.write(lambda db: put(db, unit_id, "nowhere", by="staff:1", now=NOW))


def test_a_lent_piece_is_with_one_partner_until_it_comes_back(database: Database) -> None:
    [unit_id] = listed(database, "W-1")
    partner = retailer(database, "W-1")

    def lent_out(key: str, unit: UnitId = unit_id, to: PartnerId = partner) -> str:
        return database.write(
            lambda db: lend(db, unit, to, due_on=date(2026, 12, 1), by="staff:1", now=NOW, key=key)
        ).id

    assert lent_out("k1") == lent_out("k1")
    row = unit_of(database, unit_id)
    assert (row.state, row.custody, lies_at(row)) == ("listed", f"partner:{partner}", None)
    with pytest.raises(NotInHand):
        lent_out("k2")
    with pytest.raises(PartnerMissing):
        lent_out("k3", to=PartnerId("no"))
    [loan] = database.read(lambda db: lent_to(db, partner))
    assert (loan.code, loan.lent_at, loan.due_on) == ("W-1", NOW, date(2026, 12, 1))
    assert database.read(lambda db: loan_of(db, unit_id)) == loan
    for _ in range(2):
        database.write(lambda db: take_back(db, unit_id, by="staff:1", now=NOW))
    assert unit_of(database, unit_id).custody == "dealer:shop"
    assert database.read(lent) == []
    assert verbs_of(database, unit_id) == ["opening_stock", "lent", "given_back"]
    assert is_replayed(database)


@pytest.mark.parametrize("state", [UnitState.RETURN_PENDING, UnitState.RESERVED])
def test_what_is_frozen_or_promised_is_not_lent(database: Database, state: UnitState) -> None:
    [unit_id] = listed(database, "W-1")
    partner = retailer(database, "W-1")
    walked(database, unit_id, state)
    with pytest.raises((NotInHand, MoveRefused)):
        database.write(lambda db: lend(db, unit_id, partner, by="s", now=NOW, key="k"))
    assert unit_of(database, unit_id).custody == "dealer:shop"
