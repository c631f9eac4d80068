"""What uploads leave to be done: one that is whole and was not taken in, and bytes of one that was
given up.
"""

import asyncio

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from media.intake.uploads.actions import DROP, TAKE
from media.intake.uploads.taking import Dock, drop, take_in


class UploadWork:
    """The runners for uploads; they need the disk the bytes came to."""

    def __init__(self, units: Units, dock: Dock) -> None:
        self._units = units
        self._dock = dock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {TAKE: self.take, DROP: self.drop}

    async def take(self, errand: Errand) -> None:
        """Its process was killed, or the store was away."""
        await asyncio.to_thread(take_in, self._dock, errand.work.subject)
        await self._finish(errand)

    async def drop(self, errand: Errand) -> None:
        """Nobody sends the rest any more."""
        await asyncio.to_thread(drop, self._dock, errand.work.subject)
        await self._finish(errand)

    async def _finish(self, errand: Errand) -> None:
        now = self._dock.clock()
        await self._units.write(lambda db: finish(db, errand, now=now))
