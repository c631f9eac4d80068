"""Watches (腕時計), from the front and from behind."""

import math
import random
from dataclasses import dataclass
from enum import StrEnum

from bot.demo.drawing.scene import Drawing, fade, linear, radial, scratches, shift

STEEL = "#b9bdc2"
GOLD = "#d3a94f"
ROSE = "#c98f6d"


class Shape(StrEnum):
    """The outline of the case."""

    ROUND = "round"
    OCTAGON = "octagon"
    CUSHION = "cushion"
    TANK = "tank"


class Bezel(StrEnum):
    """What stands around the dial."""

    PLAIN = "plain"
    FLUTED = "fluted"
    SCALE = "scale"


@dataclass(frozen=True, slots=True)
class Watch:
    """How a watch looks. `rim` colours the bezel's insert, a second one its lower half."""

    dial: str
    metal: str = STEEL
    shape: Shape = Shape.ROUND
    bezel: Bezel = Bezel.PLAIN
    rim: tuple[str, ...] = ()
    subdials: int = 0
    strap: str | None = None
    marks: str = "#f6f4ec"
    hands: str = "#eceae4"
    has_date: bool = False


def front(look: Watch, seed: int) -> Drawing:
    """Dial up, the crown to the right."""
    dice = random.Random(seed)
    body = [_band(look), _lugs(look), _case(look), _dial(look), _marks(look), _subdials(look)]
    if look.has_date:
        body.append(
            '<rect x="128" y="-19" width="52" height="38" rx="3" fill="#fbfaf6" stroke="#8d8a84"/>'
        )
        body.append('<path d="M148-9v18M160-9v18" stroke="#2d2b28" stroke-width="5"/>')
    body += [_hands(look), _glass(look), scratches(dice, count=9, within=(-270, 215, 270, 320))]
    body.append(scratches(dice, count=6, within=(-90, 330, 90, 520)))
    return Drawing(_paints(look), "".join(body), floor=300)


def behind(look: Watch, seed: int) -> Drawing:
    """The case back: engraved ring, a turned pattern, the notches of a screwed back, hairlines."""
    dice = random.Random(seed + 7)
    rings = "".join(
        f'<circle r="{radius}" fill="none" stroke="#ffffff" stroke-opacity=".16" stroke-width="2"/>'
        for radius in range(24, 196, 9)
    )
    notches = "".join(
        f'<rect x="-9" y="-262" width="18" height="20" rx="3" fill="{shift(look.metal, -0.45)}"'
        f' transform="rotate({angle})"/>'
        for angle in range(0, 360, 30)
    )
    letters = "".join(
        f'<path d="M0-{228 - 3 * (n % 2)}v{13 + 4 * (n % 3)}" stroke="{shift(look.metal, -0.5)}"'
        f' stroke-width="{2 + n % 3}" transform="rotate({angle})"/>'
        for n, angle in enumerate(_letter_angles(dice))
    )
    body = (
        _band(look) + _lugs(look) + '<circle r="300" fill="url(#metal)"/>'
        f'<circle r="270" fill="url(#brushed)" stroke="{shift(look.metal, -0.35)}" stroke-width="2"/>'
        f'<circle r="200" fill="url(#back)" stroke="{shift(look.metal, -0.3)}" stroke-width="3"/>'
        + rings
        + notches
        + letters
        + scratches(dice, count=16, within=(-180, -160, 180, 190), length=44)
    )
    return Drawing(_paints(look), body, floor=300)


def _letter_angles(dice: random.Random) -> list[float]:
    """Where engraved letters stand: words of some letters with gaps between."""
    angles: list[float] = []
    angle = 0.0
    while angle < 350:
        letters = dice.randint(4, 9)
        angles += [angle + 4.2 * n for n in range(letters)]
        angle += 4.2 * letters + 14
    return [each for each in angles if each < 350]


def _paints(look: Watch) -> str:
    metal, dial = look.metal, look.dial
    strap = look.strap or metal
    return "".join(
        [
            linear("metal", (0, shift(metal, 0.65)), (0.35, metal), (0.6, shift(metal, 0.5)),
                   (1, shift(metal, -0.4))),
            linear("brushed", (0, shift(metal, 0.25)), (0.5, shift(metal, -0.12)),
                   (1, shift(metal, 0.3)), upright=True),
            linear("link", (0, shift(strap, -0.35)), (0.5, shift(strap, 0.35)), (1, shift(strap, -0.4))),
            radial("dial", (0, shift(dial, 0.28)), (0.7, dial), (1, shift(dial, -0.4))),
            radial("back", (0, shift(metal, 0.6)), (0.6, metal), (1, shift(metal, -0.25))),
            fade("glass", "#ffffff", (0, 0.38), (1, 0)),
        ]
    )  # fmt: skip


