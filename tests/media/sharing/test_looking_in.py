"""A share page at its door: how far it goes, its PIN, how often it opens, what is taken away from
it and by whom, and that every request at it is in the record (R-023, R-027, R-029; acceptance
checks 15–17).
"""

import hashlib
import json
import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import pyvips
import zxingcpp
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from catalog.ground.record import Sha256, UnitId
from catalog.ground.session.database import Database
from catalog.ground.worklist import DueWork
from catalog.items import queries as items
from catalog.items.rules import STAFF, Viewer
from catalog.partners import actions as partners
from catalog.partners import queries as granted
from media.assets.tables import Asset
from media.decoding import ffmpeg
from media.intake.take import Entrance, Wish, take
from media.originals import moving
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.originals.store import original_key
from media.renditions import actions, making, queries
from media.renditions.tables import Rendition
from media.sharing import looks, opening, pin, shares
from media.sharing.counter import Counter
from media.sharing.kinds import Reach
from media.sharing.looks import SHOWN
from media.sharing.passes import PassUnknown
from media.sharing.routes import media_router
from media.sharing.shares import Given, Made
from media.sharing.tables import Look, Share, Viewing
from tests.databases import fresh
from tests.handoff.console.full_shop import shares as lengths
from tests.media import captures
from tests.media.captures import NOON
from tests.media.sharing.test_routes import Desk
from tests.swift.engine import Swift, on_disk

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
PIN = "482913"


class Door(Desk):
    """The desk with its pages, and the browsers before them."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        super().__init__(database, store, folder)
        self.second = LocalStore(folder / "second")
        self.asked = 0
        app = FastAPI()
        app.include_router(media_router(self.counter("https://shop.example/c")))
        self.app = app

    def fill(self, folder: Path) -> "Door":
        """A film too, and a picture with more pixels than are shown at once."""
        wide = captures.still(folder / "wide.jpg", width=2600, height=1500, seed=7)
        for path in (wide, captures.film(folder / "film.mp4")):
            self._ready(path)
        return self

    def _ready(self, path: Path) -> None:
        entrance = Entrance(self.database, self.store, actor="test")
        asset = take(path, entrance, now=NOON, wish=Wish("W-10234")).asset_id
        work = DueWork(1, making.RENDITION, asset, asset, {}, 0, NOON, NOON)
        due = self.database.read(lambda db: queries.job(db, work))
        made = making.make(due, making.Tools(self.store))
        self.database.write(lambda db: actions.record(db, due, made, now=NOON))

    def counter(self, contact_url: str | None = None, accel_prefix: str | None = None) -> Counter:
        return Counter(
            self.database, self.store, Replicas(self.store, self.second), self.watch, self.clock,
            contact_url, accel_prefix, is_https=False,
        )  # fmt: skip

    def share(self, viewer: Viewer = STAFF, *, key: str = "k", days: int = 30, **how: Any) -> Made:
        given = Given(**how)

        def unit(db: Session) -> Made:
            piece = items.by_id(db, UnitId("unit-W-10234"), viewer=STAFF)
            assert piece is not None
            return shares.share(
                db, piece, viewer, ends_at=NOON + timedelta(days=days), lang="ja", now=NOON,
                key=key, given=given, by="staff:1" if viewer.sees_all else None,
            )  # fmt: skip

        return self.database.write(unit)

    def browser(self, agent: str = PHONE) -> "Somebody":
        return Somebody(self, TestClient(self.app, headers={"user-agent": agent}))

    def looks(self) -> list[Look]:
        self.watch.flush()
        return self.database.read(lambda db: list(db.exec(select(Look).order_by(col(Look.id)))))


class Somebody:
    """Somebody at a browser; every request is counted as the server's own log would."""

    def __init__(self, door: Door, client: TestClient) -> None:
        self.door, self.client = door, client

    def ask(self, path: str, method: str = "GET", **more: Any) -> Any:
        self.door.asked += 1
        return self.client.request(method, path, follow_redirects=False, **more)

    def page(self, made: Made) -> Any:
        return self.ask(f"/s/{made.token}")

    def tell(self, made: Made, told: str = "") -> Any:
        return self.ask(f"/s/{made.token}", "POST", data={"pin": told})


