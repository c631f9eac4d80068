"""What is said of selling fits its buttons in every language, and says the facts it was given."""

import inspect
from datetime import date, time
from typing import Any

import pytest

from bot.line.limits import LABEL_MOST
from catalog.buyback.questions import QUESTIONS
from catalog.buyback.stages import Stage
from catalog.buyback.transit import KitBox, RejectedChoice
from catalog.duties.rules import Channel
from catalog.duties.visits.actions import Scope
from catalog.grading.asked import shots_of
from catalog.items.kinds import Category
from conversations.wording.selling.voice import SellingVoice, voice

LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
FRIDAY = date(2026, 10, 9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_buttons_are_short_enough_to_be_read_whole(lang: str) -> None:
    words: Any = voice(lang)
    labels = [
        said(**({"amount": 12_345_678} if "amount" in parameters else {}))
        for name, said in inspect.getmembers(words, inspect.isfunction)
        if name.startswith("button_")
        and not {"wanted"} & (parameters := inspect.signature(said).parameters).keys()
    ]
    labels.append(words.button_counter(12_345_678))
    labels += [words.method(each.value) for each in Channel]
    labels += [words.box(each.value) for each in KitBox]
    labels += [words.scope(each.value) for each in Scope]
    labels += [words.rejected(each.value) for each in RejectedChoice]
    labels += [words.category(each.value) for each in Category]
    labels += [words.means(each) for each in ("bank", "credit", "split", "cash")]
    labels.append(words.day(FRIDAY))
    for questions in QUESTIONS.values():
        labels += [words.answer(each.id, choice) for each in questions for choice in each.choices]
    assert [label for label in labels if len(label) > LABEL_MOST] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_word(lang: str) -> None:
    words = voice(lang)
    stages = {words.stage(each.value) for each in Stage}
    assert len(stages) == len(Stage) and not any("_" in each for each in stages)
    for category in Category:
        assert words.category(category.value) != category.value
        for shot in shots_of(category):
            assert words.shot(shot.code) != shot.code or lang == "en"
        for question in QUESTIONS[category]:
            assert words.question(question.id) != question.id
            for choice in question.choices:
                assert words.answer(question.id, choice) != choice


@pytest.mark.parametrize("lang", LANGUAGES)
def test_amounts_and_days_are_told_as_given(lang: str) -> None:
    words: SellingVoice = voice(lang)
    said = words.ask_accept(
        "Daytona", 98_000, bank=48_000, credit=50_000, means="bank", pay_on=FRIDAY
    )
    assert all(each in said for each in ("Daytona", "98,000", "48,000", "50,000"))
    assert words.day(FRIDAY) in said
    free = words.ask_submit(
        ["Daytona"], "mail_in", rejected="return", on=None, scope=None, inbound=0, back=0, cancel=0
    )
    assert any(free.count(nothing) == 3 for nothing in ("0円", "¥0", "0日元"))
    paid = words.how_paid(
        FRIDAY, cutoff=time(14), transfer_fee=0, example=100_000, as_credit=110_000
    )
    assert "14:00" in paid and "110,000" in paid and words.day(FRIDAY) in paid
    missing = words.pictures_missing(shown=3, total=6, blurred=["B"], missing=["B", "S"])
    assert "3/6" in missing and missing.count("B") >= 3
    below = words.below(8_000, ["裏蓋傷"])
    assert "8,000" in below and "裏蓋傷" in below
