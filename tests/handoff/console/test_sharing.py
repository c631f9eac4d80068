"""Share pages as staff make and watch them (R-023, R-029)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.customers import actions as customers
from catalog.duties.actors import Role
from catalog.grading import shotlists
from catalog.grading.checklists import Shot
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.kinds import Category
from catalog.partners.tables import Grant
from media.assets.kinds import Occasion
from media.intake.take import Entrance, Wish, take
from media.originals.local import LocalStore
from media.report import actions as reports
from media.sharing import shares
from media.sharing.tables import Look, Share, Viewing
from tests.handoff.console.window import Opened, window
from tests.media import captures
from tests.media.captures import NOON
from tests.media.sharing.test_looking_in import Door, _firm, places

FORM = "/console/items/W-10234/share"


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Door:
    return Door(database, LocalStore(tmp_path / "media"), tmp_path / "shots")


@pytest.fixture
def seat(door: Door) -> Iterator[Opened]:
    with window(door.database, door.clock, store=door.store) as opened:
        yield opened


def made(clerk: Any, **fields: str) -> Any:
    """What the form answers."""
    shown = clerk.form(FORM, FORM).fields
    kept = {name: shown[name] for name in ("csrf", "key")}
    return clerk.post(FORM, {**kept, "until": "2026-09-30", "reach": "download", **fields})


def _told(page: str, field: str) -> str:
    found = re.search(rf'id="{field}" value="([^"]*)"', page)
    assert found is not None, page
    return found[1]


def test_a_link_is_made_told_once_watched_and_closed(door: Door, seat: Opened) -> None:
    """From the piece's page to the first look: who opened it, what they took, and its end."""
    door.database.write(
        lambda db: customers.register(
            db, "C-1", "田中", given_name="美咲", language="ja", by="test", now=NOON
        )
    )
    clerk = seat("佐藤 花子", Role.ADVISER)
    assert FORM in clerk.page("/console/items/W-10234")
    answer = made(clerk, pin="yes", most="3", audience="C-1", note="保険会社のご確認")
    assert answer.status_code == 200
    address, secret = _told(answer.text, "address"), _told(answer.text, "pin")
    assert re.fullmatch(r"\d{6}", secret)
    token = address.rpartition("/")[2]
    reader = door.browser()
    assert reader.ask(f"/s/{token}", "POST", data={"pin": secret}).status_code == 303
    page = reader.ask(f"/s/{token}")
    assert reader.ask(places(page.text, "d")[0]).status_code == 200
    door.watch.flush()
    listed = clerk.page("/console/shares")
    for each in (
        "W-10234",
        "佐藤 花子",
        "田中 美咲",
        "保険会社のご確認",
        "保存可",
        "暗証番号あり",
        "1 / 3",
    ):
        assert each in listed
    assert token not in listed
    share = door.database.read(lambda db: db.exec(select(Share.id)).one())
    mark = door.database.read(lambda db: db.exec(select(Viewing.mark)).one())
    found = clerk.get(f"/console/shares?mark={mark}")
    assert found.headers["location"] == f"/console/shares/{share}"
    one = clerk.page(f"/console/shares/{share}")
    assert mark in one
    assert "スマートフォン" in one
    closed = clerk.send(f"/console/shares/{share}", f"/console/shares/{share}/close")
    assert "取り消しました" in clerk.page(closed.headers["location"])
    assert reader.ask(f"/s/{token}").status_code == 404
    assert "公開中" in clerk.page("/console/shares")
    assert "W-10234" not in re.sub(r"<form.*?</form>", "", clerk.page("/console/shares"))


def test_what_cannot_be_is_said_and_makes_nothing(door: Door, seat: Opened) -> None:
    clerk = seat("佐藤 花子", Role.ADVISER)
    for fields, told in (
        ({"until": "2026-09-01"}, "期限は今日から"),
        ({"until": "2030-01-01"}, "期限は今日から"),
        ({"audience": "C-404"}, "見つかりません"),
        ({"most": "0"}, "1から1000まで"),
        ({"shot-elsewhere": "yes"}, "この商品のもの"),
        ({"reach": "everything"}, "入力内容をご確認ください"),
        ({"note": "あ" * 101}, "入力内容をご確認ください"),
    ):
        answer = made(clerk, **fields)
        assert (answer.status_code, told in answer.text) == (422, True), fields
        assert "保存可" in answer.text, "the form is there to be mended"
    assert door.database.read(lambda db: db.exec(select(Share)).all()) == []


def test_the_same_form_sent_twice_makes_one_page(door: Door, seat: Opened) -> None:
    clerk = seat("佐藤 花子", Role.ADVISER)
    assert "リンク" in made(clerk, key="once").text
    again = made(clerk, key="once")
    assert "作成済み" in again.text
    assert 'id="address"' not in again.text
    assert len(door.database.read(lambda db: db.exec(select(Share)).all())) == 1


