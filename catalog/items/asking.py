"""What a search says (R-090): filters, names, describing words, sizes, what may be a reference, and
the words left over. Reads text only, never the register.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from catalog.items import names, repair
from catalog.items.filters import NONE, Filters, category_in, filters_in
from catalog.items.lexicon import Mention, readings
from catalog.items.words import fold, narrow, plain_key, sound_key

LONGEST = 300  # characters of a search that are looked at
_TOKEN = re.compile(
    r"(?P<latin>[0-9a-z]+(?:[./_-][0-9a-z]+)*)|(?P<kana>[ァ-ヺー]+)|(?P<hiragana>[ぁ-ゖー]+)"
    r"|(?P<han>[\u3400-\u9fff々]+)|(?P<hangul>[가-힣]+)|(?P<other>[^\W_]+)"
)
_SIZE = re.compile(r"(\d{1,3})(?:mm|cm|m|ct)?")
_YEAR = re.compile(r"\d{4}年")
_NOISE = re.compile(r"ref(?:erence)?\.?\s*(?=[0-9a-z])|no\.\s*(?=\d)")
_MOST_JOINED = 9  # pieces of one reference written apart: 01 733 7653 4153-07 8 26 01PEB
_LONGEST_PARTICLE = 2
_SHORTEST_BEGUN, _SHORTEST_LATIN_BEGUN = 3, 4
_MAY_BE_WHOLE = re.compile(r"\d|^[a-z]+[-./][a-z./-]+$")
_MOST_BEGUN = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word the lexicon does not know, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A search, understood as far as its words go.

    `whole`: all of it as a reference would be kept, letters and digits only; None when it
    cannot be one.
    `keys`: what in it may be a reference or serial, the longest first.
    """

    folded: str
    whole: str | None = None
    filters: Filters = NONE
    names: tuple[Mention, ...] = ()
    soft: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()

    @property
    def brands(self) -> frozenset[str]:
        """Ids of the brands named."""
        return frozenset(each.entry.id for each in self.names if each.entry.kind == "brand")

    @property
    def sense(self) -> int:
        """How many families of it are of a brand that was named, less those of another."""
        families = [each.entry for each in self.names if each.entry.kind == "family"]
        return sum(
            1 if not self.brands or family.brand in self.brands else -1 for family in families
        )

    @property
    def is_empty(self) -> bool:
        """Whether no word of it can be looked for."""
        return not (self.names or self.soft or self.things or self.sizes or self.keys or self.words)


def read(asked: str, *, is_lenient: bool = False) -> Asking:
    """What is asked for. `is_lenient`: names that say little alone count too."""
    plain = _NOISE.sub(lambda found: " " * len(found[0]), narrow(asked[:LONGEST]))
    folded = fold(plain)
    filters, rest = filters_in(folded)
    plain = plain if len(plain) == len(rest) else rest
    found = readings(rest, plain=plain, is_lenient=is_lenient)
    for mention in found:
        rest = _blanked(rest, mention.start, mention.end)
    category, rest = category_in(rest)
    left = _Left(plain, rest)
    begun: dict[Word, Mention] = {}
    for word in left.words():
        meant = _begun(word, _ids(found, "brand"), is_lenient)
        if meant is not None:
            begun[word] = meant
    found = sorted([*found, *begun.values()], key=lambda mention: mention.start)
    return Asking(
        folded=folded,
        whole=_whole(folded),
        filters=replace(filters, category=category),
        names=tuple(each for each in found if each.entry.kind in names.NAMES),
        soft=_soft(found),
        things=_ids(found, "thing"),
        sizes=tuple(dict.fromkeys(left.sizes())),
        keys=tuple(dict.fromkeys(left.keys())),
        words=tuple(word for word in left.words() if word not in begun),
    )


def _begun(word: Word, brands: Collection[str], is_lenient: bool) -> Mention | None:
    """The family of a named brand whose name begins so: speed beside Omega. Without a brand only a
    `is_lenient` reading takes a beginning for the name.
    """
    key = sound_key(word.text)
    shortest = _SHORTEST_LATIN_BEGUN if key.isascii() else _SHORTEST_BEGUN
    if len(key) < shortest or not (brands or is_lenient):
        return None
    meant = [
        alias.entry
        for alias in names.begun(key)
        if alias.entry.kind in names.NAMES
        and (alias.entry.brand in brands if brands else not alias.is_weak)
    ]
    if not meant:
        return None
    ids = {entry.id for entry in meant}
    widest = [entry for entry in meant if not ids & {*entry.parents, entry.brand}]
    first, *others = dict.fromkeys(widest or meant)
    return Mention(first, word.start, word.end, tuple(others[:_MOST_BEGUN]))


def _whole(folded: str) -> str | None:
    """Everything as one reference, where it may be one: with a digit, or Latin with a mark."""
    key = plain_key(folded)
    if key is None or not _MAY_BE_WHOLE.search(folded.strip()):
        return None
    return key


