"""The file of an upload on the disk: one writer at a time, cut to what is known before it grows.

A lock of the file itself (flock) keeps others out, in this process and in any other; it ends with
the process, however that ends. The digest runs along in memory as long as this process sees every
byte; after a restart the whole file is read again.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from catalog.ground.record import Sha256
from media.intake.uploads.rules import UploadLocked, UploadMissing
from media.originals.local import disk_errors
from media.originals.store import CHUNK, OriginalStore, StoreFull

if TYPE_CHECKING:
    from hashlib import _Hash

_MOST_DIGESTS = 64


class Places:
    """Where unfinished uploads lie: beside the store's staging, which others sweep."""

    def __init__(self, store: OriginalStore) -> None:
        self.folder = store.staging.parent / "uploads"
        self._store = store

    def of(self, upload_id: str) -> Path:
        """Our own id, never a client's name."""
        return self.folder / f"{upload_id}.part"

    def free(self) -> int:
        """Bytes free on that disk. Raises StoreUnavailable, also where it is not there."""
        self._store.room()
        with disk_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(self.folder).free

    def make(self, upload_id: str) -> None:
        """An empty file whose name is known to the disk. Raises StoreFull, StoreUnavailable."""
        with disk_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            os.close(os.open(self.of(upload_id), flags, 0o600))
            _flush(self.folder)

    def left(self, before: datetime) -> list[str]:
        """Whose files lie there that nobody wrote to since."""
        with disk_errors():
            if not self.folder.is_dir():
                return []
            return sorted(
                each.stem
                for each in self.folder.glob("*.part")
                if each.lstat().st_mtime < before.timestamp()
            )

    def drop(self, upload_id: str) -> None:
        """Its bytes go."""
        with disk_errors():
            self.of(upload_id).unlink(missing_ok=True)


class Digests:
    """Running digests by upload: up to which byte, and of what. Only of bytes that are held."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[int, _Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, upload_id: str, position: int) -> "_Hash | None":
        """A digest of exactly the first `position` bytes, if this process has seen them all."""
        if position == 0:
            return hashlib.sha256()
        with self._lock:
            known = self._known.get(upload_id)
        return known[1].copy() if known is not None and known[0] == position else None

    def keep(self, upload_id: str, position: int, digest: "_Hash | None") -> None:
        """These bytes are held."""
        with self._lock:
            self._known.pop(upload_id, None)
            if digest is not None:
                self._known[upload_id] = (position, digest.copy())
            while len(self._known) > _MOST_DIGESTS:
                self._known.popitem(last=False)


class HeldFile:
    """The open, locked file of one upload. Close it."""

    def __init__(self, path: Path, *, for_writing: bool = True) -> None:
        """Raises UploadLocked; UploadMissing when there is no such file."""
        flags = os.O_RDWR if for_writing else os.O_RDONLY
        with disk_errors():
            try:
                self._handle = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC)
            except FileNotFoundError:
                raise UploadMissing from None
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise UploadLocked from None
        self.position = 0

    def cut(self, held: int) -> None:
        """What is beyond `held` was never acknowledged; the next bytes go there. Raises
        UploadMissing when the disk has less.
        """
        with disk_errors():
            if self.size < held:
                raise UploadMissing
            os.ftruncate(self._handle, held)
        self.position = held

    @property
    def size(self) -> int:
        """Bytes of the file, flushed or not."""
        state = os.fstat(self._handle)
        assert stat.S_ISREG(state.st_mode)
        return state.st_size

    def append(self, chunk: bytes | bytearray | memoryview) -> None:
        """Raises StoreFull, StoreUnavailable."""
        left = memoryview(chunk)
        with disk_errors():
            while left:
                written = os.pwrite(self._handle, left, self.position)
                if not written:
                    raise StoreFull("nothing was written")
                self.position += written
                left = left[written:]

    def has(self, at: int, chunk: bytes | bytearray) -> bool:
        """Whether exactly these bytes lie there."""
        with disk_errors():
            return os.pread(self._handle, len(chunk), at) == chunk

    def flush(self) -> None:
        """To the disk."""
        with disk_errors():
            os.fdatasync(self._handle)

    def digest(self) -> Sha256:
        """Of the whole file, read anew."""
        told, at = hashlib.sha256(), 0
        with disk_errors():
            while chunk := os.pread(self._handle, CHUNK, at):
                told.update(chunk)
                at += len(chunk)
        return Sha256(told.hexdigest())

    def close(self) -> None:
        """Let others in."""
        os.close(self._handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[HeldFile]:
    """For reading only. Raises UploadLocked, UploadMissing."""
    file = HeldFile(path, for_writing=False)
    try:
        yield file
    finally:
        file.close()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
