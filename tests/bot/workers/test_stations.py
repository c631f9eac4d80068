"""What a station's folder refuses is known until the file is taken or gone (R-021)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.unit import Clock
from bot.workers.stations import Stations
from catalog.ground.session.database import Database
from media.assets import queries as assets
from media.intake import asides
from media.intake.staging import SourceRefused
from media.intake.stations import Station
from media.intake.take import Entrance
from media.originals.local import LocalStore
from tests.media import captures

_PATIENCE = 900.0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_what_a_station_refuses_stands_there_until_it_is_taken_or_gone(
    database: Database, tmp_path: Path
) -> None:
    store, clock, hot = LocalStore(tmp_path / "media"), Clock(), tmp_path / "hot"
    hot.mkdir()
    for name in ("scope_1.bmp", "scope_2.bmp"):
        (hot / name).write_bytes(b"BM of a microscope")
    place = Station("顕微鏡", hot)

    def names() -> list[str]:
        kept = database.read(lambda db: asides.of_station(db, place.name))
        assert {each.reason for each in kept} <= {"NotAPicture"}
        return sorted(each.name for each in kept)

    stations = Stations([place], lambda by: Entrance(database, store, by), database, clock)
    stations.start()
    try:
        until(lambda: names() == ["scope_1.bmp", "scope_2.bmp"])
        looked = database.read(lambda db: asides.last_look(db, place.name))
        assert looked is not None
        (hot / "scope_1.bmp").unlink()
        clock.move(timedelta(minutes=2))
        until(lambda: names() == ["scope_2.bmp"])
        captures.still(hot / "scope_2.bmp")  # a picture after all
        until(lambda: names() == [])
        assert database.read(asides.count) == 0
        assert len(database.read(assets.tray)) == 1
    finally:
        stations.stop()
    again = database.read(lambda db: asides.last_look(db, place.name))
    assert again is not None
    assert again > looked + timedelta(minutes=1)


def test_a_folder_whose_disk_is_gone_is_not_one_where_all_was_taken(
    database: Database, tmp_path: Path
) -> None:
    """What was refused there is still owed, and the station was not looked through (R-005)."""
    store, clock, hot = LocalStore(tmp_path / "media"), Clock(), tmp_path / "share" / "hot"
    hot.mkdir(parents=True)
    place, long_ago = Station("棚", hot), datetime(2026, 9, 17, tzinfo=UTC)

    def known(db: Session) -> None:
        asides.looked(db, place.name, disk=str(hot.parent), now=long_ago)
        asides.lay_aside(db, place.name, hot / "scope.bmp", SourceRefused("x"), now=long_ago)

    database.write(known)
    stations = Stations([place], lambda by: Entrance(database, store, by), database, clock)
    with structlog.testing.capture_logs() as said:
        stations.start()
        try:
            until(lambda: any(each["event"] == "station.away" for each in said))
            assert database.read(lambda db: asides.last_look(db, place.name)) == long_ago
            assert database.read(asides.count) == 1
            captures.still(hot / "W-1_01.jpg")  # the disk is there again
            clock.move(timedelta(minutes=2))
            until(lambda: database.read(asides.count) == 0)
        finally:
            stations.stop()
    assert [each["station"] for each in said if each["event"] == "station.away"] == [place.name]
    assert database.read(lambda db: asides.last_disk(db, place.name)) != str(hot.parent)
