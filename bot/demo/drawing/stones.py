"""Diamonds (ダイヤモンド), loose or set in a ring."""

import math
import random
from dataclasses import dataclass
from enum import StrEnum

from bot.demo.drawing.scene import Drawing, linear

PLATINUM = "#c7cbd0"
_ICE = ("#ffffff", "#f2f7fb", "#d9e6ef", "#bccfdd", "#93aec2", "#6f8da6", "#e9f4f7", "#fdfdf6")


class Cut(StrEnum):
    """The outline seen from above."""

    ROUND = "round"
    EMERALD = "emerald"
    PEAR = "pear"
    OVAL = "oval"


@dataclass(frozen=True, slots=True)
class Stone:
    """How a stone looks; `ring` is the metal it is set in."""

    cut: Cut = Cut.ROUND
    ring: str | None = None


def front(look: Stone, seed: int) -> Drawing:
    """The stone from above, its facets lit at random, on its ring if it has one."""
    dice = random.Random(seed)
    stone = _steps(dice) if look.cut is Cut.EMERALD else _brilliant(dice, look.cut)
    if look.ring is None:
        feather = '<path d="M70 96l26 17-9 12" stroke="#5e7488" stroke-opacity=".7" stroke-width="2" fill="none"/>'
        return Drawing(_paints(PLATINUM), f"<g>{stone}{feather}</g>", floor=270)
    body = (
        _hoop(look.ring)
        + f'<g transform="translate(0 -190) scale(.55)">{stone}</g>'
        + _prongs(look.ring)
    )
    return Drawing(_paints(look.ring), body, floor=400)


def _paints(metal: str) -> str:
    return linear(
        "hoop", (0, "#7f858c"), (0.25, "#ffffff"), (0.5, metal), (0.8, "#8c9299"), (1, "#eef1f4")
    )


def _outline(cut: Cut, radius: float, angle: float) -> tuple[float, float]:
    """A point of the outline at that angle, for this cut."""
    x, y = radius * math.cos(angle), radius * math.sin(angle)
    if cut is Cut.OVAL:
        return x * 0.76, y * 1.05
    if cut is Cut.PEAR:
        narrow = 1 - 0.62 * max(0.0, -math.sin(angle)) ** 1.4
        return x * 0.82 * narrow, y * (1.22 if y < 0 else 0.92) + radius * 0.06
    return x, y


def _polygon(points: list[tuple[float, float]], fill: str, strength: float = 1.0) -> str:
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polygon points="{told}" fill="{fill}" fill-opacity="{strength}" stroke="#8ba3b5"'
        ' stroke-opacity=".55" stroke-width="1.4" stroke-linejoin="round"/>'
    )


def _brilliant(dice: random.Random, cut: Cut) -> str:
    """Table, stars, kites and halves of a brilliant, and the pavilion that shines through."""
    turn = 2 * math.pi
    rim = [_outline(cut, 300, turn * n / 32) for n in range(32)]
    kite = [_outline(cut, 228, turn * (n + 0.5) / 8) for n in range(8)]
    table = [_outline(cut, 166, turn * n / 8) for n in range(8)]
    facets = [_polygon(rim, "#dbe7ef")]
    for n in range(8):
        first, second, third = rim[4 * n], rim[4 * n + 2], rim[(4 * n + 4) % 32]
        facets += [
            _polygon([table[n], first, rim[4 * n + 1], kite[n]], dice.choice(_ICE)),
            _polygon([kite[n], rim[4 * n + 1], second], dice.choice(_ICE)),
            _polygon([kite[n], second, rim[4 * n + 3]], dice.choice(_ICE)),
            _polygon([table[(n + 1) % 8], third, rim[4 * n + 3], kite[n]], dice.choice(_ICE)),
            _polygon([table[n], kite[n], table[(n + 1) % 8]], dice.choice(_ICE)),
        ]
    facets.append(_polygon(table, "#eef5f9"))
    middle = _outline(cut, 0, 0)
    for n in range(16):
        near = [_outline(cut, 160, turn * (n + each) / 16) for each in (0, 1)]
        deep = _outline(cut, 88, turn * (n + 0.5) / 16)
        facets.append(_polygon([near[0], near[1], deep], dice.choice(_ICE), 0.75))
        facets.append(_polygon([middle, near[0], deep], dice.choice(_ICE), 0.6))
    return "".join(facets) + _sparkle(-96, -120, 46) + _sparkle(120, 40, 28)


def _steps(dice: random.Random) -> str:
    """The hall of mirrors of an emerald cut."""
    facets = []
    sizes = [
        (230, 310, 78),
        (194, 270, 64),
        (158, 230, 52),
        (122, 190, 40),
        (74, 130, 26),
        (34, 84, 12),
    ]
    for wide, tall, cut in sizes:
        points: list[tuple[float, float]] = [
            (-wide + cut, -tall), (wide - cut, -tall), (wide, -tall + cut), (wide, tall - cut),
            (wide - cut, tall), (-wide + cut, tall), (-wide, tall - cut), (-wide, -tall + cut),
        ]  # fmt: skip
        facets.append(_polygon(points, "#dfeaf1"))
        for n in range(8):
            inner = [(x * 0.84, y * 0.88) for x, y in (points[n], points[(n + 1) % 8])]
            facets.append(
                _polygon([points[n], points[(n + 1) % 8], inner[1], inner[0]], dice.choice(_ICE))
            )
    return "".join(facets) + _sparkle(-120, -190, 44) + _sparkle(90, 150, 26)


def _sparkle(x: float, y: float, size: float) -> str:
    return (
        f'<path d="M{x} {y - size}Q{x} {y} {x + size} {y}Q{x} {y} {x} {y + size}Q{x} {y} {x - size} {y}'
        f'Q{x} {y} {x} {y - size}Z" fill="#ffffff" fill-opacity=".95"/>'
    )


def _hoop(metal: str) -> str:
    return (
        '<circle cy="160" r="238" fill="none" stroke="url(#hoop)" stroke-width="44"/>'
        f'<circle cy="160" r="260" fill="none" stroke="{metal}" stroke-width="2"/>'
        '<path d="M-120-30L-60-110H60L120-30Z" fill="url(#hoop)"/>'
    )


def _prongs(metal: str) -> str:
    return "".join(
        f'<ellipse cx="{x}" cy="{y}" rx="17" ry="22" fill="{metal}" stroke="#6d737a" stroke-width="2"/>'
        f'<ellipse cx="{x - 5}" cy="{y - 7}" rx="5" ry="8" fill="#ffffff" fill-opacity=".9"/>'
        for x, y in ((-112, -302), (112, -302), (-112, -78), (112, -78))
    )
