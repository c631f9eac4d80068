"""Registration numbers of invoice sellers (適格請求書発行事業者): T and 13 digits (INV-1)."""

import re
import unicodedata

from catalog.ground.errors import Malformed

_NUMBER = re.compile(r"T(\d{13})")


class SellerNumberMalformed(Malformed):
    """Not T and 13 digits with the right check digit."""

    def __init__(self, told: str) -> None:
        super().__init__(f"{told[:20]!r} is no registration number")


def check_digit(digits: str) -> int:
    """The first of 13 digits, reckoned from the other twelve (INV-1)."""
    weighed = sum(
        int(digit) * (1 if place % 2 else 2) for place, digit in enumerate(reversed(digits), 1)
    )
    return 9 - weighed % 9


def checked_number(told: str) -> str:
    """`T` and 13 digits in their one form. Raises SellerNumberMalformed (INV-1)."""
    plain = unicodedata.normalize("NFKC", told).upper().replace("-", "").replace(" ", "")
    matched = _NUMBER.fullmatch(plain)
    if matched is None or int(matched[1][0]) != check_digit(matched[1][1:]):
        raise SellerNumberMalformed(told)
    return plain
