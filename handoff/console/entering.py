"""Taking pieces into the register by hand and by list (商品登録・一括取込, R-081, R-082, R-089).

    GET  /console/items/new       what a piece is, or of which style a further one is
    POST /console/items/new       it is in the register
    GET  /console/items/import    a list is chosen
    POST /console/items/import    first looked through, then taken

A piece is entered as received (then appraised, graded, put on sale), or as opening stock with its
ledger row, which is reachable by chat at once. A list goes the way of `akashi import items`.
"""

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.duties.opening import foresee, open_stock
from catalog.ground import policy
from catalog.ground.errors import Malformed, Refused
from catalog.ground.lines import LineMalformed, ListMalformed, Taken, decoded, rows
from catalog.ground.record import StyleId
from catalog.items import lines, styles
from catalog.items.actions import Owner
from catalog.items.entering import NewPiece, enter
from catalog.items.kinds import Category, OwnerKind, UnitState
from catalog.items.lines import ItemLine
from catalog.items.numbering import next_code
from catalog.items.places.queries import places
from catalog.items.shelf import styles_called
from catalog.items.styles import StyleFacts
from catalog.items.terms import ItemTerms
from handoff.console.door import HOME, Visit, checked, checked_with_file, onward, who
from handoff.console.item_changes import (
    LONGEST_TITLE,
    LONGEST_WORDS,
    Form,
    key_of,
    text,
    yen_of,
)
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

LARGEST_LIST = 8 * 1024 * 1024
MOST_LINES = 20_000
_LINES_A_UNIT = 1_000
_MOST_TOLD = 200


