"""An event that always fails ends where staff see it; its neighbours are answered all along."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conversations.flows import courtesy
from conversations.flows.flow import Answer, Asked, Flow, Flows
from conversations.inbox.work import MAX_ATTEMPTS
from conversations.turn import Desk
from conversations.wording.voice import voice
from tests.databases import fresh_url
from tests.faults.processes import environment, run_akashi
from tests.line_platform import in_loop
from tests.shop import RunningShop, open_shop


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.soak)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this release; what differs by engine are the hot statements, tested apart."""
    with fresh_url(request.param, tmp_path) as url:
        yield url


@dataclass
class Poison:
    """Thanks are answered only when it is healed."""

    is_healed: bool = False
    tries: int = 0

    def step(self, asked: Asked) -> Answer:
        self.tries += 1
        if not self.is_healed:
            raise ZeroDivisionError("poison")
        return courtesy.thank(asked)

    def desk(self, desk: Desk) -> Desk:
        flows = Flows(
            [Flow("thanks", frozenset({"chat.thanks"}), self.step), courtesy.GREETING],
            otherwise=courtesy.NOT_SURE,
        )
        return replace(desk, flows=flows)


async def until_moving(shop: RunningShop, holds: Callable[[], bool], what: str) -> None:
    """Wait while the shop's clock runs a little faster than the world's."""

    def look() -> bool:
        shop.clock.move(timedelta(milliseconds=40))
        return holds()

    await shop.until(look, what)


def words(messages: list[dict[str, Any]]) -> list[str]:
    """Their text."""
    return [str(message.get("text")) for message in messages]


def test_a_poison_event_is_given_up_with_an_apology_and_a_ticket_and_staff_can_retry_it(
    database_url: str, tmp_path: Path
) -> None:
    poison = Poison()

    @in_loop
    async def story() -> None:
        async with open_shop(database_url, tmp_path, desk=poison.desk) as shop:
            ill, well = shop.line.add_user(), shop.line.add_user()
            await shop.hear(shop.line.say(ill, "ありがとう"), shop.line.say(ill, "こんにちは"))
            assert words(await shop.says(well, "こんにちは")) == [voice("ja").greeting()]
            await until_moving(
                shop, lambda: len(shop.line.sent_to(ill)) >= 2, "apology and next answer"
            )
            await shop.settled()
            assert words(shop.line.sent_to(ill)) == [
                voice("ja").went_wrong(),
                voice("ja").greeting(),
            ]
            assert poison.tries == MAX_ATTEMPTS
            dead = shop.rows("SELECT id, attempts, last_error FROM inbox WHERE state = 'dead'")
            assert [(row[1], row[2]) for row in dead] == [
                (MAX_ATTEMPTS, "ZeroDivisionError: poison")
            ]
            assert shop.rows("SELECT conversation, reason FROM ticket") == [
                (f"line:{ill}", "bot_failed")
            ]
            env = environment(database_url, shop.line)
            listed = await asyncio.to_thread(run_akashi, ["staff", "inbox"], env, tmp_path)
            assert listed.stdout.startswith(f"{dead[0][0]}\tdead\t"), listed
            poison.is_healed = True
            retried = await asyncio.to_thread(
                run_akashi, ["staff", "inbox", "--retry", str(dead[0][0])], env, tmp_path
            )
            assert retried.returncode == 0, retried
            assert words(await shop.told(ill, 3))[2:] == [voice("ja").thanks()]
            await shop.settled()
            assert shop.one("SELECT count(*) FROM inbox WHERE state = 'done'") == 3
            again = await asyncio.to_thread(
                run_akashi, ["staff", "inbox", "--retry", str(dead[0][0])], env, tmp_path
            )
            assert again.returncode == 3, "it waits no more"

    story()


def test_many_poison_events_at_once_slow_nobody_down(tmp_path: Path) -> None:
    poison = Poison()

    @in_loop
    async def story() -> None:
        with contextlib.ExitStack() as held:
            url = held.enter_context(fresh_url("sqlite", tmp_path))
            async with open_shop(url, tmp_path, desk=poison.desk) as shop:
                ill = [shop.line.add_user() for _ in range(60)]
                await shop.hear(*(shop.line.say(user, "ありがとう") for user in ill))
                for _ in range(5):
                    well = shop.line.add_user()
                    assert words(await shop.says(well, "こんにちは"))
                await until_moving(
                    shop,
                    lambda: shop.one("SELECT count(*) FROM inbox WHERE state = 'dead'") == len(ill),
                    "all to be given up",
                )
                await shop.settled()
                assert shop.one("SELECT count(*) FROM ticket") == len(ill)
                assert {len(shop.line.sent_to(user)) for user in ill} == {1}
                assert poison.tries == len(ill) * MAX_ATTEMPTS

    story()
