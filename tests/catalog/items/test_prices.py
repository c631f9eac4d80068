"""A list price changes with a reason, is kept, and told to who watches (R-033, R-086)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.actions import Owner, ReasonMissing
from catalog.items.kinds import OwnerKind, UnitState
from catalog.items.prices import (
    Agreed,
    ConsentMissing,
    PriceFixed,
    PriceMalformed,
    Repriced,
    SecondGraderMissing,
    prices_of,
    reprice,
)
from catalog.items.stock import Hint, hint
from catalog.items.watchers import film_added, unwatch, watch, watched_by
from catalog.partners import actions as partners
from tests.catalog.items.pieces import (
    NOW,
    due,
    is_replayed,
    listed,
    retailer,
    unit_of,
    verbs_of,
    walked,
)
from tests.house.tree import ROOT


def _reprice(
    database: Database,
    unit_id: UnitId,
    price: int,
    *,
    reason: str = "相場",
    agreed: Agreed | None = None,
    key: str = "p1",
) -> Repriced:
    return database.write(
        lambda db: reprice(
            db,
            unit_id,
            Yen(price),
            reason=reason,
            agreed=agreed,
            by="staff:1",
            now=NOW,
            key=key,
        )
    )


def test_a_new_price_is_kept_with_its_reason_and_told_once(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    partner = retailer(database, "W-10234", rights=["media", "price"])
    blind = retailer(database, "W-10234", rights=["media"], code="OSAKA")
    for who in ("customer:C1", f"partner:{partner}", f"partner:{blind}"):
        database.write(lambda db, who=who: watch(db, unit_id, who, now=NOW))  # type: ignore[misc]  # bound at once
    first = _reprice(database, unit_id, 950_000)
    assert _reprice(database, unit_id, 950_000) == first == Repriced(unit_id, 1_000_000, 950_000)  # type: ignore[arg-type]  # yen
    assert unit_of(database, unit_id).price == 950_000
    [event] = database.read(lambda db: prices_of(db, unit_id))
    assert (event.price_before, event.price_after, event.reason) == (1_000_000, 950_000, "相場")
    told = {(row.facts["phase"], row.facts["to"]) for row in due(database, "notice")}
    assert told == {("watched_price", "customer:C1"), ("watched_price", f"partner:{partner}")}
    _reprice(database, unit_id, 950_000, key="p2")
    assert len(due(database, "notice")) == 2
    _reprice(database, unit_id, 940_000, key="p3")
    assert _reprice(database, unit_id, 950_000, key="p2").before == 950_000
    assert unit_of(database, unit_id).price == 940_000
    assert verbs_of(database, unit_id) == ["opening_stock", *["repriced"] * 3]
    assert is_replayed(database)


@pytest.mark.parametrize("price", [0, -1, True])
def test_no_price_is_refused(database: Database, price: int) -> None:
    [unit_id] = listed(database, "W-10234")
    with pytest.raises(PriceMalformed):
        _reprice(database, unit_id, price)


def test_a_price_needs_a_reason_and_a_piece_that_is_for_sale(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    with pytest.raises(ReasonMissing):
        _reprice(database, unit_id, 1, reason=" ")
    walked(database, unit_id, UnitState.RESERVED)
    with pytest.raises(PriceFixed):
        _reprice(database, unit_id, 900_000)
    assert unit_of(database, unit_id).price == 1_000_000


def test_a_consigned_piece_is_repriced_by_its_contract_alone(database: Database) -> None:
    """R-074: words of whoever is at the desk are no consent of the owner's."""
    [unit_id] = listed(database, "W-10234")
    owner = Owner(OwnerKind.CONSIGNOR, "C7")
    walked(database, unit_id, UnitState.UNLISTED, owner=owner)
    with pytest.raises(ConsentMissing):
        _reprice(database, unit_id, 900_000)
    _reprice(database, unit_id, 900_000, agreed=Agreed("contract:K1", "proposal-1"))
    assert unit_of(database, unit_id).price == 900_000
    [event] = database.read(lambda db: prices_of(db, unit_id))
    assert event.consent_ref == "contract:K1:proposal-1"


def test_nobody_but_the_contract_tells_what_its_owner_agreed_to() -> None:
    """R-074."""
    telling = {
        str(path.relative_to(ROOT))
        for package in ("catalog", "media", "conversations", "handoff", "bot")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\bAgreed\(", path.read_text(encoding="utf-8"))
    }
    assert telling == {"catalog/consignment/prices.py"}


def test_a_listed_piece_does_not_become_dear_with_one_grader(database: Database) -> None:
    """R-092."""
    cheap, dear = listed(database, "W-1", price="999999"), listed(database, "W-2")
    with pytest.raises(SecondGraderMissing):
        _reprice(database, cheap[0], 1_000_000)
    _reprice(database, dear[0], 1_200_000, key="p2")


def test_a_film_is_told_once_to_who_still_may_see_it(database: Database) -> None:
    [unit_id] = listed(database, "W-10234")
    partner = retailer(database, "W-10234")
    who = f"partner:{partner}"
    for _ in range(2):
        database.write(lambda db: watch(db, unit_id, who, now=NOW))
    assert database.read(lambda db: watched_by(db, who)) == [unit_id]

    def film(asset: str) -> int:
        return database.write(lambda db: film_added(db, unit_id, asset, now=NOW))  # type: ignore[arg-type]  # an id

    assert [film("A1"), film("A1"), film("A2")] == [1, 0, 1]
    database.write(lambda db: partners.revoke(db, partner, "W-10234", by="s", now=NOW))
    assert film("A3") == 0
    database.write(lambda db: unwatch(db, unit_id, who, now=NOW))
    assert database.read(lambda db: watched_by(db, who)) == []


@given(st.one_of(st.none(), st.integers(0, 1_000)), st.integers(0, 50))
def test_only_what_is_long_on_sale_gets_a_hint(days: int | None, interest: int) -> None:
    """R-088."""
    told = hint(days, interest, slow=90)
    if days is None or days <= 90:
        assert told is None
    else:
        assert told is (Hint.WANTED_AND_SLOW if interest else Hint.SLOW)
