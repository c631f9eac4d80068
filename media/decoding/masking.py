"""Rectangles that hide a part of a picture or film (マスク): serial numbers, names, addresses.

Pure. Places are told in ten-thousandths of the upright picture's sides, so that one rectangle fits
every size made of it; in pixels it is rounded outward.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WHOLE = 10_000


@dataclass(frozen=True, slots=True, order=True)
class Mask:
    """One rectangle: where its upper left corner is, how wide and high it is."""

    x: int
    y: int
    width: int
    height: int

    @property
    def is_inside(self) -> bool:
        """Whether it hides something and lies in the picture."""
        return (
            self.x >= 0
            and self.y >= 0
            and self.width > 0
            and self.height > 0
            and self.x + self.width <= WHOLE
            and self.y + self.height <= WHOLE
        )


def pixels(mask: Mask, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, width and height in a picture of that size; never less than it hides."""
    left, top = mask.x * width // WHOLE, mask.y * height // WHOLE
    right = -(-(mask.x + mask.width) * width // WHOLE)
    bottom = -(-(mask.y + mask.height) * height // WHOLE)
    return left, top, max(1, right - left), max(1, bottom - top)


def told(masks: Sequence[Mask]) -> str:
    """For the jailed child: `x,y,width,height` of each, numbers only."""
    return ";".join(f"{each.x},{each.y},{each.width},{each.height}" for each in masks)


def filters(masks: Sequence[Mask], width: int, height: int) -> str:
    """For ffmpeg, behind what brings a film to that size: numbers only, never a person's words."""
    return "".join(
        ",drawbox=x={}:y={}:w={}:h={}:color=black:t=fill".format(*pixels(each, width, height))
        for each in masks
    )
