"""Refunds bring credit back to its lots: pro rata, in reverse, with their own last days."""

import pytest

from catalog.credit.posting import CreditMalformed
from catalog.credit.rules import RefundTooHigh
from catalog.credit.terms import Origin
from catalog.ground.journal import KeyUsedOtherwise
from tests.catalog.credit.books import Books, day, tokyo


def test_refunds_are_pro_rata_over_all_of_them_and_in_reverse_order(books: Books) -> None:
    """CRD-8: credit A 5,000 then B 3,000, card 4,000; refunds 7,000 and 5,000."""
    misaki = books.customer()
    a = books.issue(misaki, 5_000, Origin.RETURN)
    b = books.issue(misaki, 3_000, Origin.TRADE_IN)
    books.spend(misaki, 8_000)
    first = books.refund(7_000, other_paid=4_000)
    assert (first.to_credit, first.to_other) == (4_666, 2_334)
    assert books.left(a, b) == [1_666, 3_000]
    second = books.refund(5_000, other_paid=4_000)
    assert (second.to_credit, second.to_other) == (3_334, 1_666)
    assert books.left(a, b) == [5_000, 3_000]
    assert books.balance(misaki).next_expires_on == day("2027-03-30")  # the old last day is back
    books.add_up()


def test_a_refund_after_the_last_day_is_a_new_lot_with_its_first_issue(books: Books) -> None:
    """CRD-8, PRE-2."""
    misaki = books.customer()
    old = books.issue(misaki, 5_000, Origin.RETURN)
    books.spend(misaki, 5_000)
    books.now = tokyo("2027-03-31T00:00")
    back = books.refund(5_000).lots[0]
    assert (back.is_new, back.amount, back.expires_on) == (True, 5_000, day("2027-04-30"))
    row = books.lot(back.lot_id)
    assert (row.origin, row.is_paid, row.restores) == ("return", True, old.lot_id)
    assert row.first_issued_on == day("2026-10-01")
    assert books.lot(old.lot_id).captured == 5_000
    books.add_up()


def test_a_refund_on_the_last_day_goes_to_the_old_lot(books: Books) -> None:
    """CRD-8."""
    misaki = books.customer()
    old = books.issue(misaki, 5_000, Origin.RETURN)
    books.spend(misaki, 5_000)
    books.now = tokyo("2027-03-30T23:59")
    assert not books.refund(2_000).lots[0].is_new
    assert books.lot(old.lot_id).refunded == 2_000
    books.now = tokyo("2027-03-31T09:00")
    assert books.refund(3_000).lots[0].is_new
    books.add_up()


def test_no_more_comes_back_than_was_paid(books: Books) -> None:
    misaki = books.customer()
    books.issue(misaki, 5_000)
    books.spend(misaki, 5_000)
    books.refund(4_000, key="k")
    with pytest.raises(RefundTooHigh):
        books.refund(1_001)
    assert books.refund(4_000, key="k").to_credit == 4_000
    with pytest.raises(KeyUsedOtherwise):
        books.refund(3_999, key="k")
    with pytest.raises(CreditMalformed):
        books.refund(1_000, other_paid=500)  # the order was paid otherwise before
    for amount in (0, -1, 1.0):
        with pytest.raises(CreditMalformed):
            books.refund(amount)  # type: ignore[arg-type]  # that is the point
    books.refund(1_000)
    assert books.balance(misaki).spendable == 5_000
    books.add_up()


def test_an_order_without_credit_gives_everything_to_the_other_tender(books: Books) -> None:
    refunded = books.refund(700, other_paid=1_000)
    assert (refunded.to_credit, refunded.to_other) == (0, 700)
    with pytest.raises(RefundTooHigh):
        books.refund(1_001, other_paid=1_000)


def test_several_captures_of_one_order_come_back_last_first(books: Books) -> None:
    """CRD-8."""
    misaki = books.customer()
    first = books.issue(misaki, 1_000, Origin.PROMO)
    second = books.issue(misaki, 1_000, Origin.RETURN)
    books.spend(misaki, 1_000)
    books.capture(books.hold(misaki, 1_000).hold_id, document="order:1")
    books.refund(1_500)
    assert books.left(first, second) == [500, 1_000]
    books.add_up()
