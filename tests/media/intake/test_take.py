"""One file in: original first, one asset, leaf and due rendition; nothing twice, nothing lost."""

import hashlib
import json
import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, SQLModel, select

from catalog.ground import journal, worklist
from catalog.ground.errors import Unavailable
from catalog.ground.record import Sha256, UnitId
from catalog.ground.session.database import Database
from catalog.ground.session.sqlite import SqliteDatabase
from media.assets import queries as assets
from media.assets.kinds import KEEP_WORK, RENDITION_WORK, AssetKind, Part, TimeSource
from media.assets.tables import Asset, Blob
from media.decoding.sniff import NotAPicture
from media.intake.receive import Received, assign
from media.intake.staging import SourceRefused
from media.intake.take import Entrance, UnitUnknown, Wish, is_taken, take
from media.log import queries as log
from media.log.actions import append
from media.log.rules import leaf_hash
from media.originals.local import LocalStore
from media.originals.store import original_key
from tests.media import captures
from tests.media.captures import NOON


@pytest.fixture
def entrance(database: Database, store: LocalStore) -> Entrance:
    return Entrance(database, store, actor="hotfolder")


@pytest.fixture
def hot(tmp_path: Path) -> Path:
    folder = tmp_path / "hot"
    folder.mkdir()
    return folder


def asset_of(entrance: Entrance, received: Received) -> Asset:
    return entrance.database.read(lambda db: assets.asset_of(db, received.asset_id))


def count(entrance: Entrance) -> tuple[int, int, int, int]:
    """Assets, blobs, leaves, due rows."""

    def read(db: Session) -> tuple[int, int, int, int]:
        return (
            len(db.exec(select(Asset.id)).all()),
            len(db.exec(select(Blob.sha256)).all()),
            log.size(db),
            len(db.exec(select(worklist.Work.id)).all()),
        )

    return entrance.database.read(read)


def test_a_named_picture_becomes_one_asset_of_its_unit(entrance: Entrance, hot: Path) -> None:
    unit_id = captures.unit(entrance.database)
    path = captures.still_with_exif(hot / "W-10234" / "裏蓋" / "IMG_0001.JPG")
    before = path.read_bytes()
    received = take(path, entrance, now=NOON, root=hot)
    assert (received.unit_id, received.part, received.is_new) == (unit_id, Part.CASE_BACK, True)
    assert path.read_bytes() == before
    asset = asset_of(entrance, received)
    assert asset.captured_at.isoformat() == "2026-09-16T09:30:00+00:00"
    assert asset.time_source == TimeSource.CAMERA
    assert asset.device == "Canon EOS R5"
    assert asset.spot == {"latitude": 35.675, "longitude": 139.75}
    key = original_key(Sha256(asset.sha256))
    assert b"".join(entrance.store.open(key)) == before
    sidecar = json.loads(b"".join(entrance.store.open(f"{key}.json")))
    assert sidecar["hinted_code"] == "W-10234"
    assert list(entrance.store.staging.iterdir()) == []


def test_asset_leaf_due_work_and_journal_are_written_together(
    entrance: Entrance, hot: Path
) -> None:
    captures.unit(entrance.database)
    received = take(captures.still(hot / "W-10234_01.jpg"), entrance, now=NOON, root=hot)

    def read(db: Session) -> None:
        leaf = log.leaf(db, assets.asset_of(db, received.asset_id).log_number)
        facts = json.loads(leaf.payload)
        assert (facts["kind"], facts["asset"]) == ("asset.received", received.asset_id)
        assert "W-10234_01" not in leaf.payload
        assert leaf.hash == leaf_hash(leaf.payload.encode())
        due = db.exec(select(worklist.Work.kind, worklist.Work.subject)).all()
        asset_id = received.asset_id
        assert set(due) == {(RENDITION_WORK, asset_id), (KEEP_WORK, asset_id)}
        assert [each.verb for each in journal.of(db, f"asset:{received.asset_id}")] == ["received"]

    entrance.database.read(read)


def test_the_same_file_at_the_same_place_is_one_asset(entrance: Entrance, hot: Path) -> None:
    captures.unit(entrance.database)
    path = captures.still(hot / "W-10234_01.jpg")
    first = take(path, entrance, now=NOON, root=hot)
    after = count(entrance)
    second = take(path, entrance, now=NOON, root=hot)
    assert second.asset_id == first.asset_id
    assert not second.is_new
    assert count(entrance) == after
    state = path.stat()
    args = (path, state.st_size, state.st_mtime_ns)
    assert entrance.database.read(lambda db: is_taken(db, *args))
    assert not entrance.database.read(lambda db: is_taken(db, path, 1, 1))


