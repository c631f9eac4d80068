"""A line that cuts every connection after some megabytes, and counts what was sent over it."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable
from typing import Any

_CHUNK = 65_536


class CuttingLine:
    """Between browser and shop, on a port of its own. `least`, `most`: bytes from the browser after
    which a connection is cut; `sent`: all of them, `cuts`: how often.
    """

    def __init__(self, to: int, *, least: int, most: int, seed: int = 1) -> None:
        self._to = to
        self._budget: Callable[[], int] = lambda: chance.randint(least, most)
        chance = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0
        self.sent = 0
        self.cuts = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _carry(self, read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        # What lies between would be lost with the connection: little, as on a line that is slow.
        back.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _CHUNK)
        down = asyncio.create_task(self._down(there, write))
        try:
            if await self._up(read, back):
                self.cuts += 1
                write.transport.abort()
                back.transport.abort()
            else:
                with contextlib.suppress(ConnectionError):
                    back.write_eof()
                await down
        finally:
            down.cancel()
            for each in (write, back):
                each.close()

    async def _up(self, read: asyncio.StreamReader, back: asyncio.StreamWriter) -> bool:
        """True when it is to be cut."""
        left = self._budget()
        with contextlib.suppress(ConnectionError):
            while chunk := await read.read(_CHUNK):
                self.sent += len(chunk)
                left -= len(chunk)
                if left <= 0:
                    return True
                back.write(chunk)
                await back.drain()
        return False

    @staticmethod
    async def _down(there: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await there.read(_CHUNK):
                write.write(chunk)
                await write.drain()