def _ids(found: list[Mention], kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.entry.id for each in found if each.entry.kind == kind))


def _soft(found: list[Mention]) -> tuple[str, ...]:
    said = (each for mention in found for each in mention.soft)
    return tuple(dict.fromkeys((*_ids(found, "soft"), *said)))


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


@dataclass(frozen=True, slots=True)
class _Left:
    """What no name and no filter took: `plain` keeps hiragana, `rest` is folded and blanked."""

    plain: str
    rest: str

    def _tokens(self) -> Iterator[re.Match[str]]:
        """Words of one script each. Hiragana is told from katakana by the unfolded text."""
        shown = "".join(
            was if now != " " else " " for was, now in zip(self.plain, self.rest, strict=True)
        )
        shown = _YEAR.sub(lambda found: " " * len(found[0]), shown)
        return _TOKEN.finditer(shown)

    def sizes(self) -> Iterator[int]:
        for token in self._tokens():
            size = _SIZE.fullmatch(token[0])
            if size:
                yield int(size[1])

    def keys(self) -> Iterator[str]:
        """Runs of Latin pieces with a digit among them, joined; then each such piece alone."""
        runs = _runs([token for token in self._tokens() if token["latin"]])
        joined = [_key("".join(piece[0] for piece in run)) for run in runs]
        alone = [_key(piece[0]) for run in runs for piece in run]
        for key in sorted((*joined, *alone), key=len, reverse=True):
            if _may_be_reference(key):
                yield key

    def words(self) -> Iterator[Word]:
        for token in self._tokens():
            text = token[0]
            if token["latin"] and any(each.isdigit() for each in text):
                continue
            if token["hiragana"] and len(text) <= _LONGEST_PARTICLE:
                continue
            if sound_key(text):
                yield Word(text, token.start(), token.end())


def _runs(pieces: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Pieces with one blank between belong together: 116500 LN."""
    runs: list[list[re.Match[str]]] = []
    for piece in pieces:
        if runs and piece.start() - runs[-1][-1].end() <= 1 and len(runs[-1]) < _MOST_JOINED:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs


def _key(text: str) -> str:
    return "".join(each for each in text if each.isalnum())


def _may_be_reference(key: str) -> bool:
    """At least three characters, a digit among them, and no bare small number."""
    if not any(each.isdigit() for each in key):
        return False
    return len(key) > 3 or (len(key) == 3 and not key.isdigit())


def repaired(asking: Asking) -> list[Asking]:
    """The same search with each unknown word put right, the likeliest reading first; none when
    nothing can be.
    """
    readings_of = [asking.folded]
    done_from = len(asking.folded) + 1
    for word in reversed(asking.words):
        told = _put_right(asking, word) if word.end <= done_from else None
        if told and told[1] <= done_from:
            start, end, ways = told
            done_from = start
            readings_of = [
                text[:start] + " " + way + " " + text[end:] for text in readings_of for way in ways
            ][:_MOST_READINGS]
    return [read(text, is_lenient=True) for text in readings_of if text != asking.folded]


_MOST_READINGS = 3


def _put_right(asking: Asking, word: Word) -> tuple[int, int, list[str]] | None:
    """Where, and what stands there instead: the word alone, or with its neighbours."""
    best: tuple[int, int, list[str]] | None = None
    fewest = 99
    for start, end in _windows(asking, word):
        found = repair.near(asking.folded[start:end], brands=asking.brands)
        # A slip is forgiven for each further word that gets its meaning by it.
        held = sum(start <= each.start and each.end <= end for each in asking.words)
        if found and found[0].slips - held < fewest:
            fewest, best = found[0].slips - held, (start, end, [each.key for each in found])
    if best is not None:
        return best
    apart = repair.apart(word.text)
    return (word.start, word.end, [apart]) if apart else None


def _windows(asking: Asking, word: Word) -> Iterator[tuple[int, int]]:
    """All that is written together around the word (ロレ and クス in ロレクス); the word with the
    unknown words beside it, the longest first; the word alone; then with the name beside it.
    """
    start, end = asking.folded.rfind(" ", 0, word.start) + 1, asking.folded.find(" ", word.end)
    end = len(asking.folded) if end < 0 else end
    if (start, end) != (word.start, word.end):
        yield start, end
    at = asking.words.index(word)
    for first in range(max(0, at - 2), at + 1):
        for last in range(min(len(asking.words) - 1, at + 2), at - 1, -1):
            start, end = asking.words[first].start, asking.words[last].end
            if last > first and asking.folded[start:end].count(" ") <= last - first:
                yield start, end
    yield word.start, word.end
    for name in asking.names:
        if name.end + 1 == word.start:
            yield name.start, word.end
        if word.end + 1 == name.start:
            yield word.start, name.end
