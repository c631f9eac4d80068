"""Pictures as telephones write them (HEIC): one real HEVC frame by the `ffmpeg` program, in boxes
put together here (ISO/IEC 23008-12, 14496-15).
"""

import struct
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from media.decoding import ffmpeg

_VPS, _SPS, _PPS = 32, 33, 34
_ITEM, _SAID = 1, 2  # the picture, and what the telephone says of it


def heic(path: Path, *, taken: str = "2026:09:17 10:00:00", device: str = "iPhone 15") -> Path:
    """A picture of 192 by 128 pixels that says when it was taken, in Tokyo, and with what."""
    config, frame = _encoded()
    said = struct.pack(">I", 6) + b"Exif\0\0" + _tiff(taken, device)
    front = _box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    length = len(front) + len(_meta(config, (0, len(frame)), (0, len(said)))) + 8
    meta = _meta(config, (length, len(frame)), (length + len(frame), len(said)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(front + meta + _box(b"mdat", frame, said))
    return path


@cache
def _encoded() -> tuple[bytes, bytes]:
    """What a decoder must know beforehand, and the frame itself."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "frame.hevc"
        source = ("-f", "lavfi", "-i", "testsrc2=s=192x128:r=1:d=1", "-frames:v", "1")
        codec = ("-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p")
        quiet = (ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y")
        subprocess.run([*quiet, *source, *codec, "-f", "hevc", str(made)], check=True, timeout=60)
        units = [each.rstrip(b"\0") for each in made.read_bytes().split(b"\0\0\1") if each]
    kinds: dict[int, list[bytes]] = {}
    for each in units:
        if each:
            kinds.setdefault(each[0] >> 1 & 63, []).append(each)
    config = struct.pack(">BBI6sBHBBBBHBB", 1, 1, 0x60000000, b"\x90" + bytes(5), 30, 0xF000,
                         0xFC, 0xFD, 0xF8, 0xF8, 0, 0x0F, 3)  # fmt: skip
    for kind in (_VPS, _SPS, _PPS):
        (unit,) = kinds[kind]
        config += struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit
    slices = [unit for kind, found in kinds.items() if kind < _VPS for unit in found]
    return config, b"".join(struct.pack(">I", len(each)) + each for each in slices)


def _meta(config: bytes, picture: tuple[int, int], said: tuple[int, int]) -> bytes:
    entries = _item(_ITEM, b"hvc1") + _item(_SAID, b"Exif")
    properties = _box(b"hvcC", config) + _full(b"ispe", struct.pack(">II", 192, 128))
    places = [
        struct.pack(">HHHII", each, 0, 1, *place)
        for each, place in ((_ITEM, picture), (_SAID, said))
    ]
    return _full(
        b"meta",
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13)),
        _full(b"pitm", struct.pack(">H", _ITEM)),
        _full(b"iloc", struct.pack(">BBH", 0x44, 0, 2), *places),
        _full(b"iinf", struct.pack(">H", 2), entries),
        _full(b"iref", _box(b"cdsc", struct.pack(">HHH", _SAID, 1, _ITEM))),
        _box(
            b"iprp",
            _box(b"ipco", properties),
            _full(b"ipma", struct.pack(">IHBBB", 1, _ITEM, 2, 0x81, 2)),
        ),
    )


def _item(number: int, kind: bytes) -> bytes:
    return _box(b"infe", b"\x02\0\0\0", struct.pack(">HH", number, 0), kind, b"\0")


def _full(name: bytes, *inside: bytes) -> bytes:
    return _box(name, bytes(4), *inside)


def _box(name: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", 8 + len(content)) + name + content


def _tiff(taken: str, device: str) -> bytes:
    """Make, model and moment, as EXIF has them."""
    words = [b"Apple\0", device.encode() + b"\0", taken.encode() + b"\0", b"+09:00\0"]
    first, second = 8, 8 + 2 + 3 * 12 + 4
    at = second + 2 + 2 * 12 + 4
    places = []
    for each in words:
        places.append((len(each), at))
        at += len(each)
    make, model, moment, zone = places
    told = struct.pack("<2sHI", b"II", 42, first)
    told += struct.pack("<H", 3) + _field(0x010F, 2, *make) + _field(0x0110, 2, *model)
    told += _field(0x8769, 4, 1, second) + bytes(4)
    told += struct.pack("<H", 2) + _field(0x9003, 2, *moment) + _field(0x9011, 2, *zone) + bytes(4)
    return told + b"".join(words)


def _field(tag: int, kind: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, kind, count, value)
