"""What a file is, by its bytes; whether it has its end."""

import io
import struct
from pathlib import Path

import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from media.assets.kinds import AssetKind
from media.decoding import directories, sniff
from media.decoding.sniff import Format, NotAPicture
from tests.media import captures, microscopes


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"\xff\xd8\xff\xe0", Format.JPEG),
        (b"\x89PNG\r\n\x1a\n", Format.PNG),
        (b"II*\0", Format.TIFF),
        (b"MM\0*", Format.TIFF),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Format.WEBP),
        (b"RIFF\x10\0\0\0AVI LIST", Format.AVI),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Format.HEIC),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Format.HEIC),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Format.MOV),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41", Format.MP4),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", Format.MKV),
        (b"\x47" + bytes(187) + b"\x47" + bytes(187) + b"\x47", Format.MPEGTS),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", None),
        (b"ffconcat version 1.0\nfile 'x'\n", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"%PDF-1.7", None),
        (b"PK\x03\x04", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_format(head: bytes, form: Format | None) -> None:
    assert sniff.sniff_bytes(head) == form


@given(st.binary(max_size=600))
def test_any_bytes_have_an_answer(head: bytes) -> None:
    assert sniff.sniff_bytes(head) in {None, *Format}


def test_a_text_named_like_a_film_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "W-10234_01.mp4"
    path.write_text("this is not a film")
    with pytest.raises(NotAPicture):
        sniff.must_be(path)
    assert sniff.kind_by_name(path.name) is AssetKind.FILM


def test_a_file_without_its_end_is_not_whole(tmp_path: Path, ready_film: Path) -> None:
    picture = captures.still(tmp_path / "one.jpg")
    for whole in (picture, ready_film):
        assert sniff.looks_whole(whole)
        cut = tmp_path / f"cut{whole.suffix}"
        content = whole.read_bytes()
        for share in (0.1, 0.5, 0.9):
            cut.write_bytes(content[: int(len(content) * share)])
            assert not sniff.looks_whole(cut)


def test_a_png_a_webp_and_a_tiff_know_their_end(tmp_path: Path) -> None:
    import pyvips

    image = pyvips.Image.black(64, 64, bands=3).cast("uchar")
    for suffix in (".png", ".webp", ".tif"):
        path = tmp_path / f"one{suffix}"
        image.write_to_file(str(path))
        assert sniff.looks_whole(path)
        path.write_bytes(path.read_bytes()[:40])
        assert not sniff.looks_whole(path)


def _forms(folder: Path) -> dict[str, Path]:
    """What microscopes, sensors and recorders write, some with their directories in front."""
    film = captures.film(folder / "one.mkv", size="160x120", seconds=0.4)
    big = folder / "big.tif"
    tifffile.imwrite(big, microscopes.ramp(), bigtiff=True, metadata=None)
    tiled = folder / "tiled.tif"
    tifffile.imwrite(tiled, microscopes.ramp(), tile=(64, 64), metadata=None)
    return {
        "ome": microscopes.ome(folder / "m.ome.tif"),
        "imagej": microscopes.imagej(folder / "i.tif"),
        "big": big,
        "tiled": tiled,
        "raw": microscopes.dng(folder / "one.dng"),
        "film": film,
    }


def test_what_has_its_directories_in_front_is_whole_when_all_they_tell_of_is_there(
    tmp_path: Path,
) -> None:
    """R-005: a microscope's file that is still being written is taken by nobody."""
    for name, path in _forms(tmp_path).items():
        assert sniff.looks_whole(path), name
        content = path.read_bytes()
        cut = tmp_path / f"cut{path.suffix}"
        for size in (600, len(content) // 4, len(content) // 2, len(content) * 9 // 10):
            cut.write_bytes(content[:size])
            assert not sniff.looks_whole(cut), (name, size)


def test_makers_own_forms_know_their_end(tmp_path: Path) -> None:
    """Fujifilm's head tells of three parts, Canon's newer files are boxes."""
    fuji = b"FUJIFILMCCD-RAW ".ljust(84, b"\0") + struct.pack(">6I", 108, 50, 158, 20, 178, 900)
    boxed = b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom" + b"\0\0\0\x08moov"
    boxed += struct.pack(">I4s", 800, b"mdat")
    path = tmp_path / "one.raw"
    for head, size in ((fuji, 178 + 900), (boxed, len(boxed) + 792)):
        path.write_bytes(head.ljust(size, b"\1"))
        assert sniff.looks_whole(path)
        path.write_bytes(head.ljust(size - 1, b"\1"))
        assert not sniff.looks_whole(path)


def test_what_cannot_tell_its_end_is_not_called_whole(tmp_path: Path) -> None:
    stream = captures.film(tmp_path / "one.ts", size="160x120", seconds=0.4)
    zeros = tmp_path / "W-10234.jpg"  # a copy that made room first
    zeros.write_bytes(bytes(100_000))
    assert not sniff.looks_whole(stream)
    assert not sniff.looks_whole(zeros)


@given(st.binary(max_size=400), st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0"]))
def test_directories_of_any_bytes_have_an_answer(content: bytes, head: bytes) -> None:
    held = head + content
    assert directories.are_inside(io.BytesIO(held), len(held)) in (True, False)


@given(st.binary(max_size=2000))
def test_boxes_of_any_bytes_come_to_an_end(content: bytes) -> None:
    found = sniff.boxes(io.BytesIO(content), 0, len(content))
    assert all(box.size >= box.header for box in found)
