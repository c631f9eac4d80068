"""The load generator, a process of its own: raw sockets, kept connections, bodies signed
beforehand.

Closed loop: so many connections, each sends its next request when the last was answered. Open loop:
a fixed rate whatever the answers do, latency counted from the moment a request should have left.

    with Load(plan, folder) as load:   # bodies are ready, nothing was sent yet
        report = load.go()
"""

import asyncio
import gc
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from bench import bodies
from bench.bodies import FILM, Crowd
from bench.processes import ROOT

MOST_CONNECTIONS = 512
LATE_SECONDS = 60.0  # how long answers may come after the last request


@dataclass(frozen=True, slots=True)
class Plan:
    """`rate` 0 is the closed loop. `bodies`: how many are made; used again from the start if
    `wraps`.
    """

    port: int
    tag: int
    seconds: float
    people: int = 2_000
    codes: tuple[str, ...] = ("W-10234",)
    talks: tuple[str, ...] = ()
    connections: int = 32
    rate: float = 0.0
    bodies: int = 0
    wraps: bool = False
    wanted: str = FILM

    @property
    def crowd(self) -> Crowd:
        """Who writes what."""
        return Crowd(self.tag, self.people, self.codes, self.talks, self.wanted)

    @property
    def count(self) -> int:
        """How many bodies are needed."""
        return round(self.rate * self.seconds) if self.rate else self.bodies


@dataclass(frozen=True, slots=True)
class Report:
    """By number of request: when it should have left (monotonic), its status (0: none), its
    milliseconds.
    """

    begun: float
    ended: float
    due: list[float] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many were answered 200."""
        return sum(1 for each in self.status if each == 200)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / (self.ended - self.begun)


class Load:
    """The generator as the benches see it."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._answer = folder / f"load-{plan.tag}.json"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.load", orjson.dumps(asdict(plan)).decode(), self._answer],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the load generator did not come up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._answer.unlink(missing_ok=True)

    def begin(self) -> None:
        """Let it send; returns at once."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def report(self) -> Report:
        """Wait for its end."""
        if self._process.wait() != 0:
            raise RuntimeError("the load generator broke")
        return Report(**orjson.loads(self._answer.read_bytes()))

    def go(self) -> Report:
        """Both."""
        self.begin()
        return self.report()


# --- the process itself
# ------------------------------------------------------------------------------


class _Connection(asyncio.Protocol):
    """One kept connection with at most one request under way."""

    def __init__(
        self,
        answered: Callable[["_Connection", int, int], None],
        lost: Callable[["_Connection"], None],
    ) -> None:
        self._answered = answered
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self.number: int | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lost(self)

    def send(self, number: int, request: bytes) -> None:
        self.number = number
        assert self._transport is not None
        self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        status = int(head[9:12])
        self._buffer = self._buffer[end + 4 + length :]
        number, self.number = self.number, None
        if number is not None:
            self._answered(self, number, status)


class _Generator:
    """Sends by plan and writes down what came."""

    def __init__(self, plan: Plan, requests: list[bytes]) -> None:
        self._plan = plan
        self._requests = requests
        self._free: deque[_Connection] = deque()
        self._waiting: deque[int] = deque()
        self._open = 0
        self._connecting: set[asyncio.Task[None]] = set()
        self._left = 0
        self._done = asyncio.Event()
        self._until = 0.0
        self.due: list[float] = []
        self.status: list[int] = []
        self.took_ms: list[float] = []
        self.begun = self.ended = 0.0

    async def run(self) -> None:
        """See the plan through."""
        for _ in range(self._plan.connections):
            await self._connect()
        self.begun = time.monotonic()
        await (self._at_rate() if self._plan.rate else self._in_turns())
        self.ended = max(self.ended, self.begun)
        while self._free:
            self._free.popleft().close()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._open += 1
        try:
            _, made = await loop.create_connection(
                lambda: _Connection(self._answered, self._lost), "127.0.0.1", self._plan.port
            )
        except OSError:
            self._open -= 1
            if self._waiting:
                self._settle(self._waiting.popleft(), 0)
            return
        self._spare(made)

    def _note(self, due: float) -> int:
        self.due.append(due)
        self.status.append(0)
        self.took_ms.append(0.0)
        self._left += 1
        return len(self.due) - 1

    async def _in_turns(self) -> None:
        self._until = self.begun + self._plan.seconds
        for _ in range(len(self._free)):
            self._next(self._free.popleft())
        await self._done.wait()

    def _next(self, connection: _Connection) -> None:
        now = time.monotonic()
        number = len(self.due)
        if now >= self._until or (number >= len(self._requests) and not self._plan.wraps):
            connection.close()
            return
        self._note(now)
        connection.send(number, self._requests[number % len(self._requests)])

    async def _at_rate(self) -> None:
        count, rate = self._plan.count, self._plan.rate
        sent = 0
        while sent < count:
            now = time.monotonic()
            while sent < count and self.begun + sent / rate <= now:
                self._waiting.append(self._note(self.begun + sent / rate))
                sent += 1
            self._send_waiting()
            # Timers have a grain of a millisecond; finer waiting would burn the server's cores.
            await asyncio.sleep(max(0.001, self.begun + sent / rate - time.monotonic()))
        if self._left:
            try:
                await asyncio.wait_for(self._done.wait(), LATE_SECONDS)
            except TimeoutError:
                return

    def _send_waiting(self) -> None:
        while self._waiting and self._free:
            number = self._waiting.popleft()
            self._free.popleft().send(number, self._requests[number])
        wanted = min(len(self._waiting) - len(self._connecting), MOST_CONNECTIONS - self._open)
        for _ in range(wanted):
            task = asyncio.get_running_loop().create_task(self._connect())
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)

    def _spare(self, connection: _Connection) -> None:
        self._free.append(connection)
        if self._waiting:
            self._send_waiting()

    def _answered(self, connection: _Connection, number: int, status: int) -> None:
        if self._plan.rate:
            self._settle(number, status)
            self._spare(connection)
        else:
            self._settle(number, status, is_last=time.monotonic() >= self._until)
            self._next(connection)

    def _lost(self, connection: _Connection) -> None:
        self._open -= 1
        if connection in self._free:
            self._free.remove(connection)
        if connection.number is not None:
            self._settle(connection.number, 0)
        if not self._plan.rate and self._open == 0:
            self._done.set()

    def _settle(self, number: int, status: int, *, is_last: bool = False) -> None:
        now = time.monotonic()
        self.status[number] = status
        self.took_ms[number] = (now - self.due[number]) * 1000
        self.ended = now
        self._left -= 1
        if self._plan.rate and not self._left and len(self.due) >= self._plan.count:
            self._done.set()


def main() -> None:
    """`python -m bench.load PLAN ANSWER`: prepare, say ready, wait for go, send, write the
    answer.
    """
    import uvloop

    given = orjson.loads(sys.argv[1])
    plan = Plan(**{**given, "codes": tuple(given["codes"])})
    begun_ms = round(time.time() * 1000)
    pace = 1000 / plan.rate if plan.rate else 0.1
    requests = [
        bodies.request(plan.crowd, n, at_ms=begun_ms + int(n * pace)) for n in range(plan.count)
    ]
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()

    async def run() -> _Generator:
        generator = _Generator(plan, requests)
        await generator.run()
        return generator

    done = uvloop.run(run())
    report = Report(done.begun, done.ended, done.due, done.status, done.took_ms)
    Path(sys.argv[2]).write_bytes(orjson.dumps(report))


if __name__ == "__main__":
    main()
