"""The process ends at each named place, as if killed there; the next one carries on."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from bot.migrations.history import HEAD, DatabaseBehind, held_revision, need_current
from bot.schedule import SLOT, Slot
from catalog.ground import worklist
from catalog.ground.record import to_millis
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from catalog.ground.worklist import Work
from tests.databases import ENGINES, fresh_url
from tests.faults import history
from tests.faults.launcher import EFFECT, KILLED, Point, tally
from tests.faults.load import Load
from tests.faults.processes import Program, environment, free_port, run_akashi
from tests.line_platform import LinePlatform

SETTLE_SECONDS = 60.0
ON_THE_WAY = (Point.BEFORE_COMMIT, Point.BEFORE_200, Point.BEFORE_SEND, Point.BEFORE_MARK)


def launcher(point: Point, port: int, folder: Path, env: dict[str, str], *more: str) -> Program:
    """The composed shop that ends at that point."""
    arguments = ["-m", "tests.faults.launcher", point.value, "--port", str(port), *more]
    return Program(arguments, env, folder, port)


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition that looks into the database."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.1)


async def crash_story(engine: str, folder: Path, points: Sequence[Point], *, nth: int) -> None:
    """Messages keep coming while one process after the other ends at its point."""
    with fresh_url(engine, folder) as url, contextlib.closing(open_database(url)) as database:
        async with LinePlatform(strict=False) as line:
            env, port = environment(url, line), free_port()
            load = Load(line, f"http://127.0.0.1:{port}", seed=7, people=20, rate=60.0)
            writing = asyncio.create_task(load.run(seconds=120.0))
            for point in points:
                with launcher(point, port, folder, env, "--nth", str(nth)) as program:
                    assert await program.ended() == KILLED, program.told()
            with launcher(Point.NOWHERE, port, folder, env) as program:
                await program.up()
                load.is_over = True
                await writing
                await until(lambda: not history.open_rows(database), "all to be answered")
                history.check(database, line, load.acknowledged)
                assert load.acknowledged


@pytest.mark.parametrize("engine", ENGINES)
def test_a_process_that_ends_anywhere_on_the_way_of_a_message_loses_and_doubles_nothing(
    engine: str, tmp_path: Path
) -> None:
    asyncio.run(crash_story(engine, tmp_path, ON_THE_WAY, nth=5))


@pytest.mark.soak
@pytest.mark.parametrize("nth", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("point", ON_THE_WAY)
@pytest.mark.parametrize("engine", ENGINES)
def test_ending_again_and_again_at_one_point_loses_and_doubles_nothing(
    engine: str, point: Point, nth: int, tmp_path: Path
) -> None:
    asyncio.run(crash_story(engine, tmp_path, [point] * 4, nth=nth))


@contextlib.asynccontextmanager
async def shop_that_missed_three_days(
    engine: str, folder: Path
) -> AsyncIterator[tuple[Database, dict[str, str], list[datetime]]]:
    """Its daily slot ran last three days ago. Gives the moments it has to catch up with."""
    slot = Slot("tally", tally)
    now = datetime.now(UTC)
    latest = slot.latest(now)
    missed = [latest - timedelta(days=2), latest - timedelta(days=1), latest]
    last = latest - timedelta(days=3)

    def ran(db: Session) -> None:
        key = f"{slot.name}@{to_millis(last)}"
        worklist.add(db, SLOT, slot.name, key, due_at=last, now=now)
        claimed = worklist.claim_one(db, SLOT, key, worker="test", now=now)
        assert claimed is not None
        worklist.done(db, claimed, worker="test", now=now)

    with fresh_url(engine, folder) as url, contextlib.closing(open_database(url)) as database:
        database.write(ran)
        async with LinePlatform(strict=False) as line:
            yield database, environment(url, line), missed


def effects(database: Database) -> list[datetime]:
    """The moments for which the slot took effect, as often as it did."""
    found = database.read(lambda db: db.exec(select(Work.due_at).where(Work.kind == EFFECT)).all())
    return sorted(found)


@pytest.mark.parametrize("engine", ENGINES)
def test_missed_slots_are_caught_up_once_although_the_process_ends_twice_meanwhile(
    engine: str, tmp_path: Path
) -> None:
    async def story() -> None:
        async with shop_that_missed_three_days(engine, tmp_path) as (database, env, missed):
            port = free_port()
            with launcher(Point.IN_SCHEDULE, port, tmp_path, env, "--tally") as program:
                assert await program.ended() == KILLED, program.told()
            assert effects(database) == []
            with launcher(Point.IN_SLOT, port, tmp_path, env, "--tally", "--nth", "2") as program:
                assert await program.ended() == KILLED, program.told()
            with launcher(
                Point.NOWHERE, port, tmp_path, env, "--tally", "--ahead", "20"
            ) as program:
                await program.up()
                await until(lambda: len(effects(database)) >= len(missed), "the slots")
                assert effects(database) == missed

    asyncio.run(story())


def tables(database: Database) -> set[str]:
    """What a migration has left."""
    with database.engine().connect() as connection:
        return set(inspect(connection).get_table_names())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_migration_that_was_killed_begins_anew_and_nothing_works_on_half_of_it(
    engine: str, tmp_path: Path
) -> None:
    with (
        fresh_url(engine, tmp_path, migrated=False) as url,
        contextlib.closing(open_database(url)) as database,
    ):
        env = {**environment(url, LinePlatform()), "AKASHI_LINE_API_BASE": "http://127.0.0.1:1"}
        env["AKASHI_LINE_DATA_API_BASE"] = env["AKASHI_LINE_API_BASE"]
        arguments = ["-m", "tests.faults.launcher", Point.IN_MIGRATION, "--nth", "17"]
        with Program(arguments, env, tmp_path) as program:
            assert asyncio.run(program.ended()) == KILLED, program.told()
        assert held_revision(database) is None
        with pytest.raises(DatabaseBehind):
            need_current(database)
        refused = run_akashi(["serve"], env, tmp_path)
        assert refused.returncode == 4, refused.stderr
        assert "akashi init" in refused.stderr
        again = run_akashi(["init"], env, tmp_path)
        assert again.returncode == 0, again.stderr
        need_current(database)
        assert HEAD in again.stdout
        assert {"inbox", "outbox", "thread", "worklist"} <= tables(database)
        with database.engine().connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM inbox")).scalar() == 0
