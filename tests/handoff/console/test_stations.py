"""A session opened at a station in the console: what it gives belongs to the piece, what is missing
is shown as it comes in with the guide pictures, the tray suggests with reasons (R-004, R-006).
"""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from catalog.duties.actors import Role
from catalog.grading import shotlists
from catalog.ground.record import UnitId
from catalog.ground.session.opening import open_database
from catalog.items.kinds import Category
from handoff.staff.tables import StaffSession
from media.assets import queries as assets
from media.decoding.sniff import NotAPicture
from media.intake import asides
from media.intake.stations import Station
from media.intake.tables import SessionCapture
from media.intake.take import Entrance, take
from media.originals.local import LocalStore
from tests.databases import fresh_url
from tests.handoff.console.window import Seat, window
from tests.media import captures
from tests.media.report.desk import Desk

PAGE = "/console/stations"
OPEN, CLOSE = f"{PAGE}/open", f"{PAGE}/close"


class House:
    """A desk with its station, a clerk and an auditor."""

    def __init__(self, desk: Desk, station: Station, opened: Any) -> None:
        self.desk, self.station = desk, station
        self.clerk: Seat = opened("佐藤", Role.STORE)
        self.auditor: Seat = opened("監査", Role.AUDITOR)

    def give(self, name: str, *, seed: int) -> UnitId | None:
        """The station's camera wrote this file."""
        path = captures.still(self.station.folder / name, seed=seed)
        now = self.desk.later()
        entrance = Entrance(self.desk.database, self.desk.store, actor="hot folder")
        return take(
            path, entrance, now=now, root=self.station.folder, station=self.station.scope,
            came_at=now,
        ).unit_id  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        store = LocalStore(tmp_path / "media")
        desk = Desk(database, store, tmp_path / "in")
        station = Station("机", tmp_path / "hot")
        more = {"store": store, "stations": [station]}
        with window(database, lambda: desk.now, **more) as opened:
            yield House(desk, station, opened)
        database.close()


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_what_a_station_gives_belongs_to_the_piece_chosen_in_the_console(house: House) -> None:
    """Until it is ended; shown with `1/3` and what is missing."""
    clerk = house.clerk
    assert "どの商品とも決まっていません" in words(clerk.get(PAGE))
    form = clerk.form(PAGE, OPEN).fields
    assert form["station"] == "机"
    unknown = clerk.post(OPEN, {**form, "code": "W-99999"})
    assert unknown.status_code == 404
    assert "「W-99999」の商品が見つかりません" in words(unknown)
    assert clerk.post(OPEN, {**form, "code": "W-10234", "station": "x"}).status_code == 404
    assert clerk.post(OPEN, {**form, "code": "W-10234", "occasion": "x"}).status_code == 422
    assert clerk.post(OPEN, {**form, "code": "w10234", "occasion": "intake"}).status_code == 303
    assert "0/3 · 不足している撮影: 文字盤正面、裏蓋、シリアル" in words(clerk.get(PAGE))
    assert house.give("serial.jpg", seed=8) == house.desk.unit
    live = words(clerk.get(f"{PAGE}/live"))
    assert "1/3 · 不足している撮影: 文字盤正面、裏蓋" in live
    assert "佐藤" in live
    assert house.desk.read(lambda db: len(db.exec(select(SessionCapture.asset_id)).all())) == 1
    assert clerk.send(PAGE, CLOSE).status_code == 303
    assert house.give("IMG_1.jpg", seed=9) is None
    closed = clerk.post(CLOSE, {**form, "station": "机"})
    assert closed.status_code == 404


def test_a_stations_page_nobody_touches_keeps_no_session_alive(house: House) -> None:
    """R-142: it asks for what came every three seconds."""
    begun = house.desk.now

    def seen() -> datetime:
        find = select(StaffSession.seen_at).where(StaffSession.staff_id == house.clerk.staff_id)
        return house.desk.read(lambda db: db.exec(find).one())

    house.desk.now = begun + timedelta(hours=1)
    assert house.clerk.get(f"{PAGE}/live").status_code == 200
    assert seen() == begun
    house.clerk.page(PAGE)
    assert seen() == house.desk.now
    house.desk.now += timedelta(hours=13)
    assert house.clerk.get(f"{PAGE}/live").status_code != 200


def test_what_a_station_could_not_take_in_and_when_it_was_looked_at_stands_on_its_page(
    house: House,
) -> None:
    """R-021; it is gone once the file is."""
    path = house.station.folder / "scope.bmp"
    assert "まだ一度も確認できていません" in words(house.clerk.get(PAGE))
    now = house.desk.now
    house.desk.database.write(
        lambda db: (
            asides.lay_aside(db, "机", path, NotAPicture(".bmp"), now=now),
            asides.looked(db, "机", now=now),
        )
    )
    page = words(house.clerk.get(PAGE))
    assert "取り込めなかったファイルがあります" in page
    assert "scope.bmp · 写真でも動画でもない" in page
    assert "フォルダを見に行けていません" not in page
    assert "取り込めなかったファイル 1" in words(house.clerk.get("/console/captures"))
    house.desk.database.write(lambda db: asides.forget(db, [str(path)]))
    house.desk.later(15)
    page = words(house.clerk.get(PAGE))
    assert "scope.bmp" not in page
    assert "フォルダを見に行けていません" in page


def test_who_takes_no_captures_in_looks_and_changes_nothing(house: House) -> None:
    form = house.clerk.form(PAGE, OPEN).fields
    page = house.auditor.page(PAGE)
    assert OPEN not in page
    csrf = re.search(r'data-csrf="([^"]+)"', page)
    assert csrf is not None
    told = {**form, "code": "W-10234", "csrf": csrf[1]}
    assert house.auditor.post(OPEN, told).status_code == 403


def test_the_guide_picture_stands_beside_what_is_missing(house: House) -> None:
    dial = house.desk.capture("dial")
    other = captures.unit(house.desk.database, "W-10235")
    lists = "/console/shotlists"
    rows = house.clerk.form(PAGE, OPEN).fields

    def guided(db: Any) -> None:
        before = shotlists.current(db, Category.WATCH)
        shots = [
            replace(each, guide=dial if each.code == "dial" else None) for each in before.shots
        ]
        shotlists.write(
            db, Category.WATCH, shots, after=before.version, by="staff:S", now=house.desk.now
        )

    house.desk.write(guided)
    assert "見本あり" in house.clerk.page(lists)
    assert house.clerk.post(OPEN, {**rows, "code": "W-10235"}).status_code == 303
    page = house.clerk.page(PAGE)
    assert 'alt="見本: 文字盤正面"' in page
    assert 'alt="見本: 文字盤正面"' in house.clerk.page("/console/station?code=W-10235")
    assert house.give("W-10235_dial.jpg", seed=5) == other
    assert 'alt="見本: 文字盤正面"' not in house.clerk.page(f"{PAGE}/live")


def test_one_tap_gives_a_capture_of_the_tray_to_its_suggestion(house: House) -> None:
    clerk = house.clerk
    form = clerk.form(PAGE, OPEN).fields
    clerk.post(OPEN, {**form, "code": "W-10234"})
    clerk.send(PAGE, CLOSE)
    assert house.give("IMG_1.jpg", seed=9) is None
    tray = words(clerk.get("/console/tray"))
    assert "W-10234 に付ける" in tray
    assert "この商品の撮影中かその直後に撮られました" in tray
    assert clerk.send("/console/tray", "/console/tray/assign").status_code == 303
    assert house.desk.read(assets.tray) == []
