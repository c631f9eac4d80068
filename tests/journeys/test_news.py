"""Messages the shop starts (R-033, R-045, R-047, R-074 to R-076, R-102, R-105, R-113, R-115, R-135,
R-160): a verb of the registers is the fact, a push within a minute the message, and there is one.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from bot.schedule import SLOT
from catalog.buyback import appraisal, inquiry, paying, timers, transit
from catalog.buyback.payouts.answers import Outcome
from catalog.consignment import prices
from catalog.consignment import reminders as term_reminders
from catalog.credit import actions as credit
from catalog.credit import corrections, redemption
from catalog.credit.terms import Origin
from catalog.customers import actions as customers
from catalog.customers import consents
from catalog.customers.consents import Category
from catalog.ground import worklist
from catalog.ground.calendar import TOKYO, at_tokyo
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId, to_millis
from catalog.ground.worklist import Work, WorkState
from catalog.items import prices as item_prices
from catalog.items import watchers
from catalog.orders import follow_ups
from conversations.outbox.tables import LetterState, OutboxLetter
from tests import line_events
from tests.catalog.buyback.deals import (
    ACCOUNTING,
    APPRAISER,
    SENIOR,
    STORE,
    Deals,
    basis,
    offer,
)
from tests.catalog.consignment.shelf import STAFF
from tests.catalog.credit.books import STORE as CASHIER
from tests.catalog.orders.counter import Counter
from tests.journeys.test_condition_films import buttons
from tests.line_platform import LinePlatform, in_loop
from tests.shop import RunningShop, film_file, item, open_shop

MORNING = datetime(2026, 10, 9, 11, 0, tzinfo=TOKYO)  # Friday; Monday is a holiday
A_MINUTE = timedelta(seconds=60)
Unit = Callable[[Session], Any]


def words(*messages: Any) -> str:
    """Everything a person reads in these."""
    return json.dumps(messages, ensure_ascii=False)


async def quiet(shop: RunningShop) -> None:
    """Every notice that is due is seen through, and every letter has left."""

    def open_rows(db: Session) -> int:
        now = shop.clock()
        due = select(Work.id).where(
            col(Work.kind).in_(["notice", "undelivered"]),
            Work.state == WorkState.DUE.value,
            col(Work.due_at) <= now,
        )
        letters = select(OutboxLetter.id).where(
            col(OutboxLetter.state).in_([LetterState.DUE.value, LetterState.SENDING.value])
        )
        return len(db.exec(due).all()) + len(db.exec(letters).all())

    await shop.until(lambda: shop.shop.database.read(open_rows) == 0, "every notice to be told")


async def pushed(
    shop: RunningShop, who: str, verb: Callable[[], Any], *parts: str
) -> list[dict[str, Any]]:
    """The verb makes exactly one letter, a push, within a minute, that says all this."""
    before, calls = len(shop.line.sent_to(who)), len(shop.line.accepted)
    began = shop.clock()
    await asyncio.to_thread(verb)
    await shop.told(who, before + 1)
    await quiet(shop)
    (call,) = [each for each in shop.line.accepted[calls:] if each.to == who]
    assert call.kind == "push"
    assert call.at - began < A_MINUTE
    told = words(*call.messages)
    assert [part for part in parts if part not in told] == [], told
    assert shop.line.refused == []
    return call.messages


def at(shop: RunningShop, moment: datetime) -> None:
    """Set the shop's clock."""
    shop.clock.move(moment - shop.clock())


async def write(shop: RunningShop, unit: Unit) -> Any:
    """A verb of the registers in one unit."""
    return await shop.shop.units.write(unit)


async def slot_ran(shop: RunningShop, name: str, moment: datetime) -> None:
    """The clock has done that duty of that moment."""
    key = f"{name}@{to_millis(moment)}"
    wanted = select(Work.state).where(Work.kind == SLOT, Work.work_key == key)

    def is_done(db: Session) -> bool:
        return db.exec(wanted).first() == WorkState.DONE.value

    await shop.until(lambda: shop.shop.database.read(is_done), f"slot {key}")


async def linked(shop: RunningShop, customer: str) -> str:
    """The customer's LINE."""
    user, now = shop.line.add_user(), shop.clock()
    await write(
        shop,
        lambda db: customers.bind(db, CustomerId(customer), "line", user, by="test", now=now),
    )
    return user


