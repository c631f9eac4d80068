"""The one shape of both databases: units of work, reads, an intake lane, and a bell.

A unit of work is a plain function of a session; `Database.write` runs it in one transaction,
`Database.read` on a connection that cannot write. `ring` inside a unit tells listeners after the
commit that there is something to look at; other processes hear it through PRAGMA data_version or
LISTEN/NOTIFY. It is only a hint: everything is also polled.
"""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, literal
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlmodel import Session, SQLModel

from catalog.ground.errors import Unavailable

T = TypeVar("T")


R = TypeVar("R")


Unit = Callable[[Session], T]


Listener = Callable[[frozenset[str]], None]


ROWS_A_BATCH = 256


# A webhook must be answered within two seconds and may first have waited behind another's wait.
LOCK_WAIT_MS = 800


ALL_TOPICS: frozenset[str] = frozenset({"*"})


class DatabaseUnavailable(Unavailable):
    """The database did not take it: full disk, lock held too long, server gone."""


@dataclass(slots=True)
class Job(Generic[T]):
    unit: Unit[T]
    durable: bool
    future: "Future[T] | asyncio.Future[T]"
    loop: asyncio.AbstractEventLoop | None
    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class Intake:
    lane: "Lane[Any]"
    row: Any
    future: "Future[None] | asyncio.Future[None]"
    loop: asyncio.AbstractEventLoop | None
    result: None = None
    error: BaseException | None = None


def _settle(jobs: Sequence[Job[Any] | Intake]) -> None:
    for job in jobs:
        if job.future.done():  # the waiter was cancelled; the work is committed all the same
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)


def release(jobs: Sequence[Job[Any] | Intake]) -> None:
    """Give results back, one wake-up per event loop and batch."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job[Any] | Intake]] = {}
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
        self._database._soon(Intake(self, row, future, loop), loop)
        return future

    def put_and_wait(self, row: R, *, seconds: float = 5.0) -> None:
        """The same for a caller without an event loop."""
        future: Future[None] = Future()
        self._database._enqueue([Intake(self, row, future, None)])
        future.result(timeout=seconds)


class Database(ABC):
    """One engine. Close it when done; units still queued are finished first."""

    dialect: str

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._ahead: dict[asyncio.AbstractEventLoop, list[Job[Any] | Intake]] = {}

    @abstractmethod
    def _enqueue(self, jobs: "Sequence[Job[Any] | Intake]") -> None:
        """Hand over to whoever writes. Raises DatabaseUnavailable when closed."""

    def _soon(self, job: "Job[Any] | Intake", loop: asyncio.AbstractEventLoop) -> None:
        """Hand over together with whatever else this turn of the loop brings: each hand-over wakes
        another thread, and a commit that begins with one row makes the others wait for a second.
        """
        ahead = self._ahead.get(loop)
        if ahead is None:
            ahead = self._ahead[loop] = []
            loop.call_soon(self._hand_over, loop)
        ahead.append(job)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs = self._ahead.pop(loop)
        try:
            self._enqueue(jobs)
        except DatabaseUnavailable as closed:
            for job in jobs:
                job.error = closed
            _settle(jobs)

    @abstractmethod
    def read(self, unit: Unit[T]) -> T:
        """Run a unit that only looks. Writing in it fails."""

    def commits(self) -> int | None:
        """A number that is another one after anybody's commit, this process's own included, asked
        for without a transaction; None where only reading tells.
        """
        return None

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
        self._enqueue([Job(unit, durable, future, None)])
        return future.result()

    def submit(
        self, unit: Unit[T], *, loop: asyncio.AbstractEventLoop, durable: bool = True
    ) -> "asyncio.Future[T]":
        """`write` for an event loop: await the answer."""
        future: asyncio.Future[T] = loop.create_future()
        self._soon(Job(unit, durable, future, loop), loop)
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


def rings_of(db: Session) -> set[str]:
    rings: set[str] = db.info.get("rings", set())
    return rings


def as_answer(error: Exception) -> Exception:
    """A database that is busy or full is an answer; a broken constraint in a unit is a bug and
    stays one.
    """
    if isinstance(error, PoolEmpty):
        return DatabaseUnavailable("every connection is in use")
    if isinstance(error, DBAPIError) and type(error).__name__ in {
        "OperationalError",
        "InterfaceError",
    }:
        return DatabaseUnavailable(str(error.orig))
    return error
