"""One tile out of the zip a picture's tiles lie in (拡大表示): an entry is a run of the object's
bytes, so it is read the same way from a disk and, by a range, from S3.

The list of entries is read once and kept for as many pictures as fit; only names on it are ever
looked up, so an address cannot lead anywhere else. Entries are stored, never compressed. Not here:
who may look (`media/sharing`, the console), and making them (`making`).
"""

import os
import re
import struct
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Malformed, Missing
from media.decoding.still_child import TILE_EDGE, TILE_OVERLAP
from media.originals.local import disk_errors
from media.originals.store import ObjectMissing, OriginalStore

KEPT_ENTRIES = 200_000  # over all pictures: some 350 of 100 megapixels
KEPT_BYTES = 32 * 1024 * 1024  # of the tiles themselves: some 1,500
_MOST_ENTRIES = 40_000
_MOST_TILE = 4 * 1024 * 1024
_NAME = re.compile(r"(?:[0-9A-Za-z_-]+_files/)(\d{1,2}/\d{1,4}_\d{1,4}\.jpg)")
# PKZIP's application note, 4.3: the end record, one entry of the list, what stands before a file.
_END = struct.Struct("<4s4H2LH")
_LISTED = struct.Struct("<4s6H3L5H2L")
_BEFORE = struct.Struct("<4s5H3L2H")
_MOST_COMMENT = 0xFFFF


class TileMissing(Missing):
    """No such tile, or no such picture: one answer."""

    def __init__(self) -> None:
        super().__init__("no such tile")


class TilesBroken(Malformed):
    """The zip is not one of whole, uncompressed tiles."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the tiles cannot be read: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tile lies: what stands before it begins at `start`; `span` bytes reach its end."""

    start: int
    span: int
    size: int


Index = Mapping[str, Entry]
Read = Callable[[int, int], bytes]


def levels(width: int, height: int) -> int:
    """How many sizes a pyramid has, from one pixel to all of them."""
    return (max(width, height) - 1).bit_length() + 1


