"""`/m/{token}` as a messenger and a stranger meet it."""

import contextlib
import gc
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col, select

from catalog.ground.record import AssetId, ConversationId
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from media.intake.take import Entrance, Wish, take
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.renditions import actions, making, queries
from media.renditions.tables import Rendition
from media.sharing import passes
from media.sharing.counter import Counter
from media.sharing.looks import Watch
from media.sharing.passes import LIFE, PassUnknown
from media.sharing.routes import media_router
from media.sharing.tables import MediaPass
from tests.media import captures
from tests.media.captures import NOON
from tests.swift.engine import on_disk

MISAKI = ConversationId("line:Umisaki")


class Desk:
    """A picture that is ready, and the passes to it."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        self.database, self.store = database, store
        self.at = NOON
        self.watch = Watch(database, self.clock)
        captures.unit(database)
        entrance = Entrance(database, store, actor="test")
        path = captures.still(folder / "a.jpg")
        self.asset: AssetId = take(path, entrance, now=NOON, wish=Wish("W-10234")).asset_id
        asset = self.asset

        work = DueWork(1, making.RENDITION, asset, asset, {}, 0, NOON, NOON)
        due = database.read(lambda db: queries.job(db, work))
        made = making.make(due, making.Tools(store))
        database.write(lambda db: actions.record(db, due, made, now=NOON))
        shown = database.read(lambda db: queries.of_asset(db, asset))
        assert shown is not None
        assert shown.full is not None
        assert shown.preview is not None
        self.full, self.preview = shown.full, shown.preview
        self.key = database.read(
            lambda db: db.exec(select(Rendition.key).where(Rendition.id == shown.full)).one()
        )
        assert self.key is not None
        self.content = b"".join(store.open(self.key))

    def issue(self) -> str:
        tokens = self.database.write(
            lambda db: passes.issue(db, [self.full, self.preview], MISAKI, now=NOON)
        )
        assert len(set(tokens.values())) == 2
        return tokens[self.full]

    def grow(self, size: int) -> None:
        """The rendition as large as a film."""
        self.store.put_bytes(self.key, [bytes(size)])
        told = update(Rendition).where(col(Rendition.id) == self.full).values(bytes=size)
        self.database.write(lambda db: db.connection().execute(told))

    def open_files(self) -> int:
        """How often this process holds the rendition open."""
        path = str(self.store.path(self.key))
        held = 0
        for each in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                held += str(each.readlink()) == path
        return held

    def clock(self) -> datetime:
        return self.at

    def counter(self, contact_url: str | None = None, accel_prefix: str | None = None) -> Counter:
        """What the routes need of it."""
        return Counter(
            self.database, self.store, Replicas(self.store), self.watch, self.clock, contact_url,
            accel_prefix, is_https=False,
        )  # fmt: skip


@pytest.fixture
def desk(database: Database, store: LocalStore, tmp_path: Path) -> Desk:
    return Desk(database, store, tmp_path / "shots")


@dataclass
class Web:
    """A plain HTTP client of a real server on loopback."""

    port: int

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> "Page":
        return self._ask("GET", path, headers)

    def head(self, path: str, *, headers: Mapping[str, str] | None = None) -> "Page":
        return self._ask("HEAD", path, headers)

    def _ask(self, method: str, path: str, headers: Mapping[str, str] | None) -> "Page":
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request(method, path, headers=dict(headers or {}))
        answer = line.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        page = Page(answer.status, told, answer.read())
        line.close()
        return page


@dataclass
class Page:
    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@contextlib.contextmanager
def serving(counter: Counter) -> Iterator[Web]:
    app = FastAPI()
    app.include_router(media_router(counter))
    with running(app) as web:
        yield web


@contextlib.contextmanager
def running(app: FastAPI) -> Iterator[Web]:
    """A real server on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield Web(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(timeout=10)


@pytest.fixture
def web(desk: Desk) -> Iterator[Web]:
    contact = "https://shop.example/contact?a=1&b=2"
    with serving(desk.counter(contact)) as client:
        yield client


def test_who_has_the_address_gets_the_bytes(desk: Desk, web: Web) -> None:
    address = f"/m/{desk.issue()}"
    answer = web.get(address)
    assert (answer.status, answer.content) == (200, desk.content)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(desk.content))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    head = web.head(address)
    assert (head.status, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(desk.content))
    assert head.headers["etag"] == answer.headers["etag"]


