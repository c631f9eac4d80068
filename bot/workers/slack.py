"""Slack for staff, worked: threads follow their conversations, gestures are done, files go both
ways.

One process at a time follows threads (a lead, as for the clock), so that Slack's rate is kept by
one counter. What is fixed before a call and written after it is in `handoff/slack/steps`.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.slack.channel import SlackChannel
from bot.slack.door import GESTURE
from bot.slack.gestures import gesture_of
from bot.slack.side import StaffSide
from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from bot.workers.fetching import streamed
from bot.workers.pulse import Pulse
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Missing, Unavailable
from catalog.ground.record import ConversationId, LetterId
from conversations.ports import (
    Accepted,
    NotReady,
    Outcome,
    Outgoing,
    Rejected,
    TooFast,
    Unclear,
)
from handoff.slack import actions, files, handling, steps
from handoff.slack.actions import FORGET_FILE, SHOW_FILE
from handoff.slack.files import LOOK_AGAIN, READY, Copy, Later, Sent
from handoff.slack.handling import SEND_FILE, Open, Reaction
from handoff.slack.queries import StaffSlack
from handoff.slack.rules import ERRAND_MOST, is_shut, pause, rest
from handoff.slack.steps import Step, StepKind
from handoff.slack.tables import SlackGesture
from handoff.slack.watching import Watch
from media.decoding import sniff
from media.intake import received
from media.intake.received import MOST_BYTES
from media.originals.local import disk_errors
from media.originals.store import OriginalStore, write_whole

DUTY = "slack"
LEAD_SECONDS = 6
THREADS_AT_ONCE = 8
STEPS_AT_ONCE = 25
# What a press may open, it opens for three seconds (docs.slack.dev, "Opening modals").
TRIGGER_LIVES = timedelta(seconds=3)

log = structlog.get_logger()


class FileTooLarge(Missing):
    """A file of staff that is larger than is ever sent."""


class NotPosted(Unavailable):
    """Slack did not say that it shows the copy of a file; it is looked for and shown later."""


class NotDeleted(Unavailable):
    """Slack did not say that it deleted the copy of a file; it is told again."""


class ThreadLoop(Pulse):
    """Follows every conversation that is shown on Slack. A ticket's moves ring; what is said is
    looked for once a second, so that the way of a message pays nothing for it.
    """

    topics = frozenset({actions.TOPIC})

    def __init__(
        self,
        units: Units,
        name: str,
        slack: StaffSlack,
        channel: SlackChannel,
        side: StaffSide,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(units, name)
        self._slack = slack
        self._channel = channel
        self._side = side
        self._clock = clock
        self._watch = Watch()
        self._leads_until: datetime | None = None
        self._held: dict[str, int] = {}

    async def look(self) -> bool:
        now = self._clock()
        if not await self._leads(now):
            return False
        try:
            news = await self.units.read(lambda db: self._watch.news(db, actions.live(db)))
            if news:
                await self.units.write(lambda db: actions.mark(db, news, now=now))
        except Unavailable:
            self._watch = Watch()  # what it had found and could not say is found again
            raise
        room = self.room(at_once=THREADS_AT_ONCE, a_claim=THREADS_AT_ONCE)
        if room <= 0:
            return False
        lease = self.next_lease()
        found = await self.units.write(
            lambda db: actions.claim(db, lease=lease, now=now, limit=room)
        )
        if found:
            self._held[lease] = len(found)
        for conversation in found:
            self.start(self._follow(conversation, lease))
        return len(found) == room

    async def _leads(self, now: datetime) -> bool:
        if self._leads_until is not None and now < self._leads_until:
            return True
        is_ours = await self.units.write(
            lambda db: worklist.lead(db, DUTY, holder=self.name, now=now, seconds=LEAD_SECONDS),
            durable=False,
        )
        if is_ours and self._leads_until is None:
            await self.units.write(
                lambda db: actions.open_missing(db, self._slack.channel, now=now)
            )
        half = timedelta(seconds=LEAD_SECONDS / 2)
        self._leads_until = now + half if is_ours else None
        return is_ours

    async def renew(self) -> None:
        leases = list(self._held)
        if leases:
            now = self._clock()
            await self.units.write(lambda db: actions.renew(db, leases, now=now), durable=False)

    async def _follow(self, conversation: ConversationId, lease: str) -> None:
        """Step after step, until nothing is left or Slack wants a rest."""
        try:
            for _ in range(STEPS_AT_ONCE):
                if not await self._step(conversation, lease):
                    return
            await self._release(conversation, lease, error=None)
        except Exception as error:
            is_bug = not isinstance(error, Unavailable)
            log.error(
                "slack.thread_failed", error=type(error).__name__,
                exc_info=error if is_bug else None,
            )  # fmt: skip
            await self._release(conversation, lease, error=f"{type(error).__name__}: {error}")
        finally:
            self._held[lease] -= 1
            if self._held[lease] <= 0:
                del self._held[lease]

    async def _step(self, conversation: ConversationId, lease: str) -> bool:
        now = self._clock()
        step = await self.units.write(
            lambda db: steps.next_step(db, conversation, self._slack, lease=lease, now=now)
        )
        if step is None:
            return False
        outcome = await self._call(step)
        if not isinstance(outcome, Accepted):
            log.warning("slack.step", kind=step.kind, outcome=type(outcome).__name__)
        now = self._clock()
        return await self.units.write(
            lambda db: steps.stepped(db, conversation, step, outcome, lease=lease, now=now)
        )

    async def _call(self, step: Step) -> Outcome:
        if step.kind in {StepKind.REDRAW, StepKind.UPDATE}:
            return await self._side.update(step.channel, step.ts or "", step.message)
        place = "/".join(filter(None, ("slack:-", step.channel, step.ts)))
        return await self._channel.send(
            Outgoing(
                letter_id=LetterId(0),
                conversation=ConversationId(place),
                messages=[step.message],
                retry_key=step.key,
                reply_token=None,
                unclear_since=step.unclear_since,
            )
        )

    async def _release(
        self, conversation: ConversationId, lease: str, *, error: str | None
    ) -> None:
        now = self._clock()
        until = now if error is None else now + pause(5)
        await self.units.write(
            lambda db: actions.release(db, conversation, lease=lease, until=until, error=error)
        )


class SlackWork:
    """Runners for what staff did on Slack and for files."""

    def __init__(
        self,
        units: Units,
        slack: StaffSlack,
        channel: SlackChannel,
        side: StaffSide,
        store: OriginalStore,
        keys: DataKeys | None,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._slack = slack
        self._channel = channel
        self._side = side
        self._store = store
        self._keys = keys
        self._clock = clock

    @property
    def gestures(self) -> dict[str, Runner]:
        """What somebody waits for this second."""
        return {GESTURE: self.gesture}

    @property
    def files(self) -> dict[str, Runner]:
        """What takes as long as bytes take, and what nobody waits for this second."""
        return {
            SEND_FILE: self.fetch,
            READY: self.send,
            SHOW_FILE: self.copy,
            FORGET_FILE: self.delete,
        }

    async def gesture(self, errand: Errand) -> None:
        """Do it in one unit, then answer whoever did it. What was said in the thread before it and
        is still open is done first; where that fails, it is left to its own errand.
        """
        now, key = self._clock(), errand.work.subject

        def unit(db: Session) -> tuple[list[Reaction], datetime]:
            finish(db, errand, now=now)
            reactions: list[Reaction] = []
            for row in actions.open_before(db, key):
                try:
                    with db.begin_nested():
                        reactions += self._done(db, row, now)
                except Exception as error:  # noqa: BLE001 - one that cannot be done stops no other
                    log.warning("slack.left_for_later", error=type(error).__name__)
            own = actions.open_gesture(db, key)
            if own is None:
                return reactions, now
            return [*reactions, *self._done(db, own, now)], own.received_at

        reactions, heard_at = await self._units.write(unit)
        for reaction in reactions:
            await self._side.react(self._in_time(reaction, heard_at))

    def _in_time(self, reaction: Reaction, heard_at: datetime) -> Reaction:
        """A window that Slack would refuse by now is not asked for; who pressed is told."""
        if isinstance(reaction, Open) and self._clock() >= heard_at + TRIGGER_LIVES:
            return reaction.otherwise
        return reaction

    def _done(self, db: Session, row: SlackGesture, now: datetime) -> list[Reaction]:
        gesture = gesture_of(json.loads(row.body))
        row.body, row.ended_at = "", now
        db.flush()
        return [] if gesture is None else handling.handle(db, gesture, self._slack, now=now)

    async def fetch(self, errand: Errand) -> None:
        """A file of staff: Slack → original, then asset and leaf in one unit."""
        work = errand.work
        try:
            sent = await self._fetched(str(work.facts["file"]))
        except (NotReady, Unavailable) as trouble:
            await self._later(
                errand, trouble, lambda db, now: files.refused(db, work, "late", now=now)
            )
            return
        except FileTooLarge:
            await self._refuse(errand, "too_large")
            return
        except Missing:
            await self._refuse(errand, "gone")
            return
        if sent is None:
            await self._refuse(errand, "unreadable")
            return
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            files.taken(db, work, sent, now=now)

        await self._units.write(unit)

    async def _later(
        self,
        errand: Errand,
        trouble: Exception,
        give_up: Callable[[Session, datetime], None] | None,
        *,
        seconds: float = 0.0,
    ) -> None:
        """Slack is away or has not yet what is asked for: again after a rest, and no such try is
        counted. After a day that is the end; `give_up` None: never. `seconds`: what Slack asks for.
        """
        now, work = self._clock(), errand.work
        log.warning("slack.errand_waits", kind=work.kind, error=type(trouble).__name__)
        waited = now - work.written_at
        until = now + max(rest(waited), timedelta(seconds=seconds))

        def unit(db: Session) -> None:
            if give_up is None or waited < ERRAND_MOST:
                worklist.postpone(db, work, until=until)
            else:
                finish(db, errand, now=now)
                give_up(db, now)

        await self._units.write(unit)

    async def _refuse(self, errand: Errand, why: str) -> None:
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            files.refused(db, errand.work, why, now=now)

        await self._units.write(unit)

    async def _fetched(self, file_id: str) -> Sent | None:
        """The bytes as an original; None: no picture and no film."""
        staged = self._store.staging / f"{secrets.token_hex(16)}.part"
        try:
            content = self._channel.content(file_id, kind="file")
            return await streamed(content, lambda chunks: self._kept(staged, chunks))
        finally:
            await asyncio.to_thread(staged.unlink, missing_ok=True)

    def _kept(self, staged: Path, chunks: Iterator[bytes]) -> Sent | None:
        with disk_errors():
            sha256, size = write_whole(staged, _at_most(chunks))
        form = sniff.sniff(staged)
        kind = sniff.kind_of(form) if form is not None else None
        if form is None or kind is None:
            return None
        mime = sniff.MIME[form]
        facts = {"mime": mime, "media": kind.value, "source": "Slack, as uploaded"}
        self._store.put(staged, sha256, facts=facts)
        return Sent(sha256, size, mime, kind)

    async def send(self, errand: Errand) -> None:
        """A rendered file of staff goes to the customer."""
        now, work = self._clock(), errand.work

        def unit(db: Session) -> None:
            if files.send(db, work, self._slack, now=now):
                finish(db, errand, now=now)
            else:
                worklist.postpone(db, work, until=now + LOOK_AGAIN)

        await self._units.write(unit)

    async def copy(self, errand: Errand) -> None:
        """A customer's file is shown in its thread: bytes to Slack, its id, then the place."""
        now, work = self._clock(), errand.work

        def look(db: Session) -> Copy | Later | None:
            found = files.copy_of(db, work, self._slack, now=now)
            if isinstance(found, Later):
                worklist.postpone(db, work, until=now + rest(now - work.written_at))
            elif found is None or self._keys is None:
                finish(db, errand, now=now)
                return None
            return found

        copy = await self._units.write(look)
        if not isinstance(copy, Copy):
            return
        try:
            outcome = await self._copied(errand, copy)
        except Unavailable as trouble:
            outcome = Unclear(f"{type(trouble).__name__}: {trouble}")
        except Missing:  # forgotten while it was read
            outcome = None
        await self._shown(errand, copy, outcome)

    async def _copied(self, errand: Errand, copy: Copy) -> Outcome | None:
        """Upload and show it; None: it is not to be shown any more. Raises Unavailable kinds."""
        slack_file = copy.slack_file
        if slack_file is None:
            slack_file = uploaded = await self._uploaded(copy)
            now = self._clock()
            if not await self._units.write(
                lambda db: files.uploaded(db, errand.work, copy, uploaded, now=now)
            ):
                return None
        elif await self._side.is_shared(slack_file, copy.channel):
            return Accepted()
        return await self._side.share(slack_file, copy.channel, copy.thread, copy.comment)

    async def _shown(self, errand: Errand, copy: Copy, outcome: Outcome | None) -> None:
        now, work = self._clock(), errand.work
        is_refused = isinstance(outcome, Rejected) and not is_shut(outcome.reason)
        if not (outcome is None or isinstance(outcome, Accepted) or is_refused):
            asked = outcome.seconds if isinstance(outcome, TooFast) else None
            await self._later(
                errand, NotPosted(type(outcome).__name__),
                lambda db, now: files.not_shown(db, work, "late", now=now), seconds=asked or 0.0,
            )  # fmt: skip
            return

        def unit(db: Session) -> None:
            if outcome is None or (is_refused and copy.slack_file is not None):
                if is_refused:  # Slack keeps no bytes that are shown nowhere for long
                    actions.lost(db, copy.file_id)
                worklist.postpone(db, work, until=now + LOOK_AGAIN)
                return
            finish(db, errand, now=now)
            if isinstance(outcome, Accepted):
                files.shown(db, work, copy, now=now)
            else:
                log.warning("slack.file_refused", outcome=str(outcome))
                files.not_shown(db, work, "refused", now=now)

        await self._units.write(unit)

    async def _uploaded(self, copy: Copy) -> str:
        keys = self._keys
        assert keys is not None
        chunks = await self._units.read(
            lambda db: received.plain(db, self._store, copy.file_id, keys)
        )
        return await self._side.upload(copy.name, copy.size, _async(chunks))

    async def delete(self, errand: Errand) -> None:
        """A copy is taken away from Slack, however long Slack is away. Where Slack refuses it for
        good, a person has to do it.
        """
        work = errand.work
        outcome = await self._side.delete(str(work.facts["file"]))
        if not isinstance(outcome, Accepted | Rejected):
            asked = outcome.seconds if isinstance(outcome, TooFast) else None
            await self._later(
                errand, NotDeleted(type(outcome).__name__), None, seconds=asked or 0.0
            )
            return
        now = self._clock()

        def unit(db: Session) -> None:
            finish(db, errand, now=now)
            if isinstance(outcome, Rejected):
                actions.left_there(db, work, now=now)

        await self._units.write(unit)


def _at_most(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MOST_BYTES:
            raise FileTooLarge(f"more than {MOST_BYTES} bytes")
        yield chunk


async def _async(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A stream from the disk for the network, read off the loop."""
    while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
        yield chunk
