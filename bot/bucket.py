"""A token bucket: how long a call must wait so that an endpoint's rate is kept; and one for each of
many callers.

Pure arithmetic on a monotonic clock given as argument. Places are handed out in order: a call that
must wait has its place already, so waiters need no queue of their own.
"""

from collections import OrderedDict


class TokenBucket:
    """`rate` calls a second on average, up to `burst` at once."""

    __slots__ = ("_at", "_held", "burst", "rate")

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("a bucket needs a positive rate and room for one call")
        self.rate = rate
        self.burst = burst
        self._held = burst
        self._at = now

    def take(self, now: float, *, at_most: float) -> float | None:
        """Seconds to wait before the call may go (0.0: at once). The place is taken.

        None when that would be more than `at_most` seconds; nothing is taken then.
        """
        self._fill(now)
        wait = max(0.0, (1.0 - self._held) / self.rate)
        if wait > at_most:
            return None
        self._held -= 1.0
        return wait

    def empty(self, now: float) -> None:
        """The platform said too fast: forget what was saved up."""
        self._fill(now)
        self._held = min(self._held, 0.0)

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._held = min(self.burst, self._held + (now - self._at) * self.rate)
            self._at = now


class Turnstile:
    """So many calls by each caller; those who were not seen for longest are forgotten first."""

    def __init__(self, *, rate: float, burst: float, most: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._callers: OrderedDict[str, TokenBucket] = OrderedDict()

    def lets_in(self, caller: str, now: float) -> bool:
        """Whether this call of theirs may go on."""
        bucket = self._callers.pop(caller, None)
        if bucket is None:
            bucket = TokenBucket(rate=self._rate, burst=self._burst, now=now)
        self._callers[caller] = bucket
        while len(self._callers) > self._most:
            self._callers.popitem(last=False)
        return bucket.take(now, at_most=0.0) is not None
