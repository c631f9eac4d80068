"""Web push (プッシュ通知): one message for one browser, sealed for it alone (RFC 8291), signed as
the shop (VAPID, RFC 8292) and handed to the push service the browser named (RFC 8030).

The shop's key is derived from AKASHI_DATA_KEY, so every process has it and no file has to be kept;
subscriptions made under a key of before a rotation are served as long as that key is configured.
Nothing inside the house is called, whatever a name resolves to; redirects are not followed. No
queue and no tries of its own: whoever sends is a due row. Addresses are as good as keys and are
logged nowhere; the service's host is.
"""

import base64
import socket
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from catalog.duties.sealing import key_name
from handoff.staff.push.port import Addressed, Answer, Answered, ServerKey
from handoff.staff.push.rules import is_allowed, is_outside

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CALL_SECONDS = 10.0
TOKEN_LIFE = timedelta(hours=12)  # at most 24 hours (RFC 8292, 2)
MOST_BYTES = 3_000  # of a message; a service need not take more than 4,096 sealed (RFC 8030, 7.2)
_PAD = 512  # so that the length tells nothing of what is told
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class _Inside(OSError):
    """A name of outside that leads inside."""


class WebPush:
    """The `PushService` port over HTTPS. `contact`: whom a push service may turn to, a `mailto:`
    or `https:` address; `inside`: origins in the house that may be called all the same.
    """

    def __init__(
        self, data_keys: Sequence[bytes], *, contact: str, inside: Collection[str] = ()
    ) -> None:
        self._data_keys = tuple(data_keys)
        self.inside = frozenset(inside)
        self._contact = contact
        self._sessions: dict[bool, ClientSession] = {}

    @cached_property
    def _keys(self) -> "Mapping[str, EllipticCurvePrivateKey]":
        return {key_name(key): _derived(key) for key in self._data_keys}

    @cached_property
    def server_key(self) -> ServerKey:
        """What new subscriptions are made for."""
        name = key_name(self._data_keys[0])
        return ServerKey(name, _text(_point(self._keys[name])))

    async def send(self, message: Addressed, *, now: datetime) -> Answered:
        """One POST. Its answers are read as RFC 8030 and the large services mean them."""
        import aiohttp

        if not is_allowed(message.endpoint, inside=self.inside):
            return Answered(Answer.GONE, "not an address that is called")
        key = self._keys.get(message.server_key)
        if key is None:
            return Answered(Answer.GONE, "made for a key the shop has no more")
        try:
            body = _sealed(message)
        except ValueError:
            return Answered(Answer.GONE, "the browser's key is no point of its curve")
        parts = urlsplit(message.endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        headers = {
            "TTL": str(message.ttl_seconds),
            "Urgency": message.urgency.value,
            "Topic": message.topic,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._signed(key, origin, now=now),
        }
        try:
            async with self._session(is_inside=origin in self.inside).post(
                message.endpoint, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return _read(answer.status, answer.headers)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, _Inside):
                return Answered(Answer.GONE, "its name leads inside the house")
            return Answered(Answer.LATER, type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Answered(Answer.LATER, type(error).__name__)

    async def close(self) -> None:
        """Close the kept connections; a later call opens new ones."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()

    def _signed(self, key: "EllipticCurvePrivateKey", origin: str, *, now: datetime) -> str:
        from joserfc import jwt

        claims = {
            "aud": origin, "exp": int((now + TOKEN_LIFE).timestamp()), "sub": self._contact,
        }  # fmt: skip
        token = jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, _jwk(key))
        return f"vapid t={token}, k={_text(_point(key))}"

    def _session(self, *, is_inside: bool) -> "ClientSession":
        import aiohttp

        found = self._sessions.get(is_inside)
        if found is None or found.closed:
            resolver = None if is_inside else _outside()
            found = self._sessions[is_inside] = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, sock_connect=4.0),
                connector=aiohttp.TCPConnector(resolver=resolver, ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return found


def _outside() -> Any:
    """Names lead outside or nowhere: what is looked up is what is called."""
    from aiohttp import ThreadedResolver
    from aiohttp.abc import AbstractResolver, ResolveResult

    class Outside(AbstractResolver):
        def __init__(self) -> None:
            self._resolver = ThreadedResolver()

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            found = await self._resolver.resolve(host, port, family)
            if not all(is_outside(each["host"]) for each in found):
                raise _Inside("inside")
            return found

        async def close(self) -> None:
            await self._resolver.close()

    return Outside()


def _sealed(message: Addressed) -> bytes:
    """Raises ValueError for a key that is none."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(message.body) > MOST_BYTES:
        raise AssertionError(f"a push of {len(message.body)} bytes")
    sealed: bytes = http_ece.encrypt(
        message.body + b" " * (-len(message.body) % _PAD),  # white space ends every JSON text
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=message.p256dh,
        auth_secret=message.auth,
        version="aes128gcm",
    )
    return sealed


def _read(status: int, headers: Mapping[str, str]) -> Answered:
    told = headers.get("Retry-After", "")
    wait = float(told) if told.isascii() and told.isdigit() and len(told) < 6 else None
    if status in {200, 201, 202, 204}:
        return Answered(Answer.TAKEN)
    if status in {404, 410}:
        return Answered(Answer.GONE, f"status {status}")
    if status in {408, 425, 429} or status >= 500:
        return Answered(Answer.LATER, f"status {status}", wait)
    return Answered(Answer.REFUSED, f"status {status}")


def _derived(data_key: bytes) -> "EllipticCurvePrivateKey":
    """A key of P-256, drawn with 64 bits more than it has so that none is likelier (FIPS 186-5,
    A.2.1).
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    drawn = HKDF(SHA256(), 40, None, b"akashi web push").derive(data_key)
    return ec.derive_private_key(int.from_bytes(drawn, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _point(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _jwk(key: "EllipticCurvePrivateKey") -> Any:
    from joserfc.jwk import ECKey

    point, secret = _point(key), key.private_numbers().private_value.to_bytes(32, "big")
    return ECKey.import_key(
        {"kty": "EC", "crv": "P-256", "x": _text(point[1:33]), "y": _text(point[33:]),
         "d": _text(secret)}
    )  # fmt: skip


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
