"""One look-up in the search index (R-090): every token, every literal word, newest first, only what
the asker may see and the filters let through; on both databases.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    UnaryExpression,
    column,
    func,
    literal,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.operators import custom_op
from sqlmodel import Session, col, select

from catalog.items.facts import FACTS, WITH_STYLE, fitting, visible_to
from catalog.items.filters import Filters
from catalog.items.rules import Viewer
from catalog.items.tables import Unit, UnitWords
from catalog.items.words import grams

ENOUGH = 400  # candidates looked at word by word
_COMMON = 0.02  # of all pieces; from so many on, those wanted are soon met among the newest
_NEWEST = 4_000  # pieces gone back
_LEAST = 20_000  # pieces that are not worth being cut
_FEW, _MANY = 200, 50_000  # candidates joined at first, and at most
_WORDS: Any = UnitWords.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
_COLUMNS: Any = (*FACTS, Unit.style_id, _WORDS.c.words)
_SOURCE: Any = WITH_STYLE.join(_WORDS, _WORDS.c.unit_id == col(Unit.id))
_GRAMS: Any = table("unit_grams", column("rowid"))
_MATCHES = text("unit_grams MATCH :match")
_STATISTICS = text(
    "SELECT (SELECT max(number) FROM unit_words), s.most_common_elems::text::text[],"
    " s.most_common_elem_freqs FROM (SELECT 1) AS one LEFT JOIN pg_stats s"
    " ON s.schemaname = current_schema() AND s.tablename = 'unit_words' AND s.attname = 'grams'"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be there: every token, every literal word, and one at least of `any_of`."""

    tokens: frozenset[str] = frozenset()
    literals: tuple[str, ...] = ()
    any_of: frozenset[str] = frozenset()

    def plus(
        self,
        tokens: Iterable[str] = (),
        literals: Sequence[str] = (),
        any_of: Iterable[str] = (),
    ) -> "Wanted":
        """With more asked for."""
        return Wanted(
            self.tokens | frozenset(tokens),
            (*self.literals, *literals),
            self.any_of | frozenset(any_of),
        )

    @property
    def held(self) -> list[str]:
        """All that the index must hold of a piece."""
        return sorted(self.tokens | grams(self.literals))


@dataclass(frozen=True, slots=True)
class _Statistics:
    """What the server knows: the newest number, and how common the most common grams are."""

    newest: int
    shares: Mapping[str, float]

    def share(self, wanted: Wanted) -> float:
        """At most this share of all pieces has what is wanted."""
        told = [self.shares.get(each, 0.0) for each in wanted.held]
        if wanted.any_of:
            told.append(sum(self.shares.get(each, 0.0) for each in wanted.any_of))
        return min(told, default=0.0)


