"""Whatever the registers let people of the shop do has a door: an edge that is no demo and no test
leads to every verb.

A verb is a public function below `bot` that works in a session as somebody (`actor`, or `by`). It
is reached when an edge names it, or when what an edge reaches calls it.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.tree import ROOT, modules, syntax, told

EDGES = ("handoff/", "conversations/", "bot/", "media/")
NO_EDGES = ("bot/demo/",)
FLOORS = ("catalog/", "media/", "conversations/", "handoff/")
Verb = tuple[str, str]  # its module and its name

# Reached by no edge, for a reason.
BY_NOBODY: dict[Verb, str] = {
    ("catalog.duties.publishing", "unlist"): "the steps of a piece take it off sale",
}


@cache
def _module(path: Path) -> str:
    return told(path).removesuffix(".py").replace("/", ".")


@cache
def _names(path: Path) -> dict[str, Verb | str]:
    """What a name of this file stands for: a function of another module, or a module."""
    found: dict[str, Verb | str] = {}
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                is_module = (ROOT / f"{whole.replace('.', '/')}.py").exists()
                found[each.asname or each.name] = whole if is_module else (node.module, each.name)
    return found


def _named(path: Path, part: ast.AST) -> Iterator[Verb]:
    """Every function this part of a file names, called or handed on."""
    names = _names(path)
    for node in ast.walk(part):
        if isinstance(node, ast.Name):
            meant = names.get(node.id, (_module(path), node.id))
            if isinstance(meant, tuple):
                yield meant
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = names.get(node.value.id)
            if isinstance(module, str):
                yield module, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            module, mark, name = node.value.partition(":")  # a slot: "catalog.credit.x:expire"
            if mark and module.startswith("catalog.") and name.isidentifier():
                yield module, name


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    yield from (each for each in syntax(path).body if isinstance(each, ast.FunctionDef))


def _verbs() -> set[Verb]:
    found: set[Verb] = set()
    for path in modules():
        if not told(path).startswith(FLOORS) or told(path).startswith("catalog/ground/"):
            continue
        for each in _functions(path):
            names = [arg.arg for arg in (*each.args.args, *each.args.kwonlyargs)]
            if names[:1] == ["db"] and {"actor", "by"} & {*names} and each.name[0] != "_":
                found.add((_module(path), each.name))
    return found


def _reached() -> set[Verb]:
    """From the edges, and from what stands in a module outside its functions: tables of steps."""
    calls: dict[Verb, set[Verb]] = {}
    ahead: list[Verb] = []
    for path in modules():
        if told(path).startswith(NO_EDGES):
            continue
        if told(path).startswith(EDGES):
            ahead += _named(path, syntax(path))
            continue
        for node in syntax(path).body:
            if isinstance(node, ast.FunctionDef):
                calls[_module(path), node.name] = {*_named(path, node)}
            elif not isinstance(node, ast.Import | ast.ImportFrom):
                ahead += _named(path, node)
    found: set[Verb] = set()
    while ahead:
        verb = ahead.pop()
        if verb not in found:
            found.add(verb)
            ahead += calls.get(verb, ())
    return found


def test_every_verb_of_the_registers_has_a_door() -> None:
    """R-044 to R-061: what only the demo and the tests can do, nobody of the shop can."""
    shut = _verbs() - _reached() - BY_NOBODY.keys()
    assert shut == set(), "give each a door, or say in BY_NOBODY why nobody needs one"


def test_what_is_excused_is_still_there_and_still_shut() -> None:
    """A verb that got its door, or its end, leaves the list."""
    assert {*BY_NOBODY} <= _verbs() - _reached()
