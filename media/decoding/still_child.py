"""The jailed child that opens one picture and answers with one line of JSON.

    still_child.py look FILE FORMAT {scan|-}     size, camera facts, tags photographed
    still_child.py make FILE FORMAT FOLDER       full.jpg and preview.jpg, upright, without metadata
    still_child.py judge FILE FORMAT -           how sharp it is

Run by path with no environment; it imports nothing of ours, so that a crash or a break-in here
finds nothing. The format was read from the bytes by the parent. Only the loaders of the formats we
take are left open.
"""

import errno
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

MOST_PIXELS = 300_000_000
MOST_DECODED_BYTES = 1_200_000_000
FULL_EDGE, FULL_BYTES = 2048, 10_000_000
PREVIEW_EDGE, PREVIEW_BYTES = 800, 1_000_000
_QUALITIES = (88, 80, 70, 60, 45)
_SMALLEST_SCAN_EDGE = 800
_JUDGED_EDGE = 1000
_TILES = 4  # a side
_TEXT = 120
# What a hostile or half-written EXIF block makes a reader of nested offsets raise.
_EXIF_MISHAPS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)


class TooLarge(Exception):
    """More pixels or bytes than may be opened."""


class Unreadable(Exception):
    """The decoder gave up."""


def _vips() -> Any:
    os.environ["VIPS_CONCURRENCY"] = "2"
    import pyvips

    pyvips.block_untrusted_set(True)
    pyvips.cache_set_max(0)
    return pyvips


def _check(width: int, height: int, bytes_per_pixel: int) -> None:
    pixels = width * height
    if pixels > MOST_PIXELS or pixels * bytes_per_pixel > MOST_DECODED_BYTES:
        raise TooLarge(f"{width}x{height}")


def _sized(vips: Any, path: str, form: str) -> tuple[int, int, Any]:
    """Upright width and height from the header, and the opened HEIC if it is one."""
    if form == "heic":
        import pi_heif

        heif = pi_heif.open_heif(path, convert_hdr_to_8bit=True)
        width, height = heif.size
        _check(width, height, 4)
        return width, height, heif
    image = vips.Image.new_from_file(path, access="sequential")
    bytes_per_band = max(1, struct.calcsize(_BAND[image.format]))
    _check(image.width, image.height, image.bands * bytes_per_band)
    turned = image.get_typeof("orientation") and image.get("orientation") in (5, 6, 7, 8)
    size = (image.height, image.width) if turned else (image.width, image.height)
    return *size, None


_BAND = {
    **{"uchar": "B", "char": "b", "ushort": "H", "short": "h", "uint": "I", "int": "i"},
    **{"float": "f", "double": "d", "complex": "2f", "dpcomplex": "2d", "notset": "B"},
}


def _thumbnail(vips: Any, path: str, heif: Any, edge: int) -> Any:
    """Upright, at most `edge` on its longer side, sRGB, whatever came in."""
    if heif is None:
        return vips.Image.thumbnail(
            path, edge, height=edge, size="down", fail_on="error", output_profile="srgb"
        )
    # libheif turns the picture upright itself; the EXIF orientation must not turn it again.
    image = vips.Image.new_from_memory(heif.data, *heif.size, len(heif.mode), "uchar").copy(
        interpretation="srgb"
    )
    profile = heif.info.get("icc_profile")
    if profile:
        image = image.copy()
        image.set_type(vips.GValue.blob_type, "icc-profile-data", profile)
    return image.thumbnail_image(
        edge, height=edge, size="down", no_rotate=True, output_profile="srgb"
    )


def _plain(image: Any) -> Any:
    """Three or one bands of eight bits, no transparency."""
    if image.hasalpha():
        image = image.flatten(background=[255] * (image.bands - 1))
    if image.interpretation not in ("srgb", "b-w") or image.format != "uchar":
        image = image.colourspace("srgb")
    return image


def _save(image: Any, target: Path, most_bytes: int) -> list[int]:
    for quality in _QUALITIES:
        encoded = image.jpegsave_buffer(Q=quality, keep="icc", optimize_coding=True)
        if len(encoded) <= most_bytes:
            target.write_bytes(encoded)
            return [image.width, image.height]
    raise TooLarge("no quality is small enough")


def make(path: str, form: str, folder: Path) -> dict[str, Any]:
    """Both renditions from one decoding."""
    vips = _vips()
    _, _, heif = _sized(vips, path, form)
    full = _plain(_thumbnail(vips, path, heif, FULL_EDGE)).copy_memory()
    preview = full.thumbnail_image(PREVIEW_EDGE, height=PREVIEW_EDGE, size="down", no_rotate=True)
    return {
        "full": _save(full, folder / "full.jpg", FULL_BYTES),
        "preview": _save(preview, folder / "preview.jpg", PREVIEW_BYTES),
    }


