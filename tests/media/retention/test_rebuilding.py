"""The database is gone, and comes back from the store (evidence check 21): the same captures,
the same log root.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from catalog.ground import worklist
from catalog.ground.record import AssetId
from catalog.ground.session.database import Database
from catalog.items.tables import Unit
from media.assets import actions as assets
from media.assets import queries as queries_of_assets
from media.assets.kinds import KEEP_WORK, Aside, BlobState, Part, Readiness, Wrong
from media.assets.tables import Asset, Blob
from media.intake.take import Entrance, take
from media.log import actions as log_actions
from media.log import queries as log
from media.log.actions import NotALeaf
from media.log.rules import canonical
from media.log.tables import LogLeaf
from media.originals.local import LocalStore
from media.originals.store import original_key
from media.retention import deleting, holding, pages, passes, queries
from media.retention.continuing import AnotherLog
from media.retention.deleting import DELETE
from media.retention.pages import A_PAGE, FOLDER, PAGES, REWRITTEN_TASK, LogRewritten
from media.retention.rebuilding import rebuild
from tests.databases import fresh
from tests.media import captures
from tests.media.captures import NOON
from tests.media.retention.test_deleting import LATER, ONE, OTHER
from tests.media.shelves import Shelves, digest, flip

_CHANGES_WITH_THE_DATABASE = {"unit_id", "place", "readiness"}


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> Iterator[Database]:
    """Another, empty database on the same engine."""
    folder = tmp_path / "anew"
    folder.mkdir()
    with fresh("sqlite" if database.dialect == "sqlite" else "postgres", folder) as opened:
        yield opened


def rows(database: Database) -> dict[str, dict[str, Any]]:
    """Every capture by its id, with the code of its unit in place of an id that may change."""

    def read(db: Session) -> dict[str, dict[str, Any]]:
        codes = dict(db.exec(select(Unit.id, Unit.code)).all())
        return {
            row.id: {
                **{
                    name: value
                    for name, value in row.model_dump().items()
                    if name not in _CHANGES_WITH_THE_DATABASE
                },
                "unit": codes.get(row.unit_id or ""),
            }
            for row in db.exec(select(Asset))
        }

    return database.read(read)


def root(database: Database) -> bytes:
    return database.read(log.root)


def test_the_same_captures_and_the_same_root(
    shelves: Shelves, empty: Database, tmp_path: Path
) -> None:
    """evidence check 21; R-009: proof that outlives the system."""
    database, store = shelves.database, shelves.first
    unit = captures.unit(database)
    hot = tmp_path / "hot"
    door = Entrance(database, store, actor="hotfolder")
    named = captures.still_with_exif(hot / "W-10234" / "裏蓋" / "IMG_0001.JPG")
    take(named, door, now=NOON, root=hot)
    twice = hot / "W-10234" / "again.jpg"
    twice.write_bytes(named.read_bytes())
    take(twice, door, now=NOON, root=hot)
    loose = take(captures.still(hot / "IMG_0002.jpg", seed=2), door, now=NOON, root=hot)
    nameless = take(captures.still(hot / "IMG_0003.jpg", seed=3), door, now=NOON, root=hot)
    assert loose.unit_id is None

    def match(db: Session) -> None:
        assets.assign(db, loose.asset_id, unit, part=Part.DIAL, actor="staff:one", now=NOON)
        log_actions.append(db, "something.else", {"a": "1"}, now=NOON)

    database.write(match)
    shelves.run(KEEP_WORK)
    database.write(lambda db: pages.due(db, shelves.now))
    assert shelves.run(PAGES) == 1
    before, blobs = rows(database), database.read(lambda db: set(db.exec(select(Blob.sha256))))
    assert before[loose.asset_id]["unit"] == "W-10234"
    assert before[nameless.asset_id]["unit"] is None

    other = captures.unit(empty)
    found = rebuild(empty, store, now=LATER)
    assert (found.captures, found.originals, found.gaps) == (4, 3, 0)
    assert found.root == root(database) == root(empty)
    assert rows(empty) == before
    assert empty.read(lambda db: set(db.exec(select(Blob.sha256)))) == blobs
    assert empty.read(lambda db: db.get_one(Asset, loose.asset_id).unit_id) == other
    again = rebuild(empty, store, now=LATER)
    assert (again.captures, again.originals, again.leaves) == (0, 0, 0)
    assert rows(empty) == before
    waiting = empty.read(lambda db: set(db.exec(select(Asset.readiness))))
    assert waiting == {Readiness.WAITING.value}


@pytest.mark.parametrize("is_written", [True, False])
def test_what_was_corrected_or_laid_aside_stays_so(
    shelves: Shelves, empty: Database, *, is_written: bool
) -> None:
    """Also where the database was gone before the facts beside the bytes were brought up to it."""
    database, right = shelves.database, captures.unit(shelves.database)
    wrong = captures.unit(database, "W-10235")
    kept = shelves.keep(b"right" * 50, unit=right)
    moved = shelves.keep(b"moved" * 50, unit=wrong, part=Part.DIAL)
    traded = shelves.keep(b"traded" * 50, unit=wrong)
    test_shot = shelves.keep(b"test" * 50, unit=wrong)
    brought_back = shelves.keep(b"back" * 50)
    others = shelves.keep(b"others" * 50, unit=wrong)
    shelves.run(KEEP_WORK)

    def put_right(db: Session) -> None:
        told = {"actor": "staff:one", "now": NOON}
        off = {**told, "why": Wrong.OTHER_PIECE, "seen": wrong}
        assets.take_off(db, moved.asset_id, **off)
        assets.assign(db, moved.asset_id, right, part=Part.CROWN, **told)
        assets.take_off(db, traded.asset_id, **off)
        assets.lay_aside(db, test_shot.asset_id, seen=wrong, why=Aside.TEST_SHOT, **told)
        assets.lay_aside(db, brought_back.asset_id, seen=None, why=Aside.DOUBLE, **told)
        assets.take_off(db, brought_back.asset_id, seen=None, why=Wrong.BY_MISTAKE, **told)

    database.write(put_right)
    if is_written:
        shelves.run(KEEP_WORK)
    database.write(lambda db: pages.due(db, shelves.now))
    shelves.run(PAGES)
    before = rows(database)
    assert [before[each.asset_id]["unit"] for each in (moved, traded, test_shot, others)] == [
        "W-10234", None, None, "W-10235",
    ]  # fmt: skip
    assert before[test_shot.asset_id]["laid_aside"] == "test_shot"
    captures.unit(empty, "W-10235")
    captures.unit(empty)
    for _ in range(2):
        found = rebuild(empty, shelves.first, now=LATER)
        assert found.root == root(database)
        again = rows(empty)
        if not is_written:  # the part is beside the bytes alone, and the leaf of the match has it
            assert again[moved.asset_id]["part"] == "crown"
        assert again == before
        assert found.unmatched == []
    assert empty.read(lambda db: len(queries_of_assets.tray(db))) == 2
    assert kept.asset_id in again


def test_the_second_place_alone_is_enough(shelves: Shelves, empty: Database) -> None:
    captures.unit(shelves.database)
    for number in range(5):
        shelves.keep(b"%d" % number * 99, name=f"{number}.jpg")
    shelves.run(KEEP_WORK)
    shelves.database.write(lambda db: pages.due(db, shelves.now))
    shelves.run(PAGES)
    assert shelves.second is not None
    captures.unit(empty)
    found = rebuild(empty, shelves.second, now=LATER)
    assert found.captures == 5
    assert root(empty) == root(shelves.database)


def test_the_last_minute_is_in_the_sidecars(shelves: Shelves, empty: Database) -> None:
    """Nothing but the take-in itself ran: no worker, no page of leaves."""
    for number in range(3):
        shelves.keep(b"%d" % number * 99, name=f"{number}.jpg")
    found = rebuild(empty, shelves.first, now=LATER)
    assert (found.leaves, found.captures) == (3, 3)
    assert root(empty) == root(shelves.database)
    assert rows(empty) == rows(shelves.database)


def test_units_that_come_later_are_filled_in(shelves: Shelves, empty: Database) -> None:
    unit = captures.unit(shelves.database)
    taken = shelves.keep(b"dial" * 50, unit=unit, part=Part.DIAL)
    first = rebuild(empty, shelves.first, now=LATER)
    assert first.unmatched == [taken.asset_id]
    captures.unit(empty)
    second = rebuild(empty, shelves.first, now=LATER)
    assert (second.captures, second.matched, second.unmatched) == (0, 1, [])
    assert rows(empty) == rows(shelves.database)


def test_what_was_lost_deleted_and_held_stays_so(shelves: Shelves, empty: Database) -> None:
    kept = shelves.keep(b"held" * 50, name="held.jpg")
    shelves.keep(b"lost" * 50, name="lost.jpg")
    shelves.keep(b"gone" * 50, name="gone.jpg")
    shelves.keep(b"back" * 50, name="back.jpg")
    shelves.run()
    assert shelves.second is not None
    flip(shelves.first, digest(b"lost" * 50))
    flip(shelves.second, digest(b"lost" * 50))
    shelves.now = LATER
    write = shelves.database.write
    write(
        lambda db: holding.place(
            db, AssetId(kept.asset_id), is_unit=False, until=None, reason="調査", by="staff:one",
            now=LATER,
        )
    )  # fmt: skip
    gone, back = digest(b"gone" * 50), digest(b"back" * 50)
    for each in (gone, back):
        wish = write(lambda db, e=each: deleting.ask(db, e, reason="期限", actor=ONE, now=LATER))  # type: ignore[misc]  # bound at once
        write(lambda db, w=wish: deleting.agree(db, w, actor=OTHER, now=LATER))  # type: ignore[misc]  # bound at once
    shelves.run(DELETE)
    shelves.keep(b"back" * 50, name="again.jpg")
    write(lambda db: passes.begin_now(db, LATER))
    shelves.run()
    write(lambda db: pages.due(db, LATER))
    shelves.run(PAGES)
    rebuild(empty, shelves.first, now=LATER)
    states = empty.read(lambda db: dict(db.exec(select(Blob.sha256, Blob.state)).all()))
    assert states == {
        digest(b"held" * 50): BlobState.KEPT.value,
        digest(b"lost" * 50): BlobState.LOST.value,
        gone: BlobState.DELETED.value,
        back: BlobState.KEPT.value,
    }
    assert root(empty) == root(shelves.database)
    held = digest(b"held" * 50)
    found = empty.read(lambda db: queries.barriers(db, held, now=LATER))
    assert [each.why.value for each in found] == ["hold"]


def test_sidecars_of_before_are_read_too(empty: Database, tmp_path: Path) -> None:
    """A store that was filled before leaves lay in it: everything comes in, with new leaves."""
    store = LocalStore(tmp_path / "old")
    content = b"an old film" * 30
    name = digest(content)
    staged = store.staging / "x"
    staged.write_bytes(content)
    old = {
        "name": "W-10234_01.mp4", "mime": "video/mp4", "media": "film", "hinted_code": "W-10234",
        "part": None, "captured_at": "2026-09-16T09:30:00+00:00", "time_source": "camera",
        "received_at": "2026-09-17T03:00:00+00:00",
    }  # fmt: skip
    store.put(staged, name, facts=old)
    bare = b"of nobody"
    (store.staging / "y").write_bytes(bare)
    store.put(store.staging / "y", digest(bare), facts={"mime": "image/jpeg", "source": "?"})
    found = rebuild(empty, store, now=LATER)
    assert (found.captures, found.unwritten) == (1, [digest(bare)])
    (row,) = rows(empty).values()
    assert (row["kind"], row["name"], row["hinted_code"]) == ("film", "W-10234_01.mp4", "W-10234")
    assert row["captured_at"].isoformat() == "2026-09-16T09:30:00+00:00"
    assert rebuild(empty, store, now=LATER).captures == 0


def test_a_database_with_another_log_is_refused(shelves: Shelves, empty: Database) -> None:
    shelves.keep(b"x" * 100)
    empty.write(lambda db: log_actions.append(db, "another", {}, now=NOON))
    with pytest.raises(AnotherLog):
        rebuild(empty, shelves.first, now=LATER)


def test_a_page_only_grows_and_a_rewritten_log_is_told(shelves: Shelves) -> None:
    for number in range(3):
        shelves.database.write(
            lambda db, n=number: log_actions.append(db, "fact", {"n": n}, now=NOON)  # type: ignore[misc]  # bound at once
        )
        assert pages.write(shelves.database, shelves.replicas) == number + 1
    assert len(list(pages.read(shelves.first))) == 3

    def rewrite(db: Session) -> None:
        row = db.get_one(LogLeaf, 1)
        row.payload = row.payload.replace('"n":1', '"n":7')

    shelves.database.write(rewrite)
    before = list(pages.read(shelves.first))
    with pytest.raises(LogRewritten):
        pages.write(shelves.database, shelves.replicas)
    shelves.database.write(lambda db: pages.due(db, shelves.now))
    shelves.run(PAGES)
    assert list(pages.read(shelves.first)) == before
    told = [row.facts["task"] for row in shelves.database.read(worklist.open_tasks)]
    assert told == [REWRITTEN_TASK]


def test_leaves_go_over_several_pages(shelves: Shelves, empty: Database) -> None:
    texts = [canonical({"kind": "fact", "at": 1, "n": n}) for n in range(2 * A_PAGE + 5)]
    shelves.database.write(lambda db: log_actions.restore(db, texts))
    pages.write(shelves.database, shelves.replicas)
    assert len(list(shelves.first.each(FOLDER))) == 3
    assert list(pages.read(shelves.first)) == texts
    assert rebuild(empty, shelves.first, now=LATER).root == root(shelves.database)


def _texts(count: int) -> list[str]:
    return [canonical({"kind": "fact", "at": 1, "n": n, "名": "葉"}) for n in range(count)]


def test_a_page_that_was_the_last_one_grows_however_many_came_since(
    shelves: Shelves, empty: Database
) -> None:
    """Written at 1,000 leaves, the log is at 3,000 before it is written again."""
    texts = _texts(3000)
    assert shelves.second is not None
    for begin, end in ((0, 1000), (1000, 3000)):
        shelves.database.write(lambda db, b=begin, e=end: log_actions.restore(db, texts[b:e]))  # type: ignore[misc]  # bound at once
        assert pages.write(shelves.database, shelves.replicas) == end
    for store in (shelves.first, shelves.second):
        assert list(pages.read(store)) == texts
    found = rebuild(empty, shelves.second, now=LATER)
    assert (found.leaves, found.gaps) == (3000, 0)
    assert found.root == root(shelves.database)


def test_a_page_that_is_behind_in_one_place_is_told_and_made_whole(
    shelves: Shelves, empty: Database
) -> None:
    """As a place looks that was copied while the page grew; rebuilt before it is made whole."""
    texts = _texts(2 * A_PAGE + 5)
    shelves.database.write(lambda db: log_actions.restore(db, texts))
    pages.write(shelves.database, shelves.replicas)
    assert shelves.second is not None
    key = f"{FOLDER}/00000000.jsonl"
    whole = b"".join(shelves.second.open(key))
    behind = b"".join(whole.splitlines(keepends=True)[:1000])
    shelves.second.put_bytes(key, [behind])
    assert list(pages.read(shelves.second)) == texts[:1000]
    found = rebuild(empty, shelves.second, now=LATER)
    assert (found.leaves, found.gaps) == (1000, A_PAGE + 5)
    pages.write(shelves.database, shelves.replicas)
    assert b"".join(shelves.second.open(key)) == whole
    again = rebuild(empty, shelves.second, now=LATER)
    assert (again.leaves, again.gaps) == (A_PAGE + 29, 0)
    assert again.root == root(shelves.database)


@given(facts=st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=8)), max_size=40))
@settings(max_examples=10, deadline=None)
def test_a_log_that_was_appended_and_one_that_was_restored_are_one(
    facts: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        fresh("sqlite", tmp_path_factory.mktemp("one")) as one,
        fresh("sqlite", tmp_path_factory.mktemp("two")) as two,
    ):
        for each in facts:
            one.write(lambda db, e=each: log_actions.append(db, "fact", e, now=NOON))  # type: ignore[misc]  # bound at once
        texts = one.read(lambda db: log.payloads(db, 0, limit=100))
        two.write(lambda db: log_actions.restore(db, texts))
        assert root(one) == root(two)
        with pytest.raises(NotALeaf):
            two.write(lambda db: log_actions.restore(db, ["no leaf"]))
        assert original_key(digest(b"")).startswith("originals/e3")
