"""Files as microscopes and sensors write them, made on the fly by tifffile."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import tifffile

TWELVE_BITS = 4095


def ramp(height: int = 300, width: int = 400, *, most: int = TWELVE_BITS) -> Any:
    """Grey from nothing on its left to `most` on its right."""
    row = numpy.linspace(0, most, width).astype("uint16")
    return numpy.repeat(row[None, :], height, axis=0)


def ome(path: Path, *, um: float = 0.25, unit: str = "µm") -> Path:
    """OME-TIFF of five layers and two channels, twelve bits in sixteen."""
    layers = numpy.repeat(numpy.repeat(ramp()[None, None], 5, 0), 2, 1)
    about = {"axes": "ZCYX", "PhysicalSizeX": um, "PhysicalSizeXUnit": unit}
    tifffile.imwrite(path, layers, ome=True, metadata=about)
    return path


def imagej(path: Path, *, um: float = 0.5) -> Path:
    """ImageJ's hyperstack of three layers."""
    layers = numpy.repeat(ramp()[None], 3, 0)
    told = {"unit": "um", "axes": "ZYX"}
    tifffile.imwrite(path, layers, imagej=True, resolution=(1 / um, 1 / um), metadata=told)
    return path


def zeiss(path: Path, *, nm: float = 12.5) -> Path:
    """An electron microscope's, with the pixel size in the maker's own tag (CZ_SEM)."""
    told = f"\r\n\r\nAP_PIXEL_SIZE\r\nPixel Size = {nm} nm\r\n"
    extra = [(34118, "s", 0, told, True)]
    tifffile.imwrite(path, (ramp() >> 4).astype("uint8"), extratags=extra, metadata=None)
    return path


def printed(path: Path) -> Path:
    """A scanner's, with its dots per inch: no scale of what it shows."""
    grey = (ramp() >> 4).astype("uint8")
    tifffile.imwrite(path, grey, resolution=(300, 300), resolutionunit="INCH", metadata=None)
    return path


def many_pages(path: Path, pages: int) -> Path:
    """One pixel, as often as told: a few bytes each."""
    with tifffile.TiffWriter(path) as writer:
        for _ in range(pages):
            writer.write(numpy.zeros((1, 1), "uint8"), metadata=None, contiguous=False)
    return path


def floating(path: Path) -> Path:
    """Heights, some below nought, as a profilometer writes them."""
    tifffile.imwrite(path, (ramp().astype("float32") - 2000) / 7, metadata=None)
    return path


def dng(path: Path, *, width: int = 640, height: int = 480, more: Sequence[Any] = ()) -> Path:
    """What a sensor saw, undeveloped: brighter to the right. `more`: tags of tifffile's form."""
    mosaic = (ramp(height, width, most=3000) + 200).astype("uint16")
    matrix = [part for value in (1, 0, 0, 0, 1, 0, 0, 0, 1) for part in (value * 10_000, 10_000)]
    extra = [
        (50706, "B", 4, b"\x01\x04\x00\x00", True),  # DNGVersion
        (33421, "H", 2, (2, 2), True),  # CFARepeatPatternDim
        (33422, "B", 4, b"\x00\x01\x01\x02", True),  # CFAPattern
        (50717, "I", 1, TWELVE_BITS, True),  # WhiteLevel
        (50708, "s", 0, "Akashi Test", True),  # UniqueCameraModel
        (271, "s", 0, "Akashi", True),
        (272, "s", 0, "Akashi Test", True),
        (50721, "2i", 9, matrix, True),  # ColorMatrix1
        (50728, "2I", 3, [1, 2, 1, 1, 1, 2], True),  # AsShotNeutral
        (50778, "H", 1, 21, True),  # CalibrationIlluminant1
        *more,
    ]
    tifffile.imwrite(path, mosaic, photometric=32803, extratags=extra, metadata=None, software="")
    return path


def circle_of_directories(path: Path) -> Path:
    """A TIFF whose directories lead round and round."""
    entries = struct.pack("<HHHII", 1, 330, 4, 1, 8)
    path.write_bytes(b"II*\0" + struct.pack("<I", 8) + entries + struct.pack("<I", 8) + bytes(64))
    return path


def large(path: Path) -> Path:
    """OME-TIFF of one layer, 3,000 by 2,200 pixels of half a micrometre each, with structure to
    hold on to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = numpy.random.default_rng(3)
    grey = ramp(2200, 3000, most=2600) + chance.integers(0, 400, (2200, 3000)).astype("uint16")
    for _ in range(400):
        x, y = int(chance.integers(0, 2900)), int(chance.integers(0, 2100))
        grey[y : y + 60, x : x + 60] += numpy.uint16(chance.integers(200, 1000))
    about = {"axes": "YX", "PhysicalSizeX": 0.5, "PhysicalSizeXUnit": "µm"}
    tifffile.imwrite(path, grey, ome=True, metadata=about)
    return path
