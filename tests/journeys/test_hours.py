"""Hours and shifts in the chat: the promise is true, and names who keeps it (R-154, R-168)."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from catalog.customers import actions as customers
from catalog.duties.actors import Actor, Role
from catalog.ground.calendar import Span, at_tokyo
from catalog.ground.record import StaffId, from_millis
from handoff.desk import routing
from handoff.shifts import actions as shifts
from handoff.staff import actions as staff
from tests.line_platform import in_loop
from tests.scripted import Scripted
from tests.shop import RunningShop, open_shop

BOSS = Actor("boss", Role.MANAGER)
NIGHT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # Tuesday, 23:00 in Tokyo
HOLIDAY_EVE = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # before 勤労感謝の日
DAY = (Span(time(10), time(19)),)
SCRIPT = {
    "人と話したい": ("human.request", {}),
    "鈴木さんをお願いします": ("human.request", {}),
    "営業時間は": ("store.nearest", {}),
}


async def hire(shop: RunningShop, name: str, *spans: Span, role: str = "adviser") -> StaffId:
    """Somebody with the same shift every day, holidays too."""
    now = shop.clock()

    def unit(db: Any) -> StaffId:
        found = staff.add(db, name, role, email=None, slack_id=None, by="test", now=now)
        if spans:
            week = dict.fromkeys(range(7), spans)
            shifts.plan_week(db, found, week, actor=BOSS, now=now)
        return found

    return await shop.shop.units.write(unit)


async def hours(shop: RunningShop, days: dict[int, Any]) -> None:
    now = shop.clock()
    await shop.shop.units.write(lambda db: shifts.set_week(db, days, actor=BOSS, now=now))


def promises(shop: RunningShop) -> list[datetime]:
    """When the clock looks whether somebody has answered."""
    rows = shop.rows("SELECT due_at FROM worklist WHERE work_key LIKE '%:promise:%' ORDER BY id")
    return [from_millis(at) if isinstance(at, int) else at for (at,) in rows]


def test_at_night_the_next_morning_and_who_are_told(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=NIGHT, understanding=Scripted(SCRIPT)
        ) as shop:
            await hire(shop, "佐藤", *DAY)
            user = shop.line.add_user()
            (told,) = await shop.says(user, "人と話したい")
            assert "営業時間外" in told["text"]
            assert "明日 10:40までに佐藤がお返事いたします" in told["text"]
            assert promises(shop) == [at_tokyo(date(2026, 11, 25), 10, 40)]
            (again,) = await shop.says(user, "人と話したい")
            assert "明日 10:40" in again["text"]
            assert len(promises(shop)) == 1
            assert shop.line.refused == []

    journey()


def test_the_own_adviser_is_named_and_another_one_by_wish(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=NIGHT, understanding=Scripted(SCRIPT)
        ) as shop:
            for name in ("佐藤", "田中 花子", "鈴木"):
                await hire(shop, name, *DAY)
            user, other = shop.line.add_user(), shop.line.add_user()
            customer = await shop.is_customer(user, number="C-1")
            now = shop.clock()
            await shop.shop.units.write(
                lambda db: customers.amend(
                    db, customer, customers.Particulars(adviser="田中"), by="test", now=now
                )
            )
            (told,) = await shop.says(user, "人と話したい")
            assert "担当の田中 花子" in told["text"]
            (named,) = await shop.says(other, "鈴木さんをお願いします")
            assert "鈴木がお返事" in named["text"]

    journey()


def test_where_no_shift_covers_the_time_only_the_time_is_told(
    database_url: str, tmp_path: Path
) -> None:
    """A split shift whose morning ends before the promise."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=NIGHT, understanding=Scripted(SCRIPT)
        ) as shop:
            await hire(shop, "佐藤", Span(time(9), time(10, 35)), Span(time(14), time(19)))
            (told,) = await shop.says(shop.line.add_user(), "人と話したい")
            assert "明日 10:40までに担当者が" in told["text"]
            assert "佐藤" not in told["text"]

    journey()


def test_holidays_and_spans_of_the_shop_move_the_promise_while_it_runs(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=HOLIDAY_EVE, understanding=Scripted(SCRIPT)
        ) as shop:
            (told,) = await shop.says(shop.line.add_user(), "人と話したい")
            assert "明日 10:40" in told["text"]
            await hours(shop, {7: (Span(time(13), time(17)),)})
            (told,) = await shop.says(shop.line.add_user(), "人と話したい")
            assert "明日 13:10" in told["text"]
            await hours(shop, {7: (), 1: (Span(time(9, 30), time(12)), Span(time(15), time(20)))})
            (told,) = await shop.says(shop.line.add_user(), "人と話したい")
            assert "11月24日(火) 09:40" in told["text"]
            now = shop.clock()
            await shop.shop.units.write(
                lambda db: shifts.set_days(db, {date(2026, 11, 24): ()}, actor=BOSS, now=now)
            )
            (told,) = await shop.says(shop.line.add_user(), "人と話したい")
            assert "11月25日(水) 10:40" in told["text"]
            (told,) = await shop.says(shop.line.add_user(), "営業時間は")
            assert "10:30〜19:00" in told["text"]

    journey()


def test_a_short_turn_from_anywhere_gets_who_waits_and_then_the_next(
    database_url: str, tmp_path: Path
) -> None:
    """R-140."""

    @in_loop
    async def journey() -> None:
        async with open_shop(
            database_url, tmp_path, at=NIGHT, understanding=Scripted(SCRIPT)
        ) as shop:
            await hire(shop, "佐藤", *DAY)
            remote = await hire(shop, "遠隔", role="remote")
            first = shop.line.add_user()
            await shop.says(first, "人と話したい")
            now = shop.clock()
            _, offered = await shop.shop.units.write(
                lambda db: routing.available_for(db, remote, 20, now=now)
            )
            assert offered == shop.one("SELECT id FROM ticket")
            await shop.says(shop.line.add_user(), "人と話したい")
            asked = shop.rows("SELECT asked_first, asked_why FROM ticket ORDER BY id")
            assert [tuple(each) for each in asked] == [(remote, "offered a short turn")] * 2
            shop.clock.move(timedelta(minutes=21))
            (told,) = await shop.says(shop.line.add_user(), "人と話したい")
            assert "佐藤" in told["text"]

    journey()
