"""What journeys give the understanding to say is what it says by itself: every scripted text is
read as the script has it.
"""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conversations.ports import Situation
from conversations.understanding.offline import read
from tests.scripted import Scripted

NOW = datetime(2026, 11, 22, 4, 50, tzinfo=UTC)
# What only an open question tells: read with the question.
NEEDS = {"expecting", "last", "offered", "lang"}


def _scripts() -> Iterator[tuple[str, str, Any]]:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        if path.stem == "test_understood":
            continue
        module = importlib.import_module(f"tests.journeys.{path.stem}")
        script = getattr(module, "SCRIPT", {})
        told = script.script if isinstance(script, Scripted) else script
        for text, (intents, slots) in told.items():
            yield path.stem, text, (intents, slots)


ROWS = list(_scripts())


@pytest.mark.parametrize(("where", "text", "wanted"), ROWS, ids=[f"{r[0]}-{r[1]}" for r in ROWS])
def test_the_understanding_reads_it_by_itself(where: str, text: str, wanted: Any) -> None:
    intents = [wanted[0]] if isinstance(wanted[0], str) else list(wanted[0])
    expecting = intents[0] if len(text) <= 12 else None
    readings = [
        read(text, Situation(now=NOW)),
        read(text, Situation(now=NOW, expecting=expecting, last=intents[0])),
    ]
    found = [[meaning.intent for meaning in each.meanings] for each in readings]
    assert intents in found, found
