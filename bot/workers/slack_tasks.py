"""Telling the staff's channel on Slack of a task whose time a customer knows: one row, one post.

While Slack is away the row waits, for a day; what is over by then is dropped, the console and the
browsers have told it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.slack.channel import SlackChannel
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground import worklist
from catalog.ground.record import ConversationId, LetterId
from conversations.ports import Accepted, Outgoing, Rejected
from handoff.slack import tasks
from handoff.slack.queries import StaffSlack
from handoff.slack.tasks import POST

_AGAIN = timedelta(seconds=30)
_USEFUL = timedelta(days=1)

log = structlog.get_logger()


class SlackTaskWork:
    """The runner for such posts."""

    def __init__(
        self,
        units: Units,
        slack: StaffSlack,
        channel: SlackChannel,
        clock: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._slack = slack
        self._channel = channel
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {POST: self.post}

    async def post(self, errand: Errand) -> None:
        """One post. Each try looks first whether an earlier one had arrived."""
        work = errand.work
        message = await self._units.read(
            lambda db: tasks.message(db, work, public_url=self._slack.public_url)
        )
        if message is not None:
            outcome = await self._channel.send(
                Outgoing(
                    letter_id=LetterId(0),
                    conversation=ConversationId(f"slack:-/{self._slack.channel}"),
                    messages=[message],
                    retry_key=str(work.facts["post"]),
                    reply_token=None,
                    unclear_since=work.written_at,
                )
            )
            now = self._clock()
            if not isinstance(outcome, Accepted | Rejected) and now < work.written_at + _USEFUL:
                await self._units.write(lambda db: worklist.postpone(db, work, until=now + _AGAIN))
                return
            if not isinstance(outcome, Accepted):
                log.warning("slack.task_not_posted", outcome=type(outcome).__name__)
        await self._units.write(lambda db: finish(db, errand, now=self._clock()))
