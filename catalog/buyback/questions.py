"""What a seller is asked about a piece's condition (状態の質問), and what the shop makes of the
answers until an appraiser has seen it (R-056).

Every question is a choice, so that the answer can be held against what is found. What nobody
answered counts against the price, never for it. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from catalog.grading.scale import Grade
from catalog.items.kinds import Category

CONDITION = "condition"  # how it differs from a new one
ALTERED = "altered"  # polished, repaired, taken in
YEARS = "years"
YES, NO, UNKNOWN = "yes", "no", "unknown"
_HAS = (YES, NO, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its choices; an accessory's is its own name."""

    id: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What a price may rest on before the piece is seen. `missing`: accessories."""

    grade: Grade
    age_years: int
    missing: frozenset[str]


_GRADES = MappingProxyType(
    {
        "unused": Grade.S,
        "fine": Grade.A,
        "light_marks": Grade.AB,
        "worn": Grade.B,
        "damaged": Grade.C,
        "broken": Grade.J,
    }
)
_UNTOLD = Grade.BC
_AGES = MappingProxyType({"1": 1, "5": 5, "10": 10, "20": 20, UNKNOWN: 10})
_CONDITION = Question(CONDITION, tuple(_GRADES))
_ALTERED = Question(ALTERED, _HAS)
_YEARS = Question(YEARS, tuple(_AGES))

# Of the accessories only those that weigh; the appraiser looks for the others.
QUESTIONS = MappingProxyType(
    {
        Category.WATCH: (
            _CONDITION, Question("warranty_card", _HAS), Question("box", _HAS), _ALTERED, _YEARS,
        ),
        Category.DIAMOND: (_CONDITION, Question("grading_report", _HAS), _ALTERED),
        Category.BAG: (
            _CONDITION, Question("authenticity_card", _HAS), Question("strap", _HAS), _ALTERED,
            _YEARS,
        ),
        Category.APPAREL: (_CONDITION, Question("tag", _HAS), _ALTERED, _YEARS),
    }
)  # fmt: skip
_ACCESSORIES = frozenset({"warranty_card", "box", "grading_report", "authenticity_card", "strap",
                          "tag"})  # fmt: skip


def next_question(category: Category, answers: Mapping[str, Any]) -> Question | None:
    """The first that is not answered yet."""
    return next((each for each in QUESTIONS[category] if each.id not in answers), None)


def is_choice(category: Category, question: str, choice: str) -> bool:
    """Whether that is one of the answers to a question of the category."""
    return any(each.id == question and choice in each.choices for each in QUESTIONS[category])


def declared(category: Category, answers: Mapping[str, Any], *, is_whole: bool) -> Declared:
    """The grade, age and missing parts to reckon with. Where pictures are missing (`is_whole`
    False) the grade is one step worse than told.
    """
    grades = list(Grade)
    told = _GRADES.get(str(answers.get(CONDITION)), _UNTOLD)
    place = grades.index(told) + (0 if is_whole else 1)
    asked = [each.id for each in QUESTIONS[category] if each.id in _ACCESSORIES]
    return Declared(
        grade=grades[min(place, len(grades) - 1)],
        age_years=_AGES.get(str(answers.get(YEARS)), _AGES[UNKNOWN]),
        missing=frozenset(each for each in asked if answers.get(each) != YES),
    )
