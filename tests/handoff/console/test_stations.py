"""A session opened at a station in the console: what it gives belongs to the piece, what is missing
is shown as it comes in, the tray suggests with reasons (R-004, R-005, R-006).
"""

from pathlib import Path

import pytest

from catalog.duties.actors import Role
from catalog.grading import shotlists
from catalog.grading.checklists import Shot
from catalog.ground.record import AssetId
from catalog.items.kinds import Category
from tests.databases import ENGINES
from tests.handoff.console.back_office import BackOffice
from tests.handoff.console.test_captures import told
from tests.media import captures
from tests.shop import item


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_station_gives_belongs_to_the_piece_chosen_in_the_console(
    engine: str, tmp_path: Path
) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"), item("W-10235"))
        guide = captures.still(tmp_path / "W-10235_case_back_01.jpg", seed=7)
        await shop.capture(guide, code="W-10235")
        await shop.until(lambda: shop.renditions_left() == 0, "the guide picture")
        asset = AssetId(shop.one("SELECT id FROM asset"))
        shots = [
            Shot("dial", "文字盤正面", "dial"),
            Shot("case_back", "裏蓋", "case_back", guide=asset),
        ]
        await shop.shop.units.write(
            lambda db: shotlists.write(
                db, Category.WATCH, shots, after=1, by="staff:S", now=shop.clock()
            )
        )
        sato = await office.signed_in("佐藤", Role.STORE)
        auditor = await office.signed_in("監査", Role.AUDITOR)
        page = await sato.get("/console/stations")
        assert "どの商品とも決まっていません" in page.words
        assert (await auditor.get("/console/stations")).status == 200
        begin = {"station": "hot", "code": "w10234", "occasion": "intake"}
        assert (await auditor.post("/console/stations/open", **begin)).status == 403
        assert (
            await sato.post("/console/stations/open", **{**begin, "station": "x"})
        ).status == 404
        page = await sato.post("/console/stations/open", **{**begin, "code": "W-99999"})
        assert page.status == 404
        assert "「W-99999」の商品が見つかりません" in page.words
        page = await sato.post("/console/stations/open", **{**begin, "occasion": "party"})
        assert page.status == 422
        page = await sato.post("/console/stations/open", **begin)
        assert "始めました" in page.words
        assert "0/2 · 不足している撮影: 文字盤正面、裏蓋" in page.words
        assert page.text.count("見本: 裏蓋") == 2  # the picture and its caption
        captures.still(shop.hot_folder / "dial.jpg", seed=8)
        await shop.until(
            lambda: shop.one("SELECT count(*) FROM session_capture") == 1, "the shot to come in"
        )
        page = await sato.get("/console/stations/live")
        assert "1/2 · 不足している撮影: 裏蓋" in page.words
        assert "佐藤" in page.words
        page = await sato.post("/console/stations/close", station="hot")
        assert "終えました" in page.words
        assert (await sato.post("/console/stations/close", station="hot")).status == 404
        captures.still(shop.hot_folder / "IMG_0002.JPG", seed=9)
        await shop.until(lambda: shop.one("SELECT count(*) FROM asset") == 3, "the next shot")
        page = await sato.get("/console/tray")
        assert "W-10234 に付ける" in page.words
        assert "この商品の撮影中かその直後に撮られました" in page.words
        lost = shop.one("SELECT id FROM asset WHERE unit_id IS NULL")
        page = await sato.post("/console/tray/assign", asset=lost, code="W-10234", part="")
        assert "商品に付けました" in page.words
        page = await sato.get("/console/station?code=W-10234")
        assert "見本: 裏蓋" in page.words

    told(engine, tmp_path, story)
