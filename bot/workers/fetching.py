"""Bytes people send: fetched at once, before the platform drops them, sealed, and acknowledged when
they are safe.

A picture set is acknowledged once, when its last picture is kept. What was sent in for something
(`about`) is attached to it first, and whoever asked for it says what is still missing (R-039).
"""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Missing, Unavailable
from catalog.ground.record import ConversationId
from conversations.flows.flow import PERSON, tap
from conversations.messages import Button, Choices, Letter
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.ports import Channel, NotReady
from conversations.wording.voice import voice
from media.intake import attaching, received
from media.intake.attaching import Prepared
from media.intake.received import Kept, ReceivedMissing, Wanted
from media.intake.tables import ReceivedFile, ReceivedState
from media.originals.store import OriginalStore

T = TypeVar("T")

ASK_AGAIN = timedelta(seconds=2)
_CHUNKS_AHEAD = 8
_END = None

# What is answered when something was attached: subject, language, now. None: it waits for no more.
Taker = Callable[[Session, str, str, datetime], Sequence[Letter] | None]


class FetchWork:
    """The runners for files people sent. `takers`, by what stands before the colon of a subject,
    say what the pictures sent in for it lack.
    """

    def __init__(
        self,
        units: Units,
        store: OriginalStore,
        keys: DataKeys,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        takers: Mapping[str, Taker],
    ) -> None:
        self._units = units
        self._store = store
        self._keys = keys
        self._channels = channels
        self._clock = clock
        self._takers = takers

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {
            received.FETCH: self.fetch,
            received.DELETE: self.delete,
            attaching.ATTACH: self.attach,
        }

    async def delete(self, errand: Errand) -> None:
        """The object of a file that is forgotten; nothing opens it any more."""
        await asyncio.to_thread(self._store.delete, errand.work.subject)
        now = self._clock()
        await self._units.write(lambda db: finish(db, errand, now=now))

    async def fetch(self, errand: Errand) -> None:
        """Platform → seal → store, then the row and the acknowledgement in one unit."""
        now = self._clock()
        wanted = await self._units.read(lambda db: received.wanted(db, errand.work.subject))
        if wanted.state is not ReceivedState.WANTED:
            await self._units.write(lambda db: finish(db, errand, now=now))
            return
        key = await self._units.write(
            lambda db: received.sealing_key(db, wanted.conversation, self._keys, now=now)
        )
        channel = self._channels.get(wanted.channel)
        if channel is None:
            raise Unavailable(f"channel {wanted.channel} is switched off")
        try:
            kept = await self._keep(wanted, key, channel)
        except NotReady:
            until = self._clock() + ASK_AGAIN
            await self._units.write(lambda db: worklist.postpone(db, errand.work, until=until))
            return
        except Missing:
            await self._units.write(lambda db: self._gone(db, errand, wanted))
            return
        stored = await self._units.write(lambda db: self._stored(db, errand, wanted, kept, channel))
        if not stored:
            await asyncio.to_thread(self._store.delete, kept.key)

    async def _keep(self, wanted: Wanted, key: bytes, channel: Channel) -> Kept:
        """Stream from the network into a sealing thread."""
        content = channel.content(wanted.message_id, kind=wanted.kind)
        return await streamed(
            content, lambda chunks: received.keep(self._store, wanted, key, chunks)
        )

    def _gone(self, db: Session, errand: Errand, wanted: Wanted) -> None:
        finish(db, errand, now=self._clock())
        received.gone(db, wanted.file_id)

    def _stored(
        self, db: Session, errand: Errand, wanted: Wanted, kept: Kept, channel: Channel
    ) -> bool:
        now = self._clock()
        finish(db, errand, now=now)
        if errand.work.facts.get("set_total"):
            received.in_turn(db, wanted.conversation, errand.work.facts["set_id"])
        if not received.stored(db, wanted.file_id, kept, now=now):
            return False
        about = errand.work.facts.get("about")
        if about is not None:
            attaching.ask(db, wanted.file_id, about, now=now, facts=errand.work.facts)
            return True
        self._acknowledge(db, errand, wanted, channel, now)
        return True

    async def attach(self, errand: Errand) -> None:
        """Sealed bytes → original, measured; then asset, leaf and answer in one unit."""
        work = errand.work
        try:
            file = await self._units.read(lambda db: attaching.file_of(db, work.subject))
        except ReceivedMissing:
            now = self._clock()
            await self._units.write(lambda db: finish(db, errand, now=now))
            return
        chunks = await self._units.read(
            lambda db: received.plain(db, self._store, file.id, self._keys)
        )
        prepared = await asyncio.to_thread(attaching.prepare, self._store, file, chunks)
        await self._units.write(lambda db: self._attached(db, errand, file, prepared))

    def _attached(
        self, db: Session, errand: Errand, file: ReceivedFile, prepared: Prepared
    ) -> None:
        now = self._clock()
        finish(db, errand, now=now)
        facts = errand.work.facts
        about: str = facts["about"]
        channel = self._channels.get(file.channel)
        if facts.get("set_total"):
            is_gathered = facts["set_id"] == about
            received.in_turn(db, file.conversation, None if is_gathered else facts["set_id"])
        if not attaching.attach(db, file, prepared, about, now=now) or channel is None:
            return
        total: int = facts.get("set_total") or 0
        set_id = facts.get("set_id") if total > 1 else None
        if set_id and attaching.attached_with(db, file.conversation, set_id, about) < total:
            return
        taker = self._takers[about.partition(":")[0]]
        letters = taker(db, about.partition(":")[2], facts.get("lang") or "ja", now)
        if letters:
            dedupe = f"attached:{file.channel}:{set_id or file.message_id}"
            self._reply(db, facts, file, channel, letters, dedupe=dedupe, now=now)

    def _acknowledge(
        self, db: Session, errand: Errand, wanted: Wanted, channel: Channel, now: datetime
    ) -> None:
        facts = errand.work.facts
        total: int = facts.get("set_total") or 0
        dedupe = f"received:{wanted.channel}:{facts.get('set_id') or wanted.message_id}"
        set_id = facts.get("set_id") if total else None
        if set_id and received.stored_of_set(db, wanted.conversation, set_id) < total:
            return
        words = voice(facts.get("lang"))
        letter = Choices(
            words.files_received(total or 1), (Button(words.button_person(), data=tap(PERSON)),)
        )
        self._reply(db, facts, wanted, channel, [letter], dedupe=dedupe, now=now)

    def _reply(
        self,
        db: Session,
        facts: Mapping[str, Any],
        to: Wanted | ReceivedFile,
        channel: Channel,
        letters: Sequence[Letter],
        *,
        dedupe: str,
        now: datetime,
    ) -> None:
        until = facts.get("reply_until")
        envelope = Envelope(
            dedupe=dedupe,
            channel=to.channel,
            conversation=ConversationId(to.conversation),
            purpose="received",
            reply_token=facts.get("reply_token"),
            reply_until=datetime.fromisoformat(until) if until else None,
        )
        outbox.put(db, envelope, channel.render(letters), now=now)


