"""Catalogue search at size: a hundred thousand pieces, then a million, on both databases; and
searches as customers type them.

The pieces are made from the lexicon, so names are as often asked for as a dealer has them; the
words go in by the product's own path. What exists only for search is held against the pieces
themselves.
"""

import contextlib
import csv
import gc
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlmodel import Session

from bench.intake import postgres
from bench.result import Result, against, middle, percentile, within
from bench.setting import Setting
from bench.shop import open_shop
from bench.typed import Piece, Typed, half_width, is_kana, typed
from catalog.ground.record import new_id
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from catalog.items import lexicon, names
from catalog.items.names import Alias, Name
from catalog.items.rules import VISITOR
from catalog.items.search import search
from catalog.items.search_index import add_words, words_of
from catalog.items.tables import Style, Unit
from catalog.items.words import plain_key

QUERIES = 120  # a class
TYPED_BY_RULE = 600
P99_MS = {"sqlite": 60.0, "postgres": 100.0}
TYPED_P99_MS = 50.0
HAND_WRITTEN = Path(__file__).parent / "search_queries.tsv"
REAL = Path(__file__).parent / "search_references.tsv"
# The catalogue of real references (brand, family, reference, name), where one has been laid there.
REFERENCES = "AKASHI_BENCH_REFERENCES"
_BATCH = 5_000
_REFERENCES_A_FAMILY = 30
_LONG_AGO = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
_COLOURS = (
    "ブラック",
    "ホワイト",
    "ブルー",
    "シルバー",
    "グレー",
    "グリーン",
    "ピンク",
    "ゴールド",
)
_MORE = (
    "自動巻き",
    "クォーツ",
    "トゴ",
    "財布",
    "指輪",
    "保証書付き",
    "箱付き",
    "メンズ",
    "レディース",
)
_PAGES = text(
    "SELECT m.tbl_name, m.type, sum(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name"
    " GROUP BY m.tbl_name, m.type"
)
_TWO = ("財布", "指輪", "トゴ", "黒革", "時計")
_STATES = ("listed",) * 7 + ("reserved", "sold", "stock")
_GRADES = ("S", "A", "AB", "B", "BC")
_SERIAL = "ABCDEFGHJKLMNPRSTUVXYZ0123456789"


def run(setting: Setting) -> list[Result]:
    """Both databases at both sizes, then the typed searches."""
    sizes = (10_000, 100_000) if setting.rounds == 1 else (100_000, 1_000_000)
    results: list[Result] = []
    shop = open_shop(setting.place("search"))
    with contextlib.closing(open_database(shop.url)) as database:
        results += _measured(database, "sqlite", sizes)
        results += _index_sizes(database)
    shop = open_shop(setting.place("typed"))
    with contextlib.closing(open_database(shop.url)) as database:
        results += _typed(database)
    with postgres(setting.place("postgres")) as (url, _):
        shop = open_shop(setting.place("search"), database_url=url)
        with contextlib.closing(open_database(url)) as database:
            results += _measured(database, "postgres", sizes)
    return results


