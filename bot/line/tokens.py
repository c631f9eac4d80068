"""Channel access tokens: the long-lived one a shop pasted, or stateless ones minted as needed.

A stateless token lives 15 minutes and cannot be revoked, so none is ever stored; it is minted from
the channel id and secret, kept in memory and replaced at about 12 minutes, while the old one still
works.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import urlencode

import structlog

from bot.line.wire import Answer, LineTrouble, Wire
from catalog.ground.errors import Unavailable

FRESH_SHARE = 0.8  # of a token's life: 12 minutes of 15
SPARE_SECONDS = 5.0  # a token this close to its end is not used any more
PATIENCE_SECONDS = 10.0  # after a failed mint, while the old token still serves

log = structlog.get_logger()


class NoToken(Unavailable):
    """No token could be had, so the call it was for was never made."""


class TokenSource(Protocol):
    """Where the sender gets its token."""

    async def current(self) -> str:
        """A token that should work. Raises NoToken."""
        ...

    def refused(self, token: str) -> bool:
        """LINE did not take this token. True when asking again gives another one."""
        ...


class LongLivedToken:
    """The token as given in the settings."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def current(self) -> str:
        """The token."""
        return self._token

    def refused(self, token: str) -> bool:
        """There is no other."""
        return False


class StatelessTokens:
    """Mints at `{base}/oauth2/v3/token`, one mint at a time however many ask.

    `channel_secrets`: while a secret is being replaced there are several; the first that LINE takes
    is used.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        base: str,
        channel_id: str,
        channel_secrets: Sequence[str],
        monotonic: Callable[[], float],
    ) -> None:
        self._wire = wire
        self._url = f"{base.rstrip('/')}/oauth2/v3/token"
        self._channel_id = channel_id
        self._secrets = list(channel_secrets)
        self._monotonic = monotonic
        self._token: str | None = None
        self._fresh_until = 0.0
        self._works_until = 0.0
        self._lock = asyncio.Lock()

    async def current(self) -> str:
        """The cached token, or a new one when it is old. Raises NoToken."""
        if self._token is not None and self._monotonic() < self._fresh_until:
            return self._token
        async with self._lock:
            if self._token is not None and self._monotonic() < self._fresh_until:
                return self._token
            try:
                return await self._mint()
            except Unavailable as error:
                if self._token is None or self._monotonic() >= self._works_until:
                    raise NoToken(str(error)) from None
                self._fresh_until = min(self._monotonic() + PATIENCE_SECONDS, self._works_until)
                return self._token

    def refused(self, token: str) -> bool:
        """Forget that token; the next `current` mints."""
        if token == self._token:
            self._token = None
        return True

    async def _mint(self) -> str:
        asked_at = self._monotonic()
        answer = await self._ask()
        fields = answer.fields()
        token, life = fields.get("access_token"), fields.get("expires_in")
        if answer.status != 200 or not isinstance(token, str) or not isinstance(life, int):
            log.error("line.token_not_minted", status=answer.status, request_id=answer.request_id)
            raise LineTrouble("mint token", answer.status, answer.request_id)
        self._token = token
        self._fresh_until = asked_at + life * FRESH_SHARE
        self._works_until = asked_at + life - SPARE_SECONDS
        log.info("line.token_minted", life_seconds=life, request_id=answer.request_id)
        return token

    async def _ask(self) -> Answer:
        for place, secret in enumerate(self._secrets):
            form = {
                "grant_type": "client_credentials",
                "client_id": self._channel_id,
                "client_secret": secret,
            }
            answer = await self._wire.call(
                "POST",
                self._url,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=urlencode(form).encode(),
            )
            if answer.status not in (400, 401) or place == len(self._secrets) - 1:
                break
        self._secrets.insert(0, self._secrets.pop(place))
        return answer
