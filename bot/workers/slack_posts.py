"""What the staff's channel on Slack is told once, posted: captures in the morning, promised tasks,
appointments. What each says and until when it waits is in `handoff/slack/posts`.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlmodel import Session

from bot.slack.channel import SlackChannel
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground.record import ConversationId, LetterId
from conversations.ports import Accepted, Outcome, Outgoing, Rejected
from handoff.slack.cards import Message
from handoff.slack.posts import actions, bookings, captures, tasks
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import is_shut

_DRAWN = {
    captures.POST: captures.message,
    tasks.POST: tasks.message,
    bookings.POST: bookings.message,
}

log = structlog.get_logger()


class PostWork:
    """The runner for posts to the channel, whatever they tell."""

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
        return dict.fromkeys(_DRAWN, self.post)

    async def post(self, errand: Errand) -> None:
        """One post, drawn as it stands now. While Slack takes nothing it waits; what Slack will
        never take is dropped, and holds up no other.
        """
        work, now = errand.work, self._clock()
        message = await self._units.read(
            lambda db: _DRAWN[work.kind](db, work, self._slack, now=now)
        )
        outcome = None if message is None else await self._sent(errand, message)
        await self._units.write(lambda db: self._end(db, errand, outcome, tried_at=now))

    async def _sent(self, errand: Errand, message: Message) -> Outcome:
        return await self._channel.send(
            Outgoing(
                letter_id=LetterId(0),
                conversation=ConversationId(f"slack:-/{self._slack.channel}"),
                messages=[message],
                retry_key=str(errand.work.facts["post"]),
                reply_token=None,
                unclear_since=actions.unclear_since(errand.work),
            )
        )

    def _end(
        self, db: Session, errand: Errand, outcome: Outcome | None, *, tried_at: datetime
    ) -> None:
        work, now = errand.work, self._clock()
        if not (outcome is None or isinstance(outcome, Accepted)):
            is_refused = isinstance(outcome, Rejected) and not is_shut(outcome.reason)
            log.warning("slack.not_posted", kind=work.kind, outcome=str(outcome))
            if not is_refused and actions.put_off(db, work, outcome, tried_at=tried_at, now=now):
                return
        finish(db, errand, now=now)
