"""Hostile files that are few bytes and very many things: pages, frames, streams. And what no camera
makes, under its own name.
"""

import struct
import zlib
from collections.abc import Callable

import pyvips

from tests.media.hostile.corpus import MARK, Hostile, Write, archive, film_of, png

PAGES = 1_000_000
FRAMES = 100_000
STREAMS = 100


def pages(count: int, *, is_big: bool = False) -> bytes:
    """A TIFF of one black pixel, and so many directories after it of which each has one entry."""
    wide, entry, start = ("Q", "<HHQQ", 16) if is_big else ("I", "<HHII", 8)
    told = [
        (256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 0), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 1),
    ]  # fmt: skip
    head = b"II+\0\x08\0\0\0" if is_big else b"II*\0"
    number = "<Q" if is_big else "<H"

    def directory(entries: list[tuple[int, int, int, int]], following: int) -> bytes:
        body = b"".join(struct.pack(entry, *each) for each in entries)
        return struct.pack(number, len(entries)) + body + struct.pack(f"<{wide}", following)

    first, other = len(directory(told, 0)), len(directory(told[:1], 0))
    made = [head, struct.pack(f"<{wide}", start), directory(told, start + first)]
    at = start + first
    for n in range(1, count):
        at += other
        made.append(directory(told[:1], at if n < count - 1 else 0))
    return b"".join(made)


def frames(count: int) -> bytes:
    """A GIF of one pixel that changes so often."""
    frame = b"\x21\xf9\x04\0\1\0\0\0" + b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0)
    frame += b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * count + b"\x3b"


def _frames_of_webp(count: int) -> bytes:
    """An animation that says so; each frame is one pixel."""
    one = bytes(
        pyvips.Image.black(1, 1, bands=3).cast("uchar").webpsave_buffer(lossless=True, keep="none")
    )[12:]
    frame = bytes(12) + struct.pack("<I", 100) + one
    frame = b"ANMF" + struct.pack("<I", len(frame)) + frame + bytes(len(frame) % 2)
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02" + bytes(9)
    head += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    body = b"WEBP" + head + frame * count
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _frames_of_png(count: int) -> bytes:
    """An animated PNG that says so many frames of itself."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    control = chunk(b"acTL", struct.pack(">II", count, 0))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 1, 1, 0, 0, 1, 100, 0, 0))
    return png(8, 8, control, *[frame] * (count // 10), rows=8)


def _same(content: bytes) -> Write:
    return lambda path, _: path.write_bytes(content) and None


def _late(content: Callable[[], bytes]) -> Write:
    return lambda path, _: path.write_bytes(content()) and None


MANY = (
    Hostile("million.tif", _late(lambda: pages(PAGES))),
    Hostile("million.jpg", _late(lambda: pages(PAGES // 10, is_big=True))),
    Hostile("frames.jpg", _late(lambda: frames(FRAMES))),
    Hostile("frames.webp", _late(lambda: _frames_of_webp(5000))),
    Hostile("frames.png", _late(lambda: _frames_of_png(5000)), may_be_shown=True),
    Hostile("hundred.mp4", film_of(STREAMS, "mp4")),
    Hostile("hundred.mov", film_of(STREAMS, "mov")),
)
NO_CAMERAS = (
    Hostile("frames.gif", _same(frames(1000))),
    Hostile("drawing.svg", _same(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')),
    Hostile("paper.pdf", _same(b"%PDF-1.7\n1 0 obj<</AA<</O<</S/URI>>>>>>" + MARK)),
    Hostile("box.zip", _same(archive())),
    Hostile("list.m3u8", _same(b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n" + MARK)),
    Hostile("page.html", _same(b"<!doctype html><script>" + MARK + b"</script>")),
)
CROWDS = (*MANY, *NO_CAMERAS)
