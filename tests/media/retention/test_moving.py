"""Originals move with one command, and every key stays what it was (R-012)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from media.originals.factory import open_store
from media.originals.local import LocalStore
from media.originals.moving import Filling, Moved, move
from media.originals.reading import Condition, look
from media.originals.store import (
    OriginalStore,
    StoreUnavailable,
    Tombstone,
    digest_in,
    original_key,
    tombstone_key,
)
from tests.contracts.s3_service import s3_service
from tests.media.shelves import digest, flip
from tests.swift import engine
from tests.swift.engine import Swift

CONTENTS = [b"%d" % number * (100 + number) for number in range(12)]


def filled(folder: Path) -> LocalStore:
    store = LocalStore(folder)
    for number, content in enumerate(CONTENTS):
        staged = store.staging / "x"
        staged.write_bytes(content)
        store.put(staged, digest(content), facts={"name": f"{number}.jpg"})
        store.describe(digest(content), f"A{number}", {"n": number})
        store.put_bytes(f"renditions/a/{number}.jpg", [b"made of %d" % number])
    store.put_bytes("received/a/one", [b"sealed"])
    store.put_bytes("log/leaves/00000000.jsonl", [b"{}\n"])
    store.bury(Tombstone(digest(CONTENTS[0]), 3, "2037-01-01T00:00:00+00:00"))
    return store


def contents(store: OriginalStore) -> dict[str, bytes]:
    return {
        each.key: b"".join(store.open(each.key))
        for prefix in ("originals", "renditions", "received", "log")
        for each in list(store.each(prefix))
    }


@pytest.fixture(params=["local", "s3"])
def target(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OriginalStore]:
    if request.param == "local":
        yield LocalStore(tmp_path / "target")
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with s3_service() as endpoint:
        yield open_store("s3://akashi/new", staging=tmp_path / "staging", endpoint=endpoint)


def test_every_object_is_there_under_its_key_and_back_again(
    target: OriginalStore, tmp_path: Path
) -> None:
    """R-012, disk → S3 and S3 → disk."""
    source = filled(tmp_path / "source")
    done = move(source, target)
    assert done.wrong == []
    assert contents(target) == contents(source)
    again = move(source, target)
    assert again.objects == 0
    back = LocalStore(tmp_path / "back")
    move(target, back)
    assert contents(back) == contents(source)


def test_what_was_deleted_and_taken_in_again_is_not_buried_where_it_goes(
    target: OriginalStore, tmp_path: Path
) -> None:
    """The tombstone went there with an earlier move; a store of before still has it beside the
    bytes.
    """
    source = filled(tmp_path / "source")
    move(source, target)
    name = digest(CONTENTS[0])
    said = source.path(tombstone_key(name))
    assert said is not None
    told = said.read_bytes()
    staged = source.staging / "x"
    staged.write_bytes(CONTENTS[0])
    source.put(staged, name, facts={"name": "again.jpg"})
    said.write_bytes(told)
    for _ in range(2):
        move(source, target)
        assert look(target, name).condition is Condition.GOOD
        assert not target.exists(tombstone_key(name))


PAGE = "log/leaves/00000000.jsonl"
NEXT = "log/leaves/00000001.jsonl"


def test_a_place_in_use_is_filled_and_nothing_newer_there_goes_back(
    target: OriginalStore, tmp_path: Path
) -> None:
    """The second run of a move: the shop works at the new place by now."""
    source = filled(tmp_path / "source")
    move(source, target)
    target.put_bytes(PAGE, [b"{}\n{1}\n"])
    target.describe(digest(CONTENTS[1]), "A1", {"n": 1, "unit": "matched since"})
    target.delete("renditions/a/2.jpg")
    target.delete("received/a/one")
    target.put_bytes("renditions/a/3.jpg", [b"made anew since"])
    target.bury(Tombstone(digest(CONTENTS[4]), 9, "2038-01-01T00:00:00+00:00"))
    now = contents(target)
    staged = source.staging / "x"
    staged.write_bytes(b"came in last")
    source.put(staged, digest(b"came in last"), facts={"name": "last.jpg"})
    source.put_bytes("renditions/a/last.jpg", [b"of it"])
    source.put_bytes(NEXT, [b"{2}\n"])
    gone = {"renditions/a/2.jpg", "received/a/one"}
    done = move(source, target, filling=Filling(lambda key: key not in gone))
    assert (done.left, done.wrong, done.forked) == (3, [], [])
    after = contents(target)
    assert {key: after[key] for key in now} == now
    assert {key for key in after if key not in now} == {
        original_key(digest(b"came in last")), f"{original_key(digest(b'came in last'))}.json",
        "renditions/a/last.jpg", NEXT,
    }  # fmt: skip


def test_a_tombstone_of_the_old_place_buries_there_only_what_is_not_kept_again(
    target: OriginalStore, tmp_path: Path
) -> None:
    source = filled(tmp_path / "source")
    move(source, target)
    for number in (5, 6):
        source.bury(Tombstone(digest(CONTENTS[number]), 9, "2038-01-01T00:00:00+00:00"))
    gone = original_key(digest(CONTENTS[6]))
    move(source, target, filling=Filling(lambda key: key != gone))
    assert target.exists(original_key(digest(CONTENTS[5])))
    assert not target.exists(tombstone_key(digest(CONTENTS[5])))
    assert not target.exists(gone)
    assert target.exists(tombstone_key(digest(CONTENTS[6])))


def test_leaves_only_grow_and_pages_that_differ_are_put_aside_or_left(
    target: OriginalStore, tmp_path: Path
) -> None:
    source = filled(tmp_path / "source")
    move(source, target)
    source.put_bytes(PAGE, [b"{}\n{1}\n"])
    for filling in (Filling(), None):
        assert move(source, target, filling=filling).forked == []
        assert contents(target)[PAGE] == b"{}\n{1}\n"
    target.put_bytes(PAGE, [b"{}\n{1}\n{2}\n"])
    for filling in (Filling(), None):
        assert move(source, target, filling=filling).forked == []
        assert contents(target)[PAGE] == b"{}\n{1}\n{2}\n"
    source.put_bytes(PAGE, [b"{}\n{other}\n{3}\n"])
    assert move(source, target, filling=Filling()).forked == [PAGE]
    assert contents(target)[PAGE] == b"{}\n{1}\n{2}\n"
    move(source, target)
    after = contents(target)
    assert after[PAGE] == b"{}\n{other}\n{3}\n"
    (aside,) = [key for key in after if key.startswith("log/aside/")]
    assert after[aside] == b"{}\n{1}\n{2}\n"


def test_stopped_anywhere_it_goes_on(target: OriginalStore, tmp_path: Path) -> None:
    source = filled(tmp_path / "source")
    for stop in (3, 9, 20):

        def cut(done: Moved, stop: int = stop) -> None:
            if done.objects == stop:
                raise StoreUnavailable("cut")

        with pytest.raises(StoreUnavailable):
            move(source, target, told=cut)
        assert all(
            look(target, digest(content)).condition is not Condition.DAMAGED for content in CONTENTS
        )
    move(source, target)
    assert contents(target) == contents(source)


def test_what_is_wrong_is_not_moved_and_what_is_wrong_there_is_replaced(
    target: OriginalStore, tmp_path: Path
) -> None:
    source = filled(tmp_path / "source")
    flip(source, digest(CONTENTS[3]))
    done = move(source, target)
    assert done.wrong == [digest(CONTENTS[3])]
    assert look(target, digest(CONTENTS[3])).condition is Condition.MISSING
    if isinstance(target, LocalStore):
        flip(target, digest(CONTENTS[5]))
        move(source, target)
        assert look(target, digest(CONTENTS[5])).condition is Condition.GOOD
        assert len(list(target.each("quarantine"))) == 1


_MOVER = """
import sys
from pathlib import Path
from media.originals.factory import open_store
from media.originals.local import LocalStore
from media.originals.moving import move
source, url, endpoint, staging = sys.argv[1:]
target = open_store(url, staging=Path(staging), endpoint=endpoint or None)
move(LocalStore(Path(source)), target, told=lambda done: print(done.objects, flush=True))
"""


@pytest.fixture(params=["local", "s3"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, str]]:
    """Where to, and the service that has it: with AKASHI_TEST_STORE=swift a real one."""
    if request.param == "local":
        yield (tmp_path / "target").as_uri(), ""
    elif engine.is_wanted():
        swift: Swift = request.getfixturevalue("swift")
        yield swift.url(), swift.endpoint
    else:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        with s3_service() as endpoint:
            yield "s3://akashi/killed", endpoint


@pytest.mark.parametrize("files", [20, pytest.param(300, marks=pytest.mark.soak)])
def test_killed_while_moving_it_goes_on(place: tuple[str, str], tmp_path: Path, files: int) -> None:
    """kill -9 while an object is on its way, over again, until a run ends by itself; one of them
    goes to a service in parts.
    """
    source = filled(tmp_path / "source")
    for number in range(files):
        content = os.urandom(200_000 if number else 34_000_000)
        staged = source.staging / "x"
        staged.write_bytes(content)
        source.put(staged, digest(content), facts={"n": number})
    url, endpoint = place
    staging = tmp_path / "staging"
    command = [sys.executable, "-c", _MOVER, str(tmp_path / "source"), url, endpoint, str(staging)]
    moved = open_store(url, staging=staging, endpoint=endpoint or None)
    for after in (1, 7, 20):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            for _ in range(after):
                assert running.stdout.readline()
            running.send_signal(signal.SIGKILL)
        for each in moved.each("originals"):
            name = digest_in(each.key)
            assert name is None or look(moved, name).condition is Condition.GOOD
    subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)
    assert contents(moved) == contents(source)
