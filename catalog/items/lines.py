"""One line of an item list (`akashi import items`) turned into a checked shape."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.ground.errors import Malformed
from catalog.ground.money import Yen, YenMalformed, parse_yen
from catalog.items.tables import Category, UnitState
from catalog.items.words import code_of

REQUIRED = ("code", "category", "title", "price")
OPTIONAL = ("brand", "model", "reference", "serial", "grade", "accessories", "notes", "state")
GRADES = ("N", "S", "A", "AB", "B", "BC", "C", "J")
IMPORTABLE = frozenset(
    {UnitState.LISTED, UnitState.UNLISTED, UnitState.STOCK, UnitState.PREPARING, UnitState.REPAIR}
)
LONGEST_CELL = 2_000


class LineMalformed(Malformed):
    """A cell of a line cannot be taken; `column` and `reason` are told to whoever imports."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column = column
        self.reason = reason


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
    given = {name: (cells.get(name) or "").strip() for name in (*REQUIRED, *OPTIONAL)}
    for name, value in given.items():
        if name in REQUIRED and not value:
            raise LineMalformed(name, "is empty")
        if len(value) > LONGEST_CELL:
            raise LineMalformed(name, f"is longer than {LONGEST_CELL} characters")
        if any(ord(each) < 32 and each not in "\t\n\r" for each in value):
            raise LineMalformed(name, "holds control characters")
    return ItemLine(
        code=_code(given["code"]),
        category=_category(given["category"]),
        title=given["title"],
        price=_price(given["price"]),
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


def _category(cell: str) -> Category:
    try:
        return Category(cell.lower())
    except ValueError:
        raise LineMalformed("category", f"{cell[:40]!r} is none of {', '.join(Category)}") from None


def _price(cell: str) -> Yen:
    try:
        return parse_yen(cell)
    except YenMalformed:
        raise LineMalformed("price", f"{cell[:40]!r} is not a whole number of yen") from None


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
