"""Nothing that is made tells where, with what and by whom a piece was captured (evidence rule 7,
acceptance check 11): originals stuffed with marks in every place there is, every recipe scanned.
"""

import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import pyvips
import tifffile
from sqlmodel import select

from catalog.ground.record import AssetId
from catalog.ground.session.database import Database
from media.assets.kinds import Readiness
from media.decoding import ffmpeg
from media.originals.local import LocalStore
from media.renditions.tables import Recipe, Rendition, RenditionState
from tests.databases import fresh
from tests.media.renditions.test_making import Workbench

SERIAL, OWNER, PLACE = "SN-7781-QX", "Satou-Hanako", "Ginza-4-5-6"
TOLD = (SERIAL, OWNER, PLACE)
# How the blocks that could hold them begin, whatever they say.
BLOCKS = (
    b"Exif\0\0", b"eXIf", b"http://ns.adobe.com", b"<x:xmpmeta", b"xpacket", b"Photoshop 3.0",
    b"8BIM", b"ICC_PROFILE", b"MPF\0", b"GPSLatitude", b"\xa9xyz",
    b"loci", b"uuid",
)  # fmt: skip
WIDTH, HEIGHT = 2200, 1500  # more than is shown at once, so that it is tiled too


def _picture() -> pyvips.Image:
    """What it shows is nothing; what it says is too much."""
    image = (pyvips.Image.black(WIDTH, HEIGHT, bands=3) + 90).cast("uchar")
    return image.copy(interpretation="srgb")


def _stuffed() -> pyvips.Image:
    image = _picture()
    said = {
        "exif-ifd0-Make": f"Canon {SERIAL}",
        "exif-ifd0-Artist": OWNER,
        "exif-ifd0-Copyright": OWNER,
        "exif-ifd0-ImageDescription": PLACE,
        "exif-ifd2-BodySerialNumber": SERIAL,
        "exif-ifd2-LensSerialNumber": SERIAL,
        "exif-ifd2-CameraOwnerName": OWNER,
        "exif-ifd2-UserComment": PLACE,
        "exif-ifd3-GPSLatitudeRef": "N",
        "exif-ifd3-GPSLatitude": "35/1 40/1 30/1",
        "exif-ifd3-GPSLongitude": "139/1 45/1 0/1",
        "exif-ifd3-GPSAreaInformation": PLACE,
        "exif-ifd1-ImageDescription": SERIAL,
    }
    for name, value in said.items():
        image.set_type(pyvips.GValue.gstr_type, name, value)
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/" serial="{SERIAL}">{PLACE}</x:xmpmeta>'.encode()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0" + struct.pack(">I", 24)
    iptc += b"\x1c\x02\x50" + struct.pack(">H", len(OWNER)) + OWNER.encode()
    image.set_type(pyvips.GValue.blob_type, "xmp-data", xmp)
    image.set_type(pyvips.GValue.blob_type, "iptc-data", iptc)
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", _profile())
    return image


def _profile() -> bytes:
    """A working profile whose description names the camera."""
    profile = bytearray(
        _picture().icc_transform("p3", input_profile="srgb").get("icc-profile-data")
    )
    count = struct.unpack_from(">I", profile, 128)[0]
    for n in range(count):
        name, at, size = struct.unpack_from(">4sII", profile, 132 + 12 * n)
        if name in (b"desc", b"cprt"):
            told = SERIAL.encode("utf-16-be")[: size - 28]
            profile[at + 28 : at + 28 + len(told)] = told
    return bytes(profile)


def jpeg(path: Path) -> None:
    """With a thumbnail inside that has its own block, a comment, and a maker's note."""
    small = _stuffed().thumbnail_image(160).jpegsave_buffer()
    content = bytes(_stuffed().jpegsave_buffer(Q=85))
    more = b""
    for marker, body in (
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SERIAL.encode() * 20),
        (0xE2, b"MPF\0" + SERIAL.encode()),
        (0xE5, SERIAL.encode() + small[:40_000]),
        (0xFE, f"{SERIAL} {OWNER} {PLACE}".encode()),
    ):
        more += struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body
    path.write_bytes(content[:2] + more + content[2:] + small + SERIAL.encode())


def png(path: Path) -> None:
    """Words plain and packed."""
    content = bytes(_stuffed().pngsave_buffer(compression=1))
    more = b""
    for name, body in (
        (b"tEXt", b"Author\0" + OWNER.encode()),
        (b"zTXt", b"Serial\0\0" + zlib.compress(SERIAL.encode())),
        (b"iTXt", b"Place\0\0\0\0\0" + PLACE.encode()),
    ):
        told = name + body
        more += struct.pack(">I", len(body)) + told + struct.pack(">I", zlib.crc32(told))
    path.write_bytes(content[:33] + more + content[33:])


def webp(path: Path) -> None:
    """EXIF, XMP and profile chunks."""
    _stuffed().webpsave(str(path), Q=80)


