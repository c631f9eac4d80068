"""Holds, terms and deletion by two persons (R-011, evidence rule 11)."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from bot.workers.keeping import KeepingWork
from catalog.duties.actors import BOT, Actor, Role
from catalog.ground.record import AssetId
from catalog.ground.worklist import Work
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from media.assets.kinds import KEEP_WORK, AssetKind, BlobState
from media.assets.tables import Asset, Blob
from media.intake.receive import OriginalGoing
from media.log.tables import LogLeaf
from media.originals.places import bare
from media.originals.replicas import Replicas
from media.originals.store import ObjectMissing, OriginalStore, Tombstone, tombstone_key
from media.renditions.actions import record
from media.renditions.making import Job, Made, MadeFile, folder_of
from media.renditions.masks import DROP
from media.renditions.tables import Recipe, Rendition
from media.retention import deleting, holding, pages, queries
from media.retention.deleting import (
    DELETE,
    NotYetDeletable,
    SecondPersonNeeded,
    WishKnown,
    WishMalformed,
    WishMissing,
)
from media.retention.holding import HoldMalformed, HoldMissing, TooLate
from media.retention.queries import OriginalUnknown
from media.retention.rebuilding import rebuild
from media.retention.rules import Obstacle, kept_through
from media.retention.tables import DeletionWish, WishState
from tests.databases import fresh
from tests.media import captures
from tests.media.shelves import Shelves, digest, place

ONE, OTHER = Actor("one", Role.MANAGER), Actor("other", Role.OWNER)
CONTENT = b"a film" * 100
NAME = digest(CONTENT)
LATER = datetime(2037, 1, 5, 3, 0, tzinfo=UTC)  # more than ten years after the capture


def ask(shelves: Shelves, *, actor: Actor = ONE, reason: str = "期限経過") -> str:
    return shelves.database.write(
        lambda db: deleting.ask(db, NAME, reason=reason, actor=actor, now=shelves.now)
    )


def agree(shelves: Shelves, wish: str, *, actor: Actor = OTHER) -> None:
    shelves.database.write(lambda db: deleting.agree(db, wish, actor=actor, now=shelves.now))


def hold(shelves: Shelves, about: str, *, is_unit: bool, until: datetime | None = None) -> str:
    return shelves.database.write(
        lambda db: holding.place(
            db, AssetId(about), is_unit=is_unit, until=until, reason="調査", by="staff:one",
            now=shelves.now,
        )
    )  # fmt: skip


def barriers(shelves: Shelves) -> list[Obstacle]:
    found = shelves.database.read(lambda db: queries.barriers(db, NAME, now=shelves.now))
    return [each.why for each in found]


def kinds(shelves: Shelves) -> list[str]:
    return shelves.database.read(lambda db: list(db.exec(select(LogLeaf.kind))))


def test_two_persons_delete_and_the_log_and_a_tombstone_say_so(shelves: Shelves) -> None:
    taken = shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    wish = ask(shelves)
    with pytest.raises(WishKnown):
        ask(shelves, actor=OTHER)
    for nobody in (ONE, BOT):
        with pytest.raises(SecondPersonNeeded):
            agree(shelves, wish, actor=nobody)
    agree(shelves, wish)
    with pytest.raises(WishMissing):
        agree(shelves, wish)
    assert place(shelves.first, NAME).exists()
    shelves.run(DELETE)
    assert shelves.second is not None
    for store in (shelves.first, shelves.second):
        with pytest.raises(ObjectMissing):
            store.size(f"originals/{NAME[:2]}/{NAME[2:4]}/{NAME}")
        told = json.loads(b"".join(store.open(tombstone_key(NAME))))
        assert told["sha256"] == NAME
    assert kinds(shelves) == ["asset.received", "original.deleted"]
    leaf = shelves.database.read(
        lambda db: db.exec(select(LogLeaf).where(LogLeaf.number == told["leaf"])).one()
    )
    assert json.loads(leaf.payload)["agreed_by"] == "staff:other"
    assert shelves.database.read(lambda db: db.get(Asset, taken.asset_id)) is not None
    state = shelves.database.read(lambda db: db.exec(select(Blob.state)).one())
    assert state == BlobState.DELETED.value
    with pytest.raises(OriginalUnknown):
        ask(shelves)
    # No check misses it, and nothing brings it back.
    shelves.later(days=1)
    shelves.run()
    assert kinds(shelves) == ["asset.received", "original.deleted"]


def test_within_its_term_nobody_deletes(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    assert barriers(shelves) == [Obstacle.TERM]
    with pytest.raises(NotYetDeletable):
        ask(shelves)
    shelves.now = LATER
    assert barriers(shelves) == []
    with pytest.raises(WishMalformed):
        ask(shelves, reason="  ")
    with pytest.raises(SecondPersonNeeded):
        ask(shelves, actor=BOT)


def test_a_piece_that_is_still_here_keeps_its_captures(shelves: Shelves) -> None:
    unit = captures.unit(shelves.database)
    shelves.keep(CONTENT, unit=unit)
    shelves.now = LATER
    assert barriers(shelves) == [Obstacle.IN_HOUSE]

    def sold(db: object) -> None:
        row = db.exec(select(Unit).where(Unit.id == unit)).one()  # type: ignore[attr-defined]  # a session
        row.state = UnitState.CLOSED.value

    shelves.database.write(sold)
    assert barriers(shelves) == []


def test_a_hold_blocks_asking_agreeing_and_the_last_moment(shelves: Shelves) -> None:
    """R-011: legal hold blocks deletion."""
    taken = shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    first = hold(shelves, taken.asset_id, is_unit=False)
    with pytest.raises(NotYetDeletable) as refused:
        ask(shelves)
    assert [each.why for each in refused.value.barriers] == [Obstacle.HOLD]
    shelves.database.write(lambda db: holding.lift(db, first, by="staff:one", now=shelves.now))
    with pytest.raises(HoldMissing):
        shelves.database.write(lambda db: holding.lift(db, first, by="x", now=shelves.now))
    wish = ask(shelves)
    second = hold(shelves, taken.asset_id, is_unit=False, until=LATER + timedelta(days=30))
    with pytest.raises(NotYetDeletable):
        agree(shelves, wish)
    shelves.database.write(lambda db: holding.lift(db, second, by="staff:one", now=shelves.now))
    agree(shelves, wish)
    hold(shelves, taken.asset_id, is_unit=False)
    shelves.run(DELETE)
    assert place(shelves.first, NAME).exists()
    state = shelves.database.read(lambda db: db.exec(select(DeletionWish.state)).one())
    assert state == WishState.STOPPED.value
    assert "original.deleted" not in kinds(shelves)


def test_a_hold_on_a_piece_holds_all_of_it_until_its_day(shelves: Shelves) -> None:
    unit = captures.unit(shelves.database)
    shelves.keep(CONTENT, unit=unit)
    hold(shelves, unit, is_unit=True, until=shelves.now + timedelta(days=10))
    assert Obstacle.HOLD in barriers(shelves)
    shelves.later(days=11)
    assert Obstacle.HOLD not in barriers(shelves)
    with pytest.raises(HoldMalformed):
        hold(shelves, unit, is_unit=True, until=shelves.now)
    with pytest.raises(HoldMissing):
        hold(shelves, "nobody", is_unit=True)


def test_once_the_tombstone_stands_a_hold_comes_too_late(shelves: Shelves) -> None:
    taken = shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    wish = ask(shelves)
    agree(shelves, wish)
    for _ in range(2):  # killed after the first half, and again
        tombstone = shelves.database.write(lambda db: deleting.begin(db, wish, now=shelves.now))
        assert tombstone is not None
    assert kinds(shelves).count("original.deleted") == 1
    with pytest.raises(TooLate):
        hold(shelves, taken.asset_id, is_unit=False)
    shelves.run(DELETE)
    assert not place(shelves.first, NAME).exists()


def test_what_was_deleted_and_comes_in_again_is_kept_again(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    agree(shelves, ask(shelves))
    shelves.run(DELETE)
    shelves.keep(CONTENT, name="again.jpg")
    shelves.run()
    assert shelves.database.read(lambda db: db.exec(select(Blob.state)).one()) == "kept"
    with shelves.replicas.verified(NAME) as path:
        assert path.read_bytes() == CONTENT
    assert barriers(shelves) == [Obstacle.TERM]


def test_what_comes_in_again_from_the_same_place_is_a_new_capture(shelves: Shelves) -> None:
    """The same card is read once more: a leaf and a row of its own; the tombstone leaf stays."""
    first = shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    agree(shelves, ask(shelves))
    shelves.run(DELETE)
    again = [shelves.keep(CONTENT) for _ in range(2)]
    assert [each.is_new for each in again] == [True, False]
    assert again[0].asset_id == again[1].asset_id != first.asset_id
    shelves.run()
    assert kinds(shelves) == ["asset.received", "original.deleted", "asset.received"]
    assert shelves.database.read(lambda db: db.exec(select(Blob.state)).one()) == "kept"
    with shelves.replicas.verified(NAME) as path:
        assert path.read_bytes() == CONTENT


def test_what_comes_in_while_it_is_deleted_waits_until_that_is_done(shelves: Shelves) -> None:
    """The worker would take the new bytes with the old ones."""
    shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    wish = ask(shelves)
    agree(shelves, wish)
    shelves.database.write(lambda db: deleting.begin(db, wish, now=shelves.now))
    with pytest.raises(OriginalGoing):
        shelves.keep(CONTENT, name="again.jpg")
    shelves.run(DELETE)
    assert shelves.keep(CONTENT, name="again.jpg").is_new
    shelves.run()
    with shelves.replicas.verified(NAME) as path:
        assert path.read_bytes() == CONTENT


class Killed(Exception):
    """As by the machine."""


class Dying:
    """A place whose process is killed before the deletion's next step in it."""

    def __init__(self, store: OriginalStore, lives: list[int]) -> None:
        self._store = store
        self._lives = lives

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def delete(self, key: str) -> None:
        self._one_less()
        self._store.delete(key)

    def bury(self, tombstone: Tombstone) -> None:
        self._one_less()
        self._store.bury(tombstone)

    def _one_less(self) -> None:
        self._lives[0] -= 1
        if self._lives[0] < 0:
            raise Killed


