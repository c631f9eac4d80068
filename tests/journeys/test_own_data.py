"""See, take along and erase one's own data (R-137): what is promised to go is gone from database
and store, what the law keeps stays and is told, and only the button erases.
"""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.customers import tastes
from catalog.customers.actions import Particulars, amend
from catalog.ground import journal
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from conversations.flows import forgetting
from tests import line_events
from tests.databases import fresh_url
from tests.journeys.test_account_link import bought, owner, urls
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import PUBLIC_URL, RunningShop, open_shop

AFTERNOON = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)
PHOTO = b"\xff\xd8\xff a photograph of a room with a face" * 200
SECRET = "秘密の住所は港区一丁目"
WORDS = Scripted(
    {
        "データを見たい": ("account.delete", {}),
        "データ削除": ("account.delete", {}),
        "退会します": ("account.delete", {}),
        SECRET: ("oos", {}),
        "はい": ("chat.affirm", {}),
    }
)


async def sends_photo(shop: RunningShop, user: str) -> None:
    """A picture, fetched, kept and acknowledged."""
    message = line_events.new_message_id()
    shop.line.put_content(message, PHOTO)
    event = line_events.message_event(
        user,
        {"type": "image", "id": message, "quoteToken": "q", "contentProvider": {"type": "line"}},
        at=shop.clock(),
        reply_token=shop.line.issue_reply_token(user),
    )
    [kept] = await shop.tells(user, event)
    assert "保管いたしました" in kept["text"]


