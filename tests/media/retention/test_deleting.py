"""Holds, terms and deletion by two persons (R-011, evidence rule 11)."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from catalog.duties.actors import BOT, Actor, Role
from catalog.ground.record import AssetId
from catalog.ground.session.database import Database
from catalog.items.kinds import UnitState
from catalog.items.tables import Unit
from media.assets.kinds import BlobState
from media.assets.tables import Asset, Blob
from media.log.tables import LogLeaf
from media.originals.store import ObjectMissing, tombstone_key
from media.retention import deleting, holding, queries
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
from media.retention.rules import Obstacle, kept_through
from media.retention.tables import DeletionWish, WishState
from tests.media import captures
from tests.media.shelves import Shelves, digest, place, two_places

ONE, OTHER = Actor("one", Role.MANAGER), Actor("other", Role.OWNER)
CONTENT = b"a film" * 100
NAME = digest(CONTENT)
LATER = datetime(2037, 1, 5, 3, 0, tzinfo=UTC)  # more than ten years after the capture


@pytest.fixture
def shelves(database: Database, tmp_path: Path) -> Iterator[Shelves]:
    found = two_places(database, tmp_path)
    yield found
    found.close()


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
