"""The stations' folders, each watched by itself: a network disk that hangs holds up its own station
and no other.
"""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from catalog.ground.errors import ShopError, Unavailable
from catalog.ground.session.database import Database
from media.intake import asides, disks, sessions
from media.intake import take as intake_take
from media.intake.hotfolder import Arrival, HotFolder
from media.intake.naming import names_itself
from media.intake.stations import Station
from media.intake.take import Entrance, path_text, place_of

ACTOR = "hot folder"

log = structlog.get_logger()


_LOOK_EVERY = timedelta(minutes=1)


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
        at = _At(station, door, database, self._clock)
        disk = disks.disk_of(station.folder)
        is_remote = disk is not None and disk.is_remote
        log.info("station.watched", station=station.name, polled=is_remote)
        return HotFolder(
            [station.folder],
            at.take,
            clock=self._clock,
            is_taken=at.is_taken,
            names_itself=names_itself,
            lay_aside=at.lay_aside,
            looked=at.looked,
            uses_events=not is_remote,
        )


class _At:
    """What becomes of the files of one station."""

    def __init__(
        self, station: Station, door: Entrance, database: Database, clock: Callable[[], datetime]
    ) -> None:
        self._station, self._door, self._database = station, door, database
        self._clock = clock
        self._next_look: datetime | None = None
        self._is_away = False

    def is_taken(self, path: Path, size: int, mtime_ns: int) -> bool:
        """At an earlier run."""
        return self._database.read(lambda db: intake_take.is_taken(db, path, size, mtime_ns))

    def take(self, path: Path, root: Path, arrival: Arrival) -> None:
        """One is complete."""
        intake_take.take(
            path, self._door, now=self._clock(), root=root, station=self._station.scope,
            came_at=arrival.at, is_behind=arrival.is_behind,
        )  # fmt: skip
        if self._database.read(lambda db: asides.is_aside(db, path)):
            self._database.write(lambda db: asides.forget(db, [path_text(path.absolute())]))

    def lay_aside(self, path: Path, root: Path, why: Exception) -> None:
        """One is not taken in. What nobody foresaw may have been a tag: whose the next shots are is
        not known.
        """
        now, name = self._clock(), self._station.name

        def unit(db: Session) -> None:
            asides.lay_aside(db, name, path, why, now=now)
            if not isinstance(why, ShopError) and not names_itself(path, root):
                sessions.end_in_doubt(db, place_of(path, root, self._station.scope), now=now)

        self._database.write(unit)

    def looked(self) -> None:
        """The whole folder was looked through: what is gone from it is owed no more."""
        now = self._clock()
        if self._next_look is not None and now < self._next_look:
            return
        self._next_look = now + _LOOK_EVERY
        name, folder = self._station.name, self._station.folder
        try:
            known = self._database.read(lambda db: asides.last_disk(db, name))
            if disks.is_away(folder, known):
                self._say_away()
                return
            self._is_away = False
            disk = disks.disk_of(folder)
            kept = self._database.read(lambda db: asides.of_station(db, name))
            gone = [row.path for row in kept if not os.path.lexists(row.path)]

            def unit(db: Session) -> None:
                asides.forget(db, gone)
                asides.looked(db, name, disk=disk.point if disk is not None else None, now=now)

            self._database.write(unit, durable=bool(gone))
        except Unavailable as away:
            log.info("station.look_untold", station=name, reason=str(away))

    def _say_away(self) -> None:
        """Once, and not as if nobody had shot anything: what waits there is still owed."""
        if not self._is_away:
            log.warning("station.away", station=self._station.name)
        self._is_away = True
