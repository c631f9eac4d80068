"""What a file is by its bytes, never by its name, and whether it looks whole.

A playlist or a text named `.mp4` is refused here, before any decoder sees it. Pure reading of a few
headers; nothing is decoded.
"""

import re
import struct
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from catalog.ground.errors import Malformed
from media.assets.kinds import AssetKind
from media.decoding import directories

_HEAD_BYTES = 512
_TS_PACKET = 188
_MOST_BOXES = 10_000
_TAIL_BYTES = 4096
_MOMENT_BYTES = 65_536
_MOMENT = re.compile(rb"[12]\d{3}:[01]\d:[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d")
_ZIP_END, _ZIP64_LOCATOR, _MOST_ZIP_COMMENT = 22, 20, 0xFFFF


class Format(StrEnum):
    """The kinds of file the shop's cameras and customers' phones make."""

    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    HEIC = "heic"
    WEBP = "webp"
    RAW = "raw"  # what a sensor saw, of any maker: CR2, CR3, NEF, ARW, DNG, RAF, ORF, RW2, PEF …
    MP4 = "mp4"
    MOV = "mov"
    MKV = "mkv"
    AVI = "avi"
    MPEGTS = "mpegts"


MIME: dict[Format, str] = {
    Format.JPEG: "image/jpeg",
    Format.PNG: "image/png",
    Format.TIFF: "image/tiff",
    Format.HEIC: "image/heic",
    Format.WEBP: "image/webp",
    Format.RAW: "image/x-dcraw",
    Format.MP4: "video/mp4",
    Format.MOV: "video/quicktime",
    Format.MKV: "video/x-matroska",
    Format.AVI: "video/x-msvideo",
    Format.MPEGTS: "video/mp2t",
}
STILLS = frozenset({Format.JPEG, Format.PNG, Format.TIFF, Format.HEIC, Format.WEBP, Format.RAW})
_RAW_HEADS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0\x18")
_MOST_DIRECTORIES = 16
_MOST_ENTRIES = 512
# TIFF 6 and DNG 1.7: pictures inside of it, what its pixels are, and that it is a DNG at all.
_SUB_DIRECTORIES, _PIXELS, _DNG_VERSION = 330, 262, 50706
_SENSOR_PIXELS = frozenset({32803, 34892})  # colour filter array, linear raw
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_RAW_SUFFIXES = (
    ".3fr", ".arw", ".cr2", ".cr3", ".dng", ".iiq", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2",
    ".srw",
)  # fmt: skip
_SUFFIX_KIND: dict[str, AssetKind] = {
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".heif", ".webp", *_RAW_SUFFIXES),
        AssetKind.STILL,
    ),
    **dict.fromkeys(
        (".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts"), AssetKind.FILM
    ),
}


class NotAPicture(Malformed):
    """The bytes are not of any kind this shop takes, whatever the name says."""

    def __init__(self, suffix: str) -> None:
        super().__init__(f"the bytes of this {suffix or 'file'} are neither a picture nor a film")
        self.suffix = suffix


class ArchiveInside(Malformed):
    """A picture or a film that is an archive as well: whoever opens it by another program gets what
    nobody looked at.
    """

    def __init__(self) -> None:
        super().__init__("the file is an archive too; nothing is made of it")


@dataclass(frozen=True, slots=True)
class Box:
    """One box of an ISO file: where it begins, how long its header is, how long it is."""

    name: bytes
    start: int
    header: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


def told_time(path: Path) -> str | None:
    """The earliest moment the file's head names (`2026:09:16 18:30:00`), to put the shots of a card
    in order before anybody opens them. Raises OSError.
    """
    with path.open("rb") as file:
        found = _MOMENT.findall(file.read(_MOMENT_BYTES))
    return min(found).decode() if found else None


def kind_of(form: Format) -> AssetKind:
    """A still or a film."""
    return AssetKind.STILL if form in STILLS else AssetKind.FILM


def kind_by_name(name: str) -> AssetKind | None:
    """What the ending of a name claims; None for an ending the shop does not take."""
    return _SUFFIX_KIND.get(Path(name).suffix.lower())


