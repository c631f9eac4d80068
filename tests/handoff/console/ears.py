"""Somebody who listens to what open consoles are told, in place of a browser."""

import asyncio
from collections.abc import Collection

from handoff.console.stream import Console, Stream


class Ear:
    """Hears one console's stream, event by event."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self.is_over = asyncio.Event()

    async def at(self, stream: Stream, row: int, lang: str = "ja", session: str = "any") -> Console:
        """Open a console that was told everything up to that row of the feed."""
        return await stream.join(row, lang, session, self.say)

    async def say(self, text: str, *, more: bool) -> None:
        """What the stream says to this console."""
        for event in text.split("\n\n")[:-1]:
            self._heard.put_nowait(f"{event}\n\n")
        if not more:
            self.is_over.set()

    async def next(self) -> str:
        """The next event; 10 seconds are too long for it."""
        return await asyncio.wait_for(self._heard.get(), 10)


async def no_end(some: Collection[str]) -> Collection[str]:
    """Sessions that all last."""
    return some
