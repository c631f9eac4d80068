"""The jailed child that opens one picture and answers with one line of JSON.

    still_child.py look FILE FORMAT {scan|-}     size, camera facts, scale, tags photographed
    still_child.py make FILE FORMAT FOLDER       full.jpg and preview.jpg, upright, without metadata
    still_child.py tiles FILE FORMAT FOLDER      tiles.zip, a Deep Zoom pyramid, nothing compressed
    still_child.py judge FILE FORMAT -           how sharp it is
    still_child.py mark FILE WORDS FOLDER        marked.jpg, a strip with the words below it

`make` and `tiles` take one more argument, rectangles that are to be black: `x,y,width,height;…` in
ten-thousandths of the upright sides.

Run by path with no environment; it imports nothing of ours, so that a crash or a break-in here
finds nothing. The format was read from the bytes by the parent. Only the loaders of the formats we
take are left open.
"""

import errno
import json
import os
import re
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MOST_PIXELS = 300_000_000
MOST_DECODED_BYTES = 1_200_000_000
MOST_PAGES = 4096
FULL_EDGE, FULL_BYTES = 2048, 10_000_000
PREVIEW_EDGE, PREVIEW_BYTES = 800, 1_000_000
TILE_EDGE, TILE_OVERLAP, TILE_QUALITY = 512, 1, 88
_QUALITIES = (88, 80, 70, 60, 45)
_SMALLEST_SCAN_EDGE = 800
_JUDGED_EDGE = 1000
_PARTS = 4  # a side
_TEXT = 120
_UNREAD = "?"
_SHARPEN = 4.0  # pixels; a tag blurred by up to 0.8 of its modules is still read or seen
_SIDE = 10_000
_PROBE_BYTES = 1024 * 1024
# Where libvips lays a picture that is too large for memory: the environment is empty.
_LARGE_ONES = "/tmp"
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


def _check(width: int, height: int, bytes_per_pixel: int, pages: int = 1) -> None:
    pixels = width * height
    if pixels > MOST_PIXELS or pixels * bytes_per_pixel > MOST_DECODED_BYTES:
        raise TooLarge(f"{width}x{height}")
    if pages > MOST_PAGES:
        raise TooLarge(f"{pages} pages")


_BAND = {
    **{"uchar": "B", "char": "b", "ushort": "H", "short": "h", "uint": "I", "int": "i"},
    **{"float": "f", "double": "d", "complex": "2f", "dpcomplex": "2d", "notset": "B"},
}


class _Picture:
    """What libvips opens by itself: upright size from the header, pixels when asked for."""

    def __init__(self, vips: Any, path: str) -> None:
        self.vips, self.path = vips, path
        image = vips.Image.new_from_file(path, access="sequential")
        bytes_per_band = max(1, struct.calcsize(_BAND[image.format]))
        pages = image.get("n-pages") if image.get_typeof("n-pages") else 1
        _check(image.width, image.height, image.bands * bytes_per_band, pages)
        turn = image.get("orientation") if image.get_typeof("orientation") else 1
        self.size = image.width, image.height
        if turn in (5, 6, 7, 8):
            self.size = image.height, image.width
        self.is_turned, self.turn = turn not in (0, 1), turn
        # One channel of more than eight bits: a microscope's or a scanner's, whose sensor seldom
        # fills its range.
        self.is_measured = image.bands == 1 and image.format != "uchar"

    def small(self, edge: int) -> Any:
        """Upright, at most `edge` on its longer side, sRGB, whatever came in."""
        if self.is_measured:
            return self.whole().thumbnail_image(edge, height=edge, size="down", no_rotate=True)
        return self.vips.Image.thumbnail(
            self.path, edge, height=edge, size="down", fail_on="error", output_profile="srgb"
        )

    def whole(self) -> Any:
        """All its pixels, upright; read row by row where it lies as it was taken."""
        if self.is_measured:
            return self._measured()
        image = self.vips.Image.new_from_file(self.path, access="sequential", fail_on="error")
        return self._turned(image) if self.is_turned else image

    def _turned(self, lying: Any) -> Any:
        """Upright by way of a file of tiles, of which only those looked at are in memory."""
        beside = str(Path(os.environ["TMPDIR"]) / "turned.tif")
        lying.tiffsave(beside, tile=True, tile_width=TILE_EDGE, tile_height=TILE_EDGE)
        image = self.vips.Image.new_from_file(beside, fail_on="error").copy()
        image.set_type(self.vips.GValue.gint_type, "orientation", self.turn)
        return image.autorot()

    def _measured(self) -> Any:
        """Grey in eight bits, every value in proportion: by the bits that are used, or between the
        least and the largest where there are no whole positive numbers.
        """
        open_it = self.vips.Image.new_from_file
        told = open_it(self.path, access="sequential", fail_on="error").stats()
        least, most = told.getpoint(0, 0)[0], told.getpoint(1, 0)[0]
        image = open_it(self.path, access="sequential", fail_on="error")
        if self.is_turned:
            image = open_it(self.path, fail_on="error").autorot()
        if image.format in ("ushort", "uint") and least >= 0:
            least, most = 0, (1 << max(8, int(most).bit_length())) - 1
        image = image.linear(
            255 / max(most - least, 1e-12), -least * 255 / max(most - least, 1e-12)
        )
        return image.cast("uchar").copy(interpretation="b-w")


