"""The same serial twice (シリアル重複): a repeat owner, a mistake, or theft.

A serial that a piece in the shop's hands carries already is refused: one of the two was read
wrongly. Staff who looked twice take it in all the same; then, and when the other has left the shop,
it is flagged, with a task, and cannot be listed until somebody cleared the flag with a reason. What
the police tell is in `catalog/duties`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select as select_columns
from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import UnitId, new_id
from catalog.ground.session.database import insert_once
from catalog.items.actions import ReasonMissing
from catalog.items.kinds import IN_CUSTODY, UnitState
from catalog.items.rules import Marked, is_same_serial
from catalog.items.tables import Style, Unit, UnitFlag

TASK = "serial_twice"
_AT_ONCE = 5_000
_TELLING: tuple[Any, ...] = (
    col(Unit.id),
    col(Unit.state),
    col(Unit.code),
    col(Unit.serial_key),
    col(Style.id),
    col(Style.category),
    col(Style.brand_key),
)


class FlagKind(StrEnum):
    """What somebody must look into."""

    SERIAL_TWICE = "serial_twice"


class FlagMissing(Missing):
    """There is no such open flag."""


class SerialInStock(Refused):
    """A piece in the shop's hands carries this serial already. `code`: that piece."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code} carries this serial; look at both")
        self.code = code


@dataclass(frozen=True, slots=True)
class Twin:
    """A unit that carries the serial of another, whether that one is in the shop's hands."""

    unit_id: UnitId
    other_id: UnitId
    other_code: str
    is_in_custody: bool


def flag_twins(
    db: Session, units: Sequence[Unit], *, is_seen: bool = True, now: datetime
) -> list[Twin]:
    """Flag each of these units whose serial another known unit carries, once per pair, and ask
    staff to look. Works for one unit and for a whole list.

    Raises SerialInStock when two of a pair are in the shop's hands and nobody has seen that yet.
    """
    twins = twins_among(db, units)
    held = {unit.id for unit in units if UnitState(unit.state) in IN_CUSTODY}
    for twin in twins:
        if twin.is_in_custody and twin.unit_id in held and not is_seen:
            raise SerialInStock(twin.other_code)
    for twin in twins:
        _flag(db, twin, now=now)
    return twins


def twins_among(db: Session, units: Sequence[Unit]) -> list[Twin]:
    """The pairs of these units, written already, and known ones with the same serial; of two in
    the list the later one has the twin.
    """
    marked = [unit for unit in units if unit.serial_key]
    if not marked:
        return []
    place_of = {unit.id: place for place, unit in enumerate(marked)}
    known = _with_serials(db, {unit.serial_key or "" for unit in marked})
    twins = []
    for unit in marked:
        alike = known[unit.serial_key or ""]
        own = alike[unit.id].marked
        for other_id, other in alike.items():
            is_later = place_of.get(other_id, -1) >= place_of[unit.id]  # flagged in its own turn
            if not is_later and is_same_serial(own, other.marked):
                is_held = UnitState(other.state) in IN_CUSTODY
                twins.append(Twin(UnitId(unit.id), UnitId(other_id), other.code, is_held))
    return twins


@dataclass(frozen=True, slots=True)
class _Known:
    marked: Marked
    state: str
    code: str


def _with_serials(db: Session, keys: set[str]) -> dict[str, dict[str, _Known]]:
    """Serial → unit → what it marks, where the unit stands, its code."""
    found: dict[str, dict[str, _Known]] = {}
    ordered = sorted(keys)
    for first in range(0, len(ordered), _AT_ONCE):
        some = col(Unit.serial_key).in_(ordered[first : first + _AT_ONCE])
        wanted = select_columns(*_TELLING).where(some, col(Unit.style_id) == col(Style.id))
        for unit_id, state, code, serial, *style in db.connection().execute(wanted):
            marked = Marked(serial, *style)
            found.setdefault(serial, {})[unit_id] = _Known(marked, state, code)
    return found


def _flag(db: Session, twin: Twin, *, now: datetime) -> None:
    is_new = insert_once(
        db,
        UnitFlag,
        {
            "id": new_id(now),
            "unit_id": twin.unit_id,
            "kind": FlagKind.SERIAL_TWICE.value,
            "other_id": twin.other_id,
            "raised_at": now,
        },
    )
    if is_new:
        facts = {"other": twin.other_id, "in_custody": twin.is_in_custody}
        about = f"unit:{twin.unit_id}"
        worklist.task(db, TASK, about, due_at=now, now=now, once=twin.other_id, facts=facts)


def open_flags(db: Session, unit_id: UnitId) -> list[UnitFlag]:
    """What nobody has cleared yet."""
    return list(
        db.exec(
            select(UnitFlag)
            .where(UnitFlag.unit_id == unit_id, col(UnitFlag.cleared_at).is_(None))
            .order_by(col(UnitFlag.raised_at), col(UnitFlag.id))
        )
    )


def clear_flag(
    db: Session, flag_id: str, *, reason: str, by: str, now: datetime, key: str
) -> UnitId:
    """Somebody looked and says why the piece is all right. Answers the unit.

    Raises ReasonMissing, FlagMissing.
    """
    request = {"clear_flag": flag_id, "reason": reason}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return UnitId(stored["unit"])
    if not reason.strip():
        raise ReasonMissing("clearing a flag")
    unit_id = (
        db.connection()
        .execute(
            update(UnitFlag)
            .where(col(UnitFlag.id) == flag_id, col(UnitFlag.cleared_at).is_(None))
            .values(cleared_at=now, cleared_by=by, reason=reason)
            .returning(col(UnitFlag.unit_id))
        )
        .scalar()
    )
    if unit_id is None:
        raise FlagMissing(flag_id)
    journal.record(
        db,
        f"unit:{unit_id}",
        "flag_cleared",
        actor=by,
        at=now,
        facts={"flag": flag_id},
        key=key,
        request=request,
        result={"unit": unit_id},
    )
    return UnitId(unit_id)