def give_credit(shop: RunningShop, customer: CustomerId, amount: int = 12_000) -> Unit:
    """Credit of a return, good for 180 days."""
    now = shop.clock()
    return lambda db: credit.issue(
        db, customer, Origin.RETURN, Yen(amount), document="O-1", channel="shop", by="staff:1",
        now=now, key=f"issue:{customer}",
    )  # fmt: skip


def letters(shop: RunningShop, state: LetterState) -> list[OutboxLetter]:
    """What stands so in the outbox."""
    wanted = select(OutboxLetter).where(OutboxLetter.state == state.value)
    return shop.shop.database.read(lambda db: list(db.exec(wanted)))


def tasks(shop: RunningShop, name: str) -> list[Work]:
    """Staff tasks of that name."""
    wanted = select(Work).where(Work.kind == worklist.TASK)
    rows = shop.shop.database.read(lambda db: list(db.exec(wanted)))
    return [row for row in rows if row.facts["task"] == name]


def test_every_stage_of_a_buyback_is_pushed_with_its_figures(
    database_url: str, tmp_path: Path
) -> None:
    """R-045: applied, estimated, sent in, kit, on its way, arrived, offered, sold, paid."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=MORNING) as shop:
            deals = Deals(shop.shop.database, shop.clock())
            await asyncio.to_thread(deals.originator)
            seller = await asyncio.to_thread(deals.seller)
            user = await linked(shop, seller.id)
            kept: dict[str, str] = {}

            def now(verb: Callable[[], Any]) -> Callable[[], Any]:
                def step() -> Any:
                    deals.now = shop.clock()
                    return verb()

                return step

            def inquire() -> None:
                kept["case"] = deals.inquiry(seller)
                kept["piece"] = deals.piece(kept["case"]).id

            def make_offer() -> None:
                deals.do(appraisal.begin_appraisal, kept["piece"], actor=APPRAISER)
                deals.grade(deals.piece(kept["case"]))
                made = deals.do(
                    appraisal.appraise, kept["piece"], offer(1_050_000), actor=APPRAISER
                ).made
                deals.do(appraisal.approve, made, actor=SENIOR)
                deals.do(appraisal.send_offer, made, actor=APPRAISER)
                kept["quote"] = str(made)

            def pay() -> None:
                batch = deals.batch()
                deals.file(batch.id)
                paid = deals.reply(batch.id, {1: Outcome.PAID})
                deals.database.write(
                    lambda db: paying.take_answer(
                        db, batch.id, paid, actor=ACCOUNTING, now=deals.now
                    )
                )

            await pushed(shop, user, now(inquire), "1点", "承りました")
            no = (await asyncio.to_thread(lambda: deals.case(kept["case"]))).case_no
            case, piece = kept["case"], kept["piece"]
            quote = now(lambda: deals.do(inquiry.quote, piece, basis(), actor=APPRAISER))
            await pushed(shop, user, quote, no, "¥1,010,000〜¥1,180,000", "10月16日", "目安")
            submit = now(lambda: deals.submit(seller, case))
            await pushed(shop, user, submit, no, "宅配", "10月9日", "いただきません")
            kit = now(lambda: deals.do(transit.kit_sent, case, tracking_no="K-77", actor=STORE))
            await pushed(shop, user, kit, no, "K-77")
            way = now(lambda: deals.do(transit.in_transit, case, tracking_no="T-8", actor=STORE))
            await pushed(shop, user, way, no, "T-8")
            await pushed(shop, user, now(lambda: deals.arrive(case)), no, "封印に異常は")
            sent = await pushed(shop, user, now(make_offer), no, "¥1,050,000", "10月23日")
            assert "offer.show" in buttons(sent)
            accept = now(lambda: deals.accept(seller, kept["quote"], 1_050_000))
            await pushed(shop, user, accept, no, "¥1,050,000", "10月9日")
            await pushed(shop, user, now(pay), no, "¥1,050,000", "お支払いしました")

    journey()


def test_a_case_that_stands_still_is_told_with_a_new_time(tmp_path: Path) -> None:
    """R-047: the customer's side of the alarm."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=MORNING) as shop:
                deals = Deals(shop.shop.database, shop.clock())
                seller = await asyncio.to_thread(deals.seller)
                user = await linked(shop, seller.id)
                await asyncio.to_thread(lambda: deals.here(seller))
                await shop.told(user, 3)
                await quiet(shop)
                before = len(shop.line.sent_to(user))
                at(shop, MORNING + timedelta(days=4, hours=1))
                now = shop.clock()
                await write(shop, lambda db: timers.raise_alarms(db, now))
                told = (await shop.told(user, before + 1))[before:]
                assert "遅れております" in words(*told)
                assert "までに、改めて" in words(*told)

    journey()


