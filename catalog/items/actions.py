"""Moving a unit, and what every move writes (在庫の動き).

A unit has exactly one owner, one custody and one state; a move is one conditional statement on its
version, with one row in the journal. Not here: why a piece moves; the cases above know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Missing, Refused, Stale
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items.kinds import SALEABLE, OwnerKind, UnitState, may_move
from catalog.items.tables import Unit


class UnitMissing(Missing):
    """There is no such unit."""


class MoveRefused(Refused):
    """The table of moves does not know this one. `before`, `after`: states."""

    def __init__(self, code: str, before: UnitState, after: UnitState) -> None:
        super().__init__(f"{code}: {before.value} → {after.value} is no move")
        self.code = code
        self.before = before
        self.after = after


class NotOurs(Refused):
    """The piece is of somebody for whom the shop does not sell. `owner_kind`."""

    def __init__(self, code: str, owner_kind: OwnerKind) -> None:
        super().__init__(f"{code} is a {owner_kind.value}'s, not the shop's to sell")
        self.code = code
        self.owner_kind = owner_kind


class UnitChanged(Stale):
    """Somebody else changed the unit first."""


class ReasonMissing(Refused):
    """An act that needs a reason came without one. `act`."""

    def __init__(self, act: str) -> None:
        super().__init__(f"{act} needs a reason")
        self.act = act


class UnitTaken(Stale):
    """Somebody else has the piece: `why` is `held` or its state (`reserved`, `sold` …)."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code} is {why}")
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a unit becomes."""

    kind: OwnerKind
    id: str | None = None


def locked(db: Session, unit_id: UnitId) -> Unit:
    """The unit, held by this transaction until it ends. Raises UnitMissing."""
    unit = db.exec(
        select(Unit)
        .where(Unit.id == unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if unit is None:
        raise UnitMissing(unit_id)
    return unit


def move(
    db: Session,
    unit_id: UnitId,
    to: UnitState,
    *,
    by: str,
    now: datetime,
    verb: str,
    owner: Owner | None = None,
    custody: str | None = None,
    facts: Mapping[str, Any] | None = None,
    command: Command | None = None,
    **columns: Any,
) -> Unit:
    """Bring a unit into another state, with its owner and custody where these change too.

    `verb` names the act in the journal; `columns` are other columns of the unit that the act sets.
    No way leads to `listed` for a piece that is not the shop's to sell, the return of which is not
    settled above all. Raises UnitMissing, MoveRefused, NotOurs, UnitChanged.
    """
    unit = locked(db, unit_id)
    before = UnitState(unit.state)
    if not may_move(before, to):
        raise MoveRefused(unit.code, before, to)
    owner_kind = owner.kind if owner is not None else OwnerKind(unit.owner_kind)
    if to is UnitState.LISTED and owner_kind not in SALEABLE:
        raise NotOurs(unit.code, owner_kind)
    values: dict[str, Any] = {"state": to.value, **columns}
    if owner is not None:
        values |= {"owner_kind": owner.kind.value, "owner_id": owner.id}
    if custody is not None:
        values["custody"] = custody
    return change(db, unit, values, by=by, now=now, verb=verb, facts=facts, command=command)


def change(
    db: Session,
    unit: Unit,
    values: Mapping[str, Any],
    *,
    by: str,
    now: datetime,
    verb: str,
    facts: Mapping[str, Any] | None = None,
    command: Command | None = None,
) -> Unit:
    """Set columns of a unit if nobody changed it since it was read, and journal it. Raises
    UnitChanged.
    """
    changed = db.connection().execute(
        update(Unit)
        .where(col(Unit.id) == unit.id, col(Unit.version) == unit.version)
        .values(version=Unit.version + 1, changed_at=now, **values)
    )
    if not changed.rowcount:
        raise UnitChanged(unit.code)
    db.refresh(unit)
    journal.record(
        db,
        f"unit:{unit.id}",
        verb,
        actor=by,
        at=now,
        facts=facts,
        wrote=[unit],
        key=command.key if command else None,
        request=command.request if command else None,
        result=command.result if command else None,
    )
    return unit
