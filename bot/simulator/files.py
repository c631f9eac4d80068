"""Pictures, films and other files a persona sent, kept in memory for the shop to fetch.

As on LINE, films and sounds take a moment to prepare and nothing is kept for ever.
"""

import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.simulator.refusals import LineRefusal


class FileKind(StrEnum):
    """LINE's message types for files."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


def kind_of(content_type: str) -> FileKind:
    """The message type LINE would make of an upload with that content type."""
    main = content_type.partition("/")[0]
    return FileKind(main) if main in ("image", "video", "audio") else FileKind.FILE


@dataclass(frozen=True, slots=True)
class Kept:
    """The bytes of one message; `ready_at` is a reading of the running clock."""

    content: bytes
    content_type: str
    kind: FileKind
    ready_at: float


class Files:
    """Holds at most `most_bytes`, the oldest go first. `running`: monotonic seconds."""

    def __init__(
        self,
        *,
        running: Callable[[], float],
        preparing_seconds: float,
        most_bytes: int = 256 * 1024 * 1024,
    ) -> None:
        self._running = running
        self._preparing_seconds = preparing_seconds
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, message_id: str, content: bytes, content_type: str) -> Kept:
        """Take the bytes of a message in."""
        kind = kind_of(content_type)
        needs_time = kind in (FileKind.VIDEO, FileKind.AUDIO)
        ready_at = self._running() + (self._preparing_seconds if needs_time else 0.0)
        kept = self._kept[message_id] = Kept(content, content_type, kind, ready_at)
        while sum(len(held.content) for held in self._kept.values()) > self._most_bytes:
            self._kept.popitem(last=False)
        return kept

    def forget(self, message_id: str) -> None:
        """Drop the bytes of an unsent message."""
        self._kept.pop(message_id, None)

    def find(self, message_id: str) -> Kept:
        """Raises LineRefusal (404) for an unknown, unsent or dropped message."""
        try:
            return self._kept[message_id]
        except KeyError:
            raise LineRefusal(404, "Not found") from None

    def is_ready(self, kept: Kept) -> bool:
        """Whether the bytes may be fetched yet."""
        return self._running() >= kept.ready_at


def grey_preview(*, width: int = 240, height: int = 135) -> bytes:
    """A plain PNG: the stand-in cannot look into films, and the shop makes its own posters."""
    line = b"\0" + b"\x9a" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(line * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, held) for name, held in parts)


def _chunk(name: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
