"""The clock: slots of the day become worklist rows, each once, on one elected process (APScheduler
only ticks).

`run_slot` is idempotent: the row (name, slot) is written first, and whatever it produces is keyed.
A process that was down writes the slots it missed; a second leader by mistake writes nothing new.
"""

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.unit import Units
from catalog.ground import worklist
from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Missing, Unavailable
from catalog.ground.record import to_millis

SLOT = "slot"
CATCH_UP = timedelta(days=3)  # a slot missed longer ago than this is not run any more
LEAD_SECONDS = 15
_TICK_SECONDS = 5

log = structlog.get_logger()
SlotVerb = Callable[[Session, datetime], None]


class SlotUnknown(Missing):
    """No slot has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no slot {name}; there are: {', '.join(known)}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Slot:
    """A duty of the clock: each day at `hour:minute` Tokyo time, or every so many minutes. `verb`:
    what does it, or where to find that ("module:function").
    """

    name: str
    verb: SlotVerb | str
    hour: int = 0
    minute: int = 0
    every_minutes: int | None = None

    def latest(self, now: datetime) -> datetime:
        """The last moment this slot was due."""
        local = now.astimezone(TOKYO)
        if self.every_minutes is not None:
            passed = (local.hour * 60 + local.minute) % self.every_minutes
            return local.replace(second=0, microsecond=0) - timedelta(minutes=passed)
        due = local.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0)
        return due if due <= local else due - timedelta(days=1)

    def load(self) -> SlotVerb:
        """The verb, imported when it was only named; that may take a while the first time."""
        if not isinstance(self.verb, str):
            return self.verb
        module, _, name = self.verb.partition(":")
        verb: SlotVerb = getattr(importlib.import_module(module), name)
        return verb

    @property
    def period(self) -> timedelta:
        """From one slot to the next."""
        return timedelta(minutes=self.every_minutes) if self.every_minutes else timedelta(days=1)


class Schedule:
    """All slots; writes the due ones. A worker runs them (`bot/workers/slots`)."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self.slots: Mapping[str, Slot] = {slot.name: slot for slot in slots}

    def load(self) -> None:
        """Import what only was named."""
        for slot in self.slots.values():
            slot.load()

    def slot(self, name: str) -> Slot:
        """Raises SlotUnknown."""
        if name not in self.slots:
            raise SlotUnknown(name, sorted(self.slots))
        return self.slots[name]

    def write_due(self, db: Session, *, now: datetime) -> int:
        """A row for each slot due since the last one written (daily ones; frequent ones only the
        latest).
        """
        written = 0
        for slot in self.slots.values():
            latest = slot.latest(now)
            last = worklist.last_due(db, SLOT, slot.name)
            due = latest
            if slot.every_minutes is None and last is not None:
                due = max(last + slot.period, latest - CATCH_UP)
            while due <= latest:
                written += _write(db, slot, due, now=now)
                due += slot.period
        return written


def _write(db: Session, slot: Slot, due: datetime, *, now: datetime) -> bool:
    key = f"{slot.name}@{to_millis(due)}"
    return worklist.add(db, SLOT, slot.name, key, due_at=due, now=now)


def run_slot(db: Session, slot: Slot, *, at: datetime, now: datetime) -> bool:
    """Run one slot as of that moment (`akashi run-slot`); False when it was run or written
    before.
    """
    if not _write(db, slot, at, now=now):
        return False
    slot.load()(db, at)
    claimed = worklist.claim_one(
        db, SLOT, f"{slot.name}@{to_millis(at)}", worker="run-slot", now=now
    )
    if claimed is None or not worklist.done(db, claimed, worker="run-slot", now=now):
        raise Unavailable(f"slot {slot.name} was taken by a worker at the same moment")
    return True


class Ticker:
    """Asks to lead, and while leading writes due slots. Any number may run; one leads."""

    def __init__(
        self, schedule: Schedule, units: Units, name: str, clock: Callable[[], datetime]
    ) -> None:
        self._schedule = schedule
        self._units = units
        self._name = name
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        scheduler = AsyncIOScheduler(timezone=TOKYO)
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=_TICK_SECONDS,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(TOKYO),
        )
        scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Lead if nobody else does, and write what is due."""
        now = self._clock()
        try:
            written = await self._units.write(lambda db: self._lead(db, now))
        except Unavailable as failed:
            log.warning("schedule.waits", reason=str(failed))
            return
        if written:
            log.info("schedule.due", slots=written)

    def _lead(self, db: Session, now: datetime) -> int:
        if not worklist.lead(db, "clock", holder=self._name, now=now, seconds=LEAD_SECONDS):
            return 0
        return self._schedule.write_due(db, now=now)
