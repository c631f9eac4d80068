"""Whether a piece is what somebody looks for (R-120). Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from catalog.ground.errors import Malformed, Refused
from catalog.ground.money import Yen
from catalog.items.kinds import Category
from catalog.items.lines import GRADES

MOST = 20  # open wishes of one person


class WishEmpty(Malformed):
    """A wish that asks nothing would be met by every piece."""


class TooManyWishes(Refused):
    """The person looks for `MOST` things already."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What must fit; None asks nothing. Ids of the lexicon, yen with tax, the worst grade taken."""

    brand: str | None = None
    model: str | None = None
    category: Category | None = None
    price_to: Yen | None = None
    grade_at_least: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every piece would do."""
        return self == Sought()


@dataclass(frozen=True, slots=True)
class Offered:
    """What is known of a piece. `models`: its family and the wider ones it is a kind of."""

    brand: str | None
    models: Collection[str]
    category: str
    price: int | None
    grade: str | None


def fits(sought: Sought, offered: Offered) -> bool:
    """Whether it is what is looked for. What is not known of the piece fits no wish for it."""
    if sought.brand is not None and sought.brand != offered.brand:
        return False
    if sought.model is not None and sought.model not in offered.models:
        return False
    if sought.category is not None and sought.category != offered.category:
        return False
    if sought.price_to is not None and (offered.price is None or offered.price > sought.price_to):
        return False
    if sought.grade_at_least is None:
        return True
    enough = GRADES[: GRADES.index(sought.grade_at_least) + 1]
    return offered.grade in enough
