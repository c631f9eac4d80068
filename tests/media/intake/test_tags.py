"""Tags: what is printed is read, what is misread says nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.intake import tags

codes = st.builds(
    lambda letters, number: f"{letters}-{number}",
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=4),
    st.integers(min_value=0, max_value=10**12 - 1),
)


@given(codes)
def test_what_is_printed_is_read(code: str) -> None:
    assert tags.read(tags.payload(code)) == code


@given(codes, st.data())
def test_one_wrong_character_is_noticed(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code) - 1).filter(lambda place: code[place] != "-"))
    letters = "0123456789" if code[at].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    other = data.draw(st.sampled_from(letters).filter(lambda each: each != code[at]))
    misread = code[:at] + other + code[at + 1 :]
    assert tags.read(f"akashi:{misread}:{tags.check_character(code)}") is None


@given(codes)
def test_swapped_neighbours_are_noticed(code: str) -> None:
    letters, number = code.split("-")
    for at in range(len(number) - 1):
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        if swapped != number:
            assert tags.read(f"akashi:{letters}-{swapped}:{tags.check_character(code)}") is None


@pytest.mark.parametrize("text", ["", "https://example.com", "akashi:", "akashi:W-10234", "W-1"])
def test_other_codes_say_nothing(text: str) -> None:
    assert tags.read(text) is None


def test_a_tag_can_be_printed() -> None:
    assert tags.svg("W-10234").lstrip().startswith(b"<?xml")
    assert tags.png("W-10234").startswith(b"\x89PNG")
