"""The record of looks holds as many requests as the log of the server in front (acceptance check
17), and every address of a page answers one who may not see it as it answers a stranger (16).
"""

import re
from collections import Counter as Counted
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import Session, col, select

from bench import nginx
from catalog.ground.record import PartnerId
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from media.assets.tables import Asset
from media.originals.local import LocalStore
from media.renditions import actions, making, queries
from media.sharing import pin, shares, withdrawing
from media.sharing.kinds import Reach
from media.sharing.pages import Scripts
from media.sharing.routes import media_router
from media.sharing.shares import Made
from media.sharing.tables import MediaPass, Share
from tests.databases import without
from tests.media.captures import NOON
from tests.media.sharing.test_looking_in import PHONE, PIN, Door, _firm, places
from tests.media.sharing.test_routes import running

LOGGED = "access_log {0}/access.log combined;"


class Fronted(Door):
    """The door with every kind of address on its pages, as an application of its own."""

    def fronted(self, accel_prefix: str | None) -> FastAPI:
        counter = self.counter("https://shop.example/c", accel_prefix)
        scripts = Scripts(Path(), "page.js", "sha384-x", "look.js", "sha384-y")
        app = FastAPI()
        app.include_router(media_router(replace(counter, scripts=scripts)))
        return app


class Line:
    """A browser by way of the server in front; it keeps its cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, 0
        self.cookies: dict[str, str] = {}

    def ask(
        self, path: str, method: str = "GET", *, body: str = "", **more: str
    ) -> tuple[Any, str]:
        """The answer and its text."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        told = {name.replace("_", "-"): value for name, value in more.items()}
        headers = {"User-Agent": PHONE, **told}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={kept}" for name, kept in self.cookies.items())
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.asked += 1
        try:
            line.request(method, path, body=body or None, headers=headers)
            answer = line.getresponse()
            for kept in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = kept.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer, answer.read().decode("utf-8", "replace")
        finally:
            line.close()


@pytest.fixture
def door(database: Database, store: LocalStore, tmp_path: Path) -> Iterator[Fronted]:
    made = Fronted(database, store, tmp_path / "shots")
    made.fill(tmp_path)
    for asset in made.database.read(_wide):
        work = DueWork(1, making.TILING, asset, asset, {}, 0, NOON, NOON)
        due = made.database.read(lambda db, work=work: queries.job(db, work))
        tiles = making.make(due, making.Tools(made.store))
        made.database.write(
            lambda db, due=due, tiles=tiles: actions.record(db, due, tiles, now=NOON)
        )
    yield made
    made.watch.flush()


def _wide(db: Session) -> list[str]:
    return list(db.exec(select(Asset.id).where(Asset.name == "wide.jpg")))


def _tile(text: str) -> str | None:
    found = re.search(r'"tiles": "(/s/t/[^"]+)"', unescape(text))
    return f"{found[1]}11/0_0.jpg" if found else None


def _addresses(made: Made, text: str) -> list[str]:
    """The page and every kind of address on it."""
    found = [places(text, folder)[0] for folder in "bdo"]
    tile = _tile(text)
    assert tile is not None
    return [f"/s/{made.token}", *found, tile]


