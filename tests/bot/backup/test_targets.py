"""A backup goes only to a place that is one: a disk that is not mounted takes nothing (R-011)."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.backup import making, sets, targets
from bot.backup.making import House
from catalog.duties.sealing import DataKeys
from catalog.ground import journal
from catalog.ground.session.database import Database
from media.originals.local import LocalStore
from media.originals.moving import Moved
from media.originals.places import PlaceAway
from media.originals.reading import Condition, look
from media.originals.replicas import FIRST
from media.originals.store import OriginalStore, sidecar_key
from media.retention import places
from media.retention.tables import StorePlace
from tests.media.captures import NOON
from tests.media.shelves import digest, flip

CONTENT = b"a film of a watch" * 1000


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    """A shop with one original."""
    store = LocalStore(tmp_path / "media")
    _keep(store, CONTENT)
    keys = DataKeys((secrets.token_bytes(32),))
    return House(database, store, keys, tmp_path / "keys")


def _keep(store: OriginalStore, content: bytes) -> None:
    staged = store.staging / f"{secrets.token_hex(8)}.part"
    staged.write_bytes(content)
    store.put(staged, digest(content), facts={})


def save(
    house: House, disk: Path, *, day: int, adopts: bool = False, proves: bool = False
) -> Moved:
    """As the command does, always to the same address; `disk`: what lies there that day."""
    at = NOON + timedelta(days=day)
    target = targets.marked(
        LocalStore(disk), "file:///backup", house.database, lambda: at, adopts=adopts, by="test"
    )
    _, done = making.make(house, target, now=at, by="test", keep=9, proves=proves)
    return done


def count(disk: Path) -> int:
    return sum(each.is_file() for each in disk.rglob("*"))


def test_a_disk_that_is_not_mounted_takes_nothing(house: House, tmp_path: Path) -> None:
    disk, mount_point = tmp_path / "disk", tmp_path / "mount-point"
    assert save(house, disk, day=0).objects
    with pytest.raises(PlaceAway):
        save(house, mount_point, day=1)
    assert count(mount_point) == 0
    assert save(house, disk, day=2).objects == 0
    assert len(sets.sets_in(LocalStore(disk))) == 2


def test_disks_take_turns_at_one_address_once_a_person_said_so(
    house: House, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    save(house, one, day=0)
    with pytest.raises(PlaceAway):
        save(house, other, day=7)
    assert save(house, other, day=7, adopts=True).objects
    for day, disk in ((14, one), (21, other)):
        save(house, disk, day=day)
        assert len(sets.sets_in(LocalStore(disk))) == 2
    marks = house.database.read(lambda db: list(db.exec(select(StorePlace.place))))
    assert len(marks) == 2


def test_a_place_of_before_the_marks_is_known_by_its_sets(house: House, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    making.make(house, LocalStore(disk), now=NOON, by="test", keep=9)
    with pytest.raises(PlaceAway):
        save(house, tmp_path / "mount-point", day=1)
    save(house, disk, day=1)
    assert len(sets.sets_in(LocalStore(disk))) == 2
    with pytest.raises(PlaceAway):
        save(house, tmp_path / "mount-point", day=2)


def test_a_disk_that_goes_while_it_is_saved_to_takes_no_more(house: House, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    target = targets.marked(
        LocalStore(disk), "file:///backup", house.database, lambda: NOON, adopts=True, by="test"
    )
    disk.rename(tmp_path / "pulled")
    (disk / "staging").mkdir(parents=True)
    with pytest.raises(PlaceAway):
        making.make(house, target, now=NOON, by="test", keep=9)
    assert count(disk) == 0
    assert sets.names_in(LocalStore(disk)) == []


def test_the_place_of_the_originals_is_no_backup_of_itself(house: House, tmp_path: Path) -> None:
    store = places.marked(house.store, FIRST, house.database, lambda: NOON)
    places.take_over(house.database, house.store, FIRST, by="test", now=NOON)
    with pytest.raises(PlaceAway):
        save(house, tmp_path / "media", day=0, adopts=True)
    store.need()


def test_whoever_says_that_it_is_a_place_is_known(house: House, tmp_path: Path) -> None:
    save(house, tmp_path / "disk", day=0)

    def told(db: Session) -> tuple[str, datetime, str]:
        act = journal.of(db, making.SUBJECT)[0]
        return act.actor, act.at, str(act.facts["to"])

    assert house.database.read(told) == ("test", NOON, "file:///backup")


def test_a_copy_of_the_right_size_and_wrong_bytes_is_replaced_when_proven(
    house: House, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    save(house, disk, day=0)
    beside = disk / sidecar_key(digest(CONTENT))
    flip(LocalStore(disk), digest(CONTENT))
    beside.chmod(0o600)
    beside.write_bytes(b"?" * beside.stat().st_size)
    assert save(house, disk, day=1).objects == 0
    assert look(LocalStore(disk), digest(CONTENT)).condition is Condition.DAMAGED
    assert save(house, disk, day=2, proves=True).objects == 2
    assert beside.read_bytes() == b"".join(house.store.open(sidecar_key(digest(CONTENT))))
    assert look(LocalStore(disk), digest(CONTENT)).condition is Condition.GOOD
    assert len(list(LocalStore(disk).each("quarantine"))) == 1
