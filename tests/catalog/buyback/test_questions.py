"""What a seller is asked, and what the answers are worth before a piece is seen (R-056)."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from catalog.buyback.questions import (
    QUESTIONS,
    YES,
    declared,
    is_choice,
    next_question,
)
from catalog.buyback.rules import Evidence, Piece, buyback_quote
from catalog.buyback.terms import QuoteTerms
from catalog.grading.scale import Grade
from catalog.ground.money import Yen
from catalog.ground.policy import DEFAULTS
from catalog.items.kinds import Category

TERMS = DEFAULTS.of(QuoteTerms)


@st.composite
def told(draw: st.DrawFn) -> tuple[Category, dict[str, Any]]:
    """A category with some of its questions answered."""
    category = draw(st.sampled_from(Category))
    answers = {
        each.id: draw(st.sampled_from(each.choices))
        for each in QUESTIONS[category]
        if draw(st.booleans())
    }
    return category, answers


@given(told())
def test_every_answer_can_be_priced(given_: tuple[Category, dict[str, Any]]) -> None:
    category, answers = given_
    made = declared(category, answers, is_whole=True)
    piece = Piece(category, made.grade, made.age_years, None, made.missing)
    price = buyback_quote(
        TERMS, piece, reference=Yen(1_000_000), evidence=Evidence.PARTIAL, customer_margin=Yen(0)
    )
    assert price.buyback is not None


@given(told())
def test_missing_pictures_never_make_a_piece_better(
    given_: tuple[Category, dict[str, Any]],
) -> None:
    category, answers = given_
    grades = list(Grade)
    whole = declared(category, answers, is_whole=True)
    part = declared(category, answers, is_whole=False)
    assert grades.index(part.grade) >= grades.index(whole.grade)
    assert whole.missing == part.missing


@given(told())
def test_each_question_is_asked_once(given_: tuple[Category, dict[str, Any]]) -> None:
    category, answers = given_
    asked = []
    while (question := next_question(category, answers)) is not None:
        asked.append(question.id)
        answers = {**answers, question.id: question.choices[0]}
    assert len(asked) == len(set(asked))
    assert answers.keys() == {each.id for each in QUESTIONS[category]}


def test_what_was_told_of_a_watch() -> None:
    answers = {"condition": "fine", "warranty_card": YES, "box": "no", "years": "5"}
    made = declared(Category.WATCH, answers, is_whole=True)
    assert (made.grade, made.age_years, made.missing) == (Grade.A, 5, {"box"})
    assert declared(Category.WATCH, answers, is_whole=False).grade is Grade.AB
    assert declared(Category.WATCH, {}, is_whole=True).missing == {"warranty_card", "box"}


def test_only_known_answers_are_answers() -> None:
    assert is_choice(Category.WATCH, "box", "no")
    assert not is_choice(Category.APPAREL, "box", "no")
    assert not is_choice(Category.WATCH, "condition", "brand new, I swear")
