"""The words of the console: every one in both languages, none left over, none outside of the
catalogues; dates and yen as each language writes them.
"""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.rulebook.book import TERMS
from catalog.grading.checklists import CHECKLISTS
from conversations.flows.orders.returning import REASONS
from handoff.console import pages
from tests.house.tree import ROOT

CONSOLE = ROOT / "handoff" / "console"
TEMPLATES = CONSOLE / "templates"
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_MESSAGE = re.compile(r'_\(\s*"[^"]*"')
_PLACE = re.compile(r"%\(\w+\)s")
# What stands in a template without being looked up: the honorific, shown in Japanese alone, and the
# language's own name.
_AS_IT_IS = (
    '{% if lang == "ja" %} 様{% endif %}',
    'lang == "ja" and',
    ">日本語<",
    " 様{% endif %}",
)
# Words of modules: signs of dates, and what people may type.
_OF_MODULES = {"pages.py", "spoken.py", "asked.py"}


def _said() -> set[str]:
    found = extract_from_dir(str(TEMPLATES), [("**.html", "jinja2.ext:babel_extract")])
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


def _from_below() -> set[str]:
    """What lower floors tell in Japanese, and the console looks up."""
    return {each.told for list_ in CHECKLISTS.values() for each in (*list_.axes, *list_.shots)}


def test_english_has_every_word_and_no_other() -> None:
    with (CONSOLE / "locale" / "en.po").open("rb") as written:
        messages = {str(each.id): each for each in read_po(written) if each.id}
    assert messages.keys() == _said() | _from_below()
    for source, message in messages.items():
        assert message.string and not message.fuzzy, source
        assert set(_PLACE.findall(source)) == set(_PLACE.findall(str(message.string))), source
        assert not _JAPANESE.search(str(message.string)), source


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_word_of_a_template_is_left_untranslated(path: Path) -> None:
    text = _MESSAGE.sub("", path.read_text(encoding="utf-8"))
    for each in _AS_IT_IS:
        text = text.replace(each, "")
    assert [line.strip() for line in text.splitlines() if _JAPANESE.search(line)] == []


@pytest.mark.parametrize("path", sorted(CONSOLE.glob("*.py")), ids=lambda path: path.name)
def test_no_module_says_anything_itself(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    explained = {
        id(each.body[0].value)
        for each in ast.walk(tree)
        if isinstance(each, documented) and isinstance(each.body[0], ast.Expr)
    }
    said = [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and _JAPANESE.search(each.value)
        and id(each) not in explained
    ]
    assert said == [] or path.name in _OF_MODULES


def test_every_subject_of_the_terms_has_a_name() -> None:
    told = (TEMPLATES / "_subjects.html").read_text(encoding="utf-8")
    assert [each.__name__ for each in TERMS if f'"{each.__name__}"' not in told] == []


def test_every_reason_of_a_return_is_told_in_words() -> None:
    for lang in pages.LANGUAGES:
        names = pages._pages(lang).get_template("_names.html").make_module({"people": {}})
        told = names.return_reasons  # type: ignore[attr-defined]  # set in the template
        assert set(told) == set(REASONS)
        assert not set(told.values()) & set(REASONS)


def test_templates_are_short_and_hold_no_script_and_no_style() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 120, path.name
        assert not re.search(r"<script>|<style|\s(style|on\w+)=[\"']|javascript:", text), path.name


def _shown(template: str, lang: str, told: object) -> str:
    environment = pages._pages(lang)
    return str(environment.from_string("{{ told | " + template + " }}").render(told=told))


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156 Safari/537 Edg/156",
         "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
         "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0", "Firefox · Linux"),
        ("curl/8", "curl/8"),
        (None, ""),
    ],
)  # fmt: skip
def test_a_device_is_told_as_its_owner_knows_it(agent: str | None, told: str) -> None:
    assert pages.device(agent) == told


def test_dates_and_yen_stand_as_each_language_writes_them() -> None:
    """A Japanese business form, and the local one."""
    at = datetime(2026, 11, 22, 5, 5, tzinfo=UTC)
    assert _shown("moment", "ja", at) == "2026年11月22日(日) 14:05"
    assert _shown("moment", "en", at) == "Sun 22 Nov 2026 14:05"
    assert _shown("day", "ja", date(2026, 1, 3)) == "2026年1月3日(土)"
    assert _shown("day", "en", date(2026, 1, 3)) == "Sat 3 Jan 2026"
    for lang in pages.LANGUAGES:
        assert _shown("yen", lang, 1_234_567) == "¥1,234,567"
        assert _shown("yen", lang, -800) == "−¥800"
        assert _shown("iso", lang, at) == "2026-11-22T14:05:00+09:00"
