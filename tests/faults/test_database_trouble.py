"""The database refuses for a while: 503 and never a false 200, soon, and all well again by
itself.
"""

import asyncio
import contextlib
import os
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import pytest
from sqlalchemy import create_engine, text

from catalog.ground.session.opening import open_database
from tests.databases import fresh_url
from tests.disks import small_disk
from tests.faults import history
from tests.faults.load import Load
from tests.faults.processes import Program, akashi, environment
from tests.line_platform import LinePlatform
from tests.shop import open_shop

LINE_WAITS_SECONDS = 2.0  # then LINE counts the delivery as failed


@dataclass
class Asker:
    """Delivers one event after the other, and remembers how each was answered and how fast."""

    line: LinePlatform
    url: str
    statuses: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    async def deliver(self, http: aiohttp.ClientSession) -> int:
        """One message of somebody new."""
        event = self.line.say(self.line.add_user(), "こんにちは")
        body, signature = self.line.webhook([event])
        begun = time.monotonic()
        async with http.post(
            f"{self.url}/line/webhook",
            data=body,
            headers={"x-line-signature": signature},
            timeout=aiohttp.ClientTimeout(total=10.0),
        ) as answer:
            self.took.append(time.monotonic() - begun)
            self.statuses.append(answer.status)
            if answer.status == 200:
                self.acknowledged.append(event["webhookEventId"])
            return answer.status

    async def until(self, status: int, *, seconds: float) -> float:
        """Deliver until answered so; how long that took."""
        begun = time.monotonic()
        async with aiohttp.ClientSession() as http:
            while await self.deliver(http) != status:
                assert time.monotonic() - begun < seconds, self.statuses
                await asyncio.sleep(0.02)
        return time.monotonic() - begun

    async def together(self, count: int) -> None:
        """So many at once."""
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            await asyncio.gather(*(self.deliver(http) for _ in range(count)))


async def settled(url: str, *, seconds: float = 40.0) -> None:
    """Everything heard is answered and every letter has left."""
    deadline = time.monotonic() + seconds
    with contextlib.closing(open_database(url)) as database:
        while left := await asyncio.to_thread(history.open_rows, database):
            assert time.monotonic() < deadline, f"{left} rows left"
            await asyncio.sleep(0.1)


def checked(url: str, line: LinePlatform, acknowledged: list[str]) -> None:
    """The history holds."""
    with contextlib.closing(open_database(url)) as database:
        history.check(database, line, acknowledged)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process (another connection, to SQLite) holds the write lock."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def _locked_story(folder: Path, *, seconds: float) -> None:
    with fresh_url("sqlite", folder) as url:
        async with open_shop(url, folder) as shop:
            asker = Asker(shop.line, shop.url)
            await asker.until(200, seconds=5)
            with locked(folder / "akashi.db"):
                end = time.monotonic() + seconds
                while time.monotonic() < end:
                    await asker.together(40)
            assert median(asker.took) < LINE_WAITS_SECONDS
            assert set(asker.statuses) == {200, 503}
            assert await asker.until(200, seconds=5) < LINE_WAITS_SECONDS
            assert median(asker.took) < LINE_WAITS_SECONDS
            await settled(url)
            checked(url, shop.line, asker.acknowledged)


def test_a_database_locked_by_another_process_is_a_503_within_two_seconds(
    tmp_path: Path,
) -> None:
    asyncio.run(_locked_story(tmp_path, seconds=3.0))


@pytest.mark.soak
def test_a_database_locked_for_ten_seconds_is_a_503_within_two_seconds(tmp_path: Path) -> None:
    asyncio.run(_locked_story(tmp_path, seconds=10.0))


def test_a_lock_held_for_a_moment_is_waited_for(tmp_path: Path) -> None:
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with open_shop(url, tmp_path) as shop:
                asker = Asker(shop.line, shop.url)
                with locked(tmp_path / "akashi.db"):
                    waiting = asyncio.create_task(asker.together(5))
                    await asyncio.sleep(0.4)
                await waiting
                assert asker.statuses == [200] * 5
                await settled(url)
                checked(url, shop.line, asker.acknowledged)

    asyncio.run(story())


