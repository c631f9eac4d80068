"""The words of the pages: every one in every language, none left over, with the same facts."""

import re

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.house.tree import ROOT

_PAGES = ROOT / "bot" / "pages"
_LANGUAGES = ("en", "zh_hant", "zh_hans", "ko")
_PLACE = re.compile(r"%\(\w+\)s")


def _said() -> set[str]:
    found = extract_from_dir(str(_PAGES / "templates"), [("**.html", "jinja2.ext:babel_extract")])
    return {message for _, _, message, _, _ in found if isinstance(message, str)}


@pytest.mark.parametrize("lang", _LANGUAGES)
def test_each_catalogue_has_every_word_and_no_other(lang: str) -> None:
    with (_PAGES / "locale" / f"{lang}.po").open("rb") as written:
        catalogue = read_po(written)
    messages = {str(each.id): each for each in catalogue if each.id}
    assert messages.keys() == _said()
    for source, message in messages.items():
        assert message.string, source
        assert not message.fuzzy, source
        assert set(_PLACE.findall(source)) == set(_PLACE.findall(str(message.string))), source


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    for path in (_PAGES / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 120, path.name
        assert not re.search(r"<script|<style|\bstyle=|\bon\w+=|javascript:", text), path.name
