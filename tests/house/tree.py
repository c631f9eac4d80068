"""The tree as the house tests read it: files of the product, their syntax, their words."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handoff", "conversations", "media", "catalog")
_WITHIN = ("tests", "bench", "docs", "deploy", ".ci", *PACKAGES)
_TEXT = {
    ".py",
    ".md",
    ".toml",
    ".html",
    ".js",
    ".css",
    ".conf",
    ".service",
    ".mako",
    ".tsv",
    ".svg",
}


def modules() -> Iterator[Path]:
    """Every Python file of the five packages."""
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def texts() -> Iterator[Path]:
    """Every text file that is ours, locks and licence left out."""
    yield from sorted(path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".yaml"})
    yield ROOT / "Makefile"
    for folder in _WITHIN:
        for path in sorted((ROOT / folder).rglob("*")):
            is_text = path.suffix in _TEXT or path.parent.name == ".ci"
            if path.is_file() and is_text and "dist" not in path.parts:
                yield path


@cache
def syntax(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def told(path: Path) -> str:
    """The path as one would say it."""
    return path.relative_to(ROOT).as_posix()


def document(name: str) -> str:
    """A page of docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")
