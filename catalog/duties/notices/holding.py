"""Freezing a unit while the police may want it, and letting it go (警察への届出・保管).

A unit stays frozen while any ground is left: a hit nobody ruled out, a suspicion not settled, an
order that runs, a claim nobody answered. The state it stood in comes back with the last of them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from catalog.duties.notices.tables import NoticeHit, PoliceOrder, RecoveryClaim, Suspicion
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.journal import Command
from catalog.ground.record import UnitId
from catalog.items.actions import change, locked, move
from catalog.items.kinds import IN_CUSTODY, UnitState

IN_HAND = IN_CUSTODY | {UnitState.POLICE_HOLD}


class Ruling(StrEnum):
    """What a person found."""

    ANOTHER_PIECE = "another_piece"
    REPORTED = "reported"  # to the police
    CLEARED = "cleared"  # reported, and the police want nothing of it


def freeze(
    db: Session,
    unit_id: UnitId,
    *,
    verb: str,
    by: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    command: Command | None = None,
) -> bool:
    """Out of every sale and move; False when it was frozen before. One row in the journal either
    way. Raises UnitMissing, MoveRefused.
    """
    unit = locked(db, unit_id)
    if unit.state != UnitState.POLICE_HOLD.value:
        move(
            db,
            unit_id,
            UnitState.POLICE_HOLD,
            by=by,
            now=now,
            verb=verb,
            facts=facts,
            command=command,
            state_before=unit.state,
        )
        return True
    journal.record(
        db,
        f"unit:{unit_id}",
        verb,
        actor=by,
        at=now,
        facts=facts,
        key=command.key if command else None,
        request=command.request if command else None,
        result=command.result if command else None,
    )
    return False


def grounds(db: Session, unit_id: UnitId, *, today: date) -> list[str]:
    """What keeps the unit frozen: `hit:ID`, `order:ID`, `suspicion:ID`, `claim:ID` (KOB-4 to
    KOB-6).
    """
    hits = db.exec(
        select(NoticeHit.id).where(
            NoticeHit.unit_id == unit_id,
            (col(NoticeHit.ruling).is_(None)) | (col(NoticeHit.ruling) == Ruling.REPORTED.value),
        )
    )
    orders = db.exec(
        select(PoliceOrder.id).where(
            PoliceOrder.unit_id == unit_id,
            col(PoliceOrder.lifted_at).is_(None),
            col(PoliceOrder.through) >= today,
        )
    )
    suspicions = db.exec(
        select(Suspicion.id).where(
            Suspicion.unit_id == unit_id, col(Suspicion.settled_at).is_(None)
        )
    )
    claims = db.exec(
        select(RecoveryClaim.id).where(
            RecoveryClaim.unit_id == unit_id, col(RecoveryClaim.outcome).is_(None)
        )
    )
    return [
        *(f"hit:{each}" for each in hits),
        *(f"order:{each}" for each in orders),
        *(f"suspicion:{each}" for each in suspicions),
        *(f"claim:{each}" for each in claims),
    ]


def let_go(
    db: Session,
    unit_id: UnitId,
    *,
    verb: str,
    by: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> bool:
    """A ground is gone: back to the state it was frozen in when none is left. True when it came
    free. One row in the journal either way (KOB-5). Raises UnitMissing.
    """
    unit = locked(db, unit_id)
    is_held = unit.state == UnitState.POLICE_HOLD.value and unit.state_before is not None
    if not is_held or grounds(db, unit_id, today=tokyo_day(now)):
        journal.record(db, f"unit:{unit_id}", verb, actor=by, at=now, facts=facts)
        return False
    values = {"state": unit.state_before, "state_before": None}
    change(db, unit, values, by=by, now=now, verb=verb, facts=facts)
    return True