@pytest.fixture
def door(database: Database, store: LocalStore, tmp_path: Path) -> Iterator[Door]:
    made = Door(database, store, tmp_path / "shots")
    yield made
    made.watch.flush()


def places(text: str, folder: str) -> list[str]:
    """The addresses of that folder on a page."""
    found = re.findall(rf"/s/{folder}/[\w.-]+", unescape(text))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("reach", list(Reach))
def test_a_page_goes_as_far_as_its_maker_said(door: Door, reach: Reach, tmp_path: Path) -> None:
    """What is not on the page cannot be had by an address put together from what is."""
    door.fill(tmp_path)
    made = door.share(reach=reach)
    reader = door.browser()
    page = reader.page(made)
    assert page.status_code == 200
    has = {folder: bool(places(page.text, folder)) for folder in "bdo"}
    assert has == {
        "b": True, "d": reach.covers(Reach.DOWNLOAD), "o": reach.covers(Reach.ORIGINAL),
    }  # fmt: skip
    for address in places(page.text, "b"):
        assert reader.ask(address).status_code == 200
        for folder in "dorp":
            assert reader.ask(address.replace("/s/b/", f"/s/{folder}/")).status_code == 404
    sizes = door.database.read(
        lambda db: {each.id: each.width or 0 for each in db.exec(select(Rendition))}
    )
    widths = [sizes[each.split(".")[2]] for each in places(page.text, "b")]
    assert (max(widths) > 800) is reach.covers(Reach.TILES)


def test_a_pin_opens_for_the_browser_that_told_it_alone(door: Door) -> None:
    """The bytes too: an address pasted elsewhere opens nothing (a page with a PIN)."""
    made = door.share(pin_hash=pin.digest(PIN), reach=Reach.ORIGINAL)
    reader = door.browser()
    gate = reader.page(made)
    assert gate.status_code == 200
    assert "暗証番号" in gate.text
    assert "W-10234" not in gate.text
    assert "Submariner" not in gate.text
    wrong = reader.tell(made, "000000")
    assert wrong.status_code == 403
    assert "違います" in wrong.text
    assert reader.tell(made, "４８２９１３").status_code == 303  # typed in full width
    page = reader.page(made)
    assert "W-10234" in page.text
    stranger = door.browser()
    for folder in "bdo":
        (address, *_) = places(page.text, folder)
        assert reader.ask(address).status_code == 200
        gone = stranger.ask(address)
        assert (gone.status_code, gone.text) == (404, stranger.ask("/s/unknown").text)
    kept = door.database.read(lambda db: db.exec(select(Share)).one())
    assert PIN not in json.dumps(kept.model_dump(mode="json"), default=str)
    assert kept.opened == 1


def test_the_sheet_that_was_asked_for_is_kept_through_the_gate(door: Door) -> None:
    made = door.share(pin_hash=pin.digest(PIN))
    reader = door.browser()
    gate = unescape(reader.ask(f"/s/{made.token}?sheet=3").text)
    assert gate.count("&sheet=3") == 1 + 5  # its form, and the choice of languages
    action = re.search(r'action="([^"]+)"', gate)
    assert action is not None
    wrong = reader.ask(action[1], "POST", data={"pin": "000000"})
    assert wrong.status_code == 403 and "&sheet=3" in unescape(wrong.text)
    told = reader.ask(action[1], "POST", data={"pin": PIN})
    assert told.headers["location"].endswith("&sheet=3")
    odd = unescape(door.browser().ask(f"/s/{made.token}?sheet=x%22").text)
    assert "sheet=" not in odd


def test_five_wrong_pins_close_the_door_for_longer_each_time(door: Door) -> None:
    made = door.share(pin_hash=pin.digest(PIN))
    reader = door.browser()
    waits = []
    for _ in range(3):
        for _ in range(5):
            assert reader.tell(made, "111111").status_code == 403
        locked = reader.tell(made, PIN)
        assert locked.status_code == 429, "not even the right one"
        assert "お試しいただけません" in locked.text
        until = door.database.read(lambda db: db.exec(select(Share.pin_locked_until)).one())
        assert until is not None
        waits.append(until - door.at)
        door.at = until
    assert waits == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert reader.tell(made, PIN).status_code == 303
    told = door.database.read(lambda db: db.exec(select(Share)).one())
    assert (told.pin_tries, told.pin_locked_until) == (0, None)


