"""What a station's folder takes in, and what it refuses (R-006, R-021)."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlmodel import Session, select

from bot.unit import Clock
from bot.workers.stations import Stations
from catalog.ground.session.database import Database
from handoff.desk import digest
from handoff.slack import cards
from handoff.slack.rules import SlackLanguage
from handoff.slack.wording.voice import voice
from media.assets import queries as assets
from media.assets.tables import Asset
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


def test_what_was_dropped_while_nobody_watched_is_taken_in_at_start_once(
    database: Database, tmp_path: Path
) -> None:
    """R-021: beside what was taken before, which is not taken again however often it starts."""
    store, clock, hot = LocalStore(tmp_path / "media"), Clock(), tmp_path / "hot"
    captures.unit(database)
    captures.still(hot / "W-10234_01.jpg", seed=1)

    def names() -> list[str]:
        return database.read(lambda db: sorted(db.exec(select(Asset.name)).all()))

    def open_for(wanted: int) -> None:
        stations = Stations(
            [Station("撮影台", hot)], lambda by: Entrance(database, store, by), database, clock
        )
        stations.start()
        try:
            until(lambda: len(names()) >= wanted)
            looked = database.read(lambda db: asides.last_look(db, "撮影台"))
            clock.move(timedelta(minutes=2))
            until(lambda: database.read(lambda db: asides.last_look(db, "撮影台")) != looked)
        finally:
            stations.stop()

    open_for(1)
    captures.still(hot / "W-10234_02.jpg", seed=2)
    captures.still(hot / "W-10234" / "IMG_0003.JPG", seed=3)
    captures.film(hot / "W-10234_04.mkv")
    for _ in range(2):
        open_for(4)
    assert names() == ["IMG_0003.JPG", "W-10234_01.jpg", "W-10234_02.jpg", "W-10234_04.mkv"]


@pytest.mark.parametrize("pause", [0.0, 0.4])
def test_shots_go_to_the_tag_before_them_and_staff_are_told_of_those_before_any(
    database: Database, tmp_path: Path, pause: float
) -> None:
    """R-006, R-021: a tag, five shots, another tag; what came before lies in the tray, and the next
    morning whoever takes pictures hears of it.
    """
    store, clock, hot = LocalStore(tmp_path / "media"), Clock(), tmp_path / "hot"
    hot.mkdir()
    units = {code: captures.unit(database, code) for code in ("W-10234", "W-10235")}
    made = tmp_path / "made"
    drops = [
        captures.still(made / "IMG_0001.JPG", seed=1),
        captures.still(made / "IMG_0002.JPG", seed=2),
        captures.tag_photo(made / "IMG_0003.JPG", "W-10234"),
        *(captures.still(made / f"IMG_{n:04}.JPG", seed=n) for n in range(4, 9)),
        captures.tag_photo(made / "IMG_0009.JPG", "W-10235"),
        captures.still(made / "IMG_0010.JPG", seed=10),
    ]
    stations = Stations(
        [Station("撮影台", hot)], lambda by: Entrance(database, store, by), database, clock
    )
    stations.start()
    try:
        time.sleep(0.5)  # the folder is watched
        for drop in drops:
            (hot / drop.name).write_bytes(drop.read_bytes())
            time.sleep(pause)

        def count() -> int:
            return database.read(lambda db: len(db.exec(select(Asset.id)).all()))

        until(lambda: count() == len(drops))
    finally:
        stations.stop()

    def of(code: str) -> list[str]:
        shown = database.read(lambda db: assets.of_unit(db, units[code]))
        return sorted(each.name for each in shown)

    assert of("W-10234") == [f"IMG_{n:04}.JPG" for n in range(4, 9)]
    assert of("W-10235") == ["IMG_0010.JPG"]
    lying = database.read(assets.tray)
    assert sorted(each.name for each in lying) == ["IMG_0001.JPG", "IMG_0002.JPG"]
    morning = clock() + timedelta(days=1)
    owed = database.read(lambda db: digest.owed(db, now=morning))
    assert (owed.tray, owed.is_nothing) == (2, False)
    told = cards.owed(owed, voice(SlackLanguage.JA), url=None)["text"]
    assert "商品の決まっていない撮影: 2件" in told