class _Heic:
    """HEIC by libheif, which turns the picture upright itself."""

    def __init__(self, vips: Any, path: str) -> None:
        import pi_heif

        self.vips = vips
        self.heif = pi_heif.open_heif(path, convert_hdr_to_8bit=True)
        width, height = self.heif.size
        self.size = width, height
        _check(width, height, 4)

    def whole(self) -> Any:
        """All its pixels."""
        heif = self.heif
        image = self.vips.Image.new_from_memory(heif.data, *heif.size, len(heif.mode), "uchar")
        image = image.copy(interpretation="srgb")
        profile = heif.info.get("icc_profile")
        if profile:
            image = image.copy()
            image.set_type(self.vips.GValue.blob_type, "icc-profile-data", profile)
        return image

    def small(self, edge: int) -> Any:
        """The EXIF orientation must not turn it again."""
        return self.whole().thumbnail_image(
            edge, height=edge, size="down", no_rotate=True, output_profile="srgb"
        )


class _Raw:
    """What a sensor saw, by LibRaw: the camera's own JPEG in it where that is large enough, else
    developed, at half its size where half is enough.
    """

    def __init__(self, vips: Any, path: str) -> None:
        import rawpy

        self.vips, self.path = vips, path
        with _raw_errors(), rawpy.imread(path) as raw:
            sizes = raw.sizes
            _check(sizes.width, sizes.height, 6)
            self.flip = sizes.flip
            self.size = sizes.width, sizes.height
            if sizes.flip in (5, 6):
                self.size = sizes.height, sizes.width
            self.camera_jpeg = self._camera_jpeg(rawpy, raw)

    def whole(self) -> Any:
        """The camera's JPEG when it has all the pixels, else developed."""
        if self.camera_jpeg is not None and max(self.camera_jpeg) >= 0.95 * max(self.size):
            return self._own_jpeg()
        return self._developed(half_size=False)

    def small(self, edge: int) -> Any:
        """At most `edge` on its longer side."""
        enough = min(FULL_EDGE, max(self.size))
        if self.camera_jpeg is not None and max(self.camera_jpeg) >= enough:
            image = self._own_jpeg()
        else:
            image = self._developed(half_size=max(self.size) >= 2 * FULL_EDGE)
        return image.thumbnail_image(
            edge, height=edge, size="down", no_rotate=True, output_profile="srgb"
        )

    def _camera_jpeg(self, rawpy: Any, raw: Any) -> tuple[int, int] | None:
        try:
            thumb = raw.extract_thumb()
        except rawpy.LibRawError:
            return None  # none in it, or of a kind nobody reads
        if thumb.format != rawpy.ThumbFormat.JPEG:
            return None
        image = self.vips.Image.new_from_buffer(thumb.data, "", access="sequential")
        _check(image.width, image.height, image.bands)
        self._jpeg = bytes(thumb.data)
        return image.width, image.height

    def _own_jpeg(self) -> Any:
        image = self.vips.Image.new_from_buffer(self._jpeg, "", fail_on="error")
        if image.get_typeof("orientation"):
            return image.autorot()
        turn = {3: "d180", 5: "d270", 6: "d90"}.get(self.flip)
        return image.rot(turn) if turn else image

    def _developed(self, *, half_size: bool) -> Any:
        import rawpy

        with _raw_errors(), rawpy.imread(self.path) as raw:
            pixels = raw.postprocess(half_size=half_size, use_camera_wb=True, output_bps=8)
        height, width, bands = pixels.shape
        image = self.vips.Image.new_from_memory(pixels.tobytes(), width, height, bands, "uchar")
        return image.copy(interpretation="srgb" if bands == 3 else "b-w")