def test_a_page_opens_so_often_and_a_crawler_does_not_count(door: Door) -> None:
    made = door.share(most_opened=2)
    robot = door.browser("facebookexternalhit/1.1;line-poker/1.0")
    for _ in range(5):
        assert "W-10234" not in robot.page(made).text
    first, second, third = (door.browser() for _ in range(3))
    assert [each.tell(made).status_code for each in (first, second)] == [303, 303]
    assert first.page(made).status_code == second.page(made).status_code == 200
    unknown = third.ask("/s/unknown")
    for spent in (third.tell(made), third.page(made)):
        assert (spent.status_code, spent.text) == (404, unknown.text)
    assert "W-10234" in first.page(made).text, "who is in may go on reading"


def test_a_page_counts_browsers_and_no_robot(door: Door) -> None:
    made = door.share()
    reader = door.browser()
    for _ in range(3):
        assert reader.page(made).status_code == 200
    assert "W-10234" in door.browser("Slackbot-LinkExpanding 1.0").page(made).text
    assert door.browser().ask(f"/s/{made.token}", "HEAD").status_code == 200
    viewings = door.database.read(lambda db: looks.viewings_of(db, made.share_id))
    assert [(each.agent, each.network) for each in viewings] == [("phone", "")]
    assert door.database.read(lambda db: db.exec(select(Share.opened)).one()) == 1


def test_what_is_taken_away_says_who_took_it(door: Door, tmp_path: Path) -> None:
    """R-023: also after a messenger made the picture small and bad."""
    made = door.fill(tmp_path).share(reach=Reach.DOWNLOAD)
    reader = door.browser()
    page = reader.page(made)
    (viewing,) = door.database.read(lambda db: db.exec(select(Viewing)).all())
    films = 0
    for address in places(page.text, "d"):
        answer = reader.ask(address)
        assert answer.status_code == 200
        told = answer.headers["content-disposition"]
        assert told.startswith("attachment; filename*=UTF-8''W-10234-")
        assert viewing.mark in told
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        file = tmp_path / "kept"
        file.write_bytes(answer.content)
        if answer.headers["content-type"] == "video/mp4":
            films += 1
            said = subprocess.run(
                [ffmpeg.find(), "-hide_banner", "-i", str(file)], capture_output=True, check=False
            ).stderr.decode()
            assert re.search(rf"comment\s*: W-10234 {viewing.mark} 2026-09-17", said)
            continue
        small = pyvips.Image.new_from_file(str(file)).resize(0.75).jpegsave_buffer(Q=40)
        grey = pyvips.Image.new_from_buffer(small, "").colourspace("b-w").extract_band(0)
        pixels = memoryview(grey.write_to_memory()).cast("B", shape=[grey.height, grey.width])
        assert [each.text for each in zxingcpp.read_barcodes(pixels)] == [
            f"W-10234 {viewing.mark} 2026-09-17"
        ]
    assert films == 1
    found = door.database.read(lambda db: looks.share_of_mark(db, viewing.mark.lower()))
    assert found == made.share_id
    assert list(door.store.staging.iterdir()) == [], "nothing is left of it"


@on_disk
def test_an_original_is_given_as_it_was_or_not_at_all(door: Door) -> None:
    """Acceptance check 20, for downloads: a wrong copy is passed over for the good one; without a
    good one nothing is given.
    """
    made = door.share(reach=Reach.ORIGINAL)
    reader = door.browser()
    page = reader.page(made)
    (asset,) = door.database.read(
        lambda db: db.exec(select(Asset).where(Asset.id == door.asset)).all()
    )
    (address,) = [each for each in places(page.text, "o") if asset.id in each]
    key = original_key(Sha256(asset.sha256))
    path = door.store.path(key)
    assert path is not None
    right = path.read_bytes()
    answer = reader.ask(address)
    assert hashlib.sha256(answer.content).hexdigest() == asset.sha256
    staged = door.second.staging / "copy.part"
    staged.write_bytes(right)
    door.second.put(staged, Sha256(asset.sha256), facts={})
    path.chmod(0o600)
    path.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    assert reader.ask(address).content == right
    other = door.second.path(key)
    assert other is not None
    other.chmod(0o600)
    other.write_bytes(b"x" * len(right))
    gone = reader.ask(address)
    assert (gone.status_code, gone.text) == (404, reader.ask("/s/unknown").text)
    assert list(door.store.staging.iterdir()) == []


