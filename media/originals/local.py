"""The object store on a local disk: staged file, fsync, link into place, fsync of the folder.

A hard link is the create-only move: of two writers of the same original one wins and the other sees
that it is there. Files are 0400 so that a slip of the hand does not change them.
"""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from catalog.ground.record import Sha256
from media.originals.reading import make_way
from media.originals.store import (
    CHUNK,
    MARKS,
    Chunks,
    Listed,
    ObjectMissing,
    StoreFull,
    StoreUnavailable,
    Tombstone,
    as_sidecar,
    as_tombstone,
    checked_folder,
    checked_key,
    original_key,
    quarantine_key,
    rendition_key,
    replaceable_key,
    sidecar_key,
    tombstone_key,
    write_whole,
)

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS})
_READ_ONLY = 0o400


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """What the disk says, as the store's own errors."""
    try:
        yield
    except OSError as broken:
        reason = os.strerror(broken.errno) if broken.errno else "input/output"
        if broken.errno in _NO_SPACE:
            raise StoreFull(reason) from broken
        raise StoreUnavailable(reason) from broken


def sweep(staging: Path, *, before: datetime) -> int:
    """Remove what a killed process left on its way in and nobody touched since; how many."""
    swept = 0
    with disk_errors():
        for left in list(staging.iterdir()):
            if left.lstat().st_mtime >= before.timestamp():
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
            swept += 1
    return swept


