"""SQLite: one writer thread and connection per process (decision 0003).

It takes intake rows and units of work (intake first), each unit in a SAVEPOINT, one COMMIT for all
that queued up meanwhile, results released after it. Other processes are correct beside it: BEGIN
IMMEDIATE, and PRAGMA data_version tells of their commits.
"""

import contextlib
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from catalog.ground.session.database import (
    ALL_TOPICS,
    LOCK_WAIT_MS,
    ROWS_A_BATCH,
    Database,
    DatabaseUnavailable,
    Intake,
    Job,
    Unit,
    as_answer,
    release,
    rings_of,
)

T = TypeVar("T")
log = structlog.get_logger()


UNIT_SECONDS_A_BATCH = 0.010  # then commit, so that intake never waits long behind units


FOREIGN_LOOK_SECONDS = 0.1


_KEPT_OPEN = 16  # to open one and prepare it costs ten times what a small read does


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
        self._queue: queue.SimpleQueue[Sequence[Job[Any] | Intake] | None] = queue.SimpleQueue()
        self._engine = self._make_engine("BEGIN IMMEDIATE")
        self._writer = self._make_engine(None)
        self._readers = self._make_engine("BEGIN", "PRAGMA query_only=ON")
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._is_closed = False
        self._looking = threading.Lock()
        self._lookout: sqlite3.Connection | None = None

    def _make_engine(self, begins: str | None, *more: str) -> Engine:
        """`begins` None: SQLAlchemy begins and ends nothing, the writer thread does it by hand."""
        engine = create_engine(
            f"sqlite:///{self._path}",
            poolclass=QueuePool,
            pool_size=_KEPT_OPEN,
            pool_use_lifo=True,  # who reads next finds what the last one read in the cache
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

    def commits(self) -> int | None:
        with self._looking:
            try:
                if self._lookout is None:
                    # It writes nothing, so every commit there is is another's to it; and it waits
                    # for nobody.
                    self._lookout = sqlite3.connect(
                        self._path, timeout=0, isolation_level=None, check_same_thread=False
                    )
                found: int = self._lookout.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                return None
            return found

    def close(self) -> None:
        with self._looking:
            if self._lookout is not None:
                self._lookout.close()
                self._lookout = None
        with self._starting:
            self._is_closed = True
            thread = self._thread
        if thread is not None:
            self._queue.put(None)
            thread.join(timeout=30)
        for engine in (self._writer, self._readers, self._engine):
            engine.dispose()

    def _enqueue(self, jobs: "Sequence[Job[Any] | Intake]") -> None:
        if self._is_closed:
            raise DatabaseUnavailable("the database is closed")
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name="sqlite-writer", daemon=True
                    )
                    self._thread.start()
        self._queue.put(jobs)

    # The writer thread from here on.

    def _run(self) -> None:
        rows: deque[Intake] = deque()
        jobs: deque[Job[Any]] = deque()
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

    def _gather(self, rows: deque[Intake], jobs: deque[Job[Any]], *, wait: bool) -> bool:
        """Everything queued, intake apart; True when asked to close."""
        is_closing = False
        try:
            given = (
                self._queue.get(timeout=FOREIGN_LOOK_SECONDS) if wait else self._queue.get_nowait()
            )
            while True:
                is_closing |= given is None
                for job in given or ():
                    if isinstance(job, Intake):
                        rows.append(job)
                    else:
                        jobs.append(job)
                given = self._queue.get_nowait()
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

    def batch(self, rows: deque[Intake], jobs: deque[Job[Any]]) -> frozenset[str]:
        """One transaction for what is waiting. Answers the topics to ring."""
        taken_rows = [rows.popleft() for _ in range(min(len(rows), ROWS_A_BATCH))]
        taken_jobs: list[Job[Any]] = []
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
        release([*taken_rows, *taken_jobs])
        return frozenset(rings)

    def _sync(self, raw: sqlite3.Connection, *, full: bool) -> None:
        if full != self._is_full_sync:
            raw.execute(f"PRAGMA synchronous={'FULL' if full else 'NORMAL'}")
            self._is_full_sync = full

    def _insert(self, raw: sqlite3.Connection, rows: list[Intake], rings: set[str]) -> None:
        lanes: dict[int, list[Intake]] = {}
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

    def _insert_alone(self, raw: sqlite3.Connection, together: list[Intake]) -> None:
        for intake in together:
            raw.execute("SAVEPOINT alone")
            try:
                intake.lane.insert(raw, [intake.row])
            except sqlite3.Error as broken:
                self._back(raw, "alone", broken)
                intake.error = DatabaseUnavailable(str(broken))
            raw.execute("RELEASE alone")

    def _work(self, db: Session, raw: sqlite3.Connection, job: Job[Any], rings: set[str]) -> None:
        raw.execute("SAVEPOINT unit")
        db.info.clear()
        db.info["driver"] = raw
        try:
            job.result = job.unit(db)
            if db.in_transaction():
                db.commit()  # flushes; the real commit is the batch's
            rings |= rings_of(db)
        except Exception as error:  # noqa: BLE001 - handed to the waiter as it is, bug or answer
            db.rollback()
            self._back(raw, "unit", error)
            job.result = None
            job.error = as_answer(error)
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

    def _refuse(self, broken: Exception, rows: list[Intake], jobs: list[Job[Any]]) -> None:
        reason = str(getattr(broken, "orig", broken))
        log.error("database.locked", reason=reason, rows=len(rows), units=len(jobs))
        refused: list[Intake | Job[Any]] = [*rows, *jobs]
        for waiting in refused:
            waiting.error = waiting.error or DatabaseUnavailable(reason)
        self._forget()
        release([*rows, *jobs])

    def _fail(self, broken: Exception, rows: list[Intake], jobs: list[Job[Any]]) -> None:
        reason = str(getattr(broken, "orig", broken))
        log.error("database.batch_failed", reason=reason, rows=len(rows), units=len(jobs))
        for job in jobs:
            job.error = job.error or DatabaseUnavailable(reason)
        release(jobs)
        self._forget()
        for intake in rows:
            self._retry(intake)
        release(rows)

    def _retry(self, intake: Intake) -> None:
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
