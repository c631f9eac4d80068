"""What the reading reaches on messages and conversations nobody trained on (`bench/messages`); the
floors lie a little below what was measured, and harm is never allowed.
"""

import pytest

from bench.reading import Score, rows, scored
from conversations.understanding import classifier, encoder
from conversations.understanding.normal import classified, normal

needs_encoder = pytest.mark.skipif(
    not encoder.is_installed(), reason="the encoder extra is not installed"
)


@pytest.fixture(scope="module")
def score() -> Score:
    return scored(rows("messages"), rows("dialogues"))


@needs_encoder
@pytest.mark.parametrize(
    ("figure", "floor"),
    [
        ("intent", 0.92),
        ("intent ja", 0.92),
        ("intent worst language", 0.90),
        ("macro-F1", 0.92),
        ("kansai, kana, voice, typo", 0.90),
        ("slot F1", 0.96),
        ("exact frame", 0.90),
        ("out of scope recall", 0.82),
        ("flags found", 0.95),
        ("dialogue turns", 0.92),
        ("whole dialogues", 0.82),
        ("two intents", 0.62),
        ("language", 0.985),
    ],
)
def test_the_figures_hold(score: Score, figure: str, floor: float) -> None:
    assert score.figures()[figure] >= floor, "\n".join(score.wrong)


@needs_encoder
@pytest.mark.parametrize(
    ("figure", "most"), [("false rejects", 0.04), ("ECE", 0.07), ("false flags", 0.01)]
)
def test_what_should_be_rare_is(score: Score, figure: str, most: float) -> None:
    assert score.figures()[figure] <= most


def test_nothing_harmful_is_ever_read(score: Score) -> None:
    assert score.harmful == []


def test_without_the_encoder_the_n_grams_carry_it() -> None:
    kept = classifier.trained()
    floor = classifier.Classifier.__new__(classifier.Classifier)
    floor.__dict__.update({**kept.__dict__, "_ask": lambda: None})
    right = [
        floor.guess(classified(normal(row["text"]).folded), spoken=row["text"]).best
        == row["gold"]["intents"][0]
        for row in rows("messages")
        if "adversarial" not in row["tags"]
    ]
    assert sum(right) / len(right) >= 0.75
