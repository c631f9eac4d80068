"""What changed, as it changes (更新の配信): one stream per open console, drawn once for all.

    ring → rows of the feed → the conversation's line, drawn once → every open console
    a console that was away → what changed since its last row of the feed
    away for longer than the feed is kept, or slower than its queue → told to look anew

A message carries the number of its feed row, so a browser that comes back says where it was. What
is sent is safe to be sent twice: a line is taken out and put in by its name. Who the line is for is
decided in the browser (mine, unread), so that it is the same for everybody.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from catalog.ground.errors import Unavailable
from catalog.ground.record import ConversationId
from catalog.ground.session.database import ALL_TOPICS
from conversations.threads import feed
from conversations.threads.feed import Change
from handoff.console.office import Units

REPLAYED_MOST = 2_000
QUEUE_MOST = 200
CONSOLES_MOST = 1_000
LOOK_SECONDS = 1.0
QUIET_SECONDS = 20.0
ROWS_A_LOOK = 500

log = structlog.get_logger()

# The lines of these conversations by language, as every console is shown them.
Draw = Callable[[Sequence[ConversationId]], Awaitable[Mapping[ConversationId, Mapping[str, str]]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One change as a console is told it."""

    id: int
    conversation: ConversationId
    html: Mapping[str, str]


class Stream:
    """The open consoles of this process. On one event loop; the bell may ring from any thread."""

    def __init__(self, units: Units, draw: Draw) -> None:
        self._units = units
        self._draw = draw
        self._consoles: set[_Console] = set()
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._last = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._is_closed = False

    def close(self) -> None:
        """End every stream; each console comes back by itself."""
        self._is_closed = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._bell.set()
        for console in self._consoles:
            console.end()

    @property
    def has_room(self) -> bool:
        """Whether one more console may be held open."""
        return len(self._consoles) < CONSOLES_MOST and not self._is_closed

    async def since(self, row: int, lang: str) -> AsyncIterator[str]:
        """What changed after that row of the feed, then as it changes."""
        console = _Console(lang)
        await self._begin()
        self._consoles.add(console)
        try:
            yield "retry: 500\n\n"
            for each in await self._missed(row, lang):
                yield each
            yield _event("live")
            while not (console.is_over or self._is_closed):
                told = await console.next()
                yield told if told is not None else ": still here\n\n"
        finally:
            self._consoles.discard(console)

    async def _begin(self) -> None:
        if self._watch is None:
            self._loop = asyncio.get_running_loop()
            _, self._last = await self._units.read(feed.ends)
            if self._watch is None:
                self._units.database.on_ring(self._rung)
                self._watch = asyncio.create_task(self._run())

    async def _missed(self, row: int, lang: str) -> list[str]:
        """What a console has to be told first: nothing, some changes, or to look anew."""
        first, last = await self._units.read(feed.ends)
        if row > last or (row and row < first - 1):
            return [_event("anew", mark=last)]
        rows = await self._units.read(
            lambda db: feed.after(db, max(0, row - feed.OVERLAP), limit=REPLAYED_MOST)
        )
        if len(rows) == REPLAYED_MOST:
            return [_event("anew", mark=last)]
        late = [each for each in rows if each.id > row or each.id > last - feed.OVERLAP]
        return [told for shown in await self._drawn(_latest(late)) for told in _told(shown, lang)]

    async def _run(self) -> None:
        """Look whenever it rings, and now and then by itself."""
        while not self._is_closed:
            self._bell.clear()
            try:
                await self._look()
            except Unavailable as failed:
                log.warning("console.stream_waits", reason=str(failed))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), LOOK_SECONDS)

    async def _look(self) -> None:
        if not self._consoles:
            _, self._last = await self._units.read(feed.ends)
            return
        since = max(0, self._last - feed.OVERLAP)
        rows = await self._units.read(lambda db: feed.after(db, since, limit=ROWS_A_LOOK))
        fresh = [each for each in rows if each.id not in self._seen]
        for each in rows:
            self._seen[each.id] = None
        while len(self._seen) > 4 * ROWS_A_LOOK:
            self._seen.popitem(last=False)
        if rows:
            self._last = max(self._last, rows[-1].id)
        for shown in await self._drawn(_latest(fresh)):
            for console in self._consoles:
                console.tell(_told(shown, console.lang), self._last)
        if len(rows) == ROWS_A_LOOK:
            self._bell.set()

    async def _drawn(self, changes: Sequence[Change]) -> list[Shown]:
        if not changes:
            return []
        try:
            html = await self._draw([each.conversation for each in changes])
        except Unavailable:
            raise
        except Exception as error:  # one line that cannot be drawn keeps no other from its console
            if len(changes) == 1:
                log.error("console.line_not_drawn", feed_row=changes[0].id, exc_info=error)
                return []
            return [shown for each in changes for shown in await self._drawn([each])]
        return [Shown(each.id, each.conversation, html[each.conversation]) for each in changes]

    def _rung(self, topics: frozenset[str]) -> None:
        if self._loop is not None and (topics == ALL_TOPICS or feed.TOPIC in topics):
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._bell.set)


class _Console:
    """One open console: what it is still to be told."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._queue: deque[str] = deque()
        self._bell = asyncio.Event()
        self.is_over = False

    def tell(self, told: Sequence[str], last: int) -> None:
        """Too slow for what happens: it looks anew instead."""
        if len(self._queue) + len(told) > QUEUE_MOST:
            self._queue.clear()
            told = [_event("anew", mark=last)]
        self._queue.extend(told)
        self._bell.set()

    def end(self) -> None:
        """The stream ends after what is queued."""
        self.is_over = True
        self._bell.set()

    async def next(self) -> str | None:
        """The next message; None after a while without one."""
        if not self._queue:
            self._bell.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), QUIET_SECONDS)
        return self._queue.popleft() if self._queue else None


def _latest(changes: Sequence[Change]) -> list[Change]:
    """Each conversation once, as it was last told."""
    last = {each.conversation: each for each in changes}
    return sorted(last.values(), key=lambda each: each.id)


def _told(shown: Shown, lang: str) -> list[str]:
    return [
        _event("changed", shown.conversation),
        _event(None, shown.html[lang], mark=shown.id),
    ]


def _event(kind: str | None, text: str = "", *, mark: int | None = None) -> str:
    head = f"id: {mark}\n" if mark is not None else ""
    name = f"event: {kind}\n" if kind is not None else ""
    lines = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"{head}{name}{lines}\n"
