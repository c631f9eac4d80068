"""Pictures and films from the page: to the disk as they come, sniffed, sealed into the store.

What lies there afterwards is sealed with the visitor's key, under `received/web/`; whoever fetches
what people sent reads it from here (`WebChannel.content`) as it reads LINE's from LINE. A day later
it is deleted. The browser's word on a type is not believed.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import IO

from sqlmodel import Session

from bot.unit import Units
from catalog.duties import sealing
from catalog.duties.sealing import DataKeys, PersonErased
from catalog.ground import worklist
from catalog.ground.errors import Malformed, Missing, Refused, Unavailable
from catalog.ground.record import ConversationId
from conversations.messages import SentKind
from conversations.visitors.actions import Visitor
from media.intake import received
from media.originals.store import KeyRefused, ObjectMissing, OriginalStore

MOST_BYTES = 20_000_000
AT_ONCE_MOST = 16
SLOWEST_SECONDS = 300.0
KEPT_FOR = timedelta(days=1)  # until whoever fetches it has long had it
_HEAD_BYTES = 32
_CHUNK = 256 * 1024
_IMAGES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_HEIF = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})


class UploadTooLarge(Refused):
    """More bytes than the page takes."""

    def __init__(self) -> None:
        super().__init__(f"a file has more than {MOST_BYTES} bytes")


class NotAPicture(Malformed):
    """Neither a picture nor a film the shop can open."""

    def __init__(self) -> None:
        super().__init__("neither a picture nor a film")


class TooManyUploads(Unavailable):
    """As many files are under way as this process takes at once."""

    def __init__(self) -> None:
        super().__init__("too many files at once")


class UploadTooSlow(Unavailable):
    """The bytes came too slowly."""

    def __init__(self) -> None:
        super().__init__("a file came too slowly")


class UploadGone(Missing):
    """No such file, or it is not kept any more."""

    def __init__(self, message_id: str) -> None:
        super().__init__(f"file {message_id} is gone")
        self.message_id = message_id


def sniffed(head: bytes) -> tuple[SentKind, str]:
    """What the first 32 bytes are, and its media type. Raises NotAPicture."""
    for magic, kind in _IMAGES.items():
        if head.startswith(magic):
            return SentKind.IMAGE, kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return SentKind.IMAGE, "image/webp"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in _HEIF:
            return SentKind.IMAGE, "image/heic"
        if brand in (b"avif", b"avis"):
            return SentKind.IMAGE, "image/avif"
        return SentKind.VIDEO, "video/quicktime" if brand == b"qt  " else "video/mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return SentKind.VIDEO, "video/webm"
    raise NotAPicture


class Uploads:
    """The files of visitors on their way in."""

    def __init__(self, units: Units, store: OriginalStore, keys: DataKeys) -> None:
        self._units = units
        self.store = store
        self.keys = keys
        self._under_way = 0

    async def keep(
        self, visitor: Visitor, message_id: str, body: AsyncIterator[bytes], *, now: datetime
    ) -> tuple[SentKind, int]:
        """Keep the stream; what it is, and its size. Nothing stays of a refused one. Raises
        UploadTooLarge, NotAPicture, TooManyUploads, UploadTooSlow, Unavailable.
        """
        if self._under_way >= AT_ONCE_MOST:
            raise TooManyUploads
        self._under_way += 1
        try:
            return await self._keep(visitor, message_id, body, now=now)
        finally:
            self._under_way -= 1

    async def _keep(
        self, visitor: Visitor, message_id: str, body: AsyncIterator[bytes], *, now: datetime
    ) -> tuple[SentKind, int]:
        with tempfile.TemporaryFile() as file:
            try:
                async with asyncio.timeout(SLOWEST_SECONDS):
                    size = await _on_disk(body, file)
            except TimeoutError:
                raise UploadTooSlow from None
            file.seek(0)
            kind, _ = sniffed(file.read(_HEAD_BYTES))
            file.seek(0)
            key = await self._units.write(
                lambda db: received.sealing_key(db, visitor.conversation, self.keys, now=now)
            )
            sealed = sealing.seal_stream(key, _chunks(file))
            await asyncio.to_thread(self.store.put_bytes, _key(message_id), sealed)
        return kind, size

    async def content(self, message_id: str) -> AsyncIterator[bytes]:
        """The bytes as they were sent. Raises UploadGone, Unavailable."""
        conversation = ConversationId(f"web:{message_id.partition('/')[0]}")
        try:
            key = await self._units.read(lambda db: sealing.known_key(db, conversation, self.keys))
            sealed = await asyncio.to_thread(self.store.open, _key(message_id))
        except (ObjectMissing, PersonErased, KeyRefused):
            raise UploadGone(message_id) from None
        async for chunk in _read(sealing.open_stream(key, sealed)):
            yield chunk

    async def sent(self, visitor: Visitor, message_id: str) -> AsyncIterator[bytes]:
        """What the visitor sent and did not take back. Raises ReceivedMissing, Unavailable."""

        def look(db: Session) -> Iterator[bytes]:
            file_id = received.sent_with(db, visitor.conversation, message_id)
            return received.plain(db, self.store, file_id, self.keys)

        async for chunk in _read(await self._units.read(look)):
            yield chunk


async def _read(plain: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (chunk := await asyncio.to_thread(next, plain, None)) is not None:
        yield chunk


def forget_later(db: Session, message_id: str, *, now: datetime) -> None:
    """The copy on its way in is deleted a day later."""
    key = _key(message_id)
    worklist.add(db, received.DELETE, key, key, due_at=now + KEPT_FOR, now=now)


def _key(message_id: str) -> str:
    return f"received/web/{message_id}"


async def _on_disk(body: AsyncIterator[bytes], file: IO[bytes]) -> int:
    size = 0
    async for chunk in body:
        size += len(chunk)
        if size > MOST_BYTES:
            raise UploadTooLarge
        await asyncio.to_thread(file.write, chunk)
    return size


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
