"""After the sale (R-017, R-018, R-056, R-093, R-094, R-095, R-099, R-100, R-145)."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bot.rulebook import book
from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from conversations.flows.orders import disputing
from media.disputes import closing
from media.disputes.closing import Finding
from media.disputes.tables import Outcome
from tests import line_events
from tests.journeys.buttons import behind, every, labelled, words
from tests.journeys.sold import COLLECT, bought
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, film_file, item, open_shop

AFTERNOON = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # 13:50 in Tokyo

SCRIPT = Scripted(
    {
        "注文どこ?": ("order.status", {}),
        "返品したい": ("order.return", {}),
        "W-10311に交換したい": ("order.return", {"sku": ["W-10311"]}),
        "裏蓋に擦り傷がつきました": ("return.condition", {"part": "case_back"}),
        "買った時と文字盤が違う": ("media.dispute", {"part": "dial"}),
        "店舗で受け取れますか": ("store.collect", {}),
        "W-10311を店舗で受け取りたい": ("store.collect", {"sku": ["W-10311"]}),
    }
)


def _order_no(number: str) -> Scripted:
    """What a customer writes who has the number of the parcel in hand."""
    told = {f"{number} はどこですか": ("order.status", {"order_no": number})}
    return Scripted({**SCRIPT.script, **told})


async def _shop_with_two(shop: RunningShop) -> tuple[str, CustomerId]:
    await shop.stock(
        item("W-10234", "コスモグラフ デイトナ", price="1000000"),
        item("W-10311", "スピードマスター", price="1012000"),
        item("W-10400", "サブマリーナー", price="900000"),
    )
    user = shop.line.add_user()
    return user, await shop.is_customer(user, number="C-1")


def test_where_is_my_order_tells_the_stage_and_the_carriers_page(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            user, who = await _shop_with_two(shop)
            (none,) = await shop.says(user, "注文どこ?")
            assert "見つかりませんでした" in none["text"]
            number = await bought(shop, who, "W-10234", until="shipped")
            (card,) = await shop.says(user, "注文どこ?")
            told = words(card)
            assert number in told
            assert "発送済み" in told
            assert "コスモグラフ デイトナ" in told
            assert "https://jizen.kuronekoyamato.co.jp/" in told
            assert "person.call" in every([card])
            await bought(shop, who, "W-10311", until="paid")
            (choice,) = await shop.says(user, "注文どこ?")
            assert "どちらのご注文" in choice["text"]
            (second,) = await shop.taps(user, labelled([choice], number))
            assert "発送済み" in words(second)
            assert shop.line.refused == []

    journey()


def test_the_number_on_a_parcel_tells_a_stranger_the_stage_and_nothing_else(
    tmp_path: Path,
) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON) as shop:
                _, who = await _shop_with_two(shop)
                number = await bought(shop, who, "W-10234", until="shipped")
                await shop.quiet()
            understanding = _order_no(number)
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=understanding) as shop:
                stranger = shop.line.add_user()
                (stage,) = await shop.says(stranger, f"{number} はどこですか")
                assert "発送済み" in stage["text"]
                assert "デイトナ" not in words(stage)
                assert "1,000,000" not in words(stage)
                assert "kuronekoyamato" not in words(stage)
                assert "membership.link" in every([stage])
                other = shop.line.add_user()
                await shop.is_customer(other, number="C-2")
                (foreign,) = await shop.says(other, f"{number} はどこですか")
                (unknown,) = await shop.taps(other, "order.show?order_no=O-000000-NOTTHERE")
                assert foreign["text"].replace(number, "N") == unknown["text"].replace(
                    "O-000000-NOTTHERE", "N"
                )
                assert shop.line.refused == []

    journey()


async def _to_the_amounts(shop: RunningShop, user: str) -> list[Any]:
    """「返品したい」 up to both amounts side by side."""
    told = await shop.says(user, "返品したい")
    told = await shop.taps(user, labelled(told, "イメージと違った"))
    assert "タグ" in words(told)
    told = await shop.taps(user, labelled(told, "付いている"))
    told = await shop.taps(user, labelled(told, "すべて揃っている"))
    return await shop.says(user, "裏蓋に擦り傷がつきました")


def test_a_return_for_credit_needs_nobody_and_pays_nothing_before_the_comparison(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            now = shop.clock()
            address = {"dealer.name": "銀座時計店", "dealer.address": "東京都中央区銀座1-1-1"}
            await shop.shop.units.write(
                lambda db: policy.amend(db, address, known=book.TERMS, by="test", now=now)
            )
            user, who = await _shop_with_two(shop)
            await bought(shop, who, "W-10234")
            amounts = await _to_the_amounts(shop, user)
            assert "¥1,000,000" in words(amounts)
            assert "¥1,050,000" in words(amounts)  # 10 % bonus, at most 50,000
            assert "現金でのお払い戻し" in words(amounts)
            assert shop.one("SELECT count(*) FROM return_case") == 0
            asked = await shop.taps(user, labelled(amounts, "ストアクレジットで受け取る"))
            assert "¥1,050,000" in words(asked)
            assert shop.one("SELECT count(*) FROM return_case") == 0
            make = behind(asked, "return.make")
            made, label = await shop.taps(user, make)
            number = shop.one("SELECT return_no FROM return_case")
            assert number in made["text"]
            assert "東京都中央区銀座1-1-1" in words(label)
            assert "着払い" in words(label)
            await shop.taps(user, make)  # pressed twice: one return, one consent
            assert shop.one("SELECT count(*) FROM return_case") == 1
            assert shop.one("SELECT count(*) FROM credit_consent") == 1
            assert shop.one("SELECT count(*) FROM refund") == 0
            ((state, told, settle_as, consent),) = shop.rows(
                "SELECT state, told, settle_as, consent_id FROM return_case"
            )
            assert state == "asked"
            assert '"case_back"' in told
            assert '"tag": "on"' in told
            assert (settle_as, bool(consent)) == ("credit", True)
            (card,) = await shop.says(user, "注文どこ?")
            assert "返品のお品物の発送待ち" in words(card)
            assert shop.line.refused == []

    journey()


def test_a_return_is_withdrawn_by_its_button_and_asked_for_again(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                user, who = await _shop_with_two(shop)
                await bought(shop, who, "W-10234")
                amounts = await _to_the_amounts(shop, user)
                asked = await shop.taps(user, labelled(amounts, "お支払い方法へ返金"))
                await shop.taps(user, behind(asked, "return.make"))
                underway = await shop.says(user, "返品したい")
                assert "発送待ち" in words(underway)
                asked = await shop.taps(user, behind(underway, "return.keep"))
                kept = await shop.taps(user, behind(asked, "return.kept"))
                assert "取りやめました" in words(kept)
                assert shop.one("SELECT state FROM return_case") == "withdrawn"
                assert "理由" in words(await shop.says(user, "返品したい"))
                assert shop.line.refused == []

    journey()


def test_a_return_after_its_last_day_is_explained(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                user, who = await _shop_with_two(shop)
                await bought(shop, who, "W-10234", at=shop.clock() - timedelta(days=8))
                (told,) = await shop.says(user, "返品したい")
                assert "返品期限(2026年11月23日(月))" in told["text"]
                assert "person.call" in every([told])
                line = shop.one("SELECT id FROM order_line")
                await shop.taps(user, f"return.make?line={line}&reason=size&settle=as_paid")
                assert shop.one("SELECT count(*) FROM return_case") == 0
                assert shop.line.refused == []

    journey()


def test_nobody_sends_back_what_somebody_else_bought(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                _, who = await _shop_with_two(shop)
                number = await bought(shop, who, "W-10234")
                line = shop.one("SELECT id FROM order_line")
                other = shop.line.add_user()
                await shop.is_customer(other, number="C-2")
                for tap in ("return.piece", "return.make", "return.keep", "exchange.make"):
                    (told,) = await shop.taps(other, f"{tap}?line={line}&sku=W-10311")
                    assert "デイトナ" not in words(told), tap
                (told,) = await shop.taps(other, f"order.address?order_no={number}")
                assert "person.call" in every([told])
                stranger = shop.line.add_user()
                assert "membership.link" in every(await shop.says(stranger, "返品したい"))
                assert shop.one("SELECT count(*) FROM return_case") == 0
                assert shop.line.refused == []

    journey()


def test_an_exchange_tells_the_difference_and_keeps_the_new_piece(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            user, who = await _shop_with_two(shop)
            await bought(shop, who, "W-10234")
            now = shop.clock()
            await shop.shop.units.write(
                lambda db: credit.issue(
                    db, who, Origin.GOODWILL, Yen(20_000), document=None, channel="test",
                    by="test", now=now, key="gift",
                )
            )  # fmt: skip
            amounts = await _to_the_amounts(shop, user)
            asked = await shop.taps(user, behind(amounts, "exchange.which"))
            assert "どの商品と交換" in words(asked)
            difference = await shop.says(user, "W-10311に交換したい")
            assert "+¥12,000" in words(difference)
            asked = await shop.taps(user, labelled(difference, "ストアクレジット"))
            assert "+¥12,000" in words(asked)
            made = await shop.taps(user, behind(asked, "exchange.make"))
            assert "交換を承りました" in words(made)
            assert shop.rows("SELECT kind, settle_as FROM return_case") == [("exchange", "credit")]
            assert shop.one("SELECT state FROM unit WHERE code = 'W-10311'") == "reserved"
            assert shop.one("SELECT count(*) FROM refund") == 0
            assert shop.line.refused == []

    journey()


def test_a_piece_that_was_sold_meanwhile_is_not_promised_in_exchange(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                user, who = await _shop_with_two(shop)
                await bought(shop, who, "W-10234")
                amounts = await _to_the_amounts(shop, user)
                await shop.taps(user, behind(amounts, "exchange.which"))
                asked = await shop.says(user, "W-10311に交換したい")
                make = behind(asked, "exchange.make")
                rival = await shop.is_customer(shop.line.add_user(), number="C-2")
                await bought(shop, rival, "W-10311", until="paid")
                (told,) = await shop.taps(user, make)
                assert "お選びいただけません" in told["text"]
                assert shop.one("SELECT count(*) FROM return_case") == 0
                assert shop.line.refused == []

    journey()


async def _filmed_before_the_sale(shop: RunningShop, code: str, part: str) -> None:
    """A film whose file was last written the day before."""
    path = film_file(shop.folder / "captures" / f"{code}_{part}.mp4")
    written = (shop.clock() - timedelta(days=1)).timestamp()
    os.utime(path, (written, written))
    await shop.capture(path, code=code, part=part)
    await shop.until(lambda: not shop.one(_MAKING), "renditions to be made")


_MAKING = "SELECT count(*) FROM asset WHERE readiness <> 'whole'"


def test_a_dispute_freezes_what_is_on_record_and_shows_the_piece_as_it_was_sold(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
            user, who = await _shop_with_two(shop)
            await _filmed_before_the_sale(shop, "W-10234", "dial")
            await _filmed_before_the_sale(shop, "W-10234", "case_back")
            await bought(shop, who, "W-10234")
            film, card, told = await shop.says(user, "買った時と文字盤が違う")
            assert film["type"] == "video"
            assert "文字盤" in words(card)
            assert "撮影記録2点" in told["text"]
            assert "お写真を" in told["text"]
            assert "本日 16:00まで" in told["text"]
            frozen = shop.rows("SELECT asset_id, sha256 FROM dispute_exhibit ORDER BY asset_id")
            there = shop.rows(
                "SELECT id, sha256 FROM asset WHERE unit_id ="
                " (SELECT id FROM unit WHERE code = 'W-10234') ORDER BY id"
            )
            assert [tuple(each) for each in frozen] == [tuple(each) for each in there]
            await _filmed_before_the_sale(
                shop, "W-10234", "crown"
            )  # came in too late for an exhibit
            again = await shop.says(user, "買った時と文字盤が違う")
            assert "承っております" in words(again)
            assert shop.one("SELECT count(*) FROM dispute") == 1
            assert shop.one("SELECT count(*) FROM dispute_exhibit") == 2
            assert shop.one("SELECT count(*) FROM log_leaf WHERE kind = 'dispute.opened'") == 1
            dispute = shop.one("SELECT id FROM dispute")
            kept = shop.one("SELECT memory FROM thread")
            assert f"dispute:{dispute}" in str(kept)
            assert shop.line.refused == []

    journey()


def test_a_visitor_is_asked_to_link_before_a_dispute(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                await shop.stock(item("W-10234"))
                told = await shop.says(shop.line.add_user(), "買った時と文字盤が違う")
                assert "membership.link" in every(told)
                assert "person.call" in every(told)
                assert shop.one("SELECT count(*) FROM dispute") == 0

    journey()


def test_what_is_ready_is_collected_with_its_code(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                user, who = await _shop_with_two(shop)
                asked = await shop.says(user, "W-10311を店舗で受け取りたい")
                (taken,) = await shop.says(user, "はい")  # nothing binds yet: a typed yes will do
                assert "collect.make" in [each.partition("?")[0] for each in every(asked)]
                assert "本日 16:00まで" in taken["text"]
                assert shop.one(
                    "SELECT count(*) FROM worklist WHERE work_key LIKE 'store_collect:%'"
                )
                await bought(shop, who, "W-10234", until="paid", delivery=COLLECT)
                (card,) = await shop.says(user, "店舗で受け取れますか")
                code = shop.one("SELECT pickup_code FROM sale_order WHERE pickup_code IS NOT NULL")
                assert code not in words(card)
                await bought(shop, who, "W-10400", until="packed", delivery=COLLECT)
                choice = await shop.says(user, "店舗で受け取れますか")
                ready = shop.one("SELECT order_no FROM sale_order WHERE state = 'packed'")
                (card,) = await shop.taps(user, labelled(choice, ready))
                code = shop.one("SELECT pickup_code FROM sale_order WHERE state = 'packed'")
                assert code in words(card)
                assert shop.line.refused == []

    journey()


def test_in_a_group_nothing_of_an_order_is_told(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                user, who = await _shop_with_two(shop)
                number = await bought(shop, who, "W-10234", until="shipped")
                group = shop.line.join_group()
                pressed = line_events.postback_event(
                    user, f"order.show?order_no={number}", at=shop.clock(),
                    reply_token=shop.line.issue_reply_token(group),
                )  # fmt: skip
                told = await shop.tells(group, line_events.in_group(pressed, group))
                assert "1対1のトーク" in words(told)
                assert number not in words(told)

    journey()


def test_pictures_sent_for_a_dispute_are_acknowledged_with_the_promised_time(
    tmp_path: Path,
) -> None:
    """R-017: what is said once they are attached, and nothing for a case that is closed."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=SCRIPT) as shop:
                user, who = await _shop_with_two(shop)
                await bought(shop, who, "W-10234")
                told = await shop.says(user, "買った時と文字盤が違う")
                assert "撮影記録はございません" in words(told)
                case = shop.one("SELECT id FROM dispute")
                now = shop.clock()

                def taken(db: Session) -> Any:
                    return disputing.taken(db, case, "ja", now)

                letters = await shop.shop.units.read(taken)
                assert "本日 16:00まで" in letters[0].text
                answer = Finding(Outcome.AS_RECORDED, "購入時の写真と同じ文字盤でした。")
                actor = Actor("S", Role.SENIOR)
                heard = len(shop.line.sent_to(user))
                await shop.shop.units.write(
                    lambda db: closing.close(db, case, answer, actor=actor, now=now, key="k")
                )
                assert await shop.shop.units.read(taken) is None
                (told,) = (await shop.told(user, heard + 1))[heard:]
                assert "記録のとおりであることを確認" in words(told)
                assert answer.words in words(told)

    journey()
