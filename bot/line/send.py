"""LINE as a `Channel`: reply and push, the waiting animation, the month's quota, what people sent,
profiles.

Each try has one of the outcomes of `conversations/ports`; which try comes next is the outbox's
decision. How the statuses are read:

* 2xx is accepted; 409 on a push means an earlier try with the same retry key had arrived.
* A 400 "Invalid reply token" spends the token; any other 4xx will be the same tomorrow.
* 429 is either the month's limit or the rate; LINE's text tells them apart.
* 401 and 403 after a fresh token: the channel is not allowed to send. Nothing was sent, and it is
the shop's set-up that must change, so the letter waits (`TooFast`) instead of being thrown away.
* 5xx and a lost answer are unclear; a connection that could not be made at all is not, it is tried
later.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson
import structlog

from bot.bucket import TokenBucket
from bot.calls import NoAnswer
from bot.line.api import LineApi
from bot.line.render import render
from bot.line.wire import Answer, LineTrouble
from catalog.ground.errors import Missing, Unavailable
from catalog.ground.record import ConversationId
from conversations.messages import Letter
from conversations.ports import (
    Accepted,
    Message,
    NotReady,
    Outcome,
    Outgoing,
    Quota,
    QuotaSpent,
    Rejected,
    TokenRefused,
    TooFast,
    Unclear,
)

# Calls a second for each endpoint and channel (LINE reference, "Rate limits").
RATES = {
    "reply": 2_000.0,
    "push": 2_000.0,
    "content": 2_000.0,
    "transcoding": 2_000.0,
    "profile": 2_000.0,
    "quota": 2_000.0,
    "loading": 100.0,
}
WAIT_SECONDS_MOST = 2.0  # longer than this and the letter goes back to the outbox
NOT_ALLOWED_SECONDS = 60.0

_PERSON = re.compile(r"[UL][0-9a-zA-Z]+")

log = structlog.get_logger()


class ContentGone(Missing):
    """LINE does not hold these bytes (any more), or could not prepare them."""

    def __init__(self, message_id: str) -> None:
        super().__init__(f"content of message {message_id} is gone")
        self.message_id = message_id


class RateReached(Unavailable):
    """Our own bucket for the endpoint is empty."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person lets the shop see. The name is theirs to change and proves nothing."""

    display_name: str
    language: str | None