def test_the_record_counts_what_the_server_in_front_counts(door: Fronted, tmp_path: Path) -> None:
    """Shown whole and in part, known already, beyond the end, refused, PINs, heads, tiles."""
    if nginx.program() is None:
        without("nginx")
    place = door.store.path(door.key)
    if place is None:
        pytest.skip("nginx sends what lies on this disk")
    media = Path(str(place).removesuffix(f"/{door.key}"))
    folder = tmp_path / "nginx"
    made, gated = door.share(reach=Reach.ORIGINAL), door.share(key="2", pin_hash=pin.digest(PIN))
    app = door.fronted("/_media")
    logged = LOGGED.format(folder)
    with running(app) as web, nginx.running(folder, media, web.port, more=logged) as port:
        line = Line(port)
        _, text = line.ask(f"/s/{made.token}")
        page, file, download, original, tile = _addresses(made, text)
        etag = line.ask(file, "HEAD")[0].headers["ETag"]
        statuses = [
            line.ask(file)[0].status, line.ask(file, Range="bytes=0-9")[0].status,
            line.ask(file, Range="bytes=99999999-")[0].status,
            line.ask(file, If_None_Match=etag)[0].status,
            line.ask(file, If_Range='"other"', Range="bytes=0-9")[0].status,
        ]  # fmt: skip
        assert statuses == [200, 206, 416, 304, 200]
        for each in (tile, tile, download, original, page):
            assert line.ask(each)[0].status == 200
            assert line.ask(each, "HEAD")[0].status == 200
        told = urlencode({"pin": PIN})
        for body, status in (("pin=1", 403), ("pin=2", 403), (told, 303)):
            assert line.ask(f"/s/{gated.token}", "POST", body=body)[0].status == status
        assert line.ask(f"/m/{door.issue()}")[0].status == 200
        for each in (
            "/m/unknown", "/s/unknown", "/s/unknown/or/more", "/m/a/b", f"{file}0",
            file.replace("/s/b/", "/s/o/"), tile.replace("0_0", "99_99"),
        ):  # fmt: skip
            gone, text = line.ask(each)
            assert gone.status == 404
            assert "ご覧いただけません" in text
        for each in places(line.ask(page)[1], "b"):
            if each.split(".")[2] == door.full:
                kept = place.read_bytes()
                place.chmod(0o600)
                place.unlink()
                assert line.ask(each)[0].status == 404
                place.write_bytes(kept)
        door.database.write(lambda db: shares.revoke(db, made.share_id, None, now=NOON))
        for each in (page, file, download, original, tile):
            assert line.ask(each)[0].status == 404
    written = (folder / "access.log").read_text().splitlines()
    looked = door.looks()
    assert sum(each.times for each in looked) == len(written) == line.asked
    status = Counted(re.findall(r'" (\d{3}) ', "\n".join(written)))
    refused = sum(each.times for each in looked if each.result != "shown")
    assert refused == status["404"] + status["403"]


def _revoked(door: Fronted, made: Made, firm: PartnerId) -> None:
    door.database.write(lambda db: shares.revoke(db, made.share_id, None, now=NOON))


def _withdrawn(door: Fronted, made: Made, firm: PartnerId) -> None:
    door.database.write(lambda db: withdrawing.withdraw(db, firm, by="t", now=NOON))


def _ended(door: Fronted, made: Made, firm: PartnerId) -> None:
    told = update(Share).where(col(Share.id) == made.share_id).values(ends_at=NOON)
    door.database.write(lambda db: db.connection().execute(told))


def _pinned(door: Fronted, made: Made, firm: PartnerId) -> None:
    """Asked for by another browser, as nobody let it in."""
    kept = update(Share).where(col(Share.id) == made.share_id).values(pin_hash=pin.digest(PIN))
    door.database.write(lambda db: db.connection().execute(kept))


@pytest.mark.parametrize("shut", [_revoked, _withdrawn, _ended, _pinned])
def test_no_address_tells_why_it_opens_nothing(
    door: Fronted, shut: Callable[[Fronted, Made, PartnerId], None]
) -> None:
    """Status, headers and body are those of an address that never was, by GET and by HEAD."""
    viewer = _firm(door, "GINZA")
    made = door.share(viewer, reach=Reach.ORIGINAL)
    letter = f"/m/{door.issue()}"
    with running(door.fronted(None)) as web:
        line = Line(web.port)
        addresses = _addresses(made, line.ask(f"/s/{made.token}")[1])
        assert {line.ask(each)[0].status for each in addresses} == {200}
        assert viewer.partner is not None
        shut(door, made, viewer.partner)
        if shut is _pinned:
            addresses = addresses[1:]  # the page itself asks for it
            line.cookies.clear()
        else:
            ended = update(MediaPass).values(expires_at=NOON - timedelta(days=1))
            door.database.write(lambda db: db.connection().execute(ended))
            addresses.append(letter)
        for method in ("GET", "HEAD"):
            unknown = _told(line, "/s/unknown", method)
            assert unknown[0] == 404
            assert unknown[1]["cache-control"].startswith("private")
            assert unknown[1]["referrer-policy"] == "no-referrer"
            assert unknown[1]["x-robots-tag"] == "noindex"
            assert unknown[1]["x-content-type-options"] == "nosniff"
            for each in (*addresses, "/m/unknown", "/s/b/unknown", "/s/t/a/0/0_0.jpg"):
                assert _told(line, each, method) == unknown, each
        assert sum(each.times for each in door.looks()) == line.asked


def _told(line: Line, path: str, method: str) -> tuple[int, dict[str, str], str]:
    answer, text = line.ask(path, method)
    headers = {name.lower(): told for name, told in answer.getheaders()}
    headers.pop("date")
    return answer.status, headers, text
