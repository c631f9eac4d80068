"""Slack as a `Channel`: posting, looking before repeating, what people sent.

Slack has no reply tokens, no month's quota and no retry keys. So that nothing is lost and nothing
doubled all the same, every post carries its letter's retry key as metadata, and one whose fate
nobody knows is looked for in the conversation before it is posted again. How answers are read is in
`send`. Slack shows no "is writing" for such a bot, so waiting shows nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.bucket import TokenBucket
from bot.calls import NoAnswer
from bot.slack.api import SlackApi, SlackTrouble, chunks
from bot.slack.render import render
from bot.slack.send import GONE, METADATA, is_key_of, outcome_of
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
    Rejected,
    TooFast,
    Unclear,
)

# A message a second for each channel, short bursts allowed (docs.slack.dev, "Rate limits").
RATE = 1.0
BURST = 3.0
WAIT_SECONDS_MOST = 2.0  # longer than this and the letter goes back to the outbox
SETTLES_SECONDS = 4.0  # until a post whose answer was lost shows in its conversation
BEFORE = timedelta(minutes=2)  # how far the clocks may be apart
PAGES_MOST = 5
BUCKETS_MOST = 10_000

log = structlog.get_logger()


class FileGone(Missing):
    """Slack does not hold this file (any more), or not for us."""

    def __init__(self, file_id: str) -> None:
        super().__init__(f"file {file_id} is gone")
        self.file_id = file_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held: a person (their direct messages), or a channel's thread."""

    target: str
    thread: str | None

    @property
    def is_person(self) -> bool:
        return self.target[0] in "UW"


def place_of(conversation: ConversationId) -> Place | None:
    """The place behind a conversation's id; None when it is none of Slack's."""
    channel, _, rest = conversation.partition(":")
    parts = rest.split("/")
    if channel != "slack" or not 2 <= len(parts) <= 3 or not all(parts):
        return None
    return Place(parts[1], parts[2] if len(parts) == 3 else None)


class SlackChannel:
    """The `Channel` port over Slack's Web API. `settles`: seconds a post may be under way
    after its answer was lost.
    """

    name = "slack"
    calls_people = True

    def __init__(
        self,
        api: SlackApi,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        settles: float = SETTLES_SECONDS,
    ) -> None:
        self.api = api
        self._monotonic = monotonic
        self._settles = settles
        self._buckets: dict[str, TokenBucket] = {}

    def render(self, letters: Sequence[Letter]) -> list[list[Message]]:
        """The letters as Block Kit, each list one message. Raises Malformed."""
        return render(letters)

    async def send(self, outgoing: Outgoing) -> Outcome:
        """Post once; where an earlier try is unclear, only after looking for it."""
        place = place_of(outgoing.conversation)
        if place is None or len(outgoing.messages) != 1:
            return Rejected("not a message or not a conversation of Slack's")
        try:
            if outgoing.unclear_since is not None:
                found = await self._found(place, outgoing, since=outgoing.unclear_since)
                if found is not None:
                    return found
            return await self._post(place, outgoing)
        except NoAnswer as error:
            log.warning("slack.no_answer", letter=outgoing.letter_id, error=str(error))
            return Unclear(f"no answer: {error}")
        except Unavailable as error:
            log.warning("slack.not_sent", letter=outgoing.letter_id, error=str(error))
            return TooFast(None)

    async def _post(self, place: Place, outgoing: Outgoing) -> Outcome:
        bucket = self._bucket(place.target)
        wait = bucket.take(self._monotonic(), at_most=WAIT_SECONDS_MOST)
        if wait is None:
            return TooFast(WAIT_SECONDS_MOST)
        if wait:
            await asyncio.sleep(wait)
        told: dict[str, Any] = {
            **outgoing.messages[0],
            "channel": place.target,
            "metadata": {"event_type": METADATA, "event_payload": {"key": outgoing.retry_key}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if place.thread is not None:
            told["thread_ts"] = place.thread
        answer = await self.api.call("chat.postMessage", told, json=True)
        outcome = outcome_of(answer)
        if isinstance(outcome, TooFast):
            bucket.empty(self._monotonic())
        return outcome

    async def _found(self, place: Place, outgoing: Outgoing, *, since: datetime) -> Outcome | None:
        """Accepted when an earlier try had arrived; None when it certainly has not.

        A look that fails leaves the letter unclear: it is looked for again, never posted blindly.
        """
        await asyncio.sleep(self._settles)
        try:
            async for message in self._messages(place, oldest=since - BEFORE):
                if is_key_of(message, outgoing.retry_key):
                    return Accepted(request_id=str(message.get("ts")), repeated=True)
        except SlackTrouble as trouble:
            log.warning("slack.not_looked", letter=outgoing.letter_id, error=trouble.error)
            if trouble.error in GONE:
                return Rejected(trouble.error)
            return Unclear(f"could not look for it: {trouble.error}")
        return None

    async def _messages(self, place: Place, *, oldest: datetime) -> AsyncIterator[dict[str, Any]]:
        """What was posted there since that moment, page by page."""
        wanted: dict[str, Any] = {
            "channel": await self._channel_id(place),
            "oldest": f"{oldest.timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": 200,
        }
        method = "conversations.history"
        if place.thread is not None:
            method = "conversations.replies"
            wanted["ts"] = place.thread
        for _ in range(PAGES_MOST):
            page = (await self.api.ask(method, **wanted)).fields
            for message in page.get("messages") or []:
                yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return
            wanted["cursor"] = cursor
        raise SlackTrouble(method, "more messages than could be looked through")

    async def _channel_id(self, place: Place) -> str:
        if not place.is_person:
            return place.target
        opened = await self.api.ask("conversations.open", users=place.target)
        return str((opened.fields.get("channel") or {}).get("id"))

    async def show_waiting(self, conversation: ConversationId, *, seconds: int) -> None:
        """Slack has nothing of the kind for a bot in a conversation."""

    async def quota(self) -> Quota:
        """Slack counts no messages."""
        return Quota(limit=None, used=0)

    async def content(self, message_id: str, *, kind: str) -> AsyncIterator[bytes]:
        """The bytes of a file. Raises NotReady, FileGone or Unavailable.

        Where the app may not read files, Slack answers with its sign-in page instead of an error.
        """
        answer = await self.api.call("files.info", {"file": message_id})
        if answer.error in GONE:
            raise FileGone(message_id)
        if answer.error is not None:
            raise SlackTrouble("files.info", answer.error)
        file = answer.fields.get("file") or {}
        if file.get("is_external") or file.get("mode") in ("external", "tombstone"):
            raise FileGone(message_id)
        url = file.get("url_private_download") or file.get("url_private")
        if not url:
            raise NotReady(message_id)
        async with self.api.download(str(url)) as response:
            if response.status in (404, 410):
                raise FileGone(message_id)
            is_page = response.content_type == "text/html" != file.get("mimetype")
            if response.status != 200 or is_page:
                raise SlackTrouble("download", f"status {response.status} {response.content_type}")
            async for chunk in chunks(response):
                yield chunk

    async def close(self) -> None:
        """Close the kept connections."""
        await self.api.close()

    def _bucket(self, target: str) -> TokenBucket:
        if len(self._buckets) >= BUCKETS_MOST:
            self._buckets.clear()
        now = self._monotonic()
        return self._buckets.setdefault(target, TokenBucket(rate=RATE, burst=BURST, now=now))
