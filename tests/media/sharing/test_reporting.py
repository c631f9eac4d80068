"""The condition report on a share page: who may have it, from which page, and that every request
for it is in the record (R-023, R-027, R-029; acceptance checks 15 to 17, 20).
"""

import hashlib
import re
from collections import Counter as Counted
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from bot.bucket import Turnstile
from catalog.ground.record import AssetId, PartnerId, Sha256
from catalog.ground.session.database import Database
from catalog.items import queries as items
from catalog.items.kinds import UnitState
from catalog.items.rules import STAFF, Viewer
from catalog.partners import actions as partners
from catalog.partners import queries as granted
from media.decoding.masking import Mask
from media.originals.local import LocalStore
from media.originals.replicas import Replicas
from media.renditions import masks
from media.report import actions as reports
from media.report import certificates
from media.report.certificates import Sheet
from media.report.press import Printed
from media.report.routes import VerifyDesk, verify_router
from media.sharing import looks, opening, pages, pin, shares, verifying
from media.sharing.counter import Counter
from media.sharing.kinds import Reach
from media.sharing.looks import Watch
from media.sharing.opening import Verb
from media.sharing.routes import media_router
from media.sharing.serving import gone_page
from media.sharing.shares import Given, Made
from media.sharing.tables import Look, Share
from tests.media.report import desk as report_desk
from tests.media.report.desk import BY, lose
from tests.media.sharing.test_looking_in import PHONE, Somebody, places
from tests.media.shelves import flip
from tests.swift.engine import on_disk

PDF = b"%PDF-1.7 the certificate"
CODE = "W-10234"
HEADING = "<h2>状態報告書</h2>"


class Front(report_desk.Desk):
    """A piece with an issued report, its certificate, the share pages and the page that checks."""

    def __init__(self, database: Database, store: LocalStore, folder: Path) -> None:
        super().__init__(database, store, folder / "in")
        self.asked = 0
        self.watch = Watch(database, lambda: self.now)
        self.shown = self.capture("dial")
        for each in ("case_back", "serial"):
            self.capture(each, makes=False)
        app = FastAPI()
        app.include_router(
            media_router(
                Counter(
                    database, store, Replicas(store), self.watch, lambda: self.now, is_https=False
                )
            )
        )
        app.include_router(
            verify_router(
                VerifyDesk(
                    database=database, clock=lambda: self.now, gone=lambda: gone_page(None),
                    pictured=verifying.pictures_of, turnstile=Turnstile(rate=100, burst=1_000),
                )
            )
        )  # fmt: skip
        self.app = app

    def report(self) -> reports.Issued:
        draft = self.draft()
        self.pin(draft, self.shown)
        self.report_id = draft.id
        return self.issue(draft)

    def printed(self, pdf: bytes = PDF, lang: str = "ja") -> str:
        """A certificate, kept and written down as the press would."""
        digest = hashlib.sha256(pdf).hexdigest()
        sheet = Sheet(self.report_id, {"manifest_sha256": "0" * 64}, {})
        made = Printed(pdf=pdf, sha256=Sha256(digest), signed_by="a" * 64, is_stamped=False)
        now = self.later()
        certificates.keep(self.store, sheet, made, now=now)
        self.write(
            lambda db: certificates.record(db, self.report_id, made, by=BY, now=now, lang=lang)
        )
        return digest

    def firm(self, kinds: str, code: str = "GINZA") -> Viewer:
        """A firm that may pass on these kinds."""

        def unit(db: Session) -> Viewer:
            partner = granted.by_code(db, code)
            if partner is None:
                partner = partners.enter(db, code, "銀座リテール", by=BY, now=self.now)
            partners.revoke(db, PartnerId(partner), by=BY, now=self.now)
            partners.grant(
                db, PartnerId(partner), [CODE], rights=["media", "link"],
                media_kinds=kinds.split(), expires_on=None, by=BY, now=self.now,
            )  # fmt: skip
            grants = granted.grants_on(db, PartnerId(partner), self.now.date())
            return Viewer(partner=PartnerId(partner), grants=grants)

        return self.write(unit)

    def share(self, viewer: Viewer = STAFF, *, key: str = "k", **how: Any) -> Made:
        def unit(db: Session) -> Made:
            piece = items.by_id(db, self.unit, viewer=STAFF)
            assert piece is not None
            return shares.share(
                db, piece, viewer, ends_at=self.now + timedelta(days=30), lang="ja", now=self.now,
                key=key, given=Given(**how), by=BY if viewer.sees_all else None,
            )  # fmt: skip

        self.later()
        return self.write(unit)

    def browser(self) -> Somebody:
        return Somebody(self, TestClient(self.app, headers={"user-agent": PHONE}))  # type: ignore[arg-type]  # it counts as the door does

    def looks(self) -> list[Look]:
        self.watch.flush()
        return self.read(lambda db: list(db.exec(select(Look).order_by(col(Look.id)))))

    def address(self, made: Made, viewing: str, thing: str, verb: Verb) -> str:
        """An address signed with the page's own key, whatever the page tells."""

        def signed(db: Session) -> str:
            row = db.get_one(Share, made.share_id)
            page = opening.Opened(
                row.id, viewing, None, None, "ja", row.made_at, row.ends_at, None, (), row.signs  # type: ignore[arg-type]  # what the address is not made of
            )  # fmt: skip
            return opening.byte_address(page, thing, verb=verb, now=self.now)

        folder = "r" if verb is Verb.REPORT else "p"
        return f"/s/{folder}/{self.read(signed)}"


