"""Work around captures: renditions made in a child process, and the people who waited told at
once.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, WorkLost, finish
from catalog.ground.errors import Unavailable
from conversations.flows.flow import ConversationTerms
from conversations.ports import Channel
from conversations.reminders import captures as reminders
from media.assets.kinds import MOMENT_WORK
from media.intake import tasks, watching
from media.originals.store import OriginalDamaged
from media.renditions import actions as renditions
from media.renditions import making, masks, moments
from media.renditions.making import Job, Made, Tools
from media.renditions.queries import job as job_of
from media.retention import actions as retention


class CaptureWork:
    """Runners for renditions, files nothing shows any more, and capture notices."""

    def __init__(
        self,
        units: Units,
        tools: Tools,
        channels: Mapping[str, Channel],
        terms: ConversationTerms,
        clock: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._tools = tools
        self._channels = channels
        self._terms = terms
        self._clock = clock

    @property
    def quick(self) -> dict[str, Runner]:
        """Stills, posters, films that only need a new box; files to be thrown away."""
        return {making.RENDITION: self.make, MOMENT_WORK: self.make, masks.DROP: self.drop}

    @property
    def long(self) -> dict[str, Runner]:
        """Films made anew: minutes."""
        return {making.TRANSCODE: self.make}

    @property
    def close_up(self) -> dict[str, Runner]:
        """Tiles of large pictures: seconds, and never before what is sent out."""
        return {making.TILING: self.make}

    @property
    def notices(self) -> dict[str, Runner]:
        """Who waited is told."""
        return {**dict.fromkeys(reminders.KINDS, self.tell), moments.READY: self.tell}

    async def make(self, errand: Errand) -> None:
        """Decode without a transaction, then write down what came of it and who is owed it, in one
        unit.
        """
        job = await self._units.read(lambda db: job_of(db, errand.work))
        stop = threading.Event()
        making_it = asyncio.create_task(
            asyncio.to_thread(making.make, job, self._tools, cancel=stop)
        )
        try:
            made = await asyncio.shield(making_it)
        except asyncio.CancelledError:
            stop.set()  # the decoder is killed at once; the row is claimed again later
            await asyncio.wait({making_it}, timeout=2)
            raise
        except Unavailable as missing:
            reason = str(missing)
            now = self._clock()
            await self._units.write(lambda db: renditions.wait(db, job, reason=reason, now=now))
            if isinstance(missing, OriginalDamaged):
                await self._units.write(lambda db: retention.doubt(db, job.sha256, now=now))
            raise
        now = self._clock()
        await self._units.write(lambda db: self._record(db, errand, job, made, now))

    def _record(self, db: Session, errand: Errand, job: Job, made: Made, now: datetime) -> None:
        finish(db, errand, now=now)
        renditions.record(db, job, made, now=now)
        if job.at_ms is not None:
            moments.made(db, errand.work, failed=made.failure is not None, now=now)
        if job.makes_tiles or job.at_ms is not None:
            return
        tasks.close_for(db, job.asset_id, now=now)
        watching.film_ready(db, job.asset_id, now=now)

    async def drop(self, errand: Errand) -> None:
        """The file of a rendition that was replaced."""
        await asyncio.to_thread(self._tools.store.delete, errand.work.subject)
        now = self._clock()
        await self._units.write(lambda db: finish(db, errand, now=now))

    async def tell(self, errand: Errand) -> None:
        """The letter of one conversation that waited."""
        channel = self._channels.get(errand.work.subject.partition(":")[0])
        if channel is None:
            raise Unavailable("the channel of this conversation is switched off")
        now = self._clock()
        is_still = errand.work.kind == moments.READY
        told = reminders.tell_still if is_still else reminders.tell_capture

        def unit(db: Session) -> None:
            if not told(db, errand.work, channel, self._terms, worker=errand.worker, now=now):
                raise WorkLost(errand.work.kind)

        await self._units.write(unit)
