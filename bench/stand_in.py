"""A stand-in of LINE that takes every reply and push at once and remembers when, a process of its
own.

As on the real platform a reply token works once and a retry key is accepted once. It checks nothing
else and does as little as possible, so that it does not eat the time it measures; the strict
stand-in is in the tests.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bench import processes
from bench.processes import Server

QUOTA = b'{"type":"limited","value":10000000}'
USED = b'{"totalUsage":0}'
SENT = b'{"sentMessages":[{"id":"1","quoteToken":"q"}]}'


@dataclass(frozen=True, slots=True)
class Accepted:
    """One call it took: the reply token or the person, the moment (monotonic), the messages'
    types.
    """

    to: str
    at: float
    kinds: str


@dataclass(frozen=True, slots=True)
class Records:
    """All it took since it was last told to forget, and how many repeats it refused."""

    replies: list[Accepted]
    pushes: list[Accepted]
    repeats: int


@dataclass(frozen=True, slots=True)
class StandIn:
    """The process as the benches see it."""

    server: Server

    @property
    def base(self) -> str:
        """For the settings of the product."""
        return self.server.base

    def count(self) -> int:
        """How many calls it has taken."""
        return int(processes.get(self.server.port, "/bench/count") or 0)

    def records(self) -> Records:
        """Everything it remembers."""
        told = orjson.loads(processes.get(self.server.port, "/bench/records") or b"{}")
        return Records(
            [Accepted(*each) for each in told["replies"]],
            [Accepted(*each) for each in told["pushes"]],
            told["repeats"],
        )

    def forget(self) -> None:
        """Begin anew."""
        processes.get(self.server.port, "/bench/forget")

    def wait_for(self, count: int, *, seconds: float) -> bool:
        """Wait until it has taken that many calls; False when the time is over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.count() >= count:
                return True
            time.sleep(0.02)
        return self.count() >= count


@contextlib.contextmanager
def standing_in(folder: Path) -> Iterator[StandIn]:
    """The stand-in for the length of a block."""
    with processes.serving(
        ["-m", "bench.stand_in", "{port}"],
        folder / "stand-in.log",
        cwd=processes.ROOT,
        env=dict(os.environ),
        ready="/bench/count",
    ) as server:
        yield StandIn(server)


# --- the process itself
# ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Memory:
    replies: dict[str, tuple[float, str]] = field(default_factory=dict)
    pushes: list[tuple[str, float, str]] = field(default_factory=list)
    retry_keys: set[bytes] = field(default_factory=set)
    repeats: int = 0


class _Platform(asyncio.Protocol):
    """HTTP as far as the callers need it: one request at a time, Content-Length, kept
    connections.
    """

    def __init__(self, memory: _Memory) -> None:
        self._memory = memory
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end]
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        body = self._buffer[end + 4 : end + 4 + length]
        self._buffer = self._buffer[end + 4 + length :]
        status, told = self._answer(head.split(b" ", 2)[1], lower, body)
        assert self._transport is not None
        self._transport.write(
            b"HTTP/1.1 %s\r\ncontent-type: application/json\r\nx-line-request-id: bench\r\n"
            b"content-length: %d\r\n\r\n%s" % (status, len(told), told)
        )

    def _answer(self, path: bytes, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if path.endswith(b"/message/reply"):
            return self._reply(orjson.loads(body))
        if path.endswith(b"/message/push"):
            return self._push(orjson.loads(body), head)
        if path == b"/bench/count":
            return b"200 OK", str(len(self._memory.replies) + len(self._memory.pushes)).encode()
        if path == b"/bench/records":
            return b"200 OK", self._told()
        if path == b"/bench/forget":
            self._memory.replies.clear()
            self._memory.pushes.clear()
            self._memory.repeats = 0
            return b"200 OK", b"{}"
        return b"200 OK", USED if path.endswith(b"/consumption") else QUOTA

    def _reply(self, call: dict[str, Any]) -> tuple[bytes, bytes]:
        token = call["replyToken"]
        if token in self._memory.replies:
            self._memory.repeats += 1
            return b"400 Bad Request", b'{"message":"Invalid reply token"}'
        self._memory.replies[token] = (time.monotonic(), _kinds(call))
        return b"200 OK", SENT

    def _push(self, call: dict[str, Any], head: bytes) -> tuple[bytes, bytes]:
        at = head.find(b"x-line-retry-key:")
        key = head[at + 17 :].split(b"\r\n", 1)[0].strip() if at >= 0 else b""
        if key and key in self._memory.retry_keys:
            self._memory.repeats += 1
            return b"409 Conflict", b'{"message":"The retry key is already accepted"}'
        self._memory.retry_keys.add(key)
        self._memory.pushes.append((call["to"], time.monotonic(), _kinds(call)))
        return b"200 OK", SENT

    def _told(self) -> bytes:
        replies = [(token, at, kinds) for token, (at, kinds) in self._memory.replies.items()]
        return orjson.dumps(
            {"replies": replies, "pushes": self._memory.pushes, "repeats": self._memory.repeats}
        )


def _kinds(call: dict[str, Any]) -> str:
    return ",".join(message["type"] for message in call["messages"])


def main() -> None:
    """`python -m bench.stand_in PORT`."""
    import uvloop

    async def run() -> None:
        memory = _Memory()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Platform(memory), "127.0.0.1", int(sys.argv[1]), backlog=1024
        )
        await server.serve_forever()

    uvloop.run(run())


if __name__ == "__main__":
    main()