@pytest.fixture
def front(database: Database, store: LocalStore, tmp_path: Path) -> Front:
    return Front(database, store, tmp_path)


def test_a_page_leads_to_where_its_report_is_checked_and_gives_its_certificate(
    front: Front,
) -> None:
    """In five languages; each request is in the record once, and what was kept is told by whom."""
    issued = front.report()
    digest, english = front.printed(), front.printed(PDF + b" in English", "en")
    made = front.share()
    somebody = front.browser()
    page = somebody.page(made).text
    assert HEADING in page
    assert issued.code not in page, "who has the code can always check it: it is told on asking"
    [check] = places(page, "r")
    [ja, en] = places(page, "p")
    [query] = re.findall(rf'{re.escape(check)}(\?[^"]+)"', unescape(page))
    led = somebody.ask(check + query)
    assert led.status_code == 303
    place = led.headers["location"]
    assert place.startswith(f"/verify/{issued.code}?lang=ja&share=")
    checked = somebody.client.get(place).text
    assert "6時側の線傷" in checked
    assert "<img" in checked or "<image" in checked, "its pictures, as far as the page shows them"
    for address, wanted, content in ((ja, digest, PDF), (en, english, PDF + b" in English")):
        kept = somebody.ask(address)
        assert (kept.status_code, kept.content) == (200, content)
        assert hashlib.sha256(kept.content).hexdigest() == wanted
        assert kept.headers["content-type"] == "application/pdf"
        assert kept.headers["content-disposition"].startswith("attachment")
        assert f"{CODE}-{issued.code}" in kept.headers["content-disposition"]
    assert somebody.ask(ja, "HEAD").status_code == 200
    told = front.looks()
    assert sum(each.times for each in told) == front.asked
    [viewing] = front.read(lambda db: looks.viewings_of(db, made.share_id))
    assert viewing.downloads == 3
    assert {each.viewing_id for each in told} >= {viewing.viewing_id}
    assert [each.what for each in told if each.what == "report"] == ["report"]
    for lang in pages.LANGUAGES:
        said = somebody.ask(f"/s/{made.token}?lang={lang}").text
        assert len(places(said, "p")) == 2
        assert lang == "ja" or "状態報告書" not in said


