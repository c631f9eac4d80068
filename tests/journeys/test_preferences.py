"""What a customer wants to hear about, in which language, and what they like (R-117, R-130,
R-135, pref.notify, pref.language).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.slots import SLOTS
from conversations.wording.membership.voice import voice
from tests.databases import fresh_url
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)
WORDS = Scripted(
    {
        "配信停止": ("pref.notify", {"opt": "out"}),
        "お知らせを受け取りたい": ("pref.notify", {"opt": "in"}),
        "配信設定": ("pref.notify", {}),
        "英語にしてください": ("pref.language", {"lang": "en"}),
        "中国語でお願いします": ("pref.language", {"lang": "zh"}),
        "한국어로 해 주세요": ("pref.language", {"lang": "ko"}),
        "わたしは革ベルト派なんだよね": ("chat.smalltalk", {}),
        "ロボットですか": ("chat.smalltalk", {}),
        "はい": ("chat.affirm", {}),
        "いいえ": ("chat.deny", {}),
    }
)


def consents(shop: RunningShop) -> list[tuple[Any, ...]]:
    return [
        (row[0], bool(row[1]), row[2], row[3])
        for row in shop.rows(
            "SELECT category, given, text_version, source FROM consent ORDER BY id"
        )
    ]


def test_a_stop_word_stops_after_a_yes_and_is_kept_with_the_words_shown(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
            misaki = shop.line.add_user()
            await shop.is_customer(misaki, number="C-1")
            [question] = await shop.says(misaki, "お知らせを受け取りたい")
            assert "よろしいでしょうか" in question["text"]
            assert consents(shop) == []
            [card] = await shop.says(misaki, "はい")
            assert "お送りいたします" in card["altText"]
            [asked] = await shop.says(misaki, "配信停止")
            await shop.says(misaki, "いいえ")
            assert [given for _, given, *_ in consents(shop)] == [True]
            [asked] = await shop.says(misaki, "配信停止")
            [card] = await shop.taps(misaki, next(e for e in buttons(asked) if "notices.set" in e))
            assert "停止いたしました" in card["altText"]
            told = consents(shop)
            assert [(category, given) for category, given, *_ in told] == [
                ("marketing", True),
                ("marketing", False),
            ]
            assert all(
                version.startswith("ja:") and source == "line" for *_, version, source in told
            )
            assert not shop.one("SELECT marketing_opt_in FROM customer")
            assert shop.line.refused == []

    journey()


def test_what_was_agreed_is_shown_by_category_and_each_can_be_changed(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                await shop.is_customer(misaki, number="C-1")
                [card] = await shop.says(misaki, "配信設定")
                offered = buttons(card)
                assert "notices.ask?category=marketing&opt=in" in offered
                assert "notices.ask?category=credit_reminder&opt=out" in offered
                assert not [each for each in offered if "service" in each]
                [asked] = await shop.taps(misaki, "notices.ask?category=credit_reminder&opt=out")
                await shop.taps(misaki, next(e for e in buttons(asked) if "notices.set" in e))
                assert consents(shop)[-1][:2] == ("credit_reminder", False)
                [no] = await shop.taps(misaki, "notices.set?category=service&opt=out&once=1")
                assert "お受けできません" in no["text"]
                assert len(consents(shop)) == 1

    journey()


def test_a_visitor_is_told_that_no_advertising_goes_there(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                [told] = await shop.says(shop.line.add_user(), "配信停止")
                assert "宣伝のお知らせはお送りしておりません" in told["text"]
                assert "membership.link" in buttons(told)

    journey()


@pytest.mark.parametrize("lang", ["en", "zh_hant", "zh_hans", "ko"])
def test_a_language_chosen_holds_and_the_register_follows_on_wish(
    lang: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                user = shop.line.add_user()
                await shop.is_customer(user, number="C-1")
                [told] = await shop.taps(user, f"language.set?lang={lang}")
                register = "SELECT language FROM customer"
                assert shop.one(register) == "ja"
                [set_] = [each for each in buttons(told) if "register" in each]
                await shop.settled()
                assert shop.one("SELECT lang FROM thread WHERE id = :id", id=f"line:{user}") == lang
                [told] = await shop.taps(user, set_)
                assert told["text"] == voice(lang).language_registered()
                assert shop.one(register) == lang
                [told] = await shop.taps(user, "notices.ask?category=marketing&opt=in")
                assert told["text"] == voice(lang).ask_notices("marketing", given=True)
                assert shop.line.refused == []

    journey()


def test_chinese_is_asked_for_by_script(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                user = shop.line.add_user()
                [told] = await shop.says(user, "中国語でお願いします")
                assert buttons(told)[:2] == [
                    "language.set?lang=zh_hant",
                    "language.set?lang=zh_hans",
                ]

    journey()


def test_a_taste_is_kept_only_when_agreed_seen_and_forgotten(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                await shop.is_customer(misaki, number="C-1")
                [asked] = await shop.says(misaki, "わたしは革ベルト派なんだよね")
                assert "「革ベルト派」を、お客様のお好みとして" in asked["text"]
                kept = "SELECT count(*) FROM taste WHERE kept_at IS NOT NULL"
                assert shop.one(kept) == 0
                memory = shop.one("SELECT memory FROM thread WHERE id = :id", id=f"line:{misaki}")
                assert "革ベルト" not in memory
                [told] = await shop.says(misaki, "はい")
                assert "控えました" in told["text"]
                assert shop.one(kept) == 1
                [shown] = await shop.taps(misaki, "tastes.show")
                assert "・革ベルト派" in shown["text"]
                [gone] = await shop.taps(misaki, next(e for e in buttons(shown) if "forget" in e))
                assert "削除いたしました" in gone["text"]
                assert shop.one("SELECT count(*) FROM taste") == 0
                [unsure] = await shop.says(misaki, "ロボットですか")
                assert "自動でお答え" in unsure["text"]
                assert shop.line.refused == []

    journey()


def test_a_taste_nobody_agreed_to_is_gone_after_a_day(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                await shop.is_customer(misaki, number="C-1")
                await shop.says(misaki, "わたしは革ベルト派なんだよね")
                [scrub] = [slot for slot in SLOTS if slot.name == "scrub"]
                verb, later = scrub.load(), shop.clock() + timedelta(days=1, minutes=1)
                await shop.shop.units.write(lambda db: verb(db, later))
                assert shop.one("SELECT count(*) FROM taste") == 0

    journey()