def test_a_consignor_hears_of_price_sale_and_payout_with_the_registers_figures(
    database_url: str, tmp_path: Path
) -> None:
    """R-074, R-075, R-076."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=MORNING) as shop:
            shelf = Counter(shop.shop.database, shop.clock())
            who = await asyncio.to_thread(shelf.consignor)
            user = await linked(shop, who)
            buyer = await asyncio.to_thread(shelf.customer)
            contract, unit = await asyncio.to_thread(lambda: shelf.consigned(who, 300_000))
            await shop.told(user, 2)
            await quiet(shop)
            propose = lambda: shelf.write(  # noqa: E731 - read once, below
                prices.propose_price, contract, Yen(250_000), reason=None, actor=STAFF,
                now=shop.clock(), key="p1",
            )  # fmt: skip
            sent = await pushed(shop, user, propose, "¥250,000", "¥200,000", "80%", "変わりません")
            proposal = await asyncio.to_thread(
                lambda: shelf.read(lambda db: prices.open_proposal(db, contract))
            )
            assert proposal is not None
            assert {
                f"consigning.price_yes?proposal={proposal.id}",
                f"consigning.price_no?proposal={proposal.id}",
            } <= set(buttons(sent))
            shelf.now = shop.clock()
            made = await asyncio.to_thread(lambda: shelf.basket(buyer, unit))
            sold = await pushed(
                shop, user, lambda: shelf.pay(made), "¥300,000", "85%", "¥45,000", "¥4,090",
                "¥255,000", "お届けが済みしだい",
            )  # fmt: skip
            assert sold
            await asyncio.to_thread(lambda: (shelf.pack(made.order_id), shelf.ship(made.order_id)))
            await pushed(shop, user, lambda: shelf.deliver(made.order_id), "10月19日", "確定")

    journey()


def test_a_term_is_reminded_of_with_three_ways_on(tmp_path: Path) -> None:
    """R-073, CON-9: and not once it was withdrawn."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=MORNING) as shop:
                shelf = Counter(shop.shop.database, shop.clock())
                who = await asyncio.to_thread(shelf.consignor)
                user = await linked(shop, who)
                contract, _ = await asyncio.to_thread(
                    lambda: shelf.consigned(who, 300_000, guarantee=200_000)
                )
                await shop.told(user, 2)
                await quiet(shop)
                last = (await asyncio.to_thread(lambda: shelf.contract(contract))).last_day
                assert last == date(2027, 4, 7)
                seen = len(shop.line.sent_to(user))
                at(shop, at_tokyo(last - timedelta(days=7), 10, 0))
                await slot_ran(
                    shop, "consignment-reminders", at_tokyo(last - timedelta(days=7), 10)
                )
                await quiet(shop)
                told = shop.line.sent_to(user)[seen:]
                reminders = [each for each in told if "あと7日" in words(each)]
                assert len(reminders) == 1, told
                assert "2027年4月7日" in words(*reminders)
                assert "¥200,000" in words(*reminders)
                assert buttons(reminders)[:3] == [
                    f"consigning.renew?contract={contract}",
                    f"consigning.convert?contract={contract}",
                    f"consigning.withdraw?contract={contract}",
                ]
                now = shop.clock()
                await write(shop, lambda db: term_reminders.run_reminders(db, now))
                await quiet(shop)
                assert len(shop.line.sent_to(user)) == seen + len(told)

    journey()


def test_nothing_is_started_at_night_and_it_comes_once_at_nine(
    database_url: str, tmp_path: Path
) -> None:
    """NTF-1, NTF-2: the fact of the night is a message of the morning, whatever the clock does."""

    @in_loop
    async def journey() -> None:
        night = datetime(2026, 11, 20, 22, 0, tzinfo=TOKYO)
        line = LinePlatform()
        user = line.add_user()
        async with open_shop(database_url, tmp_path, at=night, line=line) as shop:
            customer = await shop.is_customer(user, number="C-1")
            await write(shop, give_credit(shop, customer))
            await quiet(shop)
            at(shop, datetime(2026, 11, 21, 8, 59, 50, tzinfo=TOKYO))
            await quiet(shop)
            assert line.sent_to(user) == []
        nine = datetime(2026, 11, 21, 9, 0, 1, tzinfo=TOKYO)
        async with open_shop(database_url, tmp_path, at=nine, line=line) as shop:
            (told,) = await shop.told(user, 1)
            assert "¥12,000" in words(told)
            assert "2027年5月19日" in words(told)
            at(shop, night)  # the clock goes wrong, and right again
            at(shop, nine + timedelta(days=1))
            await quiet(shop)
            assert len(line.sent_to(user)) == 1
            assert line.refused == []

    journey()


