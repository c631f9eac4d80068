"""What open consoles are told: what changed while they were away, then as it changes."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

import pytest

from bot.unit import Units
from catalog.ground.record import ConversationId
from catalog.ground.session.database import Database
from conversations.threads import feed
from handoff.console.stream import Stream
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


async def _told(stream: AsyncIterator[str], last: str) -> list[str]:
    """The conversations and the other words of a console, as far as that."""
    told: list[str] = []
    while not told or told[-1] != last:
        event = await asyncio.wait_for(anext(stream), 10)
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
        stream = Stream(Units(database), _draw)
        _tell(database, now, "U1", "U2", "U3")
        console = stream.since(1, "ja")
        assert await _told(console, "live") == ["U1", "U3", "live"]
        _tell(database, now, "U2", "U4")
        assert "U2" not in await _told(console, "U4")  # being told twice changes nothing
        _tell(database, now, "U5")
        assert await _told(console, "U5") == ["U5"]
        await console.aclose()  # type: ignore[attr-defined]  # it is a generator
        stream.close()

    story()


@pytest.mark.parametrize(("row", "told"), [(99, ["anew", "live"]), (0, ["U1", "U3", "live"])])
def test_where_a_console_was_decides_what_it_is_told_first(
    database: Database, now: datetime, row: int, told: list[str]
) -> None:
    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw)
        _tell(database, now, "U1", "U3")
        console = stream.since(row, "ja")
        assert await _told(console, "live") == told
        await console.aclose()  # type: ignore[attr-defined]  # it is a generator
        stream.close()

    story()
