"""Originals on a real object service with three replicas, one of them changed and one gone (R-008,
R-011, R-012; acceptance checks 18, 19 and 20). A stand-in accepts any signature and has one copy,
so it proves nothing of this.
"""

import hashlib
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlmodel import select

from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from media.assets.kinds import KEEP_WORK
from media.log.tables import LogLeaf
from media.originals.local import LocalStore
from media.originals.reading import Condition, look
from media.originals.replicas import Replicas
from media.originals.store import OriginalStore, original_key
from media.retention import passes
from media.sharing.evidence import About
from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh, fresh_url
from tests.media import captures
from tests.media.evidence import archive_of, original, read, written
from tests.media.shelves import Shelves, digest
from tests.swift import engine
from tests.swift.engine import Swift

ROOT = Path(__file__).parents[3]
FILM = "renditions/ab/01FILM/film.mp4"
PATIENCE_SECONDS = 60.0


@pytest.fixture
def store(swift: Swift, tmp_path: Path) -> OriginalStore:
    return swift.store(tmp_path / "staging")


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Database]:
    """On PostgreSQL, as a shop with more than one machine."""
    with fresh("postgres", tmp_path) as opened:
        yield opened


def asked(address: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    wanted = urllib.request.Request(address, method=method, headers=headers)
    try:
        with urllib.request.urlopen(wanted, timeout=30) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), dict(refused.headers)


def kept(store: OriginalStore, content: bytes) -> Sha256:
    staged = store.staging / os.urandom(8).hex()
    staged.write_bytes(content)
    store.put(staged, digest(content), facts={"mime": "image/jpeg"})
    return digest(content)


def test_an_address_opens_only_as_it_was_signed(store: OriginalStore) -> None:
    """Another object, a longer life, another key or method, no signature at all: refused."""
    content = os.urandom(1000)
    store.put_bytes(FILM, [content])
    store.put_bytes("renditions/ab/01FILM/other.mp4", [b"another"])
    address = store.signed_address(FILM, seconds=300)
    assert address is not None
    status, found, headers = asked(address)
    assert (status, found) == (200, content)
    assert headers["Content-Type"] == "video/mp4"
    parts = urlsplit(address)
    tampered = [
        address.replace("film.mp4", "other.mp4"),
        address.replace("X-Amz-Expires=300", "X-Amz-Expires=3000"),
        address.replace("X-Amz-Credential=akashi", "X-Amz-Credential=others"),
        address[:-1] + ("0" if address[-1] != "0" else "1"),
    ]
    assert len({address, *tampered}) == 5
    for each in tampered:
        assert asked(each)[0] == 403
    assert asked(address, "DELETE")[0] == 403
    assert asked(address, "PUT")[0] == 403
    assert asked(urlunsplit(parts._replace(query="")))[0] in (400, 403)
    assert b"".join(store.open(FILM)) == content


def test_an_address_opens_nothing_after_its_time(store: OriginalStore) -> None:
    store.put_bytes(FILM, [b"film"])
    address = store.signed_address(FILM, seconds=1)
    assert address is not None
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := asked(address))[0] == 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert answer[0] == 403
    assert answer[1] != b"film"


def test_a_name_is_written_once_whoever_writes(store: OriginalStore) -> None:
    """The service itself answers 412 to a second creation."""
    name = kept(store, b"an original")
    key = store.signed_address(FILM, seconds=300, method="PUT")
    assert key is not None
    once = {"If-None-Match": "*"}
    assert asked(key, "PUT", **once)[0] == 200
    assert asked(key, "PUT", **once)[0] == 412
    other = store.staging / "other"
    other.write_bytes(b"on original")  # as long as the first
    assert store.put(other, name, facts={}) is False
    assert b"".join(store.open(original_key(name))) == b"an original"


def test_a_large_film_goes_in_parts(store: OriginalStore) -> None:
    piece = os.urandom(1_000_000)
    store.put_bytes(FILM, [piece] * 17)
    address = store.signed_address(FILM, seconds=300, method="HEAD")
    assert address is not None
    status, _, headers = asked(address, "HEAD")
    assert (status, headers["Content-Length"]) == (200, "17000000")
    assert headers["ETag"].strip('"').endswith("-3")
    assert b"".join(store.open(FILM, start=8_388_600, length=20)) == (piece * 17)[8388600:8388620]


def broken(swift: Swift, content: bytes) -> None:
    """One of its replicas is changed, another is gone."""
    one, two, three = swift.replicas(content)
    engine.flip(one)
    two.unlink()
    assert swift.replicas(content) == [three]


