"""A disk that is not mounted, or another in its stead, has lost nothing: nothing is judged, mended,
deleted or written there, and all goes on when it is back (R-008, R-011).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from bot.workers.keeping import KeepingWork
from catalog.ground import worklist
from media.assets.kinds import KEEP_WORK, CopyState
from media.assets.tables import BlobCopy
from media.intake.staging import stage
from media.log.tables import LogLeaf
from media.originals import moving
from media.originals.factory import open_store
from media.originals.local import LocalStore
from media.originals.places import MarkedStore, PlaceAway, mark_in
from media.originals.replicas import FIRST, SECOND, Replicas
from media.originals.store import OriginalStore
from media.retention import passes, places, queries
from media.retention.places import AWAY_TASK
from media.retention.tables import FixityPass, StorePlace
from tests.contracts.s3_service import s3_service
from tests.media.captures import NOON
from tests.media.shelves import Shelves, digest, flip

CONTENTS = [b"film %d" % number * 100 for number in range(4)]


@pytest.fixture(params=["local", "s3"])
def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OriginalStore]:
    """A place nobody has used: what is seen where a disk is not mounted, or in another bucket."""
    if request.param == "local":
        yield LocalStore(tmp_path / "empty")
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with s3_service() as endpoint:
        url = f"s3://akashi/{os.urandom(8).hex()}"
        yield open_store(url, staging=tmp_path / "staging", endpoint=endpoint)


def kept(shelves: Shelves) -> None:
    """Every film in both places."""
    for number, content in enumerate(CONTENTS):
        shelves.keep(content, name=f"W-10234_{number:02}.jpg")
    shelves.run()


def told(shelves: Shelves) -> list[str]:
    """What the log says of originals but that they came in."""
    found = shelves.database.read(lambda db: list(db.exec(select(LogLeaf.kind))))
    return [each for each in found if each.startswith("original.")]


def tasks(shelves: Shelves, name: str) -> list[str]:
    found = shelves.database.read(lambda db: worklist.open_tasks_named(db, name))
    return sorted(row.subject for row in found)


def a_pass(shelves: Shelves) -> FixityPass:
    shelves.later(days=1)
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run()
    found = shelves.database.read(queries.last_pass)
    assert found is not None
    return found


def away(shelves: Shelves, which: str, there: OriginalStore) -> None:
    """Where that place was, another store is seen."""
    seen = [
        places.marked(there, each.name, shelves.database, lambda: NOON)
        if each.name == which
        else each.store
        for each in shelves.replicas.all
    ]
    shelves.work = KeepingWork(shelves.units, Replicas(*seen), lambda: shelves.now)


def back(shelves: Shelves) -> None:
    shelves.work = KeepingWork(shelves.units, shelves.replicas, lambda: shelves.now)


def keys(store: OriginalStore) -> list[str]:
    return [
        each.key for folder in ("originals", "quarantine", "log") for each in store.each(folder)
    ]


@pytest.mark.parametrize("which", [FIRST, SECOND])
def test_an_empty_place_where_one_was_has_lost_nothing(
    shelves: Shelves, elsewhere: OriginalStore, which: str
) -> None:
    kept(shelves)
    away(shelves, which, elsewhere)
    found = a_pass(shelves)
    assert (found.wrong, found.lost, found.repaired) == (0, 0, 0)
    assert found.unread == len(CONTENTS)
    assert told(shelves) == []
    assert keys(elsewhere) == []
    assert mark_in(elsewhere, "originals") is None
    assert tasks(shelves, AWAY_TASK) == [f"place:{which}"]
    back(shelves)
    again = a_pass(shelves)
    assert again.id != found.id
    assert (again.originals, again.wrong, again.unread) == (len(CONTENTS), 0, 0)
    assert told(shelves) == []
    assert tasks(shelves, AWAY_TASK) == []


def test_what_comes_in_waits_for_its_place_and_goes_on_by_itself(
    shelves: Shelves, elsewhere: OriginalStore
) -> None:
    kept(shelves)
    shelves.keep(b"one more film", name="W-10234_09.jpg")
    away(shelves, SECOND, elsewhere)
    shelves.run(KEEP_WORK)
    assert keys(elsewhere) == []
    assert tasks(shelves, AWAY_TASK) == ["place:second"]
    back(shelves)
    shelves.later(minutes=6)
    shelves.run(KEEP_WORK)
    copies = shelves.database.read(lambda db: queries.copies(db, digest(b"one more film")))
    assert {name: row.state for name, row in copies.items()} == dict.fromkeys(
        (FIRST, SECOND), "kept"
    )


def test_of_two_disks_in_each_others_place_nothing_is_judged(shelves: Shelves) -> None:
    kept(shelves)
    assert isinstance(shelves.first, MarkedStore)
    assert isinstance(shelves.second, MarkedStore)
    flip(shelves.first, digest(CONTENTS[0]))
    seen = [
        places.marked(store.bare, name, shelves.database, lambda: NOON)
        for name, store in ((FIRST, shelves.second), (SECOND, shelves.first))
    ]
    shelves.work = KeepingWork(shelves.units, Replicas(*seen), lambda: shelves.now)
    a_pass(shelves)
    assert told(shelves) == []
    assert tasks(shelves, AWAY_TASK) == ["place:first", "place:second"]
    with pytest.raises(PlaceAway) as refused:
        seen[0].room()
    assert refused.value.is_other


def test_nothing_is_written_or_deleted_where_a_disk_is_not_mounted(
    shelves: Shelves, tmp_path: Path
) -> None:
    kept(shelves)
    store = shelves.first
    store.put_bytes("renditions/a/one.jpg", [b"shown"])
    for folder in ("originals", "renditions"):
        (tmp_path / "one" / folder).rename(tmp_path / folder)
        key = f"{folder}/a/one.jpg" if folder == "renditions" else "received/a/one"
        for use in (store.exists, store.size, store.open, store.delete, store.path):
            with pytest.raises(PlaceAway):
                use(key)
        with pytest.raises(PlaceAway):
            store.put_bytes(key, [b"x"])
        with pytest.raises(PlaceAway):
            list(store.each(folder))
        assert not (tmp_path / "one" / folder).exists()
        (tmp_path / folder).rename(tmp_path / "one" / folder)
        assert store.exists("renditions/a/one.jpg")
    (tmp_path / "one" / "originals").rename(tmp_path / "originals")
    picture = tmp_path / "IMG_0001.jpg"
    picture.write_bytes(CONTENTS[0])
    with pytest.raises(PlaceAway):
        stage(picture, store)
    assert list(store.staging.iterdir()) == []


def test_a_shop_older_than_the_marks_goes_on_where_its_originals_lie(shelves: Shelves) -> None:
    kept(shelves)
    _forget(shelves)
    a_pass(shelves)
    assert told(shelves) == []
    for name, store in ((FIRST, shelves.first), (SECOND, shelves.second)):
        row = shelves.database.read(lambda db, n=name: db.get_one(StorePlace, n))  # type: ignore[misc]  # bound at once
        assert store is not None
        assert mark_in(store, "originals") == row.mark
        assert row.marked_at is not None


def test_an_older_place_is_taken_only_with_what_the_registers_say(
    shelves: Shelves, elsewhere: OriginalStore
) -> None:
    kept(shelves)
    _forget(shelves)
    away(shelves, SECOND, elsewhere)
    a_pass(shelves)
    assert tasks(shelves, AWAY_TASK) == ["place:second"]
    assert mark_in(elsewhere, "originals") is None
    assert shelves.database.read(lambda db: db.get(StorePlace, SECOND)) is None


def test_one_disk_is_not_two_places(shelves: Shelves) -> None:
    kept(shelves)
    shelves.database.write(lambda db: db.delete(db.get_one(StorePlace, SECOND)))
    assert isinstance(shelves.first, MarkedStore)
    away(shelves, SECOND, shelves.first.bare)
    a_pass(shelves)
    assert tasks(shelves, AWAY_TASK) == ["place:second"]


def test_a_mark_that_was_given_and_not_put_yet_is_put(shelves: Shelves) -> None:
    """Killed between the two."""
    given = StorePlace(place=FIRST, mark="01GIVEN", given_at=NOON)
    shelves.database.write(lambda db: db.add(given))
    kept(shelves)
    assert mark_in(shelves.first, "originals") == "01GIVEN"
    row = shelves.database.read(lambda db: db.get_one(StorePlace, FIRST))
    assert row.marked_at is not None
    # And when it lies there, and nobody wrote that down.
    shelves.database.write(lambda db: db.merge(replace_row(row)))
    assert two_places_again(shelves).exists("received/x/y") is False


def replace_row(row: StorePlace) -> StorePlace:
    return StorePlace(place=row.place, mark=row.mark, given_at=row.given_at, marked_at=None)


def two_places_again(shelves: Shelves) -> OriginalStore:
    """Another process opens it."""
    assert isinstance(shelves.first, MarkedStore)
    return places.marked(shelves.first.bare, FIRST, shelves.database, lambda: NOON)


def test_a_new_disk_for_a_dead_one_is_filled_and_nothing_is_called_missing(
    shelves: Shelves, elsewhere: OriginalStore
) -> None:
    kept(shelves)
    away(shelves, SECOND, elsewhere)
    a_pass(shelves)
    take = places.take_over
    assert take(shelves.database, elsewhere, SECOND, by="command line", now=shelves.now) is True
    assert take(shelves.database, elsewhere, SECOND, by="command line", now=shelves.now) is False
    assert tasks(shelves, AWAY_TASK) == []
    a_pass(shelves)
    assert told(shelves) == []
    states = shelves.database.read(
        lambda db: set(db.exec(select(BlobCopy.state).where(BlobCopy.replica == SECOND)))
    )
    assert states == {CopyState.KEPT.value}
    assert sum(key.count(".") == 0 for key in keys(elsewhere)) == len(CONTENTS)
    assert isinstance(shelves.second, MarkedStore)
    old = places.marked(shelves.second.bare, SECOND, shelves.database, lambda: NOON)
    with pytest.raises(PlaceAway):
        old.room()


def test_a_place_that_was_moved_half_is_none_and_whole_it_is_the_first(
    shelves: Shelves, elsewhere: OriginalStore
) -> None:
    kept(shelves)
    there = places.marked(elsewhere, FIRST, shelves.database, lambda: NOON)
    moving.move(shelves.first, elsewhere)
    with pytest.raises(PlaceAway):
        there.exists("received/a/one")
    places.carry_over(shelves.database, shelves.first, elsewhere)
    assert not there.exists("received/a/one")


def _forget(shelves: Shelves) -> None:
    """As it was before there were marks."""

    def unit(db: Session) -> None:
        for row in db.exec(select(StorePlace).order_by(col(StorePlace.place))):
            db.delete(row)

    shelves.database.write(unit)
    for store in (shelves.first, shelves.second):
        assert isinstance(store, MarkedStore)
        for folder in store.places:
            store.bare.delete(f"{folder}/place.json")
    fresh = [
        places.marked(store.bare, name, shelves.database, lambda: NOON)  # type: ignore[union-attr]  # both are
        for name, store in ((FIRST, shelves.first), (SECOND, shelves.second))
    ]
    shelves.first, shelves.second = fresh
    shelves.__post_init__()
