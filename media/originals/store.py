"""The port to the object store (原本保管): originals are written once under their SHA-256, and
deleted only with a tombstone.

Six prefixes: `originals/ab/cd/<sha256>` with a sidecar `<sha256>.json` beside it and one
`<sha256>.<asset>.json` for each capture of it, `renditions/…` (may be made again), `received/…`
(what people sent, encrypted by the caller, erasable), `log/…` (the leaves once more, for the day
the database is gone), `quarantine/…` (bytes that were not what their name says), `backups/…`
(the registers' copies, where this is a place for them). A name a camera or
a customer gave is never part of a key. Not here: encryption (`catalog/duties/sealing`), who may see
what (`media/sharing`), whether the bytes are still right (`reading`), whether it is the place it
was (`places`), who may delete
(`media/retention`).
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from catalog.ground.errors import Malformed, Missing, Refused, Unavailable
from catalog.ground.record import Sha256

CHUNK = 1024 * 1024
ORIGINALS = "originals"
RENDITIONS = "renditions"
RECEIVED = "received"
LOG = "log"
QUARANTINE = "quarantine"
BACKUPS = "backups"
PREFIXES = (ORIGINALS, RENDITIONS, RECEIVED, LOG, QUARANTINE, BACKUPS)
MARKS = frozenset({f"{ORIGINALS}/place.json", f"{RENDITIONS}/place.json"})
_KEY = re.compile(rf"({'|'.join(PREFIXES)})(/[0-9A-Za-z][0-9A-Za-z._-]*)+")
_FOLDER = re.compile(rf"({'|'.join(PREFIXES)})(/[0-9A-Za-z][0-9A-Za-z._-]*)*")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Chunks(Protocol):
    """The bytes of an object, piece by piece. Whoever stops before the end closes it."""

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def close(self) -> None: ...


class ObjectMissing(Missing):
    """No object has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no object {key}")
        self.key = key


class KeyRefused(Malformed):
    """A key outside the prefixes, or one that climbs out of them."""

    def __init__(self, key: str) -> None:
        super().__init__("not a key of this store")
        self.key = key


class OriginalKept(Refused):
    """Originals are written by `put`, never replaced, and deleted by `bury` alone."""

    def __init__(self, key: str) -> None:
        super().__init__(f"{key} is an original")
        self.key = key


