"""What open consoles are told: what changed while they were away, then as it changes."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from bot.unit import Units
from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from conversations.threads import feed
from handoff.console import stream as streams
from handoff.console.stream import Console, Stream
from tests.handoff.console.ears import Ear, no_end
from tests.line_platform import in_loop

_POISON = ConversationId("line:U2")


async def _draw(
    changed: Sequence[ConversationId],
) -> Mapping[ConversationId, Mapping[str, str]]:
    if _POISON in changed:
        raise ValueError("cannot be drawn")
    return {each: {"ja": f"<li>{each}"} for each in changed}


def _tell(database: Database, now: datetime, *people: str) -> None:
    for each in people:
        database.write(lambda db, each=each: feed.tell(db, ConversationId(f"line:{each}"), now=now))  # type: ignore[misc]  # bound at once


async def _opened(stream: Stream, row: int) -> tuple[Console, Ear]:
    ear = Ear()
    return await ear.at(stream, row), ear


async def _told(ear: Ear, last: str) -> list[str]:
    """The conversations and the other words of a console, as far as that."""
    told: list[str] = []
    while not told or told[-1] != last:
        event = await ear.next()
        found = re.search(r"^event: changed\ndata: line:(\w+)", event) or re.match(
            r"(?:id: \d+\n)?event: (live|anew)", event
        )
        if found is not None:
            told.append(found[1])
    return told


def test_a_line_that_cannot_be_drawn_keeps_no_other_from_its_console(
    database: Database, now: datetime
) -> None:
    """Nor what comes after it."""

    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw, no_end)
        _tell(database, now, "U1", "U2", "U3")
        console, ear = await _opened(stream, 1)
        assert await _told(ear, "live") == ["U1", "U3", "live"]
        _tell(database, now, "U2", "U4")
        assert "U2" not in await _told(ear, "U4")  # being told twice changes nothing
        _tell(database, now, "U5")
        assert await _told(ear, "U5") == ["U5"]
        stream.leave(console)
        stream.close()

    story()


@pytest.mark.parametrize(("row", "told"), [(99, ["anew", "live"]), (0, ["U1", "U3", "live"])])
def test_where_a_console_was_decides_what_it_is_told_first(
    database: Database, now: datetime, row: int, told: list[str]
) -> None:
    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw, no_end)
        _tell(database, now, "U1", "U3")
        console, ear = await _opened(stream, row)
        assert await _told(ear, "live") == told
        stream.leave(console)
        stream.close()

    story()


def test_a_stream_that_is_closed_ends_each_console_after_what_it_was_told(
    database: Database, now: datetime
) -> None:
    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw, no_end)
        _tell(database, now, "U1")
        _, ear = await _opened(stream, 1)
        assert await _told(ear, "live") == ["U1", "live"]
        stream.close()
        await asyncio.wait_for(ear.is_over.wait(), 10)
        _, late = await _opened(stream, 1)
        await asyncio.wait_for(late.is_over.wait(), 10)
        assert not stream.has_room

    story()


class _SlowEar(Ear):
    """Takes nothing more after the beginning until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.is_held, self.is_let = asyncio.Event(), asyncio.Event()
        self._count = 0

    async def say(self, text: str, *, more: bool) -> None:
        self._count += 1
        if self._count > 2:
            self.is_held.set()
            await self.is_let.wait()
        await super().say(text, more=more)


def test_a_console_too_slow_for_what_happens_looks_anew_and_misses_nothing_after(
    database: Database, now: datetime
) -> None:
    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw, no_end)
        _tell(database, now, "U0")
        slow = _SlowEar()
        console = await slow.at(stream, 1)
        assert await _told(slow, "live") == ["U0", "live"]
        _tell(database, now, "U1")
        await asyncio.wait_for(slow.is_held.wait(), 10)
        console.tell(["data: x\n\n"] * streams.QUEUE_MOST, 7)
        console.tell(["data: one too many\n\n"], 8)
        slow.is_let.set()
        assert (await _told(slow, "anew"))[-1] == "anew"
        _tell(database, now, "U4")
        assert (await _told(slow, "U4"))[-1] == "U4"
        stream.leave(console)
        stream.close()

    story()


def test_a_console_that_has_gone_is_told_nothing(database: Database, now: datetime) -> None:
    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw, no_end)
        _tell(database, now, "U0")
        slow = _SlowEar()
        console = await slow.at(stream, 1)
        _tell(database, now, "U1")
        await asyncio.wait_for(slow.is_held.wait(), 10)
        stream.leave(console)
        slow.is_let.set()
        _, ear = await _opened(stream, 1)
        _tell(database, now, "U4")
        assert (await _told(ear, "U4"))[-1] == "U4"
        assert await _told(slow, "live") == ["U0", "live"]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(slow.next(), 0.2)
        stream.close()

    story()
