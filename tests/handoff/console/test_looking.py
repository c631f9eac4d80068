"""One capture and two of them as staff see them over HTTP: tiles for whoever is signed in, one
answer for what is no tile, chapters, registrations and findings by who may (R-010, R-018, R-167;
evidence rules 1 and 2, checks 16 and 25).
"""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from sqlalchemy import update
from sqlmodel import col

from catalog.duties.actors import Role
from catalog.ground.record import ConversationId, UnitId
from handoff.console.pages import HERE
from media.assets.kinds import Part
from media.assets.tables import Asset
from media.decoding import comparing
from media.disputes import actions as disputes
from tests.databases import ENGINES, fresh_url
from tests.handoff.console.back_office import BackOffice, Person, back_office
from tests.line_platform import in_loop
from tests.media import captures, microscopes
from tests.shop import film_file, item

Story = Callable[[BackOffice], Awaitable[None]]
EVIL = "dial<img src=x onerror=alert(1)>'\".jpg"
POINTS = "[[0.1,0.1],[0.9,0.1],[0.1,0.2],[0.9,0.2]]"


def told(engine: str, folder: Path, story: Story) -> None:
    @in_loop
    async def run() -> None:
        with fresh_url(engine, folder) as url:
            async with back_office(url, folder) as office:
                await story(office)

    run()


def test_every_word_of_these_pages_stands_in_english_too() -> None:
    with (HERE / "locale" / "en.po").open("rb") as written:
        known = {each.id for each in read_po(written) if each.string}
    templates = HERE / "templates"
    for name in (
        "capture.html",
        "_stills.html",
        "masks.html",
        "compare.html",
        "_look.html",
        "_item_media.html",
    ):
        with (templates / name).open("rb") as file:
            for _, message, _, _ in extract("jinja2.ext:babel_extract", file):
                assert message in known, (name, message)


async def _take(office: BackOffice, path: Path, code: str) -> str:
    shop = office.shop
    await shop.capture(path, code=code, part="dial")
    left = "SELECT count(*) FROM worklist WHERE state = 'due' AND kind LIKE 'rendition%'"
    await shop.until(lambda: not shop.one(left), "tiles to be made")
    return str(shop.one("SELECT id FROM asset ORDER BY id DESC LIMIT 1"))


