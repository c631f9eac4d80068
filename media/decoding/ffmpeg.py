"""Films by the `ffmpeg` program in the jail: look, copy into a new box, make anew, take a poster.

Only local files of four containers are ever opened (both whitelists, absolute `file:` names), and
only after their first bytes were read by `sniff`. Everything made is checked before it is believed.
`ffprobe` is not used: where only the wheel's program is installed it does not exist.
"""

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from media.assets.kinds import AssetKind
from media.decoding import rules
from media.decoding.masking import Mask, filters
from media.decoding.rules import FilmFacts, FilmTooLarge, FilmUnreadable, Remux, Transcode
from media.decoding.runner import GIGABYTE, DecoderMissing, Finished, Limits, NoRoom, run
from media.decoding.sniff import Box, Format, NotAPicture, boxes, kind_of, must_be

POSTER_BYTES = 1_000_000
_MEMORY = 3 * GIGABYTE // 2
_LOOK = Limits(cpu_seconds=20, wall_seconds=30, memory_bytes=_MEMORY, file_bytes=1)
_POSTER = Limits(cpu_seconds=60, wall_seconds=90, memory_bytes=_MEMORY, file_bytes=8 * POSTER_BYTES)
_MARK = Limits(cpu_seconds=60, wall_seconds=120, memory_bytes=_MEMORY, file_bytes=rules.MOST_BYTES)
_POSTER_QUALITIES = (3, 8, 16, 31)
_SAID = 160


@dataclass(frozen=True, slots=True)
class MadeFilm:
    """A film that a chat can show."""

    path: Path
    width: int
    height: int
    seconds: float


def find(named: str | None = None) -> str:
    """The program: the one named, the system's, or the one of the imageio-ffmpeg wheel.

    Raises DecoderMissing.
    """
    if named:
        if not os.access(named, os.X_OK):
            raise DecoderMissing(named)
        return str(Path(named).absolute())
    if system := shutil.which("ffmpeg"):
        return system
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as gone:
        raise DecoderMissing("ffmpeg") from gone


def look(program: str, path: Path, *, cancel: threading.Event | None = None) -> FilmFacts:
    """What a film says of itself.

    Raises NotAPicture (not a film by its bytes), FilmUnreadable, DecoderMissing, DecodingCancelled.
    """
    form = must_be(path)
    if kind_of(form) is not AssetKind.FILM:
        raise NotAPicture(path.suffix.lower())
    # Without an output the program prints what it found and ends with 1.
    finished = run([program, *_quiet(), *_input(path)], limits=_LOOK, cancel=cancel)
    if "\nInput #0" not in f"\n{finished.complaint}":
        raise FilmUnreadable(_why(finished, path))
    return rules.read_report(
        finished.complaint, form=form, size=path.stat().st_size, level=_h264_level(path, form)
    )


def poster(
    program: str,
    path: Path,
    facts: FilmFacts,
    target: Path,
    *,
    masks: Sequence[Mask] = (),
    cancel: threading.Event | None = None,
) -> tuple[int, int]:
    """A JPEG of the film's own shape under 1 MB, black where the masks lie; its size. Raises
    FilmUnreadable and as `look`.
    """
    size, second = rules.poster_size(facts), rules.poster_second(facts)
    return _still(program, path, target, size, second, masks=masks, cancel=cancel)


def moment(
    program: str,
    path: Path,
    facts: FilmFacts,
    at_ms: int,
    target: Path,
    *,
    masks: Sequence[Mask] = (),
    cancel: threading.Event | None = None,
) -> tuple[int, int]:
    """The same of what the film shows then (behind its end, what it shows last), as large as a
    picture that is sent. Raises as `poster`.
    """
    size, second = rules.moment_size(facts), rules.moment_second(facts, at_ms)
    return _still(program, path, target, size, second, masks=masks, cancel=cancel)


