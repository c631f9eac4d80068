"""The stations' folders, each watched by itself: a network disk that hangs holds up its own station
and no other.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from catalog.ground.session.database import Database
from media.intake import take as intake_take
from media.intake.hotfolder import Arrival, HotFolder
from media.intake.naming import names_itself
from media.intake.stations import Station
from media.intake.take import Entrance

ACTOR = "hot folder"
_MOUNTS = Path("/proc/self/mounts")
_REMOTE = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "nfs", "nfs4", "smb3", "smbfs", "virtiofs"}
)

log = structlog.get_logger()


class Stations:
    """All of them. `start` once, `stop` once."""

    def __init__(
        self,
        stations: Sequence[Station],
        door: Callable[[str], Entrance],
        database: Database,
        clock: Callable[[], datetime],
    ) -> None:
        """`door`: where files come in, by who answers for them."""
        self._clock = clock
        self._folders = [
            self._folder(each, door(each.operator or ACTOR), database) for each in stations
        ]

    def start(self) -> None:
        """Begin to watch each."""
        for each in self._folders:
            each.start()

    def stop(self) -> None:
        """Finish the files in hand and end."""
        for each in self._folders:
            each.stop()

    def _folder(self, station: Station, door: Entrance, database: Database) -> HotFolder:
        def is_taken(path: Path, size: int, mtime_ns: int) -> bool:
            return database.read(lambda db: intake_take.is_taken(db, path, size, mtime_ns))

        def take(path: Path, root: Path, arrival: Arrival) -> None:
            intake_take.take(
                path, door, now=self._clock(), root=root, station=station.scope,
                came_at=arrival.at, is_behind=arrival.is_behind,
            )  # fmt: skip

        is_remote = _is_remote(station.folder)
        log.info("station.watched", station=station.name, polled=is_remote)
        return HotFolder(
            [station.folder],
            take,
            clock=self._clock,
            is_taken=is_taken,
            names_itself=names_itself,
            uses_events=not is_remote,
        )


def _is_remote(folder: Path) -> bool:
    """Whether another machine writes to this disk, of which the kernel here tells nothing."""
    try:
        mounts = _MOUNTS.read_text(errors="replace").splitlines()
    except OSError:
        return False
    place, found = folder.absolute(), ("", "")
    for line in mounts:
        _, point, kind, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1] in _REMOTE or found[1].startswith("fuse.")
