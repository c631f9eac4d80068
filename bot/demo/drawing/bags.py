"""Bags (バッグ) from the front."""

import random
from dataclasses import dataclass
from enum import StrEnum

from bot.demo.drawing.scene import Drawing, fade, linear, radial, scratches, shift

GOLD = "#cfa24a"
SILVER = "#bfc4c9"


class Form(StrEnum):
    """The kind of bag."""

    TOP_HANDLE = "top_handle"
    QUILTED = "quilted"
    TOTE = "tote"
    BOSTON = "boston"


@dataclass(frozen=True, slots=True)
class Bag:
    """How a bag looks. `pattern`: printed canvas; `trim` is the leather of its handles."""

    leather: str
    form: Form = Form.TOP_HANDLE
    metal: str = GOLD
    trim: str | None = None
    pattern: str | None = None


def front(look: Bag, seed: int) -> Drawing:
    """Standing, its front to the camera."""
    dice = random.Random(seed)
    draw = {
        Form.TOP_HANDLE: _top_handle,
        Form.QUILTED: _quilted,
        Form.TOTE: _tote,
        Form.BOSTON: _boston,
    }[look.form]
    worn = scratches(dice, count=7, within=(-330, 230, -240, 300), length=20)
    worn += scratches(dice, count=5, within=(240, 230, 330, 300), length=20)
    return Drawing(_paints(look), draw(look) + worn, floor=318)


def _paints(look: Bag) -> str:
    leather, trim = look.leather, look.trim or look.leather
    quilt = (
        '<pattern id="quilt" width="74" height="74" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="74" height="74" fill="url(#pad)"/>'
        f'<path d="M0 0H74M0 0V74" stroke="{shift(leather, -0.55)}" stroke-width="4"/>'
        f'<path d="M0 3H74M3 0V74" stroke="{shift(leather, 0.35)}" stroke-width="1.5"'
        ' stroke-dasharray="5 4"/></pattern>'
    )
    ink = look.pattern or leather
    canvas = (
        '<pattern id="canvas" width="92" height="92" patternUnits="userSpaceOnUse">'
        f'<rect width="92" height="92" fill="{leather}"/><g fill="{ink}">'
        '<path d="M23 5l9 18-9 18-9-18Z"/><circle cx="69" cy="23" r="11"/>'
        '<circle cx="23" cy="69" r="11"/><path d="M69 51l9 18-9 18-9-18Z"/></g>'
        f'<circle cx="69" cy="23" r="5" fill="{leather}"/><circle cx="23" cy="69" r="5" fill="{leather}"/>'
        "</pattern>"
    )
    return "".join(
        [
            linear("hide", (0, shift(leather, 0.3)), (0.4, leather), (1, shift(leather, -0.35)), upright=True),
            linear("flap", (0, shift(leather, 0.38)), (0.7, shift(leather, 0.06)),
                   (1, shift(leather, -0.22)), upright=True),
            linear("trim", (0, shift(trim, 0.35)), (0.5, trim), (1, shift(trim, -0.3))),
            linear("fitting", (0, shift(look.metal, 0.7)), (0.5, look.metal), (1, shift(look.metal, -0.4))),
            radial("pad", (0, shift(leather, 0.35)), (1, shift(leather, -0.2)), at='cx=".4" cy=".4" r=".7"'),
            fade("shadow", "#000000", (0.4, 0), (1, 0.3)),
            quilt,
            canvas,
        ]
    )  # fmt: skip


def _handles(look: Bag, *, top: int, reach: int) -> str:
    edge = shift(look.trim or look.leather, -0.5)
    back = f"M-{reach} -130C-{reach} {top} {reach} {top} {reach} -130"
    return (
        f'<path d="{back}" fill="none" stroke="{edge}" stroke-width="34" transform="translate(0 -22)"/>'
        f'<path d="{back}" fill="none" stroke="{edge}" stroke-width="38"/>'
        f'<path d="{back}" fill="none" stroke="url(#trim)" stroke-width="32"/>'
    )


def _stitches(path: str, leather: str) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{shift(leather, 0.5)}" stroke-width="3"'
        ' stroke-dasharray="13 8" stroke-linecap="round"/>'
    )


