"""Copy a file to the store's own disk while its digest is taken, and see that it did not change
meanwhile.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from catalog.ground.errors import Malformed, Unavailable
from catalog.ground.record import Sha256
from media.originals.local import disk_errors
from media.originals.store import CHUNK, OriginalStore, write_whole


class SourceChanged(Unavailable):
    """The file changed while it was read; it is not complete yet."""

    def __init__(self) -> None:
        super().__init__("the file changed while it was being read")


class SourceRefused(Malformed):
    """A link, a folder, a device: not a plain file of this folder."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Staged:
    """A private copy on its way in. `mtime_ns` is the source's."""

    path: Path
    sha256: Sha256
    size: int
    mtime_ns: int


def stage(source: Path, store: OriginalStore) -> Staged:
    """Copy it, flushed to the disk. The source is never moved, changed or locked.

    Raises SourceRefused, SourceChanged, StoreFull, StoreUnavailable, FileNotFoundError.
    """
    store.room()  # where its disk is not mounted, what is staged would fill another one
    target = store.staging / f"{secrets.token_hex(16)}.part"
    with _opened(source) as file:
        before = os.fstat(file.fileno())
        with disk_errors():
            sha256, size = write_whole(target, _chunks(file))
    try:
        after = source.stat(follow_symlinks=False)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        raise
    if (after.st_size, after.st_mtime_ns) != (
        before.st_size,
        before.st_mtime_ns,
    ) or size != before.st_size:
        target.unlink(missing_ok=True)
        raise SourceChanged
    return Staged(target, sha256, size, before.st_mtime_ns)


def _opened(source: Path) -> BinaryIO:
    """Never through a link: a link could lead to any file of this machine."""
    if source.is_symlink():
        raise SourceRefused("a link is not taken")
    handle = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise SourceRefused("not a plain file")
    return os.fdopen(handle, "rb")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
