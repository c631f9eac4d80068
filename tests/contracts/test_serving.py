"""Bytes of a rendition, whoever sends them: the application itself, nginx after the application's
permission, or the object service by a signed address. A player sees no difference (acceptance check
18; decision 0022).
"""

import http.client
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, Request, Response

from bench import nginx
from media.originals.local import LocalStore
from media.sharing.passes import Passed
from media.sharing.serving import served
from tests.databases import without
from tests.media.sharing.test_routes import running
from tests.media.shelves import digest
from tests.swift.engine import Swift

KEY = "renditions/ab/01FILM/film.mp4"
CONTENT = os.urandom(3_000_017)
SIZE = len(CONTENT)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Sender:
    """`address` gives where to ask with a method."""

    address: Callable[[str], str]

    def __call__(self, method: str = "GET", **headers: str) -> Answer:
        parts = urlsplit(self.address(method))
        line = http.client.HTTPConnection(parts.netloc, timeout=60)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, f"{parts.path}?{parts.query}", headers=told)
            answer = line.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            line.close()


def application(store: LocalStore, accel_prefix: str | None) -> FastAPI:
    app = FastAPI()
    passed = Passed(KEY, digest(CONTENT), SIZE, "video/mp4")

    @app.api_route("/film", methods=["GET", "HEAD"])
    def film(request: Request) -> Response:
        return served(store, passed, request, accel_prefix=accel_prefix)

    return app


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    store = LocalStore(tmp_path_factory.mktemp("media"))
    store.put_bytes(KEY, [CONTENT])
    return store


@pytest.fixture(scope="module")
def embedded(shelf: LocalStore) -> Iterator[Sender]:
    with running(application(shelf, None)) as web:
        yield Sender(lambda _: f"http://127.0.0.1:{web.port}/film")


@pytest.fixture(scope="module")
def by_nginx(shelf: LocalStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    if nginx.program() is None:
        without("nginx")
    media = Path(str(shelf.path(KEY)).removesuffix(f"/{KEY}"))
    folder = tmp_path_factory.mktemp("nginx") / "here"
    with (
        running(application(shelf, "/_media")) as web,
        nginx.running(folder, media, web.port) as port,
    ):
        yield Sender(lambda _: f"http://127.0.0.1:{port}/film")


@pytest.fixture
def by_swift(swift: Swift, once: SimpleNamespace, tmp_path: Path) -> Sender:
    if not hasattr(once, "store"):
        once.store = swift.store(tmp_path / "staging")
        once.store.put_bytes(KEY, [CONTENT])
    return Sender(lambda method: once.store.signed_address(KEY, seconds=600, method=method) or "")


@pytest.fixture(scope="module")
def once() -> SimpleNamespace:
    """What is put there by the first who needs it."""
    return SimpleNamespace()


@pytest.fixture(params=["embedded", "by_nginx", "by_swift"])
def ask(request: pytest.FixtureRequest) -> Sender:
    sender: Sender = request.getfixturevalue(request.param)
    return sender


def test_all_of_it(ask: Sender) -> None:
    answer = ask()
    assert (answer.status, answer.content) == (200, CONTENT)
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"].startswith('"')


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=2999000-", 2_999_000, SIZE),
        ("bytes=-50", SIZE - 50, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        (f"bytes={SIZE - 1}-{SIZE * 9}", SIZE - 1, SIZE),
    ],
)
def test_a_piece(ask: Sender, wanted: str, start: int, stop: int) -> None:
    """Also the last bytes, and a piece that reaches beyond the end."""
    answer = ask(Range=wanted)
    assert (answer.status, answer.content) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(stop - start)


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", f"bytes={SIZE + 9}-{SIZE + 10}", "bytes=-0"])
def test_a_piece_that_is_not_there(ask: Sender, wanted: str) -> None:
    answer = ask(Range=wanted)
    assert answer.status == 416
    # Swift, as Amazon, says it without the size (RFC 9110 §15.5.17: should).
    assert answer.headers.get("content-range", f"bytes */{SIZE}") == f"bytes */{SIZE}"


