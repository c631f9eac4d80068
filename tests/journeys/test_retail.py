"""What retailers do by chat (R-026 to R-036): join, look, hold, pass on, ask for another shot; and
what customers share with them: watching and looking for pieces.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.ground.record import PartnerId
from catalog.partners import actions as partners
from catalog.partners.invitations import invite
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, film_file, item, open_shop

AFTERNOON = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)  # 13:50 in Tokyo
SCRIPT = Scripted(
    {
        "W-10234 取り置き": ("item.hold", {"sku": ["W-10234"]}),
        "W-10234 お客様用リンク": ("media.share", {"sku": ["W-10234"]}),
        "ロレックス 100万以下 在庫": ("catalog.bulk", {"brand": "rolex", "money": 1_000_000}),
        "W-10234 W-10311 の動画": (
            "media.request",
            {"sku": ["W-10234", "W-10311"], "media": "video"},
        ),
        "W-10234はいくら": ("item.price", {"sku": ["W-10234"]}),
        "W-10234の在庫と値段を教えて": (
            ["item.availability", "item.price"],
            {"sku": ["W-10234"]},
        ),
        "ABって?": ("item.detail", {"grade": "AB"}),
        "裏蓋に傷はありますか": ("media.defect", {"part": "case_back"}),
        "ロレックスが300万以下で入ったら教えて": (
            "alert.subscribe",
            {"brand": "rolex", "money": 3_000_000},
        ),
        "ロレックスを300万で探して": (
            "alert.subscribe",
            {"brand": "rolex", "money": 3_000_000},
        ),
        "はい": ("chat.affirm", {}),
    }
)


def words(messages: Any) -> str:
    """Everything the messages say."""
    return json.dumps(messages, ensure_ascii=False)


async def granted(
    shop: RunningShop, code: str, *codes: str, rights: str = "media price hold link"
) -> tuple[PartnerId, str]:
    """A firm with these pieces granted, and an invitation code for one of its people."""
    now = shop.clock()

    def unit(db: Any) -> tuple[PartnerId, str]:
        partner = partners.enter(db, code, f"{code}リテール", by="test", now=now)
        partners.grant(
            db, partner, codes, rights=rights.split(), media_kinds=["film", "still"],
            expires_on=None, by="test", now=now,
        )  # fmt: skip
        return partner, invite(db, partner, by="test", now=now)

    return await shop.shop.units.write(unit)


def test_a_retailer_joins_looks_holds_and_passes_on(database_url: str, tmp_path: Path) -> None:
    """R-026, R-027, R-029, R-031, R-032."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            await shop.stock(
                item("W-10234", state="unlisted", brand="ロレックス", model="デイトナ"),
                item("W-10311", brand="ロレックス", model="デイトナ"),
            )
            await shop.film("W-10234")
            partner, code = await granted(shop, "GINZA", "W-10234", "W-10311")
            ginza, other = shop.line.add_user(), shop.line.add_user()
            (wrong,) = await shop.says(other, "ABCDE-FGH2K")
            assert "ご利用いただけません" in wrong["text"]
            (joined,) = await shop.says(ginza, code.lower())
            assert "GINZAリテール様" in joined["text"]
            (used,) = await shop.says(other, f"招待コード {code}")
            assert used["text"] == wrong["text"]

            (card,) = await shop.says(ginza, "W-10234 状態")
            assert "¥1,000,000" in words(card)
            assert "動画" in words(card)
            assert {"links.ask", "media.parts"} <= {each.split("?")[0] for each in buttons(card)}
            (question,) = await shop.says(ginza, "W-10234 お客様用リンク")
            assert "価格は載らず" in question["text"]
            (made,) = await shop.says(ginza, "はい")
            url = re.search(r"https://shop\.example(/s/\S+)", made["text"])
            assert url is not None
            phone = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile"}
            async with shop.http.get(f"{shop.url}{url[1]}?lang=en", headers=phone) as page:
                assert page.status == 200
                told = await page.text()
            assert "Presented by GINZAリテール" in told
            assert "1,000,000" not in told
            film = re.search(r'src="(/s/b/[^"]+)"', told)
            assert film is not None
            async with shop.http.get(
                f"{shop.url}{film[1]}", headers={"Range": "bytes=0-9"}
            ) as part:
                assert (part.status, part.headers["content-type"]) == (206, "video/mp4")
                assert len(await part.read()) == 10
            (listed,) = await shop.says(ginza, "リンク一覧")
            assert "閲覧 1回" in listed["text"]
            close = next(each for each in buttons(listed) if each.startswith("links.close"))
            (closed,) = await shop.taps(ginza, close)
            assert "閉じました" in closed["text"]
            for address in (url[1], film[1], "/s/unknown"):
                async with shop.http.get(f"{shop.url}{address}") as gone:
                    assert gone.status == 404
                    assert 'href="https://shop.example"' in await gone.text()

            await _locks(shop, ginza)

            now = shop.clock()
            await shop.shop.units.write(
                lambda db: partners.revoke(db, partner, "W-10234", by="test", now=now)
            )
            for asked in ("W-{} 状態", "W-{}の動画を見せて", "W-{} 取り置き"):
                (refused,) = await shop.says(ginza, asked.format("10234"))
                (nowhere,) = await shop.says(ginza, asked.format("10999"))
                assert refused["text"].replace("W-10234", "X") == nowhere["text"].replace(
                    "W-10999", "X"
                )
            assert shop.line.refused == []

    journey()


