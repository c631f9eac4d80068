"""A few wishes to a few pieces (商品のご提案, R-132): what can be chosen next, and the best of what
is for sale. Free words are `search`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from catalog.ground.money import Yen
from catalog.items.facts import FACTS, WITH_STYLE, UnitFacts
from catalog.items.filters import Filters
from catalog.items.kinds import UnitState
from catalog.items.tables import Style, Unit

# What is given up first when nothing has everything that was wished.
_LEAST_FIRST = ("grade", "budget", "brand")
_ROUND = 10_000  # yen a budget is told in


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; what is None is open. `brand`: an id of the lexicon."""

    category: str | None = None
    brand: str | None = None
    price_from: int | None = None
    price_to: int | None = None
    grade_at_least: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The pieces, and which wishes (`grade`, `budget`, `brand`) had to be given up to find any."""

    units: Sequence[UnitFacts]
    given_up: Sequence[str] = ()


def categories(db: Session) -> list[str]:
    """What there is for sale."""
    rows = db.exec(
        select(Style.category, func.count())
        .where(Unit.style_id == Style.id, *_for_sale(Wish()))
        .group_by(Style.category)
        .order_by(func.count().desc(), Style.category)
    )
    return [category for category, _ in rows]


def brands(db: Session, wish: Wish, *, limit: int = 8) -> list[tuple[str, str]]:
    """The brands most of the pieces are of: id and the name the shop writes."""
    rows = db.exec(
        select(Style.brand_key, func.min(Style.brand), func.count())
        .where(Unit.style_id == Style.id, col(Style.brand_key).is_not(None), *_for_sale(wish))
        .group_by(col(Style.brand_key))
        .order_by(func.count().desc(), col(Style.brand_key))
        .limit(limit)
    )
    return [(key or "", name or key or "") for key, name, _ in rows]


def budgets(db: Session, wish: Wish) -> list[Yen]:
    """Two prices that cut what is there in three, in round yen; none where that is no choice."""
    prices = list(
        db.exec(
            select(Unit.price)
            .where(Unit.style_id == Style.id, *_for_sale(wish))
            .order_by(col(Unit.price))
        )
    )
    known = [price for price in prices if price is not None]
    if len(known) < 3:
        return []
    cuts = [known[len(known) // 3], known[2 * len(known) // 3]]
    rounded = sorted({-(-cut // _ROUND) * _ROUND for cut in cuts})
    return [Yen(cut) for cut in rounded if known[0] <= cut < known[-1]]


def grades(db: Session, wish: Wish) -> list[str]:
    """The grades there are."""
    rows = db.exec(
        select(Unit.grade)
        .where(Unit.style_id == Style.id, col(Unit.grade).is_not(None), *_for_sale(wish))
        .distinct()
    )
    return [grade for grade in rows if grade is not None]


def propose(db: Session, wish: Wish, *, limit: int = 3) -> Proposal:
    """The newest pieces that have all that was wished; else one wish after the other is given
    up, never the category.
    """
    given_up: list[str] = []
    while True:
        units = _pieces(db, wish, limit)
        left = [each for each in _LEAST_FIRST if each not in given_up and _asks(wish, each)]
        if units or not left:
            return Proposal(units, given_up)
        given_up.append(left[0])
        wish = _without(wish, left[0])


def _asks(wish: Wish, name: str) -> bool:
    asked = {
        "grade": wish.grade_at_least,
        "budget": wish.price_from or wish.price_to,
        "brand": wish.brand,
    }
    return asked[name] is not None


def _without(wish: Wish, name: str) -> Wish:
    if name == "grade":
        return replace(wish, grade_at_least=None)
    if name == "budget":
        return replace(wish, price_from=None, price_to=None)
    return replace(wish, brand=None)


def _pieces(db: Session, wish: Wish, limit: int) -> list[UnitFacts]:
    rows = db.connection().execute(
        select(*FACTS)
        .select_from(WITH_STYLE)
        .where(*_for_sale(wish))
        .order_by(col(Unit.listed_at).desc().nulls_last(), col(Unit.code))
        .limit(limit)
    )
    return [UnitFacts(*row) for row in rows]


def _for_sale(wish: Wish) -> list[ColumnElement[bool]]:
    """On sale at a price, and as wished."""
    wanted = [col(Unit.state) == UnitState.LISTED.value, col(Unit.price).is_not(None)]
    if wish.category is not None:
        wanted.append(col(Style.category) == wish.category)
    if wish.brand is not None:
        wanted.append(col(Style.brand_key) == wish.brand)
    if wish.price_from is not None:
        wanted.append(col(Unit.price) >= wish.price_from)
    if wish.price_to is not None:
        wanted.append(col(Unit.price) <= wish.price_to)
    fitting = Filters(grade_at_least=wish.grade_at_least).grades
    if fitting:
        wanted.append(col(Unit.grade).in_(fitting))
    return wanted
