"""The shop's terms for its pieces: letters of codes, how long one is held, when two people must
grade it, who tells of a find.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.ground.policy import PolicyMalformed, flag, table, term, whole
from catalog.items.kinds import Category


def _letters(value: Any) -> str:
    if not (isinstance(value, str) and value.isascii() and value.isalpha() and len(value) <= 4):
        raise ValueError(f"one to four letters are wanted, not {value!r}")
    return value.upper()


@dataclass(frozen=True, slots=True)
class ItemTerms:
    """Codes, holds, second graders, slow stock (R-032, R-083, R-088, R-092)."""

    letters: Mapping[str, str] = term(
        "item.letters",
        {"watch": "W", "diamond": "D", "bag": "B", "apparel": "A"},
        table([category.value for category in Category], _letters),
        "the letters a unit code begins with, by category",
    )
    hold_hours: int = term(
        "item.hold_hours", 48, whole(1, 720), "hours a piece may be held for one person at most"
    )
    second_grader_from: int = term(
        "item.second_grader_from",
        1_000_000,
        whole(),
        "yen of list price or offer from which two people must grade a piece",
    )
    slow_days: int = term(
        "item.slow_days", 90, whole(1, 3_650), "days on sale after which a piece counts as slow"
    )

    wish_approval: bool = term(
        "item.wish_approval",
        False,
        flag,
        "whether somebody of the shop looks at a find before a customer is told of it",
    )

    def __post_init__(self) -> None:
        if len(set(self.letters.values())) != len(self.letters):
            raise PolicyMalformed("item.letters", "two categories cannot share their letters")
