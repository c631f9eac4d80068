"""Nothing that is made tells where, with what and by whom a piece was captured (evidence rule 7,
acceptance check 11): originals stuffed with marks in every place there is, every recipe scanned.
"""

import base64
import io
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
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
from media.sharing import marking
from media.sharing.opening import Download
from media.sharing.passes import Passed
from tests.databases import fresh
from tests.media import exiftool, microscopes
from tests.media.captures import NOON, SECRETS
from tests.media.renditions.test_making import Workbench

SERIAL, OWNER, PLACE = SECRETS
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


def subtitled(path: Path) -> None:
    """As some flying cameras do: where they are, in words that run along."""
    words = path.with_name("words.srt")
    words.write_text(f"1\n00:00:00,000 --> 00:00:01,000\n{PLACE} {SERIAL}\n")
    film(path.with_name("plain.mp4"), ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"))
    inputs = ("-i", str(path.with_name("plain.mp4")), "-i", str(words))
    kept = ("-map", "0:v", "-map", "0:a", "-map", "1", "-c", "copy", "-c:s", "mov_text")
    command = [ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y", *inputs, *kept]
    subprocess.run([*command, "-timecode", "01:02:03:04", str(path)], check=True, timeout=60)


def covered(path: Path) -> None:
    """With a cover that is a stuffed photograph itself, as an attachment."""
    jpeg(path.with_name("cover.jpg"))
    held = ("-attach", str(path.with_name("cover.jpg")), "-metadata:s:t", "mimetype=image/jpeg")
    film(path, ("-c:v", "mpeg4", "-c:a", "aac", *held))


def long(path: Path) -> None:
    """Of half an hour: for pages alone."""
    film(path, ("-c:v", "libx264", "-c:a", "aac", "-vf", "setpts=PTS*3000", "-r", "0.2"))


def raw(path: Path) -> None:
    """What a sensor saw, whose camera says which one it is and whose."""
    more = [(50735, "s", 0, SERIAL, True), (315, "s", 0, OWNER, True), (270, "s", 0, PLACE, True)]
    microscopes.dng(path, more=more)


STILL = {Recipe.FULL, Recipe.PREVIEW, Recipe.TILES}
FILM = {Recipe.FILM, Recipe.POSTER}
STUFFED: dict[str, tuple[Callable[[Path], None], set[Recipe]]] = {
    "a.jpg": (jpeg, STILL),
    "a.png": (png, STILL),
    "a.webp": (webp, STILL),
    "a.tif": (tiff, STILL),
    "a.dng": (raw, {Recipe.FULL, Recipe.PREVIEW}),
    "a.mp4": (ready, FILM),
    "b.mp4": (subtitled, FILM),
    "a.mov": (anew, FILM),
    "a.mkv": (covered, FILM),
    "long.mp4": (long, {Recipe.LONG, Recipe.POSTER}),
}
MARK = "W-10234 K7Q2 2026-09-17"
_KNOWN = {".jpg", ".mp4", ".zip"}


@dataclass(frozen=True, slots=True)
class Shown:
    """All that goes out of one original: every rendition, each of its tiles, and what is taken away
    with the mark of who took it. `told` is what the original says.
    """

    files: dict[str, bytes]
    recipes: set[Recipe]
    expected: set[Recipe]
    told: bytes


@pytest.fixture(scope="module", params=STUFFED)
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    name: str = request.param
    folder = tmp_path_factory.mktemp("silence")
    write, recipes = STUFFED[name]
    with fresh("sqlite", folder) as database:
        bench = Workbench(database, LocalStore(folder / "media"), folder / "shots")
        path = folder / name
        write(path)
        asset = bench.take(path)
        assert set(bench.work()) & {Readiness.WHOLE, Readiness.PAGES}
        files: dict[str, bytes] = {}
        made = _made(database, asset)
        for recipe, row in made.items():
            assert row.key is not None
            content = b"".join(bench.store.open(row.key))
            if recipe is Recipe.TILES:
                with zipfile.ZipFile(io.BytesIO(content)) as tiles:
                    files |= {each.replace("/", "-"): tiles.read(each) for each in tiles.namelist()}
                files["tiles.zip"] = content
                continue
            is_film = recipe in (Recipe.FILM, Recipe.LONG)
            suffix = "mp4" if is_film else "jpg"
            files[f"{recipe.value}.{suffix}"] = content
            if recipe in (Recipe.FILM, Recipe.FULL):
                files[f"marked-{recipe.value}.{suffix}"] = _taken_away(bench, row, is_film=is_film)
    return Shown(files, set(made), recipes, path.read_bytes())


def _taken_away(bench: Workbench, row: Rendition, *, is_film: bool) -> bytes:
    passed = Passed(str(row.key), str(row.sha256), row.bytes or 0, str(row.mime))
    code, mark, _ = MARK.split()
    made = marking.marked(
        bench.store, Download(passed, is_film, code, mark, ""), film_program=None, now=NOON
    )
    content = made.read_bytes()
    made.unlink()
    return content


def test_what_is_made_says_nothing_of_place_camera_and_owner(shown: Shown) -> None:
    assert any(told.encode() in shown.told for told in TOLD), "the original says something"
    assert shown.recipes == shown.expected
    if Recipe.TILES in shown.recipes:
        assert len([each for each in shown.files if each.endswith("_0.jpg")]) > 10
    for name, content in shown.files.items():
        _is_silent(content, name)


def test_exiftool_finds_nothing_in_any_of_it(shown: Shown, tmp_path: Path) -> None:
    """A reader that knows thousands of places more; it may find how a file is made, and the mark of
    who took it.
    """
    files = {name: told for name, told in shown.files.items() if Path(name).suffix in _KNOWN}
    said = exiftool.told(files, tmp_path)
    assert set(said) == set(files)
    for name, facts in said.items():
        assert not any(told in str(value) for value in facts.values() for told in TOLD), name
        exiftool.must_be_bare(name, facts, comment=MARK if name.startswith("marked-") else None)


def test_exiftool_would_find_it(tmp_path: Path) -> None:
    """It is asked in a way that hears each original."""
    for name, (write, _) in STUFFED.items():
        path = tmp_path / name
        write(path)
        facts = exiftool.told({name: path.read_bytes()}, tmp_path / "asked")[name]
        with pytest.raises(AssertionError):
            exiftool.must_be_bare(name, facts)


def _made(database: Database, asset: AssetId) -> dict[Recipe, Rendition]:
    wanted = select(Rendition).where(
        Rendition.asset_id == asset, Rendition.state == RenditionState.READY.value
    )
    rows = database.read(lambda db: list(db.exec(wanted).all()))
    return {Recipe(row.recipe): row for row in rows}


def _is_silent(content: bytes, where: str) -> None:
    """Also no wider writing of them: UTF-16 as profiles have it, base64 as XMP has it."""
    for told in TOLD:
        plain = told.encode()
        packed = base64.b64encode(plain)[:12]
        for written in (plain, told.encode("utf-16-be"), told.encode("utf-16-le"), packed):
            assert written not in content, f"{where}: {told}"
    for block in BLOCKS:
        assert block not in content, f"{where}: {block!r}"
