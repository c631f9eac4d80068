"""What every object store must do: on a disk, on a stand-in for S3, and on OpenStack Swift with
three replicas.

AKASHI_TEST_S3_ENDPOINT names a real service, asked instead of the stand-in, that has a bucket
`akashi`; AWS_* hold its keys.
"""

import hashlib
import json
import os
import resource
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.ground.record import Sha256
from media.originals import factory
from media.originals.local import LocalStore, sweep
from media.originals.places import MarkedStore, put_mark
from media.originals.store import (
    KeyRefused,
    ObjectMissing,
    OriginalDamaged,
    OriginalKept,
    OriginalStore,
    StoreFull,
    StoreUnavailable,
    Tombstone,
    digest_in,
    original_key,
)
from tests.contracts.s3_service import s3_service
from tests.swift.engine import Swift

FACTS = {"name": "W-10234_01.jpg"}


class OneMark:
    """A place is given its mark at its first use."""

    def wanted(self, place: str, folder: str, store: OriginalStore, held: str | None) -> str:
        if held is None:
            put_mark(store, folder, f"{place} of {folder}")
        return f"{place} of {folder}"


@pytest.fixture(params=["local", "marked", "s3", "swift"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OriginalStore]:
    if request.param == "local":
        yield factory.open_store((tmp_path / "media").as_uri())
        return
    if request.param == "marked":
        bare = factory.open_store((tmp_path / "media").as_uri())
        yield MarkedStore(bare, {"originals": "first", "renditions": "shown"}, OneMark())
        return
    if request.param == "swift":
        engine: Swift = request.getfixturevalue("swift")
        yield engine.store(tmp_path / "staging")
        return
    url = f"s3://akashi/{os.urandom(8).hex()}"
    endpoint = os.environ.get("AKASHI_TEST_S3_ENDPOINT")
    if endpoint:
        yield factory.open_store(url, staging=tmp_path / "staging", endpoint=endpoint)
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with s3_service() as loopback:
        yield factory.open_store(url, staging=tmp_path / "staging", endpoint=loopback)


def staged(store: OriginalStore, content: bytes, name: str = "one.part") -> tuple[Path, Sha256]:
    path = store.staging / name
    path.write_bytes(content)
    return path, Sha256(hashlib.sha256(content).hexdigest())


def read(store: OriginalStore, key: str, **where: int) -> bytes:
    return b"".join(store.open(key, **where))


def test_an_original_is_kept_once_under_its_digest_with_a_sidecar(store: OriginalStore) -> None:
    path, digest = staged(store, b"bytes of a film")
    assert store.put(path, digest, facts=FACTS) is True
    assert not path.exists()
    again, _ = staged(store, b"bytes of a film")
    assert store.put(again, digest, facts={"name": "another.jpg"}) is False
    assert not again.exists()
    key = original_key(digest)
    assert key == f"originals/{digest[:2]}/{digest[2:4]}/{digest}"
    assert read(store, key) == b"bytes of a film"
    sidecar = json.loads(read(store, f"{key}.json"))
    assert sidecar == {"name": "W-10234_01.jpg", "sha256": digest, "bytes": 15}


def test_two_writers_of_one_original_leave_one(store: OriginalStore) -> None:
    content = os.urandom(300_000)
    answers: list[bool] = []

    def put(number: int) -> None:
        path, digest = staged(store, content, f"{number}.part")
        answers.append(store.put(path, digest, facts=FACTS))

    writers = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    # Swift lets a second one in that came in the same moment: the same bytes under the same name.
    assert True in answers
    assert answers.count(True) == 1 or type(store).__name__ == "S3Store"
    assert read(store, original_key(Sha256(hashlib.sha256(content).hexdigest()))) == content


def test_a_large_original_comes_back_whole(store: OriginalStore) -> None:
    content = os.urandom(1_000_003) * 40
    path, digest = staged(store, content)
    assert store.put(path, digest, facts=FACTS) is True
    assert store.size(original_key(digest)) == len(content)
    assert hashlib.sha256(read(store, original_key(digest))).hexdigest() == digest
    middle = read(store, original_key(digest), start=33_000_000, length=5_000)
    assert middle == content[33_000_000:33_005_000]


def test_who_stops_before_the_end_closes_it(store: OriginalStore) -> None:
    store.put_bytes("renditions/a/film.mp4", [os.urandom(3_000_000)])
    begun = store.open("renditions/a/film.mp4")
    assert next(iter(begun))
    begun.close()
    assert list(begun) == []
    store.open("renditions/a/film.mp4").close()


def test_any_piece_can_be_read(store: OriginalStore) -> None:
    assert store.put_bytes("renditions/a/one.jpg", [b"0123", b"456789"]) == 10
    assert read(store, "renditions/a/one.jpg", start=3) == b"3456789"
    assert read(store, "renditions/a/one.jpg", start=3, length=4) == b"3456"
    assert read(store, "renditions/a/one.jpg", start=8, length=100) == b"89"
    assert read(store, "renditions/a/one.jpg", start=10) == b""
    assert read(store, "renditions/a/one.jpg", start=2, length=0) == b""


def test_only_a_rendition_has_an_address_of_its_own(store: OriginalStore) -> None:
    """Evidence is hashed by us on its way out (acceptance check 20); a disk has no addresses."""
    store.put_bytes("renditions/a/one.jpg", [b"first"])
    address = store.signed_address("renditions/a/one.jpg", seconds=60)
    assert (address is None) is (store.path("renditions/a/one.jpg") is not None)
    for key in (original_key(Sha256("0" * 64)), "received/a/one", "log/leaves/0.jsonl", "../x"):
        with pytest.raises(KeyRefused):
            store.signed_address(key, seconds=60)


def test_renditions_are_replaced_and_deleted(store: OriginalStore) -> None:
    store.put_bytes("renditions/a/one.jpg", [b"first"])
    path, _ = staged(store, b"second")
    store.put_file("renditions/a/one.jpg", path)
    assert not path.exists()
    assert read(store, "renditions/a/one.jpg") == b"second"
    store.delete("renditions/a/one.jpg")
    store.delete("renditions/a/one.jpg")
    assert not store.exists("renditions/a/one.jpg")


def test_what_is_not_there_is_missing(store: OriginalStore) -> None:
    absent = original_key(Sha256("0" * 64))
    assert not store.exists(absent)
    for ask in (store.size, store.open):
        with pytest.raises(ObjectMissing):
            ask(absent)


def test_originals_are_neither_replaced_nor_deleted(store: OriginalStore) -> None:
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    with pytest.raises(OriginalKept):
        store.delete(original_key(digest))
    with pytest.raises(OriginalKept):
        store.put_bytes(original_key(digest), [b"other"])
    other, _ = staged(store, b"a film of another length")
    with pytest.raises(OriginalDamaged):
        store.put(other, digest, facts=FACTS)
    assert read(store, original_key(digest)) == b"film"


@pytest.mark.parametrize("wrong", [b"f1lm", b"fi", b""])
def test_damaged_bytes_under_the_name_give_way_to_the_original(
    store: OriginalStore, wrong: bytes
) -> None:
    """Write-once holds for the right bytes alone, whether the size still fits or not."""
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    overwrite(store, original_key(digest), wrong)
    # What only says it is that original takes nobody's place.
    other, _ = staged(store, b"lime")
    with pytest.raises(OriginalDamaged):
        store.put(other, digest, facts=FACTS)
    assert read(store, original_key(digest)) == wrong
    again, _ = staged(store, b"film")
    assert store.put(again, digest, facts=FACTS) is True
    assert not again.exists()
    assert read(store, original_key(digest)) == b"film"
    assert [read(store, each.key) for each in store.each("quarantine")] == [wrong]
    once_more, _ = staged(store, b"film")
    assert store.put(once_more, digest, facts=FACTS) is False


def overwrite(store: OriginalStore, key: str, content: bytes) -> None:
    """Other bytes under that key, behind the store's back."""
    path = store.path(key)
    if path is None:
        import obstore

        obstore.put(store._bucket, key, content)  # type: ignore[attr-defined]  # as a stranger would
        return
    path.chmod(0o600)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "key",
    [
        "renditions/../originals/x",
        "../etc/passwd",
        "/etc/passwd",
        "renditions//x",
        "elsewhere/x",
        "renditions/.hidden",
        "renditions/a\n",
        "renditions",
        "received/a/..",
    ],
)
def test_a_key_never_leads_out_of_the_store(store: OriginalStore, key: str) -> None:
    for use in (store.open, store.size, store.exists, store.path, store.delete):
        with pytest.raises(KeyRefused):
            use(key)
    with pytest.raises(KeyRefused):
        store.put_bytes(key, [b"x"])


