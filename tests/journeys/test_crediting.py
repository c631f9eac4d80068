"""A customer asks about store credit in the chat (R-103 to R-115)."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog.buyback import credit_payouts
from catalog.credit import asking, codes, corrections
from catalog.credit.asking import Kind, Wish
from catalog.credit.terms import Origin
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from tests.catalog.credit.books import MANAGER, OWNER, Books
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, item, open_shop

NOW = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
SCRIPT: Any = {
    "クレジット残高": ("credit.balance", {}),
    "残高と期限教えて": (["credit.balance", "credit.expiry"], {}),
    "利用明細ください": ("credit.history", {}),
    "カードと併用できますか": ("credit.howto", {}),
    "10万円分をクレジットでもらうと?": ("credit.howto", {"money": 100_000}),
    "店で使いたい": ("credit.howto", {"via": "store"}),
}


@dataclass
class Member:
    """A linked customer with an account."""

    shop: RunningShop
    books: Books
    user: str
    customer: CustomerId

    async def says(self, text: str) -> tuple[str, list[str]]:
        sent = await self.shop.says(self.user, text)
        return json.dumps(sent, ensure_ascii=False), buttons(sent)

    async def taps(self, data: str) -> tuple[str, list[str]]:
        sent = await self.shop.taps(self.user, data)
        return json.dumps(sent, ensure_ascii=False), buttons(sent)


@asynccontextmanager
async def member(url: str, folder: Path) -> AsyncIterator[Member]:
    async with open_shop(url, folder, at=NOW, understanding=Scripted(SCRIPT)) as shop:
        user = shop.line.add_user()
        customer = await shop.is_customer(user, number="C-1")
        yield Member(shop, Books(shop.shop.database, now=NOW), user, customer)
        assert shop.line.refused == []


def test_the_balance_by_lot_with_what_ends_next(database_url: str, tmp_path: Path) -> None:
    """R-103, R-104, R-109, R-114; two meanings in one message are both answered."""

    @in_loop
    async def journey() -> None:
        async with member(database_url, tmp_path) as who:
            told, _ = await who.says("クレジット残高")
            assert "ございません" in told
            who.books.issue(who.customer, 8_000, Origin.RETURN)
            who.books.issue(who.customer, 50_000, Origin.TRADE_IN)
            who.books.issue(who.customer, 5_000, Origin.BONUS)
            who.books.spend(who.customer, 1_000)
            told, data = await who.says("残高と期限教えて")
            for fact in (
                "¥62,000",
                "¥7,000 2027年5月21日(金)まで",
                "¥50,000 期限なし",
                "うち無償分",
                "次に期限を迎えるのは、2027年5月21日(金)までの¥7,000",
                "・2027年11月22日(月)まで ¥5,000",
                "・期限なし ¥50,000",
            ):
                assert fact in told, (fact, told)
            assert {"credit.till", "credit.reach", "credit.history", "person.call"} <= set(data)

    journey()


def test_every_change_is_told_with_its_reason(database_url: str, tmp_path: Path) -> None:
    """R-111, R-115."""

    @in_loop
    async def journey() -> None:
        async with member(database_url, tmp_path) as who:
            lot = who.books.issue(who.customer, 8_000, Origin.TRADE_IN)
            who.books.spend(who.customer, 3_000)
            who.books.write(
                corrections.adjust, lot.lot_id, Yen(1_000), reason="二重発行の訂正", actor=MANAGER,
                now=who.books.now, key=who.books.key(),
            )  # fmt: skip
            told, _ = await who.says("利用明細ください")
            assert "発行 +¥8,000(下取り分)" in told
            assert "二重発行の訂正" in told
            assert "残高¥4,000" in told

    journey()


def test_how_it_works_is_told_before_it_is_chosen(database_url: str, tmp_path: Path) -> None:
    """R-106 to R-108, CRD-13: cash and credit side by side, never paid out; also to a visitor."""

    @in_loop
    async def journey() -> None:
        async with member(database_url, tmp_path) as who:
            told, _ = await who.says("10万円分をクレジットでもらうと?")
            assert "¥110,000(うち特典¥10,000" in told
            assert "現金でのお払い戻しができません" in told
            visitor = who.shop.line.add_user()
            sent = await who.shop.says(visitor, "カードと併用できますか")
            assert "併用" in json.dumps(sent, ensure_ascii=False)
            assert "membership.link" in buttons(sent)
            sent = await who.shop.says(visitor, "クレジット残高")
            assert "membership.link" in buttons(sent)

    journey()


def test_a_code_for_the_till_is_shown_and_takes_nothing(database_url: str, tmp_path: Path) -> None:
    """R-106: the code opens this account at the till; a new one ends the old one."""

    @in_loop
    async def journey() -> None:
        async with member(database_url, tmp_path) as who:
            told, _ = await who.says("店で使いたい")
            assert "残高がございません" in told
            who.books.issue(who.customer, 8_000)
            told, _ = await who.says("店で使いたい")
            assert "本日 14:05" in told
            (code,) = re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", told)
            assert who.books.balance(who.customer).spendable == 8_000
            taken = who.books.write(codes.take, code, Yen(500), now=who.shop.clock(), key="t-1")
            assert taken == who.customer
            told, _ = await who.taps("credit.till")
            assert code not in told

    journey()


def test_three_pieces_within_reach(database_url: str, tmp_path: Path) -> None:
    """R-113: the dearest that the credit reaches."""

    @in_loop
    async def journey() -> None:
        async with member(database_url, tmp_path) as who:
            who.books.issue(who.customer, 60_000)
            told, _ = await who.taps("credit.reach")
            assert "併用" in told
            await who.shop.stock(*(item(f"W-1000{n}", price=str(n * 15_000)) for n in range(1, 7)))
            told, data = await who.taps("credit.reach")
            shown = [each for each in data if each.startswith("media.show")]
            assert shown == [f"media.show?sku=W-1000{n}" for n in (4, 3, 2)]

    journey()


def test_credit_is_given_up_only_by_the_customers_button(database_url: str, tmp_path: Path) -> None:
    """CRD-13: what they owe is taken off, and other figures are shown again before they bind."""

    @in_loop
    async def journey() -> None:
        async with member(database_url, tmp_path) as who:
            books = who.books
            paid = books.issue(who.customer, 9_000, Origin.TRADE_IN)
            gone = books.issue(who.customer, 2_000, Origin.RETURN)
            books.spend(who.customer, 2_000)
            wish = Wish(Kind.DISCONTINUE, who.customer, Yen(9_000), "closing", consent=asking.CHAT)
            books.write(asking.ask, wish, actor=MANAGER, now=NOW, key="w1")
            [asked] = books.database.read(asking.waiting)
            await who.shop.quiet()
            before = len(who.shop.line.sent_to(who.user))
            books.write(credit_payouts.agree, asked.id, actor=OWNER, now=NOW)
            sent = (await who.shop.told(who.user, before + 1))[before:]
            told, data = json.dumps(sent, ensure_ascii=False), buttons(sent)
            assert "¥9,000を払い戻します" in told
            yes = next(each for each in data if each.startswith("credit.pay_out"))
            books.reverse(gone.lot_id, 2_000)
            told, data = await who.taps(yes)
            assert "¥2,000を差し引き" in told
            assert books.left(paid) == [9_000]
            yes = next(each for each in data if each.startswith("credit.pay_out"))
            told, _ = await who.taps(yes)
            assert "¥7,000" in told
            assert "お振込先は担当者が" in told
            assert books.left(paid) == [0]
            told, _ = await who.taps(yes)
            assert "終わっています" in told
            no = next(each for each in data if each.startswith("credit.keep"))
            told, _ = await who.taps(no)
            assert "終わっています" in told
