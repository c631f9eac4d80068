"""What changed, as it changes (更新の配信): one stream per open console, drawn once for all.

    ring → rows of the feed → the conversation's line, drawn once → every open console
    a console that was away → what changed since its last row of the feed
    away for longer than the feed is kept, or slower than its queue → told to look anew

A message carries the number of its feed row, so a browser that comes back says where it was. What
is sent is safe to be sent twice: a line is taken out and put in by its name. Who the line is for is
decided in the browser (mine, unread), so that it is the same for everybody.

A stream lasts no longer than the session it was opened in (R-142): one look for all of them when
some have ended, and once a minute for those that end by themselves. The browser comes back with
where it was, through the door like anybody.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from catalog.ground.errors import Unavailable
from catalog.ground.record import ConversationId
from catalog.ground.session.database import ALL_TOPICS
from conversations.threads import feed
from conversations.threads.feed import Change
from handoff.console.office import Units
from handoff.staff import sessions

REPLAYED_MOST = 2_000
QUEUE_MOST = 200
CONSOLES_MOST = 1_000
LOOK_SECONDS = 1.0
QUIET_SECONDS = 20.0
SESSIONS_SECONDS = 60.0
TIDY_SECONDS = 5.0
ROWS_A_LOOK = 500

log = structlog.get_logger()


class Say(Protocol):
    """Tell whoever listens some more of the stream, or its end. Raises OSError when it has gone."""

    async def __call__(self, text: str, *, more: bool) -> None: ...


# The lines of these conversations by language, as every console is shown them.
Draw = Callable[[Sequence[ConversationId]], Awaitable[Mapping[ConversationId, Mapping[str, str]]]]

# Those of these sessions that are not over.
StillOpen = Callable[[Collection[str]], Awaitable[Collection[str]]]

# Let go of what is over by itself, so that it is told as a change.
Tidy = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One change as a console is told it."""

    id: int
    conversation: ConversationId
    html: Mapping[str, str]


class Stream:
    """The open consoles of this process. On one event loop; the bell may ring from any thread.

    `sessions_seconds`: how often it looks for sessions that have ended by themselves. `tidy` is
    done every few seconds while consoles are open.
    """

    def __init__(
        self,
        units: Units,
        draw: Draw,
        still_open: StillOpen,
        *,
        tidy: Tidy | None = None,
        sessions_seconds: float = SESSIONS_SECONDS,
    ) -> None:
        self._units = units
        self._draw = draw
        self._still_open = still_open
        self._sessions_seconds = sessions_seconds
        self._sessions_at = 0.0
        self._tidy = tidy
        self._tidied_at = 0.0
        self._have_ended = self._may_have_ended = False
        self._consoles: set[Console] = set()
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

    async def join(self, row: int, lang: str, session: str, say: Say) -> "Console":
        """Tell a console what changed after that row of the feed, and from now on what changes,
        while its session lasts.
        """
        await self._begin()
        console = Console(lang, session, say)
        self._consoles.add(console)
        try:
            await say("retry: 500\n\n", more=True)
            missed = [*await self._missed(row, lang), _event("live")]
            # It may have ended before this console was one of those that are looked at.
            if not await self._still_open([session]):
                console.stop()
            if not console.is_over:
                await say("".join(missed), more=True)
        except BaseException:
            self.leave(console)
            raise
        console.begin()
        if self._is_closed:
            console.end()
        return console

    def leave(self, console: "Console") -> None:
        """Nobody listens there any more."""
        self._consoles.discard(console)
        console.drop()

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
                await self._let_go()  # first: what happened after an end is not for them
                await self._look()
                await self._let_over()
            except Unavailable as failed:
                log.warning("console.stream_waits", reason=str(failed))
            for console in self._consoles:
                console.breathe()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), LOOK_SECONDS)

    async def _let_go(self) -> None:
        """End the streams of sessions that are over."""
        wait = LOOK_SECONDS if self._may_have_ended else self._sessions_seconds
        if not self._have_ended and _now() < self._sessions_at + wait:
            return
        self._have_ended = self._may_have_ended = False  # it may ring again while this looks
        consoles = [each for each in self._consoles if not each.is_over]
        if consoles:
            try:
                held = await self._still_open({each.session for each in consoles})
            except Unavailable:
                self._have_ended = True
                raise
            for each in consoles:
                if each.session not in held:
                    each.stop()
        self._sessions_at = _now()

    async def _let_over(self) -> None:
        """What is over by itself; the next look tells it."""
        if self._tidy is None or not self._consoles or _now() < self._tidied_at + TIDY_SECONDS:
            return
        self._tidied_at = _now()
        await self._tidy()

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
        if topics == ALL_TOPICS:
            self._may_have_ended = True  # another process wrote something
        elif sessions.TOPIC in topics:
            self._have_ended = True
        elif feed.TOPIC not in topics:
            return
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._bell.set)


class Console:
    """One open console: what it is still to be told. While nothing happens it holds no task, no
    timer and no queue, so that hundreds cost next to nothing.
    """

    __slots__ = ("_queue", "_said_at", "_say", "_writer", "is_over", "lang", "session")

    def __init__(self, lang: str, session: str, say: Say) -> None:
        self.lang = lang
        self.session = session
        self._say = say
        self._queue: list[str] = []
        self._said_at: float | None = None  # None: it is still told what it missed
        self._writer: asyncio.Task[None] | None = None
        self.is_over = False

    def begin(self) -> None:
        """It knows what it missed: from here on it is told what is queued."""
        self._said_at = _now()
        self._go_on()

    def tell(self, told: Sequence[str], last: int) -> None:
        """Too slow for what happens: it looks anew instead."""
        if self.is_over:
            return
        if len(self._queue) + len(told) > QUEUE_MOST:
            self._queue = [_event("anew", mark=last)]
        else:
            self._queue.extend(told)
        self._go_on()

    def breathe(self) -> None:
        """Say something after a long silence, or a proxy takes it for dead."""
        if self._said_at is not None and _now() - self._said_at >= QUIET_SECONDS:
            self._queue.append(": still here\n\n")
            self._go_on()

    def end(self) -> None:
        """The stream ends after what is queued."""
        self.is_over = True
        self._go_on()

    def stop(self) -> None:
        """The stream ends, and what is queued is told to nobody."""
        self._queue = []
        self.end()

    def drop(self) -> None:
        """What is still queued is told to nobody."""
        if self._writer is not None:
            self._writer.cancel()

    def _go_on(self) -> None:
        if self._said_at is not None and self._writer is None and (self._queue or self.is_over):
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                self._said_at = _now()
                told, self._queue = "".join(self._queue), []
                await self._say(told, more=True)
            if self.is_over:
                await self._say("", more=False)
        except OSError:  # whoever listened has gone; the answer's own task is told so
            self._queue = []
        finally:
            self._writer = None


class Changes(StreamingResponse):
    """The answer that stays open: one task, which waits until the console goes."""

    def __init__(
        self, stream: Stream, row: int, lang: str, session: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__((), media_type="text/event-stream", headers=headers)
        self._stream, self._row, self._lang, self._session = stream, row, lang, session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def say(text: str, *, more: bool) -> None:
            told = {"type": "http.response.body", "body": text.encode(), "more_body": more}
            await send(told)

        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        console = await self._stream.join(self._row, self._lang, self._session, say)
        try:
            # After the last piece of a body this says so too (ASGI, "Disconnect - receive event").
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            self._stream.leave(console)


def _now() -> float:
    return asyncio.get_running_loop().time()


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