def _still(
    program: str,
    path: Path,
    target: Path,
    size: tuple[int, int],
    second: float,
    *,
    masks: Sequence[Mask],
    cancel: threading.Event | None,
) -> tuple[int, int]:
    width, height = size
    hidden = filters(masks, width, height)
    for quality in _POSTER_QUALITIES:
        _make(
            [
                *(program, *_quiet(), "-loglevel", "error", "-y", "-threads", "2"),
                *("-ss", f"{second:.3f}", *_input(path)),
                *("-map", "0:V:0", "-frames:v", "1", *_no_metadata()),
                *("-vf", f"scale={width}:{height}{hidden},setsar=1,format=yuvj420p"),
                *("-q:v", str(quality), "-f", "mjpeg", _name(target)),
            ],
            path,
            target,
            _POSTER,
            cancel,
        )
        if target.stat().st_size < POSTER_BYTES:
            return width, height
    raise FilmUnreadable("no still of it is small enough")


def make(
    program: str,
    path: Path,
    facts: FilmFacts,
    what: Remux | Transcode,
    target: Path,
    *,
    masks: Sequence[Mask] = (),
    cancel: threading.Event | None = None,
    heard: Callable[[bytes], None] | None = None,
) -> MadeFilm:
    """Do what was planned, and check what came out. `masks` are black from its first moment to its
    last; a film that is only put into a new box takes none.

    `heard` gets the program's progress lines. Raises FilmTooLarge, FilmUnreadable and as `look`.
    """
    assert not (masks and isinstance(what, Remux)), "a copied film cannot be masked"
    told = command(program, path, what, target, masks)
    is_for_pages = isinstance(what, Transcode) and what.is_for_pages
    most = rules.MOST_PAGE_BYTES if is_for_pages else rules.MOST_BYTES
    _make(told, path, target, _film_limits(facts, most), cancel, heard)
    return _checked(program, target, most, cancel)


def mark(program: str, path: Path, words: str, target: Path) -> None:
    """A film of ours with the words in its comment, nothing else changed. Raises FilmUnreadable,
    DecoderMissing, NoRoom.
    """
    _make(
        [
            *(program, *_quiet(), "-loglevel", "error", "-y", *_input(path)),
            *("-map", "0", "-sn", "-dn", *_no_metadata(), *_copied()),
            *("-metadata", f"comment={words}", "-movflags", "+faststart"),
            *("-f", "mp4", _name(target)),
        ],
        path,
        target,
        _MARK,
        None,
    )


def command(
    program: str,
    path: Path,
    what: Remux | Transcode,
    target: Path,
    masks: Sequence[Mask] = (),
) -> list[str]:
    """What the program is called with for that."""
    streams = _copied() if isinstance(what, Remux) else _anew(what, masks)
    return [
        *(program, *_quiet(), "-loglevel", "error", "-y", "-progress", "pipe:1"),
        *("-threads", "2", *_input(path)),
        *("-map", "0:V:0", "-map", "0:a:0?", "-sn", "-dn", *_no_metadata()),
        *streams,
        *("-movflags", "+faststart", "-f", "mp4", _name(target)),
    ]


def _quiet() -> tuple[str, ...]:
    return ("-hide_banner", "-nostdin")


def _input(path: Path) -> tuple[str, ...]:
    whitelists = ("-protocol_whitelist", "file", "-format_whitelist", "mov,matroska,avi,mpegts")
    return (*whitelists, "-i", _name(path))


def _name(path: Path) -> str:
    """An absolute `file:` name, so that no name is taken for an option or an address."""
    return f"file:{path.absolute()}"


def _no_metadata() -> tuple[str, ...]:
    everywhere = ("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1")
    return (*everywhere, "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")


def _copied() -> tuple[str, ...]:
    """Without what a camera says between the pictures (H.264's SEI): AVCHD puts its place there."""
    return ("-c", "copy", "-bsf:v", "filter_units=remove_types=6")


def _anew(what: Transcode, masks: Sequence[Mask]) -> tuple[str, ...]:
    slowed = "fps=30," if what.slows_to_30 else ""
    hidden = filters(masks, what.width, what.height)
    shown = f"{slowed}scale={what.width}:{what.height}{hidden},setsar=1,format=yuv420p"
    rate = ("-maxrate", str(what.most_bits), "-bufsize", str(2 * what.most_bits))
    film = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", *rate)
    level = ("-profile:v", "high", "-level", "4.1", "-threads", "2")
    sound = ("-c:a", "aac", "-b:a", "128k", "-ac", "2") if what.has_audio else ("-an",)
    return ("-vf", shown, *film, *level, *sound)


