"""Which required shots are there: by the code in a name, or a part only one shot is about."""

from hypothesis import given
from hypothesis import strategies as st

from catalog.grading.checklists import CHECKLISTS
from catalog.items.kinds import Category
from media.assets.kinds import AssetKind, Part
from media.intake.shots import Taken, shown

FILM, STILL = AssetKind.FILM, AssetKind.STILL


def test_a_shot_code_in_the_name_is_the_shot() -> None:
    found = shown(Category.WATCH, [Taken("W-10234_bezel-macro_01.JPG", None, STILL)])
    assert found.taken == {"bezel_macro"}


def test_a_part_that_one_shot_alone_is_about_is_that_shot() -> None:
    assert shown(Category.WATCH, [Taken("a.jpg", "case_back", STILL)]).taken == {"case_back"}
    assert shown(Category.WATCH, [Taken("a.jpg", "case", STILL)]).taken == frozenset()
    assert shown(Category.WATCH, [Taken("a.mp4", "dial", FILM)]).taken == {"running_film"}


def test_a_picture_is_no_film() -> None:
    assert shown(Category.WATCH, [Taken("running_film.jpg", None, STILL)]).taken == frozenset()


@given(
    category=st.sampled_from(Category),
    captures=st.lists(
        st.builds(
            Taken,
            st.text(max_size=30),
            st.none() | st.sampled_from([each.value for each in Part]),
            st.sampled_from(AssetKind),
        ),
        max_size=6,
    ),
)
def test_only_shots_of_the_checklist_and_more_captures_show_no_less(
    category: Category, captures: list[Taken]
) -> None:
    found = shown(category, captures).taken
    assert found <= CHECKLISTS[category].shot_codes
    assert shown(category, captures[:-1]).taken <= found
