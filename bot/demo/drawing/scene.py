"""The studio (撮影台) every piece is drawn in, and the way from a drawing to a JPEG.

A piece is drawn around the origin, about 430 units in each direction; a `View` is the camera. No
words are drawn: the demo must look the same on a machine without fonts.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalog.ground.calendar import TOKYO

CAMERA = ("Sony", "ILCE-7M4")
_SOFT = "#f4f2ee", "#cfcbc4", "#a9a49c"


@dataclass(frozen=True, slots=True)
class View:
    """The middle of the picture and half its width, in units of the drawing."""

    x: float = 0
    y: float = 0
    reach: float = 640


WHOLE = View()


@dataclass(frozen=True, slots=True)
class Drawing:
    """A piece: shared paints, the piece itself, and how far below the origin it stands on the
    table.
    """

    paints: str
    body: str
    floor: float = 330


def svg(drawing: Drawing, view: View, size: tuple[int, int]) -> str:
    """The whole picture as a document."""
    width, height = size
    tall = view.reach * height / width
    box = f"{view.x - view.reach:.1f} {view.y - tall:.1f} {2 * view.reach:.1f} {2 * tall:.1f}"
    light, middle, dark = _SOFT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{box}">'
        "<defs>"
        f'<radialGradient id="studio" cx="50%" cy="38%" r="75%"><stop offset="0" stop-color="{light}"/>'
        f'<stop offset=".6" stop-color="{middle}"/><stop offset="1" stop-color="{dark}"/></radialGradient>'
        '<radialGradient id="shade"><stop offset="0" stop-color="#2b2722" stop-opacity=".5"/>'
        '<stop offset=".55" stop-color="#2b2722" stop-opacity=".2"/>'
        '<stop offset="1" stop-color="#2b2722" stop-opacity="0"/></radialGradient>'
        f"{drawing.paints}</defs>"
        '<rect x="-1600" y="-1600" width="3200" height="3200" fill="url(#studio)"/>'
        f'<ellipse cx="40" cy="{drawing.floor:.0f}" rx="470" ry="120" fill="url(#shade)"/>'
        f"{drawing.body}</svg>"
    )


def photograph(
    drawing: Drawing,
    view: View,
    path: Path,
    *,
    size: tuple[int, int] = (1120, 840),
    taken_at: datetime | None = None,
) -> Path:
    """Render to a JPEG that says, as a camera would, when and by what it was taken."""
    import pyvips

    image = pyvips.Image.svgload_buffer(svg(drawing, view, size).encode()).flatten().copy()
    if taken_at is not None:
        here = f"{taken_at.astimezone(TOKYO):%Y:%m:%d %H:%M:%S}"
        said = {
            "exif-ifd0-Make": CAMERA[0],
            "exif-ifd0-Model": CAMERA[1],
            "exif-ifd2-DateTimeOriginal": here,
            "exif-ifd2-OffsetTimeOriginal": "+09:00",
        }
        for name, value in said.items():
            image.set_type(pyvips.GValue.gstr_type, name, value)
    image.jpegsave(str(path), Q=86)
    return path


def linear(name: str, *stops: tuple[float, str], upright: bool = False) -> str:
    """A gradient along x, or along y."""
    ends = 'x2="0" y2="1"' if upright else 'x2="1" y2="0"'
    inner = "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)
    return f'<linearGradient id="{name}" x1="0" y1="0" {ends}>{inner}</linearGradient>'


def fade(name: str, colour: str, *stops: tuple[float, float]) -> str:
    """One colour that grows more or less opaque downwards."""
    inner = "".join(
        f'<stop offset="{at}" stop-color="{colour}" stop-opacity="{strength}"/>'
        for at, strength in stops
    )
    return f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1">{inner}</linearGradient>'


def radial(name: str, *stops: tuple[float, str], at: str = 'cx=".38" cy=".32" r=".85"') -> str:
    """A gradient from a point above the middle, where the lamp hangs."""
    inner = "".join(f'<stop offset="{each}" stop-color="{colour}"/>' for each, colour in stops)
    return f'<radialGradient id="{name}" {at}>{inner}</radialGradient>'


def shift(colour: str, by: float) -> str:
    """The colour lighter (by > 0, up to 1) or darker."""
    channels = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    end = 255 if by > 0 else 0
    return "#" + "".join(f"{round(each + (end - each) * abs(by)):02x}" for each in channels)


def scratches(
    dice: random.Random,
    *,
    count: int,
    within: tuple[float, float, float, float],
    length: float = 26,
) -> str:
    """Hairlines a loupe would find: a light edge beside a dark one. `within`: left, top, right,
    bottom.
    """
    left, top, right, bottom = within
    lines = []
    for _ in range(count):
        x, y = dice.uniform(left, right), dice.uniform(top, bottom)
        dx, dy = dice.uniform(-length, length), dice.uniform(-length, length) / 2
        for colour, aside, strength in (("#ffffff", 0.0, 0.75), ("#1c1a18", 1.2, 0.4)):
            lines.append(
                f'<path d="M{x:.1f} {y + aside:.1f}q{dx / 2:.1f} {dy / 2 - 2:.1f} {dx:.1f} {dy:.1f}"'
                f' stroke="{colour}" stroke-opacity="{strength}" stroke-width="1.1" fill="none"/>'
            )
    return "".join(lines)