def judge(path: str, form: str) -> dict[str, Any]:
    """How sharp the sharpest sixteenth of it is: the variance of the Laplacian of its grey values
    at 1,000 pixels, so that a plain background blurs nothing.
    """
    vips = _vips()
    _, _, heif = _sized(vips, path, form)
    grey = _plain(_thumbnail(vips, path, heif, _JUDGED_EDGE)).colourspace("b-w").extract_band(0)
    laplacian = vips.Image.new_from_array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    edges = grey.copy_memory().cast("float").conv(laplacian, precision="float").copy_memory()
    width, height = max(1, edges.width // _TILES), max(1, edges.height // _TILES)
    tiles = [
        edges.crop(left, top, width, height)
        for left in range(0, edges.width - width + 1, width)
        for top in range(0, edges.height - height + 1, height)
    ]
    return {"sharpness": round(max((tile * tile).avg() - tile.avg() ** 2 for tile in tiles))}


def look(path: str, form: str, *, scan: bool) -> dict[str, Any]:
    """What can be told without making anything."""
    vips = _vips()
    width, height, heif = _sized(vips, path, form)
    facts = {"width": width, "height": height, **_camera_facts(path)}
    facts["tags"] = _tags(vips, path, heif, max(width, height)) if scan else []
    return facts


def _tags(vips: Any, path: str, heif: Any, edge: int) -> list[str]:
    """QR texts, looking at a quarter and then at half of the size: a tag is printed large."""
    import zxingcpp

    only_qr = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    for part in (4, 2):
        wanted = min(edge, max(_SMALLEST_SCAN_EDGE, edge // part))
        grey = _plain(_thumbnail(vips, path, heif, wanted)).colourspace("b-w").extract_band(0)
        pixels = memoryview(grey.write_to_memory()).cast("B", shape=[grey.height, grey.width])
        found = zxingcpp.read_barcodes(pixels, formats=only_qr)
        if found:
            return [each.text[:_TEXT] for each in found]
    return []


def _camera_facts(path: str) -> dict[str, Any]:
    import exifread
    from exifread.core.exceptions import ExifError

    try:
        with Path(path).open("rb") as file:
            tags = exifread.process_file(
                file, details=False, extract_thumbnail=False, builtin_types=True
            )
        return _chosen(tags)
    except (ExifError, *_EXIF_MISHAPS):
        return {}


def _chosen(tags: dict[str, Any]) -> dict[str, Any]:
    taken = tags.get("EXIF DateTimeOriginal") or tags.get("EXIF DateTimeDigitized")
    offset = tags.get("EXIF OffsetTimeOriginal") or tags.get("EXIF OffsetTime")
    return {
        "taken": _text(taken),
        "offset": _text(offset),
        "make": _text(tags.get("Image Make")),
        "model": _text(tags.get("Image Model")),
        "latitude": _degrees(tags.get("GPS GPSLatitude"), tags.get("GPS GPSLatitudeRef"), "S"),
        "longitude": _degrees(tags.get("GPS GPSLongitude"), tags.get("GPS GPSLongitudeRef"), "W"),
    }


def _text(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return "".join(letter for letter in value if letter.isprintable()).strip()[:_TEXT] or None


def _degrees(parts: Any, side: Any, minus: str) -> float | None:
    if not isinstance(parts, list) or len(parts) != 3:
        return None
    value = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    return round(-value if side == minus else value, 6) if 0 <= value <= 180 else None


def _first_line(broken: BaseException) -> str:
    lines = [line.strip() for line in str(broken).splitlines() if line.strip()]
    return (lines[-1] if lines else type(broken).__name__)[:_TEXT]


def _answer(arguments: list[str]) -> dict[str, Any]:
    verb, path, form, last = arguments
    if verb == "look":
        return look(path, form, scan=last == "scan")
    if verb == "judge":
        return judge(path, form)
    return make(path, form, Path(last))


def main(arguments: list[str]) -> int:
    """One line of JSON, whatever the picture is."""
    vips_error: Any = __import__("pyvips").Error
    try:
        answer = {"ok": True, **_answer(arguments)}
    except TooLarge as large:
        answer = {"ok": False, "reason": "too_large", "detail": str(large)}
    except OSError as full:
        reason = "no_room" if full.errno in (errno.ENOSPC, errno.EDQUOT) else "unreadable"
        answer = {"ok": False, "reason": reason, "detail": _first_line(full)}
    except MemoryError:
        answer = {"ok": False, "reason": "too_large", "detail": "memory"}
    except (vips_error, *_EXIF_MISHAPS) as broken:
        answer = {"ok": False, "reason": "unreadable", "detail": _first_line(broken)}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
