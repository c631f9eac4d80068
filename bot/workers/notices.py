"""The messages the shop starts: each due notice becomes one letter, and a letter that cannot arrive
another one or a task.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, WorkLost
from catalog.ground import worklist
from conversations.flows.flow import ConversationTerms
from conversations.outbox.actions import UNDELIVERED
from conversations.ports import Channel
from conversations.reminders import actions as reminders
from conversations.reminders.actions import Post


class NoticeWork:
    """Runners for notices, and for letters that will not arrive."""

    def __init__(
        self,
        units: Units,
        channels: Mapping[str, Channel],
        terms: ConversationTerms,
        clock: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._post = Post(channels, terms)
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {worklist.NOTICE: self.tell, UNDELIVERED: self.see_to}

    async def tell(self, errand: Errand) -> None:
        """One notice, in one unit."""
        now = self._clock()

        def unit(db: Session) -> None:
            if not reminders.tell(db, errand.work, self._post, worker=errand.worker, now=now):
                raise WorkLost(errand.work.kind)

        await self._units.write(unit)

    async def see_to(self, errand: Errand) -> None:
        """One letter that will not arrive."""
        now = self._clock()

        def unit(db: Session) -> None:
            if not reminders.see_to(db, errand.work, worker=errand.worker, now=now):
                raise WorkLost(errand.work.kind)

        await self._units.write(unit)
