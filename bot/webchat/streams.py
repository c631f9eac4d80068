"""Open pages: each waits for its own conversation's bell and reads what is new from the rows.

A ring is only a hint: every page also looks on its own every few seconds, so one that was missed
(another process on SQLite, a lost LISTEN) costs a moment, never an entry. The number of pages a
process holds open is bounded; who is turned away asks again a little later.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime

import structlog

from bot.unit import Units
from bot.webchat.entries import told
from catalog.ground.errors import Unavailable
from catalog.ground.record import to_millis
from catalog.ground.session.database import ALL_TOPICS
from conversations.visitors import queries
from conversations.visitors.actions import Visitor
from conversations.visitors.queries import Page

PAGES_MOST = 1_000
PAGES_OF_ONE_MOST = 6
LOOK_SECONDS = 5.0
ROWS_A_LOOK = 100

log = structlog.get_logger()


class Streams:
    """The open pages of this process. To be used on one event loop; the bell may ring from any
    thread.
    """

    def __init__(
        self, units: Units, clock: Callable[[], datetime], *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._units = units
        self._clock = clock
        self._look_seconds = look_seconds
        self._open: dict[str, set[asyncio.Event]] = {}
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    def close(self) -> None:
        """End every open page's stream; each comes back by itself."""
        self._is_closed = True
        if self._loop is not None:
            self._units.database.off_ring(self._rung)
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._wake, ALL_TOPICS)

    def has_room(self, visitor: Visitor) -> bool:
        """Whether one more page of the visitor may be held open."""
        held = self._open.get(visitor.conversation, ())
        return self._count < PAGES_MOST and len(held) < PAGES_OF_ONE_MOST

    async def since(self, visitor: Visitor, entry: int) -> AsyncIterator[str]:
        """The entries after that one as server-sent events, then as they come."""
        with self._opened(visitor) as bell:
            yield "retry: 1000\n\n"
            async for each in self._events(visitor, entry, bell):
                yield each

    @contextlib.contextmanager
    def _opened(self, visitor: Visitor) -> Iterator[asyncio.Event]:
        """A place for one page, and its bell."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._units.database.on_ring(self._rung)
        bell = asyncio.Event()
        ours = self._open.setdefault(visitor.conversation, set())
        ours.add(bell)
        self._count += 1
        try:
            yield bell
        finally:
            self._count -= 1
            ours.discard(bell)
            if not ours:
                self._open.pop(visitor.conversation, None)

    async def _events(
        self, visitor: Visitor, entry: int, bell: asyncio.Event
    ) -> AsyncIterator[str]:
        waiting: datetime | None = None
        is_live = False
        while not self._is_closed:
            bell.clear()
            try:
                page = await self._look(visitor, entry)
            except Unavailable as failed:
                log.warning("web.stream_waits", reason=str(failed))
                page = Page([], waiting)
            for each in page.entries:
                entry = each.id
                shown = told(each)
                if shown is not None:
                    yield _event("entry", shown, mark=entry)
            if page.waiting_until != waiting:
                waiting = page.waiting_until
                yield _event("waiting", {"ms": self._left(waiting)})
            if len(page.entries) == ROWS_A_LOOK:
                continue
            if not is_live:
                is_live = True
                yield _event("live", {})
            try:
                await asyncio.wait_for(bell.wait(), self._look_seconds)
            except TimeoutError:
                yield ": still here\n\n"

    async def _look(self, visitor: Visitor, entry: int) -> Page:
        return await self._units.read(
            lambda db: queries.after(db, visitor, entry, limit=ROWS_A_LOOK)
        )

    def _left(self, until: datetime | None) -> int:
        return max(0, to_millis(until) - to_millis(self._clock())) if until is not None else 0

    def _rung(self, topics: frozenset[str]) -> None:
        if self._loop is not None and (topics == ALL_TOPICS or not topics.isdisjoint(self._open)):
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._wake, topics)

    def _wake(self, topics: frozenset[str]) -> None:
        everyone = topics == ALL_TOPICS
        for conversation, bells in self._open.items():
            if everyone or conversation in topics:
                for bell in bells:
                    bell.set()


def _event(kind: str, row: object, *, mark: int | None = None) -> str:
    head = f"id: {mark}\n" if mark is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(row, ensure_ascii=False)}\n\n"