async def _locks(shop: RunningShop, ginza: str) -> None:
    """A link with a PIN is one tap more; the ordinary way is as long as it was (R-020, R-029)."""
    await shop.says(ginza, "W-10234 お客様用リンク")
    (made,) = await shop.says(ginza, "はい")
    plain = re.search(r"https://shop\.example(/s/\S+)", made["text"])
    pin = next(each for each in buttons(made) if each.startswith("links.pin"))
    locked, told = await shop.taps(ginza, pin)
    fresh = re.search(r"https://shop\.example(/s/\S+)", locked["text"])
    secret = re.fullmatch(r"暗証番号: (\d{6})", told["text"])
    assert plain is not None
    assert fresh is not None
    assert secret is not None, "a message of its own, to be passed on by another way"
    assert secret[1] not in locked["text"]
    async with shop.http.get(f"{shop.url}{plain[1]}") as gone:
        assert gone.status == 404
    address = f"{shop.url}{fresh[1]}"
    async with shop.http.get(address) as gate:
        assert gate.status == 200
        assert "W-10234" not in await gate.text()
    wrong = "000000" if secret[1] != "000000" else "111111"
    for typed, status in ((wrong, 403), (secret[1], 303)):
        async with shop.http.post(address, data={"pin": typed}, allow_redirects=False) as answer:
            assert answer.status == status
    (over,) = await shop.taps(ginza, pin)
    assert "すでに閉じております" in over["text"]


def test_one_holds_and_the_others_see_it_under_negotiation(
    database_url: str, tmp_path: Path
) -> None:
    """R-032, R-033."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            await shop.stock(item("W-10234", brand="ロレックス", model="デイトナ"))
            people = []
            for name in ("GINZA", "UMEDA"):
                _, code = await granted(shop, name, "W-10234")
                people.append(shop.line.add_user())
                await shop.says(people[-1], code)
            ginza, umeda = people
            (question,) = await shop.says(ginza, "W-10234 取り置き")
            assert "本日 19:00までお取り置きいたします" in question["text"]
            assert shop.one("SELECT count(*) FROM unit_hold") == 0
            (held,) = await shop.says(ginza, "はい")
            assert "本日 19:00までお取り置きしております" in held["text"]
            (taken,) = await shop.says(umeda, "W-10234 取り置き")
            assert "商談中" in taken["text"]
            assert "GINZA" not in words(taken)
            (card,) = await shop.says(umeda, "W-10234 状態")
            assert "商談中" in words(card)
            (mine,) = await shop.says(ginza, "取り置き一覧")
            assert "W-10234" in mine["text"]
            (longer,) = await shop.says(ginza, "取り置き延長")
            assert "明日 19:00まで" in longer["text"]
            await shop.says(ginza, "はい")
            (end,) = await shop.says(ginza, "W-10234の取り置きを解除してください")
            (ended,) = await shop.taps(ginza, buttons(end)[0])
            assert "解除いたしました" in ended["text"]
            (again,) = await shop.taps(ginza, buttons(end)[0])
            assert "すでに終了" in again["text"]
            (free,) = await shop.says(umeda, "W-10234 取り置き")
            assert "本日 19:00まで" in free["text"]
            watching = await shop.taps(umeda, "alerts.watch?sku=W-10234")
            assert "お知らせします" in words(watching)
            assert "W-10234" in words(await shop.says(umeda, "お知らせ一覧"))
            assert shop.line.refused == []

    journey()


def test_lists_several_codes_another_shot_and_a_grade(database_url: str, tmp_path: Path) -> None:
    """R-030, R-035, R-085, R-134."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            await shop.stock(
                item("W-10234", brand="ロレックス", model="デイトナ", grade="AB", price="980000"),
                item("W-10311", brand="ロレックス", model="デイトナ", price="1400000"),
                item("W-10400", brand="オメガ", model="スピードマスター", price="500000"),
            )
            await shop.film("W-10234")
            await shop.film("W-10311")
            _, code = await granted(shop, "GINZA", "W-10234", "W-10311", "W-10400")
            ginza = shop.line.add_user()
            await shop.says(ginza, code)
            listed = await shop.says(ginza, "ロレックス 100万以下 在庫")
            assert "W-10234" in words(listed)
            assert not re.search("W-10311|W-10400", words(listed))
            sent = await shop.says(ginza, "W-10234 W-10311 の動画")
            assert [each["type"] for each in sent] == ["video", "video", "flex", "text"]
            alike = await shop.says(ginza, "W-10234と同じモデルの他の状態")
            assert "W-10311" in words(alike)
            meaning, own = await shop.says(ginza, "ABって?")
            assert "軽い使用感" in meaning["text"]
            assert "時計では" in meaning["text"]
            assert "ランクABです" in own["text"]
            _, card = await shop.says(ginza, "W-10234の動画")
            another = next(each for each in buttons(card) if each.startswith("media.another"))
            (promised,) = await shop.taps(ginza, another)
            assert "新しく撮影いたします" in promised["text"]
            assert shop.one("SELECT count(*) FROM capture_wait WHERE partner_id IS NOT NULL") == 1
            before = len(shop.line.sent_to(ginza))
            film_file(shop.hot_folder / "W-10234_02.mp4")
            new = (await shop.told(ginza, before + 3))[before:]
            assert [each["type"] for each in new] == ["text", "video", "flex"]
            recorded = await shop.says(ginza, "裏蓋に傷はありますか")
            assert "傷みの記録はございません" in recorded[0]["text"]
            assert shop.line.refused == []

    journey()


