"""A piece lent to a retailer and given back, at the console (R-034)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from catalog.duties.actors import Role
from catalog.ground.calendar import tokyo_day
from catalog.ground.session.database import Database
from catalog.items.places import queries
from tests.catalog.items.pieces import NOW, listed, retailer, unit_of
from tests.handoff.console.window import Opened, window

PATH = "/console/items/W-1"


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def test_a_piece_is_lent_shown_with_whom_since_when_and_given_back(
    database: Database, seat: Opened
) -> None:
    [unit_id] = listed(database, "W-1")
    partner, store = retailer(database, "W-1"), seat("店頭", Role.STORE)
    today = tokyo_day(NOW)
    lend, back = f"{PATH}/lend", f"{PATH}/back"
    assert "見つかりません" in store.send(PATH, lend, firm="NOBODY").text
    past = store.send(PATH, lend, firm="GINZA", due_on=str(today - timedelta(days=1)))
    assert past.status_code == 422
    due = today + timedelta(days=14)
    store.send(PATH, lend, firm="GINZA", due_on=str(due), times=2)
    [loan] = database.read(lambda db: queries.lent_to(db, partner))
    assert (loan.code, loan.due_on) == ("W-1", due)
    assert unit_of(database, unit_id).state == "listed"
    shown = store.page(PATH)
    assert "返却予定" in shown
    assert "銀座リテール" in shown
    assert lend not in shown
    assert back not in seat("遠隔", Role.REMOTE).page(PATH)
    manager = seat("佐藤", Role.MANAGER)
    listed_there = manager.page("/console/partners")
    assert "預けている商品" in listed_there
    assert "W-1" in listed_there
    store.send(PATH, back, times=2)
    assert "預けている商品" not in manager.page("/console/partners")
    assert database.read(queries.lent) == []
    assert "戻りを記録しました" in store.page(f"{PATH}?done=back")
    assert lend in store.page(PATH)
