"""A few wishes lead to pieces that are for sale, and say what was given up (R-132)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.duties.opening import open_stock
from catalog.ground.session.opening import open_database
from catalog.items import finder
from catalog.items.finder import Wish
from catalog.items.lines import GRADES
from tests.databases import fresh_url
from tests.shop import item

NOW = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)
_PRICES = [100_000, 250_000, 300_000, 420_000, 900_000, 1_500_000, 4_000_000]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with fresh_url("sqlite", Path(tmp_path_factory.mktemp("finder"))) as url:
        database = open_database(url)
        lines = [
            item(
                f"W-{n + 1:05d}", f"シーマスター {n}", price=str(price),
                brand=["オメガ", "ロレックス"][n % 2], grade=GRADES[1 + n % 4],
            )
            for n, price in enumerate(_PRICES)
        ]  # fmt: skip
        sold = item("W-90001", "準備中", price="300000", state="unlisted")
        database.write(lambda db: open_stock(db, [*lines, sold], by="test", now=NOW))
        yield database
        database.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    brand=st.sampled_from([None, "omega", "rolex", "hermes"]),
    low=st.none() | st.sampled_from(_PRICES),
    high=st.none() | st.sampled_from(_PRICES),
    grade=st.none() | st.sampled_from(GRADES),
)
def test_what_is_proposed_has_every_wish_that_was_not_given_up(
    shelf: Any, brand: str | None, low: int | None, high: int | None, grade: str | None
) -> None:
    wish = Wish("watch", brand, low, high, grade)
    found = shelf.read(lambda db: finder.propose(db, wish))
    assert 1 <= len(found.units) <= 3  # the category is never given up, and there are watches
    for unit in found.units:
        assert unit.state == "listed"
        if brand and "brand" not in found.given_up:
            assert unit.brand == {"omega": "オメガ", "rolex": "ロレックス"}[brand]
        if "budget" not in found.given_up:
            assert low is None or unit.price >= low
            assert high is None or unit.price <= high
        if grade and "grade" not in found.given_up:
            assert GRADES.index(unit.grade) <= GRADES.index(grade)
    asked = {"brand": brand, "budget": low or high, "grade": grade}
    assert all(asked[name] is not None for name in found.given_up)


def test_choices_are_what_the_shelf_has(shelf: Any) -> None:
    assert shelf.read(finder.categories) == ["watch"]
    assert {key for key, _ in shelf.read(lambda db: finder.brands(db, Wish()))} == {
        "omega",
        "rolex",
    }
    cuts = shelf.read(lambda db: finder.budgets(db, Wish("watch")))
    assert cuts == sorted(cuts)
    assert all(cut % 10_000 == 0 and min(_PRICES) <= cut < max(_PRICES) for cut in cuts)
    assert shelf.read(lambda db: finder.propose(db, Wish("bag"))).units == []
