"""The worklist loops: claim due rows of some kinds, see each through, end it in the unit that holds
its effects.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.answers import Verdict, verdict
from bot.unit import Units
from bot.workers.pulse import Pulse
from catalog.ground import worklist
from catalog.ground.errors import Stale
from catalog.ground.worklist import DueWork

LEASE_SECONDS = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Errand:
    """Due work in the hands of one worker."""

    work: DueWork
    worker: str


Runner = Callable[[Errand], Awaitable[None]]


class WorkLost(Stale):
    """Another worker has taken this row over; nothing of this try was kept."""


def finish(db: Session, errand: Errand, *, now: datetime) -> None:
    """End the row together with the caller's effects. Raises WorkLost."""
    if not worklist.done(db, errand.work, worker=errand.worker, now=now):
        raise WorkLost(errand.work.kind)


class WorkLoop(Pulse):
    """Some kinds of work with so many at once; long kinds have a loop of their own."""

    topics = frozenset({worklist.TOPIC})

    def __init__(
        self,
        units: Units,
        name: str,
        runners: Mapping[str, Runner],
        clock: Callable[[], datetime],
        *,
        at_once: int,
    ) -> None:
        super().__init__(units, name)
        self._runners = dict(runners)
        self._clock = clock
        self._at_once = at_once
        self._held: dict[int, str] = {}

    async def look(self) -> bool:
        room = self.room(at_once=self._at_once, a_claim=self._at_once)
        if room <= 0:
            return False
        worker = self.next_lease()
        now = self._clock()
        kinds = list(self._runners)
        due = await self.units.write(
            lambda db: worklist.claim(
                db, kinds, worker=worker, now=now, lease_seconds=LEASE_SECONDS, limit=room
            ),
            durable=False,
        )
        for work in due:
            self._held[work.id] = worker
            self.start(self._see_through(Errand(work, worker)))
        return len(due) == room

    async def renew(self) -> None:
        held = dict(self._held)
        if held:
            now = self._clock()
            await self.units.write(
                lambda db: worklist.renew(db, held, now=now, lease_seconds=LEASE_SECONDS),
                durable=False,
            )

    async def _see_through(self, errand: Errand) -> None:
        work = errand.work
        try:
            await self._runners[work.kind](errand)
        except WorkLost:
            log.warning("work.lease_lost", kind=work.kind, work=work.id)
        except Exception as error:  # noqa: BLE001 - the worker boundary: one bad row stops no other
            await self._failed(work, error)
        finally:
            self._held.pop(work.id, None)

    async def _failed(self, work: DueWork, error: Exception) -> None:
        judged = verdict(error)
        level = log.error if judged is Verdict.BUG else log.warning
        level(
            "work.failed",
            kind=work.kind,
            work=work.id,
            attempts=work.attempts,
            error=type(error).__name__,
            exc_info=error if judged is Verdict.BUG else None,
        )
        now = self._clock()
        await self.units.write(
            lambda db: worklist.failed(
                db,
                work,
                error=f"{type(error).__name__}: {error}"[:500],
                now=now,
                is_hopeless=judged in {Verdict.DROP, Verdict.PARK, Verdict.EXPLAIN},
            )
        )
