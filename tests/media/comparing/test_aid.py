"""The aid (evidence check 25; R-018): what is new is pointed at, what was there is not,
and whatever it says is no verdict.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from media.decoding import comparing
from media.decoding.comparing import Box, NotComparable
from tests.browser.chromium import without

if not comparing.is_there():
    without("opencv (the extra `compare`)")

from tests.media.comparing.watches import NEW, OLD, WIDTH, Line, shot, watch

REACH = 15 / WIDTH


def _seen(boxes: Sequence[Box], lines: Sequence[Line]) -> int:
    """Of how many lines the middle lies in a box."""
    middles = [((a[0] + b[0]) / 2 / WIDTH, (a[1] + b[1]) / 2 / WIDTH) for a, b in lines]
    return sum(
        any(
            box.x - REACH <= x <= box.x + box.width + REACH
            and box.y - REACH <= y <= box.y + box.height + REACH
            for box in boxes
        )
        for x, y in middles
    )


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shot(tmp_path_factory.mktemp("aid") / "earlier.jpg", watch(OLD), seed=1)


@pytest.mark.parametrize(
    "taken",
    [
        {},
        {"degrees": 4.0, "shift": (25.0, -18.0)},
        {"degrees": 170.0, "blur": 1.2, "gain": 0.8},
        pytest.param({"degrees": 25.0, "slope": 0.2}, marks=pytest.mark.soak),
    ],
)
def test_new_scratches_are_pointed_at_and_old_ones_not(
    earlier: Path, tmp_path: Path, taken: dict[str, float]
) -> None:
    later = shot(tmp_path / "later.jpg", watch([*OLD, *NEW]), seed=99, **taken)  # type: ignore[arg-type]  # facts of a shot
    laid = comparing.compare(earlier, later)
    assert laid.matrix is not None
    assert _seen(laid.boxes, NEW) == len(NEW)
    assert _seen(laid.boxes, OLD) == 0
    assert len(laid.boxes) <= len(NEW) + 2


@pytest.mark.parametrize("taken", [{}, {"degrees": 4.0, "slope": 0.2}])
def test_what_did_not_change_points_at_nothing(
    earlier: Path, tmp_path: Path, taken: dict[str, float]
) -> None:
    laid = comparing.compare(earlier, shot(tmp_path / "later.jpg", watch(OLD), seed=7, **taken))  # type: ignore[arg-type]  # facts of a shot
    assert laid.inliers > 100
    assert list(laid.boxes) == []


def test_a_scratch_that_is_gone_is_no_new_damage(earlier: Path, tmp_path: Path) -> None:
    polished = shot(tmp_path / "later.jpg", watch(), seed=7)
    assert list(comparing.compare(earlier, polished).boxes) == []


def test_two_that_show_different_things_are_not_laid_over_each_other(
    earlier: Path, tmp_path: Path
) -> None:
    import cv2
    import numpy

    flat = tmp_path / "flat.png"
    cv2.imwrite(str(flat), numpy.full((900, 1200), 128, "uint8"))
    laid = comparing.compare(earlier, flat)
    assert (laid.matrix, laid.inliers, list(laid.boxes)) == (None, 0, [])


def test_what_is_no_picture_is_told_as_such(earlier: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff" + bytes(1000))
    with pytest.raises(NotComparable):
        comparing.compare(earlier, broken)
