"""A stand-in for an identity provider, on loopback: discovery, keys, codes with proof keys, tokens
signed as well or as badly as told.
"""

import asyncio
import base64
import hashlib
import json
import secrets
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "akashi-shop", "only the two of us know this one"


@cache
def _first_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)


class IdentityPlatform:
    """`claims`: what the next token says otherwise (None: leaves out); `header`, `key`: how it is
    signed; `status`, `waits`, `discovery`: how the provider behaves. `calls` counts by path.
    """

    def __init__(self, now: datetime) -> None:
        self.now = int(now.timestamp())
        self.key: Any = _first_key()
        self.keys = [self.key]
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "first"}
        self.claims: dict[str, Any] = {}
        self.discovery: dict[str, Any] = {}
        self.status, self.waits = 200, 0.0
        self.unsigned = False
        self.calls: dict[str, int] = {}
        self._codes: dict[str, dict[str, str]] = {}
        self._runner: web.AppRunner | None = None
        self.issuer = ""

    async def __aenter__(self) -> "IdentityPlatform":
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discover)
        app.router.add_get("/keys", self._tell_keys)
        app.router.add_post("/token", self._token)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.issuer = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def log_in(self, address: str) -> tuple[str, str]:
        """What a person does there: the code and state the browser comes back with."""
        parts = urlsplit(address)
        asked = {name: told[0] for name, told in parse_qs(parts.query).items()}
        assert parts.path == "/authorize" and asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID and asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return code, asked["state"]

    async def _called(self, request: web.Request) -> None:
        self.calls[request.path] = self.calls.get(request.path, 0) + 1
        await asyncio.sleep(self.waits)
        if self.status != 200:
            raise web.HTTPServiceUnavailable

    async def _discover(self, request: web.Request) -> web.Response:
        await self._called(request)
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.discovery,
            }
        )

    async def _tell_keys(self, request: web.Request) -> web.Response:
        await self._called(request)
        return web.json_response({"keys": [each.as_dict(private=False) for each in self.keys]})

    async def _token(self, request: web.Request) -> web.Response:
        await self._called(request)
        told = await request.post()
        right = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        asked = self._codes.pop(str(told.get("code")), None)
        proof = hashlib.sha256(str(told.get("code_verifier")).encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        is_good = (
            asked is not None
            and told.get("grant_type") == "authorization_code"
            and request.headers.get("Authorization", "").removeprefix("Basic ") == right
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == told.get("redirect_uri")
        )
        if asked is None or not is_good:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response(
            {"access_token": "x", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}
        )

    def _signed(self, nonce: str) -> str:
        told = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "42", "nonce": nonce, "iat": self.now,
            "exp": self.now + 300, "email": "Hanako@Example.jp", "email_verified": True,
            **self.claims,
        }  # fmt: skip
        claims = {name: value for name, value in told.items() if value is not None}
        if self.unsigned:
            parts = ({"alg": "none"}, claims)
            encoded = [
                base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode()
                for each in parts
            ]
            return ".".join([*encoded, ""])
        key = OctKey.import_key(CLIENT_SECRET) if self.header["alg"] == "HS256" else self.key
        return jwt.encode(self.header, claims, key, algorithms=[self.header["alg"]])
