"""What a flow's docstring shows people writing is read as a wish some flow answers."""

import importlib
import pkgutil
import re
from datetime import UTC, datetime

import pytest

import conversations.flows
from bot.app import FLOWS
from conversations.ports import Situation
from conversations.understanding import tastes
from conversations.understanding.offline import UNSURE, read

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_SAID = re.compile(r"^\s*(?:客|小売)[^:\n]*: (?P<words>[^\[(\s].*)$", re.MULTILINE)


def openings() -> list[tuple[str, str]]:
    """Each flow and how a conversation with it begins: the first typed line of its transcript."""
    found = []
    for each in pkgutil.walk_packages(conversations.flows.__path__, "conversations.flows."):
        module = importlib.import_module(each.name)
        said = _SAID.search(module.__doc__ or "")
        first = re.search(r"^\s*(?:客|小売)[^:\n]*: ", module.__doc__ or "", re.MULTILINE)
        if said is not None and first is not None and said.start() == first.start():
            found.append((each.name.removeprefix("conversations.flows."), said["words"]))
    return found


def test_most_flows_show_how_they_begin() -> None:
    assert len(openings()) > 25


@pytest.mark.parametrize(("flow", "words"), openings())
def test_what_a_transcript_begins_with_is_understood(flow: str, words: str) -> None:
    if FLOWS.command(words) is not None or tastes.said(words):
        return
    told = read(words, Situation(now=NOW))
    best = told.meanings[0]
    # Some begin inside an open question; there the question tells what an unsure word means.
    assert best.intent in FLOWS.intents - {"oos"}, f"{flow}: {words} is {best}"
    assert best.confidence >= UNSURE, f"{flow}: {words} is {best}"
