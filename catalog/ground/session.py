"""The two databases behind one shape: units of work, reads, an intake lane, and a bell.

A unit of work is a plain function of a session; `Database.write` runs it in one transaction,
`Database.read` on a connection that cannot write. SQLite: one writer thread and connection per
process takes intake rows and units (intake first), each unit in a SAVEPOINT, one COMMIT for all
that queued up meanwhile, results released after it (decision 0003). PostgreSQL: each unit has its
own connection and transaction; intake rows go in batches. Other processes are correct beside
either: BEGIN IMMEDIATE, row locks.

`ring` inside a unit tells listeners after the commit that there is something to look at; other
processes hear it through PRAGMA data_version or LISTEN/NOTIFY. It is only a hint: everything is
also polled.
"""

import asyncio
import contextlib
import queue
import re
import sqlite3
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event, literal
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool
from sqlmodel import Session, SQLModel

from catalog.ground.errors import Malformed, Unavailable
from catalog.ground.record import from_millis, to_millis

T = TypeVar("T")
R = TypeVar("R")
Unit = Callable[[Session], T]
Listener = Callable[[frozenset[str]], None]

ROWS_A_BATCH = 256
UNIT_SECONDS_A_BATCH = 0.010  # then commit, so that intake never waits long behind units
# A webhook must be answered within two seconds and may first have waited behind another's wait.
LOCK_WAIT_MS = 800
FOREIGN_LOOK_SECONDS = 0.1
ALL_TOPICS: frozenset[str] = frozenset({"*"})

log = structlog.get_logger()


class DatabaseUnavailable(Unavailable):
    """The database did not take it: full disk, lock held too long, server gone."""


class DatabaseUrlMalformed(Malformed):
    """AKASHI_DATABASE_URL names neither sqlite nor postgresql."""


@dataclass(slots=True)
class _Job(Generic[T]):
    unit: Unit[T]
    durable: bool
    future: "Future[T] | asyncio.Future[T]"
    loop: asyncio.AbstractEventLoop | None
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Intake:
    lane: "Lane[Any]"
    row: Any
    future: "Future[None] | asyncio.Future[None]"
    loop: asyncio.AbstractEventLoop | None
    result: None = None
    error: BaseException | None = None


def _settle(jobs: Sequence[_Job[Any] | _Intake]) -> None:
    for job in jobs:
        if job.future.done():  # the waiter was cancelled; the work is committed all the same
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


def _release(jobs: Sequence[_Job[Any] | _Intake]) -> None:
    """Give results back, one wake-up per event loop and batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job[Any] | _Intake]] = {}
    for job in jobs:
        if job.loop is None:
            _settle([job])
        else:
            by_loop.setdefault(job.loop, []).append(job)
    for loop, settled in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed while the batch was running
            loop.call_soon_threadsafe(_settle, settled)


class Lane(Generic[R]):
    """A way in for rows of one kind, inserted together with whatever else queued up.

    `insert(connection, rows)` gets the driver's own connection inside an open transaction. When a
    batch fails each row is tried once alone, so that one bad row cannot fail its neighbours.
    """

    def __init__(
        self, database: "Database", insert: Callable[[Any, Sequence[R]], None], topic: str
    ) -> None:
        self._database = database
        self.insert = insert
        self.topic = topic

    def put(self, row: R, *, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[None]":
        """Done when the row is committed; fails with Unavailable when it could not be."""
        future: asyncio.Future[None] = loop.create_future()
        self._database._enqueue(_Intake(self, row, future, loop))
        return future

    def put_and_wait(self, row: R, *, seconds: float = 5.0) -> None:
        """The same for a caller without an event loop."""
        future: Future[None] = Future()
        self._database._enqueue(_Intake(self, row, future, None))
        future.result(timeout=seconds)


class Database(ABC):
    """One engine. Close it when done; units still queued are finished first."""

    dialect: str

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    @abstractmethod
    def _enqueue(self, job: "_Job[Any] | _Intake") -> None: ...

    @abstractmethod
    def read(self, unit: Unit[T]) -> T:
        """Run a unit that only looks. Writing in it fails."""

    @abstractmethod
    def engine(self) -> Engine:
        """The SQLAlchemy engine that may write, for migrations and table creation only."""

    @abstractmethod
    def close(self) -> None: ...

    def write(self, unit: Unit[T], *, durable: bool = True) -> T:
        """Run one unit of work and commit. Blocks; never call it inside a unit.

        `durable=False` is for leases: a power cut may forget it, a killed process may not.
        Raises what the unit raised (nothing of it is kept), or DatabaseUnavailable.
        """
        future: Future[T] = Future()
        self._enqueue(_Job(unit, durable, future, None))
        return future.result()

    def submit(
        self, unit: Unit[T], *, loop: asyncio.AbstractEventLoop, durable: bool = True
    ) -> "asyncio.Future[T]":
        """`write` for an event loop: await the answer."""
        future: asyncio.Future[T] = loop.create_future()
        self._enqueue(_Job(unit, durable, future, loop))
        return future

    def lane(self, insert: Callable[[Any, Sequence[R]], None], *, topic: str) -> Lane[R]:
        """A way in for rows of one kind; `topic` is rung after each commit."""
        return Lane(self, insert, topic)

    def on_ring(self, listener: Listener) -> None:
        """Call `listener(topics)` after commits, from any thread. `*` means: look at everything."""
        self._listeners.append(listener)

    def off_ring(self, listener: Listener) -> None:
        """Stop calling it."""
        with contextlib.suppress(ValueError):
            self._listeners.remove(listener)

    def _tell(self, topics: frozenset[str]) -> None:
        if topics:
            for listener in list(self._listeners):
                listener(topics)


def insert_once(db: Session, table: type[SQLModel], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its unique key is there; whether it is new."""
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    made = insert(table).values(**values).on_conflict_do_nothing().returning(literal(1))
    return db.connection().execute(made).first() is not None