def _top_handle(look: Bag) -> str:
    edge = shift(look.leather, -0.5)
    body = "M-318-140H318L372 268Q374 302 338 302H-338Q-374 302-372 268Z"
    flap = "M-322-150H322L338 -6H180V-30H120V40H-120V-30H-180V-6H-338Z"
    lock = (
        f'<path d="M-345-2H345V34H-345Z" fill="url(#trim)" stroke="{edge}" stroke-width="2"/>'
        '<rect x="-34" y="-16" width="68" height="64" rx="6" fill="url(#fitting)"/>'
        '<circle cy="16" r="17" fill="none" stroke="#5b4a2a" stroke-width="4"/>'
        '<rect x="-5" y="0" width="10" height="32" fill="#5b4a2a"/>'
        + "".join(f'<circle cx="{x}" cy="16" r="13" fill="url(#fitting)"/>' for x in (-205, 205))
    )
    feet = "".join(
        f'<rect x="{x}" y="296" width="42" height="16" rx="5" fill="url(#fitting)"/>'
        for x in (-300, 258)
    )
    return (
        _handles(look, top=-500, reach=170)
        + f'<path d="{body}" fill="url(#hide)" stroke="{edge}" stroke-width="3"/>'
        + f'<path d="{body}" fill="url(#shadow)"/>'
        + _stitches("M-344 280H344M-300-120L-350 262M300-120L350 262", look.leather)
        + f'<path d="{flap}" fill="url(#flap)" stroke="{edge}" stroke-width="3"/>'
        + _stitches("M-308-138H308M-108-24V28H108V-24", look.leather)
        + lock
        + feet
    )


def _quilted(look: Bag) -> str:
    edge = shift(look.leather, -0.5)
    chain = "".join(
        f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="19" ry="12" fill="none" stroke="url(#fitting)"'
        f' stroke-width="8" transform="rotate({turn} {x:.0f} {y:.0f})"/>'
        for x, y, turn in (
            (-300 + 600 * n / 24, -150 - 330 * (1 - ((n - 12) / 12) ** 2), (n % 2) * 70 - 20)
            for n in range(25)
        )
    )
    body = "M-340-110H340Q366-110 366-84V262Q366 300 328 300H-328Q-366 300-366 262V-84Q-366-110-340-110Z"
    flap = "M-352-160H352Q372-160 372-138V90Q372 132 326 140H-326Q-372 132-372 90V-138Q-372-160-352-160Z"
    return (
        chain
        + f'<path d="{body}" fill="url(#quilt)" stroke="{edge}" stroke-width="3"/>'
        + f'<path d="{body}" fill="url(#shadow)"/>'
        + f'<path d="{flap}" fill="url(#quilt)" stroke="{edge}" stroke-width="4"/>'
        + f'<path d="{flap}" fill="url(#shadow)"/>'
        + '<rect x="-44" y="92" width="88" height="64" rx="12" fill="url(#fitting)"/>'
        + '<path d="M-22 124a22 17 0 1 1 0 1M22 124a22 17 0 1 0 0 1" fill="none" stroke="#5b4a2a"'
        ' stroke-width="6"/>'
    )


def _tote(look: Bag) -> str:
    edge = shift(look.trim or look.leather, -0.45)
    body = "M-400-140Q0-96 400-140L318 292Q314 306 296 306H-296Q-314 306-318 292Z"
    return (
        _handles(look, top=-520, reach=190)
        + f'<path d="{body}" fill="url(#canvas)" stroke="{edge}" stroke-width="4"/>'
        + f'<path d="{body}" fill="url(#shadow)"/>'
        + f'<path d="M-400-146Q0-102 400-146L394-108Q0-64-394-108Z" fill="url(#trim)" stroke="{edge}"/>'
        + "".join(
            f'<path d="M{x - 26}-150V-20l26 22 26-22V-150Z" fill="url(#trim)" stroke="{edge}"/>'
            f'<circle cx="{x}" cy="-38" r="8" fill="url(#fitting)"/>'
            for x in (-190, 190)
        )
    )


def _boston(look: Bag) -> str:
    edge = shift(look.trim or look.leather, -0.45)
    body = "M-330-60Q-320-190-200-190H200Q320-190 330-60L380 250Q384 300 336 300H-336Q-384 300-380 250Z"
    return (
        _handles(look, top=-470, reach=150)
        + f'<path d="{body}" fill="url(#canvas)" stroke="{edge}" stroke-width="4"/>'
        + f'<path d="{body}" fill="url(#shadow)"/>'
        + f'<path d="M-300-150Q0-196 300-150" fill="none" stroke="{edge}" stroke-width="12"/>'
        + '<path d="M-300-150Q0-196 300-150" fill="none" stroke="url(#fitting)" stroke-width="6"'
        ' stroke-dasharray="7 4"/>'
        + "".join(
            f'<path d="M{x - 24}-140V10q24 26 48 0V-140Z" fill="url(#trim)" stroke="{edge}"/>'
            for x in (-150, 150)
        )
        + f'<path d="M-378 240Q-384 300-336 300H-260Q-300 250-300 200ZM378 240Q384 300 336 300H260Q300 250 300 200Z" fill="url(#trim)" stroke="{edge}"/>'
    )
