"""The shop gives credit up: by two of it, with the customer's word, less what they owe (CRD-13)."""

from typing import Any

import pytest

from catalog.credit import asking, consents, giving_up, queries
from catalog.credit.asking import Kind, OfferOver, Wish, WishMissing
from catalog.credit.consents import ConsentMissing
from catalog.credit.corrections import ApprovalWanted, StaffOnly
from catalog.credit.giving_up import Discontinued, FiguresMoved
from catalog.credit.posting import CreditMalformed
from catalog.credit.terms import Origin
from catalog.duties.actors import Actor
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.credit.books import MANAGER, OWNER, STORE, Books


def _consent(books: Books, customer: CustomerId, purpose: str) -> str:
    return books.write(
        consents.agree, customer, purpose, text_version="2", source="form:1", by="staff:M1",
        now=books.now,
    )  # fmt: skip


def _given_up(
    books: Books, customer: CustomerId, consent: str, actor: Actor = MANAGER,
    second: Actor = OWNER, **more: Any,
) -> Discontinued:  # fmt: skip
    return books.write(
        giving_up.discontinue, customer, consent_id=consent, reason="shop gives credit up",
        actor=actor, approved_by=second, now=books.now, key="d", **more,
    )  # fmt: skip


def test_paid_credit_ends_by_two_and_the_customers_word(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 9_000, Origin.TRADE_IN)
    free = books.issue(misaki, 500, Origin.PROMO)
    consent = _consent(books, misaki, consents.DISCONTINUANCE)
    other = _consent(books, misaki, consents.NEVER_PAID_OUT)
    with pytest.raises(StaffOnly):
        _given_up(books, misaki, consent, STORE, MANAGER)
    with pytest.raises(ApprovalWanted):
        _given_up(books, misaki, consent, MANAGER, MANAGER)
    with pytest.raises(ConsentMissing):
        _given_up(books, misaki, other)
    first = _given_up(books, misaki, consent)
    assert (first.to_pay, first.offset) == (9_000, 0)
    assert _given_up(books, misaki, consent) == first
    assert books.left(free) == [500]
    books.add_up()


def _owing(books: Books, debts: tuple[int, ...]) -> CustomerId:
    """A customer who spent what was taken back since."""
    misaki = books.customer()
    for debt in debts:
        lot = books.issue(misaki, debt, Origin.RETURN)
        books.spend(misaki, debt, f"order:{debt}")
        books.reverse(lot.lot_id, debt)
    return misaki


@pytest.mark.parametrize(
    ("debts", "paid", "expected", "owed"),
    [((2_000,), 9_000, (7_000, 2_000), 0), ((2_000, 3_000), 4_000, (0, 4_000), 1_000)],
)
def test_what_the_customer_owes_is_set_off_first(
    books: Books, debts: tuple[int, ...], paid: int, expected: tuple[int, int], owed: int
) -> None:
    """CRD-9, CRD-13: the oldest debt first, and never more than there is."""
    misaki = _owing(books, debts)
    books.issue(misaki, paid, Origin.TRADE_IN)
    consent = _consent(books, misaki, consents.DISCONTINUANCE)
    assert books.database.read(lambda db: asking.figures(db, misaki, books.now)) == expected
    told = _given_up(books, misaki, consent)
    assert (told.to_pay, told.offset) == expected
    assert books.balance(misaki).owed == owed
    left = books.database.read(lambda db: [x.settled for x in queries.receivables(db, misaki)])
    assert left == ([2_000] if owed else [])
    books.add_up()


def test_it_binds_only_by_the_figures_the_customer_saw(books: Books) -> None:
    misaki = _owing(books, (2_000,))
    lot = books.issue(misaki, 9_000, Origin.TRADE_IN)
    consent = _consent(books, misaki, consents.DISCONTINUANCE)
    with pytest.raises(FiguresMoved) as moved:
        _given_up(books, misaki, consent, shown=(Yen(9_000), Yen(0)))
    assert (moved.value.to_pay, moved.value.offset) == (7_000, 2_000)
    assert books.left(lot) == [9_000]
    _given_up(books, misaki, consent, shown=(Yen(7_000), Yen(2_000)))
    assert books.left(lot) == [0]


def _offered(books: Books, customer: CustomerId) -> int:
    wish = Wish(Kind.DISCONTINUE, customer, Yen(9_000), "closing", consent=asking.CHAT)
    books.write(asking.ask, wish, actor=MANAGER, now=books.now, key="w1")
    [asked] = books.database.read(asking.waiting)
    books.write(asking.agree, asked.id, actor=OWNER, now=books.now)
    return books.database.read(lambda db: asking.offer_of(db, asked))


def _answer(books: Books, offer_id: int, customer: CustomerId, *, is_yes: bool) -> str | None:
    return books.write(
        lambda db: asking.take(
            db,
            asking.offer(db, offer_id, customer=customer),
            is_yes=is_yes,
            by=f"customer:{customer}",
            message_id="e1",
            now=books.now,
        )
    )


def test_the_shop_alone_changes_nothing_and_a_no_ends_it(books: Books) -> None:
    misaki, stranger = books.customer(), books.customer("C-2")
    lot = books.issue(misaki, 9_000, Origin.TRADE_IN)
    offer_id = _offered(books, misaki)
    assert books.left(lot) == [9_000]
    with pytest.raises(WishMissing):
        _answer(books, offer_id, stranger, is_yes=True)
    assert _answer(books, offer_id, misaki, is_yes=False) is None
    with pytest.raises(OfferOver):
        _answer(books, offer_id, misaki, is_yes=True)
    assert books.left(lot) == [9_000]


def test_a_wish_names_where_the_customer_agrees(books: Books) -> None:
    wish = Wish(Kind.DISCONTINUE, books.customer(), Yen(9_000), "closing")
    with pytest.raises(CreditMalformed):
        books.write(asking.ask, wish, actor=MANAGER, now=books.now, key="w1")