class LocalStore:
    """Objects as files under one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._staging = self._root / "staging"
        with disk_errors():
            self._staging.mkdir(parents=True, exist_ok=True)

    @property
    def staging(self) -> Path:
        return self._staging

    def put(self, staged: Path, sha256: Sha256, *, facts: Mapping[str, object]) -> bool:
        target = self._file(original_key(sha256))
        with disk_errors():
            size = staged.stat().st_size
            is_new = self._place_new(staged, target)
        if not is_new and make_way(self, staged, sha256):
            with disk_errors():
                is_new = self._place_new(staged, target)
        with disk_errors():
            self._write_sidecar(target, {**facts, "sha256": sha256, "bytes": size})
            self._lift_tombstone(sha256)
            staged.unlink(missing_ok=True)
        return is_new

    def put_file(self, key: str, staged: Path) -> None:
        target = self._file(replaceable_key(key))
        with disk_errors():
            _flush(staged)
            self._make_folder(target.parent)
            staged.chmod(_READ_ONLY)
            try:
                staged.replace(target)
            except OSError as broken:
                if broken.errno != errno.EXDEV:
                    raise
                self._copy_across(staged, target)
            _flush(target.parent)

    def put_bytes(self, key: str, chunks: Iterable[bytes]) -> int:
        replaceable_key(key)
        staged = self._new_staged()
        with disk_errors():
            _, size = write_whole(staged, chunks)
        try:
            self.put_file(key, staged)
        finally:
            staged.unlink(missing_ok=True)
        return size

    def open(self, key: str, *, start: int = 0, length: int | None = None) -> Chunks:
        target = self._file(checked_key(key))
        with disk_errors():
            try:
                file = target.open("rb")
            except FileNotFoundError:
                raise ObjectMissing(key) from None
            file.seek(start)
        return _FileChunks(file, length)

    def size(self, key: str) -> int:
        with disk_errors():
            try:
                return self._file(checked_key(key)).stat().st_size
            except FileNotFoundError:
                raise ObjectMissing(key) from None

    def exists(self, key: str) -> bool:
        return self._file(checked_key(key)).is_file()

    def path(self, key: str) -> Path | None:
        return self._file(checked_key(key))

    def signed_address(self, key: str, *, seconds: int, method: str = "GET") -> str | None:
        rendition_key(key)
        return None

    def delete(self, key: str) -> None:
        with disk_errors():
            self._file(replaceable_key(key)).unlink(missing_ok=True)

    def each(self, folder: str) -> Iterator[Listed]:
        found = self._each(self._file(checked_folder(folder)))
        return (each for each in found if each.key not in MARKS)

    def describe(self, sha256: Sha256, asset: str, facts: Mapping[str, object]) -> None:
        with disk_errors():
            self._write_beside(self._file(sidecar_key(sha256, asset)), as_sidecar(facts))

    def quarantine(self, sha256: Sha256, mark: str) -> str | None:
        key = quarantine_key(sha256, mark)
        here, there = self._file(original_key(sha256)), self._file(key)
        with disk_errors():
            self._make_folder(there.parent)
            try:
                here.rename(there)
            except FileNotFoundError:
                return None
            _flush(there.parent)
            _flush(here.parent)
        return key

    def bury(self, tombstone: Tombstone) -> None:
        target = self._file(original_key(tombstone.sha256))
        with disk_errors():
            said = self._file(tombstone_key(tombstone.sha256))
            if not said.exists():
                self._write_beside(said, as_tombstone(tombstone))
            target.unlink(missing_ok=True)
            _flush(target.parent)

    def room(self) -> int | None:
        with disk_errors():
            return shutil.disk_usage(self._root).free

    def _each(self, folder: Path) -> Iterator[Listed]:
        """Depth first in the order of names; what is deleted meanwhile is left out."""
        with disk_errors():
            try:
                with os.scandir(folder) as found:
                    entries = sorted(found, key=lambda entry: entry.name)
            except FileNotFoundError:
                return
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._each(Path(entry.path))
                continue
            with contextlib.suppress(FileNotFoundError), disk_errors():
                size = entry.stat(follow_symlinks=False).st_size
                yield Listed(Path(entry.path).relative_to(self._root).as_posix(), size)

    def _file(self, key: str) -> Path:
        return self._root / key

    def _new_staged(self) -> Path:
        return self._staging / f"{secrets.token_hex(16)}.part"

    def _place_new(self, staged: Path, target: Path) -> bool:
        """Move without ever replacing; False when the target was there."""
        if target.exists():
            return False
        _flush(staged)
        self._make_folder(target.parent)
        staged.chmod(_READ_ONLY)
        try:
            os.link(staged, target)
        except FileExistsError:
            return False
        except OSError as broken:
            if broken.errno not in _NO_LINKS:
                raise
            # Some network disks have no links; the name is the digest, the bytes are the same.
            self._replace_by_copy_or_move(staged, target)
        _flush(target.parent)
        return True

    def _replace_by_copy_or_move(self, staged: Path, target: Path) -> None:
        try:
            staged.replace(target)
        except OSError as broken:
            if broken.errno != errno.EXDEV:
                raise
            self._copy_across(staged, target)

    def _copy_across(self, staged: Path, target: Path) -> None:
        """From another disk: copy beside the target first, so that it appears whole."""
        beside = self._new_staged()
        with staged.open("rb") as file:
            write_whole(beside, _FileChunks(file, None))
        beside.chmod(_READ_ONLY)
        beside.replace(target)
        staged.unlink()

    def _write_sidecar(self, target: Path, facts: Mapping[str, object]) -> None:
        sidecar = target.with_name(target.name + ".json")
        if sidecar.exists():
            return
        self._write_beside(sidecar, as_sidecar(facts))

    def _lift_tombstone(self, sha256: Sha256) -> None:
        said = self._file(tombstone_key(sha256))
        if said.exists():
            said.unlink(missing_ok=True)
            _flush(said.parent)

    def _write_beside(self, target: Path, content: bytes) -> None:
        """A small file that appears whole."""
        self._make_folder(target.parent)
        beside = self._new_staged()
        write_whole(beside, [content])
        beside.chmod(_READ_ONLY)
        beside.replace(target)
        _flush(target.parent)

    def _make_folder(self, folder: Path) -> None:
        """Make it and flush every parent that got a new entry."""
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir(exist_ok=True)
            _flush(each.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _FileChunks:
    """What follows in an open file, `length` bytes of it; closed at the end or when told so."""

    def __init__(self, file: BinaryIO, length: int | None) -> None:
        self._file = file
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with disk_errors():
            chunk = b"" if self._file.closed else self._file.read(self._next_size())
        if not chunk:
            self.close()
            raise StopIteration
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()

    def _next_size(self) -> int:
        return CHUNK if self._left is None else min(CHUNK, self._left)
