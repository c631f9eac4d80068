"""Tiles of a picture of 102 megapixels: as fast as bare libvips with the same arguments, in a
process of its own at the same niceness, in little more memory, and one tile out of the zip.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyvips

from bench.processes import ROOT
from bench.result import Result, against, middle, within
from bench.setting import Setting
from media.originals.local import LocalStore
from media.renditions import tiles

WIDTH, HEIGHT = 11_648, 8_736
LARGE = 14_204, 10_652  # 151 megapixels, the largest camera there is
MOST_SECONDS, MOST_MB, MOST_TILE_MS = 5.0, 400.0, 1.0
_KEY = "renditions/aa/BENCH/tiles.zip"

# Each prints seconds and megabytes, of itself or of the children it waited for.
_OURS = """
import json, resource, sys, time
from pathlib import Path
from media.decoding import sniff, stills
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
began = time.monotonic()
stills.tiles(path, sniff.must_be(path), folder)
took = time.monotonic() - began
print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""
_BARE = """
import json, os, resource, subprocess, sys, time
began = time.monotonic()
subprocess.run([sys.executable, "-I", "-c", CUT, *sys.argv[1:]], check=True)
took = time.monotonic() - began
print(json.dumps([took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024]))
"""
_CUT = """
import os, sys
os.nice(10)
os.environ["VIPS_CONCURRENCY"] = "2"
import pyvips
pyvips.cache_set_max(0)
image = pyvips.Image.new_from_file(sys.argv[1], access="sequential")
image.dzsave(sys.argv[2] + "/bare.zip", container="zip", compression=0, tile_size=512, overlap=1,
             suffix=".jpg[Q=88,keep=icc]", keep="icc")
"""


def run(setting: Setting) -> list[Result]:
    """Both in turns, on the same picture."""
    path = _picture(setting.folder / "large.jpg")
    ours, bare = [], []
    for _ in range(setting.rounds):
        bare.append(_measured(_BARE, path, setting.folder))
        ours.append(_measured(_OURS, path, setting.folder))
    tile_ms = _one_tile(setting.folder)
    _, largest_mb = _measured(_OURS, _picture(path, *LARGE), setting.folder)
    return list(_results(ours, bare, tile_ms, largest_mb))


def _picture(path: Path, width: int = WIDTH, height: int = HEIGHT) -> Path:
    """Waves and a camera's noise."""
    noise = pyvips.Image.gaussnoise(width, height, mean=128, sigma=12)
    waves = (pyvips.Image.xyz(width, height)[0] * 0.01).sin() * 60
    image = (noise + waves).bandjoin([noise + waves * 0.5, noise - waves])
    image.cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=85)
    return path


def _measured(code: str, path: Path, folder: Path) -> tuple[float, float]:
    command = [sys.executable, "-c", f"CUT = {_CUT!r}\n{code}", str(path), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=300)
    seconds, megabytes = json.loads(done.stdout)
    return float(seconds), float(megabytes)


def _one_tile(folder: Path) -> float:
    """Milliseconds, by a reader that knows the list."""
    store = LocalStore(folder / "store")
    store.put_bytes(_KEY, [(folder / "tiles.zip").read_bytes()])
    reader = tiles.Tiles(store)
    names = sorted(tiles.names(WIDTH, HEIGHT))
    reader.tile(_KEY, names[0])
    began = time.monotonic()
    for name in names:
        reader.tile(_KEY, name)
    return (time.monotonic() - began) * 1000 / len(names)


def _results(
    ours: list[tuple[float, float]],
    bare: list[tuple[float, float]],
    tile_ms: float,
    largest_mb: float,
) -> Iterator[Result]:
    seconds, reference = (middle([each[0] for each in found]) for found in (ours, bare))
    memory, least = (middle([each[1] for each in found]) for found in (ours, bare))
    pixels = WIDTH * HEIGHT / 1e6
    yield against(
        "tiles", "102 MP cut, against bare dzsave", pixels / seconds, pixels / reference,
        unit="MP/s", at_least=0.9,
    )  # fmt: skip
    yield within("tiles", "102 MP cut", seconds, MOST_SECONDS, unit="s")
    yield against("tiles", "memory for it", memory, least, unit="MB", at_most=1.5)
    yield within("tiles", "memory for 151 MP", largest_mb, MOST_MB, unit="MB")
    yield within("tiles", "one tile out of the zip", tile_ms, MOST_TILE_MS, unit="ms")