def test_the_same_bytes_of_two_units_are_two_assets_and_one_original(
    entrance: Entrance, hot: Path
) -> None:
    for code in ("W-10234", "W-10235"):
        captures.unit(entrance.database, code)
        take(captures.still(hot / f"{code}.jpg"), entrance, now=NOON, root=hot)
    assert count(entrance) == (2, 1, 2, 4)


def test_what_nobody_can_match_waits_in_the_tray_until_staff_say(
    entrance: Entrance, hot: Path
) -> None:
    unit_id = captures.unit(entrance.database)
    lost = take(captures.still(hot / "IMG_0001.JPG"), entrance, now=NOON, root=hot)
    wrong = take(captures.still(hot / "W-99999.jpg", seed=2), entrance, now=NOON, root=hot)
    tray = entrance.database.read(assets.tray)
    assert {each.id for each in tray} == {lost.asset_id, wrong.asset_id}
    assert {each.hinted_code for each in tray} == {None, "W-99999"}
    entrance.database.write(
        lambda db: assign(db, lost.asset_id, unit_id, part=Part.DIAL, actor="staff:1", now=NOON)
    )
    asset = asset_of(entrance, lost)
    assert (asset.unit_id, asset.part) == (unit_id, Part.DIAL)
    assert [each.id for each in entrance.database.read(assets.tray)] == [wrong.asset_id]


def test_the_command_line_takes_the_same_file_out_of_the_tray(
    entrance: Entrance, hot: Path
) -> None:
    unit_id = captures.unit(entrance.database)
    path = captures.still(hot / "IMG_0001.JPG")
    lost = take(path, entrance, now=NOON, root=hot)
    found = take(path, entrance, now=NOON, wish=Wish("W-10234", Part.CASE_BACK))
    assert (found.asset_id, found.unit_id) == (lost.asset_id, unit_id)
    assert entrance.database.read(assets.tray) == []
    again = take(path, entrance, now=NOON, root=hot)
    assert again.asset_id == lost.asset_id
    assert count(entrance)[0] == 1


def test_what_is_said_beats_the_name(entrance: Entrance, hot: Path) -> None:
    unit_id = captures.unit(entrance.database)
    captures.unit(entrance.database, "W-10235")
    path = captures.still(hot / "W-10235_dial.jpg")
    received = take(path, entrance, now=NOON, wish=Wish("W-10234", Part.CROWN))
    assert (received.unit_id, received.part) == (unit_id, Part.CROWN)
    with pytest.raises(UnitUnknown):
        take(path, entrance, now=NOON, wish=Wish("W-99999"))


def test_a_photographed_tag_says_whose_the_next_shots_are(entrance: Entrance, hot: Path) -> None:
    first = captures.unit(entrance.database, "W-10234")
    second = captures.unit(entrance.database, "W-10235")
    takes: list[UnitId | None] = []

    def shoot(path: Path) -> None:
        takes.append(take(path, entrance, now=NOON, root=hot).unit_id)

    shoot(captures.still(hot / "a" / "IMG_0001.JPG", seed=1))
    shoot(captures.tag_photo(hot / "a" / "IMG_0002.JPG", "W-10234"))
    shoot(captures.still(hot / "a" / "IMG_0003.JPG", seed=3))
    shoot(captures.still(hot / "b" / "IMG_0004.JPG", seed=4))
    shoot(captures.still(hot / "a" / "W-10235_01.JPG", seed=5))
    shoot(captures.still(hot / "a" / "C0006.JPG", seed=6))
    shoot(captures.tag_photo(hot / "a" / "IMG_0007.JPG", "W-10235"))
    shoot(captures.still(hot / "a" / "IMG_0008.JPG", seed=8))
    assert takes == [None, first, first, None, second, first, second, second]
    shown = entrance.database.read(lambda db: assets.of_unit(db, first))
    assert {each.name for each in shown} == {"IMG_0003.JPG", "C0006.JPG"}


def test_a_film_brings_its_own_time(entrance: Entrance, hot: Path, ready_film: Path) -> None:
    captures.unit(entrance.database)
    path = hot / "W-10234_01.mp4"
    path.write_bytes(ready_film.read_bytes())
    asset = asset_of(entrance, take(path, entrance, now=NOON, root=hot))
    assert (asset.kind, asset.time_source) == (AssetKind.FILM, TimeSource.CAMERA)
    assert asset.captured_at.isoformat() == "2026-09-16T09:30:00+00:00"


