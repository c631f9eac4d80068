"""What staff hide of a capture, over HTTP: drawn by whoever takes pictures, seen beneath only by
whoever grades, everybody else gets the masked one under the address they had (evidence rule 10,
R-167).
"""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.duties.actors import Role
from tests.databases import ENGINES
from tests.handoff.console.back_office import BackOffice, Person
from tests.handoff.console.test_looking import _take, told
from tests.media import captures
from tests.shop import item

MASK = {"x": "20", "y": "30", "width": "15.5", "height": "10"}


async def _bare(person: Person, asset: str) -> list[str]:
    page = await person.get(f"/console/captures/{asset}/masks")
    assert page.status == 200
    return sorted(set(re.findall(r"/console/bare/\w+", page.text)))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mask_is_drawn_and_only_graders_see_what_is_beneath(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        path = captures.still(shop.folder / "shots" / "W.jpg", width=2400, height=1600)
        asset = await _take(office, path, "W-10234")
        place = f"/console/captures/{asset}/masks"
        full = shop.one("SELECT id FROM rendition WHERE recipe = 'full'")
        before = (await (sato := await office.signed_in("佐藤", Role.STORE)).get(
            f"/console/media/{full}"
        )).headers["ETag"]  # fmt: skip
        remote = await office.signed_in("遠隔", Role.REMOTE)
        assert (await remote.post(place, after="0", **MASK)).status == 403
        page = await sato.post(place, after="0", **MASK)
        assert page.status == 200
        assert "保存しました" in page.words
        assert "左から 20％、上から 30％、幅 15.5％、高さ 10％" in page.words
        assert "佐藤" in page.words
        left = "SELECT count(*) FROM worklist WHERE state = 'due' AND kind LIKE 'rendition%'"
        await shop.until(lambda: not shop.one(left), "what is hidden to be hidden")
        masked = await sato.get(f"/console/media/{full}")
        assert masked.status == 200
        assert masked.headers["ETag"] != before
        assert await _bare(sato, asset) == []
        grader = await office.signed_in("鑑定", Role.APPRAISER)
        bare = await _bare(grader, asset)
        assert len(bare) == 2  # the picture, and its tiles
        beneath = [await grader.get(each) for each in bare]
        assert sorted(each.status for each in beneath) == [200, 404]  # never the zip itself
        assert {each.headers["ETag"] for each in beneath if each.status == 200} == {before}
        tiles = next(each for each, page in zip(bare, beneath, strict=True) if page.status == 404)
        assert (await grader.get(f"{tiles}/0/0_0.jpg")).status == 200
        for each in (*bare, f"{tiles}/0/0_0.jpg"):
            assert (await sato.get(each)).status == 403
            assert (await grader.get(each.replace("/bare/", "/media/"))).status == 404

    told(engine, tmp_path, story)


def test_what_makes_no_mask_is_told_and_of_two_who_draw_the_second_looks_again(
    tmp_path: Path,
) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        asset = await _take(office, captures.still(shop.folder / "shots" / "W.jpg"), "W-10234")
        place = f"/console/captures/{asset}/masks"
        sato = await office.signed_in("佐藤", Role.STORE)
        for wrong in ("-1", "101", "nan", "1e999", "二", "", "9" * 40):
            page = await sato.post(place, after="0", **{**MASK, "width": wrong})
            assert page.status == 422, wrong
            assert "0から100の数字" in page.words
        assert (await sato.post(place, after="x", **MASK)).status == 422
        assert (await sato.post(place, after="0", **MASK)).status == 200
        second = await sato.post(place, after="0", **{**MASK, "x": "60"})
        assert second.status == 409
        assert "先に他の方が変更しました" in second.words
        assert (await sato.post(f"{place}/end", after="1", mask="2")).status == 409
        page = await sato.post(f"{place}/end", after="1", mask="1")
        assert "隠した部分はありません" in page.words
        facts = text("SELECT payload FROM log_leaf WHERE payload LIKE '%asset.masked%'")
        leaves = shop.shop.database.read(
            lambda db: list(db.connection().execute(facts).scalars().all())
        )
        assert len(leaves) == 2
        assert "佐藤" not in "".join(leaves)
        assert (await sato.get("/console/captures/none/masks")).status == 404

    told("sqlite", tmp_path, story)
