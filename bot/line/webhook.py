"""The way in from LINE: verify the raw bytes, keep each event as a row, answer 200 after the
commit.

A raw ASGI endpoint, because this is the hot path. Nothing is understood here: an event of an
unknown or broken shape is kept like any other and looked at later, so it cannot harm its
neighbours. 503 when the rows could not be kept: LINE delivers again when redelivery is on.
"""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.line.parse import (
    NotAnEvent,
    conversation_of,
    event_id_of,
    message_id_of,
    read_json,
)
from catalog.ground.errors import Unavailable
from catalog.ground.record import ConversationId, from_millis
from catalog.ground.session.database import Lane
from conversations.inbox.intake import IntakeRow

PATH = "/line/webhook"
LARGEST_BODY = 2 * 1024 * 1024
BODY_SECONDS = 5.0
_LATEST_MILLIS = 253_402_300_799_000  # year 9999
_SIGNATURE = b"x-line-signature"

log = structlog.get_logger()


class LineWebhook:
    """The ASGI application that answers `POST /line/webhook` and passes everything else on."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        secrets: Sequence[str],
        lane: Lane[IntakeRow],
        clock: Callable[[], datetime],
        counted: Callable[[int, int], None],
    ) -> None:
        self._app = app
        self._secrets = [secret.encode() for secret in secrets]
        self._lane = lane
        self._clock = clock
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        status, events = await self._answer(scope, receive)
        self._counted(status, events)
        await send(_STARTS[status])
        await send(_BODIES[status])

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, int]:
        if scope["method"] != "POST":
            return 405, 0
        signature = None
        for name, value in scope["headers"]:
            if name == _SIGNATURE:
                signature = value
        if signature is None or not self._secrets:
            return 401, 0
        body = await _body(receive)
        if isinstance(body, int):
            return body, 0
        if not self._is_signed(body, signature):
            return 401, 0
        rows = rows_of(body, received_at=self._clock())
        if rows is None:
            return 400, 0
        return await self._keep(rows), len(rows)

    def _is_signed(self, body: bytes, signature: bytes) -> bool:
        try:
            given = base64.b64decode(signature, validate=True)
        except ValueError:
            return False
        # Every secret is tried: while LINE's is being reissued both are right for a moment.
        return any(
            hmac.compare_digest(hmac.digest(secret, body, hashlib.sha256), given)
            for secret in self._secrets
        )

    async def _keep(self, rows: Sequence[IntakeRow]) -> int:
        if not rows:
            return 200
        loop = asyncio.get_running_loop()
        try:
            kept = [self._lane.put(row, loop=loop) for row in rows]
            if len(kept) == 1:
                await kept[0]
            else:
                await _all(kept)
        except Unavailable as failed:
            log.error("inbox.not_stored", events=len(rows), reason=str(failed))
            return 503
        return 200


async def _all(kept: Sequence["asyncio.Future[None]"]) -> None:
    """Wait for every row; the first failure fails the delivery, after all have ended."""
    results = await asyncio.gather(*kept, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _body(receive: Receive) -> bytes | int:
    """The whole body, or the status that refuses it: too large, too slow, cut off."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if len(body) <= LARGEST_BODY else 413
    chunks = [body]
    size = len(body)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while message.get("more_body"):
                message = await receive()
                if message["type"] == "http.disconnect":
                    return 400
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > LARGEST_BODY:
                    return 413
    except TimeoutError:
        return 408
    return b"".join(chunks)


def rows_of(body: bytes, *, received_at: datetime) -> list[IntakeRow] | None:
    """One row per event; None when the body is not LINE's envelope at all."""
    try:
        envelope = read_json(body)
    except NotAnEvent:
        return None
    events = envelope.get("events") if isinstance(envelope, dict) else None
    if not isinstance(events, list):
        return None
    rows = [_row(event, received_at) for event in events]
    if len(rows) > 1:
        # The same id twice in one body is one event.
        rows = list({row.event_id: row for row in reversed(rows)}.values())[::-1]
    return rows


def _row(event: Any, received_at: datetime) -> IntakeRow:
    text = orjson.dumps(event).decode()
    if not isinstance(event, dict):
        digest = hashlib.sha256(text.encode()).hexdigest()
        return IntakeRow("line", f"sha256-{digest}", _NOBODY, None, received_at, received_at, text)
    stamp = event.get("timestamp")
    happened_at = received_at
    if isinstance(stamp, int) and 0 <= stamp < _LATEST_MILLIS:
        happened_at = from_millis(stamp)
    return IntakeRow(
        channel="line",
        event_id=event_id_of(event),
        conversation=conversation_of(event),
        message_id=message_id_of(event),
        event_at=happened_at,
        received_at=received_at,
        body=text,
    )


_NOBODY = ConversationId("line:unknown")


def _plain(status: int, words: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(words)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": words}


_ANSWERS = {
    200: b"ok",
    400: b"not a LINE webhook body",
    401: b"the signature does not match",
    405: b"POST only",
    408: b"the body came too slowly",
    413: b"the body is larger than 2 MiB",
    503: b"could not be stored; please deliver again",
}
_STARTS = {status: _plain(status, words)[0] for status, words in _ANSWERS.items()}
_BODIES = {status: _plain(status, words)[1] for status, words in _ANSWERS.items()}
