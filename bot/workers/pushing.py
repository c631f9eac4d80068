"""Telling a browser (プッシュ通知): one due row, one POST with nothing open, its end written down.

What nobody needs any more is dropped unsaid; a service that is away is tried again for a few
minutes, on a loop of its own, and then left: the chain calls the next.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from handoff.console import pushed
from handoff.desk import calling
from handoff.dialogue.visits import calling as visits
from handoff.staff.push import actions, queries
from handoff.staff.push.actions import PUSH, Due
from handoff.staff.push.port import Addressed, Answer, Answered, PushService
from handoff.staff.push.queries import Browser
from handoff.staff.push.rules import life_of

LEAST_WAIT_SECONDS = 10.0  # whatever a service asks for

log = structlog.get_logger()


class PushAway(Unavailable):
    """The push service did not say that it took it."""


class PushWork:
    """The runner for what browsers are told."""

    def __init__(self, units: Units, service: PushService, clock: Callable[[], datetime]) -> None:
        self._units = units
        self._service = service
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {PUSH: self.tell}

    async def tell(self, errand: Errand) -> None:
        """One browser, one thing."""
        due, now = actions.due_of(errand.work), self._clock()
        life = life_of(due.news.what)
        left = due.at + life.useful - now
        browser = await self._units.read(lambda db: _wanted(db, due, now=now))
        if browser is None or left <= timedelta(0):
            await self._units.write(lambda db: finish(db, errand, now=self._clock()))
            return
        answered = await self._service.send(
            Addressed(
                endpoint=browser.endpoint,
                p256dh=browser.p256dh,
                auth=browser.auth,
                server_key=browser.server_key,
                body=pushed.message(due.news, browser.lang, key=errand.work.key),
                topic=due.news.about,
                ttl_seconds=int(left.total_seconds()),
                urgency=life.urgency,
            ),
            now=now,
        )
        if answered.answer is not Answer.TAKEN:
            log.warning(
                "push.answered", answer=answered.answer.value, reason=answered.reason,
                what=due.news.what, attempts=errand.work.attempts,
            )  # fmt: skip
        is_away = answered.answer is Answer.LATER and answered.retry_after_seconds is None
        if is_away and errand.work.attempts < worklist.MAX_ATTEMPTS:
            raise PushAway(answered.reason)  # again, with a growing pause
        await self._units.write(lambda db: self._end(db, errand, browser, answered, left))

    def _end(
        self, db: Session, errand: Errand, browser: Browser, answered: Answered, left: timedelta
    ) -> None:
        now, asked = self._clock(), answered.retry_after_seconds
        if asked is not None and answered.answer is Answer.LATER:
            wait = timedelta(seconds=max(LEAST_WAIT_SECONDS, asked))
            if wait < left:
                worklist.postpone(db, errand.work, until=now + wait)
                return
        finish(db, errand, now=now)
        if answered.answer is Answer.TAKEN:
            actions.reached(db, browser.id, now=now)
        elif answered.answer is Answer.GONE:
            actions.gone(db, browser.id, browser.endpoint, now=now)


def _wanted(db: Session, due: Due, *, now: datetime) -> Browser | None:
    """The browser, while it is reached, still theirs, and what is told still stands."""
    browser = queries.one(db, due.browser, now=now)
    if browser is None or browser.staff_id != due.staff:
        return None
    stands = calling.still_stands(db, due.news, due.staff)
    return browser if stands and visits.still_stands(db, due.news, due.staff) else None
