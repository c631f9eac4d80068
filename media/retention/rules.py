"""What follows from what was seen of an original's copies, and when it may be deleted. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from media.assets.kinds import BlobState, CopyState
from media.originals.reading import Condition


class Event(StrEnum):
    """What the evidence log is told of an original."""

    DAMAGED = "original.damaged"
    MISSING = "original.missing"
    REPAIRED = "original.repaired"
    LOST = "original.lost"
    FOUND = "original.found"  # a lost one is there again: somebody brought it


@dataclass(frozen=True, slots=True)
class Ruling:
    """The states that follow, and what is told; `replica` None tells of the original itself."""

    blob: BlobState
    copies: Mapping[str, CopyState]
    events: tuple[tuple[Event, str | None], ...]

    @property
    def needs_tending(self) -> bool:
        """Whether some place can be made good from another."""
        states = set(self.copies.values())
        return CopyState.KEPT in states and states != {CopyState.KEPT}


_WRONG = frozenset({CopyState.DAMAGED, CopyState.MISSING, CopyState.LOST})


def judge(
    blob: BlobState,
    before: Mapping[str, CopyState],
    seen: Mapping[str, Condition],
    *,
    is_whole: bool = True,
) -> Ruling:
    """`seen`: the places as they were just found; `is_whole`: all there are answered, without which
    nothing is lost. A place that was wrong and still is tells nothing new; one that was never
    filled is not damaged by being empty.
    """
    events: list[tuple[Event, str | None]] = []
    copies: dict[str, CopyState] = {}
    for name, condition in seen.items():
        was = before.get(name, CopyState.WAITING)
        copies[name], event = _one(was, condition)
        if event is not None:
            events.append((event, name))
    if Condition.GOOD in seen.values():
        if blob is BlobState.LOST:
            events.append((Event.FOUND, None))
        return Ruling(BlobState.KEPT, copies, tuple(events))
    if not is_whole:
        return Ruling(blob, copies, tuple(events))
    if blob is not BlobState.LOST:
        events.append((Event.LOST, None))
    return Ruling(BlobState.LOST, dict.fromkeys(seen, CopyState.LOST), tuple(events))


def _one(was: CopyState, condition: Condition) -> tuple[CopyState, Event | None]:
    match condition:
        case Condition.GOOD:
            return CopyState.KEPT, Event.REPAIRED if was in _WRONG else None
        case Condition.DAMAGED:
            is_known = was in (CopyState.DAMAGED, CopyState.LOST)
            return CopyState.DAMAGED, None if is_known else Event.DAMAGED
        case Condition.MISSING:
            if was is CopyState.KEPT:
                return CopyState.MISSING, Event.MISSING
            return (was if was in _WRONG else CopyState.WAITING), None


class Obstacle(StrEnum):
    """Why an original may not be deleted."""

    HOLD = "hold"
    DISPUTE = "dispute"
    IN_HOUSE = "in_house"  # the piece is here, or on its way
    TERM = "term"


def kept_through(days: Iterable[date], years: int) -> date:
    """The last day of the term that began on the latest of these days."""
    begun = max(days)
    try:
        return begun.replace(year=begun.year + years)
    except ValueError:  # 29 February
        return begun.replace(year=begun.year + years, day=28)