class TooManyLines(Malformed):
    """More lines than a page takes; the command line takes any number. `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} lines")
        self.most = most


@dataclass(slots=True)
class Looked:
    """What a list says: lines to take with their numbers, and bad ones with the reason."""

    good: list[tuple[int, ItemLine]] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)


def add(made: APIRouter, office: Office) -> None:
    """The addresses of entering."""
    _add_new(made, office)
    _add_lists(made, office)


def _add_new(made: APIRouter, office: Office) -> None:
    @made.get("/items/new")
    async def new(request: Request, q: str = "", style: str = "") -> Response:
        visit = await who(office, request, Act.EDIT_PIECE)
        facts = await office.units.read(lambda db: _form(db, visit, q[:200], style))
        return page("item_new", visit.lang, facts)

    @made.post("/items/new")
    async def entered(request: Request) -> Response:
        visit, form = await checked(office, request, Act.EDIT_PIECE)
        try:
            code = await office.units.write(lambda db: _entered(db, visit, form))
        except (Refused, Malformed) as refused:
            style = form.get("style", "")
            facts = await office.units.read(lambda db: _form(db, visit, "", style))
            problem = {"kind": type(refused).__name__, "of": refused, "at": "new"}
            told = {**facts, "told": form, "problem": problem}
            status = 422 if isinstance(refused, Malformed) else 409
            return page("item_new", visit.lang, told, status=status)
        return onward(f"{HOME}/items/{code}?done=entered", request)


def _form(db: Session, visit: Visit, asked: str, style: str) -> dict[str, Any]:
    known = styles.by_id(db, StyleId(style)) if style else None
    return {
        "visit": visit,
        "now": visit.now,
        "told": {},
        "asked": asked,
        "known": known,
        "styles": styles_called(db, asked),
        "categories": list(Category),
        "grades": lines.GRADES,
        "places": places(db),
    }


def _entered(db: Session, visit: Visit, form: Form) -> str:
    """The code it got."""
    if form.get("way") == "opening":
        return _as_opening_stock(db, visit, form)
    style = _style(db, form)
    piece = NewPiece(
        style=style,
        title=text(form, "title", LONGEST_TITLE),
        serial=text(form, "serial", LONGEST_TITLE) or None,
        accessories=text(form, "accessories", LONGEST_WORDS) or None,
        notes=text(form, "notes", LONGEST_WORDS) or None,
        price=yen_of(form) if form.get("price", "").strip() else None,
        cost=yen_of(form, "cost") if form.get("cost", "").strip() else None,
    )
    unit = enter(
        db, piece, owner=Owner(OwnerKind.DEALER), custody=f"dealer:{_place(db, form)}",
        code=text(form, "code", LONGEST_TITLE) or None,
        is_twin_seen=form.get("twin_seen") == "yes",
        by=visit.session.actor.name, now=visit.now, key=key_of(form, visit),
    )  # fmt: skip
    return unit.code


def _style(db: Session, form: Form) -> StyleFacts:
    """That of another piece (R-082), or what is told here."""
    if form.get("style"):
        return styles.facts_of(styles.by_id(db, StyleId(form["style"])))
    category = form.get("category", "")
    if category not in set(Category):
        raise LineMalformed("category", "is empty")
    told = {name: text(form, name, LONGEST_TITLE) or None for name in _STYLE}
    return StyleFacts(Category(category), text(form, "title", LONGEST_TITLE), **told)


_STYLE = ("brand", "model", "reference", "size", "colour", "gtin", "description")


def _place(db: Session, form: Form) -> str:
    known = [each.name for each in places(db)]
    wished = form.get("place", "")
    return wished if wished in known else known[0]


def _as_opening_stock(db: Session, visit: Visit, form: Form) -> str:
    """One line of the opening stock, as a list would tell it. Raises LineMalformed."""
    style = _style(db, form)
    letters = policy.current(db).of(ItemTerms).letters[style.category]
    code = form.get("code", "").strip() or next_code(db, letters)
    told = {
        "code": code, "category": style.category.value,
        "title": form.get("title", "").strip() or style.title,
        "price": form.get("price", ""), "brand": style.brand or "", "model": style.model or "",
        "reference": style.reference or "", "state": UnitState.LISTED.value,
        **{name: form.get(name, "") for name in ("serial", "grade", "accessories", "notes")},
    }  # fmt: skip
    line = lines.parse(told)
    took = open_stock(db, [line], by=visit.session.actor.name, now=visit.now)
    if took.already_there:
        raise LineMalformed("code", "is given already")
    if took.refused:
        raise LineMalformed("serial", took.refused[0][1])
    return line.code


def _add_lists(made: APIRouter, office: Office) -> None:
    @made.get("/items/import")
    async def choose(request: Request) -> Response:
        visit = await who(office, request, Act.EDIT_PIECE)
        return page("item_import", visit.lang, _empty(visit))

    @made.post("/items/import")
    async def taken(request: Request) -> Response:
        visit, form, raw = await checked_with_file(
            office, request, Act.EDIT_PIECE, most=LARGEST_LIST
        )
        raw = raw or form.get("list", "").encode()
        try:
            looked = look_through(raw)
        except (ListMalformed, TooManyLines) as malformed:
            facts = {**_empty(visit), "problem": malformed, "sort": type(malformed).__name__}
            return page("item_import", visit.lang, facts, status=422)
        if form.get("act") != "take":
            seen = await office.units.read(
                lambda db: foresee(db, [line for _, line in looked.good])
            )
            return page("item_import", visit.lang, _told(visit, looked, seen, raw))
        took = await _take(office, visit, looked)
        return page(
            "item_import", visit.lang, {**_told(visit, looked, took, b""), "is_taken": True}
        )


def _empty(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit, "now": visit.now, "problem": None, "sort": "", "seen": None,
        "is_taken": False, "bad": [], "more_bad": 0, "list": "", "required": lines.REQUIRED,
        "optional": lines.OPTIONAL, "most": MOST_LINES,
    }  # fmt: skip


def look_through(raw: bytes) -> Looked:
    """Every line of the list read; what cannot be taken is told, not lost. Raises ListMalformed,
    TooManyLines.
    """
    looked = Looked()
    found = rows(raw, required=lines.REQUIRED, known=(*lines.REQUIRED, *lines.OPTIONAL))
    for count, row in enumerate(found, 1):
        if count > MOST_LINES:
            raise TooManyLines(MOST_LINES)
        try:
            if row.problem is not None:
                raise LineMalformed("line", row.problem)
            looked.good.append((row.line, lines.parse(row.cells)))
        except LineMalformed as bad:
            looked.bad.append((row.line, str(bad)))
    return looked


async def _take(office: Office, visit: Visit, looked: Looked) -> Taken:
    """A thousand lines a transaction, so that nobody waits long behind a list."""
    took = Taken()
    by = visit.session.actor.name
    for first in range(0, len(looked.good), _LINES_A_UNIT):
        some = [line for _, line in looked.good[first : first + _LINES_A_UNIT]]
        part = await office.units.write(
            lambda db, some=some: open_stock(db, some, by=by, now=visit.now)  # type: ignore[misc]  # bound at once
        )
        took.taken += part.taken
        took.already_there += part.already_there
        took.different += part.different
        took.refused += [(first + place, why) for place, why in part.refused]
    return took


def _told(visit: Visit, looked: Looked, seen: Taken, raw: bytes) -> dict[str, Any]:
    bad = [*looked.bad, *((looked.good[place][0], why) for place, why in seen.refused)]
    bad.sort()
    return {
        **_empty(visit),
        "seen": seen,
        "bad": bad[:_MOST_TOLD],
        "more_bad": max(0, len(bad) - _MOST_TOLD),
        "bad_count": len(bad),
        "list": decoded(raw) if raw else "",
        "first": [line for _, line in looked.good[:5]],
    }
