"""Taking a piece out of everything (差止め・紛失破損): by order of the police, or because it is
lost or damaged; and back to where it stood. Why, and until when, the police keep it is in
`catalog/duties`; what a consignor is owed for a lost piece is their contract's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items.actions import MoveRefused, ReasonMissing, change, locked, move
from catalog.items.kinds import Custody, OwnerKind, UnitState, custody_of
from catalog.items.tables import Unit

# Out of these a piece of the shop's own is lost; what is sold or promised is settled there first.
LOSABLE = frozenset(
    {
        UnitState.STOCK,
        UnitState.COOLING_OFF_HOLD,
        UnitState.PREPARING,
        UnitState.INSPECTION,
        UnitState.LISTED,
        UnitState.UNLISTED,
        UnitState.REPAIR,
    }
)
FROZEN_INTO = frozenset({UnitState.POLICE_HOLD, UnitState.LOST_DAMAGED})


class NotFrozen(Refused):
    """The piece was not taken out. `code`, `state`."""

    def __init__(self, code: str, state: str) -> None:
        super().__init__(f"{code} is {state}, not frozen")
        self.code = code
        self.state = state


class SomebodysPiece(Refused):
    """It is somebody else's, or promised: its contract, case or order is settled first. `code`,
    `owner_kind`, `state`.
    """

    def __init__(self, code: str, owner_kind: str, state: str) -> None:
        super().__init__(f"{code} is {state}, a {owner_kind}'s")
        self.code = code
        self.owner_kind = owner_kind
        self.state = state


def back_as(before: UnitState) -> UnitState:
    """Where a lost piece stands when it is found: where it stood, or, where that was a deal that
    ended with the loss, with the shop to be looked at.
    """
    return before if before in LOSABLE else UnitState.INSPECTION


def may_lose(unit: Unit) -> bool:
    """Whether it is the shop's own and nobody is promised it."""
    return unit.owner_kind == OwnerKind.DEALER and UnitState(unit.state) in LOSABLE


def lose(
    db: Session, unit_id: UnitId, *, reason: str, by: str, now: datetime, key: str
) -> Unit:  # fmt: skip
    """A piece of the shop's own is lost, or too damaged to sell: it is off sale until it is found.
    Raises UnitMissing, ReasonMissing, SomebodysPiece.
    """
    request = {"verb": "unit.lose", "unit": unit_id, "reason": reason}
    if journal.stored_result(db, key, request) is not None:
        return db.get_one(Unit, unit_id, populate_existing=True)
    if not reason.strip():
        raise ReasonMissing("a loss")
    unit = locked(db, unit_id)
    if not may_lose(unit):
        raise SomebodysPiece(unit.code, unit.owner_kind, unit.state)
    return move(
        db, unit_id, UnitState.LOST_DAMAGED, by=by, now=now, verb="lost_or_damaged",
        facts={"reason": reason.strip()}, state_before=unit.state,
        command=Command(key, request, {"state": UnitState.LOST_DAMAGED.value}),
    )  # fmt: skip


def found(db: Session, unit_id: UnitId, *, reason: str, by: str, now: datetime, key: str) -> Unit:
    """It is there again, or whole again: back to where it stood, from a carrier to the shop. Raises
    UnitMissing, ReasonMissing, NotFrozen (also for what the police hold).
    """
    request = {"verb": "unit.found", "unit": unit_id, "reason": reason}
    if journal.stored_result(db, key, request) is not None:
        return db.get_one(Unit, unit_id, populate_existing=True)
    if not reason.strip():
        raise ReasonMissing("a find")
    unit = locked(db, unit_id)
    if unit.state != UnitState.LOST_DAMAGED.value:
        raise NotFrozen(unit.code, unit.state)
    facts = {"reason": reason.strip()}
    command = Command(key, request, {"state": unit.state_before})
    is_here = custody_of(unit.custody) is Custody.DEALER
    return unfreeze(
        db, unit_id, by=by, now=now, custody=None if is_here else f"{Custody.DEALER.value}:shop",
        facts=facts, command=command,
    )  # fmt: skip


def freeze(
    db: Session,
    unit_id: UnitId,
    to: UnitState,
    *,
    by: str,
    now: datetime,
    custody: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Unit:
    """Bring a piece in the dealer's hands into `police_hold` or `lost_damaged`; nothing can be done
    with it until it is released. `custody`: when the police take it along.

    Raises UnitMissing, MoveRefused.
    """
    unit = locked(db, unit_id)
    before = UnitState(unit.state)
    if to not in FROZEN_INTO:
        raise MoveRefused(unit.code, before, to)
    return move(
        db,
        unit_id,
        to,
        by=by,
        now=now,
        verb=to.value,
        custody=custody,
        facts={**(facts or {}), "before": before.value},
        state_before=before.value,
    )


def unfreeze(
    db: Session,
    unit_id: UnitId,
    *,
    by: str,
    now: datetime,
    custody: str | None = None,
    facts: Mapping[str, Any] | None = None,
    command: Command | None = None,
) -> Unit:
    """Back to the state of before. `custody`: where it lies now, when the police had it.

    Raises UnitMissing, NotFrozen.
    """
    unit = locked(db, unit_id)
    if UnitState(unit.state) not in FROZEN_INTO or unit.state_before is None:
        raise NotFrozen(unit.code, unit.state)
    values: dict[str, Any] = {"state": unit.state_before, "state_before": None}
    if custody is not None:
        values["custody"] = custody
    return change(db, unit, values, by=by, now=now, verb="released", facts=facts, command=command)
