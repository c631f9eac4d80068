"""Comparing a returned piece with what was sent (返品の照合): seal, serial and film of the packing.

Without this record no yen goes back; a piece that is not as it was sent is decided by a manager.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from catalog.consignment import selling
from catalog.consignment.ending import ManagerOnly
from catalog.duties.actors import Actor, Role
from catalog.ground import worklist
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items import actions as items
from catalog.items.kinds import UnitState
from catalog.orders.returns import Held, ReturnStanding, held, move, repeated
from catalog.orders.states import LineState, ReturnState
from catalog.orders.steps import OrderMalformed, tell

_MANAGERS = frozenset({Role.MANAGER, Role.OWNER})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The record of comparing a piece with its dispatch record: seal, serial, film (R-099)."""

    id: str
    is_same: bool
    findings: Mapping[str, Any] = field(default_factory=dict)


def compare(
    db: Session, return_id: str, told: Comparison, *, actor: Actor, now: datetime, key: str
) -> ReturnStanding:
    """Note what comparing showed; a piece that is not as it was sent goes to a person (RET-1)."""
    command = Command(
        key,
        {"verb": "return.compare", "return": return_id, "record": told.id, "same": told.is_same},
    )
    if (before := repeated(db, command)) is not None:
        return before
    if not actor.is_staff or not told.id:
        raise OrderMalformed("a comparison is a record of a person of the shop")
    kept = held(db, return_id)
    standing = move(
        db, kept, ReturnState.COMPARED if told.is_same else ReturnState.DISPUTED, by=actor.name,
        now=now, verb="return_compared", command=command, facts={"comparison": told.id},
        comparison_id=told.id, compared_by=actor.name, findings=dict(told.findings),
    )  # fmt: skip
    if not told.is_same:
        items.move(
            db, UnitId(kept.line.unit_id), UnitState.RETURN_DISPUTE, by=actor.name, now=now,
            verb="return_dispute", facts={"return": return_id},
        )  # fmt: skip
        worklist.task(
            db, "return_dispute", f"return:{return_id}", due_at=now, now=now,
            facts={"return_no": kept.case.return_no},
        )  # fmt: skip
        tell(db, kept.order, "return_looked_at", now=now, return_no=kept.case.return_no)
    return standing


def decide(
    db: Session,
    return_id: str,
    *,
    accepts: bool,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str,
) -> ReturnStanding:
    """A manager decides a dispute: refunded after all, or the piece goes back to its buyer."""
    command = Command(key, {"verb": "return.decide", "return": return_id, "accepts": accepts})
    if (before := repeated(db, command)) is not None:
        return before
    if actor.role not in _MANAGERS:
        raise ManagerOnly(actor.name)
    kept = held(db, return_id)
    standing = move(
        db, kept, ReturnState.COMPARED if accepts else ReturnState.REFUSED, by=actor.name, now=now,
        verb="return_decided", command=command, facts={"reason": reason},
        line_to=None if accepts else LineState.CLOSED, ended_at=None if accepts else now,
    )  # fmt: skip
    steps = [UnitState.INSPECTION]
    if not accepts:
        steps += [UnitState.UNLISTED, UnitState.RETURN_PENDING]
    for state in steps:
        items.move(
            db, UnitId(kept.line.unit_id), state, by=actor.name, now=now, verb=state.value,
            facts={"return": return_id},
        )  # fmt: skip
    if not accepts:
        _sale_stands(db, kept, by=actor.name, now=now)
    return standing


def _sale_stands(db: Session, kept: Held, *, by: str, now: datetime) -> None:
    contract = selling.sold_in(db, kept.line.unit_id, kept.order.id)
    if contract is not None:
        selling.window_over(db, contract, by=by, now=now)
    tell(db, kept.order, "return_refused", now=now, return_no=kept.case.return_no)