def names(width: int, height: int) -> set[str]:
    """Every tile a picture of that size has: `level/column_row.jpg`."""
    found = set()
    last = levels(width, height) - 1
    for level in range(last + 1):
        across, down = (-(-side // (1 << (last - level))) for side in (width, height))
        found |= {
            f"{level}/{column}_{row}.jpg"
            for column in range(-(-across // TILE_EDGE))
            for row in range(-(-down // TILE_EDGE))
        }
    return found


def facts(width: int, height: int) -> dict[str, int]:
    """What a viewer must know besides where the tiles are."""
    return {
        "width": width,
        "height": height,
        "tileSize": TILE_EDGE,
        "overlap": TILE_OVERLAP,
        "maxLevel": levels(width, height) - 1,
    }


def index_of(size: int, read: Read) -> Index:
    """The list of a zip of `size` bytes, of which `read(start, length)` gives some. Raises
    TilesBroken.
    """
    tail_at = max(0, size - _END.size - _MOST_COMMENT)
    tail = read(tail_at, size - tail_at)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise TilesBroken("no list at its end")
    _, _, _, _, count, length, start, _ = _END.unpack_from(tail, at)
    if count > _MOST_ENTRIES or start + length > tail_at + at:
        raise TilesBroken("its list is too long or beyond its end")
    listed = read(start, length)
    rows, at = [], 0
    for _ in range(count):
        if at + _LISTED.size > len(listed):
            raise TilesBroken("its list is cut off")
        row = _LISTED.unpack_from(listed, at)
        name_at = at + _LISTED.size
        name = listed[name_at : name_at + row[10]].decode("ascii", "replace")
        rows.append((row[16], row[4], row[8], row[9], name))
        at = name_at + row[10] + row[11] + row[12]
    return _entries(sorted(rows), start)


def _entries(rows: list[tuple[int, int, int, int, str]], end: int) -> Index:
    """By the order they lie in: each reaches at most to where the next begins."""
    found: dict[str, Entry] = {}
    for n, (offset, method, packed, size, name) in enumerate(rows):
        beyond = rows[n + 1][0] if n + 1 < len(rows) else end
        matched = _NAME.fullmatch(name)
        if matched is None:
            continue
        if method != 0 or packed != size or size > _MOST_TILE:
            raise TilesBroken("an entry is compressed or too large")
        span = min(beyond, end) - offset
        if not _BEFORE.size + len(name) + size <= span <= _BEFORE.size + size + 0x20000:
            raise TilesBroken("entries lie over each other")
        found[matched[1]] = Entry(offset, span, size)
    return found


def cut(entry: Entry, run: bytes) -> bytes:
    """The tile out of its run of bytes. Raises TilesBroken."""
    if len(run) < _BEFORE.size or run[:4] != b"PK\x03\x04":
        raise TilesBroken("no entry where the list says")
    told = _BEFORE.unpack_from(run)
    start = _BEFORE.size + told[9] + told[10]
    tile = run[start : start + entry.size]
    if len(tile) != entry.size:
        raise TilesBroken("an entry is cut off")
    return tile


def check(path: Path, width: int, height: int) -> None:
    """Whether a zip just made holds every tile of a picture of that size and no more. Raises
    TilesBroken.
    """
    with disk_errors(), path.open("rb") as file:

        def read(start: int, length: int) -> bytes:
            file.seek(start)
            return file.read(length)

        listed = index_of(path.stat().st_size, read)
    if set(listed) != names(width, height):
        raise TilesBroken("it does not hold the tiles of this picture")


class Tiles:
    """Reads tiles of the store; keeps the lists of the pictures looked at last, and the tiles read
    last. What a key names never changes.
    """

    def __init__(
        self,
        store: OriginalStore,
        *,
        most_entries: int = KEPT_ENTRIES,
        most_bytes: int = KEPT_BYTES,
    ) -> None:
        self._store = store
        self._most = most_entries
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Index] = OrderedDict()
        self._entries = 0
        self._read_last: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def entries(self) -> int:
        """How many entries are kept now."""
        return self._entries

    def tile(self, key: str, name: str) -> bytes:
        """One tile of the zip under `key`. Raises TileMissing, ObjectMissing, TilesBroken."""
        entry = self._index(key).get(name)
        if entry is None:
            raise TileMissing
        content = cut(entry, self._read(key, entry.start, entry.span))
        with self._lock:
            if (key, name) not in self._read_last:
                self._read_last[key, name] = content
                self._bytes += len(content)
            while self._bytes > self._most_bytes:
                _, gone = self._read_last.popitem(last=False)
                self._bytes -= len(gone)
        return content

    def at_hand(self, key: str, name: str) -> bytes | None:
        """The same, where it was read a moment ago: without a disk and without waiting, so it may
        be asked on the event loop.
        """
        return self._read_last.get((key, name))

    def _index(self, key: str) -> Index:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
        # Read without the lock: two at once read the same list, and the keys name what never
        # changes.
        size = self._store.size(key)
        made = index_of(size, lambda start, length: self._read(key, start, length))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._entries += len(made)
            while self._entries > self._most and len(self._kept) > 1:
                _, gone = self._kept.popitem(last=False)
                self._entries -= len(gone)
        return made

    def _read(self, key: str, start: int, length: int) -> bytes:
        path = self._store.path(key)
        if path is not None:
            return _run_of(path, key, start, length)
        chunks = self._store.open(key, start=start, length=length)
        try:
            return b"".join(chunks)
        finally:
            chunks.close()


def _run_of(path: Path, key: str, start: int, length: int) -> bytes:
    """The same from a disk, in one go."""
    with disk_errors():
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            raise ObjectMissing(key) from None
        try:
            return os.pread(file, length, start)
        finally:
            os.close(file)
