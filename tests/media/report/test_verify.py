"""`/verify/{code}` as a stranger meets it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import Session, col

from bot.bucket import Turnstile
from catalog.ground.session.opening import open_database
from media.assets import actions as assets
from media.assets.kinds import BlobState, Occasion, Wrong
from media.assets.tables import Asset, Blob
from media.report import actions, pages, queries, rules
from media.report.pages import TEMPLATES
from media.report.routes import VerifyDesk, verify_router
from media.sharing import verifying
from media.sharing.serving import gone_page
from tests.databases import ENGINES, fresh_url
from tests.media.report.desk import BY, Desk
from tests.swift.engine import any_store

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class Seat:
    """The page's own desk, and a report that was issued."""

    def __init__(self, desk: Desk, *, burst: float = 1_000.0) -> None:
        self.desk = desk
        self.taken = {each: desk.capture(each, makes=False) for each in ("dial", "case_back")}
        self.taken["serial"] = desk.capture("serial", makes=False)
        self.report = desk.draft()
        desk.pin(self.report, self.taken["dial"])
        self.issued = desk.issue(self.report)
        self.shown: dict[str, pages.Picture] = {}
        self.now = NOW
        app = FastAPI()
        app.include_router(
            verify_router(
                VerifyDesk(
                    database=desk.database,
                    clock=lambda: self.now,
                    gone=lambda: gone_page(None),
                    pictured=lambda db, token, unit_id, *, now: (
                        self.shown if token == "open" else {}
                    ),
                    turnstile=Turnstile(rate=0.5, burst=burst),
                    pictures_from="https://objects.example",
                )
            )
        )
        self.client = TestClient(app)

    def get(self, code: str | None = None, **params: str) -> Any:
        return self.client.get(f"/verify/{code or self.issued.code}", params=params)


@pytest.fixture(params=ENGINES)
def seat(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seat]:
    with fresh_url(request.param, tmp_path) as url:
        database = open_database(url)
        yield Seat(Desk(database, any_store(tmp_path), tmp_path / "in"))
        database.close()


def test_the_page_tells_what_may_be_known_and_what_to_compare(seat: Seat) -> None:
    """hash and log number; no price, no owner, no whole serial."""
    page = seat.get()
    assert page.status_code == 200
    for told in ("W-10234", "AB", "6時側の線傷", "線傷", "0.8 mm", "発送前", "••••••89"):
        assert told in page.text
    assert seat.issued.manifest_sha256 in page.text
    assert f"<code>{seat.issued.log_number}</code>" in page.text
    for hidden in ("Z1234589", "dealer", "staff:", "¥", seat.report.id):
        assert hidden not in page.text
    assert "<img" not in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert seat.client.head(f"/verify/{seat.issued.code}").status_code == 200


def test_the_code_is_read_as_people_type_it(seat: Seat) -> None:
    assert seat.get(seat.issued.code.lower().replace("-", "")).status_code == 200


def test_unknown_mistyped_and_unissued_answer_with_one_and_the_same_page(seat: Seat) -> None:
    """Security rule 9 of the evidence paper."""
    gone = gone_page(None).body
    other = rules.new_code()
    wrong = seat.issued.code[:-1] + ("A" if seat.issued.code[-1] != "A" else "B")
    draft = seat.desk.draft(Occasion.RETURN)
    for code in (other, wrong, "x", "A" * 300, draft.id, seat.report.id, "%00"):
        answer = seat.get(code)
        assert (answer.status_code, answer.content) == (404, gone), code


def test_pictures_are_shown_when_an_open_share_allows_them(seat: Seat) -> None:
    seat.shown = {seat.taken["dial"]: pages.Picture("/s/b/abc", "/s/b/small")}
    assert "/s/b/abc" in seat.get(share="open").text
    answer = seat.get(share="open")
    allowed = answer.headers["content-security-policy"]
    assert "img-src 'self' https://objects.example;" in allowed, "where large ones may come from"
    page = answer.text
    digest = seat.desk.read(lambda db: db.get_one(Asset, seat.taken["dial"]).sha256)
    assert re.search(
        rf'<img src="/s/b/small"[^<]*><span[^<]*</span></a> <code>{digest}</code>', page
    )
    for hidden in (seat.get(share="closed").text, seat.get().text):
        assert "/s/b/" not in hidden
        assert digest in hidden


def test_an_original_that_was_read_back_or_lost_is_told_so(seat: Seat) -> None:
    """The page says of which pictures it is known today that they are what was recorded."""
    assert "一致することを確認" not in seat.get().text
    digests = seat.desk.read(
        lambda db: {name: db.get_one(Asset, each).sha256 for name, each in seat.taken.items()}
    )
    for name, state in (("dial", BlobState.KEPT), ("serial", BlobState.LOST)):
        told = {"state": state.value, "checked_at": NOW}
        which = update(Blob).where(col(Blob.sha256) == digests[name]).values(**told)
        seat.desk.write(lambda db, which=which: db.connection().execute(which))
    page = seat.get().text
    checked = f"<code>{digests['dial']}</code> <small>2026年11月30日に、保管中の原本と一致"
    assert checked in page
    assert f"<code>{digests['serial']}</code> <strong>原本は保管しておりません" in page
    assert page.count("一致することを確認") == 1
    for lang in ("en", "zh_hant", "zh_hans", "ko"):
        assert "原本は" not in seat.get(lang=lang).text


