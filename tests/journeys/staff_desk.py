"""A shop whose staff work on Slack: the real composition between the two strict stand-ins."""

import asyncio
import contextlib
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handoff.slack import cards
from handoff.staff import actions as staff
from tests import slack_events as events
from tests.shop import RunningShop, SetClock, open_shop
from tests.slack_platform import SlackPlatform

AFTERNOON = datetime(2026, 11, 24, 4, 50, tzinfo=UTC)  # a Tuesday, 13:50 in Tokyo
Json = dict[str, Any]

_PRESSES, _LOOKS = 6, 500


@dataclass
class StaffDesk:
    """The shop, its Slack, the channel where customers are shown."""

    shop: RunningShop
    slack: SlackPlatform
    room: str
    staff: dict[str, str] = field(default_factory=dict)  # name → Slack's id
    _one_window: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def post(self, delivery: Json, **how: Any) -> tuple[int, str]:
        """Slack delivers this; status and body of the answer."""
        body, headers = self.slack.signed(delivery, **how)
        url = f"{self.shop.url}/slack/events"
        async with self.shop.http.post(url, data=io.BytesIO(body), headers=headers) as answer:
            told = await answer.text()
        self.slack.was_answered(delivery, answer.status, told)
        return answer.status, told

    async def hear(self, delivery: Json, **how: Any) -> str:
        """The same, and the shop must take it."""
        status, body = await self.post(delivery, **how)
        assert status == 200, (status, body)
        return body

    async def employs(self, name: str, role: str = "adviser") -> str:
        """Somebody of the shop who is on Slack; Slack's id."""
        user = self.slack.add_user()
        now = self.shop.clock()
        await self.shop.shop.units.write(
            lambda db: staff.add(db, name, role, email=None, slack_id=user, by="test", now=now)
        )
        self.staff[name] = user
        self.slack.called.add(user)  # alerts call those of the register
        return user

    async def wants_a_person(self, user: str) -> Json:
        """The customer asks for a person; the card that shows it."""
        await self.shop.says(user, "担当者と話したい")
        await self.until(lambda: self.card_of(user) is not None, "a card")
        return self.card_of(user) or {}

    def card_of(self, user: str) -> Json | None:
        """The latest card of a customer, as it is now."""
        ts = self.shop.one(
            "SELECT ts FROM slack_thread WHERE conversation = :talk", talk=f"line:{user}"
        )
        return next((each for each in self.cards() if each["ts"] == ts), None)

    def cards(self) -> list[Json]:
        """Every card there is, as it is now."""
        return [each for each in self.slack.posts.get(self.room, []) if "thread_ts" not in each]

    def thread(self, card: Json) -> list[Json]:
        """What stands under a card."""
        posts = self.slack.posts.get(self.room, [])
        return [each for each in posts if each.get("thread_ts") == card["ts"]]

    def said_under(self, card: Json) -> str:
        """All of it as text."""
        return "\n".join(text_of(each) for each in self.thread(card))

    async def press(self, user: str, card: Json, act: str) -> None:
        """Somebody presses a button of a card."""
        await self.hear(self.slack.press(user, self.room, card["ts"], button(card, act)))

    async def window(self, user: str, card: Json, act: str) -> Json:
        """Somebody presses a button that opens a window; the window. Where it took longer than
        Slack waits, people are told to press again, and do.
        """
        async with self._one_window:
            before = len(self.slack.views)
            for _ in range(_PRESSES):
                await self.press(user, card, act)
                if await self._opens(before):
                    return self.slack.views[-1]
            raise AssertionError(f"pressed {_PRESSES} times in vain for a window")

    async def _opens(self, before: int) -> bool:
        """Whether one more window is there than before, soon enough not to press again."""
        for _ in range(_LOOKS):
            if len(self.slack.views) > before:
                return True
            await asyncio.sleep(0.02)
        return False

    async def sends_off(self, user: str, view: Json, **values: Any) -> Json:
        """The window is sent off; what Slack is answered."""
        told = events.submitted(user, view, {name: {name: value} for name, value in values.items()})
        body = await self.hear(told)
        return dict(json.loads(body)) if body else {}

    async def replies(
        self, user: str, card: Json, text: str, files: list[str] | None = None
    ) -> Json:
        """An answer by the window."""
        view = await self.window(user, card, cards.REPLY)
        given: Json = {cards.TEXT: {"type": "plain_text_input", "value": text}}
        if files:
            given[cards.FILES] = {"type": "file_input", "files": [{"id": each} for each in files]}
        return await self.sends_off(user, view, **given)

    async def writes(self, user: str, card: Json, text: str, **more: Any) -> Json:
        """Somebody writes in the thread; the delivery."""
        told = self.slack.write(user, self.room, card["ts"], text, **more)
        await self.hear(told)
        return told

    async def whispered(self, count: int) -> Json:
        """That many things were told to single people; the last one."""
        await self.until(lambda: len(self.slack.whispers) >= count, f"{count} whispers")
        return self.slack.whispers[count - 1]

    async def worked_off(self) -> None:
        """Nothing that staff did, no letter that came of it, and no line waits any more."""

        def acts() -> int:
            return int(self.shop.one("SELECT count(*) FROM slack_gesture WHERE ended_at IS NULL"))

        def open_rows() -> int:
            return acts() + int(
                self.shop.one(
                    "SELECT (SELECT count(*) FROM slack_thread WHERE due_at IS NOT NULL)"
                    " + (SELECT count(*) FROM worklist WHERE state = 'due' AND kind IN"
                    " ('desk.changed', 'slack.gesture'))"
                )
            )

        await self.until(lambda: acts() == 0, "what staff did to be done")
        await self.shop.settled()
        await self.until(lambda: open_rows() == 0, "Slack to be up to date")

    async def until(self, holds: Any, what: str) -> None:
        await self.shop.until(holds, what)


def hurried() -> float:
    """Slack's rates, a hundred times as fast: only what is told of them waits for them."""
    return time.monotonic() * 100


@contextlib.asynccontextmanager
async def open_desk(
    url: str,
    folder: Path,
    *,
    at: datetime = AFTERNOON,
    slack: SlackPlatform | None = None,
    monotonic: Callable[[], float] = hurried,
    **more: Any,
) -> AsyncIterator[StaffDesk]:
    platform = slack or SlackPlatform(clock=SetClock(at))
    room = platform.add_channel()
    async with (
        platform,
        open_shop(
            url,
            folder,
            at=at,
            slack_bot_token=platform.token,
            slack_signing_secret=platform.signing_secret,
            slack_api_base=platform.base,
            slack_handoff_channel=room,
            monotonic=monotonic,
            **more,
        ) as shop,
    ):
        yield StaffDesk(shop, platform, room)


def button(card: Json, act: str) -> Json:
    """A button of a card by what it does."""
    return next(
        each
        for block in card["blocks"]
        for each in [*block.get("elements", []), block.get("accessory", {})]
        if each.get("action_id") == act
    )


def acts(card: Json) -> list[str]:
    """What can be done with a card."""
    rows = [block["elements"] for block in card["blocks"] if block["type"] == "actions"]
    return [each["action_id"] for row in rows for each in row]


def text_of(message: Json) -> str:
    """The words of a message's blocks."""
    return json.dumps(message["blocks"], ensure_ascii=False) + message["text"]