def test_a_player_may_ask_for_pieces(desk: Desk, web: Web) -> None:
    address = f"/m/{desk.issue()}"
    size = len(desk.content)
    piece = web.get(address, headers={"Range": "bytes=100-199"})
    assert (piece.status, piece.content) == (206, desk.content[100:200])
    assert piece.headers["content-range"] == f"bytes 100-199/{size}"
    assert piece.headers["content-length"] == "100"
    tail = web.get(address, headers={"Range": "bytes=-50"})
    assert (tail.status, tail.content) == (206, desk.content[-50:])
    several = web.get(address, headers={"Range": "bytes=0-1,5-6"})
    assert (several.status, several.content) == (200, desk.content)
    beyond = web.get(address, headers={"Range": f"bytes={size}-"})
    assert beyond.status == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"
    head = web.head(address, headers={"Range": "bytes=100-199"})
    assert (head.status, head.headers["content-length"]) == (206, "100")


@on_disk
def test_who_leaves_in_the_middle_leaves_no_file_open(desk: Desk, web: Web) -> None:
    """With no collector of garbage at work: the file is let go of because the reader has gone."""
    desk.grow(32 * 1024 * 1024)
    address = f"/m/{desk.issue()}"
    gc.disable()
    try:
        for _ in range(3):
            line = HTTPConnection("127.0.0.1", web.port, timeout=10)
            line.request("GET", address)
            answer = line.getresponse()
            assert len(answer.read(1_000)) == 1_000
            assert desk.open_files() == 1
            answer.close()
            line.close()
            until = time.monotonic() + 30
            while desk.open_files() and time.monotonic() < until:
                time.sleep(0.02)
            assert desk.open_files() == 0
    finally:
        gc.enable()


def test_who_has_it_already_is_told_so(desk: Desk, web: Web) -> None:
    address = f"/m/{desk.issue()}"
    etag = web.get(address).headers["etag"]
    again = web.get(address, headers={"If-None-Match": etag})
    assert (again.status, again.content) == (304, b"")
    same = web.get(address, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = web.get(address, headers={"Range": "bytes=0-9", "If-Range": '"x"'})
    assert (same.status, other.status) == (206, 200)


def test_every_dead_address_gets_the_same_page(desk: Desk, web: Web) -> None:
    unknown = web.get("/m/never-issued")
    assert unknown.status == 404
    assert "店舗へ問い合わせる" in unknown.text
    assert "Contact the shop" in unknown.text
    assert "https://shop.example/contact?a=1&amp;b=2" in unknown.text
    revoked, expired, emptied = desk.issue(), desk.issue(), desk.issue()
    assert web.get(f"/m/{revoked}").status == 200
    desk.database.write(lambda db: passes.revoke_for_conversation(db, MISAKI, now=NOON))
    pages = [web.get(f"/m/{revoked}"), web.get(f"/m/{'x' * 500}"), web.get("/m/%00")]
    live = desk.issue()
    desk.at = NOON + LIFE
    pages.append(web.get(f"/m/{live}"))
    desk.at = NOON + LIFE - timedelta(seconds=1)
    assert web.get(f"/m/{live}").status == 200
    desk.store.delete(desk.key or "")
    pages += [web.get(f"/m/{live}"), web.get(f"/m/{expired}"), web.get(f"/m/{emptied}")]
    for page in pages:
        assert (page.status, page.text) == (404, unknown.text)
        assert page.headers["cache-control"] == unknown.headers["cache-control"]
    assert web.head(f"/m/{live}").status == 404


def test_nothing_made_from_an_asset_opens_once_that_is_revoked(desk: Desk, web: Web) -> None:
    token = desk.issue()
    assert desk.database.write(lambda db: passes.revoke_for_asset(db, desk.asset, now=NOON)) == 2
    assert web.get(f"/m/{token}").status == 404
    with pytest.raises(PassUnknown):
        desk.database.read(lambda db: passes.find(db, token, now=NOON))


def test_a_token_is_kept_only_as_its_hash(desk: Desk) -> None:
    token = desk.issue()
    kept = desk.database.read(lambda db: db.exec(select(MediaPass)).all())
    assert len(kept) == 2
    assert all(token not in str(row.model_dump()) for row in kept)
    assert passes.token_hash(token) in {row.token_hash for row in kept}
    assert desk.database.write(lambda db: passes.issue(db, [], MISAKI, now=NOON)) == {}


@on_disk
def test_nginx_is_told_where_the_bytes_are(desk: Desk) -> None:
    counter = desk.counter(accel_prefix="/internal/")
    with serving(counter) as client:
        answer = client.get(f"/m/{desk.issue()}")
    assert answer.headers["x-accel-redirect"] == f"/internal/{desk.key}"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content == b""
