"""The floors hold, every SDK has a home, and every file stands where its name says."""

import ast
import re
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, modules, syntax, told

_FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "manager", "base", "misc", "util"}
_FREE = {"orjson", "sqlalchemy", "sqlmodel", "structlog", "ulid"}
_GROUND = {
    "errors", "money", "calendar", "record", "session", "worklist", "journal", "policy", "lines",
}  # fmt: skip
_LINES_A_FILE = 500


def _settings() -> dict[str, object]:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    held: dict[str, object] = tools["importlinter"]
    return held


def test_the_floors_and_the_homes_of_sdks_hold() -> None:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]


def test_every_package_from_outside_has_a_home() -> None:
    contracts = _settings()["contracts"]
    assert isinstance(contracts, list)
    at_home = {name for each in contracts for name in each.get("forbidden_modules", ())}
    known = {*at_home, *_FREE, *PACKAGES, *sys.stdlib_module_names}
    strange = {
        f"{told(path)}:{node.lineno} {name}"
        for path in modules()
        for node in ast.walk(syntax(path))
        for name in _roots(node)
        if name not in known
    }
    assert not strange


def _roots(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [each.name.partition(".")[0] for each in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
        case _:
            return []


def test_packages_hold_a_docstring_and_no_code() -> None:
    for path in modules():
        if path.name == "__init__.py":
            code = [node for node in syntax(path).body if not _is_text(node)]
            assert not code, told(path)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_every_module_says_what_it_is_for() -> None:
    silent = [told(path) for path in modules() if not ast.get_docstring(syntax(path))]
    assert not [path for path in silent if "/migrations/versions/" not in path]


def test_nothing_is_named_after_nothing() -> None:
    bad = [
        told(path)
        for path in modules()
        if _FORBIDDEN_NAMES & {path.stem, *path.relative_to(ROOT).parts}
    ]
    assert not bad


def test_the_ground_is_a_closed_list() -> None:
    ground = ROOT / "catalog" / "ground"
    found = {path.stem for path in ground.glob("*.py")} - {"__init__"}
    found |= {path.parent.name for path in ground.glob("*/__init__.py")}
    assert found == _GROUND


def test_tables_can_be_read_by_the_orm() -> None:
    """SQLModel needs real annotations; relationships hide queries."""
    for path in modules():
        if path.name == "tables.py":
            words = path.read_text(encoding="utf-8")
            assert "from __future__ import annotations" not in words, told(path)
            assert "Relationship(" not in words, told(path)


_HIDDEN_FACTS = re.compile(
    r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|os\.getenv)\(|os\.environ\b(?!\[)"
)


def test_only_the_edges_read_the_clock_and_the_environment() -> None:
    bad = [
        f"{told(path)}:{number}"
        for path in modules()
        if not told(path).startswith("bot/")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if _HIDDEN_FACTS.search(line)
    ]
    assert not bad


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert not [told(each) for each in folders if not (each / "__init__.py").exists()]


def test_no_bare_type_ignore() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[[a-z-]+\]\s+#)")
    bad = [
        f"{told(path)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert not bad, "give the code and the reason: # type: ignore[code]  # reason"


def test_no_file_is_a_sink() -> None:
    """A habit, so only told, until a file is twice what one subject needs."""
    lines = {
        told(path): path.read_text(encoding="utf-8").count("\n")
        for path in modules()
        if "versions" not in path.parts
    }
    with warnings.catch_warnings():
        warnings.simplefilter("default", UserWarning)
        for path, count in lines.items():
            if count > _LINES_A_FILE:
                warnings.warn(f"{path} has {count} lines", UserWarning, stacklevel=1)
    assert max(lines.values()) < 2 * _LINES_A_FILE


@pytest.mark.parametrize("package", PACKAGES)
def test_every_floor_is_there(package: str) -> None:
    assert ast.get_docstring(syntax(ROOT / package / "__init__.py"))
