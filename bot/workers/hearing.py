"""The inbox loop: claim a conversation, understand its events in order, answer each in one unit of
work.

Understanding has no transaction open and may take long; then the person sees that an answer is
being made, and at 40 s the free token is spent on a button that brings the answer for free later.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.answers import Verdict, verdict
from bot.health import Gauges
from bot.unit import Units
from bot.workers.pulse import Pulse
from bot.workers.sending import OutboxLoop
from catalog.ground.calendar import round_up_to
from conversations import turn
from conversations.flows.flow import COLLECT, tap
from conversations.inbox import work as inbox
from conversations.inbox.intake import TOPIC
from conversations.inbox.work import Claim, HeardEvent, LeaseLost
from conversations.messages import Button, Choices, Event
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.ports import Reading, Understanding
from conversations.turn import Desk
from conversations.wording.voice import voice
from handoff.desk import actions as handoff_desk
from handoff.desk.tables import TicketReason

CONVERSATIONS_A_CLAIM = 32
MOST_AT_ONCE = 64
SHOWS_WAITING_AFTER = 3.0
SPENDS_TOKEN_BEFORE = timedelta(seconds=5)  # of the token's end

log = structlog.get_logger()
Parser = Callable[[str, int, datetime], Event]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What the loop works with."""

    desk: Desk
    understanding: Understanding
    parsers: Mapping[str, Callable[..., Event]]
    clock: Callable[[], datetime]
    gauges: Gauges


