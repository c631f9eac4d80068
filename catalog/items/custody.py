"""Where a piece has been (管理の経過, R-022): arrival, appraisal, storage, repair, packing, return.

Read from the journal, which is the only witness of the past; nothing is kept twice. Here too: which
states of the register people call one phase of it. Not here: what was filmed in each
(`media/report/timeline`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from sqlmodel import Session

from catalog.ground import journal
from catalog.ground.record import UnitId
from catalog.items.kinds import Custody, UnitState, custody_of
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
    return _steps(journal.of(db, f"unit:{unit_id}"), unit_id)


def _steps(entries: Iterable[journal.Entry], unit_id: UnitId) -> list[Step]:
    found: list[Step] = []
    for entry in entries:
        told = journal.wrote_in(entry, Unit, unit_id)
        if not told:
            continue
        state, custody = UnitState(told["state"]), str(told["custody"])
        if not found or (found[-1].state, found[-1].custody) != (state, custody):
            found.append(Step(entry.at, entry.verb, entry.actor, state, custody))
    return found


@dataclass(frozen=True, slots=True)
class Stay:
    """The piece in the house without a break: from its arrival (`since`; None: it was there when
    the register began) until it left (`until`; None: it is there still).
    """

    since: datetime | None
    until: datetime | None


def stays(steps: Sequence[Step]) -> list[Stay]:
    """Each time it was in the house, the first one first."""
    found: list[Stay] = []
    was_here = False
    for number, step in enumerate(steps):
        is_here = custody_of(step.custody) is Custody.DEALER
        if is_here and not was_here:
            found.append(Stay(step.at if number else None, None))
        elif was_here and not is_here:
            found[-1] = Stay(found[-1].since, step.at)
        was_here = is_here
    return found


def came_back(steps: Sequence[Step]) -> datetime | None:
    """Since when it is in the house again, or was last; None when it was in no earlier time."""
    past = stays(steps)
    return past[-1].since if len(past) > 1 else None


def that_came_back(db: Session, unit_ids: Sequence[UnitId]) -> dict[UnitId, datetime]:
    """Those of these that were in the house before, with `came_back` of each."""
    names = {f"unit:{each}": each for each in unit_ids}
    found: dict[UnitId, datetime] = {}
    for subject, entries in journal.of_each(db, names).items():
        since = came_back(_steps(entries, names[subject]))
        if since is not None:
            found[names[subject]] = since
    return found


class Phase(StrEnum):
    """What people call it."""

    COMING = "coming"
    ARRIVAL = "arrival"
    OPENING = "opening"
    APPRAISAL = "appraisal"
    STORAGE = "storage"
    WORK = "work"
    PACKING = "packing"
    SENT = "sent"
    DELIVERED = "delivered"
    COMING_BACK = "coming_back"
    INSPECTION = "inspection"
    RETURNING = "returning"
    GIVEN_BACK = "given_back"
    ENDED = "ended"


# In these the dealer has it in hand, and can show by a capture how it was.
WITNESSED = frozenset(
    {
        Phase.ARRIVAL, Phase.OPENING, Phase.APPRAISAL, Phase.STORAGE, Phase.WORK, Phase.PACKING,
        Phase.INSPECTION,
    }
)  # fmt: skip

_S = UnitState
PHASES: Mapping[UnitState, Phase] = MappingProxyType(
    {
        _S.EXPECTED: Phase.COMING,
        _S.IN_TRANSIT_IN: Phase.COMING,
        _S.RECEIVED: Phase.ARRIVAL,
        _S.APPRAISING: Phase.APPRAISAL,
        _S.APPRAISED: Phase.APPRAISAL,
        _S.REJECTED: Phase.APPRAISAL,
        _S.STOCK: Phase.STORAGE,
        _S.COOLING_OFF_HOLD: Phase.STORAGE,
        _S.PREPARING: Phase.STORAGE,
        _S.CONSIGNED: Phase.STORAGE,
        _S.LISTED: Phase.STORAGE,
        _S.UNLISTED: Phase.STORAGE,
        _S.RESERVED: Phase.STORAGE,
        _S.POLICE_HOLD: Phase.STORAGE,
        _S.REPAIR: Phase.WORK,
        _S.SOLD: Phase.PACKING,
        _S.RETURN_PENDING: Phase.PACKING,
        _S.SHIPPED: Phase.SENT,
        _S.HANDED_OVER: Phase.SENT,
        _S.DELIVERED: Phase.DELIVERED,
        _S.CLOSED: Phase.DELIVERED,
        _S.RETURN_IN: Phase.COMING_BACK,
        _S.INSPECTION: Phase.INSPECTION,
        _S.RETURN_DISPUTE: Phase.INSPECTION,
        _S.IN_TRANSIT_OUT: Phase.RETURNING,
        _S.RETURNED: Phase.GIVEN_BACK,
        _S.REFERRED: Phase.ENDED,
        _S.DISPOSED: Phase.ENDED,
        _S.SURRENDERED: Phase.ENDED,
        _S.LOST_DAMAGED: Phase.ENDED,
        _S.CANCELLED: Phase.ENDED,
    }
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One phase without a break: from `since` until the next began. `steps`: what the register
    wrote in it.
    """

    phase: Phase
    since: datetime
    until: datetime | None
    steps: tuple[Step, ...]


def stretches(steps: Sequence[Step]) -> list[Stretch]:
    """The phases in order. A parcel that a carrier brought is opened as it arrives: both phases
    have the same time.
    """
    grouped: list[list[Step]] = []
    for step in steps:
        if grouped and PHASES[grouped[-1][-1].state] is PHASES[step.state]:
            grouped[-1].append(step)
        else:
            grouped.append([step])
    found: list[Stretch] = []
    for n, each in enumerate(grouped):
        phase = PHASES[each[0].state]
        until = grouped[n + 1][0].at if n + 1 < len(grouped) else None
        found.append(Stretch(phase, each[0].at, until, tuple(each)))
        if phase is Phase.ARRIVAL and n and _is_carried(grouped[n - 1][-1]):
            found.append(Stretch(Phase.OPENING, each[0].at, until, ()))
    return found


def _is_carried(step: Step) -> bool:
    return custody_of(step.custody) is Custody.CARRIER
