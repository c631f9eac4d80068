"""`/console/items`: the register as staff look through it (商品一覧, R-088, R-090).

Words are understood by the one search of the shop; what is picked from the lists narrows them. Not
here: one piece (`item`), entering (`entering`).
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.grading.rules import missing_shots
from catalog.items.kinds import Category, OwnerKind, UnitState
from catalog.items.queries import search
from catalog.items.rules import STAFF
from catalog.items.shelf import PAGE, Order, Shelf, ShelfLine, ShelfPage, shelf
from handoff.console.door import HOME, who
from handoff.console.office import Office
from handoff.console.pages import page
from media.assets.kinds import AssetKind
from media.intake import shots
from media.renditions import queries as renditions

_FOUND_AT_ONCE = 200
_LONGEST_WORDS = 200
_PAGES_AT_ONCE = 20  # of the register, for one page of those that lack a shot
_OLDEST_DAYS = 36_500
AGES = (30, 60, 90, 180)


def add(made: APIRouter, office: Office) -> None:
    """The address of the list."""

    @made.get("/items")
    async def items(request: Request) -> Response:
        visit = await who(office, request)
        asked = request.query_params
        facts = await office.units.read(lambda db: _listed(db, asked, visit.now))
        told = {"visit": visit, "now": visit.now, **facts}
        return page("_item_rows" if visit.is_part else "items", visit.lang, told)


def _listed(db: Session, asked: Mapping[str, str], now: Any) -> dict[str, Any]:
    words = asked.get("q", "").strip()[:_LONGEST_WORDS]
    wanted, order = wished(asked), _one_of(Order, asked.get("sort")) or Order.NEW
    among = None
    if words:
        among = [each.id for each in search(db, words, viewer=STAFF, limit=_FOUND_AT_ONCE)]
    after = asked.get("after") or None

    def read(place: str | None) -> ShelfPage:
        return shelf(db, wanted, order=order, among=among, after=place, now=now)

    if asked.get("shots") == "missing":
        found, lacking = _without_shots(db, read, after)
    else:
        found = read(after)
        lacking = _lacking(db, found)
    kept = {name: told for name, told in asked.items() if told and name != "after"}
    return {
        "words": words,
        "asked": kept,
        "list": found,
        "lacking": lacking,
        "pictures": {each.unit_id: _picture(db, each.unit_id) for each in found.lines},
        "next": urlencode({**kept, "after": found.after}) if found.after else None,
        "base": f"{HOME}/items",
        "ages": AGES,
        "categories": list(Category),
        "states": list(UnitState),
        "owners": list(OwnerKind),
        "orders": list(Order),
        "found_at_once": _FOUND_AT_ONCE if among and len(among) == _FOUND_AT_ONCE else None,
    }


def wished(asked: Mapping[str, str]) -> Shelf:
    """What the form narrows by; what cannot be read narrows nothing."""
    held = {"yes": True, "no": False}.get(asked.get("held", ""))
    return Shelf(
        category=_one_of(Category, asked.get("category")),
        state=_one_of(UnitState, asked.get("state")),
        owner=_one_of(OwnerKind, asked.get("owner")),
        price_from=_number(asked.get("from")),
        price_to=_number(asked.get("to")),
        on_sale_days=_number(asked.get("age"), most=_OLDEST_DAYS),
        is_held=held,
    )


def _one_of(kind: Any, told: str | None) -> Any:
    return kind(told) if told in set(kind) else None


def _number(told: str | None, *, most: int = 10**12) -> int | None:
    digits = (told or "").replace(",", "").strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) < 14
    return int(digits) if is_number and int(digits) <= most else None


def _without_shots(
    db: Session, read: Callable[[str | None], ShelfPage], after: str | None
) -> tuple[ShelfPage, dict[str, list[str]]]:
    """Those that lack a shot, from as many pages of the register as fill one: it knows no shots."""
    lines: list[ShelfLine] = []
    lacking: dict[str, list[str]] = {}
    for _ in range(_PAGES_AT_ONCE):
        found = read(after)
        lacking |= _lacking(db, found)
        lines += [each for each in found.lines if lacking[each.unit_id]]
        after = found.after
        if after is None or len(lines) >= PAGE:
            break
    return ShelfPage(tuple(lines), after), lacking


def _lacking(db: Session, found: ShelfPage) -> dict[str, list[str]]:
    """The required shots each of these pieces has not."""
    taken = shots.of_units(db, {each.unit_id: each.category for each in found.lines})
    return {each.unit_id: missing_shots(each.category, taken[each.unit_id]) for each in found.lines}


def _picture(db: Session, unit_id: Any) -> str | None:
    """The rendition a piece is known by in a list."""
    still = renditions.showable(db, unit_id, AssetKind.STILL)
    if still is not None and (still.preview or still.full):
        return still.preview or still.full
    film = renditions.showable(db, unit_id, AssetKind.FILM)
    return film.poster if film is not None else None
