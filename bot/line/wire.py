"""The one HTTP client that talks to LINE.

Opened inside the running loop at the first call and kept for the life of the process: a client
costs more than a hundred calls. It knows nothing of tokens or messages.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from bot.calls import end_known
from catalog.ground.errors import Unavailable

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

CONNECT_SECONDS = 5.0
IDLE_SECONDS = 15.0  # then we close a kept connection, before LINE does so under a request
CHUNK_BYTES = 256 * 1024
DOWNLOAD_SECONDS = 900.0
SILENCE_SECONDS = 30.0  # within a download


class LineTrouble(Unavailable):
    """LINE answered, but not with what was asked for."""

    def __init__(self, call: str, status: int, request_id: str | None) -> None:
        super().__init__(f"{call}: LINE answered {status} (request {request_id})")
        self.call = call
        self.status = status
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end. `retry_after` in seconds where LINE said it."""

    status: int
    body: bytes
    request_id: str | None
    accepted_request_id: str | None = None
    retry_after: float | None = None

    def fields(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            value = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def message(self) -> str:
        """LINE's own words for what went wrong, with the places it names."""
        fields = self.fields()
        details = fields.get("details")
        parts = [str(fields.get("message", ""))]
        parts += [
            f"{detail.get('property', '')}: {detail.get('message', '')}"
            for detail in (details if isinstance(details, list) else [])
            if isinstance(detail, dict)
        ]
        return "; ".join(part for part in parts if part)[:500]


@dataclass(frozen=True, slots=True)
class Download:
    """An answer whose body is still coming."""

    status: int
    request_id: str | None
    response: "ClientResponse"

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece. Raises NoAnswer when it breaks off."""
        with end_known():
            async for chunk in self.response.content.iter_chunked(CHUNK_BYTES):
                yield chunk


class Wire:
    """Calls with a time limit. `timeout_seconds` holds for a whole call, downloads excepted."""

    def __init__(self, *, timeout_seconds: float = 10.0) -> None:
        self._timeout_seconds = timeout_seconds
        self._session: ClientSession | None = None

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """One request, one answer whatever its status. Raises NeverLeft or NoAnswer."""
        import aiohttp

        limit = timeout_seconds or self._timeout_seconds
        timeout = aiohttp.ClientTimeout(total=limit, sock_connect=min(CONNECT_SECONDS, limit))
        with end_known():
            async with self._open().request(
                method, url, headers=headers, data=body, timeout=timeout, allow_redirects=False
            ) as response:
                return await _read(response)

    @asynccontextmanager
    async def download(self, url: str, *, headers: Mapping[str, str]) -> AsyncIterator[Download]:
        """A GET whose body is read by the caller. Raises NeverLeft or NoAnswer."""
        import aiohttp

        timeout = aiohttp.ClientTimeout(
            total=DOWNLOAD_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS
        )
        with end_known():
            response = await self._open().get(
                url, headers=headers, timeout=timeout, allow_redirects=False
            )
        try:
            yield Download(response.status, response.headers.get("x-line-request-id"), response)
        finally:
            response.close()

    async def close(self) -> None:
        """Close the kept connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _open(self) -> "ClientSession":
        if self._session is None:
            import aiohttp

            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "akashi"},
            )
        return self._session


async def _read(response: "ClientResponse") -> Answer:
    import aiohttp

    try:
        body = await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        # The status line of a success is enough; of a failure the words tell the kinds apart.
        if response.status // 100 != 2:
            raise
        body = b""
    headers = response.headers
    return Answer(
        status=response.status,
        body=body,
        request_id=headers.get("x-line-request-id"),
        accepted_request_id=headers.get("x-line-accepted-request-id"),
        retry_after=_seconds(headers.get("Retry-After")),
    )


def _seconds(value: str | None) -> float | None:
    """A Retry-After in seconds; one given as a date is left out, the own back-off serves then."""
    return float(value) if value is not None and value.isascii() and value.isdigit() else None
