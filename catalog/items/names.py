"""Brands, families and describing words by every name people write: Latin, kana, Chinese, Korean,
nicknames (デイトナ, ロレ, 黒サブ, スピマス).

The names are data in `lexicon_*.tsv`. A line `[id]<TAB>names` opens a brand; the lines after it are
its families: `id<TAB>names[<TAB>parent]`. In `lexicon_words.tsv` a line is `kind<TAB>id<TAB>names`.
Names are joined by `;`, the first is shown. Marks before a name: `?` also means something else,
`~` counts only beside its brand, `=` only as a whole cell of a list. `name+black` also says a
colour. Finding names in a text is `lexicon`, near spellings are `repair`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from catalog.items.words import sound_key, words

_FILES = (
    "lexicon_watches.tsv",
    "lexicon_bags.tsv",
    "lexicon_jewellery.tsv",
    "lexicon_apparel.tsv",
    "lexicon_makers.tsv",
)
_WORDS = "lexicon_words.tsv"
NAMES = frozenset({"brand", "family"})
_KATAKANA = re.compile(r"[A-Z]*[ァ-ヴー・]{2,}")
_AFTER_ALL = "\U0010ffff"
_ROMAN = {"ii": "2", "iii": "3"}


@dataclass(frozen=True, slots=True)
class Name:
    """A brand, or a family (`brand` set), or a describing word, with its names, the first the one
    to show.

    `kind`: brand, family, soft (lifts a piece that has it), thing (what kind of piece), filler
    (means nothing).
    """

    kind: str
    id: str
    brand: str | None
    names: tuple[str, ...]
    parents: tuple[str, ...] = ()

    def shown(self, lang: str) -> str:
        """The name to show: to Japanese readers the first in katakana where there is one. A name
        with a number in it (Datejust 41) stays as it is.
        """
        first = self.names[0]
        if lang != "ja" or any(each.isdigit() for each in first):
            return first
        return next((each for each in self.names if _KATAKANA.fullmatch(each)), first)


@dataclass(frozen=True, slots=True)
class Alias:
    """One written name: what it means, and what else it says (`soft` ids)."""

    entry: Name
    written: str
    soft: tuple[str, ...] = ()
    is_shared: bool = False
    is_weak: bool = False
    is_cell: bool = False


@lru_cache(maxsize=1)
def names() -> tuple[Name, ...]:
    """Every entry of the lexicon, the better known first."""
    return tuple(dict.fromkeys(alias.entry for alias in aliases()))


@lru_cache(maxsize=1)
def aliases() -> tuple[Alias, ...]:
    """Every written name, the better known entries first."""
    brands, families = _read()
    kept = [alias for cells in brands.items() for alias in _aliases("brand", *cells, None)]
    by_brand: dict[str, list[tuple[str, list[str]]]] = {}
    for (brand, family), (cell, _) in families.items():
        by_brand.setdefault(brand, []).append((family, _first_words(cell)))
    for (brand, family), (cell, told) in families.items():
        parents = tuple(dict.fromkeys((*told, *_held_in(_first_words(cell), by_brand[brand]))))
        kept.extend(_aliases("family", family, cell, brand, parents))
    kept.extend(_sized(kept))
    for kind, word, cell in _word_lines():
        kept.extend(_aliases(kind, word, cell, None))
    return tuple(kept)


_Families = dict[tuple[str, str], tuple[str, tuple[str, ...]]]


def _read() -> tuple[dict[str, str], _Families]:
    """Names of each brand and of each of its families; a brand may be opened in several files."""
    brands: dict[str, str] = {}
    families: _Families = {}
    brand = ""
    for line in _lines(_FILES):
        head, *cells = line.split("\t")
        if head.startswith("["):
            brand = head.strip("[]")
            told = [brands.get(brand, ""), *cells]
            brands[brand] = ";".join(cell for cell in told if cell)
        else:
            families[brand, head] = (cells[0], tuple(cells[1].split(";")) if cells[1:] else ())
    return brands, families


def _lines(files: Iterable[str]) -> Iterator[str]:
    for file in files:
        text = resources.files("catalog.items").joinpath(file).read_text(encoding="utf-8")
        yield from (line for line in text.splitlines() if line and not line.startswith("#"))


def _word_lines() -> Iterator[tuple[str, str, str]]:
    for line in _lines((_WORDS,)):
        kind, word, cell = line.split("\t")
        yield kind, word, cell


def _aliases(
    kind: str, entry_id: str, cell: str, brand: str | None, parents: tuple[str, ...] = ()
) -> Iterator[Alias]:
    marked = [_marked(name) for name in cell.split(";")]
    entry = Name(kind, entry_id, brand, tuple(name for _, name, _ in marked), parents)
    for marks, name, soft in marked:
        yield Alias(entry, name, soft, "?" in marks, "~" in marks, "=" in marks)


def _marked(told: str) -> tuple[str, str, tuple[str, ...]]:
    bare = told.lstrip("?~=")
    name, *soft = bare.split("+")
    return told[: len(told) - len(bare)], name, tuple(soft)


def _held_in(own: list[str], of_brand: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Families of the brand whose whole name stands in this one's: Royal Oak in Royal Oak
    Offshore.
    """
    for other, held in of_brand:
        count = len(held)
        if count < len(own) and any(
            own[n : n + count] == held for n in range(len(own) - count + 1)
        ):
            yield other


