"""What the platform lets the shop do: reply tokens, retry keys, the month's paid messages.

All by the shop's clock, which is handed in; nothing here knows messages or HTTP.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bot.simulator.clock import TOKYO
from bot.simulator.refusals import LineRefusal
from bot.simulator.talks import Talk

TOKEN_LIFE = timedelta(seconds=60)
_REUSE_AFTER_EVENT = timedelta(minutes=20)
_RETRY_KEY_LIFE = timedelta(hours=24)


@dataclass(slots=True)
class _ReplyToken:
    talk: Talk
    event_at: datetime
    issued_at: datetime
    is_used: bool = False


@dataclass(slots=True)
class ReplyTokens:
    """Tokens that work once, for a minute from the delivery of their event."""

    held: dict[str, _ReplyToken] = field(default_factory=dict)

    def issue(self, token: str, talk: Talk, *, event_at: datetime, now: datetime) -> bool:
        """Begin the token's minute; whether it began.

        A redelivery begins it anew, unless it was used or the event is over 20 minutes old.
        """
        found = self.held.setdefault(token, _ReplyToken(talk, event_at, now))
        if found.is_used or now - event_at > _REUSE_AFTER_EVENT:
            return False
        found.issued_at = now
        return True

    def spend(self, token: str, *, now: datetime) -> Talk:
        """The talk it answers. Raises LineRefusal (400) when unknown, used or old."""
        found = self.held.get(token)
        # abs(): a clock moved back must not give a token a second life.
        if found is None or found.is_used or abs(now - found.issued_at) > TOKEN_LIFE:
            raise LineRefusal(400, "Invalid reply token")
        found.is_used = True
        return found.talk


@dataclass(frozen=True, slots=True)
class _Taken:
    at: datetime
    request_id: str
    sent: list[dict[str, str]]


@dataclass(slots=True)
class RetryKeys:
    """Pushes already accepted, known by their key for a day."""

    taken: dict[str, _Taken] = field(default_factory=dict)

    def refuse_repeated(self, key: str, *, now: datetime) -> None:
        """Raises LineRefusal: 400 for what is no UUID, 409 for a push already accepted."""
        try:
            UUID(key)
        except ValueError:
            raise LineRefusal(400, "Invalid retry key") from None
        found = self.taken.get(key)
        if found is not None and now - found.at <= _RETRY_KEY_LIFE:
            raise LineRefusal(
                409,
                "The retry key is already accepted",
                headers={"x-line-accepted-request-id": found.request_id},
                rest={"sentMessages": found.sent},
            )

    def remember(
        self, key: str, *, now: datetime, request_id: str, sent: list[dict[str, str]]
    ) -> None:
        """The push under that key was accepted."""
        self.taken[key] = _Taken(now, request_id, sent)


@dataclass(slots=True)
class Quota:
    """Paid messages of each Tokyo month."""

    limit: int
    used: Counter[str] = field(default_factory=Counter)

    def used_in(self, now: datetime) -> int:
        """How many of that moment's month are used."""
        return self.used[_month(now)]

    def spend(self, now: datetime) -> None:
        """Count one. Raises LineRefusal (429) when the month is used up."""
        if self.used_in(now) >= self.limit:
            raise LineRefusal(429, "You have reached your monthly limit.")
        self.used[_month(now)] += 1


def _month(moment: datetime) -> str:
    return moment.astimezone(TOKYO).strftime("%Y-%m")
