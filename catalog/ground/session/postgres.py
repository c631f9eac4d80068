"""PostgreSQL ≥ 15 through psycopg 3: each unit has its own connection and transaction, intake rows
go in batches, one thread listens.
"""

import contextlib
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from catalog.ground.session.database import (
    ALL_TOPICS,
    LOCK_WAIT_MS,
    ROWS_A_BATCH,
    Database,
    DatabaseUnavailable,
    Intake,
    Job,
    Listener,
    Unit,
    as_answer,
    release,
    rings_of,
)

T = TypeVar("T")
log = structlog.get_logger()


def _wait_shortly(connection: Any, _: Any) -> None:
    """Intake never waits longer for a lock than a webhook may."""
    connection.execute(f"SET lock_timeout = {LOCK_WAIT_MS}")
    connection.commit()


@dataclass(slots=True)
class _PostgresLane:
    """What waits for the intake thread."""

    waiting: "queue.SimpleQueue[Sequence[Intake] | None]" = field(default_factory=queue.SimpleQueue)
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
        except (DBAPIError, PoolEmpty) as broken:
            raise as_answer(broken) from broken

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

    def _enqueue(self, jobs: "Sequence[Job[Any] | Intake]") -> None:
        if self._is_closed.is_set():
            raise DatabaseUnavailable("the database is closed")
        rows = []
        for job in jobs:
            if isinstance(job, Job):
                self._threads.submit(self._work, job)
            else:
                rows.append(job)
        if rows:
            self._start_intake()
            self._intake.waiting.put(rows)

    def _start_intake(self) -> None:
        if self._intake.thread is None:
            with self._starting:
                if self._intake.thread is None:
                    self._intake.thread = threading.Thread(
                        target=self._take_in, name="postgres-intake", daemon=True
                    )
                    self._intake.thread.start()

    def _work(self, job: Job[Any]) -> None:
        try:
            with Session(self._pool, expire_on_commit=False) as db, db.begin():
                if not job.durable:
                    db.connection().exec_driver_sql("SET LOCAL synchronous_commit TO off")
                job.result = job.unit(db)
                for topic in rings_of(db):
                    db.connection().exec_driver_sql("SELECT pg_notify('akashi', %s)", (topic,))
        except Exception as error:  # noqa: BLE001 - handed to the waiter as it is, bug or answer
            job.error = _psycopg_answer(error)
        release([job])

    def _take_in(self) -> None:
        connection: Connection | None = None
        is_closing = False
        while not is_closing:
            taken = [self._intake.waiting.get()]
            with contextlib.suppress(queue.Empty):
                while True:
                    taken.append(self._intake.waiting.get_nowait())
            is_closing = None in taken
            rows = [intake for given in taken for intake in given or ()]
            while rows:
                batch, rows = rows[:ROWS_A_BATCH], rows[ROWS_A_BATCH:]
                connection = self._insert_batch(connection, batch, rows)
                release(batch)
        if connection is not None:
            connection.close()

    def _insert_batch(
        self, connection: Connection | None, batch: list[Intake], behind: list[Intake]
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
        release(behind)
        behind.clear()
        return None

    def _insert_alone(self, batch: list[Intake]) -> Connection | None:
        connection: Connection | None = None
        for intake in batch:
            try:
                connection = self._insert_together(connection, [intake])
            except (_IntakeBroken, DBAPIError) as broken:
                _drop(connection)
                connection = None
                intake.error = DatabaseUnavailable(str(broken))
        return connection

    def _insert_together(self, connection: Connection | None, rows: list[Intake]) -> Connection:
        connection = connection or self._alone.connect()
        lanes: dict[int, list[Intake]] = {}
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
    return as_answer(error)


def _drop(connection: Connection | None) -> None:
    if connection is not None and not connection.closed:
        with contextlib.suppress(DBAPIError):
            connection.invalidate()
            connection.close()