def test_credit_is_reminded_once_a_date_with_pieces_within_reach(
    database_url: str, tmp_path: Path
) -> None:
    """R-105, R-113: through a restart and a clock that jumps; spent credit is not reminded of."""

    @in_loop
    async def journey() -> None:
        issued = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
        last = date(2027, 5, 19)
        thirty, seven = last - timedelta(days=30), last - timedelta(days=7)
        line = LinePlatform()
        user = line.add_user()
        async with open_shop(database_url, tmp_path, at=issued, line=line) as shop:
            await shop.stock(
                *(item(f"B-{n}", f"財布{n}", price=str(4_000 + n)) for n in range(1, 6)),
                item("W-1", "高い時計", price="900000"),
            )
            customer = await shop.is_customer(user, number="C-1")
            await write(shop, give_credit(shop, customer))
            await shop.told(user, 1)
            at(shop, at_tokyo(thirty, 10))
            cards, told = (await shop.told(user, 3))[1:]
            assert "¥12,000" in words(told)
            assert "2027年5月19日" in words(told)
            assert "あと30日" in words(told)
            named = [f"財布{n}" in words(cards) for n in (5, 4, 3, 2, 1)]
            assert named == [True, True, True, False, False]
            assert "高い時計" not in words(cards)
            assert "notices.ask?category=credit_reminder&opt=out" in buttons(told)
        async with open_shop(database_url, tmp_path, at=at_tokyo(thirty, 15), line=line) as shop:
            at(shop, at_tokyo(thirty - timedelta(days=1), 15))
            at(shop, at_tokyo(thirty, 16))
            await quiet(shop)
            assert len(line.sent_to(user)) == 3
            now = shop.clock()
            await write(
                shop,
                lambda db: redemption.spend(
                    db, customer, Yen(12_000), document="O-9", channel="shop", by="shop",
                    now=now, key="spend",
                ),
            )  # fmt: skip
            await shop.told(user, 4)
            at(shop, at_tokyo(seven, 10, 1))
            await slot_ran(shop, "credit-reminders", at_tokyo(seven, 10))
            await quiet(shop)
            assert len(line.sent_to(user)) == 4
            assert line.refused == []

    journey()


def test_goodwill_is_told(tmp_path: Path) -> None:
    """R-115."""

    @in_loop
    async def journey() -> None:
        from tests.databases import fresh_url

        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path, at=MORNING) as shop:
                user = shop.line.add_user()
                customer = await shop.is_customer(user, number="C-1", language="en")
                books = shop.shop.database
                give = lambda: books.write(  # noqa: E731 - read once, below
                    lambda db: corrections.goodwill(
                        db, customer, Yen(3_000), reason="late", document=None, channel="shop",
                        actor=CASHIER, now=shop.clock(), key="g1",
                    )
                )  # fmt: skip
                await pushed(shop, user, give, "¥3,000", "7 January 2027", "apology")

    journey()


def test_who_watches_hears_of_price_film_and_sale(database_url: str, tmp_path: Path) -> None:
    """R-033: a partner at any hour, a customer by day."""

    @in_loop
    async def journey() -> None:
        night = datetime(2026, 11, 20, 23, 0, tzinfo=TOKYO)
        async with open_shop(database_url, tmp_path, at=night) as shop:
            await shop.stock(item("W-10234"))
            retailer, fan = shop.line.add_user(), shop.line.add_user()
            partner = await shop.is_retailer(retailer, "W-10234")
            customer = await shop.is_customer(fan, number="C-1")
            now = shop.clock()
            unit = UnitId(shop.one("SELECT id FROM unit WHERE code = 'W-10234'"))

            def both_watch(db: Session) -> None:
                watchers.watch(db, unit, f"partner:{partner}", now=now)
                watchers.watch(db, unit, f"customer:{customer}", now=now)

            await write(shop, both_watch)
            await shop.capture(film_file(tmp_path / "W-10234_01.mp4"), code="W-10234")
            told = await shop.told(retailer, 3)
            assert "新しい動画" in words(told[0])
            assert told[1]["type"] == "video"
            await quiet(shop)
            assert shop.line.sent_to(fan) == []
            at(shop, datetime(2026, 11, 21, 9, 0, 1, tzinfo=TOKYO))
            assert "新しい動画" in words(*await shop.told(fan, 3))
            cheaper = lambda: shop.shop.database.write(  # noqa: E731 - read once, below
                lambda db: item_prices.reprice(
                    db, unit, Yen(980_000), reason="staff", by="staff:1",
                    now=shop.clock(), key="r1",
                )
            )  # fmt: skip
            await pushed(shop, fan, cheaper, "¥980,000")
            assert len(shop.line.sent_to(retailer)) == 3, "no right to know prices"

    journey()


