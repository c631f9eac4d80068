"""What one small durable write costs on this disk, measured beside the load.

One fdatasync costs 0.03 ms on a quiet disk and 4 ms when neighbours write: promises of latency are
told with it.
"""

import os
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.result import percentile

_BLOCK = 4096
_BLOCKS = 1024
_PAUSE_SECONDS = 0.05


class Sampler:
    """`with Sampler(folder) as disk:` writes and syncs 4 KiB twenty times a second.
    Milliseconds.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fdatasync"
        self._took: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fdatasync", daemon=True)

    def __enter__(self) -> Self:
        self._path.write_bytes(bytes(_BLOCK * _BLOCKS))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    @property
    def p50(self) -> float:
        """The median."""
        return percentile(self._took, 50)

    @property
    def p99(self) -> float:
        """What one in a hundred exceeds."""
        return percentile(self._took, 99)

    def _run(self) -> None:
        handle = os.open(self._path, os.O_WRONLY)
        try:
            os.fsync(handle)
            block = os.urandom(_BLOCK)
            n = 0
            while not self._stop.wait(_PAUSE_SECONDS):
                begun = time.perf_counter()
                os.pwrite(handle, block, (n % _BLOCKS) * _BLOCK)
                os.fdatasync(handle)
                self._took.append((time.perf_counter() - begun) * 1000)
                n += 1
        finally:
            os.close(handle)
