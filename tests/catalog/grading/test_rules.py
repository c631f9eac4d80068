"""Grades from axes, what photos are worth, and the gate before a piece is listed (R-084, R-092)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.grading.checklists import CHECKLISTS
from catalog.grading.rubric import BY_CATEGORY, GRADES, score_told
from catalog.grading.rules import (
    AxisMalformed,
    Evidence,
    GradeFacts,
    Region,
    Seen,
    ShotFacts,
    Standing,
    capped,
    check_axes,
    list_price,
    missing_shots,
    needs_second,
    one_worse,
    overall,
    provisional,
    publish_gate,
    without_evidence,
    worn,
)
from catalog.grading.scale import BEST_FIRST, Grade
from catalog.ground.money import BasisPoints, Yen
from catalog.ground.record import AssetId
from catalog.items.kinds import Category

CATEGORIES = st.sampled_from(list(Category))
SHOWN = (Evidence(AssetId("A1"), Region(0, 0, 10, 10)),)


def best(category: Category) -> dict[str, int]:
    return {axis.id: axis.best for axis in CHECKLISTS[category].axes}


def all_shots(category: Category) -> ShotFacts:
    return ShotFacts(CHECKLISTS[category].shot_codes)


@st.composite
def scored(draw: st.DrawFn) -> tuple[Category, dict[str, int]]:
    category = draw(CATEGORIES)
    return category, {
        axis.id: draw(st.integers(0, axis.best)) for axis in CHECKLISTS[category].axes
    }


def test_the_checklists_ask_for_what_the_shop_promised() -> None:
    counts = {category: len(CHECKLISTS[category].shots) for category in Category}
    assert list(counts.values()) == [14, 7, 14, 8]
    assert {category: len(CHECKLISTS[category].axes) for category in Category} == {
        Category.WATCH: 9,
        Category.DIAMOND: 6,
        Category.BAG: 8,
        Category.APPAREL: 7,
    }
    for checklist in CHECKLISTS.values():
        assert len(checklist.shot_codes) == len(checklist.shots)
        assert len({axis.id for axis in checklist.axes}) == len(checklist.axes)
        assert {axis.best for axis in checklist.axes if axis.id != "odour"} == {5}
        assert {axis.best for axis in checklist.axes if axis.id == "odour"} <= {3}
        assert checklist.must_record


def test_every_grade_and_score_has_its_words() -> None:
    """R-085."""
    assert set(GRADES) == set(Grade)
    for category in Category:
        assert set(BY_CATEGORY[category]) == set(Grade)
        for axis in CHECKLISTS[category].axes:
            assert all(score_told(axis.id, score) for score in range(axis.best + 1))


@pytest.mark.parametrize(
    ("axes", "grade"),
    [
        ({}, Grade.S),
        ({"case": 4}, Grade.A),
        ({"case": 3}, Grade.A),  # alone two steps below the rest: one step above itself
        ({"case": 3, "dial": 3}, Grade.AB),
        ({"case": 3, "dial": 4}, Grade.AB),  # one step below the next
        ({"case": 0}, Grade.BC),
        ({"case": 0, "dial": 1}, Grade.C),
        ({"case": 0, "dial": 2}, Grade.BC),
    ],
)
def test_the_worst_axis_makes_the_grade_and_one_that_stands_alone_is_capped(
    axes: dict[str, int], grade: Grade
) -> None:
    assert overall(Category.WATCH, Seen({**best(Category.WATCH), **axes})) is grade


def test_new_and_broken_are_seen_not_scored() -> None:
    flawless = best(Category.BAG)
    assert overall(Category.BAG, Seen(flawless, is_new=True)) is Grade.N
    assert overall(Category.BAG, Seen({**flawless, "odour": 2}, is_new=True)) is Grade.A
    assert overall(Category.BAG, Seen(flawless, for_parts=True)) is Grade.J


@given(scored())
def test_a_grade_is_the_worst_axis_or_one_step_above_it(
    told: tuple[Category, dict[str, int]],
) -> None:
    category, axes = told
    ranks = sorted(
        BEST_FIRST.index(axis.grade(axes[axis.id])) for axis in CHECKLISTS[category].axes
    )
    rank = BEST_FIRST.index(overall(category, Seen(axes)))
    stands_alone = ranks[-1] - ranks[-2] >= 2
    assert rank == ranks[-1] - stands_alone


@given(scored(), st.data())
def test_a_better_score_never_makes_a_worse_grade(
    told: tuple[Category, dict[str, int]], data: st.DataObject
) -> None:
    category, axes = told
    axis = data.draw(st.sampled_from(CHECKLISTS[category].axes))
    better = {**axes, axis.id: data.draw(st.integers(axes[axis.id], axis.best))}
    before, after = overall(category, Seen(axes)), overall(category, Seen(better))
    assert BEST_FIRST.index(after) <= BEST_FIRST.index(before)


@given(st.lists(st.sampled_from(BEST_FIRST), min_size=1, max_size=9), st.randoms())
def test_the_order_of_the_axes_does_not_matter(grades: list[Grade], chance: object) -> None:
    mixed = list(grades)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    assert capped(mixed) is capped(grades)


@given(scored(), st.booleans())
def test_photos_are_worth_one_step_less_while_shots_are_missing(
    told: tuple[Category, dict[str, int]], is_complete: bool
) -> None:
    category, axes = told
    shots = all_shots(category) if is_complete else ShotFacts(frozenset({"front"}))
    grade = provisional(category, Seen(axes, is_new=True), shots)
    plain = overall(category, Seen(axes))
    assert grade is (plain if is_complete else one_worse(plain))
    assert grade is not Grade.N


@pytest.mark.parametrize(
    "axes", [{"case": 6}, {"case": -1}, {"case": True}, {"odour": 1}, {"case": 5}]
)
def test_scores_that_cannot_be_are_refused(axes: dict[str, int]) -> None:
    with pytest.raises(AxisMalformed):
        check_axes(Category.WATCH, axes)


def test_a_region_lies_on_the_picture() -> None:
    for region in ((-1, 0, 1, 1), (0, 0, 0, 1)):
        with pytest.raises(AxisMalformed):
            Region(*region)


def test_the_reasons_come_worst_first() -> None:
    axes = {**best(Category.WATCH), "case": 3, "dial": 1, "crown": 4}
    assert [axis.id for axis in worn(Category.WATCH, axes)] == ["dial", "case", "crown"]
    assert without_evidence(Category.WATCH, Seen(axes, {"case": SHOWN})) == ["dial", "crown"]


def graded(seen: Seen, standing: Standing = Standing.FINAL, graders: int = 1) -> GradeFacts:
    return GradeFacts(Grade.A, standing, graders, seen)


def test_a_piece_with_grade_evidence_shots_and_ledger_row_passes() -> None:
    axes = {**best(Category.BAG), "corners": 3}
    facts = graded(Seen(axes, {"corners": SHOWN}))
    shots = all_shots(Category.BAG)
    assert publish_gate(Category.BAG, facts, shots, has_ledger_row=True) == []
    assert publish_gate(Category.BAG, facts, shots, has_ledger_row=True, is_dear=True) == [
        "second_grader"
    ]


def test_everything_that_is_missing_is_named() -> None:
    axes = {**best(Category.BAG), "corners": 3}
    shots = ShotFacts(CHECKLISTS[Category.BAG].shot_codes - {"base", "code"})
    assert publish_gate(Category.BAG, graded(Seen(axes)), shots, has_ledger_row=False) == [
        "evidence:corners",
        "shot:base",
        "shot:code",
        "ledger_row",
    ]
    for nothing in (None, graded(Seen(axes), Standing.PROVISIONAL), graded(Seen({}))):
        told = publish_gate(Category.BAG, nothing, all_shots(Category.BAG), has_ledger_row=True)
        assert told[0] == "grade"
    for waiting in (Standing.FIRST, Standing.DIFFERS):
        told = publish_gate(
            Category.BAG,
            graded(Seen(best(Category.BAG)), waiting),
            all_shots(Category.BAG),
            has_ledger_row=True,
        )
        assert told == ["second_grader"]


@given(CATEGORIES, st.sets(st.text(max_size=5)))
def test_unknown_shots_do_not_count(category: Category, codes: set[str]) -> None:
    required = CHECKLISTS[category].shot_codes
    missing = missing_shots(category, ShotFacts(frozenset(codes)))
    assert set(missing) == required - codes


def test_dear_pieces_begin_at_the_limit() -> None:
    """R-092."""
    limit = Yen(1_000_000)
    values = (None, Yen(999_999), limit)
    assert [needs_second(value, limit=limit) for value in values] == [False, False, True]


@pytest.mark.parametrize(
    ("reference", "bps", "price"),
    [(1_500_000, 9_400, 1_410_000), (600_000, 7_300, 438_000), (99_999, 10_000, 99_900)],
)
def test_a_grade_suggests_a_list_price(reference: int, bps: int, price: int) -> None:
    """R-086."""
    assert list_price(Yen(reference), BasisPoints(bps)) == price