def _film_limits(facts: FilmFacts, most_bytes: int) -> Limits:
    """4K takes about two CPU seconds a second; ten leave room for slow machines."""
    return Limits(
        cpu_seconds=120 + int(10 * facts.seconds),
        wall_seconds=300 + 20 * facts.seconds,
        memory_bytes=_MEMORY,
        file_bytes=most_bytes,
    )


def _make(
    command: Sequence[str],
    source: Path,
    target: Path,
    limits: Limits,
    cancel: threading.Event | None,
    heard: Callable[[bytes], None] | None = None,
) -> None:
    is_made = False
    try:
        finished = run(command, limits=limits, cancel=cancel, heard=heard)
        if "No space left on device" in finished.complaint:
            raise NoRoom
        if "File too large" in finished.complaint or finished.code == -25:  # SIGXFSZ
            raise FilmTooLarge(limits.file_bytes, limits.file_bytes)
        if not finished.went_well or not target.is_file() or target.stat().st_size == 0:
            raise FilmUnreadable(_why(finished, source))
        is_made = True
    finally:
        if not is_made:
            target.unlink(missing_ok=True)


def _why(finished: Finished, path: Path) -> str:
    """The program's last word without the file's name."""
    if finished.ran_too_long:
        return "it took too long"
    lines = [line.strip() for line in finished.complaint.splitlines() if line.strip()]
    if not lines and finished.went_well:
        return "nothing came out of it"
    if not lines:
        return f"ffmpeg ended with {finished.code}"
    return lines[-1].replace(_name(path), "the file")[:_SAID]


def _checked(program: str, target: Path, most: int, cancel: threading.Event | None) -> MadeFilm:
    """What came out is what a messenger, or a page, takes; believed only after a look."""
    size = target.stat().st_size
    if size >= most:
        raise FilmTooLarge(size, most)
    facts = look(program, target, cancel=cancel)
    with target.open("rb") as file:
        names = [box.name for box in boxes(file, 0, size)]
    if b"moov" not in names or b"mdat" not in names or names.index(b"moov") > names.index(b"mdat"):
        raise FilmUnreadable("the index did not come out in front")
    is_right = facts.codec == "h264" and facts.pixels == "yuv420p"
    if not is_right or facts.level is None or facts.level > rules.HIGHEST_LEVEL:
        raise FilmUnreadable("what came out is not what was asked for")
    return MadeFilm(target, facts.width, facts.height, facts.seconds)


_TO_CONFIG = (b"mdia", b"minf", b"stbl", b"stsd")
_STSD_HEADER, _AVC1_HEADER = 8, 78


def _h264_level(path: Path, form: Format) -> int | None:
    """The level in the first `avcC` box, times ten; `ffmpeg -i` does not print it."""
    if form not in (Format.MP4, Format.MOV):
        return None
    with path.open("rb") as file:
        moov = _first(boxes(file, 0, path.stat().st_size), b"moov")
        tracks = [] if moov is None else boxes(file, moov.start + moov.header, moov.end)
        for track in tracks:
            config = _avc_config(file, track) if track.name == b"trak" else None
            if config is not None:
                file.seek(config.start + config.header)
                head = file.read(4)
                return head[3] if len(head) == 4 else None
    return None


def _avc_config(file: BinaryIO, track: Box) -> Box | None:
    inside: Box | None = track
    for name in _TO_CONFIG:
        if inside is None:
            return None
        inside = _first(boxes(file, inside.start + inside.header, inside.end), name)
    if inside is None:
        return None
    entries = boxes(file, inside.start + inside.header + _STSD_HEADER, inside.end)
    entry = _first(entries, b"avc1") or _first(entries, b"avc3")
    if entry is None:
        return None
    return _first(boxes(file, entry.start + entry.header + _AVC1_HEADER, entry.end), b"avcC")


def _first(found: Sequence[Box], name: bytes) -> Box | None:
    return next((box for box in found if box.name == name), None)
