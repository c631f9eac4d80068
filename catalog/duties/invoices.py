"""What the invoice system asks of purchases (インボイス・古物商特例): registered sellers, and
deductions that rest on the ledger alone (INV-1). Pure.
"""

from dataclasses import dataclass

from catalog.duties.rules import LEGAL_FLOOR
from catalog.duties.seller_numbers import SellerNumberMalformed, checked_number
from catalog.ground.errors import Refused
from catalog.ground.money import Yen


class IdentityNeededForDeduction(Refused):
    """A deduction without an invoice needs the identity record from ¥10,000."""


@dataclass(frozen=True, slots=True)
class SellerTax:
    """Whether the seller is registered for invoices, and under which number."""

    is_registered: bool
    number: str | None = None


def seller_tax(*, is_registered: bool, number: str | None) -> SellerTax:
    """The two checked together: a registered seller has a number, another has none (INV-1).

    Raises SellerNumberMalformed.
    """
    if not is_registered:
        if number:
            raise SellerNumberMalformed(number)
        return SellerTax(False)
    return SellerTax(True, checked_number(number or ""))


def is_ledger_only(
    seller: SellerTax | None, *, is_for_stock: bool, price: Yen, has_identity: bool
) -> bool:
    """Whether the tax is deducted with the ledger alone: bought for stock from a seller who is not
    registered (INV-1). Raises IdentityNeededForDeduction.
    """
    if seller is None or seller.is_registered or not is_for_stock:
        return False
    if price >= LEGAL_FLOOR and not has_identity:
        raise IdentityNeededForDeduction("no identity record behind a purchase of ¥10,000 or more")
    return True
