"""Other pieces of a model in one list, and the stock as staff see it (R-087, R-088)."""

from datetime import timedelta

from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.session.database import Database
from catalog.items.rules import STAFF, VISITOR, Viewer
from catalog.items.similar import similar, within
from catalog.items.stock import Hint, stock
from catalog.items.watchers import watch
from tests.catalog.items.pieces import NOW, listed

DAYTONA = {"brand": "ロレックス", "model": "デイトナ", "reference": "116500LN"}


def test_pieces_of_one_model_are_listed_the_dearest_first(database: Database) -> None:
    [asked] = listed(database, "W-1", **DAYTONA)
    listed(database, "W-2", price="900000", grade="AB", **DAYTONA)
    listed(database, "W-3", price="1200000", grade="S", **DAYTONA)
    listed(database, "W-4", state="unlisted", **DAYTONA)
    listed(database, "W-5", brand="オメガ", model="スピードマスター")
    for viewer, codes in (
        (VISITOR, ["W-3", "W-2"]),
        (Viewer(customer=CustomerId("C1")), ["W-3", "W-2"]),
        (STAFF, ["W-3", "W-4", "W-2"]),
    ):
        found = database.read(lambda db, viewer=viewer: similar(db, asked, viewer=viewer))  # type: ignore[misc]  # bound at once
        assert [each.code for each in found] == codes


def test_the_stock_shows_age_interest_and_a_hint(database: Database) -> None:
    wanted, quiet = listed(database, "W-1", "W-2")
    listed(database, "W-3", state="stock")
    database.write(lambda db: watch(db, wanted, "customer:C1", now=NOW))
    rows = database.read(lambda db: stock(db, now=NOW + timedelta(days=91)))
    told = {row.code: (row.days, row.interest, row.hint) for row in rows}
    assert told == {
        "W-1": (91, 1, Hint.WANTED_AND_SLOW),
        "W-2": (91, 0, Hint.SLOW),
        "W-3": (None, 0, None),
    }
    assert rows[0].unit_id in {wanted, quiet}


def test_what_an_amount_reaches_is_on_sale_and_the_dearest_first(database: Database) -> None:
    """R-113."""
    listed(database, "W-1", price="60000")
    listed(database, "W-2", price="60001")
    listed(database, "W-3", price="20000")
    listed(database, "W-4", price="50000", state="unlisted")
    found = database.read(lambda db: within(db, Yen(60_000), but_of=CustomerId("C1")))
    assert [each.code for each in found] == ["W-1", "W-3"]
