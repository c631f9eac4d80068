"""Free words to pieces (R-090): what was written exactly first, then names, then words.

A search is a short list of steps, the surest first; each step is one or a few look-ups in the index
of `search_index`, newest first, and a step is only taken while the ones before found too little.
Typing slips in names are put right; digits of a reference or serial never are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session

from catalog.items import asking as asked_for
from catalog.items import names, references
from catalog.items.asking import Asking
from catalog.items.facts import UnitFacts, by_codes
from catalog.items.filters import NONE
from catalog.items.kinds import Category
from catalog.items.lexicon import Mention
from catalog.items.lookup import Look, Wanted, tokens_of
from catalog.items.names import Name
from catalog.items.rules import Viewer
from catalog.items.search_index import (
    among_token,
    brand_token,
    named_token,
    own_token,
    size_token,
    word_token,
)
from catalog.items.words import code_of, codes, plain_key, sound_key

_FIRST = 3  # places at the top where different families stand before more of one
_MOST_FAMILIES = 10  # of one name
_SOME = 5  # times as many are looked at where only the best of them are shown
_LETTERS = tuple(category.value[0].upper() for category in Category)


def search(db: Session, asked: str, *, viewer: Viewer, limit: int = 20) -> list[UnitFacts]:
    """What free words find, at most `limit` pieces: an exact code, reference or serial first, then
    brand and family by any of their names, then every word as 2-grams (R-090).
    """
    written = codes(asked) or [code for code in [code_of(asked)] if code]
    found = by_codes(db, written, viewer=viewer) if written else []
    if found:
        return found[:limit]
    asking = asked_for.read(asked)
    look = Look(db, viewer, asking.filters, limit)
    if asking.is_empty and asking.whole is None:
        return _facts(look.fetch(Wanted())) if asking.filters != NONE else []
    for step in _steps(look, asking):
        rows = step()
        if rows:
            return _facts(rows)
    return by_codes(db, _bare_codes(asked), viewer=viewer)[:limit]


def _bare_codes(asked: str) -> list[str]:
    """The codes somebody may mean who writes the number alone."""
    key = plain_key(asked) or ""
    return [f"{letter}-{key}" for letter in _LETTERS] if key.isascii() and key.isdigit() else []


def _facts(rows: Iterable[Any]) -> list[UnitFacts]:
    return [UnitFacts(*row[:-2]) for row in rows]


Step = Callable[[], list[Any]]


def _steps(look: Look, asking: Asking) -> Iterator[Step]:
    """The surest reading first; each is only asked for when the ones before found nothing."""
    yield lambda: _strict(look, asking)
    readings = [asking]
    lenient = asked_for.read(asking.folded, is_lenient=True)
    if lenient.names != asking.names:
        yield lambda: _strict(look, lenient)
        readings.append(lenient)
    if asking.words:
        repaired = asked_for.repaired(asking)
        yield lambda: _interleaved([_strict(look, each) for each in repaired], look.limit)
        readings = [*repaired, *readings]
    for each in sorted(readings, key=lambda reading: -reading.sense):
        yield lambda each=each: _relaxed(look, each)  # type: ignore[misc]  # bound at once


def _strict(look: Look, asking: Asking) -> list[Any]:
    """Pieces that have every name, thing and word of it; colours, materials and sizes only order
    them.
    """
    levels = _levels(asking)
    exact = references.exact(look, asking)
    if exact:
        return _fitting_first(exact, levels, look.limit)
    beginning = references.beginning(look, asking)
    if beginning and (fits := _fitting(beginning, levels)):
        return _spread(fits)[: look.limit]
    hard = Wanted(
        frozenset(word_token(each) for each in asking.things),
        tuple(sound_key(word.text) for word in asking.words),
    )
    if asking.keys:
        hits: list[Any] = []
        for key in asking.keys:
            hits = hits or _ranked(look, asking, levels, hard.plus(literals=(key,)))
        return hits or (beginning if not asking.names else [])
    return _ranked(look, asking, levels, hard)


def _relaxed(look: Look, asking: Asking) -> list[Any]:
    """Without the words and numbers nobody knows; a reference, names or things must be left."""
    if asking.keys and asking.words and (hits := _strict(look, replace(asking, words=()))):
        return hits
    levels = _levels(asking)
    things = Wanted(frozenset(word_token(each) for each in asking.things))
    if not asking.names and not asking.things:
        return _ranked(look, asking, levels, Wanted()) if asking.soft or asking.sizes else []
    hits = _ranked(look, asking, levels, things)
    if not hits and asking.names and asking.things:
        hits = _ranked(look, asking, levels, Wanted())
    by_kind = sorted(asking.names, key=lambda mention: mention.entry.kind == "brand")
    for mention in by_kind if not hits and len(by_kind) > 1 else ():
        hits = hits or _ranked(look, asking, [_level_of(mention)], Wanted())
    return hits


# --- what the names ask for
# ----------------------------------------------------------------------------

Level = list[frozenset[str]]
"""Token sets of equal rank, whose hits take turns at the top."""


def _levels(asking: Asking) -> list[Level]:
    """What the names ask for, the nearest meaning first; one empty level when there are none."""
    families = _narrowest([each for each in asking.names if each.entry.kind == "family"])
    brands = list(
        dict.fromkeys(each.entry.id for each in asking.names if each.entry.kind == "brand")
    )
    if not families:
        return _brand_levels(brands)
    first, *others = families
    also = [frozenset[str]()]
    for other in others:
        ways = [own_token(other.entry.id), among_token(other.entry.id)]
        also = [held | {way} for held in also for way in ways][:_MOST_FAMILIES]
    meanings = _meanings(first)
    foreign = frozenset(
        brand_token(brand) for brand in brands if all(brand != each.brand for each in meanings)
    )
    own = [own_token(each.id) for each in meanings]
    narrower = [own_token(below.id) for each in meanings for below in names.narrower(each.id)]
    among = [among_token(each.id) for each in meanings]
    levels = [own + narrower, among] if not foreign else [among]
    return [
        [held | foreign | {token} for token in level[:_MOST_FAMILIES] for held in also]
        for level in levels
    ]


def _brand_levels(brands: Sequence[str]) -> list[Level]:
    """One brand; of several, pieces of one that name the others come first."""
    if len(brands) < 2:
        return [[frozenset(brand_token(each) for each in brands)]]
    together = [
        frozenset([brand_token(each), *(named_token(other) for other in brands if other != each)])
        for each in brands
    ]
    return [together, [frozenset({brand_token(each)}) for each in brands]]


def _level_of(mention: Mention) -> Level:
    if mention.entry.kind == "brand":
        return [frozenset({brand_token(mention.entry.id)})]
    ways = [way(name.id) for way in (own_token, among_token) for name in _meanings(mention)]
    return [frozenset({way}) for way in ways]


def _meanings(mention: Mention) -> list[Name]:
    others = [name for name in mention.others if name.kind == "family"]
    return [mention.entry, *others]


def _narrowest(families: list[Mention]) -> list[Mention]:
    """Without those another one is a kind of: シーマスター アクアテラ is an Aqua Terra."""
    above = {wider for each in families for wider in names.wider(each.entry.id)}
    kept: dict[str, Mention] = {}
    for each in families:
        if each.entry.id not in above:
            kept.setdefault(each.entry.id, each)
    return list(kept.values()) or families


def _ranked(look: Look, asking: Asking, levels: Sequence[Level], hard: Wanted) -> list[Any]:
    """Level by level: first what has all that was said beside the name, then some of it, then
    none.
    """
    extras = frozenset(
        [*(word_token(each) for each in asking.soft), *(size_token(each) for each in asking.sizes)]
    )
    has_hard = bool(hard.tokens or hard.literals or levels[0][0])
    hits = _Hits(look.limit)
    for level in levels:
        if hits.is_full:
            break
        if extras:
            hits.take(_interleaved(_each(look, level, hard.plus(extras)), look.limit))
        if len(extras) > 1 and not hits.is_full:
            some = _each(look, level, hard.plus(any_of=extras), _SOME * look.limit)
            hits.take(_interleaved([_most_first(each, extras) for each in some], look.limit))
        if (has_hard or not extras) and not hits.is_full:
            hits.take(_interleaved(_each(look, level, hard), look.limit))
    return hits.rows


def _each(look: Look, level: Level, wanted: Wanted, most: int | None = None) -> list[list[Any]]:
    """Hits of each token set, until there are enough of enough families."""
    found: list[list[Any]] = []
    for tokens in level:
        rows = look.fetch(wanted.plus(tokens), most)
        if rows:
            found.append(rows)
        if len(found) >= _FIRST and sum(map(len, found)) >= look.limit:
            break
    return found


def _most_first(rows: list[Any], extras: frozenset[str]) -> list[Any]:
    return sorted(rows, key=lambda row: -len(extras & tokens_of(row)))


def _interleaved(lists: Sequence[list[Any]], limit: int) -> list[Any]:
    """One of each list at the top, two of the first where it holds different families; then list
    after list.
    """
    hits = _Hits(limit)
    waiting = [_spread(rows) for rows in lists if rows]
    for n, rows in enumerate(waiting[:_FIRST]):
        hits.take(rows[:1])
        if n == 0 and rows[1:] and _style_of(rows[1]) != _style_of(rows[0]):
            hits.take(rows[1:2])
    for rows in waiting:
        hits.take(rows)
    return hits.rows


def _style_of(row: Any) -> tuple[str | None, str | None]:
    """Brand and family as the shop writes them."""
    return row[4], row[5]


def _spread(rows: list[Any]) -> list[Any]:
    """Different families at the first places, the order kept otherwise."""
    first: dict[tuple[str | None, str | None], Any] = {}
    for row in rows:
        first.setdefault(_style_of(row), row)
    top = list(first.values())[:_FIRST]
    ids = {row[0] for row in top}
    return [*top, *(row for row in rows if row[0] not in ids)]


@dataclass(slots=True)
class _Hits:
    """Rows in the order they came, each unit once, no more than wanted."""

    limit: int
    rows: list[Any] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.limit

    def take(self, rows: Iterable[Any]) -> None:
        for row in rows:
            if self.is_full:
                return
            if row[0] not in self.seen:
                self.seen.add(row[0])
                self.rows.append(row)


def _fits(row: Any, levels: Sequence[Level]) -> bool:
    """Whether a piece is of a family or brand that was named."""
    held = tokens_of(row)
    return any(tokens <= held for level in levels for tokens in level)


def _fitting(rows: list[Any], levels: Sequence[Level]) -> list[Any]:
    return [row for row in rows if _fits(row, levels)]


def _fitting_first(rows: list[Any], levels: Sequence[Level], limit: int) -> list[Any]:
    return sorted(rows, key=lambda row: not _fits(row, levels))[:limit]