def _band(look: Watch) -> str:
    """Leather, or three rows of links."""
    if look.strap is not None:
        edge, thread = shift(look.strap, -0.5), shift(look.strap, 0.45)
        return "".join(
            f'<g transform="scale(1 {side})"><path d="M-118 200L-96 760H96L118 200Z" fill="url(#link)"'
            f' stroke="{edge}" stroke-width="3"/><path d="M-98 200L-80 760M98 200L80 760"'
            f' stroke="{thread}" stroke-width="3" stroke-dasharray="12 9" fill="none"/></g>'
            for side in (1, -1)
        )
    rows = []
    for n in range(9):
        top = 232 + 58 * n
        half = 122 - 3.2 * n
        middle = half * 0.46
        for left, wide in (
            (-half, half - middle - 3),
            (-middle, 2 * middle),
            (middle + 3, half - middle - 3),
        ):
            rows.append(
                f'<rect x="{left:.0f}" y="{top}" width="{wide:.0f}" height="54" rx="9" fill="url(#metal)"'
                f' stroke="{shift(look.metal, -0.5)}" stroke-width="1.5"/>'
            )
    links = "".join(rows)
    return f'<g>{links}</g><g transform="scale(1 -1)">{links}</g>'


def _lugs(look: Watch) -> str:
    if look.shape is Shape.TANK:
        return ""
    one = (
        f'<path d="M-232-170Q-205-300-150-318L-112-318L-112-235Z" fill="url(#metal)"'
        f' stroke="{shift(look.metal, -0.45)}" stroke-width="2"/>'
    )
    flips = ("", "scale(-1 1)", "scale(1 -1)", "scale(-1 -1)")
    crown = (
        f'<rect x="292" y="-34" width="46" height="68" rx="9" fill="url(#brushed)"'
        f' stroke="{shift(look.metal, -0.5)}" stroke-width="2"/>'
        + "".join(
            f'<path d="M298 {y}h38" stroke="{shift(look.metal, -0.45)}" stroke-width="2"/>'
            for y in range(-26, 30, 9)
        )
    )
    pushers = "".join(
        f'<rect x="262" y="-19" width="62" height="38" rx="8" fill="url(#brushed)" stroke="'
        f'{shift(look.metal, -0.5)}" stroke-width="2" transform="rotate({angle})"/>'
        for angle in ((-30, 30) if look.subdials else ())
    )
    return "".join(f'<g transform="{flip}">{one}</g>' for flip in flips) + crown + pushers


def _octagon(radius: float) -> str:
    points = (
        f"{radius * math.cos(a):.1f},{radius * math.sin(a):.1f}"
        for a in (math.pi / 8 + n * math.pi / 4 for n in range(8))
    )
    return " ".join(points)


def _case(look: Watch) -> str:
    edge = shift(look.metal, -0.45)
    if look.shape is Shape.TANK:
        return (
            f'<rect x="-205" y="-292" width="410" height="584" rx="34" fill="url(#metal)" stroke="{edge}"'
            f' stroke-width="2"/><rect x="-150" y="-292" width="300" height="584" fill="url(#brushed)"'
            f' opacity=".55"/><circle cx="222" cy="0" r="24" fill="url(#metal)" stroke="{edge}"/>'
            '<circle cx="228" cy="0" r="11" fill="#31518f"/>'
        )
    if look.shape is Shape.CUSHION:
        return (
            f'<rect x="-300" y="-300" width="600" height="600" rx="190" fill="url(#metal)" stroke="{edge}"'
            ' stroke-width="2"/><circle r="262" fill="url(#brushed)"/>'
        )
    if look.shape is Shape.OCTAGON:
        screws = "".join(
            f'<circle cy="-262" r="12" fill="{shift(look.metal, 0.4)}" stroke="{edge}" stroke-width="2"'
            f' transform="rotate({angle})"/>'
            for angle in range(0, 360, 45)
        )
        return (
            f'<circle r="300" fill="url(#metal)"/><polygon points="{_octagon(306)}" fill="url(#brushed)"'
            f' stroke="{edge}" stroke-width="3" stroke-linejoin="round"/>{screws}'
        )
    return (
        f'<circle r="300" fill="url(#metal)" stroke="{edge}" stroke-width="2"/>'
        + '<circle r="284" fill="url(#brushed)"/>'
        + _rim(look)
    )