class StoreUnavailable(Unavailable):
    """The disk or the object service did not take or give the bytes."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"object store: {reason}")
        self.reason = reason


class StoreFull(StoreUnavailable):
    """No space left where the bytes were to go; nothing half-done is left."""


class OriginalDamaged(StoreUnavailable):
    """What came in under this digest is not that original, or what is held after it (its size
    differs).
    """


@dataclass(frozen=True, slots=True)
class Listed:
    """An object that is there, and its size."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What an original may be deleted with: the leaf of the log in which two persons say so, the
    moment in ISO form.
    """

    sha256: Sha256
    leaf: int
    at: str


class OriginalStore(Protocol):
    """Bytes by key. Every implementation passes `tests/contracts/test_original_store.py`."""

    @property
    def staging(self) -> Path:
        """A local folder for files on their way in, on the same disk where that matters."""
        ...

    def put(self, staged: Path, sha256: Sha256, *, facts: Mapping[str, object]) -> bool:
        """Keep a staged file as an original. True when it was not held before: other bytes under
        its name are put aside for it.

        `facts` go into the sidecar the first time, so that the store can be read without the
        database. The staged file is used up, and a tombstone that stood there is gone: what was
        deleted once is kept again. Raises StoreFull, StoreUnavailable, OriginalDamaged.
        """
        ...

    def put_file(self, key: str, staged: Path) -> None:
        """Keep a staged file under `renditions/` or `received/`, replacing; the staged file is used
        up.
        """
        ...

    def put_bytes(self, key: str, chunks: Iterable[bytes]) -> int:
        """Keep a stream under `renditions/` or `received/`; how many bytes. Nothing stays when it
        breaks.
        """
        ...

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> Chunks:
        """The bytes in chunks, from `start`. Raises ObjectMissing at the call."""
        ...

    def size(self, key: str) -> int:
        """Raises ObjectMissing."""
        ...

    def exists(self, key: str) -> bool: ...

    def path(self, key: str) -> Path | None:
        """The file itself where the store is a local disk, else None. Read only."""
        ...

    def signed_address(self, key: str, *, seconds: int, method: str = "GET") -> str | None:
        """An address at the service itself that opens this rendition for so long, to whoever has
        it; None on a disk, which has none. `method`: what it may be asked with, GET or HEAD. Only
        what is under `renditions/`: bytes that count as evidence are hashed by us before anybody
        gets them, and what people sent is sealed. Raises KeyRefused; nobody looks whether it is
        there.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove a rendition or a received file; nothing happens when it is gone. Raises
        OriginalKept.
        """
        ...

    def each(self, folder: str) -> Iterator[Listed]:
        """What lies under `folder` (a prefix, or one with some names), in the order of the keys
        where the store can; the mark of a place is no object of it. Raises KeyRefused.
        """
        ...

    def describe(self, sha256: Sha256, asset: str, facts: Mapping[str, object]) -> None:
        """Write beside an original what one capture of it is (`asset` empty: what the bytes are),
        replacing what was said before.
        """
        ...

    def quarantine(self, sha256: Sha256, mark: str) -> str | None:
        """Take bytes that are not that original away from its name and keep them under another; the
        key they lie under now, None when nothing had the name.
        """
        ...

    def bury(self, tombstone: Tombstone) -> None:
        """Delete an original; its tombstone takes its place. Again: nothing more happens."""
        ...

    def room(self) -> int | None:
        """Bytes that are left for more, None where nobody knows an end. Raises StoreUnavailable
        where nothing may be written now.
        """
        ...


def original_key(sha256: Sha256) -> str:
    """`originals/ab/cd/<sha256>`."""
    if not _SHA256.fullmatch(sha256):
        raise KeyRefused(sha256)
    return f"{ORIGINALS}/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def digest_in(key: str) -> Sha256 | None:
    """Whose original lies under this key itself; None for a sidecar or anything else."""
    name = key.rpartition("/")[2]
    is_one = key.startswith(f"{ORIGINALS}/") and _SHA256.fullmatch(name)
    return Sha256(name) if is_one else None


def sidecar_key(sha256: Sha256, asset: str = "") -> str:
    """Where the facts of an original lie, or those of one capture of it. Raises KeyRefused."""
    if asset and not _NAME.fullmatch(asset):
        raise KeyRefused(asset)
    return f"{original_key(sha256)}.{asset}.json" if asset else f"{original_key(sha256)}.json"


def tombstone_key(sha256: Sha256) -> str:
    """What stands where an original was."""
    return f"{original_key(sha256)}.tombstone.json"


def place_key(folder: str) -> str:
    """Where the mark of a place lies (`places`). Raises KeyRefused."""
    key = f"{folder}/place.json"
    if key not in MARKS:
        raise KeyRefused(key)
    return key


def quarantine_key(sha256: Sha256, mark: str) -> str:
    """Where bytes are kept that had this name and were not it. Raises KeyRefused."""
    if not (_SHA256.fullmatch(sha256) and _NAME.fullmatch(mark)):
        raise KeyRefused(mark)
    return f"{QUARANTINE}/{sha256}.{mark}"


def checked_folder(folder: str) -> str:
    """The folder itself, or KeyRefused."""
    if not _FOLDER.fullmatch(folder):
        raise KeyRefused(folder)
    return folder


def checked_key(key: str) -> str:
    """The key itself, or KeyRefused."""
    if not _KEY.fullmatch(key):
        raise KeyRefused(key)
    return key


def rendition_key(key: str) -> str:
    """The key itself when it is one of a rendition, else KeyRefused."""
    if not checked_key(key).startswith(f"{RENDITIONS}/"):
        raise KeyRefused(key)
    return key


def replaceable_key(key: str) -> str:
    """The key itself when it may be written over or deleted, else KeyRefused or OriginalKept."""
    is_kept = checked_key(key).startswith((f"{ORIGINALS}/", f"{QUARANTINE}/"))
    if is_kept and key not in MARKS:
        raise OriginalKept(key)
    return key


def as_sidecar(facts: Mapping[str, object]) -> bytes:
    """Facts as they lie beside an original."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()


def as_tombstone(tombstone: Tombstone) -> bytes:
    """A tombstone as it lies in the store."""
    return as_sidecar(asdict(tombstone))


def write_whole(target: Path, chunks: Iterable[bytes]) -> tuple[Sha256, int]:
    """Write a new file and flush it to the disk: its digest and size. No file stays when it breaks.

    Raises OSError as the disk says it.
    """
    digest = hashlib.sha256()
    size = 0
    try:
        with target.open("xb") as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Sha256(digest.hexdigest()), size


def read_chunks(path: Path) -> Iterator[bytes]:
    """A local file in chunks."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
