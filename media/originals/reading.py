"""Whether an original is still what its name says: its bytes are read from where they lie and
hashed (読み返し).

No engine's word is taken for it: one of three replicas of an object service answered 200 with
corrupt bytes. A wrong digest is read a second time before it counts, because a cable or a memory
chip can be wrong for a moment. A disk is read past the machine's own memory where it lets us, so
that what was just written is what the disk has.
"""

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from catalog.ground.record import Sha256
from media.originals.store import (
    CHUNK,
    ObjectMissing,
    OriginalDamaged,
    OriginalStore,
    StoreUnavailable,
    original_key,
    read_chunks,
)

# A bad sector, a file system that broke there, a folder in its stead: the disk is there, these
# bytes are not.
_GONE = frozenset({errno.EIO, errno.EUCLEAN, errno.EBADMSG, errno.EISDIR, errno.ELOOP})
# One file that is kept from us says nothing of the others.
_KEPT_FROM_US = frozenset({errno.EACCES, errno.EPERM})

# Told how many bytes were read after each piece; it may wait, and it may raise to stop.
Pace = Callable[[int], None]


class Condition(StrEnum):
    """What a replica holds under a digest."""

    GOOD = "good"
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. `misread`: the first reading was wrong and the second right."""

    condition: Condition
    bytes: int = 0
    misread: bool = False


class OriginalUnreadable(StoreUnavailable):
    """The place answers, but does not let us read this one file: nothing is known of its bytes."""


def unhurried(_: int) -> None:
    """A pace without a limit."""


def look(store: OriginalStore, sha256: Sha256, *, pace: Pace = unhurried) -> Seen:
    """Read and hash what this store holds under the digest, twice if the first is wrong.

    Raises StoreUnavailable when the store does not answer, OriginalUnreadable when only this file
    is kept from us: that says nothing of the bytes.
    """
    try:
        first, size = _digest(store, sha256, pace)
        if first == sha256:
            return Seen(Condition.GOOD, size)
        second, more = _digest(store, sha256, pace)
    except ObjectMissing:
        return Seen(Condition.MISSING)
    is_good = second == sha256
    return Seen(Condition.GOOD if is_good else Condition.DAMAGED, size + more, misread=is_good)


def make_way(store: OriginalStore, staged: Path, sha256: Sha256) -> bool:
    """What lies under the name of an original that comes in anew is read: when it is not that
    original it is put aside, and True; when it is, it stays. Raises StoreUnavailable, and
    OriginalDamaged for a staged file that is not the original itself.
    """
    found = look(store, sha256).condition
    if found is Condition.GOOD and staged.stat().st_size == store.size(original_key(sha256)):
        return False
    digest = hashlib.sha256()
    for chunk in read_chunks(staged):
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise OriginalDamaged(f"what came in as {sha256} is not that original")
    if found is Condition.DAMAGED:
        store.quarantine(sha256, secrets.token_hex(8))
    return found is not Condition.GOOD


def _digest(store: OriginalStore, sha256: Sha256, pace: Pace) -> tuple[str | None, int]:
    """The digest of the bytes, None for a disk that cannot read them any more; and how many."""
    key = original_key(sha256)
    path = store.path(key)
    if path is not None:
        return _digest_of_file(path, key, pace)
    digest, size = hashlib.sha256(), 0
    for chunk in store.open(key):
        digest.update(chunk)
        size += len(chunk)
        pace(len(chunk))
    return digest.hexdigest(), size


def _digest_of_file(path: Path, key: str, pace: Pace) -> tuple[str | None, int]:
    digest, size, piece = hashlib.sha256(), 0, bytearray(CHUNK)
    view = memoryview(piece)
    try:
        with path.open("rb", buffering=0) as file:
            _forget_cached(file.fileno())
            while count := file.readinto(piece):
                digest.update(view[:count])
                size += count
                pace(count)
    except FileNotFoundError:
        raise ObjectMissing(key) from None
    except OSError as broken:
        if broken.errno in _GONE:
            return None, size
        if broken.errno in _KEPT_FROM_US:
            raise OriginalUnreadable(os.strerror(broken.errno)) from broken
        raise StoreUnavailable(os.strerror(broken.errno or 0)) from broken
    return digest.hexdigest(), size


def _forget_cached(handle: int) -> None:
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
