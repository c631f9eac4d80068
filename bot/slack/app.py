"""The way in from Slack: `POST /slack/events` for events, commands and buttons.

The raw bytes are verified and counted before anything reads them; then slack_bolt, imported when
Slack is configured and not before, answers Slack's own questions (`url_verification`, `ssl_check`)
and hands every delivery to one place, which keeps it as inbox rows. 200 after the commit, well
within the three seconds Slack waits; 503 when the rows could not be kept: Slack delivers again.
A repeated delivery has the same event ids and changes nothing. What is staff's goes through `door`
instead. Not here: understanding, and what staff see and press (`handoff/slack`).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from bot.slack.door import StaffDoor
from bot.slack.keeping import rows_of
from catalog.ground.errors import Unavailable
from catalog.ground.session.database import Lane
from conversations.inbox.intake import IntakeRow

PATH = "/slack/events"
LARGEST_BODY = 2 * 1024 * 1024
BODY_SECONDS = 3.0

log = structlog.get_logger()


def slack_router(
    *,
    signing_secret: str,
    bot_token: str,
    lane: Lane[IntakeRow],
    clock: Callable[[], datetime],
    counted: Callable[[int, int], None],
    door: StaffDoor | None = None,
) -> APIRouter:
    """The one route. Verifies against `clock`: a delivery older than five minutes is a replay.
    `door`: the desk's, where the shop has a channel for it.
    """
    from slack_bolt.adapter.starlette.async_handler import (
        to_async_bolt_request,
        to_starlette_response,
    )
    from slack_sdk.signature import Clock, SignatureVerifier

    class ShopClock(Clock):
        def now(self) -> float:
            return clock().timestamp()

    verifier = SignatureVerifier(signing_secret, ShopClock())
    bolt = _bolt(bot_token, lane, clock, door)
    made = APIRouter(include_in_schema=False)

    @made.post(PATH)
    async def events(request: Request) -> Response:
        """Events, commands and interactivity."""
        kept = 0
        body = await _body(request)
        if isinstance(body, int):
            answer: Response = PlainTextResponse(_REFUSED[body], status_code=body)
        elif not _is_signed(verifier, body, request):
            answer = PlainTextResponse(_REFUSED[401], status_code=401)
        else:
            try:
                delivery = to_async_bolt_request(request, body)
                told = await bolt.async_dispatch(delivery)
            except (ValueError, TypeError, AttributeError, KeyError) as error:
                log.error("slack.unreadable", error=type(error).__name__, exc_info=error)
                answer = PlainTextResponse(_REFUSED[400], status_code=400)
            else:
                answer = to_starlette_response(told)
                kept = delivery.context.get(_KEPT, 0)
        counted(answer.status_code, kept)
        return answer

    return made


_KEPT = "akashi_events_kept"
_REFUSED = {
    400: "not a body of Slack's",
    401: "the signature does not match",
    408: "the body came too slowly",
    413: "the body is larger than 2 MiB",
    503: "could not be stored; please deliver again",
}


def _bolt(
    bot_token: str,
    lane: Lane[IntakeRow],
    clock: Callable[[], datetime],
    door: StaffDoor | None,
) -> Any:
    """Bolt with one listener for everything. It asks Slack nothing while Slack waits."""
    from slack_bolt import BoltResponse
    from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
    from slack_bolt.authorization import AuthorizeResult

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token)

    app = AsyncApp(
        name="akashi",
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # done, on the raw bytes
        ignoring_self_events_enabled=False,  # `keeping` knows the bot's own messages
        attaching_function_token_enabled=False,
    )

    @app.middleware
    async def keep(req: AsyncBoltRequest) -> BoltResponse:
        if door is not None and door.is_for(req.body):
            told = await door.take(req.body)
            return BoltResponse(status=told.status, body=told.body, headers=dict(told.headers))
        rows = rows_of(req.body, received_at=clock())
        status = await _keep(lane, rows)
        req.context[_KEPT] = len(rows)
        return BoltResponse(status=status, body=_REFUSED.get(status, ""))

    @app.error
    async def broken(error: Exception) -> BoltResponse:
        log.error("slack.unreadable", error=type(error).__name__)
        return BoltResponse(status=400, body=_REFUSED[400])

    return app


async def _keep(lane: Lane[IntakeRow], rows: list[IntakeRow]) -> int:
    loop = asyncio.get_running_loop()
    try:
        # A failed row fails the delivery, after all have ended.
        results = await asyncio.gather(
            *(lane.put(row, loop=loop) for row in rows), return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
    except Unavailable as failed:
        log.error("inbox.not_stored", channel="slack", events=len(rows), reason=str(failed))
        return 503
    return 200


async def _body(request: Request) -> bytes | int:
    """The whole body, or the status that refuses it."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                chunks.append(chunk)
                size += len(chunk)
                if size > LARGEST_BODY:
                    return 413
    except TimeoutError:
        return 408
    return b"".join(chunks)


def _is_signed(verifier: Any, body: bytes, request: Request) -> bool:
    timestamp = request.headers.get("x-slack-request-timestamp")
    signature = request.headers.get("x-slack-signature")
    try:
        return bool(verifier.is_valid(body, timestamp, signature))
    except (ValueError, TypeError):  # no number, no UTF-8, no ASCII: nothing Slack would send
        return False
