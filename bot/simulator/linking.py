"""LINE's link tokens: ten minutes, once, for one person (LINE documentation, "User account
linking").
"""

import secrets
from datetime import datetime, timedelta

from bot.simulator.clock import Clock
from bot.simulator.talks import Talk

LIFE = timedelta(minutes=10)


class LinkTokens:
    """Which token stands for whom."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, tuple[Talk, datetime]] = {}

    def token(self, talk: Talk) -> str:
        """A fresh one for that person."""
        token = secrets.token_urlsafe(24)
        self._held[token] = (talk, self._clock() + LIFE)
        return token

    def holder(self, token: str) -> str | None:
        """The name of whoever may link with it, None when it is over."""
        talk, until = self._held.get(token, (None, self._clock()))
        return talk.persona.name if talk is not None and self._clock() < until else None

    def spend(self, token: str) -> Talk | None:
        """Use it up; None when it is over."""
        talk, until = self._held.pop(token, (None, self._clock()))
        return talk if talk is not None and self._clock() < until else None
