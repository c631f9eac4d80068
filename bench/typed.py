"""Searches as customers type them, made by rules from a catalogue: kana, half width, nicknames,
slips of one letter, references with and without their marks, names in any order, Chinese, Korean.

Each comes with the brand and family it means. The same seed makes the same list.
"""

import random
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.items import lexicon, names
from catalog.items.names import Alias

HALF_KANA = {unicodedata.normalize("NFKC", chr(half)): chr(half) for half in range(0xFF66, 0xFF9E)}
HALF_KANA |= {
    unicodedata.normalize("NFKC", chr(half) + mark): chr(half) + mark
    for half in range(0xFF66, 0xFF9E)
    for mark in "ﾞﾟ"
    if len(unicodedata.normalize("NFKC", chr(half) + mark)) == 1
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロン"


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of the catalogue."""

    brand: str
    family: str
    reference: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is typed, and what is meant."""

    rule: str
    query: str
    brand: str
    family: str


def half_width(text: str) -> str:
    """Katakana as old phones write it."""
    return "".join(HALF_KANA.get(each, each) for each in text)


def hiragana(text: str) -> str:
    """Katakana in hiragana."""
    return "".join(chr(ord(each) - 0x60) if "ァ" <= each <= "ヶ" else each for each in text)


def slip(text: str, chance: random.Random) -> str:
    """One letter left out, another one in its place, or two changed places; never a digit."""
    places = [
        n
        for n in range(1, len(text) - 1)
        if text[n].isalpha() and text[n + 1].isalpha() and text[n] != text[n + 1]
    ]
    if not places:
        return text
    at = chance.choice(places)
    kind = chance.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        letters = _LETTERS if text[at].isascii() else _KANA
        other = chance.choice([each for each in letters if each != text[at].lower()])
        return text[:at] + other + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def typed(pieces: Sequence[Piece], *, count: int, seed: int) -> list[Typed]:
    """So many searches, each rule as often as the others; families the lexicon has in kana."""
    chance = random.Random(seed)
    families = _known(pieces)
    made: list[Typed] = []
    rules = list(_RULES.items())
    while len(made) < count:
        rule, make = rules[len(made) % len(rules)]
        family = chance.choice(families)
        query = make(family, chance)
        if query:
            made.append(Typed(rule, query, family.brand, family.family))
    return made


@dataclass(frozen=True, slots=True)
class _Family:
    brand: str
    family: str
    references: tuple[str, ...]
    brand_names: tuple[Alias, ...]
    names: tuple[Alias, ...]

    def one(self, chance: random.Random, *, of: Callable[[str], bool]) -> str | None:
        """One of its own names in that script."""
        found = [a.written for a in self.names if of(a.written)]
        return chance.choice(found) if found else None

    def maker(self, chance: random.Random, *, of: Callable[[str], bool]) -> str | None:
        """One of its brand's names in that script."""
        found = [a.written for a in self.brand_names if of(a.written)]
        return chance.choice(found) if found else None


def _known(pieces: Iterable[Piece]) -> list[_Family]:
    references: dict[tuple[str, str], list[str]] = {}
    for piece in pieces:
        references.setdefault((piece.brand, piece.family), []).append(piece.reference)
    by_entry: dict[tuple[str, str], list[Alias]] = {}
    for alias in names.aliases():
        if not (alias.is_shared or alias.is_cell or alias.is_weak):
            by_entry.setdefault((alias.entry.kind, alias.entry.id), []).append(alias)
    found = []
    for (brand, family), own in references.items():
        brand_id = lexicon.brand_id(brand) or ""
        aliases = by_entry.get(("family", lexicon.model_id(family, brand) or ""), [])
        if any(is_kana(alias.written) for alias in aliases):
            makers = by_entry.get(("brand", brand_id), [])
            found.append(_Family(brand, family, tuple(own), tuple(makers), tuple(aliases)))
    return found


def is_kana(text: str) -> bool:
    """Whether it is written in katakana."""
    return any("ァ" <= each <= "ヺ" for each in text)


def _is_latin(text: str) -> bool:
    return text.isascii() and len(text) > 4


def _is_chinese(text: str) -> bool:
    return all("\u4e00" <= each <= "\u9fff" for each in text)


def _is_korean(text: str) -> bool:
    return any("가" <= each <= "힣" for each in text)


def _joined(parts: Iterable[str | None], between: str = " ") -> str | None:
    told = list(parts)
    return between.join(part for part in told if part) if all(told) else None


def _both(
    of: Callable[[str], bool], between: str = " "
) -> Callable[[_Family, random.Random], str | None]:
    def make(family: _Family, chance: random.Random) -> str | None:
        return _joined([family.maker(chance, of=of), family.one(chance, of=of)], between)

    return make


def _turned(family: _Family, chance: random.Random) -> str | None:
    return _joined([family.one(chance, of=is_kana), family.maker(chance, of=_is_latin)])


def _narrow(family: _Family, chance: random.Random) -> str | None:
    told = _both(is_kana)(family, chance)
    return half_width(told) if told else None


def _soft(family: _Family, chance: random.Random) -> str | None:
    told = _both(is_kana)(family, chance)
    return hiragana(told) if told else None


def _asked(family: _Family, chance: random.Random) -> str | None:
    told = _both(is_kana, "の")(family, chance)
    return f"{told}ありますか" if told else None


def _slipped_kana(family: _Family, chance: random.Random) -> str | None:
    own = family.one(chance, of=lambda text: is_kana(text) and text.isalpha() and len(text) > 4)
    return _joined([family.maker(chance, of=is_kana), own and slip(own, chance)])


def _slipped_maker(family: _Family, chance: random.Random) -> str | None:
    maker = family.maker(chance, of=lambda text: is_kana(text) and text.isalpha() and len(text) > 4)
    return _joined([maker and slip(maker, chance), family.one(chance, of=is_kana)])


def _slipped_latin(family: _Family, chance: random.Random) -> str | None:
    own = family.one(chance, of=lambda text: _is_latin(text) and text.isalpha())
    return _joined([family.maker(chance, of=_is_latin), own and slip(own.lower(), chance)])


def _reference(family: _Family, chance: random.Random) -> str | None:
    own = chance.choice(family.references)
    return own if sum(each.isalnum() for each in own) > 4 else None


def _bare_reference(family: _Family, chance: random.Random) -> str | None:
    own = _reference(family, chance)
    return "".join(each for each in own if each.isalnum()).lower() if own else None


def _wide_reference(family: _Family, chance: random.Random) -> str | None:
    own = _reference(family, chance)
    return own and "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in own)


def _begun_reference(family: _Family, chance: random.Random) -> str | None:
    own = _reference(family, chance)
    begun = own.replace("/", "-").split("-")[0] if own else ""
    return _joined([family.maker(chance, of=is_kana), begun if len(begun) > 4 else None])


_RULES: dict[str, Callable[[_Family, random.Random], str | None]] = {
    "kana": _both(is_kana),
    "kana, no blank": _both(is_kana, ""),
    "half width": _narrow,
    "hiragana": _soft,
    "a question": _asked,
    "turned round": _turned,
    "family alone": lambda family, chance: family.one(chance, of=is_kana),
    "Latin": _both(_is_latin),
    "slip in the family (kana)": _slipped_kana,
    "slip in the brand (kana)": _slipped_maker,
    "slip in the family (Latin)": _slipped_latin,
    "reference": _reference,
    "reference, marks left out": _bare_reference,
    "reference, full width": _wide_reference,
    "brand and the beginning of a reference": _begun_reference,
    "Chinese": _both(_is_chinese),
    "Korean": _both(_is_korean),
}
