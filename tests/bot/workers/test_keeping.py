"""Originals stay what they are: read back, copied, checked, repaired, never shown wrong (R-008,
R-011, evidence check 19 and 20).
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.workers.keeping import KeepingWork
from bot.workers.pace import Rate, Stopped
from catalog.ground import policy, worklist
from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from media.assets.kinds import KEEP_WORK, BlobState, CopyState
from media.assets.tables import Blob, BlobCopy
from media.log import queries as log
from media.log.tables import LogLeaf
from media.originals.reading import Condition, look
from media.originals.replicas import OriginalLost, Replicas
from media.originals.store import Chunks, Listed, OriginalStore, StoreUnavailable, original_key
from media.retention import actions, passes, queries
from media.retention.actions import LOST_TASK, TEND, WRONG_TASK
from media.retention.passes import UNREAD_TASK
from media.retention.tables import FixityPass, Quarantined
from media.retention.terms import RetentionTerms
from tests.databases import fresh
from tests.media.shelves import Shelves, digest, flip, place, two_places

CONTENT = b"a film of a watch" * 1000


def states(shelves: Shelves, sha256: str) -> dict[str, str]:
    return {
        row.replica: row.state
        for row in shelves.database.read(
            lambda db: list(db.exec(select(BlobCopy).where(BlobCopy.sha256 == sha256)))
        )
    }


def events(shelves: Shelves) -> list[str]:
    """What the log was told of originals, in order."""
    leaves = shelves.database.read(lambda db: list(db.exec(select(LogLeaf.kind, LogLeaf.payload))))
    return [
        kind.removeprefix("original.") + ":" + json.loads(payload).get("replica", "")
        for kind, payload in leaves
        if kind.startswith("original.")
    ]


def tasks(shelves: Shelves) -> list[str]:
    return [str(row.facts["task"]) for row in shelves.database.read(worklist.open_tasks)]


def a_pass(shelves: Shelves) -> None:
    """The slot, and the worker until it is through."""
    shelves.later(days=1)
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run()


def evidence(shelves: Shelves, sha256: Sha256) -> bytes:
    with shelves.replicas.verified(sha256) as path:
        return path.read_bytes()


def test_what_came_in_is_read_back_and_copied_to_the_second_place(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    name = digest(CONTENT)
    assert states(shelves, name) == {}
    assert shelves.run(KEEP_WORK) == 1
    assert states(shelves, name) == {"first": "kept", "second": "kept"}
    assert shelves.second is not None
    assert place(shelves.second, name).read_bytes() == CONTENT
    beside = {each.key for each in shelves.second.each("originals")}
    assert beside == {each.key for each in shelves.first.each("originals")}
    assert events(shelves) == []


def test_bytes_that_were_wrong_from_the_first_moment_are_found_at_once(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    flip(shelves.first, digest(CONTENT))
    shelves.run(KEEP_WORK)
    assert events(shelves) == ["damaged:first", "lost:"]
    assert tasks(shelves) == [WRONG_TASK, LOST_TASK]


def test_a_flipped_byte_is_found_repaired_logged_twice_and_told(shelves: Shelves) -> None:
    """R-008; evidence check 19, the first half."""
    shelves.keep(CONTENT)
    shelves.run()
    flip(shelves.first, digest(CONTENT), at=77)
    a_pass(shelves)
    assert place(shelves.first, digest(CONTENT)).read_bytes() == CONTENT
    assert events(shelves) == ["damaged:first", "repaired:first"]
    assert tasks(shelves) == [WRONG_TASK]
    aside = shelves.database.read(queries.put_aside)
    assert [each.replica for each in aside] == ["first"]
    wrong = b"".join(shelves.first.open(aside[0].key))
    assert len(wrong) == len(CONTENT)
    assert wrong != CONTENT
    last = shelves.database.read(lambda db: queries.last_pass(db, is_ended=True))
    assert last is not None
    assert (last.originals, last.wrong, last.repaired, last.lost) == (1, 1, 1, 0)
    a_pass(shelves)
    assert events(shelves) == ["damaged:first", "repaired:first"]


def test_both_wrong_is_lost_never_served_and_never_silently_repaired(shelves: Shelves) -> None:
    """evidence check 19, the second half; check 20."""
    shelves.keep(CONTENT)
    shelves.run()
    name = digest(CONTENT)
    assert shelves.second is not None
    flip(shelves.first, name)
    flip(shelves.second, name, at=9)
    with pytest.raises(OriginalLost):
        evidence(shelves, name)
    assert shelves.doubted == [(name, "first"), (name, "second")]
    a_pass(shelves)
    assert events(shelves) == ["damaged:first", "damaged:second", "lost:"]
    assert tasks(shelves) == [WRONG_TASK, LOST_TASK]
    for _ in range(2):
        a_pass(shelves)
        with pytest.raises(OriginalLost):
            evidence(shelves, name)
    assert events(shelves) == ["damaged:first", "damaged:second", "lost:"]
    assert len(shelves.database.read(queries.put_aside)) == 2
    # Somebody still has the card: that it is there again is told as loudly as that it was lost.
    shelves.keep(CONTENT, name="from-the-card.jpg")
    shelves.run()
    assert events(shelves)[3:] == ["repaired:first", "found:", "repaired:second"]
    assert evidence(shelves, name) == CONTENT


def test_a_read_for_evidence_falls_over_to_the_good_place(shelves: Shelves) -> None:
    """evidence check 20."""
    shelves.keep(CONTENT)
    shelves.run()
    name = digest(CONTENT)
    flip(shelves.first, name)
    assert evidence(shelves, name) == CONTENT
    assert shelves.doubted == [(name, "first")]
    shelves.database.write(lambda db: actions.doubt(db, name, now=shelves.now))
    assert shelves.run(TEND) == 1
    assert events(shelves) == ["damaged:first", "repaired:first"]
    assert list(shelves.first.staging.iterdir()) == []


def test_a_damaged_copy_that_gave_way_to_what_came_in_again_is_told(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    shelves.run()
    flip(shelves.first, digest(CONTENT))
    shelves.keep(CONTENT, name="from-the-card.jpg")
    assert evidence(shelves, digest(CONTENT)) == CONTENT
    assert shelves.doubted == []
    for _ in range(2):
        a_pass(shelves)
        aside = shelves.database.read(queries.put_aside)
        assert [(each.replica, each.sha256) for each in aside] == [("first", digest(CONTENT))]


def test_a_file_that_is_gone_comes_back_from_the_other_place(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    shelves.run()
    place(shelves.first, digest(CONTENT)).unlink()
    a_pass(shelves)
    assert events(shelves) == ["missing:first", "repaired:first"]
    assert place(shelves.first, digest(CONTENT)).read_bytes() == CONTENT


def test_a_disk_that_is_not_mounted_has_lost_nothing(shelves: Shelves, tmp_path: Path) -> None:
    shelves.keep(CONTENT)
    shelves.run()
    (tmp_path / "one" / "originals").rename(tmp_path / "away")
    a_pass(shelves)
    assert events(shelves) == []
    (tmp_path / "away").rename(tmp_path / "one" / "originals")
    shelves.later(minutes=6)
    shelves.run()
    last = shelves.database.read(lambda db: queries.last_pass(db, is_ended=True))
    assert last is not None
    assert last.originals == 1


class Away:
    """A place that does not answer."""

    def __init__(self, store: OriginalStore) -> None:
        self.staging = store.staging

    def path(self, _: str) -> Path:
        raise StoreUnavailable("no route to it")

    def each(self, _: str) -> Iterator[Listed]:
        raise StoreUnavailable("no route to it")

    def open(self, _: str, *, start: int = 0, length: int | None = None) -> Chunks:
        raise StoreUnavailable("no route to it")


def whole_pass(shelves: Shelves) -> FixityPass:
    """A check of everything, to its end."""
    shelves.database.write(lambda db: passes.begin(db, shelves.now))
    shelves.run(passes.PASS)
    found = shelves.database.read(lambda db: queries.last_pass(db, is_ended=True))
    assert found is not None
    return found


def test_a_check_says_which_copies_nobody_could_read_and_looks_again(shelves: Shelves) -> None:
    """A place that was away, or a file that is kept from us, is not a place without faults."""
    for n in range(3):
        shelves.keep(CONTENT + bytes([n]))
    shelves.run()
    terms = {"media.pass_days": 30}
    shelves.database.write(
        lambda db: policy.amend(db, terms, known=[RetentionTerms], by="t", now=shelves.now)
    )
    first, second = shelves.replicas.all
    away = Replicas(first.store, Away(second.store))  # type: ignore[arg-type]  # as far as it is asked
    shelves.work = KeepingWork(shelves.units, away, lambda: shelves.now)
    shelves.later(days=40)
    told = whole_pass(shelves)
    assert (told.originals, told.wrong, told.unread) == (3, 0, 3)
    assert tasks(shelves) == [UNREAD_TASK]
    shelves.work = KeepingWork(shelves.units, shelves.replicas, lambda: shelves.now)
    shelves.later(days=1)
    again = whole_pass(shelves)
    assert again.id != told.id
    assert (again.originals, again.unread) == (3, 0)
    shelves.later(days=1)
    assert whole_pass(shelves).id == again.id, "all was read: the next one is in a month"


def test_one_file_that_is_kept_from_us_stops_no_check(shelves: Shelves) -> None:
    kept = [shelves.keep(CONTENT + bytes([n])) for n in range(3)]
    shelves.run()
    name = digest(CONTENT + bytes([1]))
    path = place(shelves.second, name)
    path.unlink()
    path.mkdir()  # whoever is root may read any file; a folder nobody can
    shelves.later(days=2)
    told = whole_pass(shelves)
    assert (told.originals, told.wrong, told.repaired) == (len(kept), 1, 1)


def test_a_second_place_that_came_later_is_filled_by_the_next_check(
    database: Database, tmp_path: Path
) -> None:
    alone = two_places(database, tmp_path)
    second, alone.second = alone.second, None
    alone.__post_init__()
    for number in range(20):
        alone.keep(b"%d" % number * 100)
    alone.run()
    places = ["first", "second"]
    waiting = database.read(lambda db: queries.standing(db, places)).waiting
    assert waiting == {"first": 0, "second": 20}
    alone.close()
    both = Shelves(database, alone.first, second, now=alone.now)
    a_pass(both)
    assert database.read(lambda db: queries.standing(db, places)).waiting["second"] == 0
    assert events(both) == []
    both.close()


@pytest.mark.parametrize("cut", range(4))
def test_killed_in_the_middle_of_a_repair_the_next_round_ends_it(
    shelves: Shelves, cut: int
) -> None:
    """After each step the process dies; what is left is never worse, and is repaired."""
    shelves.keep(CONTENT)
    shelves.run()
    name = digest(CONTENT)
    flip(shelves.first, name)
    found = {"first": look(shelves.first, name), "second": look(shelves.second, name)}  # type: ignore[arg-type]  # there are two
    if cut >= 1:  # written down, and dead
        shelves.database.write(lambda db: actions.record(db, name, found, now=shelves.now))
    if cut >= 2:  # put aside, and dead
        shelves.first.quarantine(name, "dead")
    if cut >= 3:  # filled, but nobody wrote it down
        staged = shelves.first.staging / "x.part"
        staged.write_bytes(CONTENT)
        shelves.first.put(staged, name, facts={})
    assert evidence(shelves, name) == CONTENT
    a_pass(shelves)
    assert events(shelves)[-1] == "repaired:first"
    assert events(shelves).count("damaged:first") == 1
    assert look(shelves.first, name).condition is Condition.GOOD


def _damage(shelves: Shelves, hurt: list[bytes], both: list[bytes], whole: list[bytes]) -> None:
    """Each way by turns, in either place; files of `whole` only look as if somebody had written."""
    assert shelves.second is not None
    for number, content in enumerate(hurt):
        store = (shelves.first, shelves.second)[number % 2]
        path = place(store, digest(content))
        match number // 2 % 5:
            case 0:
                flip(store, digest(content), at=number)
            case 1:
                path.unlink()
            case 2:
                path.chmod(0o600)
                os.truncate(path, len(content) // 2)
            case 3:
                path.chmod(0o600)
                path.write_bytes(content + b"more")
            case _:
                # The bytes of the next one, which are good ones under another name.
                path.chmod(0o600)
                path.write_bytes(hurt[(number + 2) % len(hurt)])
    for content in both:
        flip(shelves.first, digest(content))
        flip(shelves.second, digest(content), at=3)
    for content in whole:
        for store in (shelves.first, shelves.second):
            os.utime(place(store, digest(content)), (1, 1))


def _series(shelves: Shelves, files: int, changes: int) -> None:
    """Every change is found, each that can be repaired is, nothing whole is touched."""
    contents = [b"%06d" % number + os.urandom(200) for number in range(files)]
    shelves.fill(contents)
    beyond = changes // 10
    hurt, both = contents[: changes - beyond], contents[changes - beyond : changes]
    _damage(shelves, hurt, both, contents[changes : changes + beyond])
    inodes = {
        digest(content): place(shelves.first, digest(content)).stat().st_ino
        for content in contents[changes:]
    }
    a_pass(shelves)
    last = shelves.database.read(lambda db: queries.last_pass(db, is_ended=True))
    assert last is not None
    assert last.originals == files
    assert last.wrong == len(hurt) + 2 * len(both)
    assert last.repaired == len(hurt)
    assert last.lost == len(both)
    assert shelves.second is not None
    lost = {digest(content) for content in both}
    for content in contents:
        for store in (shelves.first, shelves.second):
            seen = look(store, digest(content)).condition
            assert (seen is Condition.GOOD) == (digest(content) not in lost)
    for name, inode in inodes.items():
        assert place(shelves.first, name).stat().st_ino == inode
    found = shelves.database.read(
        lambda db: set(db.exec(select(Blob.sha256).where(Blob.state == BlobState.LOST.value)))
    )
    assert found == lost
    told = shelves.database.read(lambda db: list(db.exec(select(Quarantined.sha256))))
    assert set(told) <= {digest(content) for content in contents[:changes]}


def test_thirty_changes_in_three_hundred_files_are_all_found(shelves: Shelves) -> None:
    """Issue 6, judged point 4: the small share of the series below."""
    _series(shelves, 300, 30)


@pytest.mark.soak
def test_a_thousand_changes_in_ten_thousand_files_are_all_found(shelves: Shelves) -> None:
    """Issue 6, judged point 4."""
    _series(shelves, 10_000, 1_000)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), st.integers(0, 1), st.integers(0, 2)),
        st.tuples(st.just("gone"), st.integers(0, 1), st.integers(0, 2)),
        st.tuples(st.just("check"), st.just(0), st.just(0)),
        st.tuples(st.just("read"), st.just(0), st.integers(0, 2)),
        st.tuples(st.just("take"), st.just(0), st.integers(0, 2)),
    ),
    max_size=14,
)


@given(steps=STEPS)
@settings(
    max_examples=8, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_no_reading_for_evidence_ever_gives_other_bytes(
    tmp_path: Path, steps: list[tuple[str, int, int]]
) -> None:
    """Whatever happens in whatever order (evidence check 20); the small share."""
    _history(tmp_path, steps)


@pytest.mark.soak
@given(steps=STEPS)
@settings(
    max_examples=300, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_no_reading_for_evidence_ever_gives_other_bytes_in_a_long_series(
    tmp_path: Path, steps: list[tuple[str, int, int]]
) -> None:
    """evidence check 20."""
    _history(tmp_path, steps)


def _history(tmp_path: Path, steps: list[tuple[str, int, int]]) -> None:
    folder = tmp_path / os.urandom(6).hex()
    folder.mkdir()
    contents = [b"one" * 50, b"two" * 60, b"three" * 70]
    with fresh("sqlite", folder) as database:
        shelves = two_places(database, folder)
        for content in contents:
            shelves.keep(content)
        shelves.run()
        assert shelves.second is not None
        stores = (shelves.first, shelves.second)
        for what, where, which in steps:
            name = digest(contents[which])
            path = place(stores[where], name)
            if what == "flip" and path.exists():
                flip(stores[where], name, at=which)
            elif what == "gone":
                path.unlink(missing_ok=True)
            elif what == "check":
                a_pass(shelves)
            elif what == "take":
                shelves.keep(contents[which], name=f"again-{os.urandom(4).hex()}.jpg")
                shelves.run(KEEP_WORK)
            elif what == "read":
                try:
                    read = evidence(shelves, name)
                except OriginalLost:
                    good = [look(each, name).condition is Condition.GOOD for each in stores]
                    assert not any(good)
                else:
                    assert hashlib.sha256(read).hexdigest() == name
        # A copy that is said to be whole was seen whole, and the log holds together.
        a_pass(shelves)
        kept = database.read(
            lambda db: list(db.exec(select(BlobCopy).where(BlobCopy.state == CopyState.KEPT.value)))
        )
        for row in kept:
            store = stores[row.replica == "second"]
            assert look(store, Sha256(row.sha256)).condition is Condition.GOOD
        assert database.read(log.root)
        shelves.close()


def test_a_rate_is_kept_and_a_stop_ends_it_at_once() -> None:
    waits: list[float] = []
    clock = [0.0]

    class Sleeping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            clock[0] += timeout or 0
            return False

    rate = Rate(20_000_000, Sleeping(), monotonic=lambda: clock[0])
    for _ in range(200):
        rate(1_000_000)
    assert 9.0 <= clock[0] <= 10.1
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(Stopped):
        Rate(1.0, stopped)(1)


def test_the_bytes_of_a_pass_are_counted(shelves: Shelves) -> None:
    shelves.keep(CONTENT)
    shelves.run()
    a_pass(shelves)
    last = shelves.database.read(lambda db: queries.last_pass(db, is_ended=True))
    assert last is not None
    assert last.bytes == 2 * len(CONTENT)
    assert original_key(digest(CONTENT)).startswith("originals/")
