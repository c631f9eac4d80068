"""SIGKILL at random moments under 300 messages/s: nothing acknowledged is lost or told twice."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.duties.opening import open_stock
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from tests.databases import fresh_url
from tests.faults import history
from tests.faults.load import Load
from tests.faults.processes import Program, akashi, environment
from tests.line_platform import LinePlatform
from tests.shop import item

STILL_SECONDS = 60.0
LONGEST_SECONDS = 600.0


@dataclass
class Site:
    """The product's processes, the database they share, and LINE."""

    programs: dict[str, Program]
    database: Database
    line: LinePlatform

    @property
    def front(self) -> Program:
        """The process that hears."""
        return self.programs.get("serve") or self.programs["web"]

    async def settled(self, *, seconds: float = STILL_SECONDS) -> None:
        """Everything heard is answered, every letter has left; fails when nothing moves."""
        fewest, deadline = None, 0.0
        while left := await asyncio.to_thread(history.open_rows, self.database):
            if fewest is None or left < fewest:
                fewest, deadline = left, time.monotonic() + seconds
            assert time.monotonic() < deadline, f"{left} rows left\n{self.front.told()}"
            await asyncio.sleep(0.1)

    async def moves(self, *, seconds: float = STILL_SECONDS) -> None:
        """Something is told from now on: work is under way again."""
        told, deadline = len(self.line.accepted), time.monotonic() + seconds
        while len(self.line.accepted) == told:
            assert time.monotonic() < deadline, f"nothing is told\n{self.front.told()}"
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def open_site(engine: str, folder: Path) -> AsyncIterator[Site]:
    """`serve` on SQLite, `web` and `worker` on PostgreSQL, with two pieces in stock."""
    with fresh_url(engine, folder) as url, contextlib.closing(open_database(url)) as database:
        stock = [item("W-10234", "コスモグラフ デイトナ"), item("W-10999", "スピードマスター")]
        database.write(lambda db: open_stock(db, stock, by="test", now=datetime.now(UTC)))
        async with LinePlatform(strict=False) as line:
            env = environment(url, line)
            if engine == "sqlite":
                programs = {"serve": akashi("serve", env, folder)}
            else:
                programs = {
                    "web": akashi("web", env, folder),
                    "worker": akashi("worker", env, folder, serves=False),
                }
            with contextlib.ExitStack() as running:
                for program in programs.values():
                    running.enter_context(program)
                site = Site(programs, database, line)
                await site.front.up()
                yield site


async def killing(
    site: Site, chance: random.Random, victims: Sequence[Sequence[str]], *, between: float
) -> None:
    """Kill each of them at a random moment, and start it again at once."""
    for names in victims:
        await site.moves()
        await asyncio.sleep(between * chance.uniform(0.5, 1.5))
        for name in names:
            site.programs[name].kill()
        for name in names:
            site.programs[name].start()
        await site.front.up()


def kill_story(
    engine: str, folder: Path, victims: Sequence[Sequence[str]], *, seed: int, between: float
) -> None:
    """One run: load until the last has been killed, settle, check."""

    async def story() -> None:
        async with open_site(engine, folder) as site:
            load = Load(site.line, site.front.url, seed)
            writing = asyncio.create_task(load.run(seconds=LONGEST_SECONDS))
            await killing(site, random.Random(seed), victims, between=between)
            load.is_over = True
            await writing
            await site.settled()
            history.check(site.database, site.line, load.acknowledged)
            assert len(load.acknowledged) >= 100 * len(victims)
            hits_front = any({"serve", "web"} & set(names) for names in victims)
            assert bool(load.unanswered) == hits_front, "every delivery is heard by the front"

    try:
        asyncio.run(story())
    except BaseException as failure:
        failure.add_note(f"seed {seed}")
        raise


@pytest.mark.parametrize(
    ("engine", "victims"),
    [("sqlite", [["serve"], ["serve"]]), ("postgres", [["web"], ["worker", "web"]])],
    ids=["sqlite", "postgres"],
)
def test_what_was_acknowledged_survives_two_kills_and_is_told_once(
    engine: str, victims: list[list[str]], tmp_path: Path
) -> None:
    kill_story(engine, tmp_path, victims, seed=20261122, between=1.0)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("engine", "names"),
    [
        ("sqlite", ["serve"]),
        ("postgres", ["web"]),
        ("postgres", ["worker"]),
        ("postgres", ["web", "worker"]),
    ],
    ids=["sqlite", "postgres-web", "postgres-worker", "postgres-both"],
)
def test_what_was_acknowledged_survives_twenty_kills_and_is_told_once(
    engine: str, names: list[str], tmp_path: Path
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    kill_story(engine, tmp_path, [names] * 20, seed=seed, between=1.5)
