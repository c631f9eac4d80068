"""Where a piece has been (管理の経過, R-022): arrival, appraisal, storage, repair, packing, return.

Read from the journal, which is the only witness of the past; nothing is kept twice.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.record import UnitId
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on it stood so, in those hands (`dealer:shop`, `carrier` …)."""

    at: datetime
    verb: str
    actor: str
    state: UnitState
    custody: str


def steps_of(db: Session, unit_id: UnitId) -> list[Step]:
    """Every change of state or hands, the oldest first."""
    found: list[Step] = []
    for entry in journal.of(db, f"unit:{unit_id}"):
        told = journal.wrote_in(entry, Unit, unit_id)
        if not told:
            continue
        state, custody = UnitState(told["state"]), str(told["custody"])
        if not found or (found[-1].state, found[-1].custody) != (state, custody):
            found.append(Step(entry.at, entry.verb, entry.actor, state, custody))
    return found