def test_what_the_report_found_stands_at_its_place_on_the_page(front: Front) -> None:
    """R-019, in five languages; for who may pass reports on, and for no robot."""
    front.report()
    made, may_not = front.share(), front.share(front.firm("still"), key="k2")
    somebody = front.browser()
    for lang, said in (
        ("ja", "線傷 · 軽い · 0.8 mm"), ("en", "Scratch · "), ("ko", " · 0.8 mm"),
        ("zh_hans", " · 0.8 mm"), ("zh_hant", " · 0.8 mm"),
    ):  # fmt: skip
        text = somebody.ask(f"/s/{made.token}?lang={lang}").text
        [line] = re.findall(r'<li id="finding-1".*?</li>', text)
        assert said in line
        assert "6時側の線傷" in line
        assert lang == "ja" or "軽い" not in line
        assert text.count('<svg x="45.0%" y="72.5%">') == 1
    robot = Somebody(front, TestClient(front.app, headers={"user-agent": "Linebot/1.0"}))  # type: ignore[arg-type]  # it counts as the door does
    for text in (somebody.page(may_not).text, robot.page(made).text):
        assert "finding-" not in text
        assert 'class="pins"' not in text


def test_a_page_tells_a_report_and_a_grade_of_an_earlier_stay_as_such(front: Front) -> None:
    front.moves(UnitState.LISTED, "dealer:shop")
    front.report()
    reader, made = front.browser(), front.share()
    told = ("前回お預かりした際の評価です。", "前回お預かりした際の記録で")
    page = reader.page(made).text
    assert not any(each in page for each in told)
    front.moves(UnitState.DELIVERED, "buyer")
    front.moves(UnitState.RETURN_IN, "carrier")
    front.moves(UnitState.LISTED, "dealer:shop")
    page = reader.page(made).text
    assert all(each in page for each in told)
    for lang in ("en", "zh_hans", "zh_hant", "ko"):
        page = reader.ask(f"/s/{made.token}?lang={lang}").text
        assert not any(each in page for each in told)


def test_a_page_says_of_a_capture_that_its_original_is_lost(front: Front) -> None:
    """What it is shown by stays; nothing offers the original (R-008)."""
    reader, made = front.browser(), front.share(reach=Reach.ORIGINAL)
    page = reader.page(made).text
    assert "原本は現在保管されていません" not in page
    count = len(set(re.findall(r"/s/o/[\w.-]+", unescape(page))))
    lose(front, front.shown)
    page = reader.page(made).text
    assert page.count("原本は現在保管されていません") == 1
    assert len(set(re.findall(r"/s/o/[\w.-]+", unescape(page)))) == count - 1
    assert re.search(r"/s/b/[\w.-]+", page)


def test_who_may_not_pass_reports_on_has_nothing_of_them_anywhere(front: Front) -> None:
    """Acceptance check 16: the page, the way to the check and the certificate, by addresses signed
    rightly too; one answer. The grant is asked each time, both ways.
    """
    front.report()
    digest = front.printed()
    may = front.share(front.firm("still report"))
    somebody = front.browser()
    [check], [kept] = (places(somebody.page(may).text, each) for each in "rp")
    assert (somebody.ask(check).status_code, somebody.ask(kept).status_code) == (303, 200)

    gone = somebody.ask("/s/unknown").text
    viewer = front.firm("still")
    may_not = front.share(viewer, key="k2")
    other = front.browser()
    for one, made in ((somebody, may), (other, may_not)):
        text = one.page(made).text
        assert HEADING not in text
        assert places(text, "r") + places(text, "p") == []
    viewing = front.read(lambda db: looks.viewings_of(db, may_not.share_id))[0].viewing_id
    for address in (
        check, kept,
        front.address(may_not, viewing, front.report_id, Verb.REPORT),
        front.address(may_not, viewing, digest, Verb.PRINT),
    ):  # fmt: skip
        refused = other.ask(address)
        assert (refused.status_code, refused.text) == (404, gone), address
    assert [each.result for each in front.looks() if each.what == "print"][-1] == "foreign"

    front.firm("still report")
    assert HEADING not in other.page(may_not).text, "it was made without"
    assert somebody.ask(kept).status_code == 200
    front.write(lambda db: shares.revoke(db, may.share_id, None, now=front.now, by=BY))
    for address in (check, kept):
        refused = somebody.ask(address)
        assert (refused.status_code, refused.text) == (404, gone)
    told = front.looks()
    assert {each.result for each in told if each.share_id == may.share_id} >= {"revoked"}
    assert sum(each.times for each in told) == front.asked