def test_the_buyer_hears_of_every_step_and_afterwards_until_they_stop(
    database_url: str, tmp_path: Path
) -> None:
    """R-102, R-135: thanks on the third day; after 配信停止 no care on the thirtieth."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=MORNING) as shop:
            shelf = Counter(shop.shop.database, shop.clock())
            buyer = await asyncio.to_thread(shelf.customer)
            user = await linked(shop, buyer)
            unit = await asyncio.to_thread(lambda: shelf.owned("W-1", 100_000))
            made = await asyncio.to_thread(lambda: shelf.basket(buyer, unit))
            await pushed(shop, user, lambda: shelf.pay(made), "¥100,000", "1営業日以内")
            await pushed(shop, user, lambda: shelf.pack(made.order_id), "梱包")
            await pushed(shop, user, lambda: shelf.ship(made.order_id), "1234-5678")
            await pushed(shop, user, lambda: shelf.deliver(made.order_id), "10月16日")
            third = at_tokyo(date(2026, 10, 12), 10)
            at(shop, third)
            told = (await shop.told(user, 5))[4]
            assert "お使い心地" in words(told)
            assert "notices.ask?category=marketing&opt=out" in buttons(told)
            now = shop.clock()
            await write(shop, lambda db: follow_ups.run(db, now))
            await quiet(shop)
            assert len(shop.line.sent_to(user)) == 5

            def stop(db: Session) -> None:
                consents.consent(
                    db, CustomerId(buyer), Category.MARKETING, False, text_version="1",
                    source="line", by="customer", now=now,
                )  # fmt: skip

            await write(shop, stop)
            thirtieth = at_tokyo(date(2026, 11, 8), 10)
            at(shop, thirtieth)
            await slot_ran(shop, "follow-ups", thirtieth)
            await quiet(shop)
            assert len(shop.line.sent_to(user)) == 5
            (kept,) = letters(shop, LetterState.SUPPRESSED)
            assert (kept.purpose, kept.last_error) == (
                "follow_up_care", "the person does not wish it",
            )  # fmt: skip

    journey()


def test_who_blocked_the_shop_becomes_somebodys_task(database_url: str, tmp_path: Path) -> None:
    """LINE block: another address of the same person first, else a task; staff see why."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=MORNING) as shop:
            user = shop.line.add_user()
            customer = await shop.is_customer(user, number="C-1")
            await shop.hear(line_events.unfollow_event(user))
            await shop.settled()
            await write(shop, give_credit(shop, customer))
            await shop.until(lambda: len(tasks(shop, "tell_by_hand")) == 1, "a task")
            (task,) = tasks(shop, "tell_by_hand")
            assert task.facts["phase"] == "credit_issued"
            assert task.facts["to"] == f"customer:{customer}"
            (kept,) = letters(shop, LetterState.SUPPRESSED)
            assert kept.last_error == "no address to reach"
            assert shop.line.sent_to(user) == []

    journey()


def test_a_month_that_is_used_up_still_answers_and_the_news_rides_along(
    database_url: str, tmp_path: Path
) -> None:
    """R-160: quota 0."""

    @in_loop
    async def journey() -> None:
        async with open_shop(database_url, tmp_path, at=MORNING) as shop:
            shop.line.quota_limit = shop.line.quota_used = 200
            user = shop.line.add_user()
            customer = await shop.is_customer(user, number="C-1")
            await write(shop, give_credit(shop, customer))
            await shop.until(lambda: len(letters(shop, LetterState.WAITING)) == 1, "it to wait")
            assert len(tasks(shop, "letters_wait_for_quota")) == 1
            told = await shop.says(user, "こんにちは")
            await quiet(shop)
            assert "¥12,000" in words(*shop.line.sent_to(user))
            assert told
            assert all(each.kind == "reply" for each in shop.line.accepted if each.to == user)

    journey()
