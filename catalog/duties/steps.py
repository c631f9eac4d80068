"""Moves staff make by hand (在庫の手動移動): a piece of the shop's own on its way to the window,
off it, and to the workshop.

Only moves of the register's table, and of these only such that no case makes: what is bought,
consigned, sold, sent or given back moves with its case. Putting it on sale is `publishing`'s;
police hold and loss are `notices/holding`'s.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from catalog.grading import queries as grading
from catalog.ground import journal
from catalog.ground.errors import Refused
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items.actions import MoveRefused, locked, move
from catalog.items.kinds import OwnerKind, UnitState, may_move
from catalog.items.tables import Unit

_S = UnitState
BY_HAND: Mapping[UnitState, tuple[UnitState, ...]] = {
    _S.RECEIVED: (_S.APPRAISING,),
    _S.APPRAISING: (_S.APPRAISED,),
    _S.APPRAISED: (_S.STOCK,),
    _S.STOCK: (_S.PREPARING,),
    _S.PREPARING: (_S.UNLISTED, _S.REPAIR),
    _S.CONSIGNED: (_S.UNLISTED, _S.REPAIR),
    _S.INSPECTION: (_S.PREPARING, _S.UNLISTED, _S.REPAIR),
    _S.LISTED: (_S.UNLISTED,),
    _S.UNLISTED: (_S.STOCK,),
    _S.REPAIR: (_S.UNLISTED,),
}
# Up to here a piece with a case moves with it; and only what is the shop's goes through stock.
_OF_THE_CASE = frozenset({_S.RECEIVED, _S.APPRAISING, _S.APPRAISED})
_ONLY_OWN = frozenset({_S.STOCK, _S.PREPARING})


class NotAppraised(Refused):
    """Its grade lacks something before it counts as appraised. `code`, `missing`."""

    def __init__(self, code: str, missing: tuple[str, ...]) -> None:
        super().__init__(f"{code} lacks {', '.join(missing)}")
        self.code = code
        self.missing = missing


def steps(unit: Unit) -> tuple[UnitState, ...]:
    """The states staff may bring it into by hand now."""
    state = UnitState(unit.state)
    if unit.case_id is not None and state in _OF_THE_CASE:
        return ()
    is_own = unit.owner_kind == OwnerKind.DEALER
    return tuple(to for to in BY_HAND.get(state, ()) if is_own or to not in _ONLY_OWN)


def step(
    db: Session, unit_id: UnitId, to: UnitState, *, reason: str, by: str, now: datetime, key: str
) -> Unit:
    """Bring it into that state. `reason` may be empty; what is said is kept in the journal.

    Raises UnitMissing, MoveRefused, NotAppraised.
    """
    request = {"step": unit_id, "to": to.value, "reason": reason}
    if journal.stored_result(db, key, request) is not None:
        return db.get_one(Unit, unit_id, populate_existing=True)
    unit = locked(db, unit_id)
    before = UnitState(unit.state)
    if to not in steps(unit) or not may_move(before, to):
        raise MoveRefused(unit.code, before, to)
    if to is UnitState.APPRAISED and (missing := grading.lacking(db, unit_id)):
        raise NotAppraised(unit.code, tuple(missing))
    return move(
        db,
        unit_id,
        to,
        by=by,
        now=now,
        verb="unlisted" if before is UnitState.LISTED else f"moved_to_{to.value}",
        facts={"reason": reason.strip()} if reason.strip() else None,
        command=Command(key, request, {"state": to.value}),
    )