@pytest.mark.parametrize("wanted", ["pages=1-2", "bytes"])
def test_a_range_that_is_none_is_as_if_not_asked(ask: Sender, wanted: str) -> None:
    answer = ask(Range=wanted)
    assert (answer.status, answer.content) == (200, CONTENT)


def test_the_head_alone(ask: Sender) -> None:
    answer = ask("HEAD")
    assert (answer.status, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["etag"] == ask(Range="bytes=0-0").headers["etag"]


def test_who_has_it_already_is_told_so(ask: Sender) -> None:
    etag = ask("HEAD").headers["etag"]
    for known in (etag, f'"other", {etag}'):
        answer = ask(If_None_Match=known)
        assert (answer.status, answer.content) == (304, b"")
    assert ask("HEAD", If_None_Match=etag).status == 304
    assert ask(If_None_Match=etag, Range="bytes=0-9").status == 304
    assert ask(If_None_Match='"other"', Range="bytes=0-9").content == CONTENT[:10]


def test_a_piece_of_the_same_bytes(ask: Sender) -> None:
    etag = ask("HEAD").headers["etag"]
    same = ask(Range="bytes=5-9", If_Range=etag)
    assert (same.status, same.content) == (206, CONTENT[5:10])


@pytest.mark.parametrize("sender", ["embedded", "by_nginx"])
def test_all_of_it_when_the_bytes_are_others(sender: str, request: pytest.FixtureRequest) -> None:
    """Swift's S3 door does not know If-Range. It need not: a rendition's key names its bytes, so
    an address never has others.
    """
    ask: Sender = request.getfixturevalue(sender)
    other = ask(Range="bytes=5-9", If_Range='"other"')
    assert (other.status, other.content) == (200, CONTENT)


def test_nginx_sends_what_the_application_says_of_it_and_nothing_else(
    embedded: Sender, by_nginx: Sender
) -> None:
    ours, theirs = embedded(), by_nginx()
    for name in ("etag", "cache-control", "referrer-policy", "x-content-type-options"):
        assert theirs.headers[name] == ours.headers[name]
    assert theirs.headers["x-robots-tag"] == "noindex"
    for name in ("last-modified", "x-accel-redirect"):
        assert name not in theirs.headers
    several = {"Range": "bytes=0-1,5-6"}
    assert by_nginx(**several).content == embedded(**several).content == CONTENT
    dated = {"If_Modified_Since": "Sun, 22 Nov 2099 05:00:00 GMT"}
    assert by_nginx(**dated).status == embedded(**dated).status == 200


def test_nothing_but_renditions_is_sent_by_nginx(shelf: LocalStore, tmp_path: Path) -> None:
    """Whatever the application asked it for; and nobody gets there by the address itself."""
    if nginx.program() is None:
        without("nginx")
    app = FastAPI()
    media = Path(str(shelf.path(KEY)).removesuffix(f"/{KEY}"))
    for folder in ("originals", "received", "quarantine", "log", "backups", "staging"):
        (media / folder).mkdir(exist_ok=True)
        (media / folder / "one").write_bytes(b"kept")

    @app.get("/ask/{place:path}")
    def ask(place: str) -> Response:
        return Response(headers={"X-Accel-Redirect": f"/_media/{place}"})

    with running(app) as web, nginx.running(tmp_path / "nginx", media, web.port) as port:

        def status(path: str) -> int:
            return Sender(lambda _: f"http://127.0.0.1:{port}{path}")().status

        assert status(f"/ask/{KEY}") == 200
        assert status(f"/_media/{KEY}") == 404
        for folder in ("originals", "received", "quarantine", "log", "backups", "staging"):
            assert status(f"/ask/{folder}/one") == 403
        assert status("/ask/renditions/../originals/one") in (403, 404, 500)
