"""Putting a piece on sale and taking it off (出品・取り下げ): the one gate before `listed`.

The gate asks for a grade with evidence, every required shot, a row in the dealer's ledger, an
owner for whom the shop may sell, and no open doubt about the serial. Pieces of the opening stock
pass once without it, which their row records; from then on the gate holds for them too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from catalog.duties.tables import LedgerRow
from catalog.grading import queries as grading
from catalog.grading.rules import ShotFacts, needs_second, publish_gate
from catalog.ground import journal, policy
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.actions import MoveRefused, locked, move
from catalog.items.kinds import SALEABLE, UnitState, may_move
from catalog.items.serials import open_flags
from catalog.items.tables import Unit
from catalog.items.terms import ItemTerms
from catalog.items.wishes import actions as wishes

WAIVED = "waived: import"
PASSED = "passed"
# From `reserved` and `sold` a piece comes back to `listed` by other verbs: its gate still stands.
PUBLISHED_FROM = frozenset(
    {
        UnitState.PREPARING,
        UnitState.CONSIGNED,
        UnitState.INSPECTION,
        UnitState.UNLISTED,
        UnitState.REPAIR,
    }
)
_NEVER_WAIVED = frozenset({"price", "owner"})


class GateClosed(Refused):
    """The piece lacks something before it may be listed. `code`, `missing`."""

    def __init__(self, code: str, missing: Sequence[str]) -> None:
        super().__init__(f"{code} lacks {', '.join(missing)}")
        self.code = code
        self.missing = tuple(missing)


@dataclass(frozen=True, slots=True)
class Published:
    """A piece put on sale. `gate`: `passed`, or that it was waived."""

    unit_id: UnitId
    gate: str


def missing_for(db: Session, unit: Unit, shots: ShotFacts) -> list[str]:
    """What the unit still needs before it may be listed, in a fixed order; empty: nothing."""
    limit = Yen(policy.current(db).of(ItemTerms).second_grader_from)
    price = Yen(unit.price) if unit.price is not None else None
    missing = publish_gate(
        grading.category_of(db, UnitId(unit.id)),
        grading.facts_of(db, UnitId(unit.id)),
        shots,
        has_ledger_row=_has_ledger_row(db, unit.id),
        is_dear=needs_second(price, limit=limit),
    )
    if price is None:
        missing.append("price")
    if unit.owner_kind not in SALEABLE:
        missing.append("owner")
    missing += [f"flag:{flag.kind}" for flag in open_flags(db, UnitId(unit.id))]
    return missing


def _has_ledger_row(db: Session, unit_id: str) -> bool:
    came_in = select(LedgerRow.id).where(LedgerRow.unit_id == unit_id, LedgerRow.direction == "in")
    return db.exec(came_in).first() is not None


def publish(
    db: Session, unit_id: UnitId, shots: ShotFacts, *, by: str, now: datetime, key: str
) -> Published:
    """Put a piece on sale when nothing is missing; who looks for one is told.

    Raises UnitMissing, MoveRefused (police hold, cooling off, on its way back …), GateClosed.
    """
    request = {"publish": unit_id, "shots": sorted(shots.taken)}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return Published(unit_id, stored["gate"])
    unit = locked(db, unit_id)
    state = UnitState(unit.state)
    if state not in PUBLISHED_FROM or not may_move(state, UnitState.LISTED):
        raise MoveRefused(unit.code, state, UnitState.LISTED)
    gate = _gate(db, unit, shots)
    unit = move(
        db,
        unit_id,
        UnitState.LISTED,
        by=by,
        now=now,
        verb="listed",
        facts={"gate": gate},
        command=Command(key, request, {"gate": gate}),
        publish_gate=gate,
        listed_at=now,
    )
    wishes.on_sale(db, unit, now=now)
    return Published(unit_id, gate)


def _gate(db: Session, unit: Unit, shots: ShotFacts) -> str:
    """How the unit passes. Raises GateClosed."""
    missing = missing_for(db, unit, shots)
    if not missing:
        return PASSED
    doubts = [each for each in missing if each.startswith("flag:") or each in _NEVER_WAIVED]
    if unit.publish_gate == WAIVED and unit.listed_at is None and not doubts:
        return WAIVED
    raise GateClosed(unit.code, missing)


def unlist(
    db: Session,
    unit_id: UnitId,
    *,
    by: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Unit:
    """Take a piece off sale for a time. Raises UnitMissing, MoveRefused."""
    return move(db, unit_id, UnitState.UNLISTED, by=by, now=now, verb="unlisted", facts=facts)