def tiff(path: Path) -> None:
    """Camera, words, place and maker's tags of a TIFF."""
    pixels = _picture().numpy()
    extra = [
        (271, "s", 0, f"Canon {SERIAL}", True), (315, "s", 0, OWNER, True),
        (42033, "s", 0, SERIAL, True), (700, "B", len(PLACE), PLACE.encode(), True),
        (33723, "B", len(OWNER), OWNER.encode(), True),
    ]  # fmt: skip
    tifffile.imwrite(path, pixels, extratags=extra, description=PLACE, photometric="rgb")


def film(path: Path, codec: tuple[str, ...]) -> None:
    """Everything a container, a stream and a chapter can say, and what stands between pictures."""
    words = path.with_name("words.txt")
    words.write_text(
        f";FFMETADATA1\ntitle={PLACE}\nartist={OWNER}\ncomment={SERIAL}\nmake=Canon\n"
        f"model={SERIAL}\nlocation=+35.675+139.750/\ncom.apple.quicktime.make={SERIAL}\n"
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle={PLACE}\n"
    )
    extra = (
        "-f", "ffmetadata", "-i", str(words), "-map", "0", "-map", "1", "-map_metadata", "2",
        "-metadata:s:v", f"handler_name={SERIAL}", "-metadata:s:v", f"title={OWNER}",
        "-metadata:s:a", f"handler_name={SERIAL}", "-movflags", "use_metadata_tags", *codec,
    )  # fmt: skip
    bars = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=0.6", "-f", "lavfi", "-i", "sine=d=0.6")
    command = [ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y", *bars, *extra, str(path)]
    subprocess.run(command, check=True, timeout=60)
    body = SERIAL.encode() + b"<x:xmpmeta>" + PLACE.encode()
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", len(body) + 24, b"uuid") + bytes(16) + body)


def ready(path: Path) -> None:
    """Only put into a new box; its H.264 says things between the pictures."""
    sei = f"h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+{SERIAL}"
    film(path, ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-bsf:v", sei))


def anew(path: Path) -> None:
    """Made anew."""
    film(path, ("-c:v", "mpeg4", "-c:a", "aac"))


STILL = {Recipe.FULL, Recipe.PREVIEW, Recipe.TILES}
STUFFED: dict[str, tuple[Callable[[Path], None], set[Recipe]]] = {
    "a.jpg": (jpeg, STILL),
    "a.png": (png, STILL),
    "a.webp": (webp, STILL),
    "a.tif": (tiff, STILL),
    "a.mp4": (ready, {Recipe.FILM, Recipe.POSTER}),
    "a.mov": (anew, {Recipe.FILM, Recipe.POSTER}),
}


@pytest.mark.parametrize("name", STUFFED)
def test_what_is_made_says_nothing_of_place_camera_and_owner(name: str, tmp_path: Path) -> None:
    write, recipes = STUFFED[name]
    with fresh("sqlite", tmp_path) as database:
        bench = Workbench(database, LocalStore(tmp_path / "media"), tmp_path / "shots")
        path = tmp_path / name
        write(path)
        assert any(told.encode() in path.read_bytes() for told in TOLD), "it says something"
        asset = bench.take(path)
        assert Readiness.WHOLE in bench.work()
        made = _made(database, asset)
        assert set(made) == recipes
        for recipe, row in made.items():
            assert row.key is not None
            content = b"".join(bench.store.open(row.key))
            _is_silent(content, f"{name} {recipe}")
            _says_exiftool_too(content, recipe, tmp_path)


def _made(database: Database, asset: AssetId) -> dict[Recipe, Rendition]:
    wanted = select(Rendition).where(
        Rendition.asset_id == asset, Rendition.state == RenditionState.READY.value
    )
    rows = database.read(lambda db: list(db.exec(wanted).all()))
    return {Recipe(row.recipe): row for row in rows}


def _is_silent(content: bytes, where: str) -> None:
    """Also no wider writing of them: UTF-16 as profiles have it, base64 as XMP has it."""
    for told in TOLD:
        for written in (told.encode(), told.encode("utf-16-be"), told.encode("utf-16-le")):
            assert written not in content, f"{where}: {told}"
    for block in BLOCKS:
        assert block not in content, f"{where}: {block!r}"


def _says_exiftool_too(content: bytes, recipe: Recipe, folder: Path) -> None:
    """Where it is installed: a reader that knows many more places."""
    program = shutil.which("exiftool")
    if program is None or recipe is Recipe.TILES:
        return
    path = folder / f"made-{recipe}"
    path.write_bytes(content)
    told = subprocess.run([program, "-a", "-G1", "-u", str(path)], check=True, capture_output=True)
    for word in (b"GPS", b"Serial", b"XMP", b"IPTC", b"Owner", b"Artist"):
        assert word not in told.stdout
