"""The register as staff leaf through it (商品一覧): filtered, sorted, a page at a time (R-088).

Free words are `search`'s; what it found is given as `among` and keeps its order. Not here: what the
floors above know of a piece (pictures, who watched them).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.record import UnitId
from catalog.items.holds.tables import Hold
from catalog.items.kinds import Category, OwnerKind, UnitState
from catalog.items.lexicon import brand_id
from catalog.items.stock import Hint, counted, hint, slow_days
from catalog.items.tables import Style, Unit, Watcher
from catalog.items.wishes.tables import Wish
from catalog.items.words import plain_key

PAGE = 50


class Order(StrEnum):
    """What stands first."""

    NEW = "new"
    OLD = "old"
    CHEAP = "cheap"
    DEAR = "dear"


class PlaceMalformed(Malformed):
    """No place to go on from."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is wanted; None asks nothing. Prices in yen with tax, `on_sale_days` at least."""

    category: Category | None = None
    state: UnitState | None = None
    owner: OwnerKind | None = None
    price_from: int | None = None
    price_to: int | None = None
    on_sale_days: int | None = None
    is_held: bool | None = None


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """One piece of the list. `watchers` and `holds` ever, `wishes` for its brand and family that
    are open; `days` on sale.
    """

    unit_id: UnitId
    code: str
    title: str
    reference: str | None
    category: Category
    state: UnitState
    custody: str
    owner: OwnerKind
    grade: str | None
    price: int | None
    days: int | None
    is_held: bool
    watchers: int
    holds: int
    wishes: int
    hint: Hint | None


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """A page of the list; `after` is the place the next one goes on from."""

    lines: tuple[ShelfLine, ...]
    after: str | None


def shelf(
    db: Session,
    wanted: Shelf,
    *,
    order: Order = Order.NEW,
    among: Sequence[UnitId] | None = None,
    after: str | None = None,
    now: datetime,
    limit: int = PAGE,
) -> ShelfPage:
    """The pieces that fit. `among`: only these, in their own order, all on one page.

    Raises PlaceMalformed.
    """
    query = select(Unit, Style).where(col(Unit.style_id) == col(Style.id), *_fitting(wanted, now))
    if among is not None:
        rows = db.exec(query.where(col(Unit.id).in_(list(among)))).all()
        place = {unit_id: n for n, unit_id in enumerate(among)}
        return ShelfPage(
            _lines(db, sorted(rows, key=lambda row: place[UnitId(row[0].id)]), now), None
        )
    key, is_down = _KEYS[order]
    if after is not None:
        value, unit_id = _place(order, after)
        beside, beyond = col(Unit.id) > unit_id, key > value
        if is_down:
            beside, beyond = col(Unit.id) < unit_id, key < value
        query = query.where(or_(beyond, and_(key == value, beside)))
    ends = (key.desc(), col(Unit.id).desc()) if is_down else (key, col(Unit.id))
    rows = db.exec(query.order_by(*ends).limit(limit + 1)).all()
    goes_on = len(rows) > limit
    told = rows[:limit]
    return ShelfPage(_lines(db, told, now), _cursor(order, told[-1][0]) if goes_on else None)


_NEW_KEY: Any = col(Unit.written_at)
_PRICE_KEY: Any = func.coalesce(col(Unit.price), 0)
_KEYS: dict[Order, tuple[Any, bool]] = {
    Order.NEW: (_NEW_KEY, True),
    Order.OLD: (_NEW_KEY, False),
    Order.CHEAP: (_PRICE_KEY, False),
    Order.DEAR: (_PRICE_KEY, True),
}


def _cursor(order: Order, unit: Unit) -> str:
    is_price = order in {Order.CHEAP, Order.DEAR}
    return f"{unit.price or 0 if is_price else unit.written_at.isoformat()}~{unit.id}"


def _place(order: Order, told: str) -> tuple[Any, str]:
    value, _, unit_id = told.partition("~")
    try:
        if order in {Order.CHEAP, Order.DEAR}:
            return int(value[:18]), unit_id
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PlaceMalformed(order) from None
    if moment.tzinfo is None or not 1970 < moment.year < 9999:
        raise PlaceMalformed(order)
    return moment, unit_id


