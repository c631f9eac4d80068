"""Blurred or not (R-039): measured on the sharpest part, so a plain background blurs nothing."""

from pathlib import Path

import pytest
import pyvips

from media.decoding import stills
from media.decoding.sniff import Format
from media.decoding.stills import PictureUnreadable

LEAST = 60  # the shop's default (`quo.least_sharpness`)


def _watch(path: Path, *, blur: float) -> Path:
    """A small patterned thing on a wide plain table."""
    table = pyvips.Image.black(1600, 1200) + 190
    pattern = pyvips.Image.gaussnoise(300, 300, mean=110, sigma=50, seed=7).gaussblur(1.2)
    image = table.insert(pattern, 650, 450)
    image = image.gaussblur(blur) if blur else image
    image.cast("uchar").copy(interpretation="b-w").jpegsave(str(path), Q=85)
    return path


def test_a_sharp_piece_on_a_plain_table_is_sharp(tmp_path: Path) -> None:
    assert stills.sharpness(_watch(tmp_path / "sharp.jpg", blur=0), Format.JPEG) >= LEAST


def test_the_more_blurred_the_less_sharp(tmp_path: Path) -> None:
    measured = [
        stills.sharpness(_watch(tmp_path / f"{blur}.jpg", blur=blur), Format.JPEG)
        for blur in (0, 2, 4, 8)
    ]
    assert measured == sorted(measured, reverse=True)
    assert measured[-1] < LEAST


def test_a_tiny_picture_is_measured_too(tmp_path: Path) -> None:
    path = tmp_path / "tiny.jpg"
    (pyvips.Image.black(2, 2) + 90).cast("uchar").jpegsave(str(path))
    assert stills.sharpness(path, Format.JPEG) == 0


def test_what_is_no_picture_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"\xff\xd8\xff" + bytes(range(256)) * 20)
    with pytest.raises(PictureUnreadable):
        stills.sharpness(path, Format.JPEG)
