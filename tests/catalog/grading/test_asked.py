"""What pictures somebody at home is asked for, and what those that came show (R-039)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.grading.asked import Picture, covered, shots_of
from catalog.grading.checklists import CHECKLISTS
from catalog.items.kinds import Category

PICTURES = st.lists(st.builds(Picture, st.sampled_from("abcdefgh"), st.booleans()), max_size=20)


@pytest.mark.parametrize("category", Category)
def test_what_is_asked_is_part_of_the_checklist_and_no_film(category: Category) -> None:
    shots = shots_of(category)
    assert len(shots) >= 4
    assert {shot.code for shot in shots} <= CHECKLISTS[category].shot_codes
    assert not any(shot.is_film for shot in shots)


@given(st.sampled_from(Category), PICTURES)
def test_shown_and_missing_are_all_that_is_asked(
    category: Category, pictures: list[Picture]
) -> None:
    seen = covered(category, pictures)
    asked = {shot.code for shot in shots_of(category)}
    assert set(seen.shown) | set(seen.missing) == asked
    assert not set(seen.shown) & set(seen.missing)
    assert set(seen.blurred) <= set(seen.missing)
    assert len(seen.shown) <= sum(each.is_sharp for each in pictures)


@given(st.sampled_from(Category), PICTURES, st.booleans())
def test_another_picture_never_takes_a_shot_away(
    category: Category, pictures: list[Picture], is_sharp: bool
) -> None:
    before = covered(category, pictures)
    after = covered(category, [*pictures, Picture("later", is_sharp)])
    assert set(before.shown) <= set(after.shown)
    if is_sharp and before.missing:
        assert len(after.shown) == len(before.shown) + 1


def test_a_blurred_one_of_a_set_leaves_its_own_shot_missing() -> None:
    sent = [Picture("set", True), Picture("set", False), Picture("set", True)]
    seen = covered(Category.WATCH, sent)
    assert seen.shown == ("dial", "side_crown")
    assert seen.blurred == ("case_back",)
    assert seen.missing[0] == "case_back"
    again = covered(Category.WATCH, [*sent, Picture("one", True)])
    assert again.blurred == () and "case_back" in again.shown


def test_every_shot_in_turn_makes_it_whole() -> None:
    sent = [Picture(str(n), True) for n in range(6)]
    assert covered(Category.WATCH, sent).is_whole
    assert not covered(Category.WATCH, sent[:5]).is_whole