def sniff(path: Path) -> Format | None:
    """By magic bytes; None when they say nothing known. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        form = sniff_bytes(file.read(_HEAD_BYTES))
        return Format.RAW if form is Format.TIFF and _is_of_a_sensor(file) else form


def must_be(path: Path) -> Format:
    """The format, or NotAPicture."""
    form = sniff(path)
    if form is None:
        raise NotAPicture(path.suffix.lower())
    return form


def must_not_hide(path: Path) -> None:
    """Raises ArchiveInside for what any zip program opens: a list of entries at the very end."""
    with path.open("rb") as file:
        size = path.stat().st_size
        start = max(0, size - _ZIP_END - _MOST_ZIP_COMMENT)
        file.seek(start)
        tail = file.read(_ZIP_END + _MOST_ZIP_COMMENT)
        at = tail.rfind(b"PK\5\6")
        while at >= 0:
            if _is_zip_end(file, start + at, tail[at : at + _ZIP_END]):
                raise ArchiveInside
            at = tail.rfind(b"PK\5\6", 0, at)


def _is_zip_end(file: BinaryIO, at: int, end: bytes) -> bool:
    """PKZIP's application note, 4.3.16; four bytes alone stand in many a photograph by chance."""
    if len(end) < _ZIP_END:
        return False
    entries, length, start = struct.unpack_from("<HII", end, 10)
    if _says(file, at - _ZIP64_LOCATOR, b"PK\6\7"):
        return True
    if not entries:
        return False
    # Some programs look for the list just before its end, others where the end says it begins.
    return any(_says(file, place, b"PK\1\2") for place in (at - length, start))


def _says(file: BinaryIO, at: int, word: bytes) -> bool:
    if at < 0:
        return False
    file.seek(at)
    return file.read(len(word)) == word


def sniff_bytes(head: bytes) -> Format | None:
    """By the first 512 bytes; most raw files look like any TIFF there."""
    if head.startswith(_RAW_HEADS) or (head[:4] == b"II*\0" and head[8:10] == b"CR"):
        return Format.RAW
    if head.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return Format.TIFF
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI "):
        return Format.WEBP if head[8:12] == b"WEBP" else Format.AVI
    if head.startswith(b"\x1a\x45\xdf\xa3") and (b"matroska" in head or b"webm" in head):
        return Format.MKV
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return Format.MOV
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if _is_transport_stream(head):
        return Format.MPEGTS
    return None


def _by_brand(head: bytes) -> Format:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, size, 4)}
    if head[8:12] == b"crx ":
        return Format.RAW
    if brands & _HEIF_BRANDS and not brands & {b"isom", b"mp41", b"mp42", b"qt  "}:
        return Format.HEIC
    return Format.MOV if head[8:12] == b"qt  " else Format.MP4


def _is_of_a_sensor(file: BinaryIO) -> bool:
    """Whether a TIFF holds what a sensor saw: a DNG, or one whose directories name its pixels so.
    Reads at most sixteen directories; whatever makes no sense is none.
    """
    file.seek(0)
    head = file.read(8)
    order = ">" if head[:2] == b"MM" else "<"
    if len(head) < 8 or head[2:4] in (b"+\0", b"\0+"):
        return False
    ahead, seen = [int(struct.unpack_from(f"{order}I", head, 4)[0])], set[int]()
    while ahead and len(seen) < _MOST_DIRECTORIES:
        at = ahead.pop(0)
        if at in seen:
            continue
        seen.add(at)
        for tag, kind, count, value in _entries(file, at, order):
            if tag == _DNG_VERSION:
                return True
            if tag == _PIXELS and _first_short(value, order) in _SENSOR_PIXELS:
                return True
            if tag == _SUB_DIRECTORIES and kind in (4, 13):
                ahead += _offsets(file, count, value, order)
    return False


