"""A whole shop on a thread of its own, for a browser's calls, and a line that can be cut."""

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.databases import fresh_url
from tests.shop import RunningShop, item, open_shop


class Line:
    """What lies between browser and shop, on one port; it can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        held = {write, back}
        self._writers |= held
        try:
            await asyncio.gather(_pump(read, back), _pump(there, write))
        finally:
            self._writers -= held
            self._tasks.discard(task)


async def _pump(read: asyncio.StreamReader, write: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await read.read(65_536):
            write.write(chunk)
            await write.drain()
    write.close()


class Running:
    """The shop on a thread of its own, for the browser's synchronous calls. `settings`: more than
    the usual ones.
    """

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.shop: RunningShop
        self._folder = folder
        self._settings = settings
        self._line: Line
        self._loop: asyncio.AbstractEventLoop
        self._ready = threading.Event()
        self._end: asyncio.Event
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> "Running":
        self._thread.start()
        assert self._ready.wait(180)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)

    @property
    def url(self) -> str:
        """The shop, over the line."""
        return f"http://127.0.0.1:{self._line.port}"

    def cut(self) -> None:
        self.wait_for(self._line.cut())

    def mend(self) -> None:
        self.wait_for(self._line.mend())

    def wait_for(self, done: Any) -> Any:
        """What the shop's own loop answers."""
        return asyncio.run_coroutine_threadsafe(done, self._loop).result(120)

    async def _run(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        with fresh_url("sqlite", self._folder) as url:
            async with open_shop(url, self._folder, **self._settings) as self.shop:
                self._line = Line(urlsplit(self.shop.url).port or 0)
                await self._line.mend()
                await self.shop.stock(
                    item("W-10234"),
                    item("W-10235", title="ロレックス サブマリーナー 126610LN"),
                    item("W-10236", title="ロレックス サブマリーナー 114060"),
                )
                await self.shop.film("W-10234")
                await self.shop.film("W-10234", part="case_back")
                self._ready.set()
                await self._end.wait()
                await self._line.cut()
