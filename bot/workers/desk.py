"""The clock of the desk: a due look at a ticket or an appointment and what the customer is told of
it, one unit. A ticket that changed is shown anew on Slack; a call is brought to people there and to
their browsers; what staff wrote beside a conversation is forgotten with it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground import worklist
from catalog.ground.record import ConversationId, CustomerId
from conversations.flows.flow import ConversationTerms
from conversations.flows.forgetting import FORGOTTEN
from conversations.ports import Channel
from handoff.appointments.actions import REMIND
from handoff.clientbook import next_steps
from handoff.desk import calling, digest, erasing, promised, timers
from handoff.desk.calling import AGAIN
from handoff.desk.digest import DIGEST
from handoff.desk.notes import MENTIONED
from handoff.desk.promised import PROMISED
from handoff.desk.queries import ALERT
from handoff.desk.timers import Struck
from handoff.desk.watch import CHANGED, TIMER
from handoff.dialogue import handing_back
from handoff.dialogue.visits import reminding
from handoff.slack import actions as slack
from handoff.slack.posts import captures as slack_captures
from handoff.slack.posts import tasks as slack_tasks


class DeskWork:
    """The runners for what the clocks of tickets and appointments have to look at, and for what
    changed. `slack_channel`: where staff see tickets on Slack, if they do.
    """

    def __init__(
        self,
        units: Units,
        channels: Mapping[str, Channel],
        terms: ConversationTerms,
        clock: Callable[[], datetime],
        *,
        slack_channel: str = "",
    ) -> None:
        self._units = units
        self._channels = channels
        self._terms = terms
        self._clock = clock
        self._slack_channel = slack_channel

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {
            TIMER: self.look, CHANGED: self.show, ALERT: self.called, AGAIN: self.called,
            MENTIONED: self.mentioned, DIGEST: self.owed, REMIND: self.remind,
            FORGOTTEN: self.forget, PROMISED: self.promised,
        }  # fmt: skip

    async def forget(self, errand: Errand) -> None:
        """One conversation, or one customer (R-137)."""
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            subject = errand.work.subject
            erasing.forget(db, subject, now=now)
            if subject.startswith("customer:"):
                customer = CustomerId(subject.removeprefix("customer:"))
                next_steps.forget(db, customer, now=now)
            else:
                slack.forget(db, _conversation(errand), now=now)

        await self._units.write(unit)

    async def look(self, errand: Errand) -> None:
        """One due row."""
        now = self._clock()

        def unit(db: Session) -> None:
            strike = timers.strike(
                db, errand.work, hours=self._terms.hours(db), answer_lead=self._terms.answer_lead,
                now=now,
            )  # fmt: skip
            if strike.what is Struck.LATER and strike.again_at is not None:
                worklist.postpone(db, errand.work, until=strike.again_at)
                return
            finish(db, errand, now=now)
            handing_back.tell(db, strike, self._channels, now=now)

        await self._units.write(unit)

    async def called(self, errand: Errand) -> None:
        """Somebody of the shop is called to a ticket: by name in its thread on Slack, and in their
        browsers. The row stays for the console.
        """
        now, channel = self._clock(), self._slack_channel

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            alert = calling.due(db, errand.work, hours=self._terms.hours(db), now=now)
            if alert is None:
                return
            calling.tell(db, errand.work, alert, now=now)
            if channel:
                slack.call(db, alert, key=f"{errand.work.kind}:{errand.work.id}", now=now)

        await self._units.write(unit)

    async def mentioned(self, errand: Errand) -> None:
        """Somebody of the shop was called in a note; on Slack the note itself names them."""
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            calling.tell_mentioned(db, errand.work, hours=self._terms.hours(db), now=now)

        await self._units.write(unit)

    async def promised(self, errand: Errand) -> None:
        """A task whose time a customer was told is there, or its time has come."""
        now, channel = self._clock(), self._slack_channel

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            call = promised.tell(db, errand.work, hours=self._terms.hours(db), now=now)
            if call is not None and channel:
                slack_tasks.tell(db, call, now=now)

        await self._units.write(unit)

    async def owed(self, errand: Errand) -> None:
        """A day's captures that somebody waits for, once the shop opens (R-021)."""
        now, channel = self._clock(), self._slack_channel

        def unit(db: Session) -> None:
            hours = self._terms.hours(db)
            opens = digest.opens_at(errand.work, hours, now=now)
            if opens is not None and opens > now:
                worklist.postpone(db, errand.work, until=opens)
                return
            finish(db, errand, now=now)
            count = digest.owed(db, now=now)
            if opens is None or count.is_nothing:
                return
            digest.tell(db, errand.work, count, hours=hours, now=now)
            if channel:
                slack_captures.tell(db, errand.work.key, now=now)

        await self._units.write(unit)

    async def show(self, errand: Errand) -> None:
        """A ticket that changed: whoever shows it shows it anew."""
        now, channel = self._clock(), self._slack_channel

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            if channel:
                slack.show(db, _conversation(errand), channel, now=now)

        await self._units.write(unit)

    async def remind(self, errand: Errand) -> None:
        """An appointment is near: its customer is told."""
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            reminding.remind(db, errand.work, now=now)

        await self._units.write(unit)


def _conversation(errand: Errand) -> ConversationId:
    return ConversationId(errand.work.subject.partition(":")[2])