@contextmanager
def _raw_errors() -> Iterator[None]:
    import rawpy

    try:
        yield
    except rawpy.LibRawError as broken:
        raise Unreadable(str(broken)) from None


def _opened(vips: Any, path: str, form: str) -> Any:
    kinds: dict[str, Any] = {"heic": _Heic, "raw": _Raw}
    return kinds.get(form, _Picture)(vips, path)


def _plain(image: Any) -> Any:
    """Three or one bands of eight bits, no transparency."""
    if image.hasalpha():
        image = image.flatten(background=[255] * (image.bands - 1))
    if image.interpretation not in ("srgb", "b-w") or image.format != "uchar":
        image = image.colourspace("srgb")
    return image


def _save(image: Any, target: Path, most_bytes: int) -> list[int]:
    for quality in _QUALITIES:
        encoded = image.jpegsave_buffer(Q=quality, keep="none", optimize_coding=True)
        if len(encoded) < most_bytes:
            target.write_bytes(encoded)
            return [image.width, image.height]
    raise TooLarge("no quality is small enough")


def _in_srgb(vips: Any, image: Any) -> Any:
    """By the profile that came along, which then goes: whoever made it may have written anything
    into it, a serial number too. One that fits no picture like this counts as none.
    """
    if image.get_typeof("icc-profile-data"):
        try:
            return image.icc_transform("srgb", embedded=True, intent="relative")
        except vips.Error:
            return image
    return image


