"""`/upload` as clients of tus 1.0 and scripts meet it: what is begun, held, refused and taken in
(R-007).
"""

import base64
import hashlib
import os
import socket
import struct
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from sqlmodel import Session, select
from starlette.testclient import TestClient

from catalog.ground import journal, worklist
from catalog.ground.record import AssetId, Sha256
from catalog.ground.session.database import Database
from media.assets.kinds import Occasion, TimeSource
from media.assets.tables import Asset, Blob
from media.intake.uploads import actions, queries
from media.intake.uploads.routes import upload_router
from media.intake.uploads.rules import NotAnUploader, Told, Uploader, UploadTerms
from media.intake.uploads.tables import Upload, UploadState
from media.intake.uploads.taking import drop, take_in
from media.log import queries as log
from media.originals.local import LocalStore
from media.originals.store import original_key
from tests.media import captures
from tests.media.intake.uploads.senders import SATO, SMALL, TANAKA, metadata, receiving
from tests.media.sharing.test_routes import running

TUS = {"tus-resumable": "1.0.0"}
BODY = {**TUS, "content-type": "application/offset+octet-stream"}


class Shop:
    """The addresses of uploads with somebody before them."""

    def __init__(
        self,
        database: Database,
        store: LocalStore,
        now: datetime,
        terms: UploadTerms = SMALL,
    ) -> None:
        self.database = database
        self.store = store
        self.receiving = receiving(database, store, now, terms)
        app = FastAPI()
        app.include_router(upload_router(self.receiving, self._door))
        self.app = app
        self.client = TestClient(app)
        self.who: Uploader | None = SATO

    async def _door(self, request: Request) -> Uploader:
        if self.who is None:
            raise NotAnUploader
        return self.who

    def ask(
        self, method: str, path: str = "/upload", /, content: bytes = b"", **headers: Any
    ) -> Any:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, content=content, headers={**TUS, **told})

    def begin(self, length: int, **told: str) -> str:
        """The address of a new one."""
        answer = self.ask("POST", upload_length=str(length), upload_metadata=metadata(**told))
        assert answer.status_code == 201, answer.text
        return str(answer.headers["location"])

    def patch(self, place: str, at: int, content: bytes, **headers: str) -> Any:
        more = {"upload_offset": str(at), "content_type": BODY["content-type"], **headers}
        return self.ask("PATCH", place, content=content, **more)

    def offset(self, place: str) -> int:
        answer = self.ask("HEAD", place)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        return int(answer.headers["upload-offset"])

    def rows(self, table: Any) -> list[Any]:
        return list(self.database.read(lambda db: db.exec(select(table)).all()))


@pytest.fixture
def shop(database: Database, store: LocalStore, now: datetime) -> Iterator[Shop]:
    captures.unit(database)
    yield Shop(database, store, now)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return captures.still(tmp_path_factory.mktemp("still") / "x.jpg").read_bytes()