@pytest.mark.parametrize("offset", ["-09:00", "+00:00"])
def test_a_clock_of_a_year_nobody_lives_in_tells_nothing(
    entrance: Entrance, hot: Path, offset: str
) -> None:
    captures.unit(entrance.database)
    path = captures.still_with_exif(hot / "W-10234_01.JPG")
    content = path.read_bytes()
    for told, wrong in (("2026:09:16 18:30:00", "9999:12:31 23:59:59"), ("+09:00", offset)):
        content = content.replace(told.encode(), wrong.encode())
    path.write_bytes(content)
    asset = asset_of(entrance, take(path, entrance, now=NOON, root=hot))
    assert asset.time_source == TimeSource.FILE
    assert asset.device == "Canon EOS R5"


def test_of_two_who_see_the_same_file_at_once_one_takes_it_in_and_the_other_finds_it(
    entrance: Entrance, hot: Path
) -> None:
    """Two processes that watch the same folder."""
    captures.unit(entrance.database)
    path = captures.still(hot / "W-10234_01.jpg")
    database = entrance.database

    def waiting(db: Session) -> int:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return int(db.connection().execute(text(asked)).scalar_one())

    def both(db: Session) -> list[Future[Received]]:
        append(db, "test.held", {}, now=NOON)  # until here is over, nobody else appends
        sent = [pool.submit(take, path, entrance, now=NOON, root=hot) for _ in range(2)]
        if database.dialect == "postgresql":
            deadline = time.monotonic() + 20
            while waiting(db) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        return sent

    with ThreadPoolExecutor(2) as pool:
        first, second = (each.result() for each in database.write(both))
    assert first.asset_id == second.asset_id
    assert {first.is_new, second.is_new} == {True, False}
    assert count(entrance)[:2] == (1, 1)


@pytest.mark.parametrize("name", ["W-10234_01.mp4", "W-10234_02.jpg"])
def test_a_broken_capture_is_kept_all_the_same(entrance: Entrance, hot: Path, name: str) -> None:
    captures.unit(entrance.database)
    path = hot / name
    path.write_text("this is neither a picture nor a film")
    received = take(path, entrance, now=NOON, root=hot)
    asset = asset_of(entrance, received)
    assert received.unit_id is not None
    assert entrance.store.exists(original_key(Sha256(asset.sha256)))
    assert asset.time_source == TimeSource.FILE


def test_a_film_comes_in_without_a_program_for_films(
    database: Database, store: LocalStore, hot: Path, ready_film: Path
) -> None:
    captures.unit(database)
    path = hot / "W-10234_01.mp4"
    path.write_bytes(ready_film.read_bytes())
    entrance = Entrance(database, store, actor="hotfolder", ffmpeg="/nowhere/ffmpeg")
    asset = asset_of(entrance, take(path, entrance, now=NOON, root=hot))
    assert asset.time_source == TimeSource.FILE


def test_what_is_no_capture_is_refused_and_leaves_nothing(entrance: Entrance, hot: Path) -> None:
    note = hot / "W-10234.txt"
    note.write_text("a note")
    with pytest.raises(NotAPicture):
        take(note, entrance, now=NOON, root=hot)
    picture = captures.still(hot / "W-10234.jpg")
    link = hot / "W-10235.jpg"
    link.symlink_to(picture)
    for refused in (link, hot):
        with pytest.raises(SourceRefused):
            take(refused, entrance, now=NOON, root=hot)
    assert count(entrance) == (0, 0, 0, 0)
    assert list(entrance.store.staging.iterdir()) == []


def test_when_the_database_does_not_answer_the_original_is_kept_and_nothing_is_half_done(
    tmp_path: Path, store: LocalStore, hot: Path
) -> None:
    database = SqliteDatabase(str(tmp_path / "damaged.db"))
    SQLModel.metadata.create_all(database.engine())
    captures.unit(database)
    entrance = Entrance(database, store, actor="hotfolder")
    path = captures.still(hot / "W-10234_01.jpg")
    damage = sqlite3.connect(tmp_path / "damaged.db")
    damage.execute("ALTER TABLE worklist RENAME TO lost")
    with pytest.raises(Unavailable):
        take(path, entrance, now=NOON, root=hot)
    damage.execute("ALTER TABLE lost RENAME TO worklist")
    damage.close()
    assert count(entrance) == (0, 0, 0, 0)
    assert list(store.staging.iterdir()) == []
    digest = Sha256(hashlib.sha256(path.read_bytes()).hexdigest())
    assert store.exists(original_key(digest))
    assert take(path, entrance, now=NOON, root=hot).is_new
    database.close()
