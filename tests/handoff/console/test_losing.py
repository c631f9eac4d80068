"""A piece that is lost, or damaged beyond selling, and found again, at the console."""

from collections.abc import Iterator

import pytest

from catalog.duties.actors import Role
from catalog.ground.session.database import Database
from tests.catalog.consignment.shelf import Shelf
from tests.catalog.items.pieces import NOW, listed, unit_of
from tests.handoff.console.window import Opened, window

PATH = "/console/items/W-1"


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def test_a_lost_piece_is_off_sale_at_once_and_found_where_it_stood(
    database: Database, seat: Opened
) -> None:
    """Nobody is sold what is not there; who takes it off and puts it back says why."""
    [unit_id] = listed(database, "W-1")
    manager, store = seat("佐藤", Role.MANAGER), seat("店頭", Role.STORE)
    lost, found = f"{PATH}/lost", f"{PATH}/found"
    assert lost not in store.page(PATH)
    assert manager.send(PATH, lost, reason=" ").status_code == 409
    assert manager.send(PATH, lost, times=2, reason="棚卸しで見つからない").status_code == 303
    unit = unit_of(database, unit_id)
    assert (unit.state, unit.state_before) == ("lost_damaged", "listed")
    shown = manager.page(f"{PATH}?done=lost")
    assert "販売を止めました" in shown
    assert lost not in shown
    assert found not in store.page(PATH)
    assert manager.send(PATH, found, times=2, reason="金庫にあった").status_code == 303
    unit = unit_of(database, unit_id)
    assert (unit.state, unit.state_before) == ("listed", None)
    again = {"key": "k2", "reason": "x"}
    csrf = manager.form(PATH, "/console/sign-out").fields["csrf"]
    refused = manager.post(found, {**again, "csrf": csrf})
    assert (refused.status_code, "止められていません" in refused.text) == (409, True)


def test_what_is_somebody_elses_is_lost_by_its_contract(database: Database) -> None:
    """CON-7: a consignor is compensated; the piece does not just vanish."""
    shelf = Shelf(database)
    contract_id, unit_id = shelf.consigned(shelf.consignor())
    code = unit_of(database, unit_id).code
    with window(database, lambda: shelf.now) as seat:
        manager = seat("佐藤", Role.MANAGER)
        path = f"/console/items/{code}"
        assert f"{path}/lost" not in manager.page(path)
        csrf = manager.form(path, "/console/sign-out").fields["csrf"]
        refused = manager.post(f"{path}/lost", {"csrf": csrf, "key": "k", "reason": "x"})
        assert (refused.status_code, "契約" in refused.text) == (409, True)
    assert unit_of(database, unit_id).state != "lost_damaged"
    assert shelf.contract(contract_id).state == "active"
