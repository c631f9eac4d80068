"""Authenticated calls to LINE: token on each request, a fresh one where refused, request id logged.

Two addresses because LINE has two: the API and, for bytes, the data API. Rates, outcomes and the
meaning of statuses belong to the callers.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
import structlog

from bot.line.tokens import LongLivedToken, StatelessTokens, TokenSource
from bot.line.wire import Answer, Download, LineTrouble, Wire

log = structlog.get_logger()


class LineApi:
    """`name` of a call is for the log; the path may hold an id of a person and is not logged."""

    def __init__(self, wire: Wire, tokens: TokenSource, *, base: str, data_base: str) -> None:
        self.base = base.rstrip("/")
        self.data_base = data_base.rstrip("/")
        self._wire = wire
        self._tokens = tokens

    async def call(
        self,
        name: str,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float | None = None,
        about: Mapping[str, Any] | None = None,
    ) -> Answer:
        """One call; `path` starts with `/` (API) or is a whole address. Raises Unavailable kinds
        only.

        401 and 403 are tried once more where another token can be had: LINE looks at the token
        before anything else, so the first try did nothing. `about` are further fields for the log.
        """
        url = path if "://" in path else self.base + path
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = content_type
        for is_last in (False, True):
            token = await self._tokens.current()
            sent["Authorization"] = f"Bearer {token}"
            answer = await self._wire.call(
                method, url, headers=sent, body=body, timeout_seconds=timeout_seconds
            )
            log.info(
                "line.answered",
                call=name,
                status=answer.status,
                request_id=answer.request_id,
                **(about or {}),
            )
            if answer.status not in (401, 403) or is_last or not self._tokens.refused(token):
                break
        return answer

    async def read(self, name: str, path: str) -> dict[str, Any]:
        """A GET that must give a JSON object. Raises LineTrouble or another Unavailable."""
        answer = await self.call(name, "GET", path)
        if answer.status != 200:
            raise LineTrouble(name, answer.status, answer.request_id)
        return answer.fields()

    async def post(self, name: str, path: str, fields: Mapping[str, Any]) -> Answer:
        """A POST of a JSON object."""
        return await self.call(name, "POST", path, body=orjson.dumps(fields))

    @asynccontextmanager
    async def download(self, name: str, url: str) -> AsyncIterator[Download]:
        """A GET whose body the caller reads."""
        for is_last in (False, True):
            token = await self._tokens.current()
            headers = {"Authorization": f"Bearer {token}"}
            async with self._wire.download(url, headers=headers) as download:
                log.info(
                    "line.answered",
                    call=name,
                    status=download.status,
                    request_id=download.request_id,
                )
                if download.status in (401, 403) and not is_last and self._tokens.refused(token):
                    continue
                yield download
                return

    async def close(self) -> None:
        """Close the kept connections."""
        await self._wire.close()


def open_api(
    *,
    base: str,
    data_base: str,
    access_token: str | None = None,
    channel_id: str | None = None,
    channel_secrets: Sequence[str] = (),
    monotonic: Callable[[], float] = time.monotonic,
    timeout_seconds: float = 10.0,
) -> LineApi:
    """With the long-lived token when one is given, else with stateless ones minted from id and
    secret.

    Raises ValueError when neither is there: the caller knows that LINE is off and does not open it.
    """
    wire = Wire(timeout_seconds=timeout_seconds)
    if access_token:
        tokens: TokenSource = LongLivedToken(access_token)
    elif channel_id and channel_secrets:
        tokens = StatelessTokens(
            wire,
            base=base,
            channel_id=channel_id,
            channel_secrets=channel_secrets,
            monotonic=monotonic,
        )
    else:
        raise ValueError("LINE needs an access token, or a channel id and secret")
    return LineApi(wire, tokens, base=base, data_base=data_base)