@lru_cache(maxsize=4096)
def _first_words(cell: str) -> list[str]:
    return words(_marked(cell.split(";", 1)[0])[1].replace("-", " "))


def _sized(kept: Iterable[Alias]) -> Iterator[Alias]:
    """Every name of a family with the size of a narrower one: オイパペ + 41 is the Oyster Perpetual
    41.
    """
    by_entry: dict[str, list[Alias]] = {}
    for alias in kept:
        if alias.entry.kind == "family":
            by_entry.setdefault(alias.entry.id, []).append(alias)
    for own in by_entry.values():
        entry = own[0].entry
        size = _first_words(entry.names[0])[-1]
        size = _ROMAN.get(size, size)
        if not size.isdigit():
            continue
        for parent in entry.parents:
            for alias in by_entry.get(parent, ()):
                if not alias.soft and not alias.written[-1].isdigit():
                    yield Alias(entry, alias.written + size, (), True, alias.is_weak)


@lru_cache(maxsize=1)
def by_key() -> dict[str, tuple[Alias, ...]]:
    """Key of a written name → what it may mean; names before words, the better known first."""
    table: dict[str, list[Alias]] = {}
    for alias in aliases():
        key = sound_key(alias.written)
        if not key:
            continue
        meanings = table.setdefault(key, [])
        if all(known.entry is not alias.entry for known in meanings):
            meanings.append(alias)
    return {key: tuple(meanings) for key, meanings in table.items()}


@lru_cache(maxsize=1)
def _sorted_keys() -> list[str]:
    return sorted(by_key())


def begun(beginning: str) -> list[Alias]:
    """Every name whose key begins so, the shorter ones first."""
    keys = _sorted_keys()
    first = bisect_left(keys, beginning)
    last = bisect_left(keys, beginning + _AFTER_ALL)
    found = sorted(keys[first:last], key=len)
    return [alias for key in found for alias in by_key()[key] if not alias.is_cell]


@lru_cache(maxsize=1)
def beginnings() -> frozenset[str]:
    """Every beginning of every key: where none is, no name goes on."""
    return frozenset(key[:n] for key in by_key() for n in range(1, len(key) + 1))


@lru_cache(maxsize=1)
def _entries() -> dict[tuple[str, str], Name]:
    return {(name.kind, name.id): name for name in names()}


@lru_cache(maxsize=1)
def _children() -> dict[str, tuple[Name, ...]]:
    below: dict[str, list[Name]] = {}
    for name in names():
        for parent in name.parents:
            below.setdefault(parent, []).append(name)
    return {parent: tuple(children) for parent, children in below.items()}


def family(family_id: str | None) -> Name | None:
    """The family with that id."""
    return _entries().get(("family", family_id or ""))


def brand(brand_id: str | None) -> Name | None:
    """The brand with that id."""
    return _entries().get(("brand", brand_id or ""))


def narrower(family_id: str) -> tuple[Name, ...]:
    """Families that are a kind of this one: each size of a Datejust; the better known first."""
    return _children().get(family_id, ())


def wider(family_id: str) -> tuple[str, ...]:
    """Ids of the families this one is a kind of, all the way up."""
    found: dict[str, None] = {}
    waiting = [family_id]
    while waiting:
        known = family(waiting.pop())
        for parent in known.parents if known else ():
            if parent not in found and parent != family_id:
                found[parent] = None
                waiting.append(parent)
    return tuple(found)
