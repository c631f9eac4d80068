"""The lines the classifier learns from: enough of each, each once, and none of the evaluation."""

import json
from collections import Counter
from pathlib import Path

import bench
from conversations.understanding.commands import MEANINGS
from conversations.understanding.training import lines

EVALUATION = Path(bench.__file__).parent / "messages"


def test_every_wish_has_lines_in_every_language() -> None:
    told = lines()
    assert {line.intent for line in told} == set(MEANINGS)
    by_language = Counter((line.language, line.intent) for line in told)
    for intent in set(MEANINGS) - {"oos"}:
        assert by_language["ja", intent] >= 80, intent
        assert by_language["en", intent] >= 40, intent
        for language in ("zh_hant", "zh_hans", "ko"):
            assert by_language[language, intent] >= 18, (language, intent)
    assert by_language["oos", "oos"] >= 300


def test_no_line_is_told_twice_or_with_two_meanings() -> None:
    counted = Counter(line.text for line in lines())
    assert [text for text, count in counted.items() if count > 1] == []


def test_nothing_of_the_evaluation_is_learned() -> None:
    learned = {line.text for line in lines()}
    for row in (EVALUATION / "messages.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(row)["text"]
        assert told not in learned or len(told) <= 12, told