def test_a_file_to_keep_goes_on_where_it_broke_off(door: Door, tmp_path: Path) -> None:
    """Ranges, conditions and HEAD as of any other; its copy is gone however the answer is, or a
    link could fill the disk. A part of what is made anew needs If-Range.
    """
    made = door.share(reach=Reach.ORIGINAL)
    reader = door.browser()
    page = reader.page(made)
    for folder in "do":
        (address,) = places(page.text, folder)
        whole = reader.ask(address)
        etag, size = whole.headers["etag"], len(whole.content)
        assert etag == f'"{hashlib.sha256(whole.content).hexdigest()}"'
        assert (whole.headers["accept-ranges"], whole.headers["content-length"]) == (
            "bytes", str(size),
        )  # fmt: skip

        def asked(method: str = "GET", address: str = address, **told: str) -> Any:
            return reader.ask(
                address, method, headers={k.replace("_", "-"): v for k, v in told.items()}
            )

        rest = asked(range="bytes=100-", if_range=etag)
        assert (rest.status_code, rest.content) == (206, whole.content[100:])
        assert rest.headers["content-range"] == f"bytes 100-{size - 1}/{size}"
        assert rest.headers["content-length"] == str(size - 100)
        assert rest.headers["content-disposition"] == whole.headers["content-disposition"]
        last = asked(range="bytes=-7", if_range=etag)
        assert (last.status_code, last.content) == (206, whole.content[-7:])
        beyond = asked(range="bytes=999999999-", if_range=etag)
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
        others = asked(range="bytes=0-3", if_range='"other"')
        assert (others.status_code, others.content) == (200, whole.content)
        same = asked(if_none_match=etag)
        assert (same.status_code, same.content) == (304, b"")
        for strange in ("bytes=x", "bytes=0-1,3-4"):
            assert asked(range=strange).content == whole.content
        loose = asked(range="bytes=0-3")
        assert loose.content == (whole.content[:4] if folder == "o" else whole.content)
        told = asked("HEAD")
        assert (told.status_code, told.content) == (200, b"")
        assert told.headers["content-disposition"] == whole.headers["content-disposition"]
        if folder == "o":
            assert (told.headers["etag"], told.headers["content-length"]) == (etag, str(size))
            piece = asked("HEAD", range="bytes=0-3")
            assert (piece.status_code, piece.headers["content-length"]) == (206, "4")
    assert list(door.store.staging.iterdir()) == []
    assert sum(each.times for each in door.looks()) == door.asked


def test_links_and_open_pages_lead_where_they_led_after_a_move(door: Door, tmp_path: Path) -> None:
    """R-012: an address somebody has, in a chat or in an open page, gives the same bytes from the
    new place, also when it was opened there before.
    """
    made, letter = door.share(reach=Reach.ORIGINAL), f"/m/{door.issue()}"
    reader = door.browser()
    page = reader.page(made)
    addresses = [letter, *(each for folder in "bo" for each in places(page.text, folder))]
    before = {each: reader.ask(each).content for each in addresses}
    moved = LocalStore(tmp_path / "moved")
    assert moving.move(door.store, moved).wrong == []
    there = replace(door.counter(), store=moved, replicas=Replicas(moved))
    app = FastAPI()
    app.include_router(media_router(there))
    same = Somebody(
        door, TestClient(app, headers={"user-agent": PHONE}, cookies=reader.client.cookies)
    )
    assert {each: same.ask(each).content for each in addresses} == before
    assert same.page(made).status_code == 200


