"""Whoever may not see a thing, and whoever asks for one that never was, get one answer: status,
body and headers, by every way there is to ask (R-023, R-027); and what is closed while somebody
looks is closed at their next request.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select, update

from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from catalog.partners import actions as partners
from catalog.partners.tables import Grant
from media.assets.tables import Asset
from media.originals.local import LocalStore
from media.renditions import actions, making, queries
from media.renditions.tables import Recipe, Rendition, RenditionState
from media.sharing import shares
from media.sharing.kinds import Reach
from media.sharing.pages import Scripts
from media.sharing.routes import Counter
from media.sharing.shares import Made
from media.sharing.tables import Share
from tests.media.captures import NOON
from tests.media.sharing.test_looking_in import Door, _firm, places
from tests.media.sharing.test_routes import Page, Web, serving

FOLDERS = "bdotrp"
ASKED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("GET", {}),
    ("HEAD", {}),
    ("GET", {"range": "bytes=0-99"}),
    ("GET", {"range": "bytes=-5"}),
    ("GET", {"range": "bytes=999999999999-"}),
    ("GET", {"range": "bytes=0-9", "if-range": '"x"'}),
    ("GET", {"if-none-match": "*"}),
    ("GET", {"accept-language": "en", "accept": "image/avif"}),
)
_EACH_TIME = frozenset({"date"})


@pytest.fixture
def door(database: Database, store: LocalStore, tmp_path: Path) -> Iterator[Door]:
    """With a film, and a picture that has tiles."""
    made = Door(database, store, tmp_path / "shots").fill(tmp_path)
    wide = database.read(lambda db: db.exec(select(Asset.id).where(Asset.name == "wide.jpg")).one())
    work = DueWork(2, making.TILING, wide, wide, {}, 0, NOON, NOON)
    due = database.read(lambda db: queries.job(db, work))
    tiles = making.make(due, making.Tools(store))
    database.write(lambda db: actions.record(db, due, tiles, now=NOON))
    yield made
    made.watch.flush()


def _counter(door: Door, accel_prefix: str | None = None) -> Counter:
    scripts = Scripts(Path("/nowhere"), "p.js", "sha256-x", "l.js", "sha256-y")
    return replace(door.counter("https://shop.example/c", accel_prefix), scripts=scripts)


def _told(page: Page) -> tuple[int, dict[str, str], bytes]:
    kept = {name: value for name, value in page.headers.items() if name not in _EACH_TIME}
    return page.status, kept, page.content


def _addresses(web: Web, made: Made) -> list[str]:
    """What leads anywhere from that page, of each kind the first, and that by every other way."""
    text = web.get(f"/s/{made.token}").text
    found = (places(text, folder) for folder in "bdot")
    names = {each[0].rpartition("/")[2] for each in found}
    assert len(names) == 4
    return [
        f"/s/{made.token}",
        *(f"/s/{folder}/{name}" for name in names for folder in FOLDERS if folder != "t"),
        *(f"/s/t/{name}/{tile}" for name in names for tile in ("11/1_1.jpg", "x/y")),
    ]


def _never_was(address: str) -> str:
    """The same way to something that never was."""
    head, _, last = address.partition("/s/")[2].partition("/")
    if not last:
        return "/s/0123456789abcdef012345"
    _, *rest = last.split("/")
    return "/".join([f"/s/{head}", "never.was.one", *rest])


def _revoked(door: Door, made: Made) -> None:
    door.database.write(lambda db: shares.revoke(db, made.share_id, None, now=door.at, by="s"))


def _grant_ended(door: Door, _: Made) -> None:
    """The firm never had the piece, as far as anybody can tell now."""
    ended = update(Grant).values(revoked_at=door.at)
    door.database.write(lambda db: db.connection().execute(ended))


def _another_firms(door: Door, made: Made) -> None:
    """The page is somebody else's, who is no partner for this piece."""
    _grant_ended(door, made)
    other = f"partner:{_partner(door, 'UMEDA')}"
    moved = update(Share).where(col(Share.id) == made.share_id).values(holder=other)
    door.database.write(lambda db: db.connection().execute(moved))


def _partner(door: Door, code: str) -> str:
    return door.database.write(lambda db: partners.enter(db, code, code, by="t", now=door.at))


@pytest.mark.parametrize(
    ("closed", "accel_prefix"),
    [(_revoked, None), (_grant_ended, "/akashi-media"), (_another_firms, None)],
)
def test_another_firms_thing_is_answered_as_one_that_never_was(
    door: Door, closed: Callable[[Door, Made], None], accel_prefix: str | None
) -> None:
    made = door.share(_firm(door, "GINZA"), reach=Reach.ORIGINAL)
    with serving(_counter(door, accel_prefix)) as web:
        addresses = _addresses(web, made)
        assert len(addresses) > 20
        token = door.issue()
        assert web.get(f"/m/{token}").status == 200
        assert web.get(addresses[0]).status == 200
        closed(door, made)
        for address in addresses:
            for method, headers in ASKED:
                foreign = web._ask(method, address, headers)
                unknown = web._ask(method, _never_was(address), headers)
                assert foreign.status == 404, (address, method, headers)
                assert _told(foreign) == _told(unknown), (address, method, headers)


def test_a_letters_file_that_was_taken_back_is_answered_as_one_that_never_was(door: Door) -> None:
    token = door.issue()
    with serving(_counter(door)) as web:
        assert web.get(f"/m/{token}").status == 200
        gone = update(Rendition).values(state=RenditionState.FAILED.value, key=None)
        door.database.write(lambda db: db.connection().execute(gone))
        for method, headers in ASKED:
            dead = web._ask(method, f"/m/{token}", headers)
            assert dead.status == 404
            assert _told(dead) == _told(web._ask(method, "/m/0123456789abcdef", headers))


def test_a_page_closed_while_a_film_runs_and_tiles_are_looked_at(door: Door) -> None:
    """A download under way may end; the next piece of it, the next tile, and the page are answered
    as if they never were, and the record has both sides.
    """
    made = door.share(reach=Reach.ORIGINAL)
    with serving(_counter(door)) as web:
        text = web.get(f"/s/{made.token}").text
        [tiles] = places(text, "t")
        [film] = [each for each in places(text, "b") if each.split(".")[2] == _film(door)]
        (kept, *_) = places(text, "o")
        assert web.get(f"{tiles}/11/1_1.jpg").status == 200
        with socket.create_connection(("127.0.0.1", web.port), timeout=60) as line:
            line.sendall(f"GET {film} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            head = line.recv(200)
            assert head.startswith(b"HTTP/1.1 200")
            _revoked(door, made)
            for address in (film, kept, f"{tiles}/11/1_0.jpg", f"/s/{made.token}"):
                for headers in ({}, {"range": "bytes=100-199"}):
                    assert web.get(address, headers=headers).status == 404, address
            while line.recv(65_536):
                pass
    told = {(each.what, each.result) for each in door.looks()}
    for what in ("page", "file", "tile"):
        assert {(what, "shown"), (what, "revoked")} <= told
    assert ("original", "revoked") in told


def _film(door: Door) -> str:
    film = select(Rendition.id).where(Rendition.recipe == Recipe.FILM.value)
    return door.database.read(lambda db: db.exec(film).one())
