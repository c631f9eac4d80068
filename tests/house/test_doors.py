"""Whatever somebody of the shop may do has a way to it outside the demo: a page, a card, a command,
an address or a sentence. A verb nobody can reach leaves whoever waits for it waiting for good.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT

CALLERS = ("catalog", "media", "conversations", "handoff", "bot")


# Where the law or a rule of the shop is kept as a verb, and people write on paper so far.
NO_DOOR = frozenset(
    {
        "catalog.buyback.answers.bring_home",
        "catalog.buyback.answers.repaired",
        "catalog.buyback.inquiry.tell_quote",
        "catalog.buyback.returns.send_back",
        "catalog.buyback.transit.arrived",
        "catalog.buyback.transit.kit_sent",
        "catalog.credit.corrections.discontinue",
        "catalog.duties.breaches.actions.note",
        "catalog.duties.breaches.actions.note_sent",
        "catalog.duties.cash.actions.decide_suspicious",
        "catalog.duties.cash.actions.note_diligence",
        "catalog.duties.cash.actions.note_suspicious",
        "catalog.duties.identity.actions.agree_as_guardian",
        "catalog.duties.identity.actions.verify",
        "catalog.duties.visits.actions.assign",
        "catalog.duties.visits.documents.note_received",
    }
)
_IMPORT = re.compile(r"^from ([\w.]+) import (?:\(([^)]*)\)|([^(\n]+))", re.MULTILINE)
_USE = re.compile(r"\b(\w+)\.(\w+)")


def _files(*packages: str) -> Iterator[Path]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "demo" not in path.parts and "versions" not in path.parts:
                yield path


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _verbs() -> dict[str, Path]:
    """What writes for an actor, by its whole name."""
    found = {}
    for path in _files("catalog"):
        for each in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(each, ast.FunctionDef) or each.name.startswith("_"):
                continue
            told = {arg.arg for arg in (*each.args.args, *each.args.kwonlyargs)}
            if {"db", "actor", "now"} <= told:
                found[f"{_name(path)}.{each.name}"] = path
    return found


def _called(path: Path) -> Iterator[str]:
    """The whole names of what a file uses of other files."""
    text = path.read_text(encoding="utf-8")
    known: dict[str, str] = {}
    for module, in_brackets, plain in _IMPORT.findall(text):
        for each in (in_brackets or plain).split(","):
            name, _, other = each.split("#")[0].strip().partition(" as ")
            known[other or name] = f"{module}.{name}"
    yield from known.values()
    for alias, attribute in set(_USE.findall(text)):
        if alias in known:
            yield f"{known[alias]}.{attribute}"


def test_every_verb_of_the_registers_is_reached_by_somebody() -> None:
    reached = {name for path in _files(*CALLERS) for name in _called(path)}
    assert set(_verbs()) - reached <= NO_DOOR, "say where somebody presses, types or asks for it"
