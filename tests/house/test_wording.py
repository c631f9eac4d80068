"""Every sentence of the chat is a function, with twins in each language; flows contain none."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.house.tree import ROOT, modules, syntax, told

WORDING = ROOT / "conversations" / "wording"
ALL_LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")


def _subjects() -> list[str]:
    """What is said by every subject alike, and each subject's own sentences."""
    own = sorted(f".{each.parent.name}" for each in WORDING.glob("*/voice.py"))
    return ["", *own]


def _voices() -> list[tuple[str, str]]:
    return [
        (subject, language)
        for subject in _subjects()
        for language in ALL_LANGUAGES
        if (WORDING / subject.removeprefix(".") / f"{language}.py").exists()
    ]


def _sentences(module: ModuleType) -> dict[str, Callable[..., Any]]:
    return {
        name: found
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
    }


def _promised(subject: str) -> dict[str, inspect.Signature]:
    """The one Protocol of the subject's `voice` module."""
    module = importlib.import_module(f"conversations.wording{subject}.voice")
    (protocol,) = (
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if found.__module__ == module.__name__ and found.__name__.endswith("Voice")
    )
    found = inspect.getmembers(protocol, inspect.isfunction)
    return {name: _own(each) for name, each in found if not name.startswith("_")}


def _own(method: Callable[..., Any]) -> inspect.Signature:
    signature = inspect.signature(method)
    kept = [each for name, each in signature.parameters.items() if name != "self"]
    return signature.replace(parameters=kept)


@pytest.mark.parametrize(("subject", "language"), _voices())
def test_each_language_has_every_sentence_with_the_same_facts(subject: str, language: str) -> None:
    sentences = _sentences(importlib.import_module(f"conversations.wording{subject}.{language}"))
    promised = _promised(subject)
    assert promised.keys() == sentences.keys()
    for name, signature in promised.items():
        assert inspect.signature(sentences[name]) == signature, name


@pytest.mark.parametrize("subject", _subjects())
def test_japanese_and_english_are_complete(subject: str) -> None:
    assert {("", language) for language in ALL_LANGUAGES} <= set(_voices())
    assert {(subject, "ja"), (subject, "en")} <= set(_voices())


_LABEL_MOST = 20  # code points of a LINE quick reply or template label; longer ones are cut


def _labels(module: ModuleType) -> dict[str, str]:
    """Every button and label that says the same to everybody, by its name."""
    fixed = {
        name: sentence()
        for name, sentence in _sentences(module).items()
        if name.startswith(("button_", "label_")) and not inspect.signature(sentence).parameters
    }
    return fixed | dict(getattr(module, "_BUTTONS", {}))


@pytest.mark.parametrize(("subject", "language"), _voices())
def test_every_label_is_read_whole(subject: str, language: str) -> None:
    labels = _labels(importlib.import_module(f"conversations.wording{subject}.{language}"))
    assert not {name: told for name, told in labels.items() if not 0 < len(told) <= _LABEL_MOST}


_PARTICLES = re.compile(r"\((?:은|는|이|가|을|를|와|과|으)\)")


@pytest.mark.parametrize("subject", _subjects())
def test_korean_writes_no_particle_in_brackets(subject: str) -> None:
    """A noun before the particle (상품은, 물품을) reads well after any name or number."""
    file = WORDING / subject.removeprefix(".") / "ko.py"
    assert not _PARTICLES.findall(file.read_text(encoding="utf-8"))


def _is_simplified(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


_HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("subject", _subjects())
def test_simplified_chinese_is_simplified(subject: str) -> None:
    tree = syntax(WORDING / subject.removeprefix(".") / "zh_hans.py")
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    foreign = {
        sign
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docstrings
        for sign in _HAN.findall(node.value)
        if not _is_simplified(sign)
    }
    assert not foreign


_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_PLACES = (
    "conversations/flows/",
    "conversations/turn.py",
    "conversations/reminders/",
    "handoff/dialogue/",
    "bot/workers/",
)


def test_flows_contain_no_sentence() -> None:
    bad = []
    for path in modules():
        if not told(path).startswith(_PLACES):
            continue
        tree = syntax(path)
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        bad += [
            f"{told(path)}:{node.lineno} {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
            and _KANA.search(node.value)
        ]
    assert not bad


def test_sentences_have_no_third_place() -> None:
    """Templates of pages are data beside their route; Python sentences are in wording only, those
    for staff on Slack in a wording of their own.
    """
    polite = re.compile(r"(?:ます|です|ました|ません|ください|でしょうか)[。、!?]?$")
    allowed = (
        "conversations/wording/",
        "conversations/understanding/",
        "handoff/slack/wording/",
        "bot/line/doctor",
        "bot/demo/",
        "bot/cli/",
        "bot/simulator/",
    )
    bad = [
        f"{told(path)}:{node.lineno} {node.value}"
        for path in modules()
        if not told(path).startswith(allowed)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and polite.search(node.value.strip())
        and "\n" not in node.value
    ]
    assert not bad
    assert (ROOT / "conversations" / "wording").is_dir()
