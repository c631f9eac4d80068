"""Two points of each lay one picture over the other (R-018), whatever shift, turn and scale."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.comparing.rules import ALIKE, Laying, PointsMalformed, laying, of_matrix

PLACES = st.tuples(st.floats(0, 1), st.floats(0, 1.5))
LAYINGS = st.builds(
    Laying,
    scale=st.floats(0.1, 10),
    degrees=st.floats(-179, 179),
    x=st.floats(-1, 1),
    y=st.floats(-1, 1),
)


@given(LAYINGS, PLACES)
def test_there_and_back_is_where_it_was(told: Laying, place: tuple[float, float]) -> None:
    assert told.back().at(told.at(place)) == pytest.approx(place, abs=1e-6)


@given(
    st.builds(
        Laying,
        scale=st.floats(0.3, 3),
        degrees=st.floats(-179, 179),
        x=st.floats(-0.5, 0.5),
        y=st.floats(-0.5, 0.5),
    ),
    PLACES,
)
def test_two_points_tell_where_every_other_one_is(told: Laying, place: tuple[float, float]) -> None:
    marks = [(0.2, 0.3), (0.8, 0.4)]
    found = laying([*marks, *(told.at(each) for each in marks)])
    assert found.at(place) == pytest.approx(told.at(place), abs=1e-6)


@pytest.mark.parametrize(
    "points",
    [
        [], [[0, 0]] * 3, [[0, 0], [1, 1], [0, 0]], [[0, 0], [0, 0], [0, 0], [1, 1]],
        [[0, 0], [1, 1], [0.5, 0.5], [0.5, 0.5]], [[0, 0], [1, 1], [0, 0], [1, math.nan]],
        [[0, 0], [1, 1], [0, 0], [1, math.inf]], [[0, 0], [1, 1], [0, 0], [1, 1e9]],
        [[0], [1, 1], [0, 0], [1, 1]], [[0, 0], [1, 1], [0, 0], [1, 1], [2, 2]],
    ],
)  # fmt: skip
def test_points_that_tell_nothing_are_refused(points: list[list[float]]) -> None:
    with pytest.raises(PointsMalformed):
        laying(points)


def test_a_homography_that_changes_nothing_lays_nothing_otherwise() -> None:
    found = of_matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]], height=0.75)
    assert (found.scale, found.degrees, found.x, found.y) == pytest.approx(
        (ALIKE.scale, ALIKE.degrees, ALIKE.x, ALIKE.y)
    )
    with pytest.raises(PointsMalformed):
        of_matrix([[0, 0, 0], [0, 0, 0], [0, 0, 0]], height=0.75)
