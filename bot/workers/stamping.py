"""Having checkpoints time-stamped (タイムスタンプの取得): the network first, then what came of it
in one unit. An authority that does not answer is asked again, ever more seldom, for a month;
nothing else waits for it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground import worklist
from media.log import checkpoints
from media.log.stamping import AuthorityUnavailable, TimestampAuthority

ASKED_FOR = timedelta(days=30)
_SOONEST, _LATEST = timedelta(seconds=30), timedelta(hours=1)


class StampWork:
    """The runner for time stamps. `authority` None: the shop has none any more."""

    def __init__(
        self, units: Units, authority: TimestampAuthority | None, clock: Callable[[], datetime]
    ) -> None:
        self._units = units
        self._authority = authority
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {checkpoints.STAMP: self.stamp}

    async def stamp(self, errand: Errand) -> None:
        """One checkpoint."""
        number = int(errand.work.subject)
        note, kept = await self._units.read(
            lambda db: (checkpoints.by_number(db, number).note, checkpoints.stamp_of(db, number))
        )
        if kept is not None or self._authority is None:
            await self._units.write(lambda db: finish(db, errand, now=self._clock()))
            return
        try:
            answer = await asyncio.to_thread(self._authority.stamp, note.encode())
        except AuthorityUnavailable:
            now = self._clock()
            if now - errand.work.written_at > ASKED_FOR:
                raise  # from here on it is given up like other work, where staff see it
            until = now + min(max(now - errand.work.written_at, _SOONEST), _LATEST)
            await self._units.write(lambda db: worklist.postpone(db, errand.work, until=until))
            return
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            checkpoints.keep_stamp(db, number, answer, now=now)

        await self._units.write(unit)
