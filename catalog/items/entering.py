"""Taking a piece into the register (商品登録): its style, its code, the words it is found by, and
whether its serial is known already.

A second piece of a style needs only what is its own: serial, grade, pictures, price (R-082). Not
here: opening stock, which comes as a list (`catalog/duties/opening.py`).
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from catalog.ground import journal, policy
from catalog.ground.errors import Malformed, Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import StyleId, UnitId, new_id
from catalog.ground.session.database import insert_once
from catalog.items import styles
from catalog.items.actions import Owner, change, locked
from catalog.items.kinds import UnitState
from catalog.items.numbering import next_code, note_codes
from catalog.items.search_index import add_words, replace_words, words_of
from catalog.items.serials import flag_twins
from catalog.items.styles import StyleFacts
from catalog.items.tables import Style, Unit
from catalog.items.terms import ItemTerms
from catalog.items.words import code_of, plain_key

ENTERED_AS = frozenset({UnitState.EXPECTED, UnitState.RECEIVED})


class PieceMalformed(Malformed):
    """A new piece says something that cannot be. `column`, `why`."""

    def __init__(self, column: str, why: str) -> None:
        super().__init__(f"{column}: {why}")
        self.column = column
        self.why = why


class CodeTaken(Refused):
    """Another unit has the code; codes are never used again. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} is given already")
        self.code = code


@dataclass(frozen=True, slots=True)
class NewPiece:
    """What is told of a piece when it is entered. `price`: list price in yen, tax included."""

    style: StyleFacts
    title: str = ""
    serial: str | None = None
    accessories: str | None = None
    notes: str | None = None
    price: Yen | None = None
    cost: Yen | None = None

    def __post_init__(self) -> None:
        for column, amount in (("price", self.price), ("cost", self.cost)):
            if amount is not None and (isinstance(amount, bool) or amount < 0):
                raise PieceMalformed(column, "is below zero")
        if not self.called:
            raise PieceMalformed("title", "is empty")

    @property
    def called(self) -> str:
        """Its own title, else its style's."""
        return self.title.strip() or self.style.title.strip()


def another_of(db: Session, style_id: StyleId, *, price: Yen, serial: str | None) -> NewPiece:
    """A further piece of a style, described by the style (R-082). Raises StyleMissing."""
    style = styles.facts_of(styles.by_id(db, style_id))
    return NewPiece(style=style, title=style.title, serial=serial, price=price)


def enter(
    db: Session,
    piece: NewPiece,
    *,
    owner: Owner,
    custody: str,
    state: UnitState = UnitState.RECEIVED,
    case_id: str | None = None,
    code: str | None = None,
    is_twin_seen: bool = False,
    by: str,
    now: datetime,
    key: str,
) -> Unit:
    """A piece becomes a unit, expected or received (R-081); without `code` it gets the next number.

    A serial that is known is flagged; one that a piece in the shop's hands carries is refused
    unless staff looked twice (`is_twin_seen`). Raises CodeTaken, PieceMalformed, SerialInStock.
    """
    request = {
        "enter": _told(piece),
        "owner": [owner.kind.value, owner.id],
        "custody": custody,
        "state": state.value,
        "case": case_id,
        "code": code,
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return db.get_one(Unit, stored["unit"], populate_existing=True)
    if state not in ENTERED_AS:
        raise PieceMalformed("state", f"{state.value} is no state to be entered in")
    style = styles.found_or_made(db, [piece.style], now=now)[styles.style_key(piece.style)]
    if piece.serial:
        _one_at_a_time(db, style.id)
    unit = _unit(piece, style, _code(db, piece, code), now=now)
    unit.owner_kind, unit.owner_id = owner.kind.value, owner.id
    unit.custody, unit.state, unit.case_id = custody, state.value, case_id
    if not insert_once(db, Unit, unit.model_dump()):
        raise CodeTaken(unit.code)
    unit = db.get_one(Unit, unit.id)
    add_words(db, [(unit.id, words_of(unit, style))])
    twins = flag_twins(db, [unit], is_seen=is_twin_seen, now=now)
    journal.record(
        db,
        f"unit:{unit.id}",
        "entered",
        actor=by,
        at=now,
        facts={"code": unit.code, "case": case_id, "twins": [twin.other_id for twin in twins]},
        key=key,
        request=request,
        result={"unit": unit.id},
        wrote=[unit],
    )
    return unit


def _one_at_a_time(db: Session, style_id: str) -> None:
    """Hold the style, so that of two pieces with one serial the second to come sees the first."""
    db.exec(select(Style.id).where(Style.id == style_id).with_for_update()).one()


def _told(piece: NewPiece) -> dict[str, Any]:
    return {name: value for name, value in asdict(piece).items() if value is not None}


def _code(db: Session, piece: NewPiece, code: str | None) -> str:
    if code is None:
        letters = policy.current(db).of(ItemTerms).letters[piece.style.category]
        return next_code(db, letters)
    written = code_of(code)
    if written is None:
        raise PieceMalformed("code", f"{code[:40]!r} is not letters, hyphen, digits")
    note_codes(db, [written])
    return written


def _unit(piece: NewPiece, style: Style, code: str, *, now: datetime) -> Unit:
    return Unit(
        id=new_id(now),
        code=code,
        style_id=style.id,
        title=piece.called,
        serial=piece.serial,
        serial_key=plain_key(piece.serial),
        accessories=piece.accessories,
        notes=piece.notes,
        price=piece.price,
        cost=piece.cost,
        owner_kind="",
        custody="",
        state="",
        written_at=now,
        changed_at=now,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What is told anew of a unit; None leaves it as it is."""

    title: str | None = None
    serial: str | None = None
    accessories: str | None = None
    notes: str | None = None


def describe(
    db: Session,
    unit_id: UnitId,
    told: Told,
    *,
    is_twin_seen: bool = False,
    by: str,
    now: datetime,
    key: str,
) -> Unit:
    """Change what a unit is called, or note its serial once somebody has read it; search finds it
    by the new words at once, a known serial is flagged or refused as in `enter`. Raises
    UnitMissing, PieceMalformed, SerialInStock.
    """
    given = {name: value for name, value in asdict(told).items() if value is not None}
    request = {"describe": unit_id, **given}
    if journal.stored_result(db, key, request) is not None:
        return db.get_one(Unit, unit_id, populate_existing=True)
    if told.title is not None and not told.title.strip():
        raise PieceMalformed("title", "is empty")
    if told.serial is not None:
        given["serial_key"] = plain_key(told.serial)
    unit = locked(db, unit_id)
    command = Command(key, request, {"unit": unit_id})
    unit = change(
        db,
        unit,
        given,
        by=by,
        now=now,
        verb="described",
        facts={"columns": sorted(given)},
        command=command,
    )
    replace_words(db, [(unit.id, words_of(unit, db.get_one(Style, unit.style_id)))])
    if told.serial is not None:
        flag_twins(db, [unit], is_seen=is_twin_seen, now=now)
    return unit
