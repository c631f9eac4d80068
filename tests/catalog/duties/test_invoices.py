"""Registered sellers and deductions by the ledger alone (INV-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.duties.invoices import (
    IdentityNeededForDeduction,
    SellerTax,
    is_ledger_only,
    seller_tax,
)
from catalog.duties.seller_numbers import SellerNumberMalformed, check_digit, checked_number
from catalog.ground.money import Yen

KNOWN = "T7000012050002"  # 国税庁


def test_a_published_number_is_right_in_every_way_of_writing_inv_1() -> None:
    for told in (KNOWN, "t7000012050002", "Ｔ７００００１２０５０００２", "T7000-0120-50002"):
        assert checked_number(told) == KNOWN


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_shows_unless_nine_and_nought_change_places_inv_1(
    digits: str, place: int, step: int
) -> None:
    good = f"{check_digit(digits)}{digits}"
    assert checked_number(f"T{good}") == f"T{good}"
    other = str((int(good[place]) + step) % 10)
    if {good[place], other} == {"0", "9"} or good[place] == other:
        return
    bad = good[:place] + other + good[place + 1 :]
    with pytest.raises(SellerNumberMalformed):
        checked_number(f"T{bad}")


@pytest.mark.parametrize("told", ["", "T", "7000012050002", "T70000120500020", "T700001205000X"])
def test_what_is_no_number_is_refused_inv_1(told: str) -> None:
    with pytest.raises(SellerNumberMalformed):
        checked_number(told)


def test_a_registered_seller_has_a_number_and_another_has_none_inv_1() -> None:
    assert seller_tax(is_registered=True, number=KNOWN) == SellerTax(True, KNOWN)
    assert seller_tax(is_registered=False, number=None) == SellerTax(False)
    for is_registered, number in ((True, None), (False, KNOWN)):
        with pytest.raises(SellerNumberMalformed):
            seller_tax(is_registered=is_registered, number=number)


def test_the_ledger_alone_is_enough_for_stock_of_an_unregistered_seller_inv_1() -> None:
    unregistered = SellerTax(False)
    assert is_ledger_only(unregistered, is_for_stock=True, price=Yen(9_999), has_identity=False)
    assert is_ledger_only(unregistered, is_for_stock=True, price=Yen(10_000), has_identity=True)
    with pytest.raises(IdentityNeededForDeduction):
        is_ledger_only(unregistered, is_for_stock=True, price=Yen(10_000), has_identity=False)
    for seller, for_stock in ((None, True), (SellerTax(True, KNOWN), True), (unregistered, False)):
        assert not is_ledger_only(
            seller, is_for_stock=for_stock, price=Yen(10_000), has_identity=True
        )
