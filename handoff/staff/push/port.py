"""The port to push services: somebody else's machines, named by the browser."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from handoff.staff.push.rules import Urgency


@dataclass(frozen=True, slots=True)
class ServerKey:
    """What a browser is to know the shop by; `name` tells keys apart, `public` is base64url."""

    name: str
    public: str


@dataclass(frozen=True, slots=True)
class Addressed:
    """A message for one browser. `topic`: what a later one replaces while neither has arrived."""

    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    server_key: str
    body: bytes = field(repr=False)
    topic: str
    ttl_seconds: int
    urgency: Urgency


class Answer(StrEnum):
    """What became of it."""

    TAKEN = "taken"
    GONE = "gone"  # that browser takes nothing any more
    LATER = "later"  # nobody knows, or the service asks to wait
    REFUSED = "refused"  # it will never take this one


@dataclass(frozen=True, slots=True)
class Answered:
    """`retry_after_seconds` where the service said how long to wait; `reason` for the log."""

    answer: Answer
    reason: str = ""
    retry_after_seconds: float | None = None


class PushService(Protocol):
    """Every push service there is, over the network."""

    @property
    def server_key(self) -> ServerKey:
        """What new subscriptions are made for."""
        ...

    @property
    def inside(self) -> Collection[str]:
        """Origins in the house that may be called all the same."""
        ...

    async def send(self, message: Addressed, *, now: datetime) -> Answered:
        """Try once. Never raises for what the service or the network did."""
        ...