def _entries(file: BinaryIO, at: int, order: str) -> list[tuple[int, int, int, bytes]]:
    """Tag, type, count and the four bytes of the value of each entry of a directory."""
    file.seek(at)
    told = file.read(2)
    if len(told) < 2:
        return []
    count = min(struct.unpack(f"{order}H", told)[0], _MOST_ENTRIES)
    held = file.read(12 * count)
    return [
        (*struct.unpack_from(f"{order}HHI", held, place), held[place + 8 : place + 12])
        for place in range(0, len(held) - 11, 12)
    ]


def _first_short(value: bytes, order: str) -> int:
    return int(struct.unpack_from(f"{order}H", value)[0])


def _offsets(file: BinaryIO, count: int, value: bytes, order: str) -> list[int]:
    if count == 1:
        return [int(struct.unpack(f"{order}I", value)[0])]
    file.seek(struct.unpack(f"{order}I", value)[0])
    held = file.read(4 * min(count, _MOST_DIRECTORIES))
    return [
        int(each) for each in struct.unpack(f"{order}{len(held) // 4}I", held[: len(held) // 4 * 4])
    ]


def _is_transport_stream(head: bytes) -> bool:
    return any(
        len(head) > start + 2 * step and all(head[start + n * step] == 0x47 for n in range(3))
        for start, step in ((0, _TS_PACKET), (4, _TS_PACKET + 4))
    )


def looks_whole(path: Path) -> bool:
    """Whether the end of the file is where its format says. What cannot tell (a transport stream,
    an unknown format) counts as not whole.

    A file still being written fails this; a file cut off for good fails it for ever.
    """
    form = sniff(path)
    size = path.stat().st_size
    with path.open("rb") as file:
        match form:
            case Format.JPEG:
                return b"\xff\xd9" in _tail(file, size)
            case Format.PNG:
                return b"IEND" in _tail(file, size)
            case Format.WEBP | Format.AVI:
                file.seek(4)
                return int.from_bytes(file.read(4), "little") + 8 <= size
            case Format.TIFF:
                return directories.are_inside(file, size)
            case Format.RAW:
                return _raw_is_inside(file, size)
            case Format.HEIC | Format.MP4 | Format.MOV:
                return _boxes_are_inside(file, size, b"meta" if form is Format.HEIC else b"moov")
            case Format.MKV:
                return _segment_is_inside(file, size)
            case _:
                return False


def _boxes_are_inside(file: BinaryIO, size: int, wanted: bytes) -> bool:
    found = boxes(file, 0, size)
    return any(each.name == wanted for each in found) and found[-1].end <= size


def _raw_is_inside(file: BinaryIO, size: int) -> bool:
    """Most are TIFFs by another name; Canon's newer ones are boxes, Fujifilm's head tells where its
    three parts lie.
    """
    file.seek(0)
    head = file.read(108)
    if head[4:8] == b"ftyp":
        return _boxes_are_inside(file, size, b"moov")
    if head.startswith(b"FUJIFILM"):
        parts = struct.unpack_from(">6I", head, 84) if len(head) == 108 else (0,) * 6
        ends = [int(parts[n]) + int(parts[n + 1]) for n in (0, 2, 4)]
        return 0 < max(ends) <= size
    return directories.are_inside(file, size)


def _segment_is_inside(file: BinaryIO, size: int) -> bool:
    """Matroska's one segment says how long it is once its writer is through (RFC 9559, 5.1; RFC
    8794, 4).
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    at = head.find(b"\x18\x53\x80\x67") + 4
    if at < 8 or at >= len(head):
        return False
    width = 9 - head[at].bit_length()
    length = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    is_told = width <= 8 and length != (1 << 7 * width) - 1
    return is_told and at + width + length <= size


def _tail(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, size - _TAIL_BYTES))
    return file.read(_TAIL_BYTES)


def boxes(file: BinaryIO, start: int, end: int) -> list[Box]:
    """The boxes of an ISO file between two places; stops at the first that makes no sense."""
    found: list[Box] = []
    at = start
    while at + 8 <= end and len(found) < _MOST_BOXES:
        file.seek(at)
        head = file.read(16)
        size, name, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header:
            break
        found.append(Box(name, at, header, size))
        at += size
    return found