def _fitting(wanted: Shelf, now: datetime) -> list[ColumnElement[bool]]:
    told: list[ColumnElement[bool]] = []
    if wanted.category is not None:
        told.append(col(Style.category) == wanted.category.value)
    if wanted.state is not None:
        told.append(col(Unit.state) == wanted.state.value)
    if wanted.owner is not None:
        told.append(col(Unit.owner_kind) == wanted.owner.value)
    if wanted.price_from is not None:
        told.append(col(Unit.price) >= wanted.price_from)
    if wanted.price_to is not None:
        told.append(col(Unit.price) <= wanted.price_to)
    if wanted.on_sale_days is not None:
        told.append(col(Unit.state) == UnitState.LISTED.value)
        told.append(col(Unit.listed_at) <= now - timedelta(days=wanted.on_sale_days))
    if wanted.is_held is not None:
        held = col(Unit.id).in_(
            select(Hold.unit_id).where(col(Hold.released_at).is_(None), col(Hold.until) > now)
        )
        told.append(held if wanted.is_held else ~held)
    return told


def _lines(db: Session, rows: Sequence[tuple[Unit, Style]], now: datetime) -> tuple[ShelfLine, ...]:
    ids = [unit.id for unit, _ in rows]
    watched, held = counted(db, Watcher, ids), counted(db, Hold, ids)
    standing = set(
        db.exec(
            select(Hold.unit_id).where(
                col(Hold.unit_id).in_(ids), col(Hold.released_at).is_(None), col(Hold.until) > now
            )
        )
    )
    sought = _sought(db, [style for _, style in rows])
    slow = slow_days(db)
    lines = []
    for unit, style in rows:
        days = None
        if unit.listed_at is not None and unit.state == UnitState.LISTED:
            days = (tokyo_day(now) - tokyo_day(unit.listed_at)).days
        watchers, holds, wishes = watched.get(unit.id, 0), held.get(unit.id, 0), sought[style.id]
        lines.append(
            ShelfLine(
                UnitId(unit.id), unit.code, unit.title, style.reference, Category(style.category),
                UnitState(unit.state), unit.custody, OwnerKind(unit.owner_kind), unit.grade,
                unit.price, days, unit.id in standing, watchers, holds, wishes,
                hint(days, watchers + holds + wishes, slow=slow),
            )
        )  # fmt: skip
    return tuple(lines)


def _sought(db: Session, styles: Sequence[Style]) -> dict[str, int]:
    """How many open wishes name the brand of each style, and its family or none."""
    brands = {style.brand_key for style in styles if style.brand_key is not None}
    rows = db.exec(
        select(Wish.brand, Wish.model, func.count())
        .where(col(Wish.ended_at).is_(None), col(Wish.brand).in_(brands))
        .group_by(col(Wish.brand), col(Wish.model))
    ).all()
    return {
        style.id: sum(
            count
            for brand, model, count in rows
            if brand == style.brand_key and model in (None, style.model_key)
        )
        for style in styles
    }


@dataclass(frozen=True, slots=True)
class KnownStyle:
    """A style a further piece may be of (R-082). `pieces`: how many units are of it."""

    style_id: str
    title: str
    brand: str | None
    model: str | None
    reference: str | None
    category: Category
    pieces: int


def styles_called(db: Session, asked: str, *, limit: int = 12) -> list[KnownStyle]:
    """Styles by brand (any of its names), reference or the beginning of the title, the most used
    first.
    """
    words = asked.strip()
    if not words:
        return []
    key = plain_key(words)
    some: list[ColumnElement[bool]] = [
        col(Style.title).contains(words, autoescape=True),
        col(Style.model).contains(words, autoescape=True),
        col(Style.brand_key) == brand_id(words),
    ]
    if key:
        some.append(col(Style.reference_key).startswith(key, autoescape=True))
    pieces = func.count(col(Unit.id))
    rows = db.exec(
        select(Style, pieces)
        .outerjoin(Unit, col(Unit.style_id) == col(Style.id))
        .where(or_(*some))
        .group_by(*Style.__table__.columns)  # type: ignore[attr-defined]  # PostgreSQL wants each
        .order_by(pieces.desc(), col(Style.id))
        .limit(limit)
    ).all()
    return [
        KnownStyle(
            style.id, style.title or "", style.brand, style.model, style.reference,
            Category(style.category), count,
        )
        for style, count in rows
    ]  # fmt: skip
