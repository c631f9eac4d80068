"""Appointments from the wish to the reminder, moved and called off in the chat (R-143, R-149)."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import Span, at_tokyo
from handoff.appointments import actions as appointments
from handoff.appointments import attending
from handoff.appointments.tables import Appointment
from handoff.dialogue.leaving import Desk, HandedOver, hand_over
from tests.journeys.buttons import every, words
from tests.journeys.test_condition_films import buttons
from tests.journeys.test_hours import DAY, hire
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, open_shop

MORNING = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday, 11:00 in Tokyo
THURSDAY = date(2026, 11, 26)
STAFF = Actor("boss", Role.MANAGER)
SCRIPT = {
    "木曜の15時にビデオ通話": (
        "store.book", {"date": THURSDAY, "time": time(15), "visit": "video_call"},
    ),
    "木曜の15時に行きます": (
        "store.book", {"date": THURSDAY, "time": time(15), "visit": "store"},
    ),
    "木曜の14時に家に来てほしい": (
        "store.book", {"date": THURSDAY, "time": time(14)},
    ),
    "予約を確認したい": ("store.book", {"action": "list"}),
    "明日の15時に電話ください": (
        "store.book", {"date": date(2026, 11, 25), "time": time(15)},
    ),
    "090-1234-5678": ("human.request", {"phone": "+819012345678"}),
}  # fmt: skip


def booked(shop: RunningShop) -> list[Appointment]:
    found = select(Appointment).order_by(col(Appointment.id))
    return shop.shop.database.read(lambda db: list(db.exec(found)))


def behind(message: Any, verb: str) -> list[str]:
    return [data for data in every([message]) if data.partition("?")[0] == verb]


async def told_next(shop: RunningShop, user: str, moment: datetime) -> list[Any]:
    """The clock comes to that moment; what the person is told then."""
    before = len(shop.line.sent_to(user))
    shop.clock.move(moment - shop.clock())
    return (await shop.told(user, before + 1))[before:]


async def write(shop: RunningShop, unit: Any) -> Any:
    return await shop.shop.units.write(unit)


def test_booked_moved_by_two_presses_reminded_and_called_off(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=MORNING, understanding=Scripted(SCRIPT)
        ) as shop:
            await hire(shop, "佐藤", *DAY)
            user = shop.line.add_user()
            (sure,) = await shop.says(user, "木曜の15時にビデオ通話")
            assert "11月26日(木) 15:00" in sure["text"]
            (done,) = await shop.says(user, "はい")
            assert "担当は佐藤" in done["text"]
            (change,) = behind(done, "visits.change")
            (offered,) = await shop.taps(user, change)
            times = behind(offered, "visits.move")
            assert len(times) == 8
            (moved,) = await shop.taps(user, times[-1])
            assert "変更いたしました" in moved["text"]
            (again,) = await shop.taps(user, times[-1])
            assert again["text"] == moved["text"]
            first, second = booked(shop)
            assert (first.state, second.state) == ("moved", "booked")
            (offered,) = await shop.taps(user, behind(moved, "visits.change")[0])
            (other,) = behind(offered, "visits.book")
            await shop.taps(user, other)
            (sure,) = await shop.says(user, "木曜の15時にビデオ通話")
            (done,) = await shop.taps(user, buttons(sure)[0])
            assert "11月26日(木) 15:00に変更" in done["text"]
            (evening,) = await told_next(shop, user, at_tokyo(date(2026, 11, 25), 18, 0))
            assert "11月26日(木) 15:00にビデオ通話のご予約" in evening["text"]
            (soon,) = await told_next(shop, user, at_tokyo(THURSDAY, 14))
            assert "15:00" in soon["text"]
            (sure,) = await shop.taps(user, behind(soon, "visits.cancel")[0])
            (off,) = await shop.says(user, "はい")
            assert "取りやめました" in off["text"]
            assert [each.state for each in booked(shop)] == ["moved", "moved", "cancelled"]
            (none,) = await shop.says(user, "予約を確認したい")
            assert "ございません" in none["text"]
            assert shop.line.refused == []

    journey()


def test_of_two_who_want_the_last_time_the_second_hears_so_and_is_offered_others(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=MORNING, understanding=Scripted(SCRIPT)
        ) as shop:
            await hire(shop, "佐藤", Span(time(14), time(17)))
            one, two = shop.line.add_user(), shop.line.add_user()
            (sure,) = await shop.says(one, "木曜の15時に行きます")
            (taken,) = await shop.says(two, "木曜の15時に行きます")
            assert "そのお時間は承れません" in taken["text"]
            assert "14:00〜15:00、16:00〜17:00" in taken["text"]
            shop.clock.move(timedelta(minutes=16))
            (held,) = await shop.says(two, "木曜の15時に行きます")
            assert "15分間" in held["text"]
            (late,) = await shop.taps(one, buttons(sure)[0])
            assert "そのお時間は承れません" in late["text"]
            (done,) = await shop.taps(two, buttons(held)[0])
            assert "承りました" in done["text"]
            (row,) = [each for each in booked(shop) if each.state == "booked"]
            assert row.conversation == f"line:{two}"

    journey()


def test_a_visit_is_to_a_home_or_not_at_all(database_url: str, tmp_path: Path) -> None:
    """古物営業法14条: no cafés."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=MORNING, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (place,) = await shop.says(user, "木曜の14時に家に来てほしい")
            assert "ご自宅でしょうか" in place["text"]
            home, elsewhere = behind(place, "visits.book")
            (law,) = await shop.taps(user, elsewhere)
            assert "法令により" in law["text"]
            assert booked(shop) == []
            (sure,) = await shop.taps(user, home)
            assert "ご自宅への出張" in sure["text"]
            await shop.says(user, "はい")
            (row,) = booked(shop)
            assert (row.kind, row.place, row.state) == (
                "home_visit", "counterparty_home", "booked",
            )  # fmt: skip

    journey()


