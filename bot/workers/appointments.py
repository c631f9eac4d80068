"""What happened to an appointment, brought to whoever of the shop it is for: their browsers, and
the channel on Slack (`slack_posts`).
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from conversations.flows.flow import ConversationTerms
from handoff.appointments.steps import CALL
from handoff.dialogue.visits import calling
from handoff.slack.posts import bookings


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