def test_a_picture_in_three_pieces_is_one_asset_of_its_piece(shop: Shop, picture: bytes) -> None:
    place = shop.begin(len(picture), filename="W-10234_case_back_01.jpg", modified="1767225600000")
    cuts = [0, 1000, len(picture) // 2, len(picture)]
    for start, end in pairwise(cuts):
        assert shop.offset(place) == start
        answer = shop.patch(place, start, picture[start:end])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
    went = shop.ask("GET", place).json()
    assert (went["state"], went["code"], went["part"]) == ("taken", "W-10234", "case_back")
    (asset,) = shop.rows(Asset)
    assert asset.id == went["asset"]
    assert asset.time_source == TimeSource.FILE
    assert asset.captured_at.isoformat() == "2026-01-01T00:00:00+00:00"
    key = original_key(Sha256(hashlib.sha256(picture).hexdigest()))
    assert b"".join(shop.store.open(key)) == picture
    assert list(shop.receiving.dock.places.folder.iterdir()) == []
    assert list(shop.store.staging.iterdir()) == []
    assert shop.ask("HEAD", place).headers["upload-offset"] == str(len(picture))


@pytest.mark.parametrize("size", [0, pytest.param(126_000_000, marks=pytest.mark.soak)])
def test_the_same_film_by_tus_and_by_put_is_one_blob_two_assets_one_copy(
    database: Database, store: LocalStore, now: datetime, ready_film: Path, size: int
) -> None:
    """Evidence check 4: a short film, and one that fills up so many bytes."""
    shop = Shop(database, store, now, UploadTerms(spare=0))
    captures.unit(database)
    film = _filled(ready_film.read_bytes(), size)
    place = shop.begin(len(film), filename="W-10234_01.mp4")
    for at in range(0, len(film), 8_000_000):
        assert shop.patch(place, at, film[at : at + 8_000_000]).status_code == 204
    answer = shop.ask("PUT", "/upload/W-10234_01.mp4", content=film)
    assert (answer.status_code, answer.json()["state"]) == (201, "taken")
    assert len(shop.rows(Blob)) == 1
    assert len(shop.rows(Asset)) == 2
    assert shop.database.read(log.size) == 2
    copies = [each for each in shop.store.staging.parent.rglob("*") if each.is_file()]
    assert [each.stat().st_size for each in copies if each.suffix != ".json"] == [len(film)]
    (original,) = [each for each in copies if each.suffix != ".json"]
    assert original.stat().st_nlink == 1


def _filled(film: bytes, size: int) -> bytes:
    """The same film, of at least so many bytes."""
    filling = size - len(film)
    if filling < 8:
        return film
    return film + struct.pack(">I4s", filling, b"free") + os.urandom(filling - 8)


def test_last_requests_that_are_repeated_are_one_asset(shop: Shop, picture: bytes) -> None:
    place = shop.begin(len(picture), filename="W-10234.jpg")
    shop.patch(place, 0, picture)
    again = shop.patch(place, len(picture), b"")
    assert (again.status_code, again.headers["upload-offset"]) == (204, str(len(picture)))
    assert shop.patch(place, 0, picture).status_code == 409
    for _ in range(3):
        answer = shop.ask("PUT", "/upload/W-10234.jpg", content=picture, idempotency_key="k1")
        assert answer.json()["state"] == "taken"
    assert len(shop.rows(Asset)) == 2
    assert len(shop.rows(Upload)) == 2


def test_bytes_go_after_those_that_are_held_and_nowhere_else(shop: Shop) -> None:
    place = shop.begin(100, filename="a.jpg")
    assert shop.patch(place, 0, b"x" * 10).status_code == 204
    for wrong in (0, 9, 11, 100):
        answer = shop.patch(place, wrong, b"y" * 10)
        assert (answer.status_code, answer.headers["upload-offset"]) == (409, "10")
    assert shop.patch(place, 10, b"y" * 91).status_code == 413
    assert shop.offset(place) == 10
    assert shop.receiving.dock.places.of(place.rpartition("/")[2]).read_bytes() == b"x" * 10


def test_of_two_patches_at_once_one_is_locked_out_and_the_other_arrives(
    database: Database, store: LocalStore, now: datetime, ready_film: Path
) -> None:
    """Over two lines to one server, while the first is still sending."""
    shop = Shop(database, store, now, UploadTerms(spare=0))
    captures.unit(database)
    film = _filled(ready_film.read_bytes(), 5_000_000)
    place, half = shop.begin(len(film), filename="W-10234_01.mp4"), 3_000_000
    told = {**BODY, "Host": "x", "Upload-Offset": "0", "Content-Length": str(len(film))}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with running(shop.app) as web:
        with socket.create_connection(("127.0.0.1", web.port), timeout=60) as first:
            first.sendall(f"PATCH {place} HTTP/1.1\r\n{head}\r\n".encode() + film[:half])
            file = shop.receiving.dock.places.of(place.rpartition("/")[2])
            deadline = time.monotonic() + 60
            while not (file.exists() and file.stat().st_size):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            for body in (b"", b"x" * 5000):
                assert _patched(web.port, place, body) in (409, 423)
            first.sendall(film[half:])
            assert first.recv(4096).startswith(b"HTTP/1.1 204")
        assert _patched(web.port, place, b"x" * 5000) == 409
    (asset,) = shop.rows(Asset)
    assert asset.sha256 == hashlib.sha256(film).hexdigest()
    assert b"".join(shop.store.open(original_key(Sha256(asset.sha256)))) == film


def _patched(port: int, place: str, body: bytes) -> int:
    line = HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("PATCH", place, body=body, headers={**BODY, "Upload-Offset": "0"})
    status = line.getresponse().status
    line.close()
    return status


def test_what_is_declared_too_large_is_refused_before_a_byte(shop: Shop) -> None:
    """Evidence check 3."""

    def begun(length: int) -> int:
        answer = shop.ask("POST", upload_length=str(length), upload_metadata=metadata(filename="a"))
        return int(answer.status_code)

    assert begun(SMALL.largest + 1) == 413
    assert begun(100_000_000_000) == 413
    assert not shop.rows(Upload)
    assert [begun(900_000) for _ in range(3)] == [201, 201, 201]
    assert begun(1) == 429  # so many of one person
    shop.who = TANAKA
    assert begun(900_000) == 507  # the share of all unfinished ones
    assert begun(200_000) == 201


def test_a_disk_without_room_takes_nothing_new(
    database: Database, store: LocalStore, now: datetime
) -> None:
    shop = Shop(database, store, now, UploadTerms(spare=1 << 60))
    assert shop.ask("POST", upload_length="1").status_code == 507


def test_a_checksum_is_held_against_the_bytes(shop: Shop) -> None:
    place = shop.begin(20, filename="a.jpg")
    for algorithm in ("sha1", "sha256"):
        right = base64.b64encode(hashlib.new(algorithm, b"0123456789").digest()).decode()
        other = base64.b64encode(hashlib.new(algorithm, b"012345678x").digest()).decode()
        at = shop.offset(place)
        told = f"{algorithm} {other}"
        assert shop.patch(place, at, b"0123456789", upload_checksum=told).status_code == 460
        assert shop.offset(place) == at
        told = f"{algorithm} {right}"
        if algorithm == "sha1":
            assert shop.patch(place, at, b"0123456789", upload_checksum=told).status_code == 204
    for bad in ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 %%%", "sha1", ""):
        assert shop.patch(place, 10, b"x", upload_checksum=bad).status_code == 400
    assert shop.offset(place) == 10


def test_one_that_is_given_up_is_gone_and_its_bytes_too(shop: Shop) -> None:
    place = shop.begin(20, filename="a.jpg")
    shop.patch(place, 0, b"0123456789")
    assert shop.ask("DELETE", place).status_code == 204
    for method in ("HEAD", "DELETE", "GET"):
        assert shop.ask(method, place).status_code == 404
    assert shop.patch(place, 10, b"x").status_code == 404
    assert list(shop.receiving.dock.places.folder.iterdir()) == []


def test_one_nobody_sends_bytes_for_expires(shop: Shop, now: datetime) -> None:
    place = shop.begin(20, filename="a.jpg")
    answer = shop.patch(place, 0, b"0123456789")
    assert answer.headers["upload-expires"] == "Wed, 25 Nov 2026 05:00:00 GMT"
    later = now + timedelta(hours=72)
    shop.database.write(lambda db: actions.sweep(db, later - timedelta(seconds=1)))
    assert shop.offset(place) == 10
    shop.database.write(lambda db: actions.sweep(db, later))
    assert shop.ask("HEAD", place).status_code == 404
    (due,) = shop.rows(worklist.Work)
    assert due.kind == actions.DROP
    drop(shop.receiving.dock, due.subject)
    assert list(shop.receiving.dock.places.folder.iterdir()) == []


def test_a_whole_one_whose_process_was_killed_is_taken_in_by_whoever_looks(
    shop: Shop, picture: bytes, now: datetime
) -> None:
    """Between the last byte and the asset: the row says whole, the file lies there."""

    def killed(name: str) -> str:
        place = shop.begin(len(picture), filename=name)
        upload = place.rpartition("/")[2]
        shop.receiving.dock.places.of(upload).write_bytes(picture)
        shop.database.write(
            lambda db: actions.hold(
                db, upload, len(picture), torn_at=None, kept_for=timedelta(1), now=now
            )
        )
        return place

    by_client = killed("W-10234_01.jpg")
    assert shop.offset(by_client) == len(picture)
    assert shop.ask("GET", by_client).json()["state"] == "taken"
    by_clock = killed("W-10234_02.jpg")
    shop.database.write(lambda db: actions.sweep(db, now + timedelta(minutes=1)))
    due = [row for row in shop.rows(worklist.Work) if row.kind == actions.TAKE]
    assert due == []
    shop.database.write(lambda db: actions.sweep(db, now + timedelta(minutes=10)))
    (due,) = [row for row in shop.rows(worklist.Work) if row.kind == actions.TAKE]
    take_in(shop.receiving.dock, due.subject)
    take_in(shop.receiving.dock, due.subject)
    assert shop.ask("GET", by_clock).json()["state"] == "taken"
    assert len(shop.rows(Asset)) == 2


def test_who_says_piece_part_and_occasion_is_believed(shop: Shop, picture: bytes) -> None:
    told = {"code": "w10234", "part": "dial", "occasion": "return", "filename": "IMG_1.JPG"}
    place = shop.begin(len(picture), **told)
    shop.patch(place, 0, picture)
    went = shop.ask("GET", place).json()
    assert (went["code"], went["part"]) == ("W-10234", "dial")
    asset = AssetId(went["asset"])
    said = shop.database.read(lambda db: queries.occasion_of(db, asset))
    assert said is Occasion.RETURN
    entries = shop.database.read(lambda db: journal.of(db, f"asset:{asset}"))
    assert [(each.verb, each.actor) for each in entries] == [
        ("received", SATO.name), ("uploaded", SATO.name),
    ]  # fmt: skip
    assert (
        shop.ask("POST", upload_length="1", upload_metadata=metadata(code="W-99999")).status_code
        == 404
    )


def test_folders_of_a_card_and_photographed_tags_tell_the_piece(shop: Shop, tmp_path: Path) -> None:
    """R-005, R-006: a sitting's tag counts for its later shots, and for nobody else's."""

    def sent(path: str, station: str, content: bytes = b"") -> Any:
        content = content or captures.still(tmp_path / path, seed=int(path[-5])).read_bytes()
        place = shop.begin(len(content), path=path, station=station)
        shop.patch(place, 0, content)
        return shop.ask("GET", place).json()

    assert sent("DCIM/W-10234/IMG_0001.JPG", "a")["code"] == "W-10234"
    assert sent("DCIM/100CANON/IMG_0002.JPG", "a")["code"] is None
    tag = captures.tag_photo(tmp_path / "tag.jpg", "W-10234").read_bytes()
    assert sent("DCIM/100CANON/IMG_0003.JPG", "a", tag)["code"] == "W-10234"
    assert sent("DCIM/101CANON/IMG_0004.JPG", "a")["code"] == "W-10234"
    assert sent("DCIM/100CANON/IMG_0005.JPG", "b")["code"] is None
    shop.who = TANAKA
    assert sent("DCIM/100CANON/IMG_0006.JPG", "a")["code"] is None


def test_what_arrived_cannot_be_cancelled_and_the_answer_tells_where_it_went(
    shop: Shop, picture: bytes
) -> None:
    place = shop.begin(len(picture), filename="W-10234_01.jpg")
    shop.patch(place, 0, picture)
    answer = shop.ask("DELETE", place)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["state"], told["code"]) == ("taken", "W-10234")
    assert told["error"]["why"] == "UploadArrived"
    assert len(shop.rows(Asset)) == 1


