"""LINE is slow, full, silent or gone: all arrives once, in order, or waits where staff see it."""

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalog.ground.record import ConversationId
from conversations.messages import Text
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.outbox.tables import Priority
from conversations.wording.voice import voice
from tests import line_events
from tests.databases import fresh_url
from tests.faults import history
from tests.faults.processes import environment, run_akashi
from tests.line_platform import LinePlatform, in_loop
from tests.shop import RunningShop, open_shop

GREETING = voice("ja").greeting()
THANKS = voice("ja").thanks()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.soak)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this release; what differs by engine are the hot statements, tested apart."""
    with fresh_url(request.param, tmp_path) as url:
        yield url


def words(messages: list[dict[str, Any]]) -> list[str]:
    """Their text."""
    return [str(message.get("text")) for message in messages]


def states(shop: RunningShop) -> list[str]:
    """The letters' states in the order they were written."""
    return [row[0] for row in shop.rows("SELECT state FROM outbox ORDER BY id")]


async def write(
    shop: RunningShop, user: str, text: str, priority: Priority = Priority.ASKED
) -> None:
    """A letter the shop starts by itself."""
    envelope = Envelope(
        dedupe=f"test:{text}",
        channel="line",
        conversation=ConversationId(f"line:{user}"),
        purpose="test",
        priority=priority,
    )
    calls = shop.shop.channels["line"].render([Text(text)])
    now = shop.clock()
    await shop.shop.units.write(lambda db: outbox.put(db, envelope, calls, now=now))


async def hear_without_token(shop: RunningShop, user: str, *said: str) -> None:
    """Messages that can only be answered by push."""
    await shop.hear(*(shop.line.say(user, text, reply_token=None) for text in said))