class LineChannel:
    """The `Channel` port over LINE's API.

    `share`: the part of LINE's rates this process may use, where several send for one channel.
    """

    name = "line"
    calls_people = True

    def __init__(
        self, api: LineApi, *, monotonic: Callable[[], float] = time.monotonic, share: float = 1.0
    ) -> None:
        self.api = api
        self._monotonic = monotonic
        now = monotonic()
        self._buckets = {
            name: TokenBucket(rate=rate * share, burst=max(1.0, rate * share / 4), now=now)
            for name, rate in RATES.items()
        }

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        """The letters in LINE's JSON, each list one call. Raises Malformed."""
        return render(letters)

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Try once, as a reply where a token is given, else as a push with the row's retry key."""
        channel, _, to = outgoing.conversation.partition(":")
        if channel != self.name or not to or to == "unknown":
            return Rejected("not a conversation LINE can reach")
        is_reply = outgoing.reply_token is not None
        kind = "reply" if is_reply else "push"
        whom = {"replyToken": outgoing.reply_token} if is_reply else {"to": to}
        try:
            body = orjson.dumps({**whom, "messages": list(outgoing.messages)})
        except TypeError:
            return Rejected("the messages cannot be written as JSON in UTF-8")
        wait = self._buckets[kind].take(self._monotonic(), at_most=WAIT_SECONDS_MOST)
        if wait is None:
            return TooFast(WAIT_SECONDS_MOST)
        if wait:
            await asyncio.sleep(wait)
        try:
            answer = await self.api.call(
                kind,
                "POST",
                f"/v2/bot/message/{kind}",
                body=body,
                headers=None if is_reply else {"X-Line-Retry-Key": outgoing.retry_key},
                about={"letter": outgoing.letter_id},
            )
        except NoAnswer as error:
            log.warning("line.no_answer", call=kind, letter=outgoing.letter_id, error=str(error))
            return Unclear(f"no answer: {error}")
        except Unavailable as error:  # no connection, or no token to send with
            log.warning("line.not_sent", call=kind, letter=outgoing.letter_id, error=str(error))
            return TooFast(None)
        if answer.status == 429:
            self._buckets[kind].empty(self._monotonic())
        return outcome_of(answer, is_reply=is_reply)

    async def show_waiting(self, conversation: ConversationId, *, seconds: int) -> None:
        """LINE's loading animation, for people only (5 to 60 s in steps of 5). Best effort."""
        to = conversation.partition(":")[2]
        if not _PERSON.fullmatch(to):
            return
        if self._buckets["loading"].take(self._monotonic(), at_most=0.0) is None:
            return
        shown = min(60, max(5, -(-seconds // 5) * 5))
        try:
            await self.api.post(
                "loading", "/v2/bot/chat/loading/start", {"chatId": to, "loadingSeconds": shown}
            )
        except Unavailable as error:
            log.info("line.loading_not_shown", error=type(error).__name__)

    async def quota(self) -> Quota:
        """This month's paid messages:

        The limit (None: no limit) and what is used. Raises Unavailable.
        """
        await self._wait("quota")
        limit = await self.api.read("quota", "/v2/bot/message/quota")
        used = await self.api.read("quota", "/v2/bot/message/quota/consumption")
        value = limit.get("value")
        return Quota(
            limit=value if limit.get("type") == "limited" and isinstance(value, int) else None,
            used=_whole(used.get("totalUsage")),
        )

    async def content(self, message_id: str, *, kind: str) -> AsyncIterator[bytes]:
        """The bytes of what a person sent, in pieces. Raises NotReady, ContentGone or Unavailable.

        LINE deletes them after a time it does not state; they are to be fetched at once.
        """
        url = f"{self.api.data_base}/v2/bot/message/{quote(message_id, safe='')}/content"
        if kind in ("video", "audio"):
            await self._need_prepared(message_id, url)
        await self._wait("content")
        async with self.api.download("content", url) as download:
            if download.status == 202:
                raise NotReady(message_id)
            if download.status in (400, 404, 410):
                raise ContentGone(message_id)
            if download.status != 200:
                raise LineTrouble("content", download.status, download.request_id)
            async for chunk in download.chunks():
                yield chunk

    async def profile(self, user_id: str) -> Profile | None:
        """Name and language; None when unknown, not agreed to, or blocked. Raises Unavailable."""
        await self._wait("profile")
        answer = await self.api.call("profile", "GET", f"/v2/bot/profile/{quote(user_id, safe='')}")
        if answer.status in (400, 404):
            return None
        if answer.status != 200:
            raise LineTrouble("profile", answer.status, answer.request_id)
        fields = answer.fields()
        language = fields.get("language")
        return Profile(
            display_name=str(fields.get("displayName") or ""),
            language=language if isinstance(language, str) and language else None,
        )

    async def close(self) -> None:
        """Close the kept connections."""
        await self.api.close()

    async def _need_prepared(self, message_id: str, url: str) -> None:
        await self._wait("transcoding")
        answer = await self.api.call("transcoding", "GET", f"{url}/transcoding")
        if answer.status in (400, 404, 410):
            raise ContentGone(message_id)
        if answer.status != 200:
            raise LineTrouble("transcoding", answer.status, answer.request_id)
        state = answer.fields().get("status")
        if state == "failed":
            raise ContentGone(message_id)
        if state != "succeeded":
            raise NotReady(message_id)

    async def _wait(self, name: str) -> None:
        wait = self._buckets[name].take(self._monotonic(), at_most=WAIT_SECONDS_MOST)
        if wait is None:
            raise RateReached(name)
        if wait:
            await asyncio.sleep(wait)


def outcome_of(answer: Answer, *, is_reply: bool) -> Outcome:
    """What LINE's answer to one send means. Pure."""
    status = answer.status
    if 200 <= status < 300:
        return Accepted(request_id=answer.request_id)
    if status == 409 and not is_reply:
        accepted = answer.accepted_request_id or answer.request_id
        return Accepted(request_id=accepted, repeated=True)
    if status == 429:
        if "monthly limit" in answer.message.lower():
            return QuotaSpent()
        return TooFast(answer.retry_after)
    if status in (401, 403):
        return TooFast(NOT_ALLOWED_SECONDS)
    if status == 400 and is_reply and "invalid reply token" in answer.message.lower():
        return TokenRefused(answer.message)
    if 400 <= status < 500 and status != 408:
        return Rejected(f"{status} {answer.message}")
    return Unclear(f"status {status}")


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