@pytest.mark.parametrize("steps", range(5))
def test_a_deletion_that_was_killed_at_any_step_is_gone_through(
    shelves: Shelves, steps: int
) -> None:
    """Two files that were made of it, two places; killed before each, and after all of them."""
    taken = shelves.keep(CONTENT)
    shelves.run()
    made = folder_of(AssetId(taken.asset_id))
    shelves.first.put_bytes(f"{made}/full-1-abc.jpg", [b"shown"])
    shelves.first.put_bytes(f"{made}/nobody-wrote-it-down.jpg", [b"shown"])
    shelves.now = LATER
    agree(shelves, ask(shelves))
    lives = [steps]
    dying: list[Any] = [Dying(each.store, lives) for each in shelves.replicas.all]
    shelves.work = KeepingWork(shelves.units, Replicas(*dying), lambda: shelves.now)
    if steps < 4:
        with pytest.raises(Killed):
            shelves.run(DELETE)
    else:
        shelves.run(DELETE)
    assert kinds(shelves).count("original.deleted") == 1
    shelves.work = KeepingWork(shelves.units, shelves.replicas, lambda: shelves.now)
    shelves.later(minutes=11)
    shelves.run()
    assert shelves.second is not None
    for store in (shelves.first, shelves.second):
        assert not place(store, NAME).exists()
        assert store.exists(tombstone_key(NAME))
        assert list(store.each("renditions")) == []
    assert kinds(shelves).count("original.deleted") == 1
    wish = shelves.database.read(lambda db: db.exec(select(DeletionWish)).one())
    assert (wish.state, wish.open_key) == (WishState.DONE.value, None)


