"""Servers as processes of their own: started, watched through /proc, ended by their id."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_TICKS = os.sysconf("SC_CLK_TCK")


class NotStarted(RuntimeError):
    """The process ended, or did not answer in time; the end of what it said is told."""


@dataclass(slots=True)
class Server:
    """A running process that answers HTTP on `port`."""

    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def cpu_seconds(self) -> float:
        """User and system time of the process so far, its own threads included."""
        return cpu_seconds(self.process.pid)

    def rss_mb(self) -> float:
        """Resident memory now."""
        return rss_mb(self.process.pid)

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.process.kill()
        self.process.wait()


def rss_mb(pid: int) -> float:
    """Resident memory of a process now."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """User and system time of one process; 0 when it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def family_cpu_seconds(pid: int) -> float:
    """The same for a process, its living children and those that have ended."""
    own = _stat(pid)
    if not own:
        return 0.0
    total = sum(int(own[n]) for n in (11, 12, 13, 14)) / _TICKS
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            fields = _stat(int(folder.name))
            if fields and int(fields[1]) == pid:
                total += (int(fields[11]) + int(fields[12])) / _TICKS
    return total


def _stat(pid: int) -> list[str]:
    """The fields after the name, from the state on."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def launch(
    arguments: Sequence[str], port: int, log: Path, *, cwd: Path, env: Mapping[str, str]
) -> Server:
    """Start a Python module without waiting for it."""
    with log.open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=cwd, env=dict(env), stdout=told, stderr=told
        )
    return Server(process, port, log)


def wait_ready(server: Server, path: str) -> float:
    """Wait for the first 200; answers the moment it came (monotonic). Raises NotStarted."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            if get(server.port, path, seconds=2.0) is not None:
                return time.monotonic()
        time.sleep(0.005)
    server.kill()
    raise NotStarted(server.log.read_text(errors="replace")[-2000:])


@contextlib.contextmanager
def serving(
    arguments: Sequence[str],
    log: Path,
    *,
    cwd: Path,
    env: Mapping[str, str],
    ready: str = "/healthz",
    port: int | None = None,
) -> Iterator[Server]:
    """A server for the length of a block; `{port}` in the arguments is filled in."""
    port = port or free_port()
    told = [each.replace("{port}", str(port)) for each in arguments]
    server = launch(told, port, log, cwd=cwd, env=env)
    try:
        wait_ready(server, ready)
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def get(port: int, path: str, *, seconds: float = 30.0) -> bytes | None:
    """The body of a 200, None of any other answer. Raises OSError when nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=seconds) as answer:
            body: bytes = answer.read()
            return body if answer.status == 200 else None
    except urllib.error.HTTPError:
        return None
