"""The customer's own page: opened by a link from the chat, theirs alone, over after half an hour
and when the chat is unlinked; settings and tastes can be changed there (R-117, R-130, R-135).
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.customers import actions as customers
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.databases import fresh_url
from tests.journeys.test_account_link import assert_private, bought, post
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.shop import RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)


async def member(shop: RunningShop, user: str, **who: str) -> CustomerId:
    """A linked customer who bought a watch and has credit."""
    customer = await bought(shop, **who)
    now = shop.clock()

    def unit(db: Any) -> None:
        customers.bind(db, customer, "line", user, by="test", now=now)
        credit.issue(
            db, customer, Origin.GOODWILL, Yen(54_321), document=None, channel="test", by="test",
            now=now, key=f"gift:{customer}",
        )  # fmt: skip

    await shop.shop.units.write(unit)
    return customer


async def own_page(shop: RunningShop, user: str) -> str:
    """The path of the page the chat leads to."""
    [card] = await shop.taps(user, "membership.page")
    return re.findall(r"/my/[\w-]+", str(card))[0]


async def page(shop: RunningShop, path: str) -> tuple[int, str]:
    async with shop.http.get(f"{shop.url}{path}") as answer:
        assert_private(answer)
        return answer.status, await answer.text()


def test_the_page_shows_ones_own_things_and_nobody_elses(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON) as shop:
            misaki, other = shop.line.add_user(), shop.line.add_user()
            await member(shop, misaki)
            await member(
                shop, other, number="C-2", email="other@example.com", order="ORD-20261101-0002"
            )
            path = await own_page(shop, misaki)
            status, told = await page(shop, path)
            assert status == 200
            for word in ("佐藤 美咲", "C-1", "ORD-20261101-0001", "W-10001", "¥54,321", "完了"):
                assert word in told, word
            for word in ("ORD-20261101-0002", "W-10002", "C-2"):
                assert word not in told, word
            tokens = {path.removeprefix("/my/")}
            assert not [
                row for row in shop.rows("SELECT * FROM page_pass") if tokens & set(map(str, row))
            ]
            assert shop.line.refused == []

    journey()


def test_the_link_is_over_after_half_an_hour_with_the_next_one_and_when_unlinked(
    tmp_path: Path,
) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                misaki = shop.line.add_user()
                await member(shop, misaki)
                first = await own_page(shop, misaki)
                second = await own_page(shop, misaki)
                assert (await page(shop, first))[0] == 404
                assert (await page(shop, second))[0] == 200
                shop.clock.move(timedelta(minutes=30, seconds=1))
                assert (await page(shop, second))[0] == 404
                third = await own_page(shop, misaki)
                [asked] = await shop.taps(misaki, "membership.unlink")
                await shop.taps(misaki, next(e for e in buttons(asked) if "unlinked" in e))
                assert (await page(shop, third))[0] == 404
                status, *_ = await post(shop, f"{third}/tastes", words="革ベルト派")
                assert status == 404
                assert shop.one("SELECT count(*) FROM taste") == 0

    journey()


def test_settings_and_tastes_are_changed_on_the_page(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                misaki, other = shop.line.add_user(), shop.line.add_user()
                await member(shop, misaki)
                await member(
                    shop, other, number="C-2", email="other@example.com", order="ORD-20261101-0002"
                )
                path, others = await own_page(shop, misaki), await own_page(shop, other)
                status, onward, _ = await post(
                    shop, f"{path}/notices", category="marketing", opt="in", lang="en"
                )
                assert (status, "lang=en&done=yes" in onward) == (303, True)
                [row] = shop.rows("SELECT category, given, source, text_version FROM consent")
                assert (row[0], bool(row[1]), row[2], row[3][:3]) == (
                    "marketing", True, "own page", "en:",
                )  # fmt: skip
                status, *_ = await post(shop, f"{path}/notices", category="service", opt="out")
                assert status == 404
                await post(shop, f"{path}/language", wished="ko")
                assert shop.one("SELECT language FROM customer WHERE customer_no = 'C-1'") == "ko"
                await post(shop, f"{path}/tastes", words="手首16cm <b>")
                _, told = await page(shop, path)
                assert "手首16cm &lt;b&gt;" in told
                taste = shop.one("SELECT id FROM taste")
                await post(shop, f"{others}/tastes/{taste}/forget")
                assert shop.one("SELECT count(*) FROM taste") == 1
                await post(shop, f"{path}/tastes/{taste}/forget")
                assert shop.one("SELECT count(*) FROM taste") == 0

    journey()


@pytest.mark.parametrize(
    ("lang", "word"),
    [
        ("ja", "ストアクレジット"),
        ("en", "Store credit"),
        ("zh_hant", "購物金"),
        ("zh_hans", "购物金"),
        ("ko", "스토어 크레딧"),
    ],
)
def test_the_page_speaks_five_languages(lang: str, word: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                misaki = shop.line.add_user()
                await member(shop, misaki)
                path = await own_page(shop, misaki)
                status, told = await page(shop, f"{path}?lang={lang}")
                assert (status, word in told) == (200, True)
                words = re.sub(r"<[^>]+>", " ", told)
                if lang in {"en", "ko"}:
                    for name in ("日本語", "繁體中文", "简体中文", "佐藤", "美咲", "デイトナ"):
                        words = words.replace(name, "")
                    assert not re.findall(r"[ぁ-ゖァ-ヺ一-鿿]+", words.replace("コスモグラフ", ""))

    journey()


def test_who_is_not_linked_is_asked_to_link_first(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                [told] = await shop.taps(shop.line.add_user(), "membership.page")
                assert "membership.link" in buttons(told)

    journey()