def listed(store: OriginalStore, folder: str) -> dict[str, int]:
    return {each.key: each.size for each in store.each(folder)}


def test_what_lies_in_a_folder_is_listed_with_its_size(store: OriginalStore) -> None:
    digests = []
    for number in range(5):
        path, digest = staged(store, b"film %d" % number)
        store.put(path, digest, facts=FACTS)
        digests.append(digest)
    store.put_bytes("renditions/a/one.jpg", [b"12345"])
    found = listed(store, "originals")
    assert {original_key(digest) for digest in digests} == {
        key for key in found if digest_in(key) is not None
    }
    assert {f"{original_key(digest)}.json" for digest in digests} == {
        key for key in found if key.endswith(".json")
    }
    assert found[original_key(digests[0])] == 6
    assert listed(store, "renditions") == {"renditions/a/one.jpg": 5}
    folder = original_key(digests[1]).rpartition("/")[0]
    assert original_key(digests[1]) in listed(store, folder)
    assert listed(store, "received") == {}
    for wrong in ("..", "elsewhere", "originals/..", "/originals", "staging"):
        with pytest.raises(KeyRefused):
            list(store.each(wrong))


def test_a_capture_is_described_beside_its_original_and_anew(store: OriginalStore) -> None:
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    for part in (None, "dial"):
        store.describe(digest, "01ASSET", {"part": part, "名": "髙"})
        told = json.loads(read(store, f"{original_key(digest)}.01ASSET.json"))
        assert told == {"part": part, "名": "髙"}
    store.describe(digest, "", {"of": "the bytes"})
    assert json.loads(read(store, f"{original_key(digest)}.json")) == {"of": "the bytes"}
    for wrong in ("a/b", "../x", "a.b"):
        with pytest.raises(KeyRefused):
            store.describe(digest, wrong, {})


