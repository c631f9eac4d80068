"""Garments (衣類) on a hanger."""

import random
from dataclasses import dataclass
from enum import StrEnum

from bot.demo.drawing.scene import Drawing, linear, shift


class Style(StrEnum):
    """The kind of garment."""

    COAT = "coat"
    TRENCH = "trench"
    DOWN = "down"
    JACKET = "jacket"


@dataclass(frozen=True, slots=True)
class Garment:
    """How a garment looks; `trim` colours buttons, zipper and edges."""

    cloth: str
    style: Style = Style.COAT
    trim: str = "#4a3b2c"


def front(look: Garment, seed: int) -> Drawing:
    """Hanging, buttoned, its front to the camera."""
    dice = random.Random(seed)
    hem = 250 if look.style in (Style.DOWN, Style.JACKET) else 420
    parts = [_hanger(), _sleeves(look, hem), _body(look, hem), _folds(look, dice, hem)]
    parts.append({
        Style.COAT: _lapels,
        Style.TRENCH: _trench,
        Style.DOWN: _quilts,
        Style.JACKET: _tweed,
    }[look.style](look, hem))  # fmt: skip
    return Drawing(
        _paints(look), f'<g transform="translate(0 -20)">{"".join(parts)}</g>', floor=430
    )


def _paints(look: Garment) -> str:
    cloth = look.cloth
    weave = (
        '<pattern id="weave" width="14" height="14" patternUnits="userSpaceOnUse">'
        f'<rect width="14" height="14" fill="{shift(cloth, 0.1)}"/>'
        f'<path d="M0 3H14M3 0V14M0 10H9M10 4V14" stroke="{shift(cloth, -0.35)}" stroke-width="2"/>'
        f'<path d="M6 6h3M11 1h2" stroke="{look.trim}" stroke-width="2"/></pattern>'
    )
    return (
        linear("cloth", (0, shift(cloth, -0.28)), (0.3, shift(cloth, 0.16)), (0.52, cloth),
               (0.75, shift(cloth, 0.1)), (1, shift(cloth, -0.34)))
        + linear("arm", (0, shift(cloth, -0.3)), (0.5, shift(cloth, 0.08)), (1, shift(cloth, -0.4)))
        + linear("wood", (0, "#7c5a3a"), (0.5, "#b98a5c"), (1, "#6f4f33"), upright=True)
        + weave
    )  # fmt: skip


def _hanger() -> str:
    return (
        '<path d="M0-392v-28q34-6 34-36t-32-30q-28 0-30 26" fill="none" stroke="#8d8f92" stroke-width="9"/>'
        '<path d="M0-400Q-150-372-232-312L-220-296Q-110-350 0-362Q110-350 220-296L232-312Q150-372 0-400Z"'
        ' fill="url(#wood)"/>'
    )


def _fill(look: Garment, plain: str) -> str:
    return "url(#weave)" if look.style is Style.JACKET else f"url(#{plain})"


def _sleeves(look: Garment, hem: int) -> str:
    edge = shift(look.cloth, -0.55)
    end = min(hem, 250)
    one = f"M-214-306Q-300-270-318-150L-372 {end - 30}Q-330 {end + 4} -268 {end - 10}L-190-90Z"
    return "".join(
        f'<path d="{one}" fill="{_fill(look, "arm")}" stroke="{edge}" stroke-width="3"{flip}/>'
        for flip in ("", ' transform="scale(-1 1)"')
    )


def _body(look: Garment, hem: int) -> str:
    edge = shift(look.cloth, -0.55)
    return (
        f'<path d="M-92-352Q0-300 92-352L226-306Q240-150 226-20Q236 {hem - 120} 262 {hem}'
        f'Q0 {hem + 34} -262 {hem}Q-236 {hem - 120} -226-20Q-240-150-226-306Z"'
        f' fill="{_fill(look, "cloth")}" stroke="{edge}" stroke-width="3"/>'
    )


def _folds(look: Garment, dice: random.Random, hem: int) -> str:
    shade = shift(look.cloth, -0.45)
    return "".join(
        f'<path d="M{x:.0f} {dice.uniform(-60, 60):.0f}Q{x * 1.06:.0f} {hem / 2:.0f} {x * 1.12:.0f} {hem - 8}"'
        f' stroke="{shade}" stroke-opacity=".35" stroke-width="{dice.uniform(3, 8):.1f}" fill="none"/>'
        for x in (dice.uniform(-215, 215) for _ in range(9))
    )