@pytest.mark.parametrize("retry_after", [1, None])
def test_too_fast_waits_as_long_as_line_says_and_keeps_the_order(
    retry_after: int | None, database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            shop.line.fail_next("429", on="push", times=2, retry_after=retry_after)
            begun = asyncio.get_running_loop().time()
            await hear_without_token(shop, user, "こんにちは", "ありがとう")
            await shop.told(user, 2)
            took = asyncio.get_running_loop().time() - begun
            await shop.settled()
            assert words(shop.line.sent_to(user)) == [GREETING, THANKS]
            assert states(shop) == ["sent", "sent"]
            if retry_after is not None:
                assert took >= 2 * retry_after

    story()


def test_what_the_month_has_no_room_for_rides_on_the_free_answer_to_the_next_message(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            known = "SELECT count(*) FROM channel_quota"
            await shop.until(lambda: shop.one(known) == 1, "the first look at the month")
            shop.line.fail_next("quota", on="push")
            await hear_without_token(shop, user, "こんにちは")
            await shop.until(lambda: states(shop) == ["waiting"], "the letter to wait")
            listed = await asyncio.to_thread(
                run_akashi, ["staff", "letters"], environment(database_url, shop.line), tmp_path
            )
            assert "\twaiting\t" in listed.stdout
            sent = await shop.says(user, "ありがとう")
            assert words(sent) == [voice("ja").waited(), GREETING, THANKS]
            await shop.settled()
            assert states(shop) == ["carried", "sent"]
            assert [delivery.kind for delivery in shop.line.accepted] == ["reply"]

    story()


@pytest.mark.parametrize("trouble", ["500", "503", "reset", "drop"])
def test_a_push_without_an_answer_is_repeated_with_its_key_and_seen_once(
    trouble: str, database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            shop.line.fail_next(trouble, on="push", times=2)
            await hear_without_token(shop, user, "こんにちは", "ありがとう")
            await shop.told(user, 2)
            await shop.settled()
            assert words(shop.line.sent_to(user)) == [GREETING, THANKS]
            assert states(shop) == ["sent", "sent"]
            assert not shop.line.misuses

    story()


@pytest.mark.parametrize("trouble", ["500", "503", "reset", "drop"])
def test_a_reply_without_an_answer_is_repeated_with_its_token_and_seen_once(
    trouble: str, database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            shop.line.fail_next(trouble, on="reply")
            await shop.hear(shop.line.say(user, "こんにちは"), shop.line.say(user, "ありがとう"))
            await shop.told(user, 2)
            await shop.settled()
            assert words(shop.line.sent_to(user)) == [GREETING, THANKS]
            assert {delivery.kind for delivery in shop.line.accepted} == {"reply"}
            assert states(shop) == ["sent", "sent"]

    story()


def test_a_reply_that_stays_unclear_is_never_pushed_but_rides_on_the_next_answer(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            shop.line.fail_next("500", on="reply", times=2)
            await shop.hear(shop.line.say(user, "こんにちは"))
            await shop.until(lambda: shop.line.calls.count("reply") >= 2, "two tries")
            shop.clock.move(timedelta(seconds=50))
            await shop.until(lambda: states(shop) == ["ambiguous"], "the letter to be unclear")
            listed = await asyncio.to_thread(
                run_akashi, ["staff", "letters"], environment(database_url, shop.line), tmp_path
            )
            assert "\tambiguous\t" in listed.stdout
            assert words(await shop.says(user, "ありがとう")) == [
                voice("ja").resent(), GREETING, THANKS,
            ]  # fmt: skip
            await shop.settled()
            assert states(shop) == ["carried", "sent"]
            assert "push" not in shop.line.calls

    story()


def test_a_token_that_died_before_it_was_tried_becomes_one_push(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            dead = shop.line.say(user, "こんにちは", reply_token="never issued")
            await shop.hear(dead)
            assert words(await shop.told(user, 1)) == [GREETING]
            await shop.settled()
            assert [delivery.kind for delivery in shop.line.accepted] == ["push"]
            assert states(shop) == ["sent"]

    story()


def test_while_line_is_away_letters_wait_and_then_go_once_in_order(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            await shop.says(user, "こんにちは")
            await shop.line.go_away()
            await shop.hear(shop.line.say(user, "ありがとう"))
            await hear_without_token(shop, user, "こんにちは")
            await shop.until(
                lambda: shop.one("SELECT max(attempts) FROM outbox") >= 2, "tries in vain"
            )
            await shop.line.come_back()
            await shop.told(user, 3)
            await shop.settled()
            assert words(shop.line.sent_to(user)) == [GREETING, THANKS, GREETING]

    story()


def test_nobody_who_has_blocked_the_shop_is_written_to(database_url: str, tmp_path: Path) -> None:
    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path) as shop:
            user = shop.line.add_user()
            await shop.says(user, "こんにちは")
            # One letter waits for LINE when the block comes, one is written after it.
            shop.line.fail_next("429", on="push", retry_after=1)
            await write(shop, user, "before")
            await shop.until(lambda: "push" in shop.line.calls, "the first try")
            await shop.until(lambda: states(shop)[-1] == "due", "the pause")
            shop.line.block(user)
            await shop.hear(line_events.unfollow_event(user, at=shop.clock()))
            await shop.settled()
            await write(shop, user, "after")
            await shop.settled()
            assert states(shop) == ["sent", "suppressed", "suppressed"]
            assert shop.line.calls.count("push") == 1
            shop.line.unblock(user)
            back = line_events.follow_event(
                user, is_unblocked=True, at=shop.clock(),
                reply_token=shop.line.issue_reply_token(user),
            )  # fmt: skip
            assert words(await shop.tells(user, back)) == [voice("ja").welcome_back()]
            await write(shop, user, "friends again")
            assert words(await shop.told(user, 3))[-1] == "friends again"

    story()


def test_a_month_that_runs_low_is_kept_for_what_people_asked_for(
    database_url: str, tmp_path: Path
) -> None:
    @in_loop
    async def story() -> None:
        line = LinePlatform(quota_limit=100, quota_used=85)
        async with open_shop(database_url, tmp_path, line=line) as shop:
            user = shop.line.add_user()
            await shop.until(
                lambda: shop.one("SELECT used FROM channel_quota") == 85, "the month to be known"
            )
            await write(shop, user, "reminder", Priority.REMINDER)
            await write(shop, user, "marketing", Priority.MARKETING)
            await shop.until(lambda: states(shop) == ["waiting", "waiting"], "both to be kept back")
            await write(shop, user, "promised", Priority.PROMISED)
            await write(shop, user, "asked", Priority.ASKED)
            assert words(await shop.told(user, 2)) == ["promised", "asked"]
            await shop.settled()
            assert states(shop) == ["waiting", "waiting", "sent", "sent"]
            assert words(await shop.says(user, "こんにちは")) == [
                voice("ja").waited(), "reminder", voice("ja").waited(), "marketing", GREETING,
            ]  # fmt: skip

    story()


async def _weather_story(database_url: str, folder: Path, *, people: int, seed: int) -> None:
    """Every way LINE can fail, again and again, while people write."""
    chance = random.Random(seed)
    async with open_shop(database_url, folder) as shop:
        users = [shop.line.add_user() for _ in range(people)]
        acknowledged = []
        for _ in range(4):
            for how in ("500", "reset", "drop", "429"):
                for on in ("reply", "push"):
                    shop.line.fail_next(how, on=on, times=chance.randrange(people // 6))
            for user in users:
                more: dict[str, Any] = {} if chance.random() < 0.5 else {"reply_token": None}
                event = shop.line.say(user, chance.choice(["こんにちは", "ありがとう"]), **more)
                await shop.hear(event)
                acknowledged.append(event["webhookEventId"])
        await shop.settled()
        history.check(
            shop.shop.database, shop.line, acknowledged, settled={"sent", "ambiguous", "carried"}
        )
        assert shop.one("SELECT count(*) FROM outbox WHERE state <> 'sent'") <= people // 10


def test_in_bad_weather_everybody_is_told_everything_once_and_in_order(
    database_url: str, tmp_path: Path
) -> None:
    in_loop(_weather_story)(database_url, tmp_path, people=30, seed=11)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_in_much_bad_weather_everybody_is_told_everything_once_and_in_order(
    database_url: str, tmp_path: Path, seed: int
) -> None:
    asyncio.run(_weather_story(database_url, tmp_path, people=200, seed=seed))
