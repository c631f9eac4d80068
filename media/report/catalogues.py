"""What a report's papers say in other languages (訳): Babel catalogues beside the templates,
Japanese the source. `verify` is the page, `certificate` the PDF, whose own sentences have names and
so a catalogue for Japanese too.
"""

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel.messages.pofile import read_po

TEMPLATES = Path(__file__).parent / "templates"
_FILES: Mapping[str, tuple[str, ...]] = {
    "verify": ("{lang}.po",),
    "certificate": ("{lang}.po", "certificate.{lang}.po"),
}


class Catalogue(NullTranslations):
    """What the files of one language say; what they lack stays Japanese."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__()
        self._told = told

    def gettext(self, message: str) -> str:
        return self._told.get(message) or message


@cache
def words(lang: str, paper: str = "verify") -> Catalogue:
    """The words of that language for that paper."""
    told: dict[str, str] = {}
    for name in _FILES[paper]:
        place = TEMPLATES / name.format(lang=lang)
        if lang == "ja" and not place.exists():
            continue  # the source itself
        with place.open("rb") as file:
            told |= {str(each.id): str(each.string) for each in read_po(file) if each.id}
    return Catalogue(told)
