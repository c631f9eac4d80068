"""Captures made on the fly: pictures by pyvips, films by ffmpeg, and the units they show."""

import io
import struct
import subprocess
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyvips
from sqlmodel import Session

from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from catalog.items.kinds import Category, OwnerKind, UnitState
from catalog.items.tables import Style, Unit
from media.decoding import ffmpeg
from media.intake import tags

NOON = datetime(2026, 9, 17, 3, 0, tzinfo=UTC)


def unit(database: Database, code: str = "W-10234") -> UnitId:
    """A listed watch with that code; its id."""

    def write(db: Session) -> UnitId:
        style = Style(
            id=f"style-{code}",
            style_key=code.lower(),
            category=Category.WATCH.value,
            written_at=NOON,
        )
        db.add(style)
        db.flush()
        row = Unit(
            id=f"unit-{code}",
            code=code,
            style_id=style.id,
            title="Submariner Date",
            owner_kind=OwnerKind.DEALER.value,
            custody="dealer:main",
            state=UnitState.LISTED.value,
            written_at=NOON,
            changed_at=NOON,
        )
        db.add(row)
        db.flush()
        return UnitId(row.id)

    return database.write(write)


def still(path: Path, *, width: int = 640, height: int = 480, seed: int = 1) -> Path:
    """A JPEG of coloured noise; another seed gives other bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = pyvips.Image.gaussnoise(width, height, mean=128, sigma=40, seed=seed)
    ramp = pyvips.Image.identity(ushort=False).resize(width / 256, vscale=height)
    bands = noise.bandjoin([ramp.crop(0, 0, width, height), noise.invert()])
    bands.cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=85)
    return path


def still_with_exif(path: Path, *, orientation: int = 6) -> Path:
    """A lying-down picture with red on its left, GPS, camera and time with offset in its EXIF."""
    left = pyvips.Image.black(100, 200, bands=3).linear([1], [255, 0, 0])
    right = pyvips.Image.black(300, 200, bands=3).linear([1], [0, 0, 255])
    image = left.join(right, "horizontal").cast("uchar").copy(interpretation="srgb")
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    said = {
        "exif-ifd0-Make": "Canon",
        "exif-ifd0-Model": "Canon EOS R5",
        "exif-ifd2-DateTimeOriginal": "2026:09:16 18:30:00",
        "exif-ifd2-OffsetTimeOriginal": "+09:00",
        "exif-ifd3-GPSLatitudeRef": "N",
        "exif-ifd3-GPSLatitude": "35/1 40/1 30/1",
        "exif-ifd3-GPSLongitudeRef": "E",
        "exif-ifd3-GPSLongitude": "139/1 45/1 0/1",
    }
    for name, value in said.items():
        image.set_type(pyvips.GValue.gstr_type, name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.jpegsave(str(path), Q=90)
    return path


def tag_photo(path: Path, code: str) -> Path:
    """A photograph of a unit's tag: the QR code lies turned on a grey desk."""
    printed = pyvips.Image.new_from_buffer(tags.png(code, scale=8), "").colourspace("srgb")
    if printed.hasalpha():
        printed = printed.flatten(background=255)
    turned = printed.rotate(17, background=[120, 120, 120])
    desk = (pyvips.Image.black(2400, 1600, bands=3) + 120).cast("uchar")
    path.parent.mkdir(parents=True, exist_ok=True)
    desk.copy(interpretation="srgb").insert(turned, 900, 500).jpegsave(str(path), Q=85)
    return path


def qr_photo(path: Path, text: str) -> Path:
    """A photograph of any QR code."""
    import segno

    drawn = io.BytesIO()
    segno.make_qr(text, error="q").save(drawn, kind="png", scale=8, border=4)
    printed = pyvips.Image.new_from_buffer(drawn.getvalue(), "").colourspace("srgb")
    desk = (pyvips.Image.black(1600, 1200, bands=3) + 120).cast("uchar")
    path.parent.mkdir(parents=True, exist_ok=True)
    desk.copy(interpretation="srgb").insert(printed, 500, 300).jpegsave(str(path), Q=85)
    return path


def blurred(path: Path, sigma: float) -> Path:
    """The same picture out of focus, by so many pixels."""
    soft = pyvips.Image.new_from_file(str(path)).gaussblur(sigma).copy_memory()
    soft.jpegsave(str(path), Q=85)
    return path


def as_tiff(path: Path, target: Path) -> Path:
    """The same picture as a TIFF."""
    pyvips.Image.new_from_file(str(path)).tiffsave(str(target))
    return target


def as_deep_tiff(path: Path, target: Path) -> Path:
    """The same picture as a TIFF of sixteen bits a colour, as raw converters write it."""
    deep = (pyvips.Image.new_from_file(str(path)) * 257).cast("ushort")
    deep.copy(interpretation="rgb16").tiffsave(str(target))
    return target


def say(path: Path, taken: str, *, device: str = "EOS R5", day: str = "2026:09:17") -> Path:
    """Have the camera say in the picture when it was taken, in Tokyo."""
    image = pyvips.Image.new_from_file(str(path)).copy_memory()
    said = {
        "exif-ifd0-Make": "Canon",
        "exif-ifd0-Model": f"Canon {device}",
        "exif-ifd2-DateTimeOriginal": f"{day} {taken}",
        "exif-ifd2-OffsetTimeOriginal": "+09:00",
    }
    for name, value in said.items():
        image.set_type(pyvips.GValue.gstr_type, name, value)
    image.jpegsave(str(path), Q=85)
    return path


SECRETS = ("SN-7781-QX", "Satou-Hanako", "Ginza-4-5-6")


def give_away(path: Path) -> Path:
    """Have the camera say in the picture which one it is, whose, and where it was taken."""
    serial, owner, place = SECRETS
    image = pyvips.Image.new_from_file(str(path)).copy_memory()
    said = {
        "exif-ifd0-Make": "Canon",
        "exif-ifd0-Artist": owner,
        "exif-ifd0-ImageDescription": place,
        "exif-ifd2-BodySerialNumber": serial,
        "exif-ifd3-GPSLatitudeRef": "N",
        "exif-ifd3-GPSLatitude": "35/1 40/1 30/1",
        "exif-ifd3-GPSLongitudeRef": "E",
        "exif-ifd3-GPSLongitude": "139/1 45/1 0/1",
    }
    for name, value in said.items():
        image.set_type(pyvips.GValue.gstr_type, name, value)
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/" serial="{serial}">{place}</x:xmpmeta>'.encode()
    image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp)
    image.jpegsave(str(path), Q=85)
    return path


def film(
    path: Path,
    *,
    size: str = "640x360",
    seconds: float = 1.0,
    codec: Sequence[str] = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    extra: Sequence[str] = (),
    sound: bool = True,
) -> Path:
    """A film of moving bars with a tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = ("-f", "lavfi", "-i", f"sine=d={seconds}", "-c:a", "aac") if sound else ()
    inputs = ("-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}", *tone[:4])
    command = [ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y", *inputs, *codec]
    subprocess.run([*command, *tone[4:], *extra, str(path)], check=True, timeout=60)
    return path


def bomb(path: Path) -> Path:
    """A small PNG that claims to be 30,000 pixels wide and high."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    # After a full flush the same thousand rows are the same bytes again.
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    rows = squeezer.compress(bytes(30_001 * 1000)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    checksum = (30_001 * 30_000 % 65_521) << 16 | 1
    pixels = b"\x78\xda" + rows * 30 + b"\x03\x00" + checksum.to_bytes(4, "big")
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )
    return path
