"""A client that fetches over a few kept connections and counts, the same for everybody it asks."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvloop

PATIENCE_SECONDS = 300.0
_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came in how long."""

    answers: int
    bytes: int
    seconds: float

    @property
    def a_second(self) -> float:
        """Answers."""
        return self.answers / self.seconds

    @property
    def mb_a_second(self) -> float:
        """Megabytes of what was asked for."""
        return self.bytes / self.seconds / 1e6


class NotGiven(RuntimeError):
    """An answer that is neither 200 nor 206: nothing that was measured counts."""


def fetch(
    port: int, requests: Iterator[tuple[str, str]], *, count: int, connections: int
) -> Fetched:
    """`requests` gives a path and further header lines; the first `count` of them are fetched."""
    wanted = [
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()
        for path, more in itertools.islice(requests, count)
    ]
    return uvloop.run(_fetch(port, wanted, connections))


async def _fetch(port: int, wanted: list[bytes], connections: int) -> Fetched:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = iter(wanted)
    lines: list[_Line] = []

    def ended() -> None:
        if not done.done() and sum(each.answers for each in lines) == len(wanted):
            done.set_result(None)

    def broken(why: Exception) -> None:
        if not done.done():
            done.set_exception(why)

    for _ in range(connections):
        _, line = await loop.create_connection(
            lambda: _Line(left, ended, broken), "127.0.0.1", port
        )
        lines.append(line)
    began = time.perf_counter()
    for line in lines:
        line.go_on()
    try:
        await asyncio.wait_for(done, PATIENCE_SECONDS)
        took = time.perf_counter() - began
    finally:
        for line in lines:
            line.close()
    return Fetched(len(wanted), sum(each.bytes for each in lines), took)


class _Line(asyncio.Protocol):
    """One connection: the next request when the last answer is whole."""

    def __init__(
        self,
        left: Iterator[bytes],
        ended: Callable[[], None],
        broken: Callable[[Exception], None],
    ) -> None:
        self.answers = self.bytes = 0
        self._left, self._ended, self._broken = left, ended, broken
        self._head = b""
        self._missing = 0
        self._in_body = False
        self._transport: Any = None  # uvloop's is none of asyncio's

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def go_on(self) -> None:
        """Ask for the next."""
        wanted = next(self._left, None)
        if wanted is not None and self._transport is not None:
            self._transport.write(wanted)

    def close(self) -> None:
        """Let go."""
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        if not self._in_body:
            head, found, data = (self._head + data).partition(_END)
            if not found:
                self._head = head
                return
            self._begin(head)
        self._missing -= len(data)
        self.bytes += len(data)
        if self._missing <= 0:
            self._in_body, self._head = False, b""
            self.answers += 1
            self.go_on()
            self._ended()

    def connection_lost(self, exc: Exception | None) -> None:
        self._broken(exc or NotGiven("the line was closed"))

    def _begin(self, head: bytes) -> None:
        first, *lines = head.split(b"\r\n")
        told = dict(line.lower().split(b": ", 1) for line in lines)
        if first[9:12] not in (b"200", b"206"):
            self._broken(NotGiven(first.decode()))
        self._missing = int(told.get(b"content-length", b"0"))
        self._in_body = True
