"""A mask never hides less than was drawn, in any size (evidence rule 10)."""

from hypothesis import given
from hypothesis import strategies as st

from media.decoding.masking import WHOLE, Mask, filters, pixels, told

SIDES = st.integers(1, 12_000)
MASKS = st.builds(
    lambda x, y, width, height: Mask(x, y, min(width, WHOLE - x), min(height, WHOLE - y)),
    st.integers(0, WHOLE - 1),
    st.integers(0, WHOLE - 1),
    st.integers(1, WHOLE),
    st.integers(1, WHOLE),
)


@given(MASKS, SIDES, SIDES)
def test_in_pixels_it_covers_all_that_was_drawn_and_stays_inside(
    mask: Mask, width: int, height: int
) -> None:
    assert mask.is_inside
    left, top, across, down = pixels(mask, width, height)
    for begin, size, side, at, reach in (
        (left, across, width, mask.x, mask.width),
        (top, down, height, mask.y, mask.height),
    ):
        assert begin >= 0 and size >= 1 and begin + size <= side
        assert begin * WHOLE <= at * side
        assert (begin + size) * WHOLE >= (at + reach) * side
        assert size <= reach * side / WHOLE + 2


@given(st.lists(MASKS, max_size=4), SIDES, SIDES)
def test_a_decoder_is_given_numbers_only(masks: list[Mask], width: int, height: int) -> None:
    """Rule 5: no words of a person reach a filter."""
    assert set(told(masks)) <= set("0123456789,;")
    given_ = filters(masks, width, height)
    assert given_.count("drawbox") == len(masks)
    assert set(given_.replace(",drawbox=", "").replace("color=black:t=fill", "")) <= set(
        "xywh=:0123456789"
    )