@dataclass(frozen=True, slots=True)
class Look:
    """Where, for whom and how much. Rows are the columns of a UnitFacts, the style's id, words."""

    db: Session
    viewer: Viewer
    filters: Filters
    limit: int

    def fetch(self, wanted: Wanted, most: int | None = None) -> list[Any]:
        """At most `most` rows, newest first.

        Literals are looked at letter by letter at the end, for 2-grams alone also find what merely
        has the same pairs.
        """
        most = most or self.limit
        if not wanted.held and not wanted.any_of:
            return self._run(self._select(_SOURCE).order_by(_WORDS.c.number.desc()), most)
        if self._is_sqlite:
            found = self._run(self._matching(wanted), ENOUGH if wanted.literals else most)
            return _holding(found, wanted)[:most]
        return self._in_arrays(wanted, most)[:most]

    def rows(self, which: ColumnElement[bool], most: int) -> list[Any]:
        """Rows of the units a condition picks by an index of its own, in no order."""
        return self._run(self._select(_SOURCE).where(which), most)

    def _select(self, source: Any) -> Any:
        return select(*_COLUMNS).select_from(source).where(*self._conditions())

    def _run(self, query: Select[Any], most: int) -> list[Any]:
        return list(self.db.connection().execute(query.limit(most)))

    def _matching(self, wanted: Wanted) -> Any:
        told = " AND ".join(f'"{each}"' for each in wanted.held)
        if wanted.any_of:
            either = " OR ".join(f'"{each}"' for each in sorted(wanted.any_of))
            told = f"{told} AND ({either})" if told else either
        source = _GRAMS.join(_WORDS, _WORDS.c.number == _GRAMS.c.rowid)
        query = self._select(source.join(WITH_STYLE, _WORDS.c.unit_id == col(Unit.id)))
        return query.where(_MATCHES.bindparams(match=told)).order_by(_GRAMS.c.rowid.desc())

    def _in_arrays(self, wanted: Wanted, most: int) -> list[Any]:
        """Going back from the newest for a name very many pieces have; by the GIN index else, among
        the newest fiftieth and then among all.

        The choice is ours: the server takes every rare 2-gram for more common than it is, and
        names that go together for strangers. Joins come last, they cost more than the index.
        """
        held = select(_WORDS.c.number).where(*_in_array(wanted))
        known = self._statistics()
        if not wanted.literals and known.share(wanted) >= _COMMON:
            recent = held.where(_WORDS.c.number > known.newest - _NEWEST)
            numbers = self._numbers(recent.order_by(_WORDS.c.number.desc()), _FEW)
            rows = self._numbered(numbers)
            if len(rows) >= most:
                return rows
        rows = []
        # The zero keeps the server from going back in order after all.
        by_index = held.order_by((_WORDS.c.number + 0).desc())
        for since in (known.newest - max(known.newest // 50, _LEAST), 0):
            within = by_index.where(_WORDS.c.number > since) if since > 0 else by_index
            for few in (_FEW,) if wanted.literals else (_FEW, _MANY):
                numbers = self._numbers(within, few)
                rows = _holding(self._numbered(numbers), wanted)
                if len(rows) >= most:
                    return rows
                if len(numbers) < few:
                    break
        return rows

    def _numbers(self, query: Select[Any], most: int) -> list[int]:
        return list(self.db.connection().execute(query.limit(most)).scalars())

    def _numbered(self, numbers: list[int]) -> list[Any]:
        if not numbers:
            return []
        which = _WORDS.c.number == func.any(literal(numbers, ARRAY(BigInteger)))
        query = self._select(_SOURCE).where(which).order_by(_WORDS.c.number.desc())
        return self._run(query, len(numbers))

    def _statistics(self) -> "_Statistics":
        known: _Statistics | None = self.db.info.get("search_statistics")
        if known is None:
            row = self.db.connection().execute(_STATISTICS).one()
            shares = dict(zip(row[1] or (), row[2] or (), strict=False))
            known = self.db.info["search_statistics"] = _Statistics(row[0] or 0, shares)
        return known

    def _conditions(self) -> list[ColumnElement[bool]]:
        """Who may see it, and the filters."""
        told = [visible_to(self.viewer), *fitting(self.filters, self.viewer)]
        if self._is_sqlite:
            # A plus in front: these only check. Without statistics SQLite would take the index on
            # the state for as good as one on a reference, and look at nearly every piece.
            return [UnaryExpression(each, operator=custom_op("+")) for each in told]
        return told

    @property
    def _is_sqlite(self) -> bool:
        return self.db.get_bind().dialect.name == "sqlite"


def tokens_of(row: Any) -> set[str]:
    """The tokens a row is indexed under."""
    return set(str(row[-1]).partition("\t")[2].split())


def _in_array(wanted: Wanted) -> list[ColumnElement[bool]]:
    told = []
    if wanted.held:
        told.append(_WORDS.c.grams.op("@>")(literal(wanted.held, _WORDS.c.grams.type)))
    if wanted.any_of:
        told.append(_WORDS.c.grams.op("&&")(literal(sorted(wanted.any_of), _WORDS.c.grams.type)))
    return told


def _holding(rows: list[Any], wanted: Wanted) -> list[Any]:
    """Those with every literal word, letter by letter."""
    if not wanted.literals:
        return rows
    told = ((row, str(row[-1]).partition("\t")[0]) for row in rows)
    return [row for row, plain in told if all(each in plain for each in wanted.literals)]