class InboxLoop(Pulse):
    """One per worker process; many conversations at once, one event at a time in each."""

    topics = frozenset({TOPIC})

    def __init__(self, units: Units, name: str, hearing: Hearing, sending: OutboxLoop) -> None:
        super().__init__(units, name)
        self._sending = sending
        self._hearing = hearing
        self._held: dict[str, int] = {}

    async def look(self) -> bool:
        room = self.room(at_once=MOST_AT_ONCE, a_claim=CONVERSATIONS_A_CLAIM)
        if room <= 0:
            return False
        lease = self.next_lease()
        now = self._hearing.clock()
        claims = await self.units.write(
            lambda db: inbox.claim(db, lease=lease, now=now, limit=room), durable=False
        )
        self._held[lease] = len(claims)
        if not claims:
            del self._held[lease]
        for claim in claims:
            self.start(self._see_through(claim))
        return len(claims) == room

    async def renew(self) -> None:
        leases = list(self._held)
        if leases:
            now = self._hearing.clock()
            await self.units.write(lambda db: inbox.renew(db, leases, now=now), durable=False)

    async def _see_through(self, claim: Claim) -> None:
        try:
            for n, heard in enumerate(claim.events):
                is_last = n == len(claim.events) - 1
                turned = await self._answer(claim, heard, is_last=is_last)
                if turned is None:
                    break
                claim = replace(claim, memory=turned.memory, lang=turned.lang)
        except LeaseLost:
            log.warning("inbox.lease_lost", conversation_lease=claim.lease)
        finally:
            self._held[claim.lease] -= 1
            if self._held[claim.lease] <= 0:
                del self._held[claim.lease]

    async def _answer(
        self, claim: Claim, heard: HeardEvent, *, is_last: bool
    ) -> turn.Turned | None:
        """One event; None when it failed and the conversation was given back."""
        hearing = self._hearing
        event: Event | None = None
        try:
            event = hearing.parsers[heard.channel](
                heard.body, inbox_id=heard.inbox_id, received_at=heard.received_at
            )
            known = event
            reading, is_slow = await self._understand(claim, known)
            make = turn.beforehand(hearing.desk, known)
            made = await asyncio.to_thread(make) if make is not None else None
            now = hearing.clock()
            lease = self._sending.lend()
            turned = await self.units.write(
                lambda db: turn.respond(
                    db,
                    hearing.desk,
                    claim,
                    heard,
                    known,
                    reading,
                    is_last=is_last,
                    is_slow=is_slow,
                    lease=lease,
                    now=now,
                    made=made,
                )
            )
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the worker boundary: a poison event stops no neighbour
            await self._failed(claim, heard, event, error)
            return None
        if turned.claimed is not None:
            self._sending.take(turned.claimed)
        hearing.gauges.turned(hearing.clock() - heard.received_at)
        return turned

    async def _understand(self, claim: Claim, event: Event) -> tuple[Reading | None, bool]:
        """What is meant, and whether finding out took so long that the reply token is gone."""
        words = turn.words_of(event)
        hearing = self._hearing
        if words is None or claim.has_person or turn.command_of(hearing.desk, event) is not None:
            return None, False
        reading = asyncio.ensure_future(
            hearing.understanding.read(words, turn.situation_of(claim, event))
        )
        try:
            done, _ = await asyncio.wait({reading}, timeout=SHOWS_WAITING_AFTER)
            is_slow = not done and await self._let_wait(claim, event, reading)
            return await reading, is_slow
        finally:
            reading.cancel()

    async def _let_wait(
        self, claim: Claim, event: Event, reading: "asyncio.Future[Reading]"
    ) -> bool:
        """Show that an answer is being made; True when the token was spent on the button that
        fetches it.
        """
        channel = self._hearing.desk.channels[event.channel]
        await channel.show_waiting(event.conversation, seconds=40)
        if event.reply_until is None:
            return False
        left = event.reply_until - SPENDS_TOKEN_BEFORE - self._hearing.clock()
        done, _ = await asyncio.wait({reading}, timeout=max(0.0, left.total_seconds()))
        if done:
            return False
        now = self._hearing.clock()
        await self.units.write(lambda db: self._spend_token(db, claim, event, now))
        return True

    def _spend_token(self, db: Session, claim: Claim, event: Event, now: datetime) -> None:
        words = voice(claim.lang)
        letter = Choices(
            words.still_looking(), (Button(words.button_collect(), data=tap(COLLECT)),)
        )
        envelope = Envelope(
            dedupe=f"waiting:{event.inbox_id}",
            channel=event.channel,
            conversation=event.conversation,
            purpose="still looking",
            reply_token=event.reply_token,
            reply_until=event.reply_until,
            expires_at=event.reply_until,
        )
        calls = self._hearing.desk.channels[event.channel].render([letter])
        outbox.put(db, envelope, calls, now=now)

    async def _failed(
        self, claim: Claim, heard: HeardEvent, event: Event | None, error: Exception
    ) -> None:
        """Try again soon, or give up: then the person is told and staff get a ticket, in one
        unit.
        """
        hearing = self._hearing
        judged = verdict(error)
        level = log.error if judged is Verdict.BUG else log.warning
        level(
            "inbox.failed",
            inbox=heard.inbox_id,
            attempts=heard.attempts + 1,
            error=type(error).__name__,
            exc_info=error if judged is Verdict.BUG else None,
        )
        now = hearing.clock()

        def unit(db: Session) -> None:
            is_dead = inbox.failed(
                db,
                claim,
                heard,
                error=f"{type(error).__name__}: {error}",
                now=now,
                is_hopeless=judged in {Verdict.DROP, Verdict.PARK},
            )
            if is_dead and event is not None and turn.words_of(event) is not None:
                self._hand_over(db, claim, event, now)

        try:
            await self.units.write(unit)
        except LeaseLost:
            log.warning("inbox.lease_lost", conversation_lease=claim.lease)
        hearing.gauges.failed()

    def _hand_over(self, db: Session, claim: Claim, event: Event, now: datetime) -> None:
        terms = self._hearing.desk.terms
        promised_at = round_up_to(terms.hours(db).after_work(now, terms.answer_lead), 5)
        handoff_desk.call(
            db,
            event.conversation,
            TicketReason.BOT_FAILED,
            lang=claim.lang or "ja",
            about_unit=claim.memory.unit,
            promised_at=promised_at,
            now=now,
        )
        turn.apology(db, self._hearing.desk, event, lang=claim.lang, now=now)
