"""How much a visitor, and all who are new, may send: buckets in this process's memory.

Nobody here knows the address of who calls, and a proxy may limit by it besides; what is held back
here is one browser that floods, and a flood of browsers without a cookie.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

from bot.bucket import TokenBucket
from catalog.ground.errors import Refused

BUCKETS_MOST = 10_000


class TooOften(Refused):
    """Sent faster than anybody writes. `seconds`: when to try again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many messages")
        self.seconds = seconds


class Limits:
    """Messages a second, files an hour, newcomers a second; short bursts are allowed."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[tuple[str, str], TokenBucket] = OrderedDict()

    def message(self, token: str) -> None:
        """Raises TooOften."""
        self._take("message", token, rate=1.0, burst=15.0)

    def file(self, token: str) -> None:
        """Raises TooOften."""
        self._take("file", token, rate=1 / 60, burst=30.0)

    def newcomer(self) -> None:
        """Raises TooOften."""
        self._take("newcomer", "", rate=5.0, burst=100.0)

    def _take(self, kind: str, who: str, *, rate: float, burst: float) -> None:
        now = self._monotonic()
        bucket = self._buckets.pop((kind, who), None) or TokenBucket(
            rate=rate, burst=burst, now=now
        )
        self._buckets[kind, who] = bucket
        if len(self._buckets) > BUCKETS_MOST:
            self._buckets.popitem(last=False)
        if bucket.take(now, at_most=0.0) is None:
            raise TooOften(ceil(1 / rate))