def everything(shop: RunningShop, *, without: tuple[str, ...] = ()) -> str:
    """Every row of every table, as text."""

    def dump(db: Any) -> str:
        connection = db.connection()
        from sqlalchemy import inspect

        told = []
        for table in inspect(connection).get_table_names():
            if table not in without and not table.startswith("unit_grams"):
                told += [str(row) for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
        return "\n".join(told)

    return shop.shop.database.read(dump)


async def linked(shop: RunningShop, user: str) -> CustomerId:
    customer = await bought(shop)
    now = shop.clock()

    def unit(db: Any) -> None:
        from catalog.customers import actions as customers

        customers.bind(db, customer, "line", user, by="test", now=now)
        amend(db, customer, Particulars(family_kana="サトウミサキ"), by="test", now=now)
        taste = tastes.hear(db, customer, "革ベルト派", now=now)
        assert taste is not None
        tastes.keep(db, customer, taste, by="test", now=now)

    await shop.shop.units.write(unit)
    return customer


def erase_button(message: Any) -> str:
    return next(each for each in buttons(message) if each.startswith("data.erased"))


def test_what_is_erased_is_gone_from_database_and_store(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
            misaki = shop.line.add_user()
            customer = await linked(shop, misaki)
            await shop.says(misaki, SECRET)
            await sends_photo(shop, misaki)
            objects = [path for path in (tmp_path / "media").rglob("*") if "received" in str(path)]
            assert [path for path in objects if path.is_file()]
            await shop.says(misaki, "データ削除")
            [question] = await shop.taps(misaki, "data.erase")
            assert "古物台帳" in question["text"]
            assert "法令で定められた期間" in question["text"]
            [still] = await shop.says(misaki, "はい")  # words alone erase nothing
            assert owner(shop, misaki) == customer
            button = erase_button(still)
            [done] = await shop.taps(misaki, button)
            assert "削除いたしました" in done["text"]
            await shop.settled()
            await shop.until(
                lambda: (
                    shop.one(
                        "SELECT count(*) FROM worklist WHERE kind = 'received.delete'"
                        " AND state = 'done'"
                    )
                    == 1
                ),
                "the object to be deleted",
            )
            files = [path for path in objects if path.is_file()]
            assert not files
            told = everything(shop)
            for word in (SECRET, "misaki@example.com", "+819012345678", "サトウミサキ", "革ベルト"):
                assert word not in told, word
            assert shop.one("SELECT count(*) FROM contact") == 0
            name = "SELECT family_name FROM customer WHERE id = :id"
            assert shop.one(name, id=customer) == "-"
            # The books stay: the order, its payment, the dealer's ledger, the journal.
            assert shop.one("SELECT count(*) FROM sale_order") == 1
            assert shop.one("SELECT count(*) FROM ledger_row") >= 1
            assert shop.shop.database.read(lambda db: journal.verify(db, f"customer:{customer}"))
            before = shop.one("SELECT count(*) FROM journal WHERE verb = 'forgotten'")
            await shop.taps(misaki, button)
            assert shop.one("SELECT count(*) FROM journal WHERE verb = 'forgotten'") == before == 1
            # Who comes back begins anew, and what they send is kept again.
            await sends_photo(shop, misaki)
            assert shop.line.refused == []

    journey()


def test_with_an_open_deal_the_person_stays_until_it_ends(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                customer = await linked(shop, misaki)
                now = shop.clock()
                await shop.shop.units.write(
                    lambda db: credit.issue(
                        db, customer, Origin.GOODWILL, Yen(5_000), document=None, channel="test",
                        by="test", now=now, key="gift",
                    )
                )  # fmt: skip
                await shop.says(misaki, SECRET)
                [question] = await shop.taps(misaki, "data.erase")
                assert "ストアクレジットの残高があるため" in question["text"]
                [done] = await shop.taps(misaki, erase_button(question))
                assert "終わりしだい" in done["text"]
                await shop.settled()
                assert SECRET not in everything(shop)
                assert owner(shop, misaki) == customer
                email = "SELECT email FROM customer WHERE id = :id"
                assert shop.one(email, id=customer) is not None
                await shop.shop.units.write(lambda db: forgetting.run(db, now))
                assert shop.one(email, id=customer) is not None  # still open
                await shop.shop.units.write(
                    lambda db: db.connection().execute(
                        text("UPDATE credit_lot SET remaining = 0, captured = amount")
                    )
                )
                await shop.shop.units.write(lambda db: forgetting.run(db, now))
                assert shop.one(email, id=customer) is None
                assert shop.one("SELECT count(*) FROM contact") == 0

    journey()


def test_a_visitor_may_erase_what_they_wrote(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                visitor, other = shop.line.add_user(), shop.line.add_user()
                await shop.says(visitor, SECRET)
                await shop.says(other, SECRET)
                [question] = await shop.taps(visitor, "data.erase")
                assert "古物台帳" not in question["text"]
                await shop.taps(visitor, erase_button(question))
                await shop.settled()
                bodies = "SELECT count(*) FROM inbox WHERE body LIKE :word AND conversation = :who"
                word = f"%{SECRET}%"
                assert shop.one(bodies, word=word, who=f"line:{visitor}") == 0
                assert shop.one(bodies, word=word, who=f"line:{other}") == 1

    journey()


def test_all_that_is_kept_is_handed_out_once(tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki, other = shop.line.add_user(), shop.line.add_user()
                await linked(shop, misaki)
                await shop.says(misaki, SECRET)
                await shop.says(other, "こんにちは、別の者です")
                await sends_photo(shop, misaki)
                await shop.says(misaki, "データを見たい")
                [card] = await shop.taps(misaki, "data.export")
                [url_] = [each for each in urls(card) if "/my/data/" in each]
                page = f"{shop.url}{url_.removeprefix(PUBLIC_URL)}"
                for _ in range(2):  # looking does not use it up
                    async with shop.http.get(page) as answer:
                        assert answer.status == 200
                        assert 'method="post"' in await answer.text()
                async with shop.http.post(page) as answer:
                    assert answer.status == 200
                    assert answer.headers["cache-control"] == "private, no-store"
                    pack = zipfile.ZipFile(io.BytesIO(await answer.read()))
                told = json.loads(pack.read("data.json"))
                assert told["customer"]["email"] == "misaki@example.com"
                assert told["orders"][0]["order_no"] == "ORD-20261101-0001"
                assert told["tastes"][0]["words"] == "革ベルト派"
                assert SECRET in json.dumps(told["conversations"], ensure_ascii=False)
                assert "別の者" not in json.dumps(told, ensure_ascii=False)
                [file] = [each for each in pack.namelist() if each.startswith("files/")]
                assert pack.read(file) == PHOTO
                assert told["conversations"][0]["files"][0]["in_pack"] == file
                async with shop.http.post(page) as answer:
                    assert answer.status == 404

    journey()


async def status_of(shop: RunningShop, url: str) -> int:
    async with shop.http.get(url) as answer:
        return answer.status


def test_a_link_to_the_data_is_over_after_a_day_and_when_the_chat_is_unlinked(
    tmp_path: Path,
) -> None:
    @in_loop
    async def journey() -> None:
        from datetime import timedelta

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=AFTERNOON, understanding=WORDS) as shop:
                misaki = shop.line.add_user()
                await linked(shop, misaki)

                async def fresh() -> str:
                    [card] = await shop.taps(misaki, "data.export")
                    found = re.findall(r"/my/data/[\w-]+", str(card))
                    return f"{shop.url}{found[0]}"

                first = await fresh()
                second = await fresh()  # the first is over
                assert await status_of(shop, first) == 404
                assert await status_of(shop, second) == 200
                [asked] = await shop.taps(misaki, "membership.unlink")
                await shop.taps(misaki, next(e for e in buttons(asked) if "unlinked" in e))
                assert await status_of(shop, second) == 404
                third = await fresh()
                shop.clock.move(timedelta(hours=24, seconds=1))
                assert await status_of(shop, third) == 404

    journey()
