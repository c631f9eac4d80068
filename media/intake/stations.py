"""The stations (撮影台): places with a camera or a card reader, each with a folder of its own.

Shots of two stations never mix: what a tag or a person says at one counts there alone. Pure rules;
what is open where is in `sessions`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

_CARD = "dcim"  # the folder every camera writes its pictures below (DCF)
STATION = "station:"
_WRITTEN = re.compile(r"(?:(?P<name>[^=@/]{1,40})(?:@(?P<operator>[^=@/]{1,40}))?=)?(?P<folder>.+)")


@dataclass(frozen=True, slots=True)
class Station:
    """`name`: as it is called in the shop; `operator`: who answers in the journal for what it
    gives.
    """

    name: str
    folder: Path
    operator: str | None = None

    @property
    def scope(self) -> str:
        """Under which its session is kept."""
        return f"{STATION}{self.name}"


def told(written: Sequence[str | Path | Station]) -> tuple[Station, ...]:
    """Stations as the settings write them: `FOLDER`, `NAME=FOLDER` or `NAME@OPERATOR=FOLDER`. One
    without a name has its folder's. Raises ValueError for two of one name and for one inside
    another.
    """
    found: list[Station] = []
    for each in written:
        found.append(_written(each, {station.name for station in found}))
    for station in found:
        for other in found:
            if station is other:
                continue
            if station.name == other.name:
                raise ValueError(f"two stations are called {station.name}")
            if station.folder.absolute().is_relative_to(other.folder.absolute()):
                raise ValueError(f"{station.folder} lies inside {other.folder}")
    return tuple(found)


def _written(each: str | Path | Station, taken: set[str]) -> Station:
    if isinstance(each, Station):
        return each
    matched = _WRITTEN.fullmatch(str(each))
    if matched is None:
        raise ValueError(f"{each} is no folder")
    folder, name = Path(matched["folder"]), (matched["name"] or "").strip()
    if name:
        return Station(name, folder, (matched["operator"] or "").strip() or None)
    name = folder.absolute().name or str(folder)
    again = 2
    while name in taken:
        name, again = f"{folder.absolute().name}-{again}", again + 1
    return Station(name, folder)


def card_of(path: PurePath, root: PurePath | None) -> PurePath | None:
    """The folder of the memory card the file lies on: the one that holds `DCIM`. None for a file of
    no card.
    """
    inside = path.relative_to(root) if root is not None and path.is_relative_to(root) else path
    names = [part.lower() for part in inside.parts[:-1]]
    if _CARD not in names:
        return None
    above = len(path.parts) - len(inside.parts) + names.index(_CARD)
    return PurePath(*path.parts[:above])


def folder_of(path: PurePath, root: PurePath | None) -> str:
    """Whose tags count for the file: its card's, else its folder's."""
    return str(card_of(path, root) or path.parent)


def station_of(stations: Iterable[Station], source: str) -> Station | None:
    """Where a capture came from, by its path."""
    place = PurePath(source)
    return next((each for each in stations if place.is_relative_to(each.folder.absolute())), None)
