"""The work of keeping originals: read back what came in, copy it to the second place, check all of
it over and over at a rate, and a piece's when somebody asks, repair from the good copy, delete what
two agreed on, and put the leaves of the log, the issued reports and what certificates tell into the
store. And look for what reports and pages are shown by.

Each time: look without a transaction, write down what was found, mend without a transaction, write
down what was mended. A place that does not answer is tried again later; that says nothing of the
bytes.
"""

import asyncio
import contextlib
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from bot.workers.pace import Rate, Stopped
from catalog.ground import worklist
from catalog.ground.record import AssetId, Sha256, UnitId
from catalog.ground.session.database import Database
from media.assets import sidecars
from media.assets.kinds import KEEP_WORK, BlobState
from media.originals.reading import Pace, Seen
from media.originals.replicas import Replicas
from media.originals.store import QUARANTINE, OriginalStore, StoreUnavailable
from media.originals.tending import bring_back, look_everywhere, tend
from media.report import sidecars as papers
from media.report.sidecars import KEEP_PAPER
from media.retention import (
    actions,
    beside,
    checking,
    deleting,
    pages,
    passes,
    places,
    queries,
    strays,
)
from media.retention.actions import TEND
from media.retention.checking import CHECK
from media.retention.deleting import DELETE
from media.retention.pages import PAGES, LogRewritten
from media.retention.passes import PASS
from media.retention.queries import Due
from media.retention.rules import Event
from media.retention.strays import STRAY, Stray, Whose
from media.sharing import standing
from media.sharing.standing import LOOK

LATER = timedelta(minutes=5)  # a place that did not answer
AT_ONCE = 16
SLICE_SECONDS = 30.0

log = structlog.get_logger()
T = TypeVar("T")


@dataclass(slots=True)
class Found:
    """What a look at some originals told."""

    seen: list[tuple[Due, dict[str, Seen]]] = field(default_factory=list)
    wrong: int = 0
    repaired: int = 0
    lost: int = 0
    unread: int = 0  # copies, where their place or their file did not answer

    @property
    def bytes(self) -> int:
        """How much was read."""
        return sum(each.bytes for _, seen in self.seen for each in seen.values())


def _aside(replicas: Replicas) -> list[tuple[str, str]]:
    """What lies aside in each place that answers, by the place's name."""
    found = []
    for each in replicas.all:
        with contextlib.suppress(StoreUnavailable):
            found += [(each.name, one.key) for one in each.store.each(QUARANTINE)]
    return found


def _drop(store: OriginalStore, folders: list[str]) -> None:
    for folder in folders:
        for each in list(store.each(folder)):
            store.delete(each.key)


def _lying(database: Database, replicas: Replicas) -> list[Stray]:
    """What nobody knows, in each place that answers."""
    found: list[Stray] = []
    for each in replicas.all:
        with contextlib.suppress(StoreUnavailable):
            found += strays.look(database, each.store, each.name)
    return found