def _masked(vips: Any, image: Any, masks: str) -> Any:
    """Black where a rectangle lies; rounded outward, and in every size made of it."""
    for told in filter(None, masks.split(";")):
        x, y, width, height = (int(each) for each in told.split(","))
        left, top = x * image.width // _SIDE, y * image.height // _SIDE
        right = -(-(x + width) * image.width // _SIDE)
        bottom = -(-(y + height) * image.height // _SIDE)
        black = vips.Image.black(max(1, right - left), max(1, bottom - top), bands=image.bands)
        black = black.cast(image.format).copy(interpretation=image.interpretation)
        image = image.insert(black, left, top)
    return image


def make(path: str, form: str, folder: Path, masks: str = "") -> dict[str, Any]:
    """Both renditions from one decoding, and the size of what they were made from."""
    vips = _vips()
    picture = _opened(vips, path, form)
    full = _masked(vips, _plain(picture.small(FULL_EDGE)), masks).copy_memory()
    preview = full.thumbnail_image(PREVIEW_EDGE, height=PREVIEW_EDGE, size="down", no_rotate=True)
    return {
        "size": list(picture.size),
        "full": _save(full, folder / "full.jpg", FULL_BYTES),
        "preview": _save(preview, folder / "preview.jpg", PREVIEW_BYTES),
    }


def tiles(path: str, form: str, folder: Path, masks: str = "") -> dict[str, Any]:
    """All its pixels in tiles, each a JPEG that lies in the zip as it is; no word about place or
    camera, sRGB without a profile as everything that is made.
    """
    os.environ["TMPDIR"] = str(folder)  # where a picture lies that must be turned
    vips = _vips()
    picture = _opened(vips, path, form)  # held: the pixels of some lie in it
    image = _masked(vips, _plain(_in_srgb(vips, picture.whole())), masks)
    image.dzsave(
        str(folder / "tiles.zip"),
        container="zip",
        compression=0,
        basename="t",
        tile_size=TILE_EDGE,
        overlap=TILE_OVERLAP,
        suffix=f".jpg[Q={TILE_QUALITY},keep=none]",
        keep="none",
    )
    return {"tiles": [image.width, image.height]}


def mark(path: str, words: str, folder: Path) -> dict[str, Any]:
    """A JPEG of ours with a strip below it: the words, and a QR code with the same, which is read
    also after a messenger made the picture small.
    """
    import segno

    vips = _vips()
    image = _plain(_opened(vips, path, "jpeg").whole())
    code = segno.make_qr(words, error="q")
    rows = bytearray(0 if dark else 255 for row in code.matrix_iter(border=2) for dark in row)
    edge = code.symbol_size(border=2)[0]
    scale = max(3, image.width // 500)
    square = vips.Image.new_from_memory(bytes(rows), edge, edge, 1, "uchar")
    strip = square.resize(scale, kernel="nearest").copy(interpretation="b-w")
    height = strip.height
    try:
        told = vips.Image.text(words, height=height // 3, width=10_000)
    except vips.Error:
        told = None  # no font on this machine: the code alone
    if told is not None and strip.width + told.width + 8 <= image.width:
        strip = strip.join(
            told.invert().gravity("centre", told.width + 8, height, extend="white"), "horizontal"
        )
    if strip.width < image.width:
        strip = strip.gravity("west", image.width, height, extend="white")
    if image.bands == 3:
        strip = strip.bandjoin([strip, strip]).copy(interpretation="srgb")
    whole = image.join(strip, "vertical", expand=True, background=[255])
    return {"marked": _save(whole.copy_memory(), folder / "marked.jpg", 2 * FULL_BYTES)}


def judge(path: str, form: str) -> dict[str, Any]:
    """How sharp the sharpest sixteenth of it is: the variance of the Laplacian of its grey values
    at 1,000 pixels, so that a plain background blurs nothing.
    """
    vips = _vips()
    picture = _opened(vips, path, form)
    grey = _plain(picture.small(_JUDGED_EDGE)).colourspace("b-w").extract_band(0)
    laplacian = vips.Image.new_from_array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    edges = grey.copy_memory().cast("float").conv(laplacian, precision="float").copy_memory()
    width, height = max(1, edges.width // _PARTS), max(1, edges.height // _PARTS)
    parts = [
        edges.crop(left, top, width, height)
        for left in range(0, edges.width - width + 1, width)
        for top in range(0, edges.height - height + 1, height)
    ]
    return {"sharpness": round(max((part * part).avg() - part.avg() ** 2 for part in parts))}


def look(path: str, form: str, *, scan: bool) -> dict[str, Any]:
    """What can be told without making anything."""
    picture = _opened(_vips(), path, form)
    width, height = picture.size
    facts = {"width": width, "height": height, **_camera_facts(path)}
    if form == "tiff":
        facts |= _microscope_facts(path)
    facts["tags"] = _tags(picture) if scan else []
    return facts


def _tags(picture: Any) -> list[str]:
    """QR texts, looking at a quarter and then at half of the size, since a tag is printed large;
    then at a sharpened quarter. `?` for one that is there and cannot be read.
    """
    edge = max(picture.size)
    sizes = [min(edge, max(_SMALLEST_SCAN_EDGE, edge // part)) for part in (4, 2)]
    grey = _grey(picture, sizes[0])
    if found := _read(grey):
        return found
    half = _read(_grey(picture, sizes[1]), with_unread=True)
    if half and half != [_UNREAD]:
        return half
    sharper = (grey + (grey - grey.gaussblur(_SHARPEN)) * 3).cast("uchar")
    return _read(sharper, with_unread=True) or half


def _grey(picture: Any, edge: int) -> Any:
    return _plain(picture.small(edge)).colourspace("b-w").extract_band(0).copy_memory()


def _read(grey: Any, *, with_unread: bool = False) -> list[str]:
    import zxingcpp

    only_qr = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    pixels = memoryview(grey.write_to_memory()).cast("B", shape=[grey.height, grey.width])
    found = zxingcpp.read_barcodes(pixels, formats=only_qr, return_errors=with_unread)
    told = [each.text[:_TEXT] for each in found if each.valid]
    return told or [_UNREAD] * bool(found)


_UM = {
    "pm": 1e-6, "å": 1e-4, "nm": 1e-3, "um": 1.0, "µm": 1.0, "μm": 1.0, "micron": 1.0,
    "microns": 1.0, "\\u00b5m": 1.0, "mm": 1e3, "cm": 1e4, "m": 1e6,
}  # fmt: skip
_OME_ATTRIBUTE = re.compile(r'([A-Za-z]+)="([^"]{0,40})"')
_OME_MOST = 64 * 1024


def _microscope_facts(path: str) -> dict[str, Any]:
    """How many pages, along which axes, and how many micrometres a pixel is across, as the
    microscope wrote them. The dots per inch of an ordinary TIFF are no scale.
    """
    import tifffile

    try:
        with tifffile.TiffFile(path) as tiff:
            pages = len(tiff.pages)
            told = _ome(tiff) or _imagej(tiff) or _electron(tiff)
        um = told.get("um_per_px")
        told["um_per_px"] = um if um is not None and 1e-6 <= um <= 1e5 else None
        return {"pages": pages, **told}
    except (*_EXIF_MISHAPS, tifffile.TiffFileError):
        return {}


def _ome(tiff: Any) -> dict[str, Any]:
    """OME-XML is read by its few attributes, never as a document."""
    found = re.search(r"<(?:\w+:)?Pixels\s([^>]*)>", (tiff.ome_metadata or "")[:_OME_MOST])
    if found is None:
        return {}
    told = dict(_OME_ATTRIBUTE.findall(found[1]))
    axes = " ".join(
        f"{axis}{int(told[f'Size{axis}'])}"
        for axis in reversed(told.get("DimensionOrder", "")[:8])
        if told.get(f"Size{axis}", "").isdigit() and (axis in "XY" or told[f"Size{axis}"] != "1")
    )
    size = told.get("PhysicalSizeX")
    return {"axes": axes or None, "um_per_px": _um(size, told.get("PhysicalSizeXUnit", "µm"))}


def _imagej(tiff: Any) -> dict[str, Any]:
    told = tiff.imagej_metadata or {}
    tag = tiff.pages[0].tags.get("XResolution")
    if not told or tag is None:
        return {}
    names = (("frames", "T"), ("slices", "Z"), ("channels", "C"))
    sides = [f"{letter}{int(told[name])}" for name, letter in names if told.get(name, 1) > 1]
    height, width = tiff.pages[0].shape[:2]
    across, over = tag.value
    axes = " ".join([*sides, f"Y{height}", f"X{width}"])
    return {"axes": axes, "um_per_px": _um(over / across, told.get("unit"))}


def _electron(tiff: Any) -> dict[str, Any]:
    """FEI and Zeiss electron microscopes."""
    fei = tiff.fei_metadata or {}
    for part in ("Scan", "EScan"):
        if "PixelWidth" in fei.get(part, {}):
            return {"um_per_px": _um(fei[part]["PixelWidth"], "m")}
    zeiss = tiff.sem_metadata or {}
    for name in ("ap_image_pixel_size", "ap_pixel_size"):
        if name in zeiss:
            return {"um_per_px": _um(zeiss[name][1], zeiss[name][2])}
    return {}


def _um(size: Any, unit: Any) -> float | None:
    factor = _UM.get(str(unit).strip().lower())
    return None if factor is None or size is None else float(size) * factor


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


def _first_line(broken: BaseException, path: str) -> str:
    """What went wrong, without where the file lies."""
    told = str(broken).replace(path, "the file")
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    return (lines[-1] if lines else type(broken).__name__)[:_TEXT]


def _is_full(folder: str) -> bool:
    """Whether nothing more can be written there. libvips does not say why it could not write, and
    what it wrote until then lies there still.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
    except OSError as full:
        return full.errno in (errno.ENOSPC, errno.EDQUOT)
    return False


def _answer(arguments: list[str]) -> dict[str, Any]:
    verb, path, form, last, *more = arguments
    if verb == "look":
        return look(path, form, scan=last == "scan")
    if verb == "judge":
        return judge(path, form)
    if verb == "mark":
        return mark(path, form, Path(last))
    if verb == "tiles":
        return tiles(path, form, Path(last), *more)
    return make(path, form, Path(last), *more)


def main(arguments: list[str]) -> int:
    """One line of JSON, whatever the picture is."""
    vips_error: Any = __import__("pyvips").Error
    try:
        answer = {"ok": True, **_answer(arguments)}
    except TooLarge as large:
        answer = {"ok": False, "reason": "too_large", "detail": str(large)}
    except OSError as full:
        reason = "no_room" if full.errno in (errno.ENOSPC, errno.EDQUOT) else "unreadable"
        answer = {"ok": False, "reason": reason, "detail": _first_line(full, arguments[1])}
    except MemoryError:
        answer = {"ok": False, "reason": "too_large", "detail": "memory"}
    except (vips_error, Unreadable, *_EXIF_MISHAPS) as broken:
        detail = _first_line(broken, arguments[1])
        written = {arguments[3], _LARGE_ONES}
        reason = "no_room" if any(map(_is_full, written)) else "unreadable"
        answer = {"ok": False, "reason": reason, "detail": detail}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
