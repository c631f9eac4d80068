"""Signed webhooks at a rate, as LINE delivers them: until acknowledged, some of them twice."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.line_platform import LinePlatform

Json = dict[str, Any]
WORDS = (
    "こんにちは",
    "W-10234の動画を見せて",
    "W-10999の写真ありますか",
    "担当者と話したい",
    "ありがとう",
    "裏蓋アップで",
    "W-99999の動画",
)
AGAIN_SECONDS = 0.1
ANSWER_SECONDS = 5.0


@dataclass
class Load:
    """People who write one message after the other; the next only when the last is acknowledged.

    A third of the events carry no reply token, so that pushes are under way too.
    """

    line: LinePlatform
    url: str
    seed: int
    people: int = 60
    rate: float = 300.0
    acknowledged: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    unanswered: int = 0
    is_over: bool = False

    async def run(self, *, seconds: float) -> None:
        """Write for that long or until `is_over`, and until all of it is acknowledged."""
        chance = random.Random(self.seed)
        connector = aiohttp.TCPConnector(limit=0, force_close=False)
        async with aiohttp.ClientSession(connector=connector) as http:
            lanes = [
                self._write(http, self.line.add_user(), place, seconds, random.Random(seed))
                for place, seed in enumerate(chance.sample(range(1_000_000), self.people))
            ]
            await asyncio.gather(*lanes)

    async def _write(
        self,
        http: aiohttp.ClientSession,
        user: str,
        place: int,
        seconds: float,
        chance: random.Random,
    ) -> None:
        begin = time.monotonic() + place / self.rate
        number = 0
        while (due := begin + number * self.people / self.rate) < begin + seconds:
            if self.is_over:
                return
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            more: Json = {} if chance.random() < 0.67 else {"reply_token": None}
            event = self.line.say(user, chance.choice(WORDS), **more)
            copies = 3 if chance.random() < 0.05 else 1
            await asyncio.gather(*(self._deliver(http, event) for _ in range(copies)))
            self.acknowledged.append(event["webhookEventId"])
            number += 1

    async def _deliver(self, http: aiohttp.ClientSession, event: Json) -> None:
        while True:
            body, signature = self.line.webhook([event])
            try:
                async with http.post(
                    f"{self.url}/line/webhook",
                    data=body,
                    headers={"x-line-signature": signature, "content-type": "application/json"},
                    timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
                ) as answer:
                    self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                    if answer.status == 200:
                        return
                    assert answer.status == 503, answer.status
            except (aiohttp.ClientError, TimeoutError):
                self.unanswered += 1
            await asyncio.sleep(AGAIN_SECONDS)
