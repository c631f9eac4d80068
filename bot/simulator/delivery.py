"""Webhooks on their way to the shop: signed, in order for each person, sent again while not taken.

As LINE does it (LINE reference, "Redelivering webhooks"): the same body again but for the
delivery context, after growing waits, and only for a while. How often and when LINE really does
is not published.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from bot.simulator import events
from bot.simulator.events import Event

if TYPE_CHECKING:
    import aiohttp

log = structlog.get_logger()


class Delivery(StrEnum):
    """How far an event has come."""

    TAKEN = "read"
    WAITING = "waiting"
    LOST = "lost"


def signature(secret: str, body: bytes) -> str:
    """What LINE puts into `x-line-signature`."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Courier:
    """Carries events to one webhook address. To be used on one event loop; `close` when done.

    Without an address every try fails, as with a host that does not answer.
    `redelivery_seconds` are the waits before each further try.
    """

    def __init__(
        self,
        *,
        webhook_url: str | None,
        secret: str,
        destination: str,
        timeout_seconds: float = 2.0,
        redelivery_seconds: Sequence[float] = (1.0, 5.0, 15.0, 60.0),
    ) -> None:
        self.webhook_url = webhook_url
        self._secret = secret
        self._destination = destination
        self._timeout_seconds = timeout_seconds
        self._waits = tuple(redelivery_seconds)
        self._lanes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._running: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    def carry(
        self,
        lane: str,
        event: Event,
        *,
        leaving: Callable[[], None],
        told: Callable[[Delivery], None],
    ) -> None:
        """Start carrying. `leaving` is called before every try, `told` after each."""
        task = asyncio.get_running_loop().create_task(self._carry(lane, event, leaving, told))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def knock(self, url: str | None) -> int:
        """Post an empty delivery as LINE's test call does; the status, 0 when nobody answered."""
        return await self._post([], url)

    async def close(self) -> None:
        """Stop carrying; what was not taken is forgotten."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def _carry(
        self,
        lane: str,
        event: Event,
        leaving: Callable[[], None],
        told: Callable[[Delivery], None],
    ) -> None:
        # Only the first try keeps the order: LINE promises none for what it sends again.
        async with self._lanes[lane]:
            leaving()
            status = await self._post([event], self.webhook_url)
        for wait in self._waits:
            if not _worth_another_try(status):
                break
            told(Delivery.WAITING)
            await asyncio.sleep(wait)
            leaving()
            status = await self._post([events.redelivered(event)], self.webhook_url)
        told(Delivery.TAKEN if 200 <= status < 300 else Delivery.LOST)
        log.info(
            "simulator.delivered",
            event_id=event["webhookEventId"],
            type=event["type"],
            status=status,
        )

    async def _post(self, made: Sequence[Event], url: str | None) -> int:
        import aiohttp

        if url is None:
            return 0
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout_seconds)
            )
        body = json.dumps(
            {"destination": self._destination, "events": list(made)}, ensure_ascii=False
        ).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": signature(self._secret, body),
        }
        try:
            async with self._http.post(url, data=body, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


def _worth_another_try(status: int) -> bool:
    return status == 0 or status >= 500
