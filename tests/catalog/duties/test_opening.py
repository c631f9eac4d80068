"""Opening stock (KOB-2): each line a unit with its ledger row, grade and journal; a second run
changes nothing.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from catalog.duties.opening import open_stock
from catalog.ground import journal
from catalog.ground.lines import LineMalformed
from catalog.ground.session.database import Database
from catalog.items.lines import OPTIONAL, REQUIRED, ItemLine, parse
from tests.shop import item

NOW = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)  # the 23rd in Tokyo


def test_a_line_becomes_a_unit_a_ledger_row_a_grade_and_a_journal(database: Database) -> None:
    line = item("W-10234", brand="ロレックス", reference="116500LN", grade="AB")
    took = database.write(lambda db: open_stock(db, [line], by="test", now=NOW))
    assert took.taken == 1
    row = database.read(
        lambda db: (
            db.connection()
            .execute(
                text(
                    "SELECT u.id, u.state, u.owner_kind, u.publish_gate, u.price, l.kind,"
                    " l.entered_on, g.grade FROM unit u JOIN ledger_row l ON l.unit_id = u.id"
                    " JOIN grading g ON g.unit_id = u.id"
                )
            )
            .one()
        )
    )
    assert row[1:6] == ("listed", "dealer", "waived: import", 1_000_000, "opening_stock")
    assert str(row[6]) == "2026-11-23"
    assert row[7] == "AB"
    assert database.read(lambda db: journal.verify(db, f"unit:{row[0]}"))


def test_a_second_import_changes_nothing_and_tells_what_differs(database: Database) -> None:
    lines = [item(f"W-{n}") for n in range(1000, 1020)]
    database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    again = database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    assert (again.taken, len(again.already_there), again.different) == (0, 20, [])
    other = item("W-1000", price="5")
    third = database.write(
        lambda db: open_stock(db, [other, item("W-2000"), item("W-2000")], by="t", now=NOW)
    )
    assert (third.taken, list(third.different)) == (1, ["W-1000"])
    price = text("SELECT price FROM unit WHERE code = 'W-1000'")
    assert database.read(lambda db: db.connection().execute(price).scalar_one()) == 1_000_000


def test_pieces_of_one_model_share_a_style(database: Database) -> None:
    lines = [item("W-1001", brand="Rolex", model="Daytona", reference="116500LN"),
             item("W-1002", brand="ロレックス", model="Daytona", reference="116500ln")]  # fmt: skip
    database.write(lambda db: open_stock(db, lines, by="test", now=NOW))
    count = text("SELECT count(DISTINCT style_id) FROM unit")
    assert database.read(lambda db: db.connection().execute(count).scalar_one()) == 1


GOOD = {"code": "W-1", "category": "watch", "title": "x", "price": "1"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", ""), ("code", "１-W"), ("code", "W-"), ("category", "car"), ("title", " "),
        ("title", "x" * 2001), ("title", "a\x00b"), ("price", "-1"), ("price", "1.5"),
        ("grade", "Z"), ("state", "sold"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_with_its_reason(column: str, value: str) -> None:
    with pytest.raises(LineMalformed) as bad:
        parse({**GOOD, column: value})
    assert bad.value.column == column


@given(st.dictionaries(st.sampled_from([*REQUIRED, *OPTIONAL]), st.text(max_size=40)))
def test_any_cells_are_a_line_or_a_clear_refusal(cells: dict[str, str]) -> None:
    try:
        line = parse(cells)
    except LineMalformed as bad:
        assert bad.column in {*REQUIRED, *OPTIONAL}
    else:
        assert isinstance(line, ItemLine)
        assert line.price >= 0