def test_tiles_that_are_made_anew_open_nothing_meanwhile(door: Door) -> None:
    """Something in them may be hidden now: the address somebody still has is no way around it."""
    made = door.share()
    (full,) = [each for each in places(door.browser().page(made).text, "b") if door.full in each]
    address = full.rpartition("/")[2]

    def told(**now: Any) -> str:
        which = update(Rendition).where(col(Rendition.id) == door.full).values(**now)
        door.database.write(lambda db: db.connection().execute(which))
        return door.database.read(lambda db: opening.find_tiles(db, address, seats={}, now=NOON)[0])

    assert told(recipe="tiles") == door.key
    with pytest.raises(PassUnknown):
        told(state="waiting")


def test_revoking_shuts_the_page_and_every_byte_of_it(door: Door) -> None:
    """Acceptance check 15: the next request fails; the record has both."""
    made = door.share(reach=Reach.ORIGINAL)
    reader = door.browser()
    page = reader.page(made)
    addresses = [each for folder in "bdo" for each in places(page.text, folder)]
    assert {reader.ask(each).status_code for each in addresses} == {200}
    door.database.write(lambda db: shares.revoke(db, made.share_id, None, now=NOON, by="staff:1"))
    assert {reader.ask(each).status_code for each in [*addresses, f"/s/{made.token}"]} == {404}
    told = {(each.what, each.result) for each in door.looks()}
    assert told >= {
        (what, result)
        for what in ("page", "file", "download", "original")
        for result in ("shown", "revoked")
    }


def _firm(door: Door, code: str) -> Viewer:
    def unit(db: Session) -> Viewer:
        firm = partners.enter(db, code, code, by="t", now=NOON)
        partners.grant(
            db, firm, ["W-10234"], rights=["media", "link"], media_kinds=["film", "still"],
            expires_on=None, by="t", now=NOON,
        )  # fmt: skip
        return Viewer(partner=firm, grants=granted.grants_on(db, firm, NOON.date()))

    return door.database.write(unit)


