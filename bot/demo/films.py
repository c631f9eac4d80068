"""Condition films (状態動画) made of drawings: a slow pass over the piece, then over a part of it,
with a light that wanders across. H.264 and AAC at 720p, so that a messenger takes them as they are.
"""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from catalog.ground.errors import Unavailable

_WIDTH, _HEIGHT, _FRAMES = 1280, 720, 15
FRAME = (1440, 810)  # what is photographed; the film looks at 1280 × 720 of it
_TAKES = (1.8, 1.4)
_SWEEP = (320, _HEIGHT)
_LIMIT_SECONDS = 60


class FilmNotMade(Unavailable):
    """The film program could not make a demo film; `reason` is its last line."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a demo film could not be made: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Studio:
    """The program, and the picture of the light that passes by."""

    program: str
    light: Path


def open_studio(program: str, folder: Path) -> Studio:
    """Draw the light once."""
    import pyvips

    wide, tall = _SWEEP
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}"><defs>'
        '<linearGradient id="light"><stop offset="0" stop-color="#fff" stop-opacity="0"/>'
        '<stop offset=".5" stop-color="#fff" stop-opacity=".30"/>'
        '<stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient></defs>'
        f'<path d="M110 0H{wide}L{wide - 110} {tall}H0Z" fill="url(#light)"/></svg>'
    )
    light = folder / "light.png"
    pyvips.Image.svgload_buffer(document.encode()).pngsave(str(light))
    return Studio(program, light)


def film(
    studio: Studio, frames: tuple[Path, Path], path: Path, *, taken_at: datetime | None
) -> Path:
    """A film of about three seconds from two photographs of `FRAME` size. Raises FilmNotMade."""
    inputs: list[str] = []
    for each in (*frames, studio.light):
        inputs += ["-i", str(each)]
    stamp: list[str] = []
    if taken_at is not None:
        stamp = ["-metadata", f"creation_time={taken_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"]
    command = [
        studio.program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
        *inputs, "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono",
        "-filter_complex", _passes(), "-map", "[film]", "-map", "3:a",
        "-t", str(sum(_TAKES)), "-r", str(_FRAMES),
        "-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "32k", "-map_metadata", "-1",
        *stamp, "-movflags", "+faststart", str(path),
    ]  # fmt: skip
    _run(command)
    return path


def _passes() -> str:
    hold = f"format=yuv420p,loop=loop=-1:size=1,setpts=N/{_FRAMES}/TB"
    looks = ("x='8+t*60':y='10+t*26'", "x='150-t*66':y='80-t*34'")
    views = ";".join(
        f"[{n}:v]{hold},trim=duration={seconds},crop={_WIDTH}:{_HEIGHT}:{look}[take{n}]"
        for n, (seconds, look) in enumerate(zip(_TAKES, looks, strict=True))
    )
    light = f"[2:v]format=yuva420p,loop=loop=-1:size=1,setpts=N/{_FRAMES}/TB[light]"
    return (
        f"{views};[take0][take1]concat=n=2[pan];{light};"
        f"[pan][light]overlay=x='-{_SWEEP[0]}+t*440':shortest=1,format=yuv420p[film]"
    )


def _run(command: Sequence[str]) -> None:
    try:
        ended = subprocess.run(command, capture_output=True, timeout=_LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise FilmNotMade("it took too long") from None
    except OSError as broken:
        raise FilmNotMade(broken.strerror or "it could not be started") from broken
    if ended.returncode != 0:
        lines = ended.stderr.decode(errors="replace").strip().splitlines()
        raise FilmNotMade(lines[-1] if lines else f"status {ended.returncode}")