def ring(db: Session, topic: str) -> None:
    """After this unit's commit, wake whoever listens for `topic`."""
    db.info.setdefault("rings", set()).add(topic)


def _rings(db: Session) -> set[str]:
    rings: set[str] = db.info.get("rings", set())
    return rings


_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")


class Hot:
    """One statement in plain driver SQL with `:named` parameters, for the few hot places.

    Moments are given aware and come back as the driver has them; read them with `moment`.
    `postgres` is the text for PostgreSQL where the two differ.
    """

    __slots__ = ("_postgres", "_sqlite")

    def __init__(self, sqlite: str, postgres: str | None = None) -> None:
        self._sqlite = sqlite
        self._postgres = _PARAMETER.sub(r"%(\1)s", (postgres or sqlite).replace("%", "%%"))

    def __call__(self, db: Session, **params: Any) -> list[Any]:
        """The rows it answers with (tuples), or none."""
        driver = db.info.get("driver") or _driver(db)
        if isinstance(driver, sqlite3.Connection):
            for name, value in params.items():
                if isinstance(value, datetime):
                    params[name] = to_millis(value)
            try:
                return driver.execute(self._sqlite, params).fetchall()
            except sqlite3.OperationalError as broken:
                raise DatabaseUnavailable(str(broken)) from broken
        cursor = driver.execute(self._postgres, params)
        return cursor.fetchall() if cursor.description else []


def _driver(db: Session) -> Any:
    """The driver's connection of this unit; a session lives no longer than its unit, so it is
    kept.
    """
    driver = db.connection().connection.driver_connection
    db.info["driver"] = driver
    return driver


class HotList:
    """A hot statement with a list of varying length where its text has `{}` (`id IN ({})`)."""

    __slots__ = ("_by_length", "_statement")

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._by_length: dict[int, Hot] = {}

    def __call__(self, db: Session, values: Sequence[Any], **params: Any) -> list[Any]:
        """The rows it answers with; none at once for an empty list."""
        if not values:
            return []
        hot = self._by_length.get(len(values))
        if hot is None:
            names = ", ".join(f":in_{n}" for n in range(len(values)))
            hot = self._by_length.setdefault(len(values), Hot(self._statement.format(names)))
        for n, value in enumerate(values):
            params[f"in_{n}"] = value
        return hot(db, **params)


def moment(value: Any) -> datetime:
    """A moment as a hot statement gave it: milliseconds on SQLite, a datetime on PostgreSQL."""
    return from_millis(value) if isinstance(value, int) else value


_PRAGMAS = (
    f"PRAGMA busy_timeout={LOCK_WAIT_MS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-16384",
    "PRAGMA wal_autocheckpoint=8000",
)