async def _tiles(person: Person, asset: str) -> str:
    page = await person.get(f"/console/captures/{asset}")
    found = re.search(r'"tiles": "(/console/tiles/\w+/)"', page.text)
    assert found is not None, page.words
    return found[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_tiles_open_for_whoever_is_signed_in_and_nothing_else_does(
    engine: str, tmp_path: Path
) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        path = microscopes.large(shop.folder / "shots" / "dial.ome.tif")
        asset = await _take(office, path, "W-10234")
        auditor = await office.signed_in("監査", Role.AUDITOR)
        base = await _tiles(auditor, asset)
        page = await auditor.get(f"/console/captures/{asset}")
        assert "0.5 µm/px" in page.words
        tile = await auditor.get(f"{base}12/0_0.jpg")
        assert tile.status == 200
        assert tile.headers["Content-Type"] == "image/jpeg"
        assert tile.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in tile.headers["Cache-Control"]
        nothing = set()
        full = shop.one("SELECT id FROM rendition WHERE recipe = 'full'")
        tiles = base.split("/")[3]
        for path in (
            f"{base}12/99_0.jpg", f"{base}t.dzi/x", f"{base}12/..%2f..%2f0_0.jpg",
            f"/console/tiles/{full}/12/0_0.jpg", "/console/tiles/unknown/12/0_0.jpg",
            f"/console/tiles/{'9' * 300}/12/0_0.jpg", f"{base}12%2f0_0.jpg/0_0.jpg",
        ):  # fmt: skip
            answer = await auditor.get(path)
            assert answer.status == 404, path
            nothing.add(answer.words)
        assert len(nothing) <= 2, "one answer for all of them"
        assert (await auditor.get(f"/console/media/{tiles}")).status == 404, "never the zip itself"
        stranger = Person(shop, "nobody", "x", auditor.staff)
        away = await stranger.get(f"{base}12/0_0.jpg")
        assert "/console/sign-in" in away.url

    told(engine, tmp_path, story)


def test_a_hostile_name_stays_a_name(tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        await office.shop.stock(item("W-10234"))
        path = captures.still(office.shop.folder / "shots" / EVIL.replace("/", ""))
        asset = await _take(office, path, "W-10234")
        sato = await office.signed_in("佐藤", Role.STORE)
        page = await sato.get(f"/console/captures/{asset}")
        assert page.status == 200
        assert "<img src=x" not in page.text
        assert EVIL in page.words or "onerror=alert(1)" in page.words

    told("sqlite", tmp_path, story)


def test_chapters_are_marked_by_who_takes_captures_in(tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        asset = await _take(office, film_file(shop.folder / "shots" / "a.mp4"), "W-10234")
        sato = await office.signed_in("佐藤", Role.STORE)
        auditor = await office.signed_in("監査", Role.AUDITOR)
        place = f"/console/captures/{asset}/chapter"
        assert (await auditor.post(place, at="0:01", words="裏蓋")).status == 403
        for at in ("", "x", "1:2:3:4", "-1", "９", "1.5.2"):
            assert (await sato.post(place, at=at, words="裏蓋")).status == 422, at
        page = await sato.post(place, at="0:00.5", words="裏蓋 --> <b>", part="case_back")
        assert "チャプターを付けました" in page.words
        listed = await auditor.get(f"/console/captures/{asset}/chapters.vtt")
        assert listed.headers["Content-Type"].startswith("text/vtt")
        assert "00:00:00.500 --> 00:00:01" in listed.text
        assert listed.text.count("\n00:") == 1
        assert "<b>" not in listed.text
        chapter = shop.one("SELECT id FROM chapter")
        assert (await auditor.post(f"{place}/end", chapter=chapter)).status == 403
        page = await sato.post(f"{place}/end", chapter=chapter)
        assert "まだチャプターはありません" in page.words
        assert (await sato.post(f"{place}/end", chapter=chapter)).status == 404

    told("sqlite", tmp_path, story)


def test_a_still_is_taken_out_of_a_film_by_who_takes_captures_in(tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        asset = await _take(office, film_file(shop.folder / "shots" / "a.mp4"), "W-10234")
        sato = await office.signed_in("佐藤", Role.STORE)
        auditor = await office.signed_in("監査", Role.AUDITOR)
        place = f"/console/captures/{asset}/moment"
        assert (await auditor.post(place, at="0:00")).status == 403
        for at in ("", "x", "-1", "59:00"):
            assert (await sato.post(place, at=at)).status == 422, at
        assert "静止画を作っています" in (await sato.post(place, at="0:00.4")).words
        made = "SELECT id FROM rendition WHERE recipe = 'moment' AND state = 'ready'"
        await shop.until(lambda: shop.one(f"SELECT count(*) FROM ({made}) AS m"), "a still")
        page = await auditor.get(f"/console/captures/{asset}")
        still = f"/console/media/{shop.one(made)}"
        assert f'src="{still}" alt="0:00の静止画"' in page.text
        assert "/moment" not in page.text
        shown = await auditor.get(still)
        assert shown.status == 200 and shown.headers["Content-Type"] == "image/jpeg"
        assert "すでに" in (await sato.post(place, at="0.4")).words
        before = "SELECT count(*) FROM blob"
        assert shop.one(before) == 1  # never an original
        photo = await _take(office, captures.still(shop.folder / "shots" / "b.jpg"), "W-10234")
        refused = await sato.post(f"/console/captures/{photo}/moment", at="0:00")
        assert refused.status == 409

    told("sqlite", tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_captures_are_laid_looked_at_and_found_about(engine: str, tmp_path: Path) -> None:
    """R-018; evidence check 25: the aid gives no verdict, a person's finding is in the log."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"), item("W-10235"))
        one = await _take(office, captures.still(shop.folder / "s" / "a.jpg"), "W-10234")
        sato = await office.signed_in("佐藤", Role.STORE)
        page = await sato.get(f"/console/compare?a={one}")
        assert "比べられる写真がもう1枚必要です" in page.words
        two = await _take(office, captures.still(shop.folder / "s" / "b.jpg", seed=2), "W-10234")
        foreign = await _take(
            office, captures.still(shop.folder / "s" / "c.jpg", seed=3), "W-10235"
        )
        assert (await sato.get(f"/console/compare?a={one}&b={foreign}")).status == 409
        assert (await sato.get("/console/compare?a=unknown")).status == 404
        page = await sato.get(f"/console/compare?a={two}")
        assert f'value="{one}"' in page.text
        both = {"a": one, "b": two}
        auditor = await office.signed_in("監査", Role.AUDITOR)
        for act in ("register", "aid", "decide"):
            assert (await auditor.post(f"/console/compare/{act}", **both)).status == 403
        for points in (
            "x",
            "[1]",
            "[[0,0],[0,0],[0,0],[0,0]]",
            '[["a",0],[1,1],[0,0],[1,1]]',
            "{}",
        ):
            page = await sato.post("/console/compare/register", points=points, **both)
            assert page.status == 422, points
        page = await sato.post("/console/compare/register", points=POINTS, **both)
        assert "2点の印で合わせています" in page.words
        page = await sato.post("/console/compare/register", **both)
        assert "位置合わせを外しました" in page.words
        if comparing.is_there():
            page = await sato.post("/console/compare/aid", **both)
            assert "補助の確認が終わりました" in page.words
            assert shop.one("SELECT count(*) FROM comparison_candidates") == 1
        assert "判断は必ず人が行います" in page.words
        assert shop.one("SELECT count(*) FROM comparison") == 0
        assert (await sato.post("/console/compare/decide", verdict="same", **both)).status == 403
        mori = await office.signed_in("森", Role.APPRAISER)
        assert (await mori.post("/console/compare/decide", verdict="guilty", **both)).status == 422
        for _ in range(2):
            page = await mori.post(
                "/console/compare/decide", verdict="differs", words="6時側に線傷", **both
            )
        assert "所見を記録しました" in page.words
        assert "6時側に線傷" in page.words
        assert shop.one("SELECT count(*) FROM comparison") == 1
        payload = json.loads(
            shop.one("SELECT payload FROM log_leaf WHERE kind = 'comparison.decided'")
        )
        digests = [
            shop.one("SELECT sha256 FROM asset WHERE id = :id", id=each) for each in (one, two)
        ]
        assert sorted(payload["sha256"]) == sorted(digests)

    told(engine, tmp_path, story)


def test_a_dispute_leads_to_what_was_sold_beside_what_is_claimed(tmp_path: Path) -> None:
    """R-017, R-018: from the list of what is owed to the two pictures."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        sold = await _take(office, captures.still(shop.folder / "s" / "a.jpg"), "W-10234")
        unit = UnitId(shop.one("SELECT id FROM unit WHERE code = 'W-10234'"))
        now = shop.clock()
        claim = disputes.Claim(unit, ConversationId("line:misaki"), Part.DIAL)
        opened = await shop.shop.units.write(
            lambda db: disputes.claim(db, claim, by="test", promised_at=now, now=now)
        )
        sato = await office.signed_in("佐藤", Role.STORE)
        place = f"/console/compare?dispute={opened.dispute_id}"
        claim_page = f"/console/disputes/{opened.dispute_id}"
        assert f'href="{claim_page}"' in (await sato.get("/console?list=tasks")).text
        assert (await sato.get(claim_page)).status == 200
        assert "比べられる写真がもう1枚必要です" in (await sato.get(place)).words
        sent = captures.still(shop.folder / "s" / "b.jpg", seed=2)
        await shop.capture(sent)
        of = "SELECT id FROM asset ORDER BY id DESC LIMIT 1"
        claimed = str(shop.one(of))
        about = disputes.subject(opened.dispute_id)
        told_of = update(Asset).where(col(Asset.id) == claimed).values(about=about)
        await shop.shop.units.write(lambda db: db.connection().execute(told_of))
        page = await sato.get(f"/console/compare?a={sold}")
        assert f'<option value="{claimed}" selected>' in page.text
        assert "お客様からの写真" in page.words

    told("sqlite", tmp_path, story)
