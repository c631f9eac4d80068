"""What happened to an appointment, brought to whoever of the shop it is for: their browsers, and
the channel on Slack.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.slack.channel import SlackChannel
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground import worklist
from catalog.ground.record import ConversationId, LetterId
from conversations.flows.flow import ConversationTerms
from conversations.ports import Accepted, Outgoing, Rejected
from handoff.appointments.steps import CALL
from handoff.dialogue.visits import calling
from handoff.slack import bookings
from handoff.slack.bookings import POST
from handoff.slack.queries import StaffSlack

AGAIN = timedelta(minutes=1)

log = structlog.get_logger()


class AppointmentWork:
    """The runner for what people of the shop hear. `on_slack`: whether the channel hears of it."""

    def __init__(
        self,
        units: Units,
        terms: ConversationTerms,
        clock: Callable[[], datetime],
        *,
        on_slack: bool = False,
    ) -> None:
        self._units = units
        self._terms = terms
        self._clock = clock
        self._on_slack = on_slack

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {CALL: self.called}

    async def called(self, errand: Errand) -> None:
        """Whoever it is for is told, as soon as they are there."""
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            call = calling.due(db, errand.work, now=now)
            if call is None:
                return
            hours = self._terms.hours(db)
            first = calling.tell(db, errand.work, call, hours=hours, now=now)
            if self._on_slack:
                bookings.tell(db, errand.work, call, due_at=first, now=now)

        await self._units.write(unit)


class AppointmentPosts:
    """The runner for what the channel on Slack hears."""

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
        """One post. While Slack takes nothing it is tried again, as long as it still holds; after a
        try whose end nobody knows the post is looked for first.
        """
        work, now = errand.work, self._clock()
        message = await self._units.read(
            lambda db: bookings.message(db, work, self._slack, now=now)
        )
        if message is not None:
            was_tried = work.attempts > 1 or bool(work.facts.get("is_tried"))
            outcome = await self._channel.send(
                Outgoing(
                    letter_id=LetterId(0),
                    conversation=ConversationId(f"slack:-/{self._slack.channel}"),
                    messages=[message],
                    retry_key=str(work.facts["post"]),
                    reply_token=None,
                    unclear_since=work.written_at if was_tried else None,
                )
            )
            if not isinstance(outcome, Accepted | Rejected):
                await self._units.write(lambda db: self._later(db, errand))
                return
            if isinstance(outcome, Rejected):
                log.warning("slack.appointment_refused", reason=outcome.reason)
        await self._units.write(lambda db: finish(db, errand, now=self._clock()))

    def _later(self, db: Session, errand: Errand) -> None:
        worklist.note(db, errand.work.id, is_tried=True)
        worklist.postpone(db, errand.work, until=self._clock() + AGAIN)
