"""What people look for, and that they hear of it once (R-120)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from catalog.ground import journal, policy
from catalog.ground.money import Yen
from catalog.ground.session.database import Database
from catalog.items.kinds import Category
from catalog.items.lines import GRADES
from catalog.items.prices import reprice
from catalog.items.terms import ItemTerms
from catalog.items.wishes import actions as wishes
from catalog.items.wishes.actions import DraftMissing, FindOver, WishMissing
from catalog.items.wishes.queries import Draft, drafts, wishes_of
from catalog.items.wishes.rules import (
    MOST,
    Offered,
    Sought,
    TooManyWishes,
    WishEmpty,
    fits,
)
from catalog.partners import actions as partners
from tests.catalog.items.pieces import NOW, due, listed, retailer

ROLEX = Sought(brand="rolex")


def sought(database: Database, who: str, wish: Sought = ROLEX) -> str:
    return database.write(lambda db: wishes.seek(db, who, wish, now=NOW))


def notices(database: Database) -> list[tuple[str, str]]:
    return [(row.facts["to"], row.facts["phase"]) for row in due(database, "notice")]


offers = st.builds(
    Offered,
    brand=st.sampled_from([None, "rolex", "omega"]),
    models=st.sampled_from([(), ("daytona",), ("datejust_41", "datejust")]),
    category=st.sampled_from([each.value for each in Category]),
    price=st.none() | st.integers(1, 3_000_000),
    grade=st.none() | st.sampled_from(GRADES),
)
searches = st.builds(
    Sought,
    brand=st.sampled_from([None, "rolex"]),
    model=st.sampled_from([None, "datejust"]),
    category=st.sampled_from([None, Category.WATCH]),
    price_to=st.none() | st.integers(1, 3_000_000).map(Yen),
    grade_at_least=st.none() | st.sampled_from(GRADES),
)


@given(searches, offers)
def test_a_piece_fits_when_everything_asked_is_known_and_right(
    wish: Sought, offered: Offered
) -> None:
    wrong = [
        wish.brand not in (None, offered.brand),
        wish.model is not None and wish.model not in offered.models,
        wish.category not in (None, offered.category),
        wish.price_to is not None and not (offered.price and offered.price <= wish.price_to),
        wish.grade_at_least is not None
        and (
            offered.grade is None or GRADES.index(offered.grade) > GRADES.index(wish.grade_at_least)
        ),
    ]
    assert fits(wish, offered) is not any(wrong)


def test_a_new_piece_that_fits_is_told_once_and_an_ended_wish_is_silent(
    database: Database,
) -> None:
    sought(database, "customer:C1")
    gone = sought(database, "customer:C2")
    sought(database, "customer:C3", Sought(brand="omega"))
    database.write(lambda db: wishes.forget(db, gone, "customer:C2", now=NOW))
    (unit,) = listed(database, "W-10234", brand="ロレックス", model="デイトナ")
    assert notices(database) == [("customer:C1", "wish_found")]
    database.write(
        lambda db: reprice(db, unit, Yen(900_000), reason="改定", by="s", now=NOW, key="r1")
    )
    assert notices(database) == [("customer:C1", "wish_found")]


def test_a_price_that_falls_to_what_was_wished_is_told(database: Database) -> None:
    (unit,) = listed(database, "W-10234", brand="ロレックス", model="デイトナ")
    sought(database, "customer:C1", Sought(brand="rolex", price_to=Yen(900_000)))
    for n, price in enumerate((1_100_000, 950_000, 900_000, 800_000)):

        def change(db: Session, price: int = price, n: int = n) -> None:
            reprice(db, unit, Yen(price), reason="改定", by="s", now=NOW, key=f"r{n}")

        database.write(change)
        assert len(notices(database)) == (1 if price <= 900_000 else 0)


def test_a_partner_hears_only_of_what_it_was_granted_and_of_prices_it_may_know(
    database: Database,
) -> None:
    blind = retailer(database, "W-10234", rights=["media"], code="BLIND")
    knows = retailer(database, "W-10234", rights=["price"], code="KNOWS")
    other = retailer(database, "W-99999", code="OTHER")
    for partner in (blind, knows, other):
        sought(database, f"partner:{partner}")
        sought(database, f"partner:{partner}", Sought(price_to=Yen(2_000_000)))
    database.write(lambda db: partners.revoke(db, other, by="s", now=NOW))
    listed(database, "W-10234", brand="ロレックス", model="デイトナ")
    assert sorted(notices(database)) == sorted(
        [(f"partner:{each}", "wish_found") for each in (blind, knows, knows)]
    )


def test_the_same_wish_is_one_and_there_is_a_most(database: Database) -> None:
    assert sought(database, "customer:C1") == sought(database, "customer:C1")
    with pytest.raises(WishEmpty):
        sought(database, "customer:C1", Sought())
    for n in range(MOST - 1):
        sought(database, "customer:C1", Sought(price_to=Yen(n + 1)))
    with pytest.raises(TooManyWishes):
        sought(database, "customer:C1", Sought(price_to=Yen(10**6)))
    kept = database.read(lambda db: wishes_of(db, "customer:C1"))
    assert [each.sought for each in kept][:1] == [ROLEX]
    assert len(kept) == MOST
    with pytest.raises(WishMissing):
        database.write(lambda db: wishes.forget(db, kept[0].id, "customer:C2", now=NOW))


def asked_first(database: Database) -> None:
    """The shop looks at a find before a customer hears of it."""
    told = {"item.wish_approval": True}
    database.write(lambda db: policy.amend(db, told, known=[ItemTerms], by="owner", now=NOW))


def waiting(database: Database) -> list[Draft]:
    return database.read(drafts)


def test_where_the_shop_wishes_somebody_looks_before_a_customer_is_told(
    database: Database,
) -> None:
    """R-120: hit, draft, approved, sent."""
    asked_first(database)
    wish = sought(database, "customer:C1")
    (unit,) = listed(database, "W-10234", brand="ロレックス", model="デイトナ")
    assert notices(database) == []
    (draft,) = waiting(database)
    assert (draft.who, draft.unit, draft.sought) == ("customer:C1", unit, ROLEX)
    database.write(
        lambda db: reprice(db, unit, Yen(900_000), reason="改定", by="s", now=NOW, key="r1")
    )
    assert len(waiting(database)) == 1  # once for a wish and a piece
    database.write(lambda db: wishes.approve(db, draft.task, by="staff:1", now=NOW))
    assert notices(database) == [("customer:C1", "wish_found")]
    assert waiting(database) == []
    for verb in (wishes.approve, wishes.pass_over):
        with pytest.raises(DraftMissing):
            database.write(lambda db, verb=verb: verb(db, draft.task, by="staff:2", now=NOW))  # type: ignore[misc]  # bound at once
    told = database.read(lambda db: [each.verb for each in journal.of(db, "customer:C1")])
    assert (told, bool(wish)) == (["find_told"], True)


def test_a_find_that_is_passed_over_is_never_told(database: Database) -> None:
    asked_first(database)
    sought(database, "customer:C1")
    (unit,) = listed(database, "W-10234", brand="ロレックス", model="デイトナ")
    (draft,) = waiting(database)
    database.write(lambda db: wishes.pass_over(db, draft.task, by="staff:1", now=NOW))
    database.write(
        lambda db: reprice(db, unit, Yen(900_000), reason="改定", by="s", now=NOW, key="r1")
    )
    assert (waiting(database), notices(database)) == ([], [])


def test_a_find_that_is_over_is_not_told(database: Database) -> None:
    asked_first(database)
    wish = sought(database, "customer:C1")
    listed(database, "W-10234", brand="ロレックス", model="デイトナ")
    (draft,) = waiting(database)
    database.write(lambda db: wishes.forget(db, wish, "customer:C1", now=NOW))
    with pytest.raises(FindOver):
        database.write(lambda db: wishes.approve(db, draft.task, by="staff:1", now=NOW))
    assert notices(database) == []
    database.write(lambda db: wishes.forget_all(db, "customer:C1"))
    assert waiting(database) == []
