"""Yen as whole numbers, rates in basis points, and the named roundings (MON-1 to MON-3)."""

from enum import StrEnum
from typing import NewType

from catalog.ground.errors import Malformed

Yen = NewType("Yen", int)
BasisPoints = NewType("BasisPoints", int)
WHOLE = 10_000  # basis points of one


class YenMalformed(Malformed):
    """A text that should be an amount of yen is none."""

    def __init__(self, text: str) -> None:
        super().__init__(f"not an amount of yen: {text[:40]!r}")
        self.text = text


class Rounding(StrEnum):
    """The named roundings (MON-2)."""

    UP = "up"
    DOWN = "down"
    HALF_UP = "half_up"


def quotient(amount: int, divisor: int, rounding: Rounding) -> Yen:
    """amount ÷ divisor in whole yen, rounded the named way; both not negative (MON-2)."""
    match rounding:
        case Rounding.UP:
            return Yen(-(-amount // divisor))
        case Rounding.DOWN:
            return Yen(amount // divisor)
        case Rounding.HALF_UP:
            return Yen((2 * amount + divisor) // (2 * divisor))


def unit_down(amount: Yen) -> Yen:
    """Commercial round-down: to 100 below 100,000, to 1,000 below 1,000,000, else to 10,000
    (MON-3).
    """
    unit = 100 if amount < 100_000 else 1_000 if amount < 1_000_000 else 10_000
    return Yen(amount // unit * unit)


def parse_yen(text: str) -> Yen:
    """`1250000`, `1,250,000`, `¥1,250,000` or `1250000円`: whole yen (MON-1). Raises YenMalformed,
    also for a fraction.
    """
    plain = text.strip().lstrip("¥￥").rstrip("円").strip().replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 13):
        raise YenMalformed(text)
    return Yen(int(plain))
