"""The product composed as `bot.app` does it, with one place at which the process ends as if killed.

    python -m tests.faults.launcher POINT [--nth N] [--port PORT] [--ahead SECONDS]

Ports and engine events are wrapped from outside; the product has no hook for this. `--ahead` sets
the clock forward, so that a test need not wait for leases of a process that is gone.
"""

import argparse
import os
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlmodel import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import app as composition
from bot.app import Shop
from bot.cli.opening import settings
from bot.line.webhook import PATH
from bot.migrations import history
from bot.schedule import Schedule, Slot
from bot.unit import Clock, Units
from catalog.ground import worklist
from catalog.ground.session.database import Database, Lane, Unit
from catalog.ground.session.opening import open_database
from conversations.ports import Channel, Outcome, Outgoing

T = TypeVar("T")
R = TypeVar("R")
KILLED = 9
EFFECT = "test.effect"


class Point(StrEnum):
    """Where the process ends."""

    NOWHERE = "nowhere"
    BEFORE_COMMIT = "before-commit"  # the inbox row is inserted, not committed
    BEFORE_200 = "before-200"  # it is committed, the platform not answered
    BEFORE_SEND = "before-send"  # the turn is committed and its letter claimed
    BEFORE_MARK = "before-mark"  # the platform has accepted, nobody noted it
    IN_SCHEDULE = "in-schedule"  # missed slots are being written
    IN_SLOT = "in-slot"  # one of them is being run
    IN_MIGRATION = "in-migration"  # a statement of the way up was executed


class Fuse:
    """Ends the process at the nth passing."""

    def __init__(self, nth: int) -> None:
        self._left = nth
        self._lock = threading.Lock()

    def burn(self) -> None:
        """One passing."""
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os._exit(KILLED)


class WatchedIntake(Database):
    """A database whose intake rows burn the fuse just before their commit."""

    def __init__(self, inner: Database, fuse: Fuse) -> None:
        super().__init__()
        self.dialect = inner.dialect
        self._inner = inner
        self._inserted = threading.local()

        @event.listens_for(Engine, "commit")
        def committing(_: Any) -> None:
            if getattr(self._inserted, "rows", 0):
                self._inserted.rows = 0
                fuse.burn()

    def lane(self, insert: Callable[[Any, Sequence[R]], None], *, topic: str) -> Lane[R]:
        def watched(connection: Any, rows: Sequence[R]) -> None:
            insert(connection, rows)
            self._inserted.rows = len(rows)

        return self._inner.lane(watched, topic=topic)

    def _enqueue(self, job: Any) -> None:
        self._inner._enqueue(job)

    def read(self, unit: Unit[T]) -> T:
        return self._inner.read(unit)

    def engine(self) -> Engine:
        return self._inner.engine()

    def close(self) -> None:
        self._inner.close()

    def on_ring(self, listener: Any) -> None:
        self._inner.on_ring(listener)

    def off_ring(self, listener: Any) -> None:
        self._inner.off_ring(listener)


class Fused200:
    """Burns the fuse where the webhook would be told 200."""

    def __init__(self, app: ASGIApp, fuse: Fuse) -> None:
        self._app = app
        self._fuse = fuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def fused(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                self._fuse.burn()
            await send(message)

        is_webhook = scope["type"] == "http" and scope["path"] == PATH
        await self._app(scope, receive, fused if is_webhook else send)


class FusedChannel:
    """A channel that burns the fuse around the real sending."""

    def __init__(self, inner: Channel, fuse: Fuse, *, after: bool) -> None:
        self.name = inner.name
        self.calls_people = inner.calls_people
        self.render = inner.render
        self.show_waiting = inner.show_waiting
        self.quota = inner.quota
        self.content = inner.content
        self._inner = inner
        self._fuse = fuse
        self._is_after = after

    async def send(self, outgoing: Outgoing) -> Outcome:
        if not self._is_after:
            self._fuse.burn()
        outcome = await self._inner.send(outgoing)
        if self._is_after:
            self._fuse.burn()
        return outcome


class FusedSlot(Slot):
    """A slot that burns the fuse when it is asked for its hour, after others have been written."""

    fuse: Fuse

    def latest(self, now: datetime) -> datetime:
        type(self).fuse.burn()
        return now - self.period


def tally(db: Session, at: datetime) -> None:
    """An effect that a second run would double."""
    worklist.add(db, EFFECT, "tally", str(uuid.uuid4()), due_at=at, now=at, facts={})


def _nothing(_: Session, __: datetime) -> None:
    return None


def _slots(point: Point, fuse: Fuse) -> Schedule:
    def fused_tally(db: Session, at: datetime) -> None:
        tally(db, at)
        fuse.burn()

    if point is Point.IN_SCHEDULE:
        FusedSlot.fuse = fuse
        return Schedule((Slot("tally", tally), FusedSlot("fuse", _nothing)))
    return Schedule((Slot("tally", fused_tally if point is Point.IN_SLOT else tally),))


def compose(point: Point, fuse: Fuse, *, ahead: timedelta, with_tally: bool) -> Shop:
    """The shop with that one place prepared."""
    clock = Clock()
    clock.move(ahead)
    shop = composition.compose(settings(), clock=clock)
    history.need_current(shop.database)
    if with_tally:
        shop = replace(shop, schedule=_slots(point, fuse))
    if point is Point.BEFORE_COMMIT:
        watched = WatchedIntake(shop.database, fuse)
        shop = replace(shop, database=watched, units=Units(watched))
    if point in {Point.BEFORE_SEND, Point.BEFORE_MARK}:
        is_after = point is Point.BEFORE_MARK
        channels = {
            name: FusedChannel(channel, fuse, after=is_after)
            for name, channel in shop.channels.items()
        }
        shop = replace(shop, desk=replace(shop.desk, channels=channels))
    return shop


def serve(shop: Shop, point: Point, fuse: Fuse, *, port: int) -> None:
    """Like `akashi serve`."""
    app = composition.web_app(shop, beside=lambda: composition.workers(shop))
    if point is Point.BEFORE_200:
        app = Fused200(app, fuse)
    composition.serve(app, host="127.0.0.1", port=port)


def migrate(fuse: Fuse) -> None:
    """Like `akashi init`."""

    @event.listens_for(Engine, "after_cursor_execute")
    def executed(*given: Any) -> None:
        if str(given[2]).lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE")):
            fuse.burn()

    database = open_database(settings().database_url)
    history.upgrade(database.engine())
    database.close()


def main() -> None:
    """Read the arguments and run until the fuse has burned."""
    parser = argparse.ArgumentParser()
    parser.add_argument("point", type=Point)
    parser.add_argument("--nth", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ahead", type=float, default=0.0)
    parser.add_argument("--tally", action="store_true")
    given = parser.parse_args()
    fuse = Fuse(given.nth)
    if given.point is Point.IN_MIGRATION:
        migrate(fuse)
        return
    shop = compose(given.point, fuse, ahead=timedelta(seconds=given.ahead), with_tally=given.tally)
    serve(shop, given.point, fuse, port=given.port)


if __name__ == "__main__":
    main()
