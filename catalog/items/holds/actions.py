"""Placing and releasing a hold (取り置き).

A hold refuses other people's reservations and holds, never a guarantee request or a withdrawal:
those do not ask here. Nothing has to run when it ends.
"""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.ground import journal, policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import UnitId, new_id
from catalog.items import granting
from catalog.items.actions import MoveRefused, UnitTaken, locked
from catalog.items.holds.queries import active_hold
from catalog.items.holds.rules import check_length
from catalog.items.holds.tables import Hold
from catalog.items.kinds import UnitState
from catalog.items.terms import ItemTerms
from catalog.partners.rules import Right


class HoldMissing(Missing):
    """There is no such hold, or it has ended."""


def hold(
    db: Session,
    unit_id: UnitId,
    holder: str,
    until: datetime,
    *,
    by: str,
    now: datetime,
    key: str,
) -> Hold:
    """Keep a listed piece for `holder` (`customer:ID`, `partner:ID`) until that moment (R-032).

    Somebody's own hold is replaced, within the hours it began with. Raises UnitMissing (also for a
    partner without the right), UnitTaken, MoveRefused for a piece not on sale, HoldTooLong.
    """
    request = {"hold": unit_id, "holder": holder, "until": until.isoformat()}
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return db.get_one(Hold, stored["hold"], populate_existing=True)
    unit = locked(db, unit_id)
    if by == holder:
        granting.check(db, holder, unit, right=Right.HOLD, today=tokyo_day(now))
    if unit.state == UnitState.RESERVED:
        raise UnitTaken(unit.code, unit.state)
    if unit.state != UnitState.LISTED:
        raise MoveRefused(unit.code, UnitState(unit.state), UnitState.RESERVED)
    before = active_hold(db, unit_id, now=now)
    if before is not None and before.holder != holder:
        raise UnitTaken(unit.code, "held")
    since = before.placed_at if before is not None else now
    check_length(until, since=since, hours=policy.current(db).of(ItemTerms).hold_hours, now=now)
    if before is not None:
        _end(db, before.id, by=by, now=now)
    placed = Hold(
        id=new_id(now), unit_id=unit_id, holder=holder, until=until, placed_by=by, placed_at=since
    )
    db.add(placed)
    db.flush()
    journal.record(
        db,
        f"unit:{unit_id}",
        "held",
        actor=by,
        at=now,
        facts={"hold": placed.id, "holder": holder},
        key=key,
        request=request,
        result={"hold": placed.id},
    )
    return placed


def release(db: Session, hold_id: str, *, by: str, now: datetime) -> bool:
    """End a hold early; False when it had ended already. Raises HoldMissing."""
    placed = db.get(Hold, hold_id)
    if placed is None:
        raise HoldMissing(hold_id)
    if not _end(db, hold_id, by=by, now=now):
        return False
    journal.record(
        db, f"unit:{placed.unit_id}", "hold_released", actor=by, at=now, facts={"hold": hold_id}
    )
    return True


def _end(db: Session, hold_id: str, *, by: str, now: datetime) -> bool:
    ended = db.connection().execute(
        update(Hold)
        .where(col(Hold.id) == hold_id, col(Hold.released_at).is_(None), col(Hold.until) > now)
        .values(released_at=now, released_by=by)
    )
    return bool(ended.rowcount)
