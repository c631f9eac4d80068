"""What may be done with a film (動画) before it can be shown in a chat: copy it into a new box, or
make it anew.

The limits are the messenger's: MP4 with H.264 and AAC, under 200 MB, 4:2:0 eight bits, level 4.1 at
most, index in front. What lasts too long for that is made small, for pages alone. Pure; the program
itself is in `ffmpeg`.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from catalog.ground.errors import Malformed, Refused
from media.assets.kinds import Spot
from media.decoding.sniff import Format
from media.decoding.stills import device_name

MOST_BYTES = 200_000_000
MOST_SECONDS = 25 * 60  # of a film that is sent
LONGEST_SECONDS = 6 * 3600  # of one that is only watched on pages
MOST_PAGE_BYTES = 4_000_000_000
HIGHEST_LEVEL = 41
MOST_FRAMES_A_SECOND = 30.5
_FULL_HD = (1920, 1080)
_HD = (1280, 720)
_POSTER = (1280, 1280)
_MOMENT = (2048, 2048)
_MOST_EDGE = 8192
_MOST_STREAMS = 16
_VIDEO_RATE = 8_000_000
_SMALL_RATE = 2_500_000
_PAGE_RATE = 2_000_000
_AUDIO_RATE = 128_000
_MARGIN = 0.95
_PROFILES = frozenset({"constrained baseline", "baseline", "main", "high"})

_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", re.M)
_STREAM = re.compile(r"^ {2,6}Stream #0:\d+[^:]*: (Video|Audio|\w+): (.*)$", re.M)
_SIZE = re.compile(r"\b(\d{2,5})x(\d{2,5})\b")
_ASPECT = re.compile(r"\[?SAR (\d+):(\d+)")
_RATE = re.compile(r"([\d.]+)(k?) fps")
_ROTATION = re.compile(r"rotation of (-?[\d.]+) degrees")
_SAID = re.compile(r"^ {2,8}([\w.-]+) *: (.*)$", re.M)
_ISO6709 = re.compile(r"^([+-]\d{1,2}\.\d+)([+-]\d{1,3}\.\d+)")


class FilmUnreadable(Malformed):
    """The decoder could not read it: broken, cut off, no moving picture in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the film cannot be read: {reason}")
        self.reason = reason