def test_behind_a_pin_the_report_needs_the_seat_and_a_short_page_has_no_certificate(
    front: Front,
) -> None:
    """Nor has who comes without a browser of their own; ten minutes later it is over."""
    front.report()
    digest = front.printed()
    gated = front.share(pin_hash=pin.digest("482913"), reach=Reach.PREVIEW)
    somebody, other = front.browser(), front.browser()
    assert HEADING not in somebody.page(gated).text
    somebody.tell(gated, "482913")
    page = somebody.page(gated).text
    [check] = places(page, "r")
    assert places(page, "p") == [], "its pictures are larger than those of the page"
    assert somebody.ask(check).status_code == 303
    viewing = check.split("/")[-1].split(".")[1]
    for address in (
        front.address(gated, viewing, digest, Verb.PRINT),
        front.address(gated, viewing, "another", Verb.REPORT),
        front.address(gated, opening.NOBODY, front.report_id, Verb.REPORT),
        check.replace(front.report_id, digest),
    ):
        assert somebody.ask(address).status_code == 404, address
    assert other.ask(check).status_code == 404
    robot = Somebody(front, TestClient(front.app, headers={"user-agent": "Linebot/1.0"}))  # type: ignore[arg-type]  # it counts as the door does
    assert HEADING not in robot.page(front.share(key="k2")).text
    front.later(11)
    assert somebody.ask(check).status_code == 404
    results = {each.result for each in front.looks()}
    assert results >= {"shown", "foreign", "seatless", "ended", "unknown"}


@on_disk
def test_a_certificate_that_is_not_what_was_printed_is_not_given(front: Front) -> None:
    front.report()
    printed = front.printed()
    somebody = front.browser()
    [kept] = places(somebody.page(front.share()).text, "p")
    assert somebody.ask(kept).content == PDF
    flip(front.store, printed)
    assert somebody.ask(kept).status_code == 404


def test_a_page_tells_of_the_report_of_its_day_and_of_a_correction(front: Front) -> None:
    """R-015: nothing that came later but that it was corrected; and a certificate that shows what
    was hidden since, or that is not there, is not given.
    """
    before = front.share()
    front.report()
    front.printed()
    made, without = front.share(key="k2"), front.share(key="k3", with_report=False)
    somebody = front.browser()
    assert HEADING not in somebody.page(before).text
    assert HEADING not in somebody.page(without).text
    page = somebody.page(made).text
    assert "訂正版" not in page
    [kept] = places(page, "p")
    front.write(
        lambda db: masks.draw(
            db, AssetId(front.shown), [Mask(0, 0, 1_000, 1_000)], by=BY, now=front.later(), after=0
        )
    )
    assert places(somebody.page(made).text, "p") == []
    assert somebody.ask(kept).status_code == 404
    newer = front.printed(PDF + b" anew")
    [kept] = places(somebody.page(made).text, "p")
    assert somebody.ask(kept).content == PDF + b" anew"
    assert front.store.quarantine(Sha256(newer), "gone") is not None
    assert somebody.ask(kept).status_code == 404
    first = front.report_id
    correction = front.write(lambda db: reports.correct(db, first, by=BY, now=front.later()))
    front.issue(correction, key="k9")
    assert "訂正版" in somebody.page(made).text
    counted: Counted[str] = Counted()
    for each in front.looks():
        if each.what == "print":
            counted[each.result] += each.times
    assert counted == {"gone": 2, "shown": 1}
