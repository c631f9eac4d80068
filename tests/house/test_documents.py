"""What operators rely on is written down: settings, commands, errors, intents, and how to begin."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator

import click
import pytest

from bot.answers import EXIT_STATUS, status_of
from bot.app import FLOWS
from bot.cli.main import akashi
from bot.rulebook import book
from bot.settings import PREFIX, Settings
from catalog.ground.errors import ShopError
from tests.house.tree import PACKAGES, ROOT, document, texts, told

_NOT_IMPORTED = re.compile(r"\.versions(\.|$)|\.__main__$|\.env$")


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for each in command.list_commands(context):
            below = command.get_command(context, each)
            assert below is not None
            yield from _commands(below, f"{name} {each}")
    else:
        yield name, command


def _errors(kind: type[ShopError]) -> Iterator[type[ShopError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _errors(below)


def _all_errors() -> set[str]:
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        for found in pkgutil.walk_packages(path, f"{package}."):
            if not _NOT_IMPORTED.search(found.name):
                importlib.import_module(found.name)
    return {
        each.__name__
        for each in _errors(ShopError)
        if each.__module__.startswith(PACKAGES) and each.__name__[0] != "_"
    }


def test_every_setting_is_documented_and_no_other() -> None:
    names = {
        str(field.validation_alias or f"{PREFIX}{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    written = set(re.findall(r"^\| `(AKASHI_\w+)`", document("settings.md"), re.MULTILINE))
    assert written == names


def test_every_command_is_documented_with_its_options() -> None:
    page = document("commands.md")
    rows = {row for row in page.splitlines() if row.startswith("| `akashi ")}
    commands = dict(_commands(akashi, "akashi"))
    for name, command in commands.items():
        row = [each for each in rows if each.startswith(f"| `{name}`")]
        assert row, f"docs/commands.md does not know `{name}`"
        assert command.help, f"{name} has no help"
        for option in command.params:
            if isinstance(option, click.Option) and option.name != "help":
                assert f"`{option.opts[-1]}" in row[0], f"{name} {option.opts[-1]}"
    for row in rows:
        assert row.split("`")[1] in commands, row


def test_every_error_kind_is_documented_with_its_answers() -> None:
    page = document("errors.md")
    for kind, status in EXIT_STATUS.items():
        assert re.search(
            rf"^\| `{kind.__name__}` .* {status_of(kind())} .* {status} \|$", page, re.M
        )
    written = set(re.findall(r"^\| `(\w+)` \| `", page, re.MULTILINE))
    assert written == _all_errors() - {kind.__name__ for kind in EXIT_STATUS}


_RULE = re.compile(r"^\| ([A-Z]{3}-\d+) \| .+\. \| `([\w/]+)`(?: `(\w+)`)? \|$", re.MULTILINE)


def test_every_rule_is_documented_with_the_one_place_that_decides_it() -> None:
    rows = _RULE.findall(document("rules.md"))
    ids = [rule for rule, _, _ in rows]
    assert len(ids) == len(set(ids)) == len(document("rules.md").split("\n| ")) - 2
    assert set(book.RULES) <= set(ids)
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    for rule, where, name in rows:
        told = (ROOT / f"{where}.py").read_text(encoding="utf-8")
        if name:
            told = told[re.search(rf"^ *(?:def|class) {name}\b", told, re.MULTILINE).start() :]  # type: ignore[union-attr]  # the page names what is there
        assert re.search(rf"{rule}(?!\d)", told) or not name, (rule, where, name)
        assert re.search(rf"{rule}(?!\d)", tests), f"no test names {rule}"


def test_every_intent_a_flow_answers_is_documented() -> None:
    written = set(
        re.findall(
            r"^\| `([\w.]+)` \|.*`(?:bot|handoff|conversations)/", document("intents.md"), re.M
        )
    )
    assert written == FLOWS.intents


def test_every_intent_understanding_tells_is_documented() -> None:
    from conversations.understanding.commands import MEANINGS

    page = document("intents.md")
    assert not [intent for intent in MEANINGS if f"`{intent}`" not in page]


def _targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_the_commands_of_the_readme_are_in_the_makefile() -> None:
    readme = ROOT / "README.md"
    asked = set(re.findall(r"\bmake ([a-z-]+)", readme.read_text(encoding="utf-8")))
    assert {"demo", "test"} <= asked
    assert asked <= _targets()


def test_the_makefile_has_the_fixed_commands() -> None:
    fixed = {"help", "run", "demo", "test", "lint", "types", "bench", "soak", "check"}
    assert fixed <= _targets()


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for path in texts():
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
                if "://" not in target and not (path.parent / target).exists():
                    broken.append(f"{told(path)} → {target}")
    assert not broken


_OUTSIDE = re.compile(
    r"/work/(?:main|shared)|/root/|/home/(?!akashi)\w+/|/opt/wheels|\.\./shared"
    r"|(?:pypi|pip|npm|artifactory|nexus|registry)[\w.-]*\.(?:internal|local|corp)\b"
    r"|extra-index-url|--index-url"
)
_PAPERS = re.compile(
    r"(?<![\w/.])(?:DOMAIN|EVIDENCE|PERFORMANCE|INTENTS|ARCHITECTURE|STYLE|REQUIREMENTS"
    r"|UNDERSTANDING|MARKET|CONSOLE|LINE)(?:\.md| §| [A-Z]{3}-\d)"
)


def test_what_is_said_to_show_a_promise_is_there() -> None:
    """And what is not marked as long runs every time."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`( \(soak\))?", document("evidence.md"))
    assert len(named) > 40
    for file, name, is_long in named:
        before = re.split(rf"^def {name}\(", (ROOT / file).read_text(), flags=re.MULTILINE)
        assert len(before) == 2, f"{file} has no {name}"
        above = before[0].rpartition("\n\n\n")[2]
        assert bool(re.search(r"^@pytest\.mark\.soak", above, re.M)) is bool(is_long), name
    for bench in re.findall(r"`(bench/\w+\.py)`", document("evidence.md")):
        assert (ROOT / bench).is_file(), bench


@pytest.mark.parametrize("pattern", [_OUTSIDE, _PAPERS], ids=["machines", "papers"])
def test_the_tree_tells_nothing_of_where_and_how_it_was_made(pattern: re.Pattern[str]) -> None:
    locks = sorted(ROOT.glob("requirements*.lock")) if pattern is _OUTSIDE else []
    bad = [
        f"{told(path)}:{number} {line.strip()[:80]}"
        for path in [*texts(), *locks]
        if not path.is_relative_to(ROOT / "tests" / "house")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not bad


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {
        _plain(n): v for n, v in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", text, re.M)
    }


def _wanted(requirements: list[str]) -> set[str]:
    names = (re.match(r"[\w.-]+", each) for each in requirements)
    return {_plain(name.group()) for name in names if name}


def test_the_locks_are_in_step_with_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime, dev = _locked("requirements.lock"), _locked("requirements-dev.lock")
    wanted = _wanted(project["dependencies"])
    assert wanted <= runtime.keys()
    assert wanted | _wanted(project["optional-dependencies"]["dev"]) <= dev.keys()
    assert not {name for name, version in runtime.items() if dev.get(name) != version}


def test_every_lock_entry_has_hashes() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        blocks = re.split(
            r"\n(?=[\w.-]+(?:\[[\w,]+\])?==)", (ROOT / name).read_text(encoding="utf-8")
        )
        assert not [
            block.split()[0] for block in blocks if "==" in block and "--hash=" not in block
        ]
