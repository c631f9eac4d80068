"""Units of work: one transaction each, errors to whom they belong, neighbours unharmed, bells after
the commit.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from catalog.ground import policy
from catalog.ground.session.database import Database, DatabaseUnavailable, ring
from catalog.ground.session.hot import Hot, HotList
from catalog.ground.session.opening import DatabaseUrlMalformed, open_database
from catalog.ground.session.postgres import PostgresDatabase
from catalog.ground.session.sqlite import SqliteDatabase
from tests.databases import fresh_url, listen

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def _amend(db: Session, name: str) -> int:
    row = policy.PolicyVersion(name=name, version=1, terms={}, written_by="test", written_at=NOW)
    db.add(row)
    db.flush()
    return row.version


def _versions(db: Session) -> int:
    return int(db.connection().execute(text("SELECT count(*) FROM policy_version")).scalar_one())


def test_a_failed_unit_leaves_nothing_and_its_error_reaches_its_caller(database: Database) -> None:
    def bad(db: Session) -> None:
        _amend(db, "hours")
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        database.write(bad)
    assert database.read(_versions) == 0


def test_units_beside_a_failing_one_are_kept(database: Database) -> None:
    async def together() -> list[object]:
        loop = asyncio.get_running_loop()

        def unit(n: int) -> "asyncio.Future[object]":
            def work(db: Session) -> object:
                _amend(db, f"terms-{n}")
                if n % 6 == 0:
                    raise ValueError(n)
                if n % 3 == 0:  # the database refuses it, at the flush
                    db.add(
                        policy.PolicyVersion(
                            name=f"terms-{n}", version=1, terms={}, written_by="x", written_at=NOW
                        )
                    )
                return n

            return database.submit(work, loop=loop)

        return await asyncio.gather(*(unit(n) for n in range(30)), return_exceptions=True)

    results = asyncio.run(together())
    assert [result for result in results if isinstance(result, int)] == [
        n for n in range(30) if n % 3
    ]
    assert database.read(_versions) == 20


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises((DatabaseUnavailable, DBAPIError)):
        database.read(lambda db: _amend(db, "hours"))
    assert database.read(_versions) == 0


def test_the_bell_rings_after_the_commit_and_not_for_a_failed_unit(database: Database) -> None:
    heard: list[frozenset[str]] = []
    rung = threading.Event()

    def hear(topics: frozenset[str]) -> None:
        if "inbox" in topics:
            heard.append(topics)
            rung.set()

    listen(database, hear)

    def failing(db: Session) -> None:
        ring(db, "inbox")
        raise KeyError

    with pytest.raises(KeyError):
        database.write(failing)
    database.write(lambda db: ring(db, "inbox"))
    assert rung.wait(5)
    assert len(heard) == 1


def test_another_process_is_heard(tmp_path: Path) -> None:
    for engine in ("sqlite", "postgres"):
        with fresh_url(engine, tmp_path) as url:
            here, there = open_database(url), open_database(url)
            rung = threading.Event()
            here.on_ring(lambda topics, rung=rung: rung.set())  # type: ignore[misc]  # bound at once
            here.write(_versions)
            rung.clear()

            def unit(db: Session) -> None:
                _amend(db, "hours")
                ring(db, "inbox")

            deadline = 50
            while not rung.wait(0.2) and deadline:
                there.write(unit)
                deadline -= 1
            assert rung.is_set(), engine
            here.close()
            there.close()


def test_hot_statements_take_moments_lists_and_percent_signs(database: Database) -> None:
    database.write(lambda db: [_amend(db, name) for name in ("a", "b", "c%")])
    by_name = HotList("SELECT name FROM policy_version WHERE name IN ({}) AND written_at <= :now")
    like = Hot("SELECT name FROM policy_version WHERE name LIKE 'c%' AND name <> :other")
    found = database.read(lambda db: by_name(db, ["a", "c%", "z"], now=NOW))
    assert sorted(name for (name,) in found) == ["a", "c%"]
    assert database.read(lambda db: by_name(db, [], now=NOW)) == []
    assert database.read(lambda db: like(db, other="a")) == [("c%",)]


def test_a_lock_held_by_another_process_is_an_answer_not_a_hang(tmp_path: Path) -> None:
    import sqlite3
    import time

    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        other = sqlite3.connect(tmp_path / "akashi.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            database.write(lambda db: _amend(db, "hours"))
        assert time.monotonic() - began < 10
        other.execute("ROLLBACK")
        other.close()
        assert database.write(lambda db: _amend(db, "hours")) == 1
        database.close()


def test_when_every_connection_is_in_use_that_is_an_answer_and_no_bug(tmp_path: Path) -> None:
    with fresh_url("postgres", tmp_path) as url:
        database = PostgresDatabase(url, connections=1)
        held, go = threading.Barrier(6), threading.Event()

        def look(db: Session) -> None:
            db.connection()
            held.wait(20)
            go.wait(20)

        with ThreadPoolExecutor(5) as pool:  # the pool, and what it may have above it
            for _ in range(5):
                pool.submit(database.read, look)
            held.wait(20)
            with pytest.raises(DatabaseUnavailable):
                database.read(lambda db: db.connection())
            go.set()
        database.close()


def test_what_is_queued_at_closing_is_finished(tmp_path: Path) -> None:
    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        assert isinstance(database, SqliteDatabase)
        database.write(lambda db: _amend(db, "hours"))
        database.close()
        with pytest.raises(DatabaseUnavailable):
            database.write(lambda db: _amend(db, "hours"))


@pytest.mark.parametrize("url", ["", "mysql://x", "sqlite:///", "akashi.db"])
def test_a_url_of_no_known_database_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlMalformed):
        open_database(url)