def test_what_was_still_being_made_of_it_is_dropped(shelves: Shelves) -> None:
    taken = shelves.keep(CONTENT)
    shelves.run()
    shelves.now = LATER
    agree(shelves, ask(shelves))
    key = f"{folder_of(AssetId(taken.asset_id))}/full-1-abc.jpg"
    job = Job(AssetId(taken.asset_id), NAME, AssetKind.STILL, "one.jpg", makes_film=False)
    file = MadeFile(Recipe.FULL, key, digest(b"shown"), 5, "image/jpeg", 1, 1)
    shelves.run(DELETE)
    shelves.first.put_bytes(key, [b"shown"])
    shelves.database.write(lambda db: record(db, job, Made((file,)), now=shelves.now))
    shown = shelves.database.read(lambda db: list(db.exec(select(Rendition.key))))
    assert [each for each in shown if each is not None] == []
    dropped = shelves.database.read(
        lambda db: list(db.exec(select(Work.subject).where(Work.kind == DROP)))
    )
    assert dropped == [key]


@pytest.mark.parametrize("is_done", [False, True])
def test_a_database_that_is_built_again_brings_no_deleted_original_back(
    shelves: Shelves, tmp_path: Path, is_done: bool
) -> None:
    """Also when the disk died before the bytes had gone: the log says so, and they go."""
    taken = shelves.keep(CONTENT)
    other = shelves.keep(b"another film", name="W-10234_02.jpg")
    shelves.run()
    made = f"{folder_of(AssetId(taken.asset_id))}/full-1-abc.jpg"
    shelves.first.put_bytes(made, [b"shown"])
    shelves.now = LATER
    wish = ask(shelves)
    agree(shelves, wish)
    if is_done:
        shelves.run()
    else:
        shelves.database.write(lambda db: deleting.begin(db, wish, now=shelves.now))
    pages.write(shelves.database, shelves.replicas)
    assert shelves.second is not None
    (tmp_path / "anew").mkdir()
    with fresh("sqlite", tmp_path / "anew") as database:
        anew = Shelves(database, bare(shelves.first), bare(shelves.second), now=LATER)
        rebuild(database, anew.first, now=LATER)
        anew.run(DELETE, KEEP_WORK)
        states = database.read(lambda db: dict(db.exec(select(Blob.sha256, Blob.state)).all()))
        assert states[NAME] == BlobState.DELETED.value
        assert sorted(states.values()) == ["deleted", "kept"]
        for store in (anew.first, anew.second):
            assert store is not None
            assert not place(store, NAME).exists()
            assert store.exists(tombstone_key(NAME))
        assert not anew.first.exists(made)
        assert kinds(anew).count("original.deleted") == 1
        assert database.read(lambda db: db.get(Asset, other.asset_id)) is not None
        anew.close()


@given(
    days=st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=5),
    years=st.integers(1, 100),
)
def test_a_term_ends_on_the_same_day_years_after_the_latest(days: list[date], years: int) -> None:
    through = kept_through(days, years)
    begun = max(days)
    assert through.year == begun.year + years
    assert (through.month, through.day) in {(begun.month, begun.day), (2, 28)}
    assert all(kept_through([day], years) <= through for day in days)