# --- pieces
# -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Stock:
    """Pieces in the making: the families of the lexicon, the better known far more often."""

    families: list[Name]
    weights: list[float]
    names_of: dict[tuple[str, str], list[Alias]]
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    styles: dict[str, Style] = field(default_factory=dict)
    serials: list[str] = field(default_factory=list)
    count: int = 0

    def kana(self, kind: str, entry_id: str) -> str | None:
        """One of its names in kana, with no colour in it."""
        found = [a.written for a in self.names_of[kind, entry_id] if is_kana(a.written)]
        return self.chance.choice(found) if found else None

    def family(self) -> Name:
        """One, the better known more likely."""
        return self.chance.choices(self.families, self.weights)[0]

    def style(self, family: Name) -> tuple[Style, bool]:
        """One of its references; whether it is new."""
        n = self.chance.randrange(_REFERENCES_A_FAMILY)
        key = f"{family.id}|{n}"
        known = self.styles.get(key)
        if known is not None:
            return known, False
        reference = reference_of(family, n)
        brand = _shown(self.names_of, "brand", family.brand or "")
        made = Style(
            id=new_id(_LONG_AGO),
            style_key=key,
            category="watch",
            brand=brand,
            brand_key=family.brand,
            model=family.names[0],
            model_key=family.id,
            reference=reference,
            reference_key=plain_key(reference),
            written_at=_LONG_AGO,
        )
        self.styles[key] = made
        return made, True

    def unit(self, family: Name, style: Style) -> Unit:
        """The next piece."""
        chance, self.count = self.chance, self.count + 1
        serial = "".join(chance.choices(_SERIAL, k=8))
        if len(self.serials) < QUERIES * 20:
            self.serials.append(serial)
        parts = [
            self.kana("brand", family.brand or "") or style.brand or "",
            self.kana("family", family.id) or family.names[0],
            style.reference or "",
            chance.choice(_COLOURS),
            chance.choice(_MORE),
        ]
        at = _LONG_AGO + timedelta(seconds=self.count)
        return Unit(
            id=new_id(at),
            code=f"W-{self.count:07d}",
            style_id=style.id,
            title=" ".join(parts),
            serial=serial,
            serial_key=serial.lower(),
            owner_kind="dealer",
            custody="dealer:shop",
            state=chance.choice(_STATES),
            price=chance.randrange(50, 9_000) * 1_000,
            grade=chance.choice(_GRADES),
            publish_gate="waived: import",
            written_at=at,
            changed_at=at,
        )


def reference_of(family: Name, n: int) -> str:
    """A reference like a maker's: digits, letters, a dial's number."""
    chance = random.Random(f"{family.id} {n}")
    return f"{chance.randrange(10_000, 999_999)}{chance.choice(('LN', 'ST', 'A', 'BC'))}-{n:04d}"


def _shown(names_of: dict[tuple[str, str], list[Alias]], kind: str, entry_id: str) -> str:
    return names_of[kind, entry_id][0].written


def _stock() -> Stock:
    names_of: dict[tuple[str, str], list[Alias]] = {}
    for alias in names.aliases():
        if not (alias.is_weak or alias.is_shared or alias.is_cell or alias.soft):
            names_of.setdefault((alias.entry.kind, alias.entry.id), []).append(alias)
    families = [
        name
        for name in names.names()
        if name.kind == "family"
        and any(is_kana(alias.written) for alias in names_of.get(("family", name.id), ()))
        and ("brand", name.brand or "") in names_of
    ]
    return Stock(families, [1 / (n + 20) for n in range(len(families))], names_of)


def _fill(database: Database, stock: Stock, upto: int) -> None:
    while stock.count < upto:
        styles: list[Style] = []
        units: list[tuple[Unit, Style]] = []
        while len(units) < _BATCH and stock.count < upto:
            family = stock.family()
            style, is_new = stock.style(family)
            if is_new:
                styles.append(style)
            units.append((stock.unit(family, style), style))
        database.write(lambda db, s=styles, u=units: _insert(db, s, u))  # type: ignore[misc]  # bound at once


def _insert(db: Session, styles: Sequence[Style], units: Sequence[tuple[Unit, Style]]) -> None:
    if styles:
        db.connection().execute(insert(Style), [style.model_dump() for style in styles])
    db.connection().execute(insert(Unit), [unit.model_dump() for unit, _ in units])
    add_words(db, [(unit.id, words_of(unit, style)) for unit, style in units])


# --- classes of searches
# ----------------------------------------------------------------------------