async def streamed(content: AsyncIterator[bytes], use: Callable[[Iterator[bytes]], T]) -> T:
    """What a thread makes of a stream from the network, a few chunks ahead of it at most."""
    chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
    pump = asyncio.create_task(_pump(content, chunks))
    try:
        return await asyncio.to_thread(use, _drained(chunks))
    finally:
        pump.cancel()
        await asyncio.wait({pump})


async def _pump(
    content: AsyncIterator[bytes], chunks: "queue.Queue[bytes | BaseException | None]"
) -> None:
    """Network to queue; an error travels the same way."""
    last: BaseException | None = _END
    try:
        async for chunk in content:
            await _put(chunks, chunk)
    except (NotReady, Missing, Unavailable) as failed:
        last = failed
    await _put(chunks, last)


async def _put(
    chunks: "queue.Queue[bytes | BaseException | None]", item: bytes | BaseException | None
) -> None:
    while True:
        try:
            chunks.put_nowait(item)
        except queue.Full:
            await asyncio.sleep(0.005)
        else:
            return


def _drained(chunks: "queue.Queue[bytes | BaseException | None]") -> Iterator[bytes]:
    while True:
        try:
            item = chunks.get(timeout=120)
        except queue.Empty:
            raise Unavailable("the platform stopped sending") from None
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item
