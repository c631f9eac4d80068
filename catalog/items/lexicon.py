"""Brands and families by every name people write: Latin, kana, nicknames (デイトナ, ロレ, 黒サブ,
スピマス).

The names are data in `lexicon.tsv`: kind, id, brand of a family, names joined by `;` (the first is
shown).
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from catalog.items.words import fold, plain_key


@dataclass(frozen=True, slots=True)
class Name:
    """A brand, or a family (`brand` set) with all its names, the first the one to show."""

    kind: str
    id: str
    brand: str | None
    names: tuple[str, ...]


@lru_cache(maxsize=1)
def names() -> tuple[Name, ...]:
    """Every entry of the lexicon."""
    text = resources.files("catalog.items").joinpath("lexicon.tsv").read_text(encoding="utf-8")
    entries = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, name_id, brand, aliases = line.split("\t")
            entries.append(Name(kind, name_id, brand or None, tuple(aliases.split(";"))))
    return tuple(entries)


@lru_cache(maxsize=1)
def by_alias() -> dict[str, Name]:
    """Folded alias without blanks → entry. Families come after brands, so a family wins a shared
    alias.
    """
    table: dict[str, Name] = {}
    for entry in sorted(names(), key=lambda name: name.kind):
        for alias in entry.names:
            key = plain_key(alias)
            if key:
                table[key] = entry
    return table


@lru_cache(maxsize=1)
def longest_alias() -> int:
    """Characters of the longest folded alias."""
    return max(len(alias) for alias in by_alias())


def brand_id(text: str | None) -> str | None:
    """The lexicon's id of a brand name, or the name's own key when the lexicon does not know it."""
    key = plain_key(text)
    if key is None:
        return None
    entry = by_alias().get(key)
    return entry.id if entry is not None and entry.kind == "brand" else key


def model_id(text: str | None, brand: str | None = None) -> str | None:
    """The lexicon's id of a family name, or the name's own key.

    A longer name counts as the family it names ("Speedmaster Moonwatch" is a Speedmaster), when the
    family is of that brand.
    """
    key = plain_key(text)
    if key is None or text is None:
        return None
    entry = by_alias().get(key)
    if entry is not None and entry.kind == "family":
        return entry.id
    for mention in mentions(fold(text)):
        if mention.entry.kind == "family" and mention.entry.brand == brand_id(brand):
            return mention.entry.id
    return key


def aliases_of(entry_id: str | None) -> tuple[str, ...]:
    """All names of a brand or family id, folded; none for an id the lexicon does not know."""
    return _by_id().get(entry_id or "", ())


@lru_cache(maxsize=1)
def _by_id() -> dict[str, tuple[str, ...]]:
    return {entry.id: tuple(fold(alias) for alias in entry.names) for entry in names()}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text: which, and where in the folded text."""

    entry: Name
    start: int
    end: int


def mentions(folded: str) -> list[Mention]:
    """Every brand and family named in an already folded text, longest first at each place, none
    overlapping.

    Latin names need a word's edge on both sides; names in kana or kanji may stand inside a
    sentence.
    """
    table = by_alias()
    found: list[Mention] = []
    position = 0
    while position < len(folded):
        hit = _longest_at(folded, position, table) if folded[position].isalnum() else None
        if hit is None:
            position += 1
            continue
        found.append(hit)
        position = hit.end
    return found


def _longest_at(folded: str, start: int, table: dict[str, Name]) -> Mention | None:
    if (
        start
        and folded[start].isascii()
        and folded[start - 1].isascii()
        and folded[start - 1].isalnum()
    ):
        return None
    best: Mention | None = None
    plain: list[str] = []
    for end in range(start, min(len(folded), start + longest_alias() + 8)):
        if not folded[end].isalnum():
            if folded[end] not in " -.'&・":
                break
            continue
        plain.append(folded[end])
        entry = table.get("".join(plain))
        if entry is not None and _ends_well(folded, end):
            best = Mention(entry, start, end + 1)
    return best


def _ends_well(folded: str, end: int) -> bool:
    following = folded[end + 1 : end + 2]
    if not following or not following.isalnum():
        return True
    return not (folded[end].isascii() and following.isascii())
