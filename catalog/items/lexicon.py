"""What a written name means, alone in a cell or inside a text (R-090). The names are in `names`;
near spellings are `repair`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from catalog.items import names
from catalog.items.names import NAMES, Alias, Name
from catalog.items.words import fold, plain_key, sound_key, sounded, words

_JOINERS = " -.'’&・/~"
_SHORT_KANA = 3  # such names must stand alone, for they are pieces of longer words too
_SHORT_FOLDED_KANA = 2  # where hiragana cannot be told any more
_NAMES_IN_A_RUN = 4
_PARTICLES = frozenset("のをはがにでもとやかへ")  # may stand beside a short name
_FOLDED_PARTICLES = frozenset("ノヲハガニデモトヤカヘ")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a text: what it means, what else it may mean, and where in the folded
    text. `is_shared`: the name alone may mean something else altogether.
    """

    entry: Name
    start: int
    end: int
    others: tuple[Name, ...] = ()
    soft: tuple[str, ...] = ()
    is_shared: bool = False


def mentions(folded: str) -> list[Mention]:
    """Every brand and family named in an already folded text, longest first at each place, none
    overlapping.

    Latin names need a word's edge on both sides; names in kana or kanji may stand inside a
    sentence. A name that says little alone counts only beside its brand.
    """
    return [each for each in readings(folded) if each.entry.kind in NAMES]


