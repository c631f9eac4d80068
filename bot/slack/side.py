"""What staff see on Slack, called (スタッフ側の呼び出し): cards drawn anew, words for one person,
windows, the app's own page, copies of files.

Posts to the channel go through `channel`, by the rate and the keys it keeps; nothing here is posted
where a repetition would be seen twice. Answers are read as in `send`.
"""

import asyncio
import time
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

import structlog

from bot.bucket import TokenBucket
from bot.slack.api import Answer, SlackApi, SlackTrouble
from bot.slack.send import GONE, outcome_of
from catalog.ground.errors import Unavailable
from catalog.ground.record import TicketId
from conversations.ports import Accepted, Outcome, Rejected, TooFast, Unclear
from handoff.slack.cards import Message, View
from handoff.slack.gestures import Person
from handoff.slack.handling import Home, Open, Reaction, Settle, Tell

# chat.update: 50 and more a minute for each workspace (docs.slack.dev, "Rate limits", tier 3).
UPDATES_A_SECOND = 0.8
UPDATES_AT_ONCE = 10.0
WAIT_SECONDS_MOST = 2.0
TRIES = 3
PATIENCE_SECONDS = 5.0  # for the bot's last letters to leave
_ALONE = {"unfurl_links": False, "unfurl_media": False}  # nothing of a link is fetched by Slack
_ELSEWHERE = frozenset({"channel_not_found", "not_in_channel", "user_not_in_channel"})

log = structlog.get_logger()


class StaffSide:
    """The calls for staff. `settle` tells how many letters of the bot are still leaving, `home`
    draws somebody's page.
    """

    def __init__(
        self,
        api: SlackApi,
        settle: Callable[[TicketId], Awaitable[int]],
        home: Callable[[Person], Awaitable[View]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api = api
        self._settle = settle
        self._home = home
        self._monotonic = monotonic
        self._updates = TokenBucket(rate=UPDATES_A_SECOND, burst=UPDATES_AT_ONCE, now=monotonic())

    async def update(self, channel: str, ts: str, message: Message) -> Outcome:
        """Draw a message anew; the same twice is the same."""
        wait = self._updates.take(self._monotonic(), at_most=WAIT_SECONDS_MOST)
        if wait is None:
            return TooFast(WAIT_SECONDS_MOST)
        if wait:
            await asyncio.sleep(wait)
        told = {"channel": channel, "ts": ts, "text": message["text"], "blocks": message["blocks"]}
        outcome = await self._tried("chat.update", told, json=True)
        if isinstance(outcome, TooFast):
            self._updates.empty(self._monotonic())
        return outcome

    async def react(self, reaction: Reaction) -> None:
        """Best effort: what was done stands in the books, and the card shows it. Never raises for
        Slack or the network.
        """
        try:
            match reaction:
                case Tell():
                    await self._tell(reaction)
                case Open():
                    await self._open(reaction)
                case Home(person=person):
                    view = await self._home(person)
                    await self._ask("views.publish", {"user_id": person.user, "view": view})
                case Settle(ticket=ticket, then=then):
                    await self._wait(ticket)
                    await self._tell(then)
        except Unavailable as failed:
            log.warning("slack.not_told", reaction=type(reaction).__name__, reason=str(failed))

    async def _tell(self, tell: Tell) -> None:
        if tell.channel is None:
            await self._ask("chat.postMessage", {**tell.message, **_ALONE, "channel": tell.user})
            return
        where: dict[str, Any] = {"channel": tell.channel, "user": tell.user}
        if tell.thread is not None:
            where["thread_ts"] = tell.thread
        answer = await self._ask("chat.postEphemeral", {**tell.message, **where})
        if answer.error in _ELSEWHERE:  # pressed where the bot is not, under a command's answer
            await self._ask("chat.postMessage", {**tell.message, **_ALONE, "channel": tell.user})

    async def _open(self, opening: Open) -> None:
        answer = await self._ask(
            "views.open", {"trigger_id": opening.trigger, "view": opening.view}, tries=1
        )
        if answer.error is not None:
            log.warning("slack.not_opened", error=answer.error, details=answer.details)
            await self._tell(opening.otherwise)

    async def _ask(self, method: str, fields: dict[str, Any], *, tries: int = TRIES) -> Answer:
        """Again after a pause where Slack asks for one. Raises Unavailable kinds."""
        for left in range(tries - 1, -1, -1):
            answer = await self.api.call(method, fields, json=True)
            if not left or not isinstance(outcome_of(answer), TooFast):
                break
            await asyncio.sleep(min(answer.retry_after or 1.0, 10.0))
        if answer.error is not None and method != "views.open":
            log.warning("slack.refused", call=method, error=answer.error, details=answer.details)
        return answer

    async def _wait(self, ticket: TicketId) -> None:
        ends = self._monotonic() + PATIENCE_SECONDS
        leaving = await self._settle(ticket)
        for _ in range(25):
            if not leaving or self._monotonic() >= ends:
                return
            await asyncio.sleep(0.2)
            leaving = await self._settle(ticket)

    async def upload(self, name: str, size: int, body: AsyncIterable[bytes]) -> str:
        """Hand bytes to Slack; its id of the file, which nobody sees yet. Raises Unavailable."""
        told = (await self.api.ask("files.getUploadURLExternal", filename=name, length=size)).fields
        await self.api.upload(str(told.get("upload_url")), body, size=size)
        return str(told.get("file_id"))

    async def share(self, file_id: str, channel: str, thread: str, comment: str) -> Outcome:
        """Show an uploaded file in the thread."""
        fields = {
            "files": [{"id": file_id}], "channel_id": channel, "thread_ts": thread,
            "initial_comment": comment,
        }  # fmt: skip
        return await self._tried("files.completeUploadExternal", fields, json=True)

    async def is_shared(self, file_id: str, channel: str) -> bool:
        """Whether the file stands in that channel. Raises Unavailable. One that was never shown is
        none that Slack tells of.
        """
        answer = await self.api.call("files.info", {"file": file_id})
        if answer.error in GONE:
            return False
        if answer.error is not None:
            raise SlackTrouble("files.info", answer.error)
        file = answer.fields.get("file") or {}
        shares = file.get("shares") or {}
        placed = [*(shares.get("public") or {}), *(shares.get("private") or {})]
        return channel in placed or channel in [*(file.get("channels") or []),
                                                *(file.get("groups") or [])]  # fmt: skip

    async def delete(self, file_id: str) -> Outcome:
        """Take a copy away from Slack."""
        outcome = await self._tried("files.delete", {"file": file_id}, json=False)
        return Accepted() if isinstance(outcome, Rejected) and _is_gone(outcome) else outcome

    async def _tried(self, method: str, fields: dict[str, Any], *, json: bool) -> Outcome:
        """One call that may be made again whatever became of it."""
        try:
            return outcome_of(await self.api.call(method, fields, json=json))
        except Unavailable as error:
            return Unclear(f"no answer: {error}")


def _is_gone(outcome: Rejected) -> bool:
    return outcome.reason.split(" ")[0] in GONE