class KeepingWork:
    """Runners of what keeps originals."""

    def __init__(self, units: Units, replicas: Replicas, clock: Callable[[], datetime]) -> None:
        self._units = units
        self._replicas = replicas
        self._clock = clock
        self._later: tuple[str, Mapping[str, Mapping[str, Any]]] = ("", {})

    @property
    def quick(self) -> dict[str, Runner]:
        """What came in, what somebody doubts or asks for, what two deleted, the leaves."""
        runners = {
            KEEP_WORK: self.keep, KEEP_PAPER: self.paper, TEND: self.tend, DELETE: self.delete,
            PAGES: self.pages, LOOK: self.shown, CHECK: self.check_piece, STRAY: self.stray,
        }  # fmt: skip
        return {kind: self._patiently(run) for kind, run in runners.items()}

    @property
    def long(self) -> dict[str, Runner]:
        """Everything, over and over: hours."""
        return {PASS: self._patiently(self.check)}

    def _patiently(self, run: Runner) -> Runner:
        async def patient(errand: Errand) -> None:
            try:
                await run(errand)
            except (StoreUnavailable, Stopped) as waits:
                log.warning("keeping.waits", kind=errand.work.kind, reason=str(waits))
                if not isinstance(waits, Stopped):
                    await self._tell_away()
                pause = timedelta(0) if isinstance(waits, Stopped) else LATER
                until = self._clock() + pause
                await self._units.write(lambda db: worklist.postpone(db, errand.work, until=until))

        return patient

    async def keep(self, errand: Errand) -> None:
        """What came in, or was matched: told beside its bytes in every place, read back, copied."""
        asset_id = AssetId(errand.work.subject)
        told = await self._units.read(lambda db: sidecars.described(db, asset_id))
        state = await self._units.read(lambda db: queries.blob_of(db, told.sha256).state)
        if state != BlobState.DELETED.value:
            await self._mend_whole(told.sha256)
            for replica in self._replicas.all:
                await asyncio.to_thread(sidecars.write, replica.store, told)
        await self._finish(errand)

    async def paper(self, errand: Errand) -> None:
        """An issued report or a certificate: its bytes and what is told of it, everywhere."""
        told = await self._units.read(lambda db: papers.described(db, errand.work.subject))
        now = self._clock()
        await asyncio.to_thread(papers.put, self._replicas.all[0].store, told)
        await self._units.write(lambda db: papers.record(db, told, now=now))
        state = await self._units.read(lambda db: queries.blob_of(db, told.sha256).state)
        if state == BlobState.DELETED.value:
            await self._bury(told.sha256)
        else:
            await self._mend_whole(told.sha256)
            for replica in self._replicas.all:
                await asyncio.to_thread(papers.describe, replica.store, told)
        await self._finish(errand)

    async def tend(self, errand: Errand) -> None:
        """One original that somebody was given wrong bytes of."""
        await self._mend_whole(Sha256(errand.work.subject))
        await self._finish(errand)

    async def pages(self, errand: Errand) -> None:
        """The leaves that are not in the store yet."""
        try:
            size = await asyncio.to_thread(pages.write, self._units.database, self._replicas)
        except LogRewritten as differs:
            page, now = differs.page, self._clock()
            log.error("keeping.log_rewritten", page=page)
            await self._units.write(lambda db: pages.rewritten(db, page, now=now))
        else:
            now = self._clock()
            await self._units.write(lambda db: pages.remember(db, size, now=now))
        await self._finish(errand)

    async def shown(self, errand: Errand) -> None:
        """What reports and pages are shown by: what is not there is made again."""
        after: str | None = ""
        while after is not None:
            after = await self._look_on(after)
        await self._finish(errand)

    async def _look_on(self, after: str) -> str | None:
        now, store = self._clock(), self._replicas.all[0].store
        part = await self._units.read(lambda db: standing.part(db, after=after, now=now))
        gone = await asyncio.to_thread(standing.gone, store, part.needed)
        if gone:
            count = await self._units.write(lambda db: standing.make_again(db, gone, now=now))
            log.warning("renditions.gone", files=len(gone), works=count)
        return part.last

    async def delete(self, errand: Errand) -> None:
        """The tombstone first, then the bytes, everywhere."""
        wish, now = errand.work.subject, self._clock()
        tombstone = await self._units.write(lambda db: deleting.begin(db, wish, now=now))
        if tombstone is not None:
            folders = await self._units.read(lambda db: deleting.folders_of(db, tombstone.sha256))
            await asyncio.to_thread(_drop, self._replicas.all[0].store, folders)
            await self._bury(tombstone.sha256)
            now = self._clock()
            await self._units.write(lambda db: deleting.done(db, wish, now=now))
        await self._finish(errand)

    async def strays(self) -> list[Stray]:
        """What lies among the originals and nobody knows; it is seen soon whose it is."""
        found = await asyncio.to_thread(_lying, self._units.database, self._replicas)
        now = self._clock()
        await self._units.write(lambda db: strays.found(db, found, now=now))
        return found

    async def stray(self, errand: Errand) -> None:
        """One object nobody knew: told, and after the days of grace put aside; buried again where
        two persons deleted it; brought back where somebody took it in while it was put aside.
        """
        facts, now = errand.work.facts, self._clock()
        lying, aside = Stray(facts["place"], facts["key"]), facts.get("aside")
        store = next((e.store for e in self._replicas.all if e.name == lying.place), None)
        whose, sha256 = await self._units.read(lambda db: strays.whose(db, lying)), lying.sha256
        is_there = store is not None and (
            sha256 is None or await asyncio.to_thread(store.exists, lying.key)
        )
        if store is not None and aside is not None and sha256 and whose is Whose.KNOWN:
            await asyncio.to_thread(bring_back, store, sha256, aside)
            await self._mend_whole(sha256)
        elif is_there and sha256 and whose is Whose.DELETED:
            await self._bury(sha256)
            await self._units.write(lambda db: strays.buried(db, lying, now=now))
        elif is_there and whose is Whose.NOBODY and not facts.get("told"):
            await self._units.write(lambda db: strays.tell(db, errand.work, lying, now=now))
            return
        elif store is not None and is_there and sha256 and whose is Whose.NOBODY and not aside:
            await self._put_aside(errand, store, lying, sha256)
            return

        def end(db: Session) -> None:
            finish(db, errand, now=now)
            strays.settled(db, now=now)

        await self._units.write(end)

    async def _put_aside(
        self, errand: Errand, store: OriginalStore, lying: Stray, sha256: Sha256
    ) -> None:
        key = await asyncio.to_thread(store.quarantine, sha256, secrets.token_hex(8))
        now, work = self._clock(), errand.work

        def unit(db: Session) -> None:
            if key is not None:
                actions.lies_aside(db, [(lying.place, key)], now=now)
            worklist.note(db, work.id, aside=key)
            worklist.postpone(db, work, until=now + strays.SETTLED)
            strays.settled(db, now=now)

        await self._units.write(unit)

    async def check(self, errand: Errand) -> None:
        """A slice of the pass; the row comes back at once until everything was looked at."""
        pass_id = errand.work.subject
        found = await self._units.read(lambda db: passes.get(db, pass_id))
        if found is None or found.ended_at is not None:
            await self._finish(errand)
            return
        started_at = found.started_at
        rate = await self._units.read(lambda db: queries.terms(db).check_bytes)
        stop, silent = threading.Event(), set[str]()
        pace = Rate(rate, stop)
        until = time.monotonic() + SLICE_SECONDS
        while time.monotonic() < until:
            batch = await self._units.read(
                lambda db: queries.due(db, before=started_at, limit=AT_ONCE)
            )
            if not batch:
                await self._end(errand, pass_id)
                return
            await self._part(pass_id, batch, silent, pace, stop)
        now = self._clock()
        await self._units.write(lambda db: worklist.postpone(db, errand.work, until=now))

    async def check_piece(self, errand: Errand) -> None:
        """Every original of one piece in every place, at once, for somebody who waits (R-008)."""
        unit, facts = UnitId(errand.work.subject), errand.work.facts
        since, silent = datetime.fromisoformat(facts["asked_at"]), set[str]()
        while batch := await self._units.read(lambda db: checking.left(db, unit, since=since)):
            await self.mend(batch[:AT_ONCE], silent)
            await self._beside(batch[:AT_ONCE], f"{unit}:{since}")
        places = [each.name for each in self._replicas.all]
        now = self._clock()

        def end(db: Session) -> None:
            finish(db, errand, now=now)
            checking.conclude(db, unit, places, since=since, by=facts["by"], now=now)

        await self._units.write(end)

    async def mend_for(
        self, pass_id: str, batch: list[Due], silent: set[str], bytes_a_second: float
    ) -> Found:
        """A part of a pass, for whoever goes through it by hand."""
        stop = threading.Event()
        return await self._part(pass_id, batch, silent, Rate(bytes_a_second, stop), stop)

    async def _part(
        self,
        pass_id: str,
        batch: list[Due],
        silent: set[str],
        pace: Pace,
        stop: threading.Event,
    ) -> Found:
        told = await self.mend(batch, silent, pace=pace, stop=stop)
        await self._beside(batch, pass_id)
        await self._units.write(
            lambda db: passes.add_up(
                db, pass_id, originals=len(told.seen), bytes=told.bytes, wrong=told.wrong,
                repaired=told.repaired, lost=told.lost, unread=told.unread,
            )
        )  # fmt: skip
        return told

    async def _tell_away(self) -> None:
        """Staff hear of a place that is not there, and no longer of one that is back."""
        stores = [each.store for each in self._replicas.all]
        try:
            found = await asyncio.to_thread(places.away, stores)
        except StoreUnavailable:
            return  # it does not answer at all: nothing is known of its mark
        was_told = await self._units.read(places.is_told)
        if found or was_told:
            now = self._clock()
            await self._units.write(lambda db: places.tell(db, found, now=now))

    async def _end(self, errand: Errand, pass_id: str) -> None:
        await self._tell_away()
        await self.strays()
        aside = await asyncio.to_thread(_aside, self._replicas)
        now = self._clock()

        def unit(db: Session) -> None:
            actions.lies_aside(db, aside, now=now)
            finish(db, errand, now=now)
            passes.end(db, pass_id, now=now)
            pages.due(db, now)

        await self._units.write(unit)

    async def _mend_whole(self, sha256: Sha256) -> None:
        """One original in every place there is. Raises StoreUnavailable when one was silent."""
        silent: set[str] = set()
        found = await self.mend([Due(sha256, 0)], silent)
        if silent:
            raise StoreUnavailable(f"{', '.join(sorted(silent))} does not answer")
        if found.unread:
            raise StoreUnavailable(f"{sha256} cannot be read somewhere; whose file is it?")

    async def mend(
        self,
        batch: list[Due],
        silent: set[str],
        *,
        pace: Pace | None = None,
        stop: threading.Event | None = None,
    ) -> Found:
        """Look at these in every place, write it down, make good what can be, write that down. The
        places that do not answer go into `silent`.

        Raises StoreUnavailable, Stopped; what was written before stays.
        """
        halt = stop or threading.Event()
        rate = pace or Rate(float("inf"), halt)

        def look() -> list[tuple[Due, dict[str, Seen]]]:
            return [
                (each, look_everywhere(self._replicas, each.sha256, silent, pace=rate))
                for each in batch
            ]

        found = Found(await self._in_thread(look, halt))
        count = len(self._replicas.all)
        now = self._clock()

        def write(db: Session) -> list[tuple[Due, dict[str, Seen]]]:
            to_mend = []
            for each, seen in found.seen:
                found.unread += count - len(seen)
                is_whole = len(seen) == count
                ruling = actions.record(db, each.sha256, seen, is_whole=is_whole, now=now)
                events = [event for event, _ in ruling.events]
                found.wrong += sum(event in (Event.DAMAGED, Event.MISSING) for event in events)
                found.lost += Event.LOST in events
                if ruling.blob is not BlobState.DELETED and (
                    ruling.needs_tending or ruling.blob is BlobState.LOST
                ):
                    to_mend.append((each, seen))
            return to_mend

        for each, seen in await self._units.write(write):
            found.repaired += await self._tend(each.sha256, seen)
        return found

    async def _beside(self, batch: list[Due], check: str) -> None:
        """What lies beside them, against the registers and the log, which is looked through once
        for each check.
        """
        if self._later[0] != check:
            self._later = check, await self._units.read(beside.later)
        later = self._later[1]
        for each in batch:
            wanted = await self._units.read(partial(beside.wanted, sha256=each.sha256, later=later))
            mended = [
                one
                for told in wanted
                for one in await asyncio.to_thread(beside.mend, self._replicas.all, told)
            ]
            if mended:
                now = self._clock()
                await self._units.write(partial(beside.record, mended=mended, now=now))

    async def _tend(self, sha256: Sha256, seen: dict[str, Seen]) -> int:
        mark = secrets.token_hex(8)
        done = await asyncio.to_thread(tend, self._replicas, sha256, seen, mark=mark)
        now = self._clock()
        ruling = await self._units.write(lambda db: actions.tended(db, sha256, done, now=now))
        if ruling is None:
            return 0
        if ruling.blob is BlobState.DELETED:
            # It was deleted while it was copied: the copy goes too.
            await self._bury(sha256)
            return 0
        return sum(event is Event.REPAIRED for event, _ in ruling.events)

    async def _bury(self, sha256: Sha256) -> None:
        tombstone = await self._units.read(lambda db: deleting.tombstone_of(db, sha256))
        if tombstone is not None:
            for replica in self._replicas.all:
                await asyncio.to_thread(replica.store.bury, tombstone)

    async def _in_thread(self, read: Callable[[], T], stop: threading.Event) -> T:
        """In a thread that ends soon when the worker does."""
        reading: Awaitable[T] = asyncio.create_task(asyncio.to_thread(read))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            stop.set()
            raise

    async def _finish(self, errand: Errand) -> None:
        now = self._clock()
        await self._units.write(lambda db: finish(db, errand, now=now))
