"""The month's paid messages, looked at now and then (the look is free) and kept where every process
sees it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.line.send import LineChannel
from bot.unit import Units
from catalog.ground.errors import Unavailable
from conversations.outbox import actions as outbox

LOOK_SECONDS = 600
FIRST_LOOK_SECONDS = 3  # the start answers customers first

log = structlog.get_logger()


class QuotaWatch:
    """Asks LINE every ten minutes; low budgets keep reminders back before what people asked for."""

    def __init__(self, channel: LineChannel, units: Units, clock: Callable[[], datetime]) -> None:
        self._channel = channel
        self._units = units
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.sleep(FIRST_LOOK_SECONDS)
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """One look, written down."""
        try:
            quota = await self._channel.quota()
            now = self._clock()
            await self._units.write(
                lambda db: outbox.set_quota(db, self._channel.name, quota, now=now)
            )
        except Unavailable as failed:
            log.warning("line.quota_unknown", reason=str(failed))