def test_what_is_neither_picture_nor_film_is_refused_and_not_kept(shop: Shop) -> None:
    place = shop.begin(11, filename="notes.pdf")
    assert shop.patch(place, 0, b"%PDF-1.7 ..").status_code == 204
    went = shop.ask("GET", place).json()
    assert (went["state"], went["why"]) == ("refused", "NotAPicture")
    assert shop.ask("PUT", "/upload/a.zip", content=b"PK\3\4....").status_code == 422
    empty = shop.begin(0, filename="empty.bin")
    assert shop.ask("GET", empty).json()["state"] == "refused"
    assert not shop.rows(Asset)
    assert list(shop.receiving.dock.places.folder.iterdir()) == []
    assert list(shop.store.staging.iterdir()) == []


def test_strangers_and_those_who_may_not_get_one_answer_and_another_persons_upload_none(
    shop: Shop,
) -> None:
    place = shop.begin(20, filename="a.jpg")
    asked = [
        ("POST", "/upload"), ("GET", "/upload"), ("HEAD", place), ("PATCH", place),
        ("DELETE", place), ("GET", place), ("PUT", "/upload/a.jpg"), ("POST", place),
        ("HEAD", "/upload/none"), ("GET", "/upload/none"),
    ]  # fmt: skip
    shop.who = None
    answers = {shop.ask(method, path).text for method, path in asked if method != "HEAD"}
    assert len(answers) == 1
    assert {shop.ask(method, path).status_code for method, path in asked} == {403}
    shop.who = TANAKA
    for method in ("HEAD", "GET", "DELETE"):
        mine, none = shop.ask(method, place), shop.ask(method, "/upload/none")
        assert (mine.status_code, mine.text) == (none.status_code, none.text) == (404, mine.text)
    assert shop.patch(place, 0, b"x").text == shop.patch("/upload/none", 0, b"x").text
    assert shop.ask("GET").json()["unfinished"] == []
    shop.who = SATO
    assert [each["name"] for each in shop.ask("GET").json()["unfinished"]] == ["a.jpg"]


