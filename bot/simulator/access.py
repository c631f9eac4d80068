"""Channel access tokens: stateless ones the stand-in mints, a long-lived one it was told.

Their fifteen minutes run on a clock that cannot be moved: moving the shop's clock a month on must
not look like an intruder to the platform.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping

from bot.simulator.refusals import LineRefusal

_LIFE_SECONDS = 900


class Access:
    """Who may call the platform. `running` is a monotonic clock in seconds."""

    def __init__(
        self,
        *,
        channel_id: str,
        channel_secret: str,
        long_lived: str | None,
        running: Callable[[], float],
    ) -> None:
        self._channel_id = channel_id
        self._channel_secret = channel_secret
        self._long_lived = long_lived
        self._running = running
        self._until: dict[str, float] = {}

    def mint(self, form: Mapping[str, str]) -> dict[str, str | int]:
        """A stateless token for the channel's id and secret. Raises LineRefusal (400)."""
        if form.get("grant_type") != "client_credentials":
            raise LineRefusal(400, "invalid_request", rest={"error": "unsupported_grant_type"})
        is_ours = _same(form.get("client_id", ""), self._channel_id) and _same(
            form.get("client_secret", ""), self._channel_secret
        )
        if not is_ours:
            raise LineRefusal(400, "invalid_client", rest={"error": "invalid_client"})
        now = self._running()
        self._until = {token: until for token, until in self._until.items() if until > now}
        token = secrets.token_urlsafe(48)
        self._until[token] = now + _LIFE_SECONDS
        return {"token_type": "Bearer", "access_token": token, "expires_in": _LIFE_SECONDS}

    def check(self, authorization: str | None) -> None:
        """Raises LineRefusal (401) unless the header holds a token that is valid now."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() == "bearer" and token:
            if self._long_lived and _same(token, self._long_lived):
                return
            if self._until.get(token, 0.0) > self._running():
                return
        raise LineRefusal(
            401,
            "Authentication failed. Confirm that the access token in the authorization header is "
            "valid.",
        )


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
