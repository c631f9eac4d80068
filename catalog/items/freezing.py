"""Taking a piece out of everything (差止め・紛失破損): by order of the police, or because it is
lost or damaged; and back to where it stood. Why, and until when, is kept in `catalog/duties`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.ground.errors import Refused
from catalog.ground.record import UnitId
from catalog.items.actions import MoveRefused, change, locked, move
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit

FROZEN_INTO = frozenset({UnitState.POLICE_HOLD, UnitState.LOST_DAMAGED})


class NotFrozen(Refused):
    """The piece was not taken out. `code`, `state`."""

    def __init__(self, code: str, state: str) -> None:
        super().__init__(f"{code} is {state}, not frozen")
        self.code = code
        self.state = state


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
    return change(db, unit, values, by=by, now=now, verb="released", facts=facts)
