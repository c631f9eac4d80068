"""One line of an item list (`akashi import items`) turned into a checked shape."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.ground import lines
from catalog.ground.lines import LineMalformed
from catalog.ground.money import Yen
from catalog.items.kinds import Category, UnitState
from catalog.items.words import code_of

REQUIRED = ("code", "category", "title", "price")
OPTIONAL = ("brand", "model", "reference", "serial", "grade", "accessories", "notes", "state")
GRADES = ("N", "S", "A", "AB", "B", "BC", "C", "J")
IMPORTABLE = frozenset(
    {UnitState.LISTED, UnitState.UNLISTED, UnitState.STOCK, UnitState.PREPARING, UnitState.REPAIR}
)
LONGEST_CELL = 2_000
_CATEGORY = lines.one_of(Category)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A line that can be taken."""

    code: str
    category: Category
    title: str
    price: Yen
    brand: str | None
    model: str | None
    reference: str | None
    serial: str | None
    grade: str | None
    accessories: str | None
    notes: str | None
    state: UnitState


def parse(cells: Mapping[str, str]) -> ItemLine:
    """Raises LineMalformed naming the first cell that cannot be taken."""
    given = lines.cells(cells, REQUIRED, OPTIONAL, longest=LONGEST_CELL, may_break=True)
    return ItemLine(
        code=_code(given["code"]),
        category=_CATEGORY("category", given["category"]),
        title=given["title"],
        price=lines.yen("price", given["price"]),
        brand=given["brand"] or None,
        model=given["model"] or None,
        reference=given["reference"] or None,
        serial=given["serial"] or None,
        grade=_grade(given["grade"]),
        accessories=given["accessories"] or None,
        notes=given["notes"] or None,
        state=_state(given["state"]),
    )


def _code(cell: str) -> str:
    code = code_of(cell)
    if code is None:
        raise LineMalformed("code", f"{cell[:40]!r} is not letters, hyphen, digits (W-10234)")
    return code


def _grade(cell: str) -> str | None:
    if not cell:
        return None
    if cell.upper() not in GRADES:
        raise LineMalformed("grade", f"{cell[:40]!r} is none of {', '.join(GRADES)}")
    return cell.upper()


def _state(cell: str) -> UnitState:
    if not cell:
        return UnitState.LISTED
    if cell.lower() not in IMPORTABLE:
        allowed = ", ".join(sorted(IMPORTABLE))
        raise LineMalformed("state", f"{cell[:40]!r} cannot be imported; allowed: {allowed}")
    return UnitState(cell.lower())
