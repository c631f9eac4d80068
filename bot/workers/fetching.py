"""Bytes people send: fetched at once, before the platform drops them, sealed, and acknowledged when
they are safe.

A picture set is acknowledged once, when its last picture is kept.
"""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.unit import Units
from bot.workers.errands import Errand, Runner, finish
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Missing, Unavailable
from conversations.flows.flow import PERSON, tap
from conversations.messages import Button, Choices
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from conversations.ports import Channel, NotReady
from conversations.wording.voice import voice
from media.intake import received
from media.intake.received import Kept, Wanted
from media.intake.tables import ReceivedState
from media.originals.store import OriginalStore

ASK_AGAIN = timedelta(seconds=2)
_CHUNKS_AHEAD = 8
_END = None


class FetchWork:
    """The runner for files people sent."""

    def __init__(
        self,
        units: Units,
        store: OriginalStore,
        keys: DataKeys,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
    ) -> None:
        self._units = units
        self._store = store
        self._keys = keys
        self._channels = channels
        self._clock = clock

    @property
    def runners(self) -> dict[str, Runner]:
        """By kind of work."""
        return {received.FETCH: self.fetch, received.DELETE: self.delete}

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
        """Stream from the network into a sealing thread, a few chunks ahead at most."""
        chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
        content = channel.content(wanted.message_id, kind=wanted.kind)
        pump = asyncio.create_task(_pump(content, chunks))
        try:
            return await asyncio.to_thread(
                received.keep, self._store, wanted, key, _drained(chunks)
            )
        finally:
            pump.cancel()
            await asyncio.wait({pump})

    def _gone(self, db: Session, errand: Errand, wanted: Wanted) -> None:
        finish(db, errand, now=self._clock())
        received.gone(db, wanted.file_id)

    def _stored(
        self, db: Session, errand: Errand, wanted: Wanted, kept: Kept, channel: Channel
    ) -> bool:
        now = self._clock()
        finish(db, errand, now=now)
        if not received.stored(db, wanted.file_id, kept, now=now):
            return False
        self._acknowledge(db, errand, wanted, channel, now)
        return True

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
        until = facts.get("reply_until")
        envelope = Envelope(
            dedupe=dedupe,
            channel=wanted.channel,
            conversation=wanted.conversation,
            purpose="received",
            reply_token=facts.get("reply_token"),
            reply_until=datetime.fromisoformat(until) if until else None,
        )
        outbox.put(db, envelope, channel.render([letter]), now=now)


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
