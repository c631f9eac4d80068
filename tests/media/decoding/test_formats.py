"""What real cameras and microscopes write (R-005; evidence rules 2 to 4, check 10)."""

import struct
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy
import pytest
import pyvips

from media.assets.kinds import AssetKind, Scale
from media.decoding import still_child, stills
from media.decoding.directories import has_more
from media.decoding.sniff import Format, kind_by_name, must_be, sniff, sniff_bytes
from media.decoding.stills import PictureTooLarge, PictureUnreadable
from tests.media import captures, microscopes, telephones
from tests.media.hostile.crowds import pages


def _middle(path: Path, part: float) -> float:
    image = pyvips.Image.new_from_file(str(path)).colourspace("b-w")
    return float(image.getpoint(int(image.width * part), image.height // 2)[0])


def test_an_ome_tiff_tells_its_scale_axes_and_pages(tmp_path: Path) -> None:
    path = microscopes.ome(tmp_path / "m.ome.tif")
    facts = stills.look(path, must_be(path))
    assert facts.scale == Scale(0.25, "Z5 C2 Y300 X400", 10)
    assert (facts.width, facts.height) == (400, 300)


@pytest.mark.parametrize(
    ("unit", "size", "um"), [("nm", 0.8, 0.0008), ("mm", 0.01, 10.0), ("pixel", 1.0, None)]
)
def test_units_become_micrometres_and_what_is_none_no_scale(
    tmp_path: Path, unit: str, size: float, um: float | None
) -> None:
    path = microscopes.ome(tmp_path / "m.ome.tif", um=size, unit=unit)
    found = stills.look(path, Format.TIFF).scale.um_per_px
    assert found is None if um is None else found == pytest.approx(um)


def test_imagej_and_electron_microscopes_tell_theirs(tmp_path: Path) -> None:
    stack = stills.look(microscopes.imagej(tmp_path / "i.tif"), Format.TIFF).scale
    assert stack.um_per_px == pytest.approx(0.5)
    assert (stack.axes, stack.pages) == ("Z3 Y300 X400", 3)
    electron = stills.look(microscopes.zeiss(tmp_path / "z.tif"), Format.TIFF).scale
    assert electron.um_per_px == pytest.approx(0.0125)


def test_a_telephones_picture_is_opened_and_says_when_it_was_taken(tmp_path: Path) -> None:
    path = telephones.heic(tmp_path / "a.heic", taken="2026:09:17 10:00:00")
    form = must_be(path)
    assert form is Format.HEIC
    told = stills.look(path, form)
    assert (told.width, told.height, told.device) == (192, 128, "Apple iPhone 15")
    assert told.taken == datetime(2026, 9, 17, 1, 0, tzinfo=UTC)
    full = stills.make(path, form, tmp_path).full
    shown = pyvips.Image.new_from_file(str(full.path))
    assert (shown.width, shown.height) == (192, 128)
    assert shown.deviate() > 20  # bars, not one colour
    assert b"iPhone" not in full.path.read_bytes()


def test_dots_per_inch_are_no_scale(tmp_path: Path) -> None:
    assert stills.look(microscopes.printed(tmp_path / "p.tif"), Format.TIFF).scale.um_per_px is None


def test_twelve_bits_in_sixteen_are_shown_as_bright_as_they_are(tmp_path: Path) -> None:
    path = microscopes.ome(tmp_path / "m.ome.tif")
    full = stills.make(path, Format.TIFF, tmp_path).full
    assert _middle(full.path, 0.98) > 240
    assert 110 < _middle(full.path, 0.5) < 145
    assert _middle(full.path, 0.01) < 12


def test_heights_below_nought_are_shown_between_the_least_and_the_most(tmp_path: Path) -> None:
    full = stills.make(microscopes.floating(tmp_path / "f.tif"), Format.TIFF, tmp_path).full
    assert _middle(full.path, 0.98) > 240
    assert _middle(full.path, 0.01) < 12


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_of_colour_become_eight(tmp_path: Path, suffix: str) -> None:
    deep = numpy.stack([microscopes.ramp(most=65535)] * 3, axis=2)
    image = pyvips.Image.new_from_array(deep, interpretation="rgb16")
    path = tmp_path / f"deep{suffix}"
    image.write_to_file(str(path))
    full = stills.make(path, must_be(path), tmp_path).full
    assert 120 < _middle(full.path, 0.5) < 136


def test_what_a_sensor_saw_is_told_by_its_bytes_and_developed(tmp_path: Path) -> None:
    path = microscopes.dng(tmp_path / "named.tif")
    assert sniff(path) is Format.RAW
    facts = stills.look(path, Format.RAW)
    assert (facts.width, facts.height, facts.device) == (640, 480, "Akashi Test")
    made = stills.make(path, Format.RAW, tmp_path)
    assert (made.full.width, made.full.height) == (640, 480)
    assert _middle(made.full.path, 0.9) > _middle(made.full.path, 0.1) + 40


@pytest.mark.parametrize(
    "head",
    [
        b"FUJIFILMCCD-RAW 0201", b"IIRO\x08\0\0\0", b"IIU\0\x18\0\0\0", b"II*\0\x10\0\0\0CR\x02\0",
        b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom",
    ],
)  # fmt: skip
def test_makers_own_heads_are_known(head: bytes) -> None:
    assert sniff_bytes(head + bytes(500)) is Format.RAW


def test_names_of_raw_files_are_taken_from_the_hot_folder() -> None:
    for name in ("DSC_0001.NEF", "IMG_0001.CR3", "_DSC0001.arw", "P1.rw2", "a.dng", "m.ome.tif"):
        assert kind_by_name(name) is AssetKind.STILL


def test_a_cut_off_or_false_raw_file_is_unreadable_and_harms_nobody(tmp_path: Path) -> None:
    path = microscopes.dng(tmp_path / "one.dng")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PictureUnreadable):
        stills.make(path, Format.RAW, tmp_path)
    path.write_bytes(b"FUJIFILMCCD-RAW " + bytes(4000))
    with pytest.raises(PictureUnreadable):
        stills.make(path, Format.RAW, tmp_path)


def test_directories_that_lead_round_and_round_end(tmp_path: Path) -> None:
    path = microscopes.circle_of_directories(tmp_path / "round.tif")
    assert sniff(path) is Format.TIFF
    with pytest.raises(PictureUnreadable):
        stills.make(path, Format.TIFF, tmp_path)


def test_more_pages_than_any_microscope_makes_are_refused(tmp_path: Path) -> None:
    path = microscopes.many_pages(tmp_path / "book.tif", 4200)
    with pytest.raises(PictureTooLarge):
        stills.make(path, Format.TIFF, tmp_path)


@pytest.mark.parametrize("is_big", [False, True])
def test_a_million_pages_are_refused_as_soon_as_a_few_thousand(
    tmp_path: Path, is_big: bool
) -> None:
    """A decoder would walk through all of them first: minutes for a file of a few megabytes."""
    path = tmp_path / "book.tif"
    path.write_bytes(pages(1_000_000, is_big=is_big))
    asked = time.process_time()
    assert has_more(path, still_child.MOST_PAGES)
    assert time.process_time() - asked < 1.0
    for ask in (stills.look, lambda *told: stills.make(*told, tmp_path)):
        with pytest.raises(PictureTooLarge):
            ask(path, Format.TIFF)
    path.write_bytes(pages(300, is_big=is_big))
    assert not has_more(path, 300)
    assert has_more(path, 299)


def test_fewer_pixels_of_more_bytes_are_refused_too(tmp_path: Path) -> None:
    """Pixels × bands × bytes: 169 megapixels of eight bytes each, in a file of a few."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", 13_000, 13_000, 16, 6, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    path = tmp_path / "deep.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b""))
    for ask in (stills.look, lambda *told: stills.tiles(*told, tmp_path)):
        with pytest.raises(PictureTooLarge):
            ask(path, Format.PNG)


def test_a_picture_that_is_an_archive_too_gives_only_pixels(tmp_path: Path) -> None:
    """A polyglot of JPEG and zip: what is made holds nothing of the archive."""
    path = captures.still(tmp_path / "both.jpg")
    path.write_bytes(path.read_bytes() + b"PK\x03\x04secret-archive" + b"PK\x05\x06" + bytes(18))
    made = stills.make(path, must_be(path), tmp_path)
    tiles = stills.tiles(path, must_be(path), tmp_path)
    for each in (made.full, made.preview, tiles):
        assert b"secret-archive" not in each.path.read_bytes()
