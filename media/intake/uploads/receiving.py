"""Bytes of an upload, from the line to the disk: what is acknowledged is flushed, and no more is
held in memory than two pieces: one that comes, one that is written.

The body of a PATCH goes to the file in pieces; every eight megabytes, and at its end however it
ends, the file is flushed and the new offset written down. With a checksum nothing counts until the
whole body is there and right.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import structlog

from catalog.ground.errors import ShopError
from catalog.ground.session.database import Unit
from media.intake.uploads import actions, queries
from media.intake.uploads.files import HeldFile
from media.intake.uploads.rules import (
    MIB,
    Checksum,
    ChecksumWrong,
    LineCut,
    OffsetWrong,
    Told,
    UploadArrived,
    Uploader,
    UploadLocked,
    UploadMissing,
    UploadTooLong,
    known_again,
)
from media.intake.uploads.tables import Upload, UploadState
from media.intake.uploads.taking import Dock, drop, take_in

if TYPE_CHECKING:
    from hashlib import _Hash

PIECE = MIB
BETWEEN_FLUSHES = 8 * MIB
SILENT_SECONDS = 20.0  # a line that is dead at the other end must not keep its upload locked
LOCK_SECONDS = 3.0
TAKING_SECONDS = 20.0
_LOOK_SECONDS = 0.05

T = TypeVar("T")
Body = AsyncIterator[bytes]
log = structlog.get_logger()


class Units(Protocol):
    """Units of work for async edges."""

    async def write(self, unit: Unit[T], *, durable: bool = True) -> T:
        """One transaction."""
        ...

    async def read(self, unit: Unit[T]) -> T:
        """A look."""
        ...


class Receiving:
    """Uploads on their way in, in this process."""

    def __init__(self, units: Units, dock: Dock) -> None:
        self._units = units
        self.dock = dock
        self._taking: dict[str, asyncio.Task[None]] = {}

    async def begin(
        self,
        uploader: Uploader,
        length: int,
        told: Told,
        *,
        raw: str = "",
        request_key: str | None = None,
    ) -> Upload:
        """Room for one is made. Raises UploadTooLong, TooManyOpen, UploadSpaceShort, UnitUnknown,
        StoreFull, StoreUnavailable.
        """
        dock = self.dock
        free = await asyncio.to_thread(dock.places.free)
        row = await self._units.write(
            lambda db: actions.begin(
                db, uploader, length, told, dock.terms,
                free=free, now=dock.clock(), raw=raw, request_key=request_key,
            )
        )  # fmt: skip
        try:
            await asyncio.to_thread(dock.places.make, row.id)
        except ShopError:
            await self._units.write(lambda db: actions.give_up(db, row.id, now=dock.clock()))
            raise
        return row

    async def find(self, uploader: Uploader, upload_id: str) -> Upload:
        """As it is once nobody writes to it; one that is whole is taken in meanwhile. Raises
        UploadMissing, UploadLocked.
        """
        row = await self._look(uploader, upload_id)
        if row.state == UploadState.OPEN.value:
            file = await self._open(upload_id, patience=LOCK_SECONDS)
            if file is not None:
                file.close()
            row = await self._look(uploader, upload_id)
        if row.state == UploadState.WHOLE.value:
            await self.settle(upload_id)
            row = await self._look(uploader, upload_id)
        return row

    async def append(
        self,
        uploader: Uploader,
        upload_id: str,
        offset: int,
        body: Body,
        *,
        size: int | None = None,
        checksum: Checksum | None = None,
    ) -> Upload:
        """Put a body where the held bytes end. `size`: how long it says it is.

        Raises UploadMissing, UploadLocked, OffsetWrong, UploadTooLong (nothing of such a body is
        kept), ChecksumWrong, LineCut (what came is kept), StoreFull, StoreUnavailable.
        """
        row = await self._look(uploader, upload_id)
        is_open = row.state == UploadState.OPEN.value
        file = await self._open(upload_id) if is_open else None
        if file is None:
            return await self._after_the_end(await self._look(uploader, upload_id), offset, size)
        try:
            row = await self._look(uploader, upload_id)
            if row.state != UploadState.OPEN.value:
                return await self._after_the_end(row, offset, size)
            known = known_again(offset, held=row.held, torn_at=row.torn_at)
            if size is not None and offset + size > row.length:
                raise UploadTooLong(row.length)
            await self._cut(file, row)
            writing = _Writing(self, file, row, offset, known, checksum)
            row = await writing.run(body)
        finally:
            file.close()
        if row.state == UploadState.OPEN.value:
            return row
        await self.settle(upload_id)
        return await self._look(uploader, upload_id)

    async def give_up(self, uploader: Uploader, upload_id: str) -> None:
        """It is not wanted any more. Raises UploadMissing, and UploadArrived for one that is whole:
        what was taken in stays.
        """
        await self._look(uploader, upload_id)
        now = self.dock.clock()
        if await self._units.write(lambda db: actions.give_up(db, upload_id, now=now)):
            await asyncio.to_thread(drop, self.dock, upload_id)
            return
        row = await self._look(uploader, upload_id)
        if row.state in (UploadState.WHOLE.value, UploadState.TAKEN.value):
            raise UploadArrived

    async def settle(self, upload_id: str) -> None:
        """Take a whole one in; comes back earlier when that takes long, and it goes on. What fails
        now is tried again by whoever looks, and by the clock.
        """
        task = self._taking.get(upload_id)
        if task is None:
            task = asyncio.create_task(self._take_in(upload_id))
            self._taking[upload_id] = task
            task.add_done_callback(partial(self._taken, upload_id))
        await asyncio.wait({task}, timeout=TAKING_SECONDS)

    def _taken(self, upload_id: str, task: "asyncio.Task[None]") -> None:
        self._taking.pop(upload_id, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("upload.failed", upload=upload_id, exc_info=task.exception())

    async def _take_in(self, upload_id: str) -> None:
        try:
            await asyncio.to_thread(take_in, self.dock, upload_id)
        except UploadLocked:
            return
        except ShopError as later:
            log.warning("upload.waits", upload=upload_id, error=type(later).__name__)

    async def hold(self, row: Upload, held: int, torn_at: int | None) -> Upload:
        """Flushed by now; the row as it is then. Raises UploadMissing."""
        terms, now = self.dock.terms, self.dock.clock()
        return await self._units.write(
            lambda db: actions.hold(
                db, row.id, held, torn_at=torn_at, kept_for=terms.kept_for, now=now
            )
        )

    async def where(self, uploader: Uploader, upload_id: str) -> queries.Whereabouts:
        """Where it went; one that waits to be taken in is tried again. Raises UploadMissing."""
        row = await self._look(uploader, upload_id)
        if row.state == UploadState.WHOLE.value:
            await self.settle(upload_id)
        return await self._units.read(
            lambda db: queries.whereabouts(db, upload_id, owner=uploader.id)
        )

    async def unfinished(self, uploader: Uploader) -> list[Upload]:
        """Those that wait for bytes."""
        return list(await self._units.read(lambda db: queries.unfinished(db, uploader.id)))

    async def repeated(self, uploader: Uploader, request_key: str) -> Upload | None:
        """The upload of the same request, when it was sent before; one that broke off is given
        up.
        """
        row = await self._units.read(lambda db: queries.by_key(db, uploader.id, request_key))
        if row is None or row.state != UploadState.OPEN.value:
            return row
        file = await self._open(row.id)
        if file is not None:
            file.close()
        try:
            await self.give_up(uploader, row.id)
        except UploadArrived:
            return row
        return None

    async def _look(self, uploader: Uploader, upload_id: str) -> Upload:
        return await self._units.read(
            lambda db: queries.upload_of(db, upload_id, owner=uploader.id)
        )

    async def _open(self, upload_id: str, *, patience: float = 0.0) -> HeldFile | None:
        """Its file, for this request alone; None when it is at its end meanwhile. An open upload
        without a file is lost, and over. Raises UploadLocked, UploadMissing.
        """
        path = self.dock.places.of(upload_id)
        try:
            for _ in range(int(patience / _LOOK_SECONDS)):
                with contextlib.suppress(UploadLocked):
                    return await _opened(path)
                await asyncio.sleep(_LOOK_SECONDS)
            return await _opened(path)
        except UploadMissing:
            now = self.dock.clock()
            if await self._units.write(lambda db: actions.give_up(db, upload_id, now=now)):
                raise
            return None

    async def _cut(self, file: HeldFile, row: Upload) -> None:
        """To what is held; an upload of which the disk lost bytes is over. Raises UploadMissing."""
        try:
            await _in_thread(partial(file.cut, row.held))
        except UploadMissing:
            now = self.dock.clock()
            await self._units.write(lambda db: actions.give_up(db, row.id, now=now))
            raise

    async def _after_the_end(self, row: Upload, offset: int, size: int | None) -> Upload:
        """A last request that is repeated finds its work done."""
        if offset != row.length or size:
            raise OffsetWrong(row.length)
        if row.state == UploadState.WHOLE.value:
            await self.settle(row.id)
        return row


class _Writing:
    """One body on its way into one file: while a piece is written the next is read off the line,
    and while what is there is flushed and written down more of it comes.
    """

    def __init__(
        self,
        receiving: Receiving,
        file: HeldFile,
        row: Upload,
        offset: int,
        known: int,
        checksum: Checksum | None,
    ) -> None:
        self._receiving = receiving
        self._file = file
        self._row = row
        self._offset = offset
        self._known = known  # bytes of the body that are to be compared, not written
        self._read = 0  # bytes of it that were given to a thread
        self._asked_for = row.held  # what is flushed or about to be
        self._told_of = row.held  # what the database was told, whether or not it answered
        self._digest: _Hash | None = receiving.dock.digests.at(row.id, row.held)
        self._checksum = checksum
        self._told = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        self._putting: asyncio.Future[None] | None = None
        self._recording: asyncio.Future[Upload] | None = None

    async def run(self, body: Body) -> Upload:
        """The row with all of it. Nothing of it touches the file any more afterwards."""
        try:
            try:
                await self._read_all(body)
            finally:
                await self._stand_still()
        except LineCut:
            if self._checksum is None:
                await self._hold(torn_at=self._offset)
            raise
        except ShopError:
            await _in_thread(partial(self._file.cut, self._told_of))
            raise
        told, wanted = self._told, self._checksum
        if told is not None and wanted is not None and told.digest() != wanted.digest:
            await _in_thread(partial(self._file.cut, self._row.held))
            raise ChecksumWrong
        return await self._hold(torn_at=None)

    async def _read_all(self, body: Body) -> None:
        """After anything but the end of the body or of the line nothing more is written: what was
        put down is not put down again, and whoever sends next begins with what is held.
        """
        piece = bytearray()
        try:
            async for chunk in _audible(body):
                piece += chunk
                if len(piece) >= PIECE:
                    whole, piece = piece, bytearray()
                    await self._put(whole)
        except LineCut:
            await self._put(piece)
            await self._settled()
            raise
        await self._put(piece)
        await self._settled()

    async def _put(self, piece: bytearray) -> None:
        """Begin to write it, once the piece before it is written. Raises what went wrong there."""
        if not piece:
            return
        at = self._offset + self._read
        if at + len(piece) > self._row.length:
            raise UploadTooLong(self._row.length)
        await self._written()
        if self._file.position - self._asked_for >= BETWEEN_FLUSHES and self._checksum is None:
            await self._recorded()
            self._recording = asyncio.ensure_future(self._hold(torn_at=self._offset))
        self._read += len(piece)
        self._putting = _thread(partial(self._write, piece, at))

    def _write(self, piece: bytearray, at: int) -> None:
        """In a thread: compare what is there already, write what is not, and digest it."""
        if self._told is not None:
            self._told.update(piece)
        again = max(0, min(len(piece), self._offset + self._known - at))
        if again and not self._file.has(at, piece[:again]):
            raise OffsetWrong(self._row.held)
        fresh = memoryview(piece)[again:]
        self._file.append(fresh)
        if self._digest is not None:
            self._digest.update(fresh)

    def _hold(self, *, torn_at: int | None) -> Awaitable[Upload]:
        """What is there at this moment, while no thread writes; more may be put down meanwhile."""
        self._asked_for = self._file.position
        digest = self._digest.copy() if self._digest is not None else None
        return self._hold_first(self._asked_for, digest, torn_at)

    async def _hold_first(self, held: int, digest: "_Hash | None", torn_at: int | None) -> Upload:
        if held > self._told_of:
            await _in_thread(self._file.flush)
        # An answer that is lost may be of a row that is written: from here on these bytes stay.
        self._told_of = held
        row = await _to_its_end(self._receiving.hold(self._row, held, torn_at))
        self._receiving.dock.digests.keep(self._row.id, held, digest)
        return row

    async def _written(self) -> None:
        if self._putting is not None:
            await _to_its_end(self._putting)
            self._putting = None

    async def _recorded(self) -> None:
        if self._recording is not None:
            await _to_its_end(self._recording)
            self._recording = None

    async def _settled(self) -> None:
        """All that was begun is done. Raises what went wrong in it."""
        await self._written()
        await self._recorded()

    async def _stand_still(self) -> None:
        """All that was begun is over, well or not; what went wrong first is raised elsewhere."""
        under_way = [each for each in (self._putting, self._recording) if each is not None]
        if under_way:
            await _to_its_end(asyncio.wait(under_way))
            for each in under_way:
                _ = each.cancelled() or each.exception()


async def _opened(path: Path) -> HeldFile:
    """For this request alone; let go again when the request is cancelled meanwhile."""
    opening = asyncio.get_running_loop().run_in_executor(None, HeldFile, path)
    try:
        return await _to_its_end(opening)
    except asyncio.CancelledError:
        if not opening.cancelled() and opening.exception() is None:
            opening.result().close()
        raise


async def _in_thread(work: Callable[[], T]) -> T:
    """To its end, even when this request is cancelled: a thread goes on, and the number of a file
    that was closed under it may be another file's by then.
    """
    return await _to_its_end(_thread(work))


def _thread(work: Callable[[], T]) -> "asyncio.Future[T]":
    return asyncio.get_running_loop().run_in_executor(None, work)


async def _to_its_end(work: Awaitable[T]) -> T:
    """Its answer; a cancellation counts once it is over."""
    doing = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        while not doing.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait({doing})
        raise


async def _audible(body: Body) -> Body:
    """The same, but silence for too long is the end of the line. Raises LineCut."""
    chunks = aiter(body)
    while True:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise LineCut from None
        yield chunk