def test_a_corrupt_replica_is_never_handed_on(swift: Swift, store: OriginalStore) -> None:
    """Acceptance check 20: the engine answers 200 with wrong bytes, and we do not."""
    told: list[tuple[Sha256, str]] = []
    replicas = Replicas(store, heard=lambda *each: told.append(each))
    for _ in range(20):
        content = os.urandom(50_000)
        name = kept(store, content)
        broken(swift, content)
        before = len(swift.put_aside())
        for _ in range(20):
            with replicas.verified(name) as path:
                assert path.read_bytes() == content
            if len(swift.put_aside()) > before:  # it was the wrong one that was read first
                assert told == []
                return
    pytest.fail("the wrong replica was never read")


def test_what_the_engine_gives_is_not_believed(swift: Swift, store: OriginalStore) -> None:
    """A plain read does get the wrong bytes: what a verified one is for."""
    for _ in range(60):
        content = os.urandom(5_000)
        name = kept(store, content)
        broken(swift, content)
        if b"".join(store.open(original_key(name))) != content:
            return
    pytest.fail("the wrong replica was never read")


def test_evidence_is_made_from_the_good_replica(
    swift: Swift, store: OriginalStore, books: Database, tmp_path: Path
) -> None:
    """Acceptance checks 20 and 22, on Swift and PostgreSQL."""
    archive = archive_of(books, store, tmp_path)
    unit = captures.unit(books, "W-10234")
    contents = [os.urandom(20_000 + n) for n in range(4)]
    for content in contents:
        original(archive, content, unit)
        broken(swift, content)
    bag = read(written(archive, tmp_path / "evidence.zip", About(code="W-10234")))
    originals = [each for name, each in bag.items() if name.startswith("data/originals/")]
    assert set(contents) <= set(originals)
    told = bag["manifest-sha256.txt"].decode()
    assert all(hashlib.sha256(each).hexdigest() in told for each in contents)


def test_a_check_finds_what_broke_and_repairs_it_from_the_second_place(
    swift: Swift, store: OriginalStore, books: Database, tmp_path: Path
) -> None:
    """Acceptance check 19: first at the service, second on a disk."""
    shelves = Shelves(books, store, LocalStore(tmp_path / "second"))
    try:
        content = os.urandom(40_000)
        shelves.keep(content)
        shelves.run(KEEP_WORK)
        for each in swift.replicas(content):
            engine.flip(each)
        shelves.later(days=1)
        books.write(lambda db: passes.begin(db, shelves.now))
        shelves.run()
        assert look(store, digest(content)).condition is Condition.GOOD
        leaves = books.read(lambda db: list(db.exec(select(LogLeaf.kind, LogLeaf.payload))))
        told = [
            (kind, json.loads(payload)["replica"])
            for kind, payload in leaves
            if kind in ("original.damaged", "original.missing", "original.repaired")
        ]
        assert [kind for kind, _ in told][-1] == "original.repaired"
        assert {where for _, where in told} == {"first"}
        with shelves.replicas.verified(digest(content)) as path:
            assert path.read_bytes() == content
    finally:
        shelves.close()


def test_a_shop_moves_from_its_disk_with_one_command(swift: Swift, tmp_path: Path) -> None:
    """R-012: captures, and a link that was given out, are what they were."""
    items = tmp_path / "items.csv"
    items.write_text("code,category,title,price\nW-10234,watch,Submariner,1980000\n")
    picture = captures.still(tmp_path / "W-10234_01.jpg")
    to = swift.url()
    with fresh_url("postgres", tmp_path) as url:
        akashi = Akashi(
            tmp_path, url, PYTHONPATH=str(ROOT), AKASHI_S3_ENDPOINT=swift.endpoint, **swift.env
        )
        done = akashi.one_after_another(
            ["import", "items", str(items)], ["capture", str(picture)],
            ["media", "move", "--to", to], ["media", "move", "--to", to],
        )  # fmt: skip
        assert [status for status, _, _ in done] == [0, 0, 0, 0], done
        assert f"now set AKASHI_MEDIA_URL={to}" in done[2][1]
        assert done[3][1].startswith("0 objects")
        there = Akashi(
            tmp_path, url, PYTHONPATH=str(ROOT), AKASHI_S3_ENDPOINT=swift.endpoint,
            AKASHI_MEDIA_URL=to, **swift.env,
        )  # fmt: skip
        checked = there.one_after_another(["media", "check"], ["media", "usage"])
    assert [status for status, _, _ in checked] == [0, 0], checked
    assert "1 originals" in checked[0][1]
    assert "0 copies wrong" in checked[0][1]
