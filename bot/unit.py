"""Units of work for async edges, and the one clock of the product."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from catalog.ground.session.database import Database, Unit

T = TypeVar("T")


class Clock:
    """Now, in UTC. The demo moves it forward; everything else is given what it says."""

    def __init__(self) -> None:
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> timedelta:
        """How far it runs ahead of the world."""
        return self._offset

    def move(self, delta: timedelta) -> None:
        """Turn it by that much."""
        self._offset += delta


class Units:
    """`await write(unit)`: one transaction; `await read(unit)`: a look. One thread hop each."""

    def __init__(self, database: Database, *, readers: int = 4) -> None:
        self.database = database
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="read")

    async def write(self, unit: Unit[T], *, durable: bool = True) -> T:
        """Commit and answer. Raises what the unit raised, or DatabaseUnavailable."""
        return await self.database.submit(unit, loop=asyncio.get_running_loop(), durable=durable)

    async def read(self, unit: Unit[T]) -> T:
        """Look without the right to write."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.database.read, unit)

    def close(self) -> None:
        """Let the reading threads go; the database is closed by whoever opened it."""
        self._readers.shutdown(wait=False, cancel_futures=True)
