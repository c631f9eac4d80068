"""A find for a customer is looked at before they are told (R-120), by the console's forms."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.duties.actors import Role
from catalog.ground import policy
from catalog.ground.calendar import ShopHours
from catalog.ground.session.database import Database
from catalog.items.terms import ItemTerms
from catalog.items.wishes import actions as wishes
from catalog.items.wishes.rules import Sought
from handoff.desk import lists
from handoff.desk.lists import DeskList
from tests.catalog.items.pieces import NOW, due, listed
from tests.handoff.console.window import Opened, forms, window


@pytest.fixture
def seat(database: Database) -> Iterator[Opened]:
    with window(database, lambda: NOW) as opened:
        yield opened


def found(database: Database, *codes: str) -> None:
    def unit(db: Session) -> None:
        told = {"item.wish_approval": True}
        policy.amend(db, told, known=[ItemTerms], by="owner", now=NOW)
        who = customers.register(
            db, "C-1", "<i>佐藤</i>", given_name=None, language="ja", by="t", now=NOW
        )  # fmt: skip
        wishes.seek(db, f"customer:{who}", Sought(brand="rolex"), now=NOW)

    database.write(unit)
    listed(database, *codes, brand="ロレックス", model="デイトナ")


def told(database: Database) -> list[str]:
    return [row.facts["phase"] for row in due(database, "notice")]


def count(database: Database) -> int:
    return database.read(lambda db: lists.counts(db, hours=ShopHours(), now=NOW)[DeskList.FINDS])


def test_somebody_tells_the_customer_or_passes_it_over(database: Database, seat: Opened) -> None:
    found(database, "W-1", "W-2")
    adviser, auditor = seat("田中", Role.ADVISER), seat("監査", Role.AUDITOR)
    assert count(database) == 2
    assert "/console/finds" in adviser.page("/console?list=finds")
    page = adviser.page("/console/finds")
    assert "<i>佐藤</i>" not in page and "&lt;i&gt;佐藤" in page
    assert "W-1" in page and "rolex" in page
    assert auditor.get("/console/finds").status_code == 403
    tell = next(each for each in addresses(page) if each.endswith("/tell"))
    token = adviser.form("/console/finds", tell).fields
    assert adviser.post(tell, token).status_code == 303
    assert told(database) == ["wish_found"]
    assert adviser.post(tell, token).status_code == 404  # decided
    rest = next(
        each for each in addresses(adviser.page("/console/finds")) if each.endswith("/pass")
    )
    assert adviser.post(rest, token).status_code == 303
    assert (told(database), count(database)) == (["wish_found"], 0)


def addresses(page: str) -> list[str]:
    return [each.action for each in forms(page)]
