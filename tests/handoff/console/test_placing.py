"""The shop's places at the console, and a piece that is brought to another one (R-097)."""

from collections.abc import Iterator

import pytest

from catalog.duties.actors import Role
from catalog.ground import journal
from catalog.ground.session.database import Database
from catalog.items.places import queries
from tests.catalog.items.pieces import NOW, listed, unit_of
from tests.handoff.console.window import Opened, window

HOURS, PLACE, ITEM = "/console/hours", "/console/hours/place", "/console/items/W-1"


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def test_a_second_place_is_opened_beside_the_first_and_a_piece_brought_there(
    database: Database, seat: Opened
) -> None:
    [unit_id] = listed(database, "W-1")
    manager, store = seat("佐藤", Role.MANAGER), seat("店頭", Role.STORE)
    put = f"{ITEM}/put"
    assert put not in store.page(ITEM), "there is nowhere else"
    assert PLACE not in store.page(HOURS)
    assert manager.send(HOURS, PLACE, name="倉庫", rank="x").status_code == 422
    assert manager.send(HOURS, PLACE, name="a:b").status_code == 422
    form = manager.form(HOURS, PLACE)
    told = {"csrf": form.fields["csrf"], "name": "倉庫", "rank": "2", "ships": "yes"}
    for rank in ("1", "2"):
        assert manager.post(PLACE, {**told, "rank": rank}).status_code == 303
    found = [(each.name, each.rank, each.hands_over) for each in database.read(queries.places)]
    assert found == [("shop", 0, True), ("倉庫", 2, False)]
    verbs = [each.verb for each in database.read(lambda db: journal.of(db, "place:倉庫"))]
    assert verbs == ["place_opened", "place_changed"]
    assert store.send(ITEM, put, times=1, place="倉庫").status_code == 303
    assert queries.lies_at(unit_of(database, unit_id)) == "倉庫"
    assert "保管場所を変更しました" in store.page(f"{ITEM}?done=put")
    csrf = store.form(ITEM, "/console/sign-out").fields["csrf"]
    assert store.post(put, {"csrf": csrf, "key": "k", "place": "nowhere"}).status_code == 404