def test_wrong_bytes_are_put_aside_and_the_name_is_free_again(store: OriginalStore) -> None:
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    aside = store.quarantine(digest, "mark1")
    assert aside is not None
    assert read(store, aside) == b"film"
    assert not store.exists(original_key(digest))
    assert store.quarantine(digest, "mark2") is None
    with pytest.raises(OriginalKept):
        store.delete(aside)
    again, _ = staged(store, b"film")
    assert store.put(again, digest, facts={"name": "other.jpg"}) is True
    assert json.loads(read(store, f"{original_key(digest)}.json"))["name"] == FACTS["name"]
    assert listed(store, "quarantine") == {aside: 4}
    with pytest.raises(KeyRefused):
        store.quarantine(digest, "../up")


def test_an_original_is_buried_with_its_tombstone(store: OriginalStore) -> None:
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    tombstone = Tombstone(digest, 7, "2037-01-01T00:00:00+00:00")
    for _ in range(2):
        store.bury(tombstone)
        assert not store.exists(original_key(digest))
        told = json.loads(read(store, f"{original_key(digest)}.tombstone.json"))
        assert told == {"sha256": digest, "leaf": 7, "at": "2037-01-01T00:00:00+00:00"}
    assert json.loads(read(store, f"{original_key(digest)}.json"))["name"] == FACTS["name"]


def test_what_was_buried_and_comes_in_again_has_no_tombstone(store: OriginalStore) -> None:
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    store.bury(Tombstone(digest, 7, "2037-01-01T00:00:00+00:00"))
    again, _ = staged(store, b"film")
    assert store.put(again, digest, facts=FACTS) is True
    assert not store.exists(f"{original_key(digest)}.tombstone.json")
    store.bury(Tombstone(digest, 9, "2038-01-01T00:00:00+00:00"))
    assert json.loads(read(store, f"{original_key(digest)}.tombstone.json"))["leaf"] == 9


def test_the_room_that_is_left_is_told_where_there_is_an_end(store: OriginalStore) -> None:
    room = store.room()
    assert room is None or room > 0


def test_a_stream_that_breaks_leaves_nothing(store: OriginalStore) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ObjectMissing("gone")

    with pytest.raises(ObjectMissing):
        store.put_bytes("received/a/one", broken())
    assert not store.exists("received/a/one")
    assert list(store.staging.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "media")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(StoreFull):
            store.put_bytes("received/a/one", [bytes(60_000), bytes(60_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not store.exists("received/a/one")
    assert list(store.staging.iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_what_is_under_way_is_not(
    store: OriginalStore,
) -> None:
    old, _ = staged(store, b"left", "left.part")
    folder = store.staging / "make-left"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(b"half")
    for left in (old, folder):
        os.utime(left, (1_000_000, 1_000_000))
    fresh, _ = staged(store, b"under way", "fresh.part")
    assert sweep(store.staging, before=datetime(2020, 1, 1, tzinfo=UTC)) == 2
    assert list(store.staging.iterdir()) == [fresh]


def test_a_service_that_does_not_answer_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with s3_service() as endpoint:
        url = endpoint
    store = factory.open_store("s3://akashi/x", staging=tmp_path / "staging", endpoint=url)
    path, digest = staged(store, b"film")
    with pytest.raises(StoreUnavailable):
        store.put(path, digest, facts=FACTS)


def test_originals_on_a_disk_cannot_be_written_by_a_slip(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "media")
    path, digest = staged(store, b"film")
    store.put(path, digest, facts=FACTS)
    kept = store.path(original_key(digest))
    assert kept is not None
    assert kept.stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize("url", ["/var/media", "file://", "ftp://host/x", "s3://", "file://host/x"])
def test_a_media_url_that_names_nothing_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(factory.MediaUrlMalformed):
        factory.open_store(url, staging=tmp_path)
