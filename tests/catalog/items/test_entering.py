"""A piece is entered once (R-081), finds or makes its style, gets a code, and is found at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from catalog.duties.opening import open_stock
from catalog.ground.errors import Malformed
from catalog.ground.journal import KeyUsedOtherwise
from catalog.ground.money import Yen
from catalog.ground.record import StyleId, UnitId
from catalog.ground.session.database import Database
from catalog.items import queries
from catalog.items.actions import Owner, ReasonMissing
from catalog.items.entering import (
    CodeTaken,
    NewPiece,
    PieceMalformed,
    Told,
    another_of,
    describe,
    enter,
)
from catalog.items.kinds import Category, OwnerKind, UnitState
from catalog.items.rules import STAFF, Marked, is_same_serial
from catalog.items.serials import FlagMissing, SerialInStock, clear_flag, open_flags
from catalog.items.styles import StyleFacts, StyleMissing, style_key
from catalog.items.tables import Unit
from tests.catalog.items.pieces import (
    DAYTONA,
    DEALER,
    NOW,
    due,
    entered,
    is_replayed,
    listed,
    unit_of,
    verbs_of,
)
from tests.shop import item


def test_a_piece_is_entered_with_the_next_code_and_found_at_once(database: Database) -> None:
    seller = Owner(OwnerKind.CUSTOMER, "C1")
    unit = entered(database, owner=seller, serial="F123456", notes="箱なし")
    assert (unit.code, unit.state, unit.owner_id) == ("W-10001", "received", "C1")
    assert unit.title == "コスモグラフ デイトナ"
    hits = database.read(lambda db: queries.search(db, "F123456", viewer=STAFF))
    assert [hit.code for hit in hits] == ["W-10001"]
    assert verbs_of(database, UnitId(unit.id)) == ["entered"]
    assert is_replayed(database)


def test_the_same_command_enters_once_and_another_body_is_refused(database: Database) -> None:
    first = entered(database, key="k")
    assert entered(database, key="k").id == first.id
    assert verbs_of(database, UnitId(first.id)) == ["entered"]
    with pytest.raises(KeyUsedOtherwise):
        entered(database, key="k", price=5)
    assert entered(database, key="k2").code == "W-10002"


def test_a_second_piece_of_a_model_needs_only_what_is_its_own(database: Database) -> None:
    """R-082."""
    first = entered(database)
    piece = database.read(
        lambda db: another_of(db, StyleId(first.style_id), price=Yen(880_000), serial="K1")
    )
    second = database.write(
        lambda db: enter(
            db, piece, owner=DEALER, custody="dealer:shop", by="staff:1", now=NOW, key="second"
        )
    )
    assert second.style_id == first.style_id
    assert (second.title, second.price, second.serial) == (first.title, 880_000, "K1")
    with pytest.raises(StyleMissing):
        database.read(lambda db: another_of(db, StyleId("no"), price=Yen(1), serial=None))


def test_codes_go_on_after_those_of_a_list_and_are_never_given_twice(database: Database) -> None:
    listed(database, "W-10234", "W-10300")
    assert entered(database, key="a").code == "W-10301"
    listed(database, "W-10303")
    assert [entered(database, key=key).code for key in "bc"] == ["W-10304", "W-10305"]

    def again(code: str, key: str) -> None:
        piece = NewPiece(style=DAYTONA)
        database.write(
            lambda db: enter(
                db, piece, owner=DEALER, custody="dealer", code=code, by="x", now=NOW, key=key
            )
        )

    with pytest.raises(CodeTaken):
        again("w-10234", "d")
    with pytest.raises(PieceMalformed):
        again("no code", "e")
    again("W-10400", "f")
    assert entered(database, key="g").code == "W-10401"


def test_many_workers_get_many_codes(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        units = list(pool.map(lambda n: entered(database, key=f"k{n}"), range(16)))
    assert len({unit.code for unit in units}) == 16
    assert len({unit.style_id for unit in units}) == 1


@pytest.mark.parametrize("amount", [-1, True])
def test_a_price_below_zero_is_refused(amount: int) -> None:
    with pytest.raises(PieceMalformed):
        NewPiece(style=DAYTONA, price=Yen(amount))


def test_a_piece_needs_a_name_and_begins_where_pieces_begin(database: Database) -> None:
    with pytest.raises(Malformed):
        NewPiece(style=StyleFacts(Category.BAG, " "))
    with pytest.raises(PieceMalformed):
        entered(database, state=UnitState.LISTED)


def test_a_serial_that_is_in_stock_is_refused_until_somebody_looked_twice(
    database: Database,
) -> None:
    listed(
        database, "W-10234", brand="Rolex", model="Daytona", reference="116500LN", serial="F-123456"
    )
    before = database.read(lambda db: len(db.exec(select(Unit)).all()))
    with pytest.raises(SerialInStock) as refused:
        entered(database, serial="f123456", key="k1")
    assert refused.value.code == "W-10234"
    assert database.read(lambda db: len(db.exec(select(Unit)).all())) == before
    assert due(database, "task") == []
    bare = UnitId(entered(database, key="k2").id)
    told = Told(serial="F123456")
    with pytest.raises(SerialInStock):
        database.write(lambda db: describe(db, bare, told, by="s", now=NOW, key="k3"))
    assert database.read(lambda db: db.get_one(Unit, bare).serial) is None
    entered(database, serial="f123456", key="k1", is_twin_seen=True)
    assert len(due(database, "task")) == 1


def test_a_second_intake_of_a_serial_is_flagged_and_staff_are_asked(database: Database) -> None:
    """Repeat owner or theft: never quiet."""
    [first] = listed(
        database, "W-10234", brand="Rolex", model="Daytona", reference="116500LN", serial="F-123456"
    )
    second = UnitId(entered(database, serial="f123456", is_twin_seen=True).id)
    [flag] = database.read(lambda db: open_flags(db, second))
    assert (flag.kind, flag.other_id) == ("serial_twice", first)
    [task] = due(database, "task")
    assert task.facts == {"task": "serial_twice", "other": first, "in_custody": True}
    with pytest.raises(ReasonMissing):
        database.write(lambda db: clear_flag(db, flag.id, reason=" ", by="s", now=NOW, key="c0"))
    for _ in range(2):
        done = database.write(
            lambda db: clear_flag(db, flag.id, reason="買い戻し", by="staff:2", now=NOW, key="c1")
        )
        assert done == second
    assert not database.read(lambda db: open_flags(db, second))
    with pytest.raises(FlagMissing):
        database.write(lambda db: clear_flag(db, flag.id, reason="x", by="s", now=NOW, key="c2"))


def test_of_two_workers_with_one_serial_the_second_is_told(database: Database) -> None:
    def enter(n: int) -> bool:
        try:
            entered(database, key=f"k{n}", serial="ABC123")
        except SerialInStock:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, range(2))) == [False, True]


def test_the_opening_stock_refuses_serials_within_the_list_and_with_the_shop(
    database: Database,
) -> None:
    listed(database, "W-10001", serial="AAA111")
    lines = [
        item("W-10002", serial="aaa-111"),
        item("W-10003", serial="BBB222"),
        item("W-10004", serial="BBB222"),
        item("W-10005", serial="CCC333"),
        item("B-10006", "バーキン", serial="CCC333"),
    ]
    took = database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    assert took.taken == 3
    assert took.refused == [(0, "serial: W-10001 carries it"), (2, "serial: W-10003 carries it")]
    assert database.read(lambda db: queries.id_of_code(db, "W-10002")) is None
    assert database.read(lambda db: queries.id_of_code(db, "W-10003")) is not None
    assert due(database, "task") == []


def test_serials_tell_pieces_apart_within_a_style_and_long_ones_within_a_brand() -> None:
    one = Marked("f123456", "s1", "watch", "rolex")
    assert is_same_serial(one, Marked("f123456", "s1", "watch", "rolex"))
    assert is_same_serial(one, Marked("f123456", "s2", "watch", "rolex"))
    assert is_same_serial(one, Marked("f123456", "s2", "watch", None))
    assert not is_same_serial(one, Marked("f123456", "s2", "watch", "omega"))
    assert not is_same_serial(one, Marked("f123456", "s2", "bag", "rolex"))
    short = Marked("12", "s1", "watch", "rolex")
    assert is_same_serial(short, Marked("12", "s1", "watch", "rolex"))
    assert not is_same_serial(short, Marked("12", "s2", "watch", "rolex"))


def test_styles_differ_by_what_is_told_of_them() -> None:
    birkins = [StyleFacts(Category.BAG, "x", "エルメス", "バーキン", size=s) for s in ("25", "30")]
    assert len({style_key(facts) for facts in (DAYTONA, *birkins)}) == 3
    assert style_key(DAYTONA) == style_key(
        StyleFacts(Category.WATCH, "別の名", "ﾛﾚｯｸｽ", "デイトナ", "116500ln")
    )


def test_a_new_title_and_a_serial_read_later_are_found_at_once(database: Database) -> None:
    unit_id = UnitId(entered(database).id)
    told = Told(title="白文字盤の一本", serial="ZZ998877")
    for _ in range(2):
        database.write(lambda db: describe(db, unit_id, told, by="s", now=NOW, key="d"))
    for asked in ("ZZ998877", "白文字盤"):
        hits = database.read(lambda db, asked=asked: queries.search(db, asked, viewer=STAFF))  # type: ignore[misc]  # bound at once
        assert [hit.id for hit in hits] == [unit_id]
    assert unit_of(database, unit_id).version == 2
    with pytest.raises(PieceMalformed):
        database.write(lambda db: describe(db, unit_id, Told(title=" "), by="s", now=NOW, key="d2"))
