"""Slack's Web API: one call, one answer, and whether a call that failed may have reached Slack.

slack_sdk's client is told never to repeat by itself: its own second try after a lost connection
would post a letter twice. Opened inside the running loop at the first call, imported only then.
"""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.calls import end_known
from catalog.ground.errors import Unavailable

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from slack_sdk.web.async_client import AsyncWebClient

CONNECT_SECONDS = 5.0
CALL_SECONDS = 10.0
DOWNLOAD_SECONDS = 900.0
SILENCE_SECONDS = 30.0  # within a download
CHUNK_BYTES = 256 * 1024


class SlackTrouble(Unavailable):
    """Slack answered, but not with what was asked for. `error` is Slack's own word for it."""

    def __init__(self, call: str, error: str) -> None:
        super().__init__(f"{call}: Slack answered {error}")
        self.call = call
        self.error = error


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `error` is None when Slack said ok; `status` when it said nothing readable."""

    status: int
    fields: Mapping[str, Any]
    scopes: frozenset[str] = frozenset()
    retry_after: float | None = None

    @property
    def error(self) -> str | None:
        """Slack's word for what went wrong."""
        if self.status == 200 and self.fields.get("ok") is True:
            return None
        return str(self.fields.get("error") or f"status {self.status}")

    @property
    def details(self) -> str:
        """What Slack says of the places that are wrong."""
        told = self.fields.get("response_metadata")
        messages = told.get("messages") if isinstance(told, dict) else None
        return "; ".join(map(str, messages))[:500] if isinstance(messages, list) else ""


class SlackApi:
    """The calls of one app. `base` ends before the method's name."""

    def __init__(self, *, base: str, token: str) -> None:
        self._base = base
        self._token = token
        self._client: AsyncWebClient | None = None
        self._session: ClientSession | None = None

    async def call(self, method: str, fields: Mapping[str, Any], *, json: bool = False) -> Answer:
        """One request, one answer, whatever Slack says. Raises NeverLeft or NoAnswer."""
        from slack_sdk.errors import SlackApiError

        told = dict(fields)
        with end_known():
            try:
                answer = await self._open().api_call(
                    method, json=told if json else None, data=None if json else told
                )
            except SlackApiError as refused:
                return _answer(refused.response)
        return _answer(answer)

    async def ask(self, method: str, **fields: Any) -> Answer:
        """The same where only an ok is of use. Raises Unavailable kinds."""
        answer = await self.call(method, fields)
        if answer.error is not None:
            raise SlackTrouble(method, answer.error)
        return answer

    @asynccontextmanager
    async def download(self, url: str) -> AsyncIterator["ClientResponse"]:
        """A file of Slack's whose body is read by the caller. Raises NeverLeft or NoAnswer.

        The token goes to Slack's own hosts only, and no redirect is followed with it.
        """
        import aiohttp

        if not self._is_slacks(url):
            raise SlackTrouble("download", "an address that is not Slack's")
        self._open()
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(
            total=DOWNLOAD_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS
        )
        headers = {"Authorization": f"Bearer {self._token}"}
        with end_known():
            response = await self._session.get(
                url, headers=headers, timeout=timeout, allow_redirects=False
            )
        try:
            yield response
        finally:
            response.close()

    async def upload(self, url: str, body: AsyncIterable[bytes], *, size: int) -> None:
        """Bytes to an address Slack has just given for them. Raises Unavailable kinds."""
        import aiohttp

        if not self._is_slacks(url):
            raise SlackTrouble("upload", "an address that is not Slack's")
        self._open()
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(
            total=DOWNLOAD_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS
        )
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"}
        with end_known():
            async with self._session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                status = answer.status
        if status != 200:
            raise SlackTrouble("upload", f"status {status}")

    async def close(self) -> None:
        """Close the kept connections; a later call opens new ones."""
        session, self._session, self._client = self._session, None, None
        if session is not None:
            await session.close()

    def _is_slacks(self, url: str) -> bool:
        there, ours = urlsplit(url), urlsplit(self._base)
        if (there.scheme, there.netloc) == (ours.scheme, ours.netloc):
            return True
        return there.scheme == "https" and (there.hostname or "").endswith(".slack.com")

    def _open(self) -> "AsyncWebClient":
        if self._client is None:
            import aiohttp
            from slack_sdk.web.async_client import AsyncWebClient

            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, sock_connect=CONNECT_SECONDS),
                connector=aiohttp.TCPConnector(ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            self._client = AsyncWebClient(
                token=self._token, base_url=self._base, session=self._session, retry_handlers=[]
            )
            self._client.proxy = None  # only the settings read the environment
        return self._client


async def chunks(response: "ClientResponse") -> AsyncIterator[bytes]:
    """The body piece by piece. Raises NoAnswer when it breaks off."""
    with end_known():
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            yield chunk


def _answer(told: Any) -> Answer:
    """The SDK's answer (or aiohttp's, where there was no JSON in it) as ours."""
    status: int = told.status_code if hasattr(told, "status_code") else told.status
    data = getattr(told, "data", None)
    headers = {str(key).lower(): str(value) for key, value in dict(told.headers).items()}
    scopes = headers.get("x-oauth-scopes", "").replace(" ", "").split(",")
    pause = headers.get("retry-after", "")
    return Answer(
        status=status,
        fields=data if isinstance(data, dict) else {},
        scopes=frozenset(filter(None, scopes)),
        retry_after=float(pause) if pause.isascii() and pause.isdigit() else None,
    )