def _classes(stock: Stock) -> dict[str, Callable[[], str]]:
    chance = random.Random(11)

    def named(family: Name) -> str:
        brand = stock.kana("brand", family.brand or "") or ""
        return f"{brand} {stock.kana('family', family.id)}"

    def full() -> str:
        family = stock.family()
        return f"{named(family)} {reference_of(family, chance.randrange(_REFERENCES_A_FAMILY))}"

    def part_of_serial() -> str:
        serial, start = chance.choice(stock.serials), chance.randrange(4)
        return serial[start : start + 5]

    def brand() -> str:
        return stock.kana("brand", stock.family().brand or "") or "ロレックス"

    return {
        "brand, family and reference": full,
        "half width": lambda: half_width(named(stock.family())),
        "Latin and a short name": lambda: chance.choice(("rolex sub", "omega speed", "lv speedy")),
        "5 characters of a serial": part_of_serial,
        "brand alone": brand,
        "nothing there": lambda: f"存在{chance.randrange(1000)}無 ヌヌヌ",
        "word of 2 characters": lambda: chance.choice(_TWO),
        "one letter left out": lambda: slipped(stock, chance)[0],
    }


def slipped(stock: Stock, chance: random.Random) -> tuple[str, Name]:
    """A family's kana name with one letter missing, and the family."""
    while True:
        family = stock.family()
        told = stock.kana("family", family.id) or ""
        if len(told) >= 5 and told.isalpha():
            at = chance.randrange(1, len(told) - 1)
            return told[:at] + told[at + 1 :], family


def _measured(database: Database, engine: str, sizes: tuple[int, int]) -> list[Result]:
    stock = _stock()
    middles: dict[str, list[float]] = {}
    worst: dict[str, float] = {}
    for size in sizes:
        _fill(database, stock, size)
        _settle(database, engine)
        # What the bench itself holds is no part of the product's pauses.
        gc.collect()
        gc.freeze()
        for name, make in _classes(stock).items():
            took = _milliseconds(database, [make() for _ in range(QUERIES)])
            middles.setdefault(name, []).append(middle(took))
            worst[name] = percentile(took, 99)
    results = [
        within("P9", f"{engine}, {sizes[1]:,}: {name}, p99", worst[name], P99_MS[engine], unit="ms")
        for name in worst
    ]
    for name, (small, large) in middles.items():
        ratio = large / small
        results.append(
            Result(
                "P9", f"{engine}: {name}, p50 from {sizes[0]:,}", large, "ms", "≤ 3×", ratio <= 3,
                small, ratio,
            )
        )  # fmt: skip
    results.append(_found(database, engine, stock))
    return results


def _settle(database: Database, engine: str) -> None:
    """What PostgreSQL does by itself over night."""
    if engine != "postgres":
        return
    with database.engine().connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        alone.execute(text("VACUUM ANALYZE"))


def _milliseconds(database: Database, queries: Sequence[str]) -> list[float]:
    """How long each takes, after a few that do not count."""
    for query in queries[:5]:
        _hits(database, query)
    took = []
    for query in queries:
        begun = time.perf_counter()
        _hits(database, query)
        took.append((time.perf_counter() - begun) * 1000)
    return took


def _hits(database: Database, query: str) -> list[Any]:
    return list(database.read(lambda db: search(db, query, viewer=VISITOR)))


def _found(database: Database, engine: str, stock: Stock) -> Result:
    chance = random.Random(5)
    found = 0
    for _ in range(2 * QUERIES):
        query, family = slipped(stock, chance)
        meant = {alias.entry.names[0] for alias in _same(query, family)}
        found += any(hit.model in meant for hit in _hits(database, query)[:3])
    share = 100 * found / (2 * QUERIES)
    return Result("P9", f"{engine}: one letter left out, found", share, "%", "≥ 95 %", share >= 95)


def _same(query: str, family: Name) -> Iterator[Alias]:
    """The family; and what the shortened word itself is a name of, if it is one."""
    yield Alias(family, family.names[0])
    for mention in lexicon.readings(query):
        yield Alias(mention.entry, mention.entry.names[0])


