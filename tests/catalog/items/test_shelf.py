"""The register as staff leaf through it: narrowed, sorted, every piece once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.session.database import Database
from catalog.items import custody
from catalog.items.kinds import MOVES, Category, UnitState, may_move
from catalog.items.shelf import Order, PlaceMalformed, Shelf, ShelfPage, shelf, styles_called
from tests.catalog.items.pieces import NOW, id_of, listed, unit_of


def _of(database: Database, wanted: Shelf | None = None, **more: object) -> ShelfPage:
    return database.read(lambda db: shelf(db, wanted or Shelf(), now=NOW, **more))  # type: ignore[arg-type]  # told by name


def test_pages_join_without_gap_or_repeat(database: Database) -> None:
    codes = [f"W-{30000 + n}" for n in range(23)]
    for n, code in enumerate(codes):
        listed(database, code, price=str(5 + n % 2))
    for order in Order:
        seen: list[str] = []
        after = None
        while True:
            page = _of(database, order=order, after=after, limit=5)
            seen += [line.code for line in page.lines]
            after = page.after
            if after is None:
                break
        assert sorted(seen) == codes
    dear = _of(database, order=Order.DEAR, limit=30).lines
    assert [line.price for line in dear] == sorted((line.price for line in dear), reverse=True)  # type: ignore[type-var]  # all have one


@given(told=st.text(max_size=40), order=st.sampled_from(Order))
def test_a_place_is_read_or_refused(told: str, order: Order) -> None:
    from catalog.items.shelf import _place

    try:
        _place(order, told)
    except PlaceMalformed:
        return


def test_what_is_asked_narrows(database: Database) -> None:
    listed(database, "W-1001", price="100", brand="ROLEX")
    listed(database, "B-1002", "B-1003", price="300")
    wanted = Shelf(category=Category.BAG, price_from=200, price_to=400)
    assert {line.code for line in _of(database, wanted).lines} == {"B-1002", "B-1003"}
    assert not _of(database, Shelf(state=UnitState.SOLD)).lines
    assert not _of(database, Shelf(is_held=True)).lines
    assert len(_of(database, Shelf(is_held=False)).lines) == 3
    aged = database.read(lambda db: shelf(db, Shelf(on_sale_days=90), now=NOW + timedelta(days=91)))
    assert len(aged.lines) == 3
    assert aged.lines[0].days == 91
    assert not _of(database, Shelf(on_sale_days=90)).lines


def test_among_keeps_its_own_order(database: Database) -> None:
    one, two = listed(database, "W-1001", "W-1002")
    assert [line.code for line in _of(database, among=[two, one]).lines] == ["W-1002", "W-1001"]


def test_a_style_is_called_by_reference_title_and_brand(database: Database) -> None:
    listed(database, "W-1001", brand="ロレックス", model="デイトナ", reference="116500LN")
    for asked in ("116500", "ROLEX", "デイトナ"):
        found = database.read(lambda db, asked=asked: styles_called(db, asked))  # type: ignore[misc]  # bound at once
        assert [(each.reference, each.pieces) for each in found] == [("116500LN", 1)], asked
    assert database.read(lambda db: styles_called(db, " ")) == []


def test_where_a_piece_has_been_is_told_from_its_journal(database: Database) -> None:
    from catalog.duties.steps import step

    listed(database, "W-1001")
    unit_id = id_of(database, "W-1001")
    later = NOW + timedelta(hours=1)
    database.write(
        lambda db: step(
            db, unit_id, UnitState.UNLISTED, reason="", by="staff:1", now=later, key="k"
        )
    )
    past = database.read(lambda db: custody.steps_of(db, unit_id))
    assert [(each.state, each.custody, each.at) for each in past] == [
        (UnitState.LISTED, "dealer:shop", NOW),
        (UnitState.UNLISTED, "dealer:shop", later),
    ]
    assert unit_of(database, unit_id).state == UnitState.UNLISTED


@pytest.mark.parametrize("state", list(UnitState))
def test_by_hand_only_what_the_register_knows(state: UnitState) -> None:
    from catalog.duties.steps import BY_HAND

    ahead = set(BY_HAND.get(state, ()))
    assert ahead <= MOVES[state]
    assert all(may_move(state, to) for to in ahead)
    assert UnitState.LISTED not in ahead
