"""A strict stand-in of a push service and of the browsers that use it, on loopback: it refuses what
RFC 8030, 8291 and 8292 refuse, opens what it takes with the browser's own key, and remembers it.

    async with PushPlatform(clock=…) as push:
        browser = push.add_browser(key=…)      # as `PushManager.subscribe` makes one
        browser.told                           # what the browser was told, opened
        push.fail_next("500", times=3)

`fail_next`: a status ("429", "500"), "reset" (nothing taken, connection lost), "drop" (taken, but
the answer is lost), "away" (it leads elsewhere).
"""

import base64
import json
import os
import re
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import http_ece
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

Json = dict[str, Any]
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES = {"very-low", "low", "normal", "high"}
_MOST_BYTES = 4_096


def raw(told: str) -> bytes:
    """base64url without its padding, as bytes."""
    return base64.urlsafe_b64decode(told + "=" * (-len(told) % 4))


def text(told: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def opened(body: bytes, key: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What was sealed for that browser (RFC 8291)."""
    told: bytes = http_ece.decrypt(body, private_key=key, auth_secret=auth, version="aes128gcm")
    return told


@dataclass
class Taken:
    """One message that was taken."""

    told: Json
    headers: dict[str, str]
    length: int


@dataclass
class StandInBrowser:
    """One browser somewhere: its keys, what it was told, whether it is still there."""

    endpoint: str
    server_key: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    taken: list[Taken] = field(default_factory=list)
    is_gone: bool = False

    @property
    def told(self) -> list[Json]:
        """What it was told, in order."""
        return [each.told for each in self.taken]

    @property
    def shown(self) -> dict[str, Json]:
        """What is on its screen: a later one of a tag stands where the earlier stood."""
        return {each["tag"]: each for each in self.told}

    @property
    def subscription(self) -> Json:
        """As `PushSubscription.toJSON` tells it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": text(point), "auth": text(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


@dataclass
class PushPlatform:
    """One push service. `port`: 0 takes any; `refused`: why it refused something, in order."""

    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    browsers: dict[str, StandInBrowser] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    calls: int = 0
    port: int = 0
    origin: str = ""
    _troubles: deque[tuple[str, int | None]] = field(default_factory=deque)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/push/{token}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def add_browser(self, *, key: str) -> StandInBrowser:
        """A browser that subscribes for a shop known by that key."""
        token = secrets.token_urlsafe(24)
        made = StandInBrowser(f"{self.origin}/push/{token}", key)
        self.browsers[token] = made
        return made

    def fail_next(self, how: str, *, times: int = 1, retry_after: int | None = None) -> None:
        """Trouble for the next calls."""
        self._troubles.extend((how, retry_after) for _ in range(times))

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        how, retry_after = self._troubles.popleft() if self._troubles else ("", None)
        if how == "reset":
            return _cut(request)
        if how == "away":
            return web.Response(status=307, headers={"Location": f"{self.origin}/push/elsewhere"})
        if how.isdigit():
            headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
            return web.Response(status=int(how), headers=headers)
        browser = self.browsers.get(request.match_info["token"])
        if browser is None or browser.is_gone:
            return web.Response(status=410 if browser is not None else 404)
        body = await request.read()
        problem = self._problem(request, browser, body)
        if problem is not None:
            status, why = problem
            self.refused.append(why)
            return web.Response(status=status, text=why)
        told = json.loads(opened(body, browser.key, browser.auth))
        browser.taken.append(Taken(told, dict(request.headers), len(body)))
        if how == "drop":
            return _cut(request)
        return web.Response(status=201, headers={"Location": f"{self.origin}/message/1"})

    def _problem(
        self, request: web.Request, browser: StandInBrowser, body: bytes
    ) -> tuple[int, str] | None:
        headers = request.headers
        if request.method != "POST":
            return 405, "only POST (RFC 8030, 5)"
        if not re.fullmatch(r"\d{1,9}", headers.get("TTL", "")):
            return 400, "no TTL (RFC 8030, 5.2)"
        if headers.get("Urgency", "normal") not in _URGENCIES:
            return 400, "no such urgency (RFC 8030, 5.3)"
        if not _TOPIC.fullmatch(headers.get("Topic", "none")):
            return 400, "no topic that can be (RFC 8030, 5.4)"
        if headers.get("Content-Encoding") != "aes128gcm":
            return 415, "not sealed (RFC 8291)"
        if len(body) > _MOST_BYTES:
            return 413, "too large (RFC 8030, 7.2)"
        if (wrong := self._not_signed(headers.get("Authorization", ""), browser)) is not None:
            return 403, wrong
        try:
            json.loads(opened(body, browser.key, browser.auth))
        except (http_ece.ECEException, ValueError):
            return 400, "cannot be opened (RFC 8291)"
        return None

    def _not_signed(self, told: str, browser: StandInBrowser) -> str | None:
        found = re.fullmatch(r"vapid t=([\w.-]+), ?k=([\w-]+)", told)
        if found is None:
            return "no vapid (RFC 8292, 3)"
        if found[2] != browser.server_key:
            return "another shop's key (RFC 8292, 4.2)"
        point = raw(found[2])
        jwk: Any = {
            "kty": "EC", "crv": "P-256", "x": text(point[1:33]), "y": text(point[33:]),
        }  # fmt: skip
        try:
            token = jwt.decode(found[1], ECKey.import_key(jwk), algorithms=["ES256"])
        except (JoseError, ValueError):
            return "not signed by it (RFC 8292, 2)"
        claims, now = token.claims, self.clock()
        if claims.get("aud") != self.origin:
            return "for another service (RFC 8292, 2)"
        ends = datetime.fromtimestamp(int(claims.get("exp", 0)), UTC)
        if not now < ends <= now + timedelta(hours=24):
            return "over, or for longer than a day (RFC 8292, 2)"
        if not re.match(r"(mailto:|https://)\S+", str(claims.get("sub", ""))):
            return "nobody to turn to (RFC 8292, 2.1)"
        return None


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()