def test_a_call_at_a_time_is_a_task_with_its_number(database_url: str, tmp_path: Path) -> None:
    """R-065."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=MORNING, understanding=Scripted(SCRIPT)
        ) as shop:
            user = shop.line.add_user()
            (number,) = await shop.says(user, "明日の15時に電話ください")
            assert "番号" in number["text"]
            (sure,) = await shop.says(user, "090-1234-5678")
            assert "11月25日(水) 15:00、お電話" in sure["text"]
            (done,) = await shop.taps(user, buttons(sure)[0])
            (row,) = booked(shop)
            tasks = "SELECT facts FROM worklist WHERE facts LIKE '%call_back%' AND state = 'due'"
            ((facts,),) = [each for each in shop.rows(tasks) if "+819012345678" in each[0]]
            assert row.id in facts
            (offered,) = await shop.taps(user, behind(done, "visits.change")[0])
            await shop.taps(user, behind(offered, "visits.move")[0])
            ((facts,),) = [each for each in shop.rows(tasks) if "+819012345678" in each[0]]
            assert booked(shop)[-1].id in facts

    journey()


def test_what_staff_change_the_customer_is_told_and_not_by_night(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=MORNING, understanding=Scripted(SCRIPT)
        ) as shop:
            await hire(shop, "佐藤", *DAY)
            user = shop.line.add_user()
            await shop.is_customer(user, number="C-1", language="ja")
            (sure,) = await shop.says(user, "木曜の15時にビデオ通話")
            await shop.taps(user, buttons(sure)[0])
            (row,) = booked(shop)
            now = shop.clock()
            before = len(shop.line.sent_to(user))
            link = "https://meet.example/abc"
            await write(shop, lambda db: attending.set_link(db, row.id, link, STAFF, now=now))
            (told,) = (await shop.told(user, before + 1))[before:]
            assert link in told["text"]
            shop.clock.move(at_tokyo(date(2026, 11, 24), 23) - shop.clock())
            now = shop.clock()
            await write(shop, lambda db: appointments.cancel(db, row.id, STAFF, now=now))
            await shop.quiet()
            assert len(shop.line.sent_to(user)) == before + 1
            (told,) = await told_next(shop, user, at_tokyo(date(2026, 11, 25), 9))
            assert "当店の都合" in told["text"]
            assert behind(told, "visits.book")
            assert shop.line.refused == []

    journey()


def test_a_customer_of_somebody_who_leaves_hears_once_who_comes_after(
    database_url: str, tmp_path: Path
) -> None:
    """R-119."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=MORNING, understanding=Scripted(SCRIPT)
        ) as shop:
            tanaka, suzuki = await hire(shop, "田中", *DAY), await hire(shop, "鈴木", *DAY)
            user = shop.line.add_user()
            customer = await shop.is_customer(user, number="C-1")
            now = shop.clock()
            await write(
                shop,
                lambda db: customers.amend(
                    db, customer, customers.Particulars(adviser="田中"), by="test", now=now
                ),
            )
            (sure,) = await shop.says(user, "木曜の15時に行きます")
            (done,) = await shop.taps(user, buttons(sure)[0])
            assert "担当は田中" in done["text"]
            before = len(shop.line.sent_to(user))
            desk = Desk(shop.shop.channels, now)
            for _ in range(2):
                gone = await write(
                    shop, lambda db: hand_over(db, tanaka, suzuki, STAFF, desk, now=now)
                )
            assert gone == HandedOver()
            told = (await shop.told(user, before + 1))[before:]
            await shop.quiet()
            assert len(shop.line.sent_to(user)) == before + 1
            assert "田中に代わり、鈴木" in words(told)
            (row,) = booked(shop)
            assert row.staff == suzuki
            assert shop.one("SELECT adviser FROM customer") == "鈴木"

    journey()
