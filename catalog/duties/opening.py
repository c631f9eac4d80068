"""Opening stock: pieces that were in the shop before this register began, taken in from a list.

Each line becomes a style (found or new) and one dealer-owned unit in custody, with its first grade,
a ledger row "opening stock", the publish gate recorded as waived, and its journal begun. A code
that is already there is left exactly as it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from catalog.duties.tables import LedgerKind, LedgerRow
from catalog.grading.tables import Grading
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import new_id
from catalog.items import lexicon
from catalog.items.lines import ItemLine
from catalog.items.queries import words_of
from catalog.items.search_index import add_words
from catalog.items.tables import OwnerKind, Style, Unit
from catalog.items.words import plain_key, together

CUSTODY = "dealer:shop"
WAIVED = "waived: import"


@dataclass(frozen=True, slots=True)
class Opening:
    """What became of some lines: how many are new, and which codes were there before."""

    taken: int
    already_there: Sequence[str]
    different: Sequence[str]


def open_stock(db: Session, lines: Sequence[ItemLine], *, by: str, now: datetime) -> Opening:
    """Take the lines in, all in the caller's transaction. Later lines with a code seen before count
    as there.
    """
    known = _known(db, [line.code for line in lines])
    fresh: dict[str, ItemLine] = {}
    there: list[str] = []
    different: list[str] = []
    for line in lines:
        before = known.get(line.code)
        if before is None:
            fresh[line.code] = line
            known[line.code] = (line.title, line.price)
            continue
        there.append(line.code)
        if before != (line.title, line.price):
            different.append(line.code)
    if fresh:
        _write(db, list(fresh.values()), by=by, now=now)
    return Opening(len(fresh), there, different)


def _known(db: Session, codes: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    rows = db.exec(select(Unit.code, Unit.title, Unit.price).where(col(Unit.code).in_(codes)))
    return {code: (title, price) for code, title, price in rows}


def style_key(line: ItemLine) -> str:
    """What makes two lines the same style: category, brand, model and reference, else the title."""
    told = (lexicon.brand_id(line.brand), plain_key(line.model), plain_key(line.reference))
    named = told if any(told) else (plain_key(line.title),)
    return "|".join([line.category, *(part or "" for part in named)])


def _write(db: Session, lines: Sequence[ItemLine], *, by: str, now: datetime) -> None:
    styles = _styles(db, lines, now=now)
    units = [_unit(line, styles[style_key(line)], now=now) for line in lines]
    db.connection().execute(insert(Unit), [unit.model_dump() for unit in units])
    by_style = {style.id: style for style in styles.values()}
    add_words(db, [(unit.id, words_of(unit, by_style[unit.style_id])) for unit in units])
    graded = [
        {
            "unit_id": unit.id,
            "version": 1,
            "grade": unit.grade,
            "source": "import",
            "graded_by": by,
            "graded_at": now,
        }
        for unit in units
        if unit.grade
    ]
    if graded:
        db.connection().execute(insert(Grading), graded)
    rows = zip(lines, units, strict=True)
    db.connection().execute(insert(LedgerRow), list(_ledger_rows(rows, now=now)))
    journal.begin(
        db,
        [(f"unit:{unit.id}", {"code": unit.code, "state": unit.state}) for unit in units],
        "opening_stock",
        actor=by,
        at=now,
    )


def _styles(db: Session, lines: Sequence[ItemLine], *, now: datetime) -> dict[str, Style]:
    wanted = {style_key(line): line for line in lines}
    found = {
        style.style_key: style
        for style in db.exec(select(Style).where(col(Style.style_key).in_(list(wanted))))
    }
    new = [_style(key, line, now=now) for key, line in wanted.items() if key not in found]
    if new:
        db.connection().execute(insert(Style), [style.model_dump() for style in new])
    return found | {style.style_key: style for style in new}


def _style(key: str, line: ItemLine, *, now: datetime) -> Style:
    return Style(
        id=new_id(now),
        style_key=key,
        category=line.category.value,
        brand=line.brand,
        brand_key=lexicon.brand_id(line.brand),
        model=line.model,
        model_key=lexicon.model_id(line.model, line.brand),
        reference=line.reference,
        reference_key=plain_key(line.reference),
        written_at=now,
    )


def _unit(line: ItemLine, style: Style, *, now: datetime) -> Unit:
    return Unit(
        id=new_id(now),
        code=line.code,
        style_id=style.id,
        title=line.title,
        serial=line.serial,
        serial_key=plain_key(line.serial),
        owner_kind=OwnerKind.DEALER.value,
        custody=CUSTODY,
        state=line.state.value,
        price=line.price,
        grade=line.grade,
        accessories=line.accessories,
        notes=line.notes,
        publish_gate=WAIVED,
        written_at=now,
        changed_at=now,
    )


def _ledger_rows(
    rows: Iterable[tuple[ItemLine, Unit]], *, now: datetime
) -> Iterable[dict[str, Any]]:
    for line, unit in rows:
        yield {
            "unit_id": unit.id,
            "entered_on": tokyo_day(now),
            "kind": LedgerKind.OPENING_STOCK.value,
            "item_kind": line.category.value,
            "quantity": 1,
            "features": together([line.brand, line.model, line.reference, line.serial])
            or line.title,
            "written_at": now,
        }
