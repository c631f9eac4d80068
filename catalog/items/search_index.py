"""What a unit can be found by, and keeping it: 2-grams and tokens, in FTS5 (detail=none,
contentless) on SQLite, in an array under GIN on PostgreSQL, the same for both (R-090).

A unit's words are kept as one text: its plain words, a tab, its tokens. Everything in the index
follows from that text alone, so it can be taken out again whatever the lexicon says by then.
Tokens are longer than two characters and say what the lexicon knows: `b…` its brand, `m…` its own
family, `a…` wider families and those it names, `c…` other brands it names, `s…` describing
words, `n…` sizes.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from sqlalchemy import delete, insert, text
from sqlmodel import Session, col, select

from catalog.items import names
from catalog.items.lexicon import Mention, readings
from catalog.items.names import NAMES
from catalog.items.tables import Style, Unit, UnitWords
from catalog.items.words import fold, grams, narrow, plain_words, sound_key

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE unit_grams USING fts5"
    "(grams, content='', columnsize=0, detail=none, tokenize=\"unicode61 remove_diacritics 0\")"
)
_ADD = text("INSERT INTO unit_grams (rowid, grams) VALUES (:number, :grams)")
_TAKE_OUT = text(
    "INSERT INTO unit_grams (unit_grams, rowid, grams) VALUES ('delete', :number, :grams)"
)
_EMPTY = text("INSERT INTO unit_grams (unit_grams) VALUES ('delete-all')")
_UNITS_AT_ONCE = 2_000
_LONGEST_TOKEN, _BEGINNING = 6, 3
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SIZE = re.compile(r"(?<![0-9a-z.,/-])(\d{1,3})(?:mm|cm|m|ct)?(?![0-9a-z.,/]|-\d)")


def words_of(unit: Unit, style: Style) -> str:
    """All a unit can be found by beside its code: plain words, a tab, tokens.

    A brand or family the lexicon knows by just that name is told by its token alone.
    """
    parts = (
        unit.title,
        None if _is_known("brand", style.brand_key, style.brand) else style.brand,
        None if _is_known("family", style.model_key, style.model) else style.model,
        style.reference,
        style.reference_key,
        unit.serial,
    )
    plain = " ".join(plain_words(" ".join(part for part in parts if part)))
    return f"{plain}\t{' '.join(dict.fromkeys(_tokens(unit, style)))}"


def _is_known(kind: str, entry_id: str | None, told: str | None) -> bool:
    return any(
        alias.entry.kind == kind and alias.entry.id == entry_id
        for alias in names.by_key().get(sound_key(told), ())
    )


def brand_token(brand: str) -> str:
    """Pieces of that brand."""
    return "b" + _bare(brand)


def own_token(family: str) -> str:
    """Pieces of exactly that family."""
    return "m" + _bare(family)


def among_token(family: str) -> str:
    """Pieces of a narrower family, or that name this one beside their own."""
    return "a" + _bare(family)


def named_token(brand: str) -> str:
    """Pieces of another brand that name this one: a dial signed by the shop that sold it."""
    return "c" + _bare(brand)


def word_token(word: str) -> str:
    """Pieces a describing word of the lexicon is said of."""
    return "s" + _bare(word)


def size_token(size: int) -> str:
    """Pieces whose title or family holds that number as a word of its own."""
    return f"n{size:03d}"


def indexed(words: str) -> list[str]:
    """Everything in the index for a unit with these words."""
    plain, _, tokens = words.partition("\t")
    return [*sorted(grams(plain.split(" "))), *tokens.split()]


@lru_cache(maxsize=8192)
def _bare(entry_id: str) -> str:
    """Letters and digits only, for FTS5 would cut at anything else; at least two of them; long ids
    as their beginning and a check sum, for a million pieces hold them.
    """
    plain = "".join(each for each in entry_id if each.isalnum())
    if len(plain) <= _LONGEST_TOKEN:
        return plain.ljust(2, "0")
    check = zlib.crc32(entry_id.encode())
    return plain[:_BEGINNING] + "".join(
        _DIGITS[check // 36**n % 36] for n in range(_LONGEST_TOKEN - _BEGINNING)
    )


def _tokens(unit: Unit, style: Style) -> Iterator[str]:
    told = narrow(f"{style.model or ''} / {unit.title}")
    title = fold(told)
    said = readings(title, plain=told, brand=style.brand_key)
    brand = style.brand_key or _first_brand(said)
    families = [
        each.entry
        for each in said
        if each.entry.kind == "family" and (each.entry.brand == brand or not each.is_shared)
    ]
    if brand:
        yield brand_token(brand)
    for other in said:
        if other.entry.kind == "brand" and other.entry.id != brand:
            yield named_token(other.entry.id)
    own = style.model_key
    if own is None or names.family(own) is None:
        of_brand = [each.id for each in families if each.brand == brand or brand is None]
        own = of_brand[0] if of_brand else own
    if own:
        yield own_token(own)
        if brand is None and families:
            yield brand_token(families[0].brand or "")
    for family in dict.fromkeys([*([own] if own else []), *(each.id for each in families)]):
        if family != own:
            yield among_token(family)
        yield from (among_token(wider) for wider in names.wider(family))
    yield from _describing(title, said)
    yield from (size_token(int(size)) for size in _SIZE.findall(title))


def _first_brand(said: Sequence[Mention]) -> str | None:
    return next((each.entry.id for each in said if each.entry.kind == "brand"), None)


def _describing(title: str, said: Iterable[Mention]) -> Iterator[str]:
    """Describing words, and those inside them: 長財布 is a 財布 too."""
    for mention in said:
        yield from (word_token(each) for each in mention.soft)
        if mention.entry.kind in NAMES or mention.entry.kind == "filler":
            continue
        yield word_token(mention.entry.id)
        if title[mention.start : mention.end].isascii():
            continue
        key = sound_key(title[mention.start : mention.end])
        for start in range(len(key)):
            for end in range(start + 2, len(key) + 1):
                for alias in names.by_key().get(key[start:end], ()):
                    if alias.entry.kind in {"soft", "thing"}:
                        yield word_token(alias.entry.id)


def add_words(db: Session, told: Sequence[tuple[str, str]]) -> None:
    """Make new units findable: pairs of unit id and its words."""
    if not told:
        return
    rows = [
        {"unit_id": unit_id, "words": words, "grams": indexed(words)} for unit_id, words in told
    ]
    db.connection().execute(insert(UnitWords), rows)
    if _is_sqlite(db):
        known = select(UnitWords.unit_id, UnitWords.number).where(
            col(UnitWords.unit_id).in_([unit_id for unit_id, _ in told])
        )
        numbers = dict(db.exec(known).all())
        db.connection().execute(
            _ADD,
            [
                {"number": numbers[str(row["unit_id"])], "grams": " ".join(row["grams"])}
                for row in rows
            ],
        )


def replace_words(db: Session, told: Sequence[tuple[str, str]]) -> None:
    """The same for units that are findable already, after a change of title, style or serial."""
    ids = [unit_id for unit_id, _ in told]
    known = select(UnitWords.number, UnitWords.words).where(col(UnitWords.unit_id).in_(ids))
    if ids and _is_sqlite(db):
        before = [
            {"number": number, "grams": " ".join(indexed(words))}
            for number, words in db.connection().execute(known)
        ]
        if before:
            db.connection().execute(_TAKE_OUT, before)
    db.connection().execute(delete(UnitWords).where(col(UnitWords.unit_id).in_(ids)))
    add_words(db, told)


def rebuild(db: Session) -> int:
    """Read every unit's words anew, after a release that knows more names; how many there are.

    Newer units keep coming before older ones.
    """
    if _is_sqlite(db):
        db.connection().execute(_EMPTY)
    db.connection().execute(delete(UnitWords))
    done, after = 0, ""
    while True:
        found = db.exec(
            select(Unit, Style)
            .where(col(Unit.style_id) == col(Style.id), col(Unit.id) > after)
            .order_by(col(Unit.id))
            .limit(_UNITS_AT_ONCE)
        ).all()
        if not found:
            return done
        add_words(db, [(unit.id, words_of(unit, style)) for unit, style in found])
        done, after = done + len(found), found[-1][0].id
        db.expunge_all()


def _is_sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"
