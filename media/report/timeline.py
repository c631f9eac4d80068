"""What there is to show of each phase of a piece's past (管理の経過, R-022): the captures of its
arrival, opening, appraisal, storage, packing and return, and which phase has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.items import custody
from catalog.items.custody import WITNESSED, Phase, Stretch
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.report import queries

# The camera is often ahead of the register: what is filmed as the parcel comes is of its arrival.
_ON_THE_WAY = frozenset({Phase.COMING, Phase.COMING_BACK})


@dataclass(frozen=True, slots=True)
class Witness:
    """A phase with the captures of it, the oldest first."""

    stretch: Stretch
    captures: tuple[Asset, ...]

    @property
    def is_lacking(self) -> bool:
        """Nothing shows what could have been shown."""
        return self.stretch.phase in WITNESSED and not self.captures

    def count(self, kind: AssetKind) -> int:
        """How many of them are films, or stills."""
        return sum(each.kind == kind.value for each in self.captures)


def timeline(db: Session, unit_id: UnitId) -> list[Witness]:
    """The phases of its past in order, each with what was captured in it."""
    past = custody.stretches(custody.steps_of(db, unit_id))
    return witnessed(past, queries.captures(db, unit_id, since=None))


def witnessed(past: Sequence[Stretch], captures: Sequence[Asset]) -> list[Witness]:
    """Each capture with one phase: the one it was made in by the camera's clock; from before the
    first, with the first. Of a parcel the films show the opening, the stills the arrival.
    """
    if not past:
        return []
    found: list[list[Asset]] = [[] for _ in past]
    for each in captures:
        found[_place(past, each)].append(each)
    return [Witness(*each) for each in zip(past, map(tuple, found), strict=True)]


def _place(past: Sequence[Stretch], asset: Asset) -> int:
    at = _first_at(past, asset.captured_at)
    if past[at].phase in _ON_THE_WAY and at + 1 < len(past):
        at += 1
    is_parcel = at + 1 < len(past) and past[at + 1].phase is Phase.OPENING
    return at + 1 if is_parcel and asset.kind == AssetKind.FILM.value else at


def _first_at(past: Sequence[Stretch], moment: datetime) -> int:
    """The phase of that moment, the arrival of a parcel before its opening."""
    begun = [n for n, each in enumerate(past) if each.since <= moment]
    at = begun[-1] if begun else 0
    return at - 1 if past[at].phase is Phase.OPENING else at
