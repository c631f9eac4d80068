"""Condition reports and lists of shots at the console: drafted, pinned, issued, taken away."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from catalog.duties.actors import Role
from catalog.grading import shotlists
from catalog.ground.session.opening import open_database
from catalog.ground.worklist import Work
from catalog.items.kinds import Category, UnitState
from media.assets.tables import Asset
from media.intake import sessions
from media.intake.stations import Station
from media.log import authority
from media.originals.local import LocalStore
from media.report import certificates, press, queries
from media.report.actions import CERTIFICATE_WORK
from media.report.rules import State
from tests.databases import fresh_url
from tests.handoff.console.window import Seat, window
from tests.media.report.desk import BY, Desk

ITEM = "/console/items/W-10234"


class House:
    def __init__(self, desk: Desk, opened: Any) -> None:
        self.desk = desk
        self.senior: Seat = opened("鈴木", Role.SENIOR)
        self.store: Seat = opened("田中", Role.STORE)
        self.auditor: Seat = opened("監査", Role.AUDITOR)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        store = LocalStore(tmp_path / "media")
        desk = Desk(database, store, tmp_path / "in")
        with window(database, lambda: desk.now, store=store) as opened:
            yield House(desk, opened)
        database.close()


def _words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def _begun(house: House, occasion: str = "before_shipping") -> str:
    answer = house.store.send(f"{ITEM}/reports", f"{ITEM}/reports", occasion=occasion)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_report_from_draft_to_certificate(house: House) -> None:
    """Issue is refused with the Japanese labels, then issued, printed, taken away."""
    desk, clerk = house.desk, house.store
    dial = desk.capture("dial", makes=True)
    place = _begun(house)
    assert "不足している撮影: 裏蓋、シリアル" in _words(clerk.get(place))
    assert "1/3" in clerk.page(place)
    added = clerk.send(
        place, f"{place}/pin", asset=dial, x="40", y="70.5", width="10", height="5",
        kind="scratch", severity="light", told="6時側の線傷", size="0.8",
    )  # fmt: skip
    assert added.status_code == 303, added.text[-800:]
    page = clerk.page(place)
    assert "6時側の線傷" in page
    assert "0.8 mm" in _words(clerk.get(place))
    assert '<rect x="40.0%" y="70.5%"' in page
    assert f"{place}/issue" not in page
    refused = house.senior.send(place, f"{place}/issue")
    assert refused.status_code == 409
    assert "不足している撮影: 裏蓋 シリアル" in _words(refused)
    desk.capture("case_back")
    desk.capture("serial")
    assert house.senior.send(place, f"{place}/issue", times=2).status_code == 303
    report_id = place.rsplit("/", 1)[1]
    report = desk.read(lambda db: queries.report_of(db, report_id))
    assert report.state == State.ISSUED
    shown = clerk.page(place)
    assert report.code in shown
    assert report.manifest_sha256 in shown
    assert f"{place}/pin" not in shown
    assert clerk.get(f"{place}/certificate").status_code == 404
    _printed(desk, report_id)
    pdf = house.auditor.get(f"{place}/certificate")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["content-disposition"] == f'attachment; filename="W-10234-{report.code}.pdf"'
    assert house.senior.send(place, f"{place}/print", lang="en").status_code == 303
    assert "証明書を作成しています" in clerk.page(place)
    due = select(Work).where(Work.kind == CERTIFICATE_WORK)
    waiting = desk.read(lambda db: [each.facts for each in db.exec(due)])
    assert waiting == [{"lang": "ja"}, {"lang": "en"}]
    assert clerk.get(f"{place}/certificate?lang=en").status_code == 404
    # Another one is printed on request, and the first is still known for the shop's.
    desk.write(lambda db: _done(db, report_id))
    assert "証明書を作り直す" in house.senior.page(place)
    assert house.senior.send(place, f"{place}/print", lang="ja", times=2).status_code == 303
    keys = desk.read(lambda db: [each.work_key for each in db.exec(due)])
    assert set(keys) == {report_id, f"{report_id}:en", f"{report_id}:after-1"}
    assert "証明書(PDF)" in clerk.page(f"{ITEM}/reports")
    assert "1/3" not in clerk.page(ITEM)
    assert "チェックリスト 3/3" in _words(clerk.get(ITEM))


def test_a_shot_that_cannot_be_taken_is_done_without_by_whoever_grades(house: House) -> None:
    """R-004: the reason stands in the draft, in what was issued, and where anybody checks it."""
    desk, senior = house.desk, house.senior
    desk.capture("dial")
    desk.capture("case_back")
    place = _begun(house)
    assert f"{place}/waive" not in house.store.page(place)
    told = {"shot": "serial", "reason": "刻印が摩耗して読めない"}
    assert senior.send(place, f"{place}/waive", **{**told, "reason": "x" * 401}).status_code == 422
    assert senior.send(place, f"{place}/waive", **told).status_code == 303
    page = _words(senior.get(place))
    assert "省略した撮影 シリアル: 刻印が摩耗して読めない" in page
    assert "不足している撮影" not in page
    assert senior.send(place, f"{place}/issue").status_code == 303
    assert "シリアル: 刻印が摩耗して読めない" in _words(house.store.get(place))
    report = desk.read(lambda db: queries.report_of(db, place.rsplit("/", 1)[1]))
    sheet = desk.read(lambda db: certificates.sheet(db, report.id, public_url="https://a.example"))
    ((label, why),) = sheet.facts["unshot"]
    assert (label, why.split("　")[0]) == ("シリアル", "刻印が摩耗して読めない")


def test_a_draft_of_an_earlier_stay_is_read_and_not_issued(house: House) -> None:
    """Decision 0043: the list tells it apart from the one of this stay."""
    desk = house.desk
    desk.moves(UnitState.LISTED, "dealer:shop")
    before = desk.capture("dial")

    def taken_now(db: Session) -> None:
        db.get_one(Asset, before).captured_at = desk.now

    desk.write(taken_now)
    assert f'<option value="{before}">' in house.senior.page(ITEM)
    place = _begun(house, "return")
    desk.later(60)
    desk.moves(UnitState.DELIVERED, "buyer")
    desk.moves(UnitState.INSPECTION, "dealer:shop")
    assert "前回お預かりした時の下書きです" in _words(house.store.get(place))
    # Nor does what was photographed then show a wear of now.
    assert f'<option value="{before}">' not in house.senior.page(ITEM)
    refused = house.senior.send(place, f"{place}/issue")
    assert refused.status_code == 409
    assert "新しい下書きを開いてください" in _words(refused)
    fresh = _begun(house, "return")
    assert fresh != place
    listed = _words(house.store.get(f"{ITEM}/reports"))
    assert "返送時 前回お預かり時の下書き(未発行)" in listed
    assert "返送時 下書き" in listed
    old = house.store.page(place)
    assert f"{place}/pin" not in old
    assert f"{place}/print" not in old


def test_while_it_is_being_photographed_whoever_issues_is_asked(house: House) -> None:
    desk = house.desk
    for each in ("dial", "case_back", "serial"):
        desk.capture(each)
    place = _begun(house)
    station = Station("A", desk.folder)
    desk.write(
        lambda db: sessions.open_at(db, station, desk.unit, occasion=None, by=BY, now=desk.now)
    )
    refused = house.senior.send(place, f"{place}/issue")
    assert refused.status_code == 409
    assert "撮影中です" in _words(refused)
    assert "今ある撮影で発行する" in refused.text
    assert house.senior.send(place, f"{place}/issue", enough="yes").status_code == 303


def _done(db: Session, report_id: str) -> None:
    """The worker ended the work of the first print with it."""
    first = db.exec(select(Work).where(Work.work_key == report_id)).one()
    first.state = "done"
    db.add(first)


def _printed(desk: Desk, report_id: str) -> None:
    now = desk.now + timedelta(minutes=5)
    seal = authority.seal_in(desk.folder / "keys", name="店", now=now)
    sheet = desk.read(lambda db: certificates.sheet(db, report_id, public_url="https://a.example"))
    pictures = certificates.read_pictures(desk.store, sheet)
    made = press.print_certificate(sheet.facts, pictures, seal, now=now)
    certificates.keep(desk.store, sheet, made, now=now)
    desk.write(lambda db: certificates.record(db, report_id, made, by=BY, now=now))


def test_what_two_people_write_at_once_is_told_and_not_lost(house: House) -> None:
    house.desk.capture("dial", makes=False)
    place = _begun(house)
    late = house.store.form(place, f"{place}/summary")
    assert house.senior.send(place, f"{place}/summary", summary="良好").status_code == 303
    refused = house.store.post(late.action, {**late.fields, "summary": "古い"})
    assert refused.status_code == 409
    assert "先に他の方が変更しました" in refused.text
    assert "良好" in house.store.page(place)


def test_a_pin_is_changed_and_taken_out_by_forms_alone(house: House) -> None:
    dial = house.desk.capture("dial")
    place = _begun(house)
    told = {"x": "10", "y": "20", "kind": "dent", "severity": "clear", "asset": dial}
    house.store.send(place, f"{place}/pin", told="打痕", **told)
    house.store.send(place, f"{place}/repin", told="深い打痕", **{**told, "x": "12.5"})
    page = house.store.page(place)
    assert "深い打痕" in page
    assert 'x="12.5%"' in page
    wrong = house.store.send(place, f"{place}/repin", told="x", **{**told, "x": "101"})
    assert wrong.status_code == 422
    assert "0から100の数字" in wrong.text
    house.store.send(place, f"{place}/unpin")
    assert "深い打痕" not in house.store.page(place)


def test_a_correction_is_another_report(house: House) -> None:
    for each in ("dial", "case_back", "serial"):
        house.desk.capture(each, makes=False)
    place = _begun(house)
    house.senior.send(place, f"{place}/issue")
    answer = house.senior.send(place, f"{place}/correct")
    newer = answer.headers["location"]
    assert newer != place
    assert "もとの報告書" in house.senior.page(newer)
    house.desk.later()
    house.senior.send(newer, f"{newer}/issue")
    assert "この報告書は訂正されました" in house.senior.page(place)
    assert house.senior.send(newer, f"{newer}/correct").status_code == 303


def test_a_discarded_draft_leads_back_and_is_gone(house: House) -> None:
    place = _begun(house)
    answer = house.store.send(place, f"{place}/drop")
    assert answer.headers["location"] == f"{ITEM}/reports"
    assert house.store.get(place).status_code == 404


def test_who_may_only_look_looks(house: House) -> None:
    place = _begun(house)
    page = house.auditor.page(place)
    assert f"{place}/summary" not in page
    assert f"{place}/issue" not in page


def test_the_list_of_shots_is_a_new_version_and_the_old_one_stays(house: House) -> None:
    """R-004: as data the shop edits; a report keeps the version it was begun with."""
    senior, desk = house.senior, house.desk
    place = _begun(house)
    lists = "/console/shotlists"
    form = senior.form(lists, f"{lists}/watch")
    rows = {
        **form.fields, "code_3": "clasp", "told_3": "クラスプ", "told_en_3": "Clasp",
        "place_3": "1", "part_3": "clasp",
    }  # fmt: skip
    assert senior.post(form.action, rows).status_code == 303
    found = desk.read(lambda db: shotlists.current(db, Category.WATCH))
    assert found.version == 3
    assert {each.code for each in found.shots} == {"dial", "case_back", "serial", "clasp"}
    assert senior.post(form.action, rows).status_code == 409
    bad = senior.form(lists, f"{lists}/watch")
    refused = senior.post(bad.action, {**bad.fields, "code_0": "Dial!"})
    assert refused.status_code == 422
    assert "Dial!" in refused.text
    assert "0/3" in senior.page(place)
    assert "0/4" in senior.page(ITEM)


def test_a_guide_is_a_capture_of_a_piece_of_the_shop(house: House) -> None:
    dial = house.desk.capture("dial", makes=False)
    lists = "/console/shotlists"
    form = house.senior.form(lists, f"{lists}/watch")
    wrong = house.senior.post(form.action, {**form.fields, "guide_1": "W-10234"})
    assert wrong.status_code == 422
    assert house.senior.post(form.action, {**form.fields, "guide_0": "W-10234"}).status_code == 303
    shots = house.desk.read(lambda db: shotlists.current(db, Category.WATCH)).shots
    assert [each.guide for each in shots] == [dial, None, None]