def _index_sizes(database: Database) -> list[Result]:
    """The index against the rows it is over; and everything there is for search, words and their
    key included, against the pieces.
    """
    with database.engine().connect() as connection:
        rows = connection.execute(_PAGES)
        sizes: dict[tuple[str, str], int] = {(row[0], row[1]): row[2] for row in rows}

    def megabytes(*tables: str, kinds: tuple[str, ...] = ("table", "index")) -> float:
        found = (
            size
            for (table, kind), size in sizes.items()
            if kind in kinds and table.removesuffix("_data").removesuffix("_idx") in tables
        )
        return sum(found) / 2**20

    index = megabytes("unit_grams")
    over = megabytes("unit", "style", "unit_words", kinds=("table",))
    for_search = megabytes("unit_grams", "unit_words")
    pieces = megabytes("unit", "style")
    return [
        against("P9", "sqlite: index, against its rows", index, over, unit="MB", at_most=0.6),
        against(
            "P9", "sqlite: all there is for search, against the pieces", for_search, pieces,
            unit="MB", at_most=0.6,
        ),
    ]  # fmt: skip


# --- as customers type
# -------------------------------------------------------------------------------


def _typed(database: Database) -> list[Result]:
    """Searches by rule and by hand over a catalogue: the real one, or the lexicon's own."""
    pieces = _catalogue()
    _take(database, pieces)
    by_rule = typed(pieces, count=TYPED_BY_RULE, seed=3)
    known = {(piece.brand, piece.family) for piece in pieces}
    by_hand = [each for each in _by_hand() if (each.brand, each.family) in known]
    results = []
    took: list[float] = []
    for what, asked in (("made by rule", by_rule), ("written by hand", by_hand)):
        found = 0
        for each in asked:
            begun = time.perf_counter()
            hits = _hits(database, each.query)
            took.append((time.perf_counter() - begun) * 1000)
            found += any((hit.brand, hit.model) == (each.brand, each.family) for hit in hits[:3])
        share = 100 * found / len(asked) if asked else 0.0
        told = f"{len(asked)} searches {what}: brand and family among the first 3"
        results.append(Result("typed", told, share, "%", "≥ 95 %", share >= 95))
    results.append(
        within("typed", "all of them, p99", percentile(took, 99), TYPED_P99_MS, unit="ms")
    )
    return results


def _by_hand() -> list[Typed]:
    return [Typed("by hand", query, brand, family) for query, brand, family in _lines(HAND_WRITTEN)]


def _lines(path: Path) -> Iterator[list[str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _catalogue() -> list[Piece]:
    given = os.environ.get(REFERENCES)
    if given:
        with Path(given).open(encoding="utf-8", newline="") as opened:
            return [
                Piece(row["brand"], row["family"], row["reference"], row["name"])
                for row in csv.DictReader(opened)
            ]
    stock = _stock()
    real = [Piece(*cells) for cells in _lines(REAL)]
    return real + [
        Piece(
            _shown(stock.names_of, "brand", family.brand or ""),
            family.names[0],
            reference_of(family, n),
            f"{family.names[0]} {'Black' if n % 2 else 'White'}",
        )
        for family in stock.families
        for n in range(8)
    ]


def _take(database: Database, pieces: Sequence[Piece]) -> None:
    rows = []
    for n, piece in enumerate(pieces):
        style = Style(
            id=f"style-{n}",
            style_key=str(n),
            category="watch",
            brand=piece.brand,
            brand_key=lexicon.brand_id(piece.brand),
            model=piece.family,
            model_key=lexicon.model_id(piece.family, piece.brand),
            reference=piece.reference,
            reference_key=plain_key(piece.reference),
            written_at=_LONG_AGO,
        )
        unit = Unit(
            id=f"unit-{n:07d}",
            code=f"W-{n:07d}",
            style_id=style.id,
            title=piece.name or piece.family,
            owner_kind="dealer",
            custody="dealer:shop",
            state="listed",
            price=100_000,
            written_at=_LONG_AGO,
            changed_at=_LONG_AGO,
        )
        rows.append((unit, style))
    for start in range(0, len(rows), _BATCH):
        some = rows[start : start + _BATCH]
        styles = [style for _, style in some]
        database.write(lambda db, s=styles, u=some: _insert(db, s, u))  # type: ignore[misc]  # bound at once