@pytest.mark.parametrize("every", lengths(40))
def test_thousands_of_tries_open_nothing_that_was_not_given(door: Door, every: int) -> None:
    """Addresses of one page put together with parts of another's, of another verb, reach, viewing,
    thing, time: each is answered like an unknown one, and the record has every single request
    (acceptance checks 16, 17).
    """
    chance = random.Random(20260917)  # the same tries every time
    pages = [
        door.share(key="1", reach=Reach.PREVIEW),
        door.share(key="2", reach=Reach.TILES, most_opened=1),
        door.share(key="3", reach=Reach.DOWNLOAD, pin_hash=pin.digest(PIN)),
        door.share(key="4", reach=Reach.ORIGINAL),
        door.share(_firm(door, "GINZA"), key="5"),
        door.share(_firm(door, "UMEDA"), key="6"),
    ]
    owner, thief = door.browser(), door.browser()
    right: list[tuple[str, str]] = []  # folder, address
    for made in pages:
        if made in pages[1:3]:
            owner.tell(made, PIN)
        text = owner.page(made).text
        right += [
            (folder, each.rpartition("/")[2]) for folder in "bdo" for each in places(text, folder)
        ]
    gone = thief.ask("/s/unknown").text
    parts = [each.split(".") for _, each in right]
    opened = {(folder, each) for folder, each in right}
    sealed = {made.share_id for made in pages[1:3]}
    leaks = []
    for _ in range(10_000 // every):
        told = [chance.choice(parts)[place] for place in range(5)]
        if chance.random() < 0.5:  # nearly right: one part of another's
            told = list(chance.choice(parts))
            place = chance.randrange(5)
            told[place] = chance.choice(
                [chance.choice(parts)[place], told[place][:-1], told[place] + "0", "", "-", "1"]
            )
        folder = chance.choice("bdotrp")
        more = "/0/0_0.jpg" if folder == "t" else ""
        address = ".".join(told)
        answer = thief.ask(f"/s/{folder}/{address}{more}", chance.choice(["GET", "HEAD"]))
        if (folder, address) in opened and told[0] not in sealed:
            continue  # by chance the very address
        if answer.status_code != 404 or (answer.text not in ("", gone)):
            leaks.append((folder, address, answer.status_code))
    assert leaks == []
    assert sum(each.times for each in door.looks()) == door.asked


def test_the_record_has_every_request_and_why_it_was_refused(door: Door) -> None:
    """Acceptance check 17, and that it holds no address and no token."""
    made, over = door.share(), door.share(key="over", days=1)
    reader = door.browser()
    page = reader.page(made)
    (address, *_) = places(page.text, "b")
    for headers in ({}, {"range": "bytes=0-99"}, {"range": "bytes=999999999-"}):
        reader.ask(address, headers=headers)
    token = door.issue()
    reader.ask(f"/m/{token}")
    reader.ask("/m/unknown")
    reader.ask("/s/unknown", "POST", data={"pin": "1"})
    door.at = NOON + timedelta(days=2)
    reader.page(over)
    reader.ask(address)
    found = door.looks()
    assert sum(each.times for each in found) == door.asked
    told = [(each.what, each.result, each.span, each.times) for each in found]
    assert ("file", SHOWN, "all", 1) in told
    assert ("file", SHOWN, "0M-1M", 1) in told
    assert ("file", SHOWN, "none", 1) in told
    assert {(what, result) for what, result, _, _ in told} >= {
        ("page", SHOWN), ("letter", SHOWN), ("letter", "unknown"), ("gate", "unknown"),
        ("page", "ended"), ("file", "ended"),
    }  # fmt: skip
    kept = json.dumps([each.model_dump(mode="json") for each in found], default=str)
    for secret in (token, made.token or "", address.rpartition(".")[2]):
        assert secret not in kept
    sent = door.database.read(lambda db: looks.of_assets(db, [door.asset]))
    assert [each.conversation for each in sent] == ["line:Umisaki"]


@given(st.integers(min_value=0, max_value=10_000))
def test_no_number_of_tries_waits_less_than_a_smaller_one(tries: int) -> None:
    wait = pin.wait_after(tries)
    assert (wait is None) is (tries == 0 or tries % 5 != 0)
    earlier = pin.wait_after(tries - 5)
    if wait is not None and earlier is not None:
        assert earlier <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb::1", "2001:db8:aaaa::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_the_first_part_is_kept(told: str, kept: str) -> None:
    assert looks.network_of(told) == kept


def test_a_browser_may_fetch_a_large_file_at_the_object_service(
    swift: Swift, tmp_path: Path
) -> None:
    """A way for a minute, checked and recorded here; changed a little, it opens nothing."""
    (tmp_path / "staging").mkdir()
    with fresh("sqlite", tmp_path) as database:
        door = Door(database, swift.store(tmp_path / "staging"), tmp_path / "shots")
        door.grow(400_000)
        app = FastAPI()
        app.include_router(media_router(replace(door.counter(), signed_seconds=60)))
        door.app = app
        made = door.share()
        reader = door.browser()
        page = reader.page(made)
        origin = swift.endpoint
        for source in ("img-src", "media-src"):
            assert f"{source} 'self' {origin};" in page.headers["content-security-policy"]
        ways = [reader.ask(each) for each in places(page.text, "b")]
        (way,) = [each.headers["location"] for each in ways if each.status_code == 302]
        assert way.startswith(origin)
        assert len(_fetched(way)) == 400_000
        with pytest.raises(HTTPError) as refused:
            _fetched(way.replace("Signature=", "Signature=0"))
        assert refused.value.code == 403
        door.database.write(lambda db: shares.revoke(db, made.share_id, None, now=NOON))
        assert {reader.ask(each).status_code for each in places(page.text, "b")} == {404}
        assert sum(each.times for each in door.looks()) == door.asked


def _fetched(address: str) -> bytes:
    with urlopen(address, timeout=10) as answer:  # of the engine on loopback
        return bytes(answer.read())


def test_what_the_database_does_not_take_waits(door: Door) -> None:
    """A page that is looked at while the disk is full loses no look."""
    reader = door.browser()
    made = door.share()
    reader.page(made)
    reader.page(made)
    door.database.write(lambda db: db.connection().exec_driver_sql("ALTER TABLE look RENAME TO l2"))
    assert door.watch.flush() == 0
    door.database.write(lambda db: db.connection().exec_driver_sql("ALTER TABLE l2 RENAME TO look"))
    reader.page(made)
    assert sum(each.times for each in door.looks()) == door.asked
