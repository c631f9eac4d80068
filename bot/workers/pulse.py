"""What every worker loop has in common: a name, a way to be woken, leases that stay alive, an
orderly end.
"""

import asyncio
import contextlib
import itertools
import os
import secrets
import socket
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any

import structlog

from bot.unit import Units
from catalog.ground.errors import Unavailable
from catalog.ground.session.database import ALL_TOPICS

POLL_SECONDS = 1.0  # nothing depends on being rung
TROUBLE_SECONDS = 0.5
RENEW_SECONDS = 2.0

log = structlog.get_logger()


def worker_name() -> str:
    """A name no other process has, nor this one after a restart."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Pulse(ABC):
    """A loop over `look`, which says whether there may be more; rung by topic, polled otherwise."""

    topics: frozenset[str]

    def __init__(self, units: Units, name: str) -> None:
        self.units = units
        self.name = name
        self._awake = asyncio.Event()
        self._numbers = itertools.count(1)
        self._running: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_stopping = False
        self._is_full = False

    @abstractmethod
    async def look(self) -> bool:
        """Take what is due and start on it; True to look again at once. May raise Unavailable."""

    @abstractmethod
    async def renew(self) -> None:
        """Keep the leases of what is under way. May raise Unavailable."""

    async def keep_leases(self) -> None:
        """Renew what is held for as long as the process lives."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self.renew()
            except Unavailable as failed:
                log.warning("worker.not_renewed", worker=type(self).__name__, reason=str(failed))

    def next_lease(self) -> str:
        """A name for one claim; never used twice."""
        return f"{self.name}:{next(self._numbers)}"

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """See one piece of work through beside the loop."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def room(self, *, at_once: int, a_claim: int) -> int:
        """How much more may be taken; when nothing, the end of any piece of work wakes the loop."""
        room = min(a_claim, at_once - len(self._running))
        self._is_full = room <= 0
        return room

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if self._is_full:  # there may be more than there was room for
            self._is_full = False
            self._awake.set()
        if not task.cancelled() and task.exception() is not None:
            error = task.exception()
            log.error("worker.broke", worker=type(self).__name__, exc_info=error)

    def _rung(self, topics: frozenset[str]) -> None:
        if self._loop is not None and (topics & self.topics or topics == ALL_TOPICS):
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._awake.set)

    async def run(self) -> None:
        """Until cancelled or `stop`."""
        self._loop = asyncio.get_running_loop()
        self.units.database.on_ring(self._rung)
        try:
            while not self._is_stopping:
                self._awake.clear()
                try:
                    again = await self.look()
                except Unavailable as failed:
                    log.warning("worker.waits", worker=type(self).__name__, reason=str(failed))
                    await asyncio.sleep(TROUBLE_SECONDS)
                    continue
                if not again:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)
        finally:
            self.units.database.off_ring(self._rung)

    async def stop(self, *, seconds: float = 5.0) -> None:
        """Take nothing new, finish what is under way; what is not finished in time is claimed again
        later.
        """
        self._is_stopping = True
        self._awake.set()
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)
        for task in list(self._running):
            task.cancel()
