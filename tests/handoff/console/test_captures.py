"""What is to be captured, what has not arrived, and the tray (R-021); a film from the conversation
(R-020).
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from catalog.duties.actors import Role
from catalog.ground.record import PartnerId
from media.sharing import withdrawing
from tests.databases import ENGINES, fresh_url
from tests.handoff.console.back_office import BackOffice, back_office
from tests.line_platform import in_loop
from tests.shop import film_file, item

Story = Callable[[BackOffice], Awaitable[None]]


def told(engine: str, folder: Path, story: Story) -> None:
    @in_loop
    async def run() -> None:
        with fresh_url(engine, folder) as url:
            async with back_office(url, folder) as office:
                await story(office)

    run()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_promised_film_is_owed_until_it_is_there(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        misaki = shop.line.add_user()
        await shop.is_customer(misaki, number="C-1")
        await shop.says(misaki, "W-10234の裏蓋の動画を見せて")
        sato = await office.signed_in("佐藤", Role.ADVISER)
        page = await sato.get("/console/captures")
        assert "W-10234" in page.words
        assert "動画 / 裏蓋" in page.words
        assert "お待ちの方: 佐藤 (C-1)" in page.words
        assert "本日まで 1" in page.words
        page = await sato.get("/console/items/W-10234")
        assert "撮影依頼: 動画 / 裏蓋" in page.words
        before = len(shop.line.sent_to(misaki))
        await shop.film("W-10234", part="case_back")
        await shop.told(misaki, before + 1)
        await shop.settled()
        page = await sato.get("/console/captures")
        assert "お約束した撮影は全てお届け済です" in page.words

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_staff_close_a_task_by_what_is_there_or_drop_it(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"), item("W-10235"))
        misaki = shop.line.add_user()
        await shop.says(misaki, "W-10234の裏蓋の動画を見せて")
        await shop.film("W-10234")
        await shop.film("W-10235")
        task = shop.one("SELECT id FROM capture_task")
        mine, others = (
            shop.one(f"SELECT a.id FROM asset a JOIN unit u ON u.id = a.unit_id AND u.code = '{c}'")
            for c in ("W-10234", "W-10235")
        )
        sato = await office.signed_in("佐藤", Role.STORE)
        remote = await office.signed_in("遠隔", Role.REMOTE)
        assert (await remote.post("/console/captures/close", task=task)).status == 403
        page = await sato.post("/console/captures/close", task=task, asset=others)
        assert page.status == 404
        page = await sato.post("/console/captures/close", task="nothing")
        assert page.status == 404
        before = len(shop.line.sent_to(misaki))
        page = await sato.post("/console/captures/close", task=task, asset=mine)
        assert "完了にしました" in page.words
        await shop.told(misaki, before + 1)
        assert shop.one("SELECT count(*) FROM journal WHERE verb = 'capture_closed'") == 1
        page = await sato.post("/console/captures/close", task=task)
        assert page.status == 409

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_nobody_could_match_is_given_to_its_piece(engine: str, tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        misaki = shop.line.add_user()
        await shop.says(misaki, "W-10234の裏蓋の動画を見せて")
        await shop.capture(film_file(shop.folder / "card" / "MVI_0001.mp4"))
        await shop.until(lambda: shop.renditions_left() == 0, "renditions to be made")
        asset = shop.one("SELECT id FROM asset")
        sato = await office.signed_in("佐藤", Role.STORE)
        auditor = await office.signed_in("監査", Role.AUDITOR)
        page = await sato.get("/console/tray")
        assert "MVI_0001.mp4" in page.words
        assert "W-10234" in page.text
        assert "/console/tray/assign" not in (await auditor.get("/console/tray")).text
        page = await auditor.post("/console/tray/assign", asset=asset, code="W-10234")
        assert page.status == 403
        page = await sato.post("/console/tray/assign", asset=asset, code="W-99999")
        assert page.status == 404
        assert "「W-99999」の商品が見つかりません" in page.words
        before = len(shop.line.sent_to(misaki))
        page = await sato.post("/console/tray/assign", asset=asset, code="w10234", part="case_back")
        assert "商品に付けました" in page.words
        await shop.told(misaki, before + 1)
        page = await sato.post("/console/tray/assign", asset=asset, code="W-10234")
        assert page.status == 409
        assert shop.one("SELECT part FROM asset") == "case_back"

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_film_of_the_wrong_piece_is_put_right_and_a_test_shot_set_aside(
    engine: str, tmp_path: Path
) -> None:
    """R-006, R-021: who waits for the piece waits again, what was sent opens no more."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"), item("W-10235"))
        misaki = shop.line.add_user()
        await shop.says(misaki, "W-10234の動画を見せて")
        before = len(shop.line.sent_to(misaki))
        await shop.film("W-10234")
        await shop.told(misaki, before + 1)
        asset, unit = (
            shop.one("SELECT id FROM asset"),
            shop.one("SELECT id FROM unit WHERE code = 'W-10234'"),
        )
        at = f"/console/captures/{asset}"
        sato = await office.signed_in("佐藤", Role.STORE)
        auditor = await office.signed_in("監査", Role.AUDITOR)
        assert f"{at}/correct" in (await sato.get(at)).text
        assert f"{at}/correct" not in (await auditor.get(at)).text
        told = {"seen": unit, "code": "W-10235", "part": "", "why": "other_piece"}
        assert (await auditor.post(f"{at}/correct", **told)).status == 403
        assert (await auditor.post(f"{at}/aside", seen=unit, why="test_shot")).status == 403
        assert (await sato.post(f"{at}/correct", **told, csrf="x")).status == 403
        assert (await sato.post(f"{at}/correct", **{**told, "code": "W-99999"})).status == 404
        page = await sato.post(f"{at}/correct", **{**told, "why": "because"})
        assert page.status == 422
        assert "理由を選んでください" in page.words
        assert shop.one("SELECT count(*) FROM capture_task WHERE state = 'open'") == 0
        page = await sato.post(f"{at}/correct", **told)
        assert "訂正しました" in page.words
        assert "別の商品が写っています" in page.words
        assert "佐藤" in page.words
        assert shop.one("SELECT count(*) FROM capture_task WHERE state = 'open'") == 1
        assert shop.one("SELECT count(*) FROM media_pass WHERE revoked_at IS NULL") == 0
        page = await sato.post(f"{at}/correct", **told)
        assert page.status == 409
        assert "先に別の場所へ移されています" in page.words or "すでにその商品" in page.words
        other = shop.one("SELECT unit_id FROM asset")
        page = await sato.post(f"{at}/correct", seen=other, code="", why="unsure", back="tray")
        assert "未整理の撮影に戻しました" in page.words
        page = await sato.post(f"{at}/aside", seen="", why="test_shot", back="tray")
        assert "除外しました" in page.words
        assert "W-10234_" not in page.words
        page = await sato.get("/console/tray?list=aside")
        assert "試し撮り" in page.words
        assert "佐藤" in page.words
        page = await sato.post(f"{at}/correct", seen="", why="by_mistake", back="aside")
        assert page.status == 200
        assert f"{at}/aside" in (await sato.get("/console/tray")).text
        verbs = "SELECT count(*) FROM journal WHERE verb IN ('corrected', 'laid_aside')"
        assert shop.one(verbs) == 4

    told(engine, tmp_path, story)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_film_goes_from_the_conversation_in_three_taps(engine: str, tmp_path: Path) -> None:
    """R-020: piece, capture, sent; LINE gets an https address, the customer one film."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        await shop.film("W-10234")
        misaki = shop.line.add_user()
        await shop.says(misaki, "こんにちは")
        talk = f"line:{misaki}"
        sato = await office.signed_in("佐藤", Role.ADVISER)
        part = {"hx-request": "true"}
        page = await sato.get(f"/console/talk?c={talk}", **part)
        assert f"/console/talk/send?c={talk.replace(':', '%3A')}" in page.text
        page = await sato.get(f"/console/talk/send?c={talk}&q=デイトナ", **part)
        assert "code=W-10234" in page.text
        page = await sato.get(f"/console/talk/send?c={talk}&code=W-10234", **part)
        asset = shop.one("SELECT id FROM asset")
        assert f'value="{asset}"' in page.text
        before = len(shop.line.sent_to(misaki))
        page = await sato.post("/console/talk/send", c=talk, asset=asset)
        assert page.status == 200
        await sato.post("/console/talk/send", c=talk, asset=asset)
        await shop.settled()
        sent = shop.line.sent_to(misaki)[before:]
        films = [each for each in sent if each["type"] == "video"]
        assert len(films) == 1
        assert films[0]["originalContentUrl"].startswith("https://shop.example/m/")
        assert shop.one("SELECT written_by FROM outbox WHERE purpose = 'staff'") == sato.staff

    told(engine, tmp_path, story)


def test_what_staff_send_to_a_firm_ends_with_its_grant(tmp_path: Path) -> None:
    """R-027: what was sent by hand is under the grant as what the bot sends is."""

    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"))
        await shop.film("W-10234")
        ginza = shop.line.add_user()
        await shop.is_retailer(ginza, "W-10234")
        await shop.says(ginza, "こんにちは")
        sato = await office.signed_in("佐藤", Role.ADVISER)
        asset = shop.one("SELECT id FROM asset")
        page = await sato.post("/console/talk/send", c=f"line:{ginza}", asset=asset)
        assert page.status == 200
        firm = PartnerId(shop.one("SELECT id FROM partner"))
        unseen = "SELECT count(*) FROM media_pass WHERE partner_id IS NULL"
        assert (shop.one("SELECT count(*) FROM media_pass"), shop.one(unseen)) == (2, 0)
        ended = await shop.shop.units.write(
            lambda db: withdrawing.withdraw(db, firm, "W-10234", by="t", now=shop.clock())
        )
        assert ended.passes == 2

    told("sqlite", tmp_path, story)


def test_a_firm_is_not_sent_what_it_was_not_granted(tmp_path: Path) -> None:
    async def story(office: BackOffice) -> None:
        shop = office.shop
        await shop.stock(item("W-10234"), item("W-10235"))
        await shop.film("W-10235")
        ginza = shop.line.add_user()
        await shop.is_retailer(ginza, "W-10234")
        await shop.says(ginza, "こんにちは")
        sato = await office.signed_in("佐藤", Role.ADVISER)
        auditor = await office.signed_in("監査", Role.AUDITOR)
        asset = shop.one("SELECT id FROM asset")
        talk = f"line:{ginza}"
        page = await sato.post("/console/talk/send", c=talk, asset=asset)
        assert page.status == 409
        page = await auditor.post("/console/talk/send", c=talk, asset=asset)
        assert page.status == 403
        page = await sato.post("/console/talk/send", c=talk, asset="nothing")
        assert page.status == 404
        page = await sato.post("/console/talk/send", c=talk, asset=asset, csrf="x")
        assert page.status == 403
        assert shop.one("SELECT count(*) FROM ticket") == 0

    told("sqlite", tmp_path, story)