async def _full_story(url: str, program: Program, line: LinePlatform, free: Any) -> None:
    asker = Asker(line, program.url)
    await asker.until(200, seconds=5)
    while 503 not in asker.statuses:
        await asker.together(50)
        assert len(asker.statuses) < 20_000, "the disk never filled up"
    assert set(asker.statuses) == {200, 503}
    async with aiohttp.ClientSession() as http:
        for _ in range(3):
            async with http.get(f"{program.url}/readyz") as answer:
                assert answer.status == 200, "reading goes on"
    assert program.status is None
    free()
    await asker.until(200, seconds=10)
    await settled(url)
    assert program.status is None
    checked(url, line, asker.acknowledged)


def test_a_full_disk_is_a_503_until_there_is_room_again(tmp_path: Path) -> None:
    async def story() -> None:
        with small_disk(tmp_path, megabytes=8) as disk, fresh_url("sqlite", disk) as url:
            ballast = disk / "ballast"
            room = os.statvfs(disk)
            ballast.write_bytes(bytes(room.f_bavail * room.f_frsize - 1_500_000))
            async with LinePlatform(strict=False) as line:
                env = environment(url, line, AKASHI_LOG_LEVEL="error")
                with akashi("serve", env, tmp_path) as program:
                    await program.up()
                    await _full_story(url, program, line, ballast.unlink)

    asyncio.run(story())


@pytest.mark.soak
def test_a_file_that_may_not_grow_is_a_503_until_it_may_again(tmp_path: Path) -> None:
    async def story() -> None:
        with fresh_url("sqlite", tmp_path) as url:
            async with LinePlatform(strict=False) as line:
                env = environment(url, line, AKASHI_LOG_LEVEL="error")
                with akashi("serve", env, tmp_path) as program:
                    await program.up()
                    pid = program.pid
                    largest = (tmp_path / "akashi.db").stat().st_size + 300_000
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

                    def free() -> None:
                        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                        resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)

                    await _full_story(url, program, line, free)

    asyncio.run(story())


@contextlib.asynccontextmanager
async def two_processes(folder: Path) -> AsyncIterator[tuple[str, Program, LinePlatform]]:
    """`web` and `worker` on PostgreSQL."""
    with fresh_url("postgres", folder) as url:
        async with LinePlatform(strict=False) as line:
            env = environment(url, line)
            with (
                akashi("web", env, folder) as web,
                akashi("worker", env, folder, serves=False),
            ):
                await web.up()
                yield url, web, line


def cut_connections(url: str) -> int:
    """End every other connection to that database, as a server's operator may; how many there
    were.
    """
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.connect() as connection:
        cut = connection.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ).scalar_one()
    engine.dispose()
    return int(cut)


def test_connections_cut_under_load_are_opened_again_within_two_seconds(tmp_path: Path) -> None:
    async def story() -> None:
        async with two_processes(tmp_path) as (url, web, line):
            load = Load(line, web.url, seed=3, people=30, rate=150.0)
            writing = asyncio.create_task(load.run(seconds=30.0))
            asker = Asker(line, web.url)
            for _ in range(3):
                await asyncio.sleep(0.5)
                assert await asyncio.to_thread(cut_connections, url) > 0
                assert await asker.until(200, seconds=5) < LINE_WAITS_SECONDS
            load.is_over = True
            await writing
            await settled(url)
            checked(url, line, [*load.acknowledged, *asker.acknowledged])

    asyncio.run(story())


def test_a_table_locked_on_postgresql_holds_nobody_longer_than_line_waits(tmp_path: Path) -> None:
    async def story() -> None:
        async with two_processes(tmp_path) as (url, web, line):
            asker = Asker(line, web.url)
            await asker.until(200, seconds=5)
            engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
            with engine.connect() as other:
                other.execute(text("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE"))
                for _ in range(2):
                    await asker.together(20)
                other.rollback()
            engine.dispose()
            assert 503 in asker.statuses
            assert median(asker.took) < LINE_WAITS_SECONDS
            await asker.until(200, seconds=5)
            await settled(url)
            checked(url, line, asker.acknowledged)

    asyncio.run(story())
