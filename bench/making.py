"""What is made of captures: a film anew, in CPU seconds against bare ffmpeg with the same
arguments, and stopped; a tag read out of 24 megapixels, against the reader alone on the half-size
picture.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pyvips

from bench.processes import ROOT
from bench.result import Result, against, middle, within
from bench.setting import Setting
from bench.shop import make_film
from media.decoding import ffmpeg, rules
from media.decoding.rules import FilmFacts, Transcode
from media.decoding.runner import DecodingCancelled
from media.intake import tags

SECONDS, QUICK_SECONDS = 10, 4
LONG_SECONDS = 60
TAG = "W-10234"
WIDTH, HEIGHT = 6_000, 4_000
READINGS = 10
MOST_CANCEL_MS = 500.0
PATIENCE_SECONDS = 120.0

# Both print the seconds of one reading and what was read.
_OURS = """
import json, sys, time
from media.decoding import still_child
def read():
    return still_child.look(sys.argv[1], "jpeg", scan=True)["tags"]
"""
_BARE = """
import json, sys, time
import pyvips, zxingcpp
pyvips.cache_set_max(0)
def read():
    small = pyvips.Image.thumbnail(sys.argv[1], int(sys.argv[3]) // 2, size="down")
    grey = small.colourspace("b-w").extract_band(0)
    pixels = memoryview(grey.write_to_memory()).cast("B", shape=[grey.height, grey.width])
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    return [each.text for each in zxingcpp.read_barcodes(pixels, formats=formats)]
"""
_TIMED = """
found = read()
began = time.perf_counter()
for _ in range(int(sys.argv[2])):
    read()
print(json.dumps([(time.perf_counter() - began) / int(sys.argv[2]), found]))
"""


def run(setting: Setting) -> list[Result]:
    """Rounds by turns."""
    folder = setting.place("making")
    folder.mkdir()
    seconds = QUICK_SECONDS if setting.rounds == 1 else SECONDS
    program = ffmpeg.find(None)
    film = folder / "film.mov"
    make_film(film, seconds=seconds, size="1920x1080", codec="mpeg4")
    facts, what = _planned(program, film)
    target = folder / "made.mp4"
    ours, bare = [], []
    for _ in range(setting.rounds):
        told = ffmpeg.command(program, film, what, target)
        bare.append(_cpu(lambda told=told: _run(told)))  # type: ignore[misc]  # bound at once
        ours.append(_cpu(lambda: ffmpeg.make(program, film, facts, what, target)))
    stopped = [_cancelled(program, folder) for _ in range(setting.rounds)]
    read, alone = _read(setting, folder)
    return [
        against(
            "making", f"{seconds} s of 1080p made anew, against bare ffmpeg", middle(ours),
            middle(bare), unit="CPU s", at_most=1.05,
        ),
        within("making", "a film is stopped", middle(stopped), MOST_CANCEL_MS, unit="ms"),
        against(
            "making", "tag read in 24 MP, against the half-size alone", read * 1000,
            alone * 1000, unit="ms", at_most=1.3,
        ),
    ]  # fmt: skip


def _planned(program: str, film: Path) -> tuple[FilmFacts, Transcode]:
    facts = ffmpeg.look(program, film)
    what = rules.plan(facts)
    if not isinstance(what, Transcode):
        raise RuntimeError("this film needs nothing made anew")
    return facts, what


def _run(command: list[str]) -> None:
    """At the niceness ours has."""
    subprocess.run(
        ["nice", "-n", "10", *command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _cpu(deed: Callable[[], object]) -> float:
    """CPU seconds of this process and of the children it waited for."""

    def spent() -> float:
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in used)

    before = spent()
    deed()
    return spent() - before


def _cancelled(program: str, folder: Path) -> float:
    """Milliseconds from the wish to the end of the program and of what it had written."""
    film, target = folder / "long.mov", folder / "stopped.mp4"
    if not film.exists():
        make_film(film, seconds=LONG_SECONDS, size="1280x720", codec="mpeg4")
    facts, what = _planned(program, film)
    begun, cancel, at = threading.Event(), threading.Event(), [0.0]

    def wish() -> None:
        begun.wait(PATIENCE_SECONDS)
        at[0] = time.perf_counter()
        cancel.set()

    thread = threading.Thread(target=wish)
    thread.start()
    try:
        ffmpeg.make(program, film, facts, what, target, cancel=cancel, heard=lambda _: begun.set())
    except DecodingCancelled:
        took = (time.perf_counter() - at[0]) * 1000
    else:
        raise RuntimeError("the film was made before it could be stopped")
    finally:
        begun.set()
        thread.join()
    if target.exists():
        raise RuntimeError("half a film was left")
    return took


def _read(setting: Setting, folder: Path) -> tuple[float, float]:
    """Seconds of one reading: ours, and of the half-size picture alone."""
    picture = folder / "tag.jpg"
    printed = pyvips.Image.new_from_buffer(tags.png(TAG, scale=16), "").colourspace("srgb")
    if printed.hasalpha():
        printed = printed.flatten(background=255)
    noise = pyvips.Image.gaussnoise(WIDTH, HEIGHT, mean=120, sigma=12)
    desk = noise.bandjoin([noise, noise]).cast("uchar").copy(interpretation="srgb")
    turned = printed.rotate(17, background=[120, 120, 120])
    desk.insert(turned, WIDTH // 3, HEIGHT // 3).jpegsave(str(picture), Q=88)
    ours, alone = [], []
    for _ in range(setting.rounds):
        alone.append(_timed(_BARE, picture))
        ours.append(_timed(_OURS, picture))
    return middle(ours), middle(alone)


def _timed(code: str, picture: Path) -> float:
    command = [sys.executable, "-c", code + _TIMED, str(picture), str(READINGS), str(WIDTH)]
    done = subprocess.run(
        command, check=True, capture_output=True, cwd=ROOT, env=dict(os.environ),
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    seconds, found = json.loads(done.stdout)
    if not any(TAG in each for each in found):
        raise RuntimeError("the tag was not read")
    return float(seconds)
