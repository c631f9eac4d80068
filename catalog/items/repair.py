"""Near spellings of names (R-090): only words of the lexicon are ever put right, never the digits
of a reference or serial.
"""

from dataclasses import dataclass
from functools import lru_cache

from catalog.items import names
from catalog.items.names import NAMES, Alias
from catalog.items.words import sound_key

_SHORTEST_LATIN, _SHORTEST_OTHER = 4, 3
_LONG = 8  # from so many characters on, two slips are forgiven
_MOST = 3
_LOOKED_AT = 24


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a word was probably meant to be: a key of the lexicon, so many slips away."""

    key: str
    slips: int


@lru_cache(maxsize=1)
def _keys() -> tuple[list[str], list[str]]:
    """Keys that may be meant, Latin and others apart: long enough, and without digits."""
    usable = [
        key
        for key, meanings in names.by_key().items()
        if not any(each.isdigit() for each in key)
        and any(a.entry.kind != "filler" and not a.is_cell for a in meanings)
    ]
    latin = [key for key in usable if key.isascii() and len(key) >= _SHORTEST_LATIN]
    others = [key for key in usable if not key.isascii() and len(key) >= _SHORTEST_OTHER]
    return latin, others


def near(word: str, *, brands: frozenset[str] = frozenset()) -> list[Repaired]:
    """The names one slip away from the word (two for long words), the likeliest first; none for
    anything with a digit.

    A slip is a letter too few, too many, another one, or two that changed places.
    """
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    key = sound_key(word)
    is_latin = key.isascii()
    if any(each.isdigit() for each in key):
        return []
    if len(key) < (_SHORTEST_LATIN if is_latin else _SHORTEST_OTHER):
        return []
    latin, others = _keys()
    found = extract(
        key,
        latin if is_latin else others,
        scorer=OSA.distance,
        processor=None,
        score_cutoff=2 if len(key) >= _LONG else 1,
        limit=_LOOKED_AT,
    )
    if not found:
        return []
    fewest = min(slips for _, slips, _ in found)
    best = [each for each, slips, _ in found if slips == fewest]
    best.sort(key=lambda each: _unlikely(key, each, brands))
    return [Repaired(each, int(fewest)) for each in best[:_MOST]]


def _unlikely(word: str, key: str, brands: frozenset[str]) -> tuple[bool, bool, bool, int]:
    meanings = names.by_key()[key]
    return (
        not any(alias.entry.brand in brands for alias in meanings),
        not any(_is_plain_name(alias) for alias in meanings),
        key[0] != word[0],
        _rank()[meanings[0].entry.id],
    )


def _is_plain_name(alias: Alias) -> bool:
    return alias.entry.kind in NAMES and not alias.is_weak


@lru_cache(maxsize=1)
def _rank() -> dict[str, int]:
    return {name.id: n for n, name in reversed(list(enumerate(names.names())))}


def apart(word: str) -> str | None:
    """Two names written as one word (rolexsubmariner), with a blank between; None when it is not
    that.
    """
    key = sound_key(word)
    table = names.by_key()
    for n in range(len(key) - _SHORTEST_OTHER, _SHORTEST_OTHER - 1, -1):
        if key[:n] in table and key[n:] in table:
            return f"{key[:n]} {key[n:]}"
    return None
