"""What the staff's channel on Slack is told once arrives once: the morning's captures, a promised
call, an appointment; hours without Slack lose and double none, and one that Slack refuses silences
no other (R-021, R-065, R-143, R-151).
"""

import asyncio
from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import ConversationId
from catalog.ground.session.database import ring
from catalog.ground.worklist import Work, WorkState
from handoff.desk import promised
from handoff.slack.posts import bookings, captures, tasks
from tests.journeys.staff_desk import StaffDesk, open_desk, text_of
from tests.journeys.test_condition_films import buttons
from tests.line_platform import in_loop_for
from tests.scripted import Scripted
from tests.shop import item

KINDS = (captures.POST, tasks.POST, bookings.POST)
CAPTURES, PROMISED, BOOKED = "お待ちの方がいる撮影: 1件", "お電話のお約束があります", "ご来店"
SECONDS = 90.0


@pytest.fixture
def sqlite_url(tmp_path: Path) -> Iterator[str]:
    from tests.databases import fresh_url

    with fresh_url("sqlite", tmp_path) as url:
        yield url


async def promises(desk: StaffDesk, user: str, once: str) -> None:
    """The customer is promised a call within five hours."""
    now, talk = desk.shop.clock(), ConversationId(f"line:{user}")
    await desk.shop.shop.units.write(
        lambda db: promised.open_task(
            db, "call_back", talk, due_at=now + timedelta(hours=5), now=now, once=once,
            facts={"phone": "+819012345678"},
        )
    )  # fmt: skip


async def passes(desk: StaffDesk, time: timedelta) -> None:
    """So much time goes by, and every post that is due then was tried."""
    for clock in {id(each): each for each in (desk.shop.clock, desk.slack.clock)}.values():
        clock.move(time)  # type: ignore[attr-defined]  # a SetClock
    await desk.shop.shop.units.write(lambda db: ring(db, worklist.TOPIC))
    open_rows = select(Work.due_at, Work.lease_until).where(
        col(Work.kind).in_(KINDS), Work.state == WorkState.DUE.value
    )
    for _ in range(1_500):
        now = desk.shop.clock()
        rows = await desk.shop.shop.units.read(lambda db: list(db.exec(open_rows)))
        if all(due_at > now and lease is None for due_at, lease in rows):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("posts that are due and not tried")


def waiting(desk: StaffDesk) -> int:
    """How many posts are still to be made."""
    rows = desk.shop.rows("SELECT kind FROM worklist WHERE state = 'due'")
    return sum(kind in KINDS for (kind,) in rows)


def told(desk: StaffDesk, words: str) -> int:
    """In how many posts of the channel these words stand."""
    return sum(words in text_of(each) for each in desk.cards())


def counted(desk: StaffDesk) -> int:
    """On how many mornings captures were counted."""
    count = "SELECT count(*) FROM worklist WHERE kind = 'desk.digest' AND state = 'done'"
    return int(desk.shop.one(count))


def refused(desk: StaffDesk) -> list[str]:
    """What Slack refused beside what it was told to."""
    return [each for each in desk.slack.refused if not each.startswith(("ratelimited", "invalid"))]


def test_after_hours_without_slack_everything_is_told_once(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop_for(SECONDS)
    async def journey() -> None:
        async with open_desk(database_url, tmp_path) as desk:
            await desk.employs("佐藤", "senior")
            await desk.until(lambda: counted(desk) == 1, "this morning's count, of nothing")
            await desk.shop.stock(item("W-10234"))
            misaki = desk.shop.line.add_user()
            await desk.shop.is_customer(misaki, number="C-1")
            await desk.shop.says(misaki, "W-10234の動画を見せて")
            await desk.worked_off()
            before = len(desk.cards())
            await desk.slack.go_away()
            await desk.shop.says(misaki, "明日の15時に来店予約をお願いします")
            await desk.shop.says(misaki, "はい")
            await promises(desk, misaki, "1")
            now = desk.shop.clock()
            today = tokyo_day(now).isoformat()
            await desk.shop.shop.units.write(lambda db: captures.tell(db, today, now=now))
            await desk.until(lambda: waiting(desk) == 3, "three posts to be due")
            for _ in range(2):
                await passes(desk, timedelta(hours=1))
            assert (waiting(desk), len(desk.cards())) == (3, before)

            desk.slack.fail_next("drop", on="chat.postMessage")  # taken, and the answer is lost
            desk.slack.fail_next("429", on="chat.postMessage", retry_after=40)
            await desk.slack.come_back()
            for _ in range(3):
                await passes(desk, timedelta(minutes=10))
            assert waiting(desk) == 0
            assert [told(desk, each) for each in (CAPTURES, PROMISED, BOOKED)] == [1, 1, 1]
            assert len(desk.cards()) == before + 3
            await passes(desk, timedelta(minutes=30))
            assert len(desk.cards()) == before + 3
            assert refused(desk) == []

    journey()


def test_one_that_slack_refuses_silences_no_other_and_a_shut_channel_is_waited_for(
    sqlite_url: str, tmp_path: Path
) -> None:
    @in_loop_for(SECONDS)
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path) as desk:
            await desk.employs("佐藤", "senior")
            misaki = desk.shop.line.add_user()
            await desk.shop.says(misaki, "こんにちは")
            desk.slack.fail_next("invalid_blocks", on="chat.postMessage")
            await promises(desk, misaki, "1")
            await desk.until(lambda: refused_once(desk), "the first refused")
            desk.slack.fail_next("is_archived", on="chat.postMessage")
            await promises(desk, misaki, "2")
            await desk.until(lambda: "is_archived" in desk.slack.refused, "the channel shut")
            await passes(desk, timedelta(minutes=10))
            assert (waiting(desk), told(desk, PROMISED)) == (0, 1)

    journey()


def refused_once(desk: StaffDesk) -> bool:
    """Whether Slack refused a post for good, and it is not tried again."""
    return "invalid_blocks" in desk.slack.refused and waiting(desk) == 0


def test_a_call_at_a_booked_time_is_told_once_as_an_appointment(
    sqlite_url: str, tmp_path: Path
) -> None:
    """R-065: its task stands in the console; what rings is the appointment."""
    script = {
        "明日の15時に電話ください": (
            "store.book", {"date": date(2026, 11, 25), "time": time(15)},
        ),
        "090-1234-5678": ("human.request", {"phone": "+819012345678"}),
    }  # fmt: skip

    @in_loop_for(SECONDS)
    async def journey() -> None:
        async with open_desk(sqlite_url, tmp_path, understanding=Scripted(script)) as desk:
            await desk.employs("佐藤", "senior")
            misaki = desk.shop.line.add_user()
            await desk.shop.says(misaki, "明日の15時に電話ください")
            (sure,) = await desk.shop.says(misaki, "090-1234-5678")
            await desk.shop.taps(misaki, buttons(sure)[0])
            await desk.until(lambda: len(desk.cards()) == 1, "the post")
            assert "お電話" in desk.cards()[0]["text"]
            for _ in range(3):
                await passes(desk, timedelta(hours=10))
            assert len(desk.cards()) == 1
            rung = "SELECT count(*) FROM worklist WHERE kind IN ('desk.task', 'slack.task')"
            assert desk.shop.one(rung) == 0

    journey()