def test_originals_leave_only_by_whoever_may_take_files_out(door: Door, seat: Opened) -> None:
    clerk, manager = seat("佐藤 花子", Role.ADVISER), seat("店長", Role.MANAGER)
    assert "原本の保存可" not in clerk.page(FORM)
    assert made(clerk, reach="original").status_code == 403
    assert made(manager, reach="original").status_code == 200
    remote = seat("在宅 太郎", Role.REMOTE)
    for path in (FORM, "/console/shares"):
        assert remote.get(path).status_code == 403
    auditor = seat("監査 次郎", Role.AUDITOR)
    assert auditor.get("/console/shares").status_code == 200
    assert auditor.get(FORM).status_code == 403


def test_chosen_captures_alone_are_shown(door: Door, seat: Opened, tmp_path: Path) -> None:
    door.fill(tmp_path / "more")
    clerk = seat("佐藤 花子", Role.ADVISER)
    answer = made(clerk, **{f"shot-{door.asset}": "yes"})
    page = door.browser().ask("/s/" + _told(answer.text, "address").rpartition("/")[2])
    assert len(places(page.text, "d")) == 1


def test_a_forgotten_customer_s_pages_are_shut_and_their_note_is_gone(
    door: Door, seat: Opened
) -> None:
    """R-137."""
    who = door.database.write(
        lambda db: customers.register(
            db, "C-1", "田中", given_name="美咲", language="ja", by="test", now=NOON
        )
    )
    made(seat("佐藤 花子", Role.ADVISER), audience="C-1", note="田中様の弁護士")
    door.at = NOON + timedelta(hours=1)
    closed = door.database.write(lambda db: shares.revoke_all(db, f"customer:{who}", now=door.at))
    row = door.database.read(lambda db: db.exec(select(Share)).one())
    assert (closed, row.note, row.revoked_at) == (1, None, door.at)


def test_the_report_in_force_goes_with_a_link_unless_staff_say_no(
    door: Door, seat: Opened, tmp_path: Path
) -> None:
    dial = captures.still(tmp_path / "W-10234_dial_01.jpg", seed=9)
    take(dial, Entrance(door.database, door.store, actor="test"), now=NOON, wish=Wish("W-10234"))

    def report(db: Session) -> None:
        shots = (Shot("dial", "文字盤正面", "dial", told_en="Dial"),)
        shotlists.write(db, Category.WATCH, shots, after=1, by="test", now=NOON)
        unit = UnitId("unit-W-10234")
        draft = reports.draft(db, unit, Occasion.INTAKE, by="test", now=NOON)
        reports.issue(db, draft.id, edition=draft.edition, by="test", now=NOON, key="r")

    clerk = seat("佐藤 花子", Role.ADVISER)
    assert "状態報告書も載せる" not in clerk.page(FORM)
    door.database.write(report)
    assert "状態報告書も載せる" in clerk.page(FORM)
    for fields, goes in (({"report": "yes"}, True), ({}, False)):
        address = _told(made(clerk, **fields).text, "address")
        page = door.browser().ask("/s/" + address.rpartition("/")[2]).text
        assert ("<h2>状態報告書</h2>" in page) is goes
        [share] = door.database.read(
            lambda db: db.exec(select(Share.id).order_by(col(Share.id).desc()).limit(1)).all()
        )
        assert ("状態報告書つき" in clerk.page(f"/console/shares/{share}")) is goes


def test_a_page_that_a_lost_grant_shut_says_so_and_the_record_is_told_whole(
    door: Door, seat: Opened
) -> None:
    """Neither stands as open, nor is the record cut without a word."""
    firm = _firm(door, "GINZA")
    page = door.share(firm)
    audience = door.share(audience=f"partner:{firm.partner}", key="2")
    reader = door.browser()
    for _ in range(3):
        assert reader.page(page).status_code == 200
    clerk = seat("佐藤 花子", Role.ADVISER)
    assert "許可の終了" not in clerk.page("/console/shares")
    assert firm.partner is not None
    ended, since = NOON.date() - timedelta(days=1), NOON - timedelta(days=3)
    told = update(Grant).values(expires_on=ended, granted_at=since)
    door.database.write(lambda db: db.connection().execute(told))
    door.database.write(
        lambda db: db.connection().execute(update(Share).values(made_at=NOON - timedelta(days=2)))
    )
    assert reader.page(page).status_code == 404
    listed = clerk.page("/console/shares")
    assert listed.count("許可の終了により開けません") == 2
    for made in (page, audience):
        assert "許可の終了により開けません" in clerk.page(f"/console/shares/{made.share_id}")

    def many(db: Session) -> None:
        for _ in range(250):
            db.add(Look(at=NOON, what="page", result="ended", times=2, share_id=page.share_id))
        for n in range(120):
            mark = f"M{n:07}"
            viewing = {"mark": mark, "begun_at": NOON, "network": "", "agent": "phone"}
            db.add(Viewing(id=f"v{n:03}", share_id=page.share_id, **viewing))

    door.watch.flush()
    door.database.write(many)
    one = clerk.page(f"/console/shares/{page.share_id}")
    assert "121件のうち、新しい100件です" in one
    assert "504回" in one
    assert f'href="/console/shares/{page.share_id}?offset=200"' in one
    rest = clerk.page(f"/console/shares/{page.share_id}?offset=200")
    assert rest.count('<td data-label="結果">') == 52
