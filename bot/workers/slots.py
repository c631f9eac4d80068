"""Running a slot the clock has written: its effects and its end are one unit."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from bot.schedule import Slot
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground.errors import Missing


class SlotGone(Missing):
    """A slot of an older release that nobody runs any more."""


class SlotWork:
    """The runner for slots of the schedule."""

    def __init__(
        self, units: Units, slots: Mapping[str, Slot], clock: Callable[[], datetime]
    ) -> None:
        self._units = units
        self._slots = slots
        self._clock = clock

    def runners(self, kind: str) -> dict[str, Runner]:
        """By kind of work."""
        return {kind: self.run}

    async def run(self, errand: Errand) -> None:
        """One slot as of its own moment."""
        slot = self._slots.get(errand.work.subject)
        if slot is None:
            raise SlotGone(errand.work.subject)
        verb = await asyncio.to_thread(slot.load)  # not inside the unit: the writer would wait
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            verb(db, errand.work.due_at)

        await self._units.write(unit)