def test_a_wish_is_asked_back_kept_and_met_once(database_url: str, tmp_path: Path) -> None:
    """R-120: the notice for the reminders is written when a piece that fits comes on sale."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            misaki = shop.line.add_user()
            (first,) = await shop.says(misaki, "ロレックスが300万以下で入ったら教えて")
            assert "membership.link" in buttons(first)
            customer = await shop.is_customer(misaki, number="C-1")
            (question,) = await shop.says(misaki, "ロレックスが300万以下で入ったら教えて")
            assert "ロレックス、¥3,000,000(税込)以下" in question["text"]
            (kept,) = await shop.says(misaki, "はい")
            assert "見つかりましたら" in kept["text"]
            await shop.stock(
                item("W-10234", brand="ロレックス", model="デイトナ", price="2900000"),
                item("W-10311", brand="ロレックス", model="デイトナ", price="3100000"),
            )
            rows = shop.rows("SELECT facts FROM worklist WHERE kind = 'notice'")
            notices = [json.loads(facts) for (facts,) in rows]
            assert [(each["to"], each["phase"]) for each in notices] == [
                (f"customer:{customer}", "wish_found")
            ]
            (mine,) = await shop.says(misaki, "探し物一覧")
            assert "ロレックス" in mine["text"]
            (gone,) = await shop.taps(misaki, buttons(mine)[0])
            assert "終了しました" in gone["text"]
            (exact,) = await shop.says(misaki, "ロレックスを300万で探して")
            assert "¥3,000,000(税込)以下" in exact["text"], "not a yen more than was said"

    journey()


WITHIN = (
    "デイトナ80万で探して",
    "デイトナを80万円以下で探してます",
    "80万以下のデイトナありますか",
    "デイトナ、80万までで在庫ありますか",
    "予算80万でデイトナ",
    "looking for a daytona under ¥800,000, do you have one in stock?",
)


@pytest.mark.parametrize("words_said", WITHIN)
def test_who_names_an_amount_is_shown_nothing_beyond_it(
    database_url: str, tmp_path: Path, words_said: str
) -> None:
    """As the words are read in the shop, with no script: the dearer piece is not offered, and the
    wish is kept at exactly what was said.
    """

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            misaki = shop.line.add_user()
            await shop.is_customer(misaki, number="C-1")
            await shop.stock(
                item("W-10234", brand="ロレックス", model="デイトナ", price="4280000"),
                item("W-10311", brand="オメガ", model="スピードマスター", price="500000"),
            )
            (none,) = await shop.says(misaki, words_said)
            assert "4,280,000" not in words([none])
            seek, others = buttons(none)[:2]
            assert seek.startswith("alerts.seek")
            (shown, *_) = await shop.taps(misaki, others)
            assert "4,280,000" in words([shown])
            (question,) = await shop.taps(misaki, seek)
            assert "¥800,000" in question["text"]
            await shop.stock(item("W-10400", brand="ロレックス", model="デイトナ", price="790000"))
            (there, *_) = await shop.says(misaki, words_said)
            assert "790,000" in words([there])
            assert "4,280,000" not in words([there])

    journey()


def test_an_amount_that_is_no_limit_hides_nothing(database_url: str, tmp_path: Path) -> None:
    """A discount that is asked for is about the piece there is."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            await shop.stock(
                item("W-10234", brand="ロレックス", model="デイトナ", price="4280000"),
            )
            told = await shop.says(shop.line.add_user(), "デイトナ300万に値引きできますか")
            assert "4,280,000" in words(told)
            assert shop.line.refused == []

    journey()


def test_two_wishes_about_one_piece_are_answered_on_one_card(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            await shop.stock(item("W-10234", price="848000", brand="ロレックス", model="デイトナ"))
            told = await shop.says(shop.line.add_user(), "W-10234の在庫と値段を教えて")
            assert len(told) == 1
            assert words(told).count("¥848,000") == 2  # on the card, and where cards are read out
            assert "お値引き" in words(told)
            assert json.dumps(told[0]["contents"], ensure_ascii=False).count("この1点のみ") == 1

    journey()