class FilmTooLong(Refused):
    """Longer than anything is made of, even for a page."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the film lasts {seconds:.0f} s, more than {LONGEST_SECONDS} s")
        self.seconds = seconds


class FilmTooLarge(Refused):
    """What was made is over the limit, the messenger's or that of a page."""

    def __init__(self, size: int, most: int = MOST_BYTES) -> None:
        super().__init__(f"the film made has {size} bytes, {most} are allowed")
        self.size = size


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What a film says of itself. `width` and `height` are as shown: turned upright, with square
    pixels.

    `level` is H.264's, times ten; None where the container does not tell. `is_square`: pixels need
    no stretching. `taken` is aware.
    """

    form: Format
    size: int
    seconds: float
    width: int
    height: int
    codec: str
    profile: str
    pixels: str
    level: int | None
    frames_a_second: float
    is_square: bool
    audio: str | None
    taken: datetime | None = None
    device: str | None = None
    spot: Spot | None = None


@dataclass(frozen=True, slots=True)
class Remux:
    """The streams are fine as they are; only the box is made new."""


@dataclass(frozen=True, slots=True)
class Transcode:
    """Make it anew at this size and at most this rate (bits a second). `is_for_pages`: it lasts too
    long for a messenger.
    """

    width: int
    height: int
    most_bits: int
    slows_to_30: bool
    has_audio: bool
    is_for_pages: bool = False


def plan(facts: FilmFacts, *, is_masked: bool = False) -> Remux | Transcode:
    """What to do with a film; one with something to hide is always made anew.

    Raises FilmTooLong.
    """
    if facts.seconds > LONGEST_SECONDS:
        raise FilmTooLong(facts.seconds)
    is_for_pages = facts.seconds > MOST_SECONDS
    if _is_ready(facts) and not is_masked and not is_for_pages:
        return Remux()
    for_sound = _AUDIO_RATE if facts.audio else 0
    most_bytes = MOST_PAGE_BYTES if is_for_pages else MOST_BYTES
    fits = int(_MARGIN * most_bytes * 8 / max(facts.seconds, 1.0)) - for_sound
    most_bits = min(_PAGE_RATE if is_for_pages else _VIDEO_RATE, fits)
    width, height = fit(facts.width, facts.height, _FULL_HD if most_bits >= _SMALL_RATE else _HD)
    return Transcode(
        width,
        height,
        most_bits,
        facts.frames_a_second > MOST_FRAMES_A_SECOND,
        facts.audio is not None,
        is_for_pages,
    )


def _is_ready(facts: FilmFacts) -> bool:
    long, short = max(facts.width, facts.height), min(facts.width, facts.height)
    return (
        facts.form in (Format.MP4, Format.MOV)
        and facts.codec == "h264"
        and facts.profile.lower() in _PROFILES
        and facts.pixels == "yuv420p"
        and facts.level is not None
        and facts.level <= HIGHEST_LEVEL
        and long <= _FULL_HD[0]
        and short <= _FULL_HD[1]
        and facts.is_square
        and facts.audio in (None, "aac")
        and facts.size < MOST_BYTES * _MARGIN
    )


def fit(width: int, height: int, box: tuple[int, int]) -> tuple[int, int]:
    """The largest even size of the same shape inside the box (turned for upright films); never
    larger.
    """
    long, short = max(width, height), min(width, height)
    scale = min(1.0, box[0] / long, box[1] / short)
    return tuple(max(2, 2 * round(edge * scale / 2)) for edge in (width, height))  # type: ignore[return-value]  # two edges in, two out


def poster_size(facts: FilmFacts) -> tuple[int, int]:
    """The poster has the shape of the film."""
    return fit(facts.width, facts.height, _POSTER)


def moment_size(facts: FilmFacts) -> tuple[int, int]:
    """A still out of a film is as large as a picture that is sent."""
    return fit(facts.width, facts.height, _MOMENT)


def poster_second(facts: FilmFacts) -> float:
    """Past the first blurred frames, inside short films too."""
    return min(1.0, facts.seconds / 3)


def moment_second(facts: FilmFacts, at_ms: int) -> float:
    """Never behind its last frame: a player that has come to the end shows that one."""
    frame = 1.5 / facts.frames_a_second if facts.frames_a_second else 0.1
    return min(at_ms / 1000, max(0.0, facts.seconds - frame))


def read_report(report: str, *, form: Format, size: int, level: int | None) -> FilmFacts:
    """The facts from what `ffmpeg -i` prints. Raises FilmUnreadable."""
    streams = _STREAM.findall(report)
    films = [said for kind, said in streams if kind == "Video" and "(attached pic)" not in said]
    sounds = [said for kind, said in streams if kind == "Audio"]
    if not films or len(streams) > _MOST_STREAMS:
        raise FilmUnreadable("no moving picture in it" if not films else "too many streams")
    width, height, is_square = _shown_size(films[0], report)
    tags = {name.lower(): value.strip() for name, value in reversed(_SAID.findall(report))}
    return FilmFacts(
        form=form,
        size=size,
        seconds=_seconds(report),
        width=width,
        height=height,
        codec=films[0].split(" ", 1)[0].strip(","),
        profile=_in_brackets(films[0]),
        pixels=_pixels(films[0]),
        level=level,
        frames_a_second=_rate(films[0]),
        is_square=is_square,
        audio=sounds[0].split(" ", 1)[0].strip(",") if sounds else None,
        taken=_taken(tags),
        device=_device(tags),
        spot=_spot(tags),
    )


def _seconds(report: str) -> float:
    found = _DURATION.search(report)
    seconds = (
        int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found is not None else 0.0
    )
    if seconds <= 0:
        raise FilmUnreadable("it has no length")
    return seconds


def _shown_size(said: str, report: str) -> tuple[int, int, bool]:
    found = _SIZE.search(said)
    if found is None:
        raise FilmUnreadable("its picture has no size")
    width, height = int(found[1]), int(found[2])
    if max(width, height) > _MOST_EDGE:
        raise FilmUnreadable(f"{width}x{height} is too large")
    aspect = _ASPECT.search(said)
    across, down = (int(aspect[1]), int(aspect[2])) if aspect is not None else (1, 1)
    is_square = across == down or 0 in (across, down)
    if not is_square:
        width = min(_MOST_EDGE, max(2, round(width * across / down)))
    turned = _ROTATION.search(report)
    if turned is not None and math.isclose(abs(float(turned[1])) % 180, 90, abs_tol=1):
        width, height = height, width
    return width, height, is_square


def _in_brackets(said: str) -> str:
    found = re.match(r"\S+ \(([^)]*)\)", said)
    return found[1] if found is not None else ""


def _pixels(said: str) -> str:
    found = re.search(r", (\w+)(?:\([^)]*\))?, \d+x\d+", said)
    return found[1] if found is not None else ""


def _rate(said: str) -> float:
    found = _RATE.search(said)
    return float(found[1]) * (1000 if found[2] else 1) if found is not None else 0.0


def _taken(tags: dict[str, str]) -> datetime | None:
    for name in ("com.apple.quicktime.creationdate", "creation_time"):
        try:
            moment = datetime.fromisoformat(tags.get(name, ""))
        except ValueError:
            continue
        if moment.tzinfo is not None and moment.year > 1980:
            return moment
    return None


def _device(tags: dict[str, str]) -> str | None:
    make, model = (
        tags.get(f"com.apple.quicktime.{name}") or tags.get(name) for name in ("make", "model")
    )
    return device_name(make and make[:120], model and model[:120])


def _spot(tags: dict[str, str]) -> Spot | None:
    said = tags.get("com.apple.quicktime.location.iso6709") or tags.get("location") or ""
    found = _ISO6709.match(said)
    return Spot(float(found[1]), float(found[2])) if found is not None else None
