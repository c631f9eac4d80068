"""Capturing the demo's pieces (撮影): the files a camera would have left, named as the shop names
them.
"""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bot.demo import films
from bot.demo.drawing import bags, garments, scene, stones, watches
from bot.demo.drawing.scene import WHOLE, Drawing, View
from bot.demo.films import Studio
from bot.demo.pieces import FILM, Look, Piece, Shot
from catalog.ground.calendar import at_tokyo, tokyo_day
from media.assets.kinds import Part

_NEAR: dict[type[Look], dict[Part | None, View]] = {
    watches.Watch: {
        None: View(60, 40, 270),
        Part.CASE_BACK: View(0, 0, 420),
        Part.DIAL: View(0, 0, 330),
        Part.BEZEL: View(150, -170, 210),
        Part.CLASP: View(0, 420, 230),
        Part.CROWN: View(270, 0, 170),
    },
    stones.Stone: {
        None: View(0, -20, 300),
        Part.STONE: View(0, -100, 260),
        Part.GIRDLE: View(190, 120, 170),
        Part.PRONG: View(-40, -190, 230),
    },
    bags.Bag: {
        None: View(40, 40, 280),
        Part.CORNER: View(-270, 220, 210),
        Part.HANDLE: View(0, -250, 300),
        Part.HARDWARE: View(0, 60, 190),
    },
    garments.Garment: {
        None: View(0, -160, 290),
        Part.LINING: View(0, -240, 200),
        Part.SLEEVE: View(300, 190, 200),
        Part.ZIPPER: View(0, 60, 180),
    },
}
_REACH: dict[type[Look], View] = {
    watches.Watch: WHOLE,
    stones.Stone: View(0, 0, 600),
    bags.Bag: View(0, -70, 700),
    garments.Garment: View(0, -20, 720),
}


def capture(
    piece: Piece,
    shot: Shot,
    number: int,
    folder: Path,
    studio: Studio,
    *,
    taken_at: datetime | None,
) -> Path:
    """Draw it and write the file, `W-10234_case_back_02.mp4`. Raises FilmNotMade.

    Without `taken_at` the file says nothing of its own, as those of many cameras: the time it was
    written counts.
    """
    part = f"_{shot.part.value}" if shot.part else ""
    stem = f"{piece.line.code}{part}_{number:02d}"
    drawing = _drawing(piece, shot.part)
    whole, near = _views(piece.look, shot.part)
    if shot.kind != FILM:
        view = near if shot.part else whole
        return scene.photograph(drawing, view, folder / f"{stem}.jpg", taken_at=taken_at)
    frames = (
        scene.photograph(drawing, whole, folder / f".{stem}-1.jpg", size=films.FRAME),
        scene.photograph(drawing, near, folder / f".{stem}-2.jpg", size=films.FRAME),
    )
    path = films.film(studio, frames, folder / f"{stem}.mp4", taken_at=taken_at)
    for frame in frames:
        frame.unlink()
    return path


def captured_at(piece: Piece, number: int, *, now: datetime) -> datetime:
    """When the piece's n-th capture was made: some day of the last three weeks, in shop hours."""
    dice = zlib.crc32(piece.line.code.encode())
    day = tokyo_day(now) - timedelta(days=2 + dice % 20)
    minutes = dice // 20 % 420 + 3 * number
    return at_tokyo(day, 11) + timedelta(minutes=minutes, seconds=dice % 60)


def planned(pieces: Sequence[Piece]) -> list[tuple[Piece, Shot, int]]:
    """Every capture of those pieces with its running number, films first: they take longest."""
    plan = [(piece, shot, n) for piece in pieces for n, shot in enumerate(piece.shots, 1)]
    return sorted(plan, key=lambda each: each[1].kind != FILM)


def _drawing(piece: Piece, part: Part | None) -> Drawing:
    seed = zlib.crc32(piece.line.code.encode())
    match piece.look:
        case watches.Watch() as look:
            return (watches.behind if part is Part.CASE_BACK else watches.front)(look, seed)
        case stones.Stone() as look:
            return stones.front(look, seed)
        case bags.Bag() as look:
            return bags.front(look, seed)
        case garments.Garment() as look:
            return garments.front(look, seed)


def _views(look: Look, part: Part | None) -> tuple[View, View]:
    """Far, and near at that part."""
    near = _NEAR[type(look)]
    return _REACH[type(look)], near.get(part, near[None])
