"""How fast originals are read (読み取りの速さ): a rate that leaves the disk to others, and an end
that comes soon when the worker stops.
"""

import threading
import time
from collections.abc import Callable

from catalog.ground.errors import Unavailable


class Stopped(Unavailable):
    """The worker ends; the rest is done by the next one."""


class Rate:
    """A pace of so many bytes a second, kept from piece to piece; `stop` ends whoever reads."""

    def __init__(
        self,
        bytes_a_second: float,
        stop: threading.Event,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = bytes_a_second
        self._stop = stop
        self._monotonic = monotonic
        self._free_at = monotonic()

    def __call__(self, count: int) -> None:
        if self._stop.is_set():
            raise Stopped("stopped")
        now = self._monotonic()
        # What was not used is not saved up for longer than a tenth of a second.
        self._free_at = max(self._free_at, now - 0.1) + count / self._rate
        wait = self._free_at - now
        if wait > 0 and self._stop.wait(wait):
            raise Stopped("stopped")
