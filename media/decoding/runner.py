"""Run one decoder in the jail: a wall limit, a way to cancel, the end of its complaints."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Unavailable
from media.decoding import jail

_JAIL = Path(jail.__file__).absolute()
_LOOK_SECONDS = 0.1
_ANSWER_BYTES = 1024 * 1024
_TAIL_BYTES = 64 * 1024
_READ_BYTES = 64 * 1024
GIGABYTE = 1024 * 1024 * 1024


class DecoderMissing(Unavailable):
    """The program that decodes is not on this machine."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed or cannot be started")
        self.program = program


class DecodingCancelled(Unavailable):
    """Stopped on request; it may be run again."""

    def __init__(self) -> None:
        super().__init__("decoding was stopped")


class NoRoom(Unavailable):
    """The disk is full where the decoder was to write."""

    def __init__(self) -> None:
        super().__init__("no space left for what is being made")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one decoder may use."""

    cpu_seconds: int
    wall_seconds: float
    memory_bytes: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class Finished:
    """How a decoder ended. `code` is negative for a signal, as the operating system says it."""

    code: int
    answer: bytes
    complaint: str
    ran_too_long: bool = False

    @property
    def went_well(self) -> bool:
        return self.code == 0 and not self.ran_too_long


def run(
    command: Sequence[str],
    *,
    limits: Limits,
    cancel: threading.Event | None = None,
    heard: Callable[[bytes], None] | None = None,
) -> Finished:
    """Run it to its end. `heard` gets what it writes on standard output, as it comes.

    Blocks; call it in a thread. Raises DecoderMissing, DecodingCancelled.
    """
    if not os.access(command[0], os.X_OK) or not Path(command[0]).is_file():
        raise DecoderMissing(Path(command[0]).name)
    process = subprocess.Popen(
        [*_jailed(limits), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        start_new_session=True,
    )
    deadline = time.monotonic() + limits.wall_seconds
    try:
        ending = _listen(process, deadline, cancel, heard)
        if not ending.was_cancelled:
            ending.was_late |= not _ended_by(process, deadline)
    finally:
        _kill(process)
    finished = Finished(
        process.wait(), bytes(ending.answer), ending.tail.decode(errors="replace"), ending.was_late
    )
    if ending.was_cancelled:
        raise DecodingCancelled
    if finished.code == jail.CANNOT_START and "cannot start " in finished.complaint:
        raise DecoderMissing(Path(command[0]).name)
    return finished


def _jailed(limits: Limits) -> list[str]:
    return [
        *(sys.executable, "-I", "-S", str(_JAIL)),
        *("--cpu", str(limits.cpu_seconds)),
        *("--as", str(limits.memory_bytes)),
        *("--fsize", str(limits.file_bytes)),
        "--",
    ]


@dataclass(slots=True)
class _Heard:
    answer: bytearray
    tail: bytearray
    was_late: bool = False
    was_cancelled: bool = False

    def take(self, is_answer: bool, chunk: bytes) -> None:
        if is_answer:
            self.answer += chunk[: _ANSWER_BYTES - len(self.answer)]
            return
        self.tail += chunk
        del self.tail[:-_TAIL_BYTES]


def _listen(
    process: "subprocess.Popen[bytes]",
    deadline: float,
    cancel: threading.Event | None,
    heard: Callable[[bytes], None] | None,
) -> _Heard:
    ending = _Heard(bytearray(), bytearray())
    assert process.stdout is not None
    assert process.stderr is not None
    with selectors.DefaultSelector() as both, process.stdout, process.stderr:
        both.register(process.stdout, selectors.EVENT_READ, True)
        both.register(process.stderr, selectors.EVENT_READ, False)
        while both.get_map():
            if cancel is not None and cancel.is_set():
                ending.was_cancelled = True
                return ending
            if time.monotonic() > deadline:
                ending.was_late = True
                return ending
            for key, _ in both.select(_LOOK_SECONDS):
                chunk = os.read(key.fd, _READ_BYTES)
                if not chunk:
                    both.unregister(key.fileobj)
                    continue
                ending.take(key.data, chunk)
                if key.data and heard is not None:
                    heard(chunk)
    return ending


def _ended_by(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    """Its pipes are closed; wait for its end as long as it may still run."""
    try:
        process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the whole group; what has ended already is left as it is."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
