"""What open consoles are told: what changed while they were away, then as it changes."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from bot.unit import Units
from catalog.duties.actors import Role
from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.database import Database
from conversations.threads import feed
from handoff.console import stream as streams
from handoff.console.stream import Console, Stream
from handoff.staff import actions as staff
from handoff.staff import sessions
from handoff.staff.sessions import How, SignedIn
from tests.handoff.console.ears import Ear, no_end
from tests.handoff.staff.people import acting, hire
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


def test_what_is_over_by_itself_is_told_while_a_console_is_open(
    database: Database, now: datetime
) -> None:
    """Somebody closed the lid: nothing else happens."""

    @in_loop
    async def story() -> None:
        over = ["U9"]

        async def tidy() -> None:
            while over:
                _tell(database, now, over.pop())

        stream = Stream(Units(database), _draw, no_end, tidy=tidy)
        _tell(database, now, "U1")
        console, ear = await _opened(stream, 1)
        assert (await _told(ear, "U9"))[-1] == "U9"
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


class _House:
    """People who sit before consoles, and how often somebody looked whether they still may."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.looks: list[frozenset[str]] = []
        self.boss = acting(hire(database, now, "店長", Role.OWNER, email=None), Role.OWNER)

    def sits(self, name: str, role: Role = Role.ADVISER) -> tuple[StaffId, SignedIn]:
        who = hire(self.database, self.now, name, role, email=None)
        token = self.database.write(
            lambda db: sessions.begin(db, who, how=How.PASSWORD, agent=None, now=self.now)
        )
        found = self.database.read(lambda db: sessions.find(db, token, now=self.now))
        assert found is not None
        return who, found

    async def still_open(self, some: Collection[str]) -> Collection[str]:
        self.looks.append(frozenset(some))
        return self.database.read(lambda db: sessions.still_open(db, some, now=self.now))


def test_a_stream_ends_with_its_session_and_no_other_does(
    database: Database, now: datetime
) -> None:
    """R-142: signed out, ended by who answers for staff, another role, gone; each at once, with one
    look for however many are open.
    """
    house = _House(database, now)
    ends: list[Callable[[Session, StaffId, SignedIn], object]] = [
        lambda db, _, held: sessions.end(db, held.id, held.actor, now=now),
        lambda db, who, _: sessions.end_all(db, who, by="owner", now=now),
        lambda db, who, _: staff.change_role(db, who, "store", house.boss, now=now),
        lambda db, who, _: staff.leave(db, who, house.boss, now=now),
    ]

    @in_loop
    async def story() -> None:
        units = Units(database)
        stream = Stream(units, _draw, house.still_open, sessions_seconds=3_600)
        _tell(database, now, "U1")
        held, stays = [house.sits(f"person {n}") for n in range(len(ends))], Ear()
        one = await stays.at(stream, 1, session=house.sits("who stays")[1].id)
        assert await _told(stays, "live") == ["U1", "live"]
        for (who, session), end in zip(held, ends, strict=True):
            ears = [Ear() for _ in range(3)]  # three tabs
            for each in ears:
                await each.at(stream, 1, session=session.id)
            before = len(house.looks)
            await units.write(lambda db, end=end, who=who, session=session: end(db, who, session))  # type: ignore[misc]  # bound at once
            for each in ears:
                await asyncio.wait_for(each.is_over.wait(), 10)
            assert house.looks[before:] == [{one.session, session.id}]
        _tell(database, now, "U2")
        _tell(database, now, "U4")
        assert (await _told(stays, "U4"))[-1] == "U4"
        assert not stays.is_over.is_set()
        late = Ear()
        await late.at(stream, 1, session=held[0][1].id)
        await asyncio.wait_for(late.is_over.wait(), 10)
        assert await late.next() == "retry: 500\n\n"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(late.next(), 0.1)
        stream.leave(one)
        stream.close()
        units.close()

    story()


def test_a_stream_ends_when_nobody_has_touched_its_session_for_long(
    database: Database, now: datetime
) -> None:
    """R-142: a remote adviser who left the screen; without anything being written or rung."""
    house = _House(database, now)

    @in_loop
    async def story() -> None:
        stream = Stream(Units(database), _draw, house.still_open, sessions_seconds=0)
        _tell(database, now, "U1")
        remote, adviser = Ear(), Ear()
        _, away = house.sits("remote", Role.REMOTE)
        await remote.at(stream, 1, session=away.id)
        there = await adviser.at(stream, 1, session=house.sits("adviser")[1].id)
        house.now = now + timedelta(minutes=31)
        await asyncio.wait_for(remote.is_over.wait(), 10)
        assert not adviser.is_over.is_set()
        stream.leave(there)
        stream.close()

    story()


def test_what_a_slow_console_has_not_taken_yet_is_not_told_after_the_end(
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
        console.tell(["event: changed\ndata: line:U7\n\n"], 7)
        console.stop()
        console.tell(["event: changed\ndata: line:U8\n\n"], 8)
        slow.is_let.set()
        await asyncio.wait_for(slow.is_over.wait(), 10)
        heard = []
        with pytest.raises(TimeoutError):
            while True:
                heard.append(await asyncio.wait_for(slow.next(), 0.1))
        assert not any("U7" in each or "U8" in each for each in heard)
        stream.close()

    story()