def readings(
    folded: str, *, plain: str | None = None, brand: str | None = None, is_lenient: bool = False
) -> list[Mention]:
    """As `mentions`, describing words included.

    `plain`: the same text with its hiragana kept, where it is known. `brand`: a brand known from
    elsewhere. `is_lenient`: names that say little count alone too.
    """
    heard = sounded(folded)
    shown = "".join(plain[start] for start in heard.starts) if plain else heard.text
    told = _Text(heard.text, shown, is_folded=plain is None)
    brands = frozenset({brand} if brand else ())
    found = _scan(told, brands, is_lenient)
    if brand is None:
        brands = frozenset(each[0][0].entry.id for each in found if _is_brand(each))
        if brands:
            found = _scan(told, brands, is_lenient)
    return [
        _mention(meanings, heard.starts[start], heard.ends[end - 1], brands)
        for meanings, start, end in found
    ]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text by its sound, and the same as it was written; `is_folded`: its hiragana is lost."""

    heard: str
    shown: str
    is_folded: bool

    @property
    def short(self) -> int:
        """How long a kana name still has to stand alone."""
        return _SHORT_FOLDED_KANA if self.is_folded else _SHORT_KANA

    def ends_word(self, place: int) -> bool:
        """Whether a kana word may end right before this place: a particle, or hiragana after
        katakana.
        """
        if self.is_folded:
            return self.shown[place] in _FOLDED_PARTICLES
        if self.shown[place] in _PARTICLES:
            return True
        return _is_hiragana(self.shown[place]) and not _is_hiragana(self.shown[place - 1])


_Hit = tuple[tuple[Alias, ...], int, int]


def _is_brand(hit: _Hit) -> bool:
    return hit[0][0].entry.kind == "brand"


def _mention(meanings: Sequence[Alias], start: int, end: int, brands: Collection[str]) -> Mention:
    """The meaning of a brand that is named too comes first, and then alone."""
    of_brand = [alias for alias in meanings if alias.entry.brand in brands]
    first, *others = of_brand or meanings
    meant_too = tuple(alias.entry for alias in others)
    return Mention(first.entry, start, end, meant_too, first.soft, first.is_shared)


def _scan(told: _Text, brands: Collection[str], is_lenient: bool) -> list[_Hit]:
    found: list[_Hit] = []
    position = 0
    while position < len(told.heard):
        hit = None
        if told.heard[position].isalnum() and not _is_mid_word(told.heard, position):
            is_after_name = bool(found) and found[-1][2] == position
            hit = _longest_at(told, position, brands, is_lenient, int(is_after_name))
        if hit is None:
            position += 1
            continue
        found.append(hit)
        position = hit[2]
    return found


def _is_mid_word(text: str, place: int) -> bool:
    """Latin names begin where a Latin word does."""
    if not place or not text[place].isascii():
        return False
    return text[place - 1].isascii() and text[place - 1].isalnum()


def _longest_at(
    told: _Text, start: int, brands: Collection[str], is_lenient: bool, names_before: int
) -> _Hit | None:
    """`names_before`: names that end just where this begins."""
    text, table, known = told.heard, names.by_key(), names.beginnings()
    if not _begins_well(text, start):
        return None
    is_inside = _is_inside(told, start, names_before > 0)
    has_blank = False
    best: _Hit | None = None
    key = ""
    for end in range(start, len(text)):
        each = text[end]
        if not each.isalnum():
            has_blank = has_blank or each == " "
            if each not in _JOINERS or (is_inside and has_blank):
                break
            continue
        key += each
        if key not in known:
            break
        meanings = table.get(key)
        if meanings is None or not _ends_well(text, start, end, len(key)):
            continue
        must_stand_alone = len(key) <= told.short or has_blank
        if must_stand_alone and (is_inside or not _ends_alone(told, end, names_before)):
            continue
        allowed = _allowed(meanings, brands, is_lenient)
        if allowed:
            best = (allowed, start, end + 1)
    return best


def _allowed(
    meanings: Sequence[Alias], brands: Collection[str], is_lenient: bool
) -> tuple[Alias, ...]:
    """The meanings that count here; weak ones only beside their brand, or when there is no
    other.
    """
    in_text = [alias for alias in meanings if not alias.is_cell]
    strong = tuple(a for a in in_text if not a.is_weak or a.entry.brand in brands)
    return strong or (tuple(in_text) if is_lenient else ())


def _begins_well(text: str, start: int) -> bool:
    if not start:
        return True
    before = text[start - 1]
    return not _is_mid_word(text, start) and not (
        text[start].isdigit() and before in "./-" and text[start - 2 : start - 1].isalnum()
    )


def _ends_well(text: str, start: int, end: int, length: int) -> bool:
    following = text[end + 1 : end + 2]
    if not following or not text[end].isascii():
        return True
    if following in "./-" and text[end].isdigit():
        after = text[end + 2 : end + 3]
        return not (after.isascii() and after.isalnum())
    if not (following.isascii() and following.isalnum()):
        return True
    # "birkin25", "datejust36": a long enough Latin name may run into a size.
    return following.isdigit() and text[end].isalpha() and length > 3


def _is_inside(told: _Text, start: int, is_after_name: bool) -> bool:
    """Whether what begins here is a later part of a kana word."""
    if not start or is_after_name:
        return False
    before, here = told.shown[start - 1], told.shown[start]
    if not (_is_kana(told.heard[start - 1]) and _is_kana(told.heard[start])):
        return False
    if told.is_folded:
        return before not in _FOLDED_PARTICLES
    return before not in _PARTICLES and _is_hiragana(before) == _is_hiragana(here)


def _ends_alone(told: _Text, end: int, names_before: int) -> bool:
    """Whether a kana word may end here: no kana after it, a particle, or another name (a long run
    of names is looked at only so far).
    """
    following = told.heard[end + 1 : end + 2]
    if not (_is_kana(told.heard[end]) and following and _is_kana(following)):
        return True
    if told.ends_word(end + 1) or names_before >= _NAMES_IN_A_RUN:
        return True
    return _longest_at(told, end + 1, (), False, names_before + 1) is not None


def _is_kana(each: str) -> bool:
    return "\u30a1" <= each <= "\u30fa"


def _is_hiragana(each: str) -> bool:
    return "\u3041" <= each <= "\u3096"


def brand_id(text: str | None) -> str | None:
    """The lexicon's id of a brand name, or the name's own key when the lexicon does not know it."""
    if plain_key(text) is None:
        return None
    for alias in names.by_key().get(sound_key(text), ()):
        if alias.entry.kind == "brand":
            return alias.entry.id
    return plain_key(text)


def model_id(text: str | None, brand: str | None = None) -> str | None:
    """The lexicon's id of a family name, or the name's own key.

    A longer name counts as the family it names ("Speedmaster Moonwatch 42" is a Speedmaster
    Moonwatch), when the family is of that brand.
    """
    key = plain_key(text)
    if key is None or text is None:
        return None
    maker = brand_id(brand)
    meanings = [a for a in names.by_key().get(sound_key(text), ()) if a.entry.kind == "family"]
    for alias in meanings:
        if alias.entry.brand == maker or (maker is None and not alias.is_weak):
            return alias.entry.id
    named = _longest_within(words(fold(text)), maker) if maker else None
    return named or key


def _longest_within(told: list[str], maker: str) -> str | None:
    """The family of the maker whose name takes most of the words; the earlier of equals."""
    for count in range(len(told) - 1, 0, -1):
        for n in range(len(told) - count + 1):
            for alias in names.by_key().get(sound_key("".join(told[n : n + count])), ()):
                if alias.entry.kind == "family" and alias.entry.brand == maker:
                    return alias.entry.id
    return None
