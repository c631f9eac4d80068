"""How one picture lies over another, by two points of each (位置合わせ). Pure.

A point is (x, y) in widths of its picture, so that a circle stays one whatever the shape of the
picture. Two points give a shift, a turn and a scale; no more can be told from them.
"""

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.ground.errors import Malformed

_NEAREST = 0.01  # of a width: nearer than this, a point's error is the whole answer
_MOST = 4.0  # widths: no picture is so much higher than wide
_MOST_SCALE = 50.0

Point = tuple[float, float]


class PointsMalformed(Malformed):
    """Not two points of each picture, or two that lie on each other."""

    def __init__(self) -> None:
        super().__init__("two points of each picture are needed, apart from each other")


@dataclass(frozen=True, slots=True)
class Laying:
    """From the earlier picture to the later: turn by `degrees` and scale, then shift."""

    scale: float
    degrees: float
    x: float
    y: float

    def at(self, point: Point) -> Point:
        """Where a point of the earlier picture is in the later one."""
        turned = complex(*point) * cmath.rect(self.scale, math.radians(self.degrees))
        return turned.real + self.x, turned.imag + self.y

    def back(self) -> "Laying":
        """From the later picture to the earlier."""
        turn = cmath.rect(1 / self.scale, -math.radians(self.degrees))
        moved = -complex(self.x, self.y) * turn
        return Laying(1 / self.scale, -self.degrees, moved.real, moved.imag)


ALIKE = Laying(1.0, 0.0, 0.0, 0.0)


def laying(points: Sequence[Sequence[float]]) -> Laying:
    """By `[earlier, earlier, later, later]`. Raises PointsMalformed."""
    if len(points) != 4 or any(len(each) != 2 for each in points):
        raise PointsMalformed
    told = [value for each in points for value in each]
    if not all(math.isfinite(value) and -_MOST <= value <= 2 * _MOST for value in told):
        raise PointsMalformed
    a, b, c, d = (complex(*each) for each in points)
    if abs(b - a) < _NEAREST or abs(d - c) < _NEAREST:
        raise PointsMalformed
    turn = (d - c) / (b - a)
    if not 1 / _MOST_SCALE <= abs(turn) <= _MOST_SCALE:
        raise PointsMalformed
    moved = c - a * turn
    return Laying(abs(turn), math.degrees(cmath.phase(turn)), moved.real, moved.imag)


def of_matrix(matrix: Sequence[Sequence[float]], *, height: float) -> Laying:
    """The nearest such laying to a homography that leads from the later picture to the earlier; by
    two points of its middle. `height` of the later picture, in its widths. Raises PointsMalformed.
    """
    there = [(0.3, height * 0.5), (0.7, height * 0.5)]
    here = [_led(matrix, each) for each in there]
    return laying([*here, *there])


def _led(matrix: Sequence[Sequence[float]], point: Point) -> Point:
    x, y, over = (row[0] * point[0] + row[1] * point[1] + row[2] for row in matrix)
    if abs(over) < 1e-9:
        raise PointsMalformed
    return x / over, y / over