def _rim(look: Watch) -> str:
    if look.bezel is Bezel.FLUTED:
        teeth = "".join(
            f'<path d="M0-286L7-236L-7-236Z" fill="{shift(look.metal, 0.55 if n % 2 else -0.35)}"'
            f' transform="rotate({n * 4.5})"/>'
            for n in range(80)
        )
        return f'<circle r="286" fill="{look.metal}"/>{teeth}'
    if look.bezel is Bezel.SCALE and look.rim:
        upper, lower = look.rim[0], look.rim[-1]
        scale = "".join(
            f'<path d="M0-278v{26 if n % 5 == 0 else 13}" stroke="#f2efe8" stroke-width='
            f'"{7 if n % 5 == 0 else 2.5}" transform="rotate({n * 6})"/>'
            for n in range(60)
        )
        return (
            f'<path d="M-282 0A282 282 0 0 1 282 0Z" fill="{upper}"/>'
            f'<path d="M-282 0A282 282 0 0 0 282 0Z" fill="{lower}"/>{scale}'
            '<path d="M-200-199A282 282 0 0 1 60-275" stroke="#ffffff" stroke-opacity=".25"'
            ' stroke-width="26" fill="none"/>'
        )
    return ""


def _dial(look: Watch) -> str:
    edge = shift(look.metal, -0.4)
    if look.shape is Shape.TANK:
        return (
            f'<rect x="-138" y="-222" width="276" height="444" rx="8" fill="url(#dial)" stroke="{edge}"'
            ' stroke-width="4"/><rect x="-62" y="-112" width="124" height="224" fill="none"'
            ' stroke="#4a4742" stroke-width="3"/>'
        )
    return f'<circle r="236" fill="url(#dial)" stroke="{edge}" stroke-width="7"/>'


def _marks(look: Watch) -> str:
    if look.shape is Shape.TANK:
        numerals = []
        for hour in range(12):
            angle = math.radians(hour * 30)
            x, y = 108 * math.sin(angle) * 1.1, -178 * math.cos(angle)
            numerals.append(
                f'<path d="M{x - 7:.0f} {y - 20:.0f}v40M{x + 4:.0f} {y - 20:.0f}v40" stroke="#26241f"'
                ' stroke-width="6"/>'
            )
        return "".join(numerals)
    hours = "".join(
        f'<rect x="{-14 if n % 3 == 0 else -8}" y="-214" width="{28 if n % 3 == 0 else 16}" height="44"'
        f' rx="4" fill="{look.marks}" stroke="{shift(look.metal, -0.3)}" stroke-width="2"'
        f' transform="rotate({n * 30})"/>'
        for n in range(12)
    )
    minutes = "".join(
        f'<path d="M0-228v9" stroke="{look.marks}" stroke-width="2" transform="rotate({n * 6})"/>'
        for n in range(60)
    )
    return hours + minutes


def _subdials(look: Watch) -> str:
    places = {0: (), 2: ((0, -96), (0, 96)), 3: ((-98, 0), (98, 0), (0, 98))}[look.subdials]
    ring = shift(look.dial, -0.55 if look.dial > "#888888" else 0.55)
    return "".join(
        f'<g transform="translate({x} {y})"><circle r="58" fill="{shift(look.dial, -0.12)}" stroke="{ring}"'
        ' stroke-width="9"/><circle r="46" fill="none" stroke="#ffffff" stroke-opacity=".18"/>'
        f'<path d="M0 12V-42" stroke="{look.hands}" stroke-width="5" transform="rotate({70 + 97 * n})"/></g>'
        for n, (x, y) in enumerate(places)
    )


def _hands(look: Watch) -> str:
    """Ten past ten, as in every shop window."""
    size = 0.8 if look.shape is Shape.TANK else 1.0
    colour, edge = look.hands, "#3b3833"
    second = (
        ""
        if look.shape is Shape.TANK
        else (f'<path d="M0 52V-200" stroke="{colour}" stroke-width="3" transform="rotate(218)"/>')
    )
    return (
        f'<g transform="scale({size})">'
        f'<path d="M-9 22L-7-118L0-132L7-118L9 22Z" fill="{colour}" stroke="{edge}" stroke-width="2"'
        ' transform="rotate(-58)"/>'
        f'<path d="M-8 26L-6-178L0-194L6-178L8 26Z" fill="{colour}" stroke="{edge}" stroke-width="2"'
        f' transform="rotate(54)"/>{second}<circle r="13" fill="{colour}" stroke="{edge}"'
        ' stroke-width="2"/></g>'
    )


def _glass(look: Watch) -> str:
    if look.shape is Shape.TANK:
        return '<path d="M-138-222H60L-138 90Z" fill="url(#glass)"/>'
    return '<path d="M-196-130A236 236 0 0 1 150-182Q-40-90-196-130Z" fill="url(#glass)"/>'