NAMES = {
    "../../etc/passwd": "etc/passwd",
    "/abs/olute.jpg": "abs/olute.jpg",
    "C:\\DCIM\\x.jpg": "C:/DCIM/x.jpg",
    "a\u202egpj.exe": "agpj.exe",
    "..": "unnamed",
    "": "unnamed",
    "\x00\x01": "unnamed",
    "x" * 2000 + ".jpg": "x" * 255,
    "髙橋・𠮷・﨑.jpg": "髙橋・𠮷・﨑.jpg",
    "/".join("abcdefghij"): "c/d/e/f/g/h/i/j",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_a_text(shop: Shop, name: str) -> None:
    place = shop.begin(5, filename=name)
    (row,) = shop.rows(Upload)
    assert row.name == NAMES[name]
    assert shop.ask("HEAD", place).headers["upload-metadata"] == metadata(filename=name)
    assert [each.name for each in shop.receiving.dock.places.folder.iterdir()] == [f"{row.id}.part"]


BAD_HEADERS: dict[str, dict[str, Any]] = {
    "no length": {"upload_length": ""},
    "minus": {"upload_length": "-1"},
    "a word": {"upload_length": "ten"},
    "other digits": {"upload_length": b"\xb2\xb3"},
    "beyond any": {"upload_length": "9" * 400},
    "no base64": {"upload_metadata": "filename ???"},
    "no text": {"upload_metadata": "filename " + base64.b64encode(b"\xff\xfe").decode()},
    "twice": {"upload_metadata": "filename YQ==,filename Yg=="},
    "a bad key": {"upload_metadata": "file name YQ=="},
    "huge": {"upload_metadata": metadata(filename="x" * 9000)},
    "no such part": {"upload_metadata": metadata(part="tail")},
    "no such occasion": {"upload_metadata": metadata(occasion="birthday")},
    "no code": {"upload_metadata": metadata(code="' OR 1=1")},
    "no moment": {"upload_metadata": metadata(modified="yesterday")},
    "a far moment": {"upload_metadata": metadata(modified="9" * 14)},
    "a bad station": {"upload_metadata": metadata(station="../x")},
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_headers_that_cannot_be_read_begin_nothing(shop: Shop, name: str) -> None:
    headers: dict[str, Any] = {"upload_length": "10", **BAD_HEADERS[name]}
    assert shop.ask("POST", **headers).status_code == 400
    assert not shop.rows(Upload)


def test_the_protocol_is_told_and_asked_for(shop: Shop) -> None:
    offered = shop.client.options("/upload")
    assert offered.status_code == 204
    assert offered.headers["tus-version"] == "1.0.0"
    assert offered.headers["tus-max-size"] == str(SMALL.largest)
    assert set(offered.headers["tus-extension"].split(",")) == {
        "creation", "termination", "expiration", "checksum",
    }  # fmt: skip
    place = shop.begin(10, filename="a.jpg")
    for method in ("HEAD", "PATCH", "DELETE"):
        answer = shop.client.request(method, place)
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    assert shop.ask("PATCH", place, content=b"x", upload_offset="0").status_code == 415
    by_post = {"x_http_method_override": "PATCH", "content_type": BODY["content-type"]}
    answer = shop.ask("POST", place, content=b"x", upload_offset="0", **by_post)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "1")
    assert shop.ask("POST", place, x_http_method_override="TRACE").status_code == 400
    chunked = shop.client.put("/upload/a.jpg", content=iter([b"x"]))
    assert chunked.status_code == 411


def test_an_upload_whose_bytes_the_disk_lost_is_over(shop: Shop) -> None:
    gone, short = shop.begin(10, filename="a.jpg"), shop.begin(10, filename="b.jpg")
    shop.patch(short, 0, b"12345")
    places = shop.receiving.dock.places
    places.of(gone.rpartition("/")[2]).unlink()
    assert shop.ask("HEAD", gone).status_code == 404
    places.of(short.rpartition("/")[2]).write_bytes(b"12")
    assert shop.patch(short, 5, b"67890").status_code == 404
    assert {row.state for row in shop.rows(Upload)} == {UploadState.GONE}


def test_what_is_promised_counts(database: Database, now: datetime) -> None:
    """Bytes others are still to send are not free."""

    def begin(length: int, held: int) -> None:
        def unit(db: Session) -> None:
            row = actions.begin(
                db,
                Uploader("x", "x"),
                length,
                Told("a.jpg"),
                UploadTerms(spare=10, at_once=9),
                free=100,
                now=now,
            )
            actions.hold(db, row.id, held, torn_at=None, kept_for=timedelta(1), now=now)

        database.write(unit)

    begin(60, 20)
    claims = database.read(lambda db: queries.claims(db, "x", free=100))
    assert (claims.own_open, claims.claimed, claims.promised) == (1, 60, 40)