class SqliteDatabase(Database):
    """SQLite in WAL mode with synchronous=FULL and one writer thread."""

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        super().__init__()
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._queue: queue.SimpleQueue[_Job[Any] | _Intake | None] = queue.SimpleQueue()
        self._engine = self._make_engine("BEGIN IMMEDIATE")
        self._writer = self._make_engine(None)
        self._readers = self._make_engine("BEGIN", "PRAGMA query_only=ON")
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._is_closed = False

    def _make_engine(self, begins: str | None, *more: str) -> Engine:
        """`begins` None: SQLAlchemy begins and ends nothing, the writer thread does it by hand."""
        engine = create_engine(
            f"sqlite:///{self._path}",
            poolclass=QueuePool,
            pool_size=8,
            connect_args={"isolation_level": None, "check_same_thread": False},
            hide_parameters=True,
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: Any) -> None:
            for statement in (*_PRAGMAS, *more):
                connection.execute(statement)

        if begins is None:
            for name in ("do_begin", "do_commit", "do_rollback"):
                setattr(engine.dialect, name, lambda _: None)
        else:

            @event.listens_for(engine, "begin")
            def begin(connection: Connection) -> None:
                connection.exec_driver_sql(begins)

        return engine

    def engine(self) -> Engine:
        return self._engine

    def read(self, unit: Unit[T]) -> T:
        try:
            with Session(self._readers) as db:
                return unit(db)
        except DBAPIError as broken:
            raise DatabaseUnavailable(str(broken.orig)) from broken

    def close(self) -> None:
        with self._starting:
            self._is_closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join(timeout=30)
        for engine in (self._writer, self._readers, self._engine):
            engine.dispose()

    def _enqueue(self, job: "_Job[Any] | _Intake") -> None:
        if self._is_closed:
            raise DatabaseUnavailable("the database is closed")
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name="sqlite-writer", daemon=True
                    )
                    self._thread.start()
        self._queue.put(job)

    # The writer thread from here on.

    def _run(self) -> None:
        rows: deque[_Intake] = deque()
        jobs: deque[_Job[Any]] = deque()
        writer = _SqliteWriter(self._writer)
        is_closing = False
        looked_at = time.monotonic()
        while not (is_closing and not rows and not jobs):
            is_closing |= self._gather(rows, jobs, wait=not rows and not jobs and not is_closing)
            if rows or jobs:
                self._tell(writer.batch(rows, jobs))
            if time.monotonic() - looked_at > FOREIGN_LOOK_SECONDS:
                looked_at = time.monotonic()
                if writer.saw_foreign_commit():
                    self._tell(ALL_TOPICS)
        writer.close()

    def _gather(self, rows: deque[_Intake], jobs: deque[_Job[Any]], *, wait: bool) -> bool:
        """Everything queued, intake apart; True when asked to close."""
        is_closing = False
        try:
            job = (
                self._queue.get(timeout=FOREIGN_LOOK_SECONDS) if wait else self._queue.get_nowait()
            )
            while True:
                if job is None:
                    is_closing = True
                elif isinstance(job, _Intake):
                    rows.append(job)
                else:
                    jobs.append(job)
                job = self._queue.get_nowait()
        except queue.Empty:
            return is_closing


