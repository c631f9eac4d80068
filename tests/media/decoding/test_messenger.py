"""What a messenger is given of films of every length, as another program sees it: MP4 with H.264
and AAC, 4:2:0 in eight bits, its index in front, under 200 MB; and a preview under 1 MB.
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from media.decoding import ffmpeg, rules
from media.decoding.rules import HIGHEST_LEVEL, MOST_BYTES, Remux, Transcode
from media.decoding.sniff import boxes
from tests.databases import without

READY = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "2M")
OTHER = ("-c:v", "mpeg4", "-q:v", "6")
NO_SOUND = ("-an",)


def _noisy(path: Path, seconds: int, size: str, rate: int, codec: Sequence[str]) -> Path:
    """Noise, which nothing makes small: five seconds of it, again and again."""
    part = path.with_name(f"part{path.suffix}")
    quiet = (ffmpeg.find(), "-hide_banner", "-loglevel", "error", "-y")
    noise = f"testsrc2=s={size}:r={rate}:d=5,noise=alls=90:allf=t"
    tone = () if "-an" in codec else ("-f", "lavfi", "-i", "sine=d=5", "-c:a", "aac")
    inputs = ("-f", "lavfi", "-i", noise, *tone)
    subprocess.run([*quiet, *inputs, *codec, str(part)], check=True, timeout=120)
    again = ("-stream_loop", str(-(-seconds // 5) - 1), "-i", str(part), "-c", "copy")
    subprocess.run([*quiet, *again, "-t", str(seconds), str(path)], check=True, timeout=120)
    part.unlink()
    return path


def _probe(path: Path) -> dict[str, Any]:
    program = shutil.which("ffprobe")
    if program is None:
        without("ffprobe (apt install ffmpeg)")
    asked = [str(program), "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    found: dict[str, Any] = json.loads(
        subprocess.run(asked, check=True, capture_output=True).stdout
    )
    return found


def _is_taken_by_a_messenger(source: Path, folder: Path, how: type) -> None:
    program = ffmpeg.find()
    facts = ffmpeg.look(program, source)
    what = rules.plan(facts)
    assert isinstance(what, how)
    made = ffmpeg.make(program, source, facts, what, folder / "film.mp4")
    size = made.path.stat().st_size
    assert size < MOST_BYTES == 200_000_000
    with made.path.open("rb") as file:
        names = [box.name for box in boxes(file, 0, size)]
    assert names.index(b"moov") < names.index(b"mdat")
    ffmpeg.poster(program, source, facts, folder / "poster.jpg")
    assert (folder / "poster.jpg").stat().st_size < 1_000_000
    said = _probe(made.path)
    streams = {each["codec_type"]: each for each in said["streams"]}
    film = streams.pop("video")
    assert (film["codec_name"], film["pix_fmt"]) == ("h264", "yuv420p")
    assert film["level"] <= HIGHEST_LEVEL
    assert (film["width"], film["height"]) == (made.width, made.height)
    assert {name: each["codec_name"] for name, each in streams.items()} == (
        {"audio": "aac"} if facts.audio else {}
    )
    assert "mp4" in said["format"]["format_name"]
    assert float(said["format"]["duration"]) == pytest.approx(facts.seconds, abs=1.0)
    assert "tags" not in said["format"] or set(said["format"]["tags"]) <= {
        "major_brand", "minor_version", "compatible_brands",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "codec", "how"),
    [
        ("ready.mp4", READY, Remux),
        ("other.mov", OTHER, Transcode),
        ("silent.avi", (*OTHER, *NO_SOUND), Transcode),
        ("sharp.mkv", ("-c:v", "libx264", "-pix_fmt", "yuv422p10le", "-crf", "28"), Transcode),
    ],
)
def test_ten_seconds_are_taken_by_a_messenger(
    tmp_path: Path, name: str, codec: Sequence[str], how: type
) -> None:
    source = _noisy(tmp_path / name, 10, "320x180", 12, codec)
    _is_taken_by_a_messenger(source, tmp_path, how)


@pytest.mark.soak
@pytest.mark.parametrize(("seconds", "size", "rate"), [(180, "960x540", 20), (1200, "480x360", 12)])
def test_minutes_of_what_nothing_makes_small_are_taken_by_a_messenger(
    tmp_path: Path, seconds: int, size: str, rate: int
) -> None:
    """Three, and twenty: left alone either would be far larger than a messenger takes."""
    source = _noisy(tmp_path / "long.mov", seconds, size, rate, ("-c:v", "mpeg4", "-q:v", "6"))
    _is_taken_by_a_messenger(source, tmp_path, Transcode)


@pytest.mark.soak
def test_a_ready_film_that_is_too_large_is_made_anew_and_smaller(tmp_path: Path) -> None:
    """H.264 that a messenger would take but for its size."""
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "18")
    source = _noisy(tmp_path / "ready.mp4", 300, "640x480", 15, codec)
    assert source.stat().st_size > MOST_BYTES
    _is_taken_by_a_messenger(source, tmp_path, Transcode)
