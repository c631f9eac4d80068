"""Opening stock: pieces that were in the shop before this register began, taken in from a list.

Each line becomes a style (found or new) and one dealer-owned unit in custody, with its first grade,
a ledger row "opening stock", the publish gate recorded as waived, and its journal begun. A code
that is already there is left exactly as it is; a serial that is already there is flagged.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from catalog.duties.ledger.actions import opening_row
from catalog.duties.publishing import WAIVED
from catalog.duties.rules import ItemKind
from catalog.duties.tables import LedgerRow
from catalog.duties.terms import DutyTerms
from catalog.grading.rules import Standing
from catalog.grading.tables import Grading
from catalog.ground import journal, policy
from catalog.ground.lines import Taken
from catalog.ground.record import UnitId, new_id
from catalog.items import styles
from catalog.items.kinds import IN_CUSTODY, OwnerKind, UnitState
from catalog.items.lines import ItemLine
from catalog.items.numbering import note_codes
from catalog.items.search_index import add_words, words_of
from catalog.items.serials import flag_twins, twins_among
from catalog.items.styles import StyleFacts, style_key
from catalog.items.tables import Style, Unit
from catalog.items.wishes import actions as wishes
from catalog.items.words import plain_key, together

CUSTODY = "dealer:shop"
_AT_ONCE = 500


def open_stock(db: Session, lines: Sequence[ItemLine], *, by: str, now: datetime) -> Taken:
    """Take the lines in, all in the caller's transaction. Later lines with a code seen before count
    as there; one whose serial a piece in the shop's hands carries is refused.
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
    refused = _write(db, list(fresh.values()), by=by, now=now) if fresh else {}
    place = {line.code: n for n, line in reversed(list(enumerate(lines)))}
    why = [(place[code], f"serial: {other} carries it") for code, other in refused.items()]
    return Taken(len(fresh) - len(refused), there, different, sorted(why))


def foresee(db: Session, lines: Sequence[ItemLine]) -> Taken:
    """What would become of the lines, without taking them in. Serials of the list itself are only
    looked at when it is taken.
    """
    known = _known(db, [line.code for line in lines])
    there, different, fresh = [], [], []
    for place, line in enumerate(lines):
        before = known.get(line.code)
        if before is None:
            known[line.code] = (line.title, line.price)
            fresh.append((place, line))
            continue
        there.append(line.code)
        if before != (line.title, line.price):
            different.append(line.code)
    carried = _carried(db, [line for _, line in fresh])
    refused = [
        (place, f"serial: {carried[key]} carries it")
        for place, line in fresh
        if line.state in IN_CUSTODY and (key := _mark(line)) in carried
    ]
    return Taken(len(fresh) - len(refused), there, different, refused)


def _mark(line: ItemLine) -> tuple[str, str]:
    return style_key(_style_facts(line)), plain_key(line.serial) or ""


def _carried(db: Session, lines: Sequence[ItemLine]) -> dict[tuple[str, str], str]:
    """Style and serial of the pieces in the shop's hands that carry a serial of these lines."""
    keys = sorted({key for line in lines if (key := plain_key(line.serial))})
    found: dict[tuple[str, str], str] = {}
    for first in range(0, len(keys), _AT_ONCE):
        rows = db.exec(
            select(Style.style_key, Unit.serial_key, Unit.code).where(
                Unit.style_id == Style.id,
                col(Unit.serial_key).in_(keys[first : first + _AT_ONCE]),
                col(Unit.state).in_([state.value for state in IN_CUSTODY]),
            )
        )
        found |= {(style, serial or ""): code for style, serial, code in rows}
    return found


def _known(db: Session, codes: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    rows = db.exec(select(Unit.code, Unit.title, Unit.price).where(col(Unit.code).in_(codes)))
    return {code: (title, price) for code, title, price in rows}


def _style_facts(line: ItemLine) -> StyleFacts:
    return StyleFacts(line.category, line.title, line.brand, line.model, line.reference)


def _write(db: Session, lines: Sequence[ItemLine], *, by: str, now: datetime) -> dict[str, str]:
    """The refused codes, each with the code of the piece that carries its serial."""
    known = styles.found_or_made(db, [_style_facts(line) for line in lines], now=now)
    units = [_unit(line, known[style_key(_style_facts(line))], now=now) for line in lines]
    db.connection().execute(insert(Unit), [unit.model_dump() for unit in units])
    refused = _without_twins(db, units)
    lines = [line for line in lines if line.code not in refused]
    units = [unit for unit in units if unit.code not in refused]
    if not units:
        return refused
    note_codes(db, [unit.code for unit in units])
    by_style = {style.id: style for style in known.values()}
    add_words(db, [(unit.id, words_of(unit, by_style[unit.style_id])) for unit in units])
    flag_twins(db, units, now=now)
    graded = [
        {
            "unit_id": unit.id,
            "version": 1,
            "grade": unit.grade,
            "standing": Standing.FINAL.value,
            "source": "import",
            "scale_version": 0,
            "is_override": False,
            "graded_by": by,
            "graded_at": now,
        }
        for unit in units
        if unit.grade
    ]
    if graded:
        db.connection().execute(insert(Grading), graded)
    rows = zip(lines, units, strict=True)
    terms = policy.current(db).of(DutyTerms)
    db.connection().execute(insert(LedgerRow), list(_ledger_rows(rows, terms, by=by, now=now)))
    journal.begin(
        db,
        [(f"unit:{unit.id}", {"code": unit.code}, [unit]) for unit in units],
        "opening_stock",
        actor=by,
        at=now,
    )
    if wishes.is_sought(db):
        for unit in units:
            wishes.on_sale(db, unit, now=now)
    return refused


def _without_twins(db: Session, units: Sequence[Unit]) -> dict[str, str]:
    """Take those out again whose serial a piece in the shop's hands carries."""
    code_of = {unit.id: unit.code for unit in units if UnitState(unit.state) in IN_CUSTODY}
    refused = {
        code_of[twin.unit_id]: twin.other_code
        for twin in twins_among(db, units)
        if twin.is_in_custody and twin.unit_id in code_of
    }
    gone = [unit.id for unit in units if unit.code in refused]
    for first in range(0, len(gone), _AT_ONCE):
        db.connection().execute(
            delete(Unit).where(col(Unit.id).in_(gone[first : first + _AT_ONCE]))
        )
    return refused


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
        listed_at=now if line.state is UnitState.LISTED else None,
        written_at=now,
        changed_at=now,
    )


def _ledger_rows(
    rows: Iterable[tuple[ItemLine, Unit]], terms: DutyTerms, *, by: str, now: datetime
) -> Iterable[dict[str, Any]]:
    for line, unit in rows:
        features = together([line.brand, line.model, line.reference, line.serial]) or line.title
        kind = ItemKind(line.category.value)
        yield opening_row(UnitId(unit.id), kind, features, terms=terms, by=by, now=now)