def _buttons(look: Garment, columns: tuple[int, ...], rows: range) -> str:
    return "".join(
        f'<circle cx="{x}" cy="{y}" r="15" fill="{look.trim}" stroke="#1d1a17" stroke-width="2"/>'
        f'<circle cx="{x - 4}" cy="{y - 4}" r="4" fill="#ffffff" fill-opacity=".45"/>'
        for x in columns
        for y in rows
    )


def _lapels(look: Garment, hem: int) -> str:
    edge = shift(look.cloth, -0.55)
    one = (
        f'<path d="M-92-352L-18-60L-30 20L-150-190L-116-214L-168-250Z" fill="url(#arm)" stroke="{edge}"'
        ' stroke-width="3"/>'
    )
    pockets = "".join(
        f'<path d="M{x} 120l96 16" stroke="{edge}" stroke-width="9"/>' for x in (-205, 112)
    )
    return (
        f'<path d="M-92-352Q0-330 92-352L6-40V{hem + 12}" fill="none" stroke="{edge}" stroke-width="3"/>'
        '<path d="M-78-348Q0-322 78-348L0-60Z" fill="#efe9df"/>'
        + one
        + f'<g transform="scale(-1 1)">{one}</g>'
        + pockets
        + _buttons(look, (-52, 52), range(50, 260, 92))
    )


def _trench(look: Garment, hem: int) -> str:
    edge = shift(look.cloth, -0.55)
    return (
        _lapels(look, hem)
        + f'<rect x="-238" y="2" width="476" height="52" fill="url(#arm)" stroke="{edge}" stroke-width="3"/>'
        + f'<rect x="-46" y="-8" width="92" height="72" rx="9" fill="none" stroke="{look.trim}" stroke-width="12"/>'
        + "".join(
            f'<path d="M{x}-306l74 24-8 28-74-22Z" fill="url(#arm)" stroke="{edge}" stroke-width="2"/>'
            for x in (-232, 158)
        )
    )


def _quilts(look: Garment, hem: int) -> str:
    shade, shine = shift(look.cloth, -0.6), shift(look.cloth, 0.5)
    rows = "".join(
        f'<path d="M-236 {y}Q0 {y + 26} 236 {y}" stroke="{shade}" stroke-width="5" fill="none"/>'
        f'<path d="M-206 {y + 18}Q-60 {y + 34} 70 {y + 32}" stroke="{shine}" stroke-opacity=".35"'
        ' stroke-width="9" fill="none"/>'
        for y in range(-232, hem - 20, 66)
    )
    arms = "".join(
        f'<path d="M{side * 222} {y}L{side * (300 + (y + 190) * 0.13):.0f} {y + 22}" stroke="{shade}" stroke-width="5"/>'
        for side in (-1, 1)
        for y in range(-190, 200, 62)
    )
    return (
        rows
        + arms
        + f'<path d="M-128-340Q0-270 128-340L112-420Q0-370-112-420Z" fill="url(#arm)" stroke="{shade}"'
        ' stroke-width="4"/>'
        + f'<path d="M0-310V{hem + 14}" stroke="{shade}" stroke-width="20"/>'
        + f'<path d="M0-310V{hem + 14}" stroke="{look.trim}" stroke-width="9" stroke-dasharray="6 4"/>'
    )


def _tweed(look: Garment, hem: int) -> str:
    edge = look.trim
    pockets = "".join(
        f'<path d="M{x} {y}h110v{tall}h-110Z" fill="url(#weave)" stroke="{edge}" stroke-width="11"'
        ' stroke-dasharray="7 3"/>'
        for x in (-190, 80)
        for y, tall in ((-110, 66), (80, 92))
    )
    return (
        f'<path d="M-92-350Q0-298 92-350M0-318V{hem + 12}" fill="none" stroke="{edge}" stroke-width="15"'
        ' stroke-dasharray="8 3"/>' + pockets + _buttons(look, (-26, 26), range(-240, 240, 96))
    )