def test_a_picture_that_was_taken_off_the_piece_is_told_and_the_report_stays(seat: Seat) -> None:
    taken, unit = seat.taken["dial"], seat.desk.unit
    seat.desk.write(
        lambda db: assets.take_off(
            db, taken, seen=unit, why=Wrong.OTHER_PIECE, actor=BY, now=seat.desk.later()
        )
    )
    page = seat.get().text
    assert "1点は、発行後にこの商品のものではないと分かり" in page
    assert page.count("写真を外しました") == 2  # at the finding, and at the shot
    assert seat.issued.manifest_sha256 in page
    for lang, told in (("en", "taken off the record"), ("zh_hant", "已自紀錄中移除"),
                       ("zh_hans", "已从记录中移除"), ("ko", "기록에서 제외")):  # fmt: skip
        assert told in seat.get(lang=lang).text


def test_an_original_that_is_no_longer_kept_is_told_and_the_report_stays(seat: Seat) -> None:
    def lose(db: Session) -> None:
        sha256 = db.get_one(Asset, seat.taken["serial"]).sha256
        db.get_one(Blob, sha256).state = BlobState.LOST.value

    assert "原本は保管しておりません。" not in seat.get().text
    seat.desk.write(lose)
    page = seat.get().text
    assert "1点は、原本が現在保管されていません" in page
    assert page.count("原本は保管しておりません。") == 1
    assert seat.issued.manifest_sha256 in page


def test_no_share_page_of_nothing_shows_anything(seat: Seat) -> None:
    unit = seat.desk.unit
    found = seat.desk.read(lambda db: verifying.pictures_of(db, "nothing", unit, now=NOW))
    assert found == {}


def test_a_corrected_report_says_so_and_leads_to_the_new_one(seat: Seat) -> None:
    desk = seat.desk
    better = desk.write(lambda db: actions.correct(db, seat.report.id, by=BY, now=desk.later()))
    second = desk.issue(better, key="k2")
    page = seat.get().text
    assert "この報告書は訂正されました" in page
    assert f"/verify/{second.code}" in page
    page = seat.get(second.code).text
    assert "この報告書は訂正されました" not in page
    assert "訂正版です。" in page
    assert f"/verify/{seat.issued.code}" in page
    best = desk.write(lambda db: actions.correct(db, better.id, by=BY, now=desk.later()))
    third = desk.issue(best, key="k3")
    # However often it was corrected since, the oldest link leads to what counts now.
    assert f"/verify/{third.code}" in seat.get().text


def test_five_languages_say_all_of_it(seat: Seat) -> None:
    words = {
        "ja": "指摘事項", "en": "Findings", "zh-Hant": "瑕疵說明", "zh-Hans": "瑕疵说明",
        "ko": "지적 사항",
    }  # fmt: skip
    for ours, (tag, _) in pages.LANGUAGES.items():
        page = seat.get(lang=ours)
        assert f'<html lang="{tag}">' in page.text
        assert words[tag] in page.text
    asked = {"accept-language": "ko-KR,ko;q=0.9"}
    page = seat.client.get(f"/verify/{seat.issued.code}", headers=asked)
    assert '<html lang="ko">' in page.text


def test_every_catalogue_has_every_sentence() -> None:
    import re

    from babel.messages.pofile import read_po

    page = (TEMPLATES / "verify.html").read_text("utf-8")
    wanted = set(re.findall(r"_\('([^']+)'", page))
    wanted |= {*rules.OCCASIONS.values(), *rules.KINDS.values(), *rules.SEVERITIES.values()}
    wanted |= set(pages.GRADES.values())
    for lang in set(pages.LANGUAGES) - {"ja"}:
        with (TEMPLATES / f"{lang}.po").open("rb") as file:
            told = {str(each.id): each.string for each in read_po(file) if each.id}
        assert wanted == set(told), lang
        assert all(told.values()), lang


def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        desk = Desk(database, any_store(tmp_path), tmp_path / "in")
        seat = Seat(desk, burst=3)
        answers = [seat.get(rules.new_code()).status_code for _ in range(4)]
        assert answers == [404, 404, 404, 429]
        assert seat.get().headers["retry-after"]
        seat.now += timedelta(seconds=10)
        assert seat.get().status_code == 200
        database.close()


def test_hostile_words_stay_words(seat: Seat) -> None:
    desk = seat.desk
    evil = "<script>alert(1)</script>\"'>"
    report = desk.draft(Occasion.RETURN)
    desk.pin(report, seat.taken["dial"], evil)
    issued = desk.issue(report, key="k3")
    page = seat.get(issued.code)
    assert "<script>" not in page.text
    assert json.loads(desk.read(lambda db: queries.report_of(db, report.id)).manifest)
