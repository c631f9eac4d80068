"""The outbox loop: claim letters in order, choose the way, send without a transaction, write the
outcome down.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import structlog

from bot.health import Gauges
from bot.unit import Units
from bot.workers.pulse import Pulse
from conversations.outbox import actions as outbox
from conversations.outbox import rules
from conversations.outbox.actions import TOPIC, ClaimedLetter
from conversations.outbox.rules import Next, Standing, Way
from conversations.outbox.tables import LetterState
from conversations.ports import Channel, Outgoing

LETTERS_A_CLAIM = 64
MOST_AT_ONCE = 128

log = structlog.get_logger()

_WITHOUT_SENDING = {
    Way.AMBIGUOUS: Next(LetterState.AMBIGUOUS, is_unclear=True, error="no answer to the reply"),
    Way.EXPIRED: Next(LetterState.EXPIRED, error=outbox.OVER),
    Way.SUPPRESSED: Next(LetterState.SUPPRESSED, error="blocked"),
    Way.WAIT_FOR_QUOTA: Next(LetterState.WAITING, error="kept for more important letters"),
    Way.GIVE_UP: Next(LetterState.DEAD, error="given up after a day of tries"),
}


class OutboxLoop(Pulse):
    """One per worker process."""

    topics = frozenset({TOPIC})

    def __init__(
        self,
        units: Units,
        name: str,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        gauges: Gauges,
    ) -> None:
        super().__init__(units, name)
        self._channels = channels
        self._clock = clock
        self._gauges = gauges
        self._held: dict[str, int] = {}

    async def look(self) -> bool:
        room = self.room(at_once=MOST_AT_ONCE, a_claim=LETTERS_A_CLAIM)
        if room <= 0:
            return False
        lease = self.next_lease()
        now = self._clock()
        # Durable: after a power cut a letter must not look as if it had never been tried.
        letters = await self.units.write(
            lambda db: outbox.claim(db, lease=lease, now=now, limit=room)
        )
        if letters:
            self._held[lease] = len(letters)
        for letter in letters:
            self.start(self._see_through(letter))
        return len(letters) == room

    def lend(self) -> str | None:
        """A lease for a reply that is claimed as it is written; None when there is enough to do."""
        return self.next_lease() if len(self._running) < MOST_AT_ONCE else None

    def take(self, letter: ClaimedLetter) -> None:
        """See such a letter through."""
        self._held[letter.lease] = 1
        self.start(self._see_through(letter))

    async def renew(self) -> None:
        leases = list(self._held)
        if leases:
            now = self._clock()
            await self.units.write(lambda db: outbox.renew(db, leases, now=now), durable=False)

    async def _see_through(self, letter: ClaimedLetter) -> None:
        try:
            now = self._clock()
            if now >= letter.sure_until:
                # The process stood still: another worker may have told it, and by another way.
                log.warning("outbox.let_go", letter=letter.id)
                return
            tried = rules.way(letter.standing, now=now)
            outcome = _WITHOUT_SENDING.get(tried)
            if outcome is None:
                outcome = await self._send(letter, tried)
            if outcome.state in {LetterState.DEAD, LetterState.AMBIGUOUS, LetterState.WAITING}:
                log.warning(
                    "outbox.unsettled", letter=letter.id, state=outcome.state, error=outcome.error
                )
            now = self._clock()
            # Not durable: after a power cut the same token or the same key is tried again, and the
            # platform tells that it had arrived.
            noted = await self.units.write(
                lambda db: outbox.note(db, letter, tried, outcome, now=now), durable=False
            )
            if noted:
                self._gauges.letter(tried.value, outcome.state.value)
        finally:
            self._held[letter.lease] -= 1
            if self._held[letter.lease] <= 0:
                del self._held[letter.lease]

    async def _send(self, letter: ClaimedLetter, tried: Way) -> Next:
        channel = self._channels.get(letter.channel)
        if channel is None:
            return Next(LetterState.DEAD, error=f"no channel {letter.channel}")
        messages: list[dict[str, Any]] = orjson.loads(letter.messages)
        if not messages:
            return Next(LetterState.SUPPRESSED, error="emptied")
        standing: Standing = letter.standing
        outgoing = Outgoing(
            letter_id=letter.id,
            conversation=letter.conversation,
            messages=messages,
            retry_key=letter.retry_key,
            reply_token=standing.reply_token if tried is Way.REPLY else None,
            unclear_since=standing.first_tried_at if standing.is_unclear else None,
        )
        outcome = await channel.send(outgoing)
        came = rules.after(standing, tried, outcome, now=self._clock())
        return replace(came, error=came.error[:500]) if came.error else came