class _SqliteWriter:
    """The one connection that writes, used only by the writer thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._raw: sqlite3.Connection | None = None
        self._db: Session | None = None
        self._is_full_sync = True
        self._version: int | None = None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> tuple[Session, sqlite3.Connection]:
        """The one session, emptied after each unit: making one costs more than most units do."""
        if self._db is None or self._raw is None:
            self._connection = self._engine.connect()
            raw = self._connection.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            self._raw = raw
            self._db = Session(self._connection, expire_on_commit=False)
        return self._db, self._raw

    def saw_foreign_commit(self) -> bool:
        """Whether another connection (another process) has committed since the last look."""
        try:
            _, raw = self._open()
            version = raw.execute("PRAGMA data_version").fetchone()[0]
        except (sqlite3.Error, DBAPIError):
            return False
        changed = self._version is not None and version != self._version
        self._version = version
        return changed

    def batch(self, rows: deque[_Intake], jobs: deque[_Job[Any]]) -> frozenset[str]:
        """One transaction for what is waiting. Answers the topics to ring."""
        taken_rows = [rows.popleft() for _ in range(min(len(rows), ROWS_A_BATCH))]
        taken_jobs: list[_Job[Any]] = []
        rings: set[str] = set()
        try:
            db, raw = self._open()
            self._sync(raw, full=bool(taken_rows) or any(job.durable for job in jobs))
            raw.execute("BEGIN IMMEDIATE")
            self._insert(raw, taken_rows, rings)
            deadline = time.monotonic() + UNIT_SECONDS_A_BATCH
            while jobs and (not taken_jobs or time.monotonic() < deadline):
                taken_jobs.append(jobs.popleft())
                self._work(db, raw, taken_jobs[-1], rings)
            raw.execute("COMMIT")
        except (DBAPIError, sqlite3.Error, DatabaseUnavailable) as broken:
            if not taken_jobs:  # it broke before their turn; left queued they would wait for ever
                taken_jobs.extend(jobs)
                jobs.clear()
            if _is_locked(broken):
                # Trying each alone would wait as long for each of them.
                self._refuse(broken, [*taken_rows, *rows], taken_jobs)
                rows.clear()
            else:
                self._fail(broken, taken_rows, taken_jobs)
            return frozenset()
        _release([*taken_rows, *taken_jobs])
        return frozenset(rings)

    def _sync(self, raw: sqlite3.Connection, *, full: bool) -> None:
        if full != self._is_full_sync:
            raw.execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            self._is_full_sync = full

    def _insert(self, raw: sqlite3.Connection, rows: list[_Intake], rings: set[str]) -> None:
        lanes: dict[int, list[_Intake]] = {}
        for intake in rows:
            lanes.setdefault(id(intake.lane), []).append(intake)
        for together in lanes.values():
            lane = together[0].lane
            raw.execute("SAVEPOINT intake")
            try:
                lane.insert(raw, [intake.row for intake in together])
            except sqlite3.Error as broken:
                self._back(raw, "intake", broken)
                self._insert_alone(raw, together)
            raw.execute("RELEASE intake")
            rings.add(lane.topic)

    def _insert_alone(self, raw: sqlite3.Connection, together: list[_Intake]) -> None:
        for intake in together:
            raw.execute("SAVEPOINT alone")
            try:
                intake.lane.insert(raw, [intake.row])
            except sqlite3.Error as broken:
                self._back(raw, "alone", broken)
                intake.error = DatabaseUnavailable(str(broken))
            raw.execute("RELEASE alone")

    def _work(self, db: Session, raw: sqlite3.Connection, job: _Job[Any], rings: set[str]) -> None:
        raw.execute("SAVEPOINT unit")
        db.info.clear()
        db.info["driver"] = raw
        try:
            job.result = job.unit(db)
            if db.in_transaction():
                db.commit()  # flushes; the real commit is the batch's
            rings |= _rings(db)
        except Exception as error:  # noqa: BLE001 - handed to the waiter as it is, bug or answer
            db.rollback()
            self._back(raw, "unit", error)
            job.result = None
            job.error = _as_answer(error)
        if db.identity_map or db.new:
            db.expunge_all()
        raw.execute("RELEASE unit")

    def _back(self, raw: sqlite3.Connection, savepoint: str, error: BaseException) -> None:
        """Undo to the savepoint. SQLite itself may have rolled all back (full disk): then the batch
        fails.
        """
        if not raw.in_transaction:
            raise DatabaseUnavailable(str(error))
        raw.execute(f"ROLLBACK TO {savepoint}")

    def _refuse(self, broken: Exception, rows: list[_Intake], jobs: list[_Job[Any]]) -> None:
        reason = str(getattr(broken, "orig", broken))
        log.error("database.locked", reason=reason, rows=len(rows), units=len(jobs))
        refused: list[_Intake | _Job[Any]] = [*rows, *jobs]
        for waiting in refused:
            waiting.error = waiting.error or DatabaseUnavailable(reason)
        self._forget()
        _release([*rows, *jobs])

    def _fail(self, broken: Exception, rows: list[_Intake], jobs: list[_Job[Any]]) -> None:
        reason = str(getattr(broken, "orig", broken))
        log.error("database.batch_failed", reason=reason, rows=len(rows), units=len(jobs))
        for job in jobs:
            job.error = job.error or DatabaseUnavailable(reason)
        _release(jobs)
        self._forget()
        for intake in rows:
            self._retry(intake)
        _release(rows)

    def _retry(self, intake: _Intake) -> None:
        if intake.error is not None:
            return
        try:
            _, raw = self._open()
            self._sync(raw, full=True)
            raw.execute("BEGIN IMMEDIATE")
            intake.lane.insert(raw, [intake.row])
            raw.execute("COMMIT")
        except (DBAPIError, sqlite3.Error) as broken:
            intake.error = DatabaseUnavailable(str(getattr(broken, "orig", broken)))
            self._forget()

    def _forget(self) -> None:
        """Start over with a fresh connection after a failure."""
        if self._connection is not None:
            with contextlib.suppress(DBAPIError, sqlite3.Error):
                self._connection.invalidate()
                self._connection.close()
            self._connection = self._raw = self._db = None
            self._is_full_sync = True
            self._version = None


def _is_locked(broken: Exception) -> bool:
    """Whether SQLite gave up waiting for another process."""
    code = getattr(getattr(broken, "orig", broken), "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY


def _as_answer(error: Exception) -> Exception:
    """A database that is busy or full is an answer; a broken constraint in a unit is a bug and
    stays one.
    """
    if isinstance(error, DBAPIError) and type(error).__name__ in {
        "OperationalError",
        "InterfaceError",
    }:
        return DatabaseUnavailable(str(error.orig))
    return error


def _wait_shortly(connection: Any, _: Any) -> None:
    """Intake never waits longer for a lock than a webhook may."""
    connection.execute(f"SET lock_timeout = {LOCK_WAIT_MS}")
    connection.commit()


@dataclass(slots=True)
class _PostgresLane:
    """What waits for the intake thread."""

    waiting: "queue.SimpleQueue[_Intake | None]" = field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None


class PostgresDatabase(Database):
    """PostgreSQL ≥ 15 through psycopg 3: a pool for units, one thread for intake, one for
    LISTEN.
    """

    dialect = "postgresql"

    def __init__(self, url: str, *, connections: int = 8) -> None:
        super().__init__()
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        self._url = parsed
        self._pool = create_engine(
            parsed,
            pool_size=connections,
            max_overflow=4,
            pool_timeout=2,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        self._alone = create_engine(
            parsed,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"connect_timeout": 2, "tcp_user_timeout": 2_000},
        )
        event.listen(self._alone, "connect", _wait_shortly)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="unit")
        self._intake = _PostgresLane()
        self._starting = threading.Lock()
        self._listening: threading.Thread | None = None
        self._is_closed = threading.Event()

    def engine(self) -> Engine:
        return self._pool

    def read(self, unit: Unit[T]) -> T:
        try:
            with Session(self._pool) as db:
                db.connection(execution_options={"postgresql_readonly": True})
                return unit(db)
        except DBAPIError as broken:
            raise _as_answer(broken) from broken

    def close(self) -> None:
        self._is_closed.set()
        self._threads.shutdown(wait=True)
        if self._intake.thread is not None:
            self._intake.waiting.put(None)
            self._intake.thread.join(timeout=30)
        if self._listening is not None:
            self._listening.join(timeout=5)
        self._pool.dispose()

    def on_ring(self, listener: Listener) -> None:
        super().on_ring(listener)
        with self._starting:
            if self._listening is None:
                self._listening = threading.Thread(
                    target=self._listen, name="postgres-listen", daemon=True
                )
                self._listening.start()

    def _enqueue(self, job: "_Job[Any] | _Intake") -> None:
        if self._is_closed.is_set():
            raise DatabaseUnavailable("the database is closed")
        if isinstance(job, _Job):
            self._threads.submit(self._work, job)
            return
        if self._intake.thread is None:
            with self._starting:
                if self._intake.thread is None:
                    self._intake.thread = threading.Thread(
                        target=self._take_in, name="postgres-intake", daemon=True
                    )
                    self._intake.thread.start()
        self._intake.waiting.put(job)

    def _work(self, job: _Job[Any]) -> None:
        try:
            with Session(self._pool, expire_on_commit=False) as db, db.begin():
                if not job.durable:
                    db.connection().exec_driver_sql("SET LOCAL synchronous_commit TO off")
                job.result = job.unit(db)
                for topic in _rings(db):
                    db.connection().exec_driver_sql("SELECT pg_notify('akashi', %s)", (topic,))
        except Exception as error:  # noqa: BLE001 - handed to the waiter as it is, bug or answer
            job.error = _psycopg_answer(error)
        _release([job])

    def _take_in(self) -> None:
        connection: Connection | None = None
        is_closing = False
        while not is_closing:
            taken = [self._intake.waiting.get()]
            with contextlib.suppress(queue.Empty):
                while True:
                    taken.append(self._intake.waiting.get_nowait())
            is_closing = None in taken
            rows = [intake for intake in taken if intake is not None]
            while rows:
                batch, rows = rows[:ROWS_A_BATCH], rows[ROWS_A_BATCH:]
                connection = self._insert_batch(connection, batch, rows)
                _release(batch)
        if connection is not None:
            connection.close()

    def _insert_batch(
        self, connection: Connection | None, batch: list[_Intake], behind: list[_Intake]
    ) -> Connection | None:
        """All rows in one commit. A connection that broke is opened once more; a bad row is found
        by trying each alone; while the server does not serve, `behind` is refused as well, because
        each would wait as long again. Answers a connection fit for the next batch.
        """
        try:
            return self._insert_together(connection, batch)
        except (_IntakeBroken, DBAPIError) as broken:
            log.error("database.intake_failed", reason=str(broken), rows=len(batch))
            _drop(connection)
            trouble = _trouble(broken)
        if trouble is _Trouble.GONE:
            try:
                return self._insert_together(None, batch)
            except (_IntakeBroken, DBAPIError) as broken:
                trouble = _trouble(broken)
        if trouble is _Trouble.BAD_ROW:
            return self._insert_alone(batch)
        for intake in (*batch, *behind):
            intake.error = DatabaseUnavailable(f"intake: {trouble}")
        _release(behind)
        behind.clear()
        return None

    def _insert_alone(self, batch: list[_Intake]) -> Connection | None:
        connection: Connection | None = None
        for intake in batch:
            try:
                connection = self._insert_together(connection, [intake])
            except (_IntakeBroken, DBAPIError) as broken:
                _drop(connection)
                connection = None
                intake.error = DatabaseUnavailable(str(broken))
        return connection

    def _insert_together(self, connection: Connection | None, rows: list[_Intake]) -> Connection:
        connection = connection or self._alone.connect()
        lanes: dict[int, list[_Intake]] = {}
        for intake in rows:
            lanes.setdefault(id(intake.lane), []).append(intake)
        import psycopg

        try:
            with connection.begin():
                raw = connection.connection.driver_connection
                for together in lanes.values():
                    lane = together[0].lane
                    lane.insert(raw, [intake.row for intake in together])
                    connection.exec_driver_sql("SELECT pg_notify('akashi', %s)", (lane.topic,))
        except psycopg.Error as broken:
            _drop(connection)
            raise _IntakeBroken(broken) from broken
        except DBAPIError:
            _drop(connection)
            raise
        return connection

    def _listen(self) -> None:
        import psycopg

        dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        while not self._is_closed.is_set():
            try:
                with psycopg.connect(dsn, autocommit=True) as connection:
                    connection.execute("LISTEN akashi")
                    self._tell(ALL_TOPICS)  # what was rung while nobody listened
                    while not self._is_closed.is_set():
                        topics = frozenset(
                            notice.payload
                            for notice in connection.notifies(timeout=1, stop_after=1)
                        )
                        self._tell(topics)
            except psycopg.Error as broken:
                log.warning("database.listen_lost", reason=type(broken).__name__)
                self._is_closed.wait(0.5)


class _IntakeBroken(DatabaseUnavailable):
    """The driver's own error in an intake statement."""

    def __init__(self, orig: Exception) -> None:
        super().__init__(str(orig))
        self.orig = orig


class _Trouble(StrEnum):
    """Why an intake batch was not kept, as far as it tells what to do."""

    BUSY = "the server let us wait too long"
    GONE = "the server is not there"
    BAD_ROW = "the server refused a row"


def _trouble(broken: Exception) -> _Trouble:
    import psycopg

    cause = getattr(broken, "orig", broken)
    if isinstance(cause, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled):
        return _Trouble.BUSY
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return _Trouble.GONE
    return _Trouble.BAD_ROW


def _psycopg_answer(error: Exception) -> Exception:
    """A server that went away in a hot statement is an answer as well."""
    import psycopg

    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return DatabaseUnavailable(str(error))
    return _as_answer(error)


def _drop(connection: Connection | None) -> None:
    if connection is not None and not connection.closed:
        with contextlib.suppress(DBAPIError):
            connection.invalidate()
            connection.close()


def open_database(url: str) -> Database:
    """`sqlite:///path` or `postgresql://…`. Raises DatabaseUrlMalformed."""
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return SqliteDatabase(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        return PostgresDatabase(url.replace("postgres://", "postgresql://", 1))
    raise DatabaseUrlMalformed("the database URL must begin with sqlite:/// or postgresql://")
