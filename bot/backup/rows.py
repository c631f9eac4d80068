"""Every row of the registers as lines of JSON that need no engine to be read (台帳の写し).

    {"akashi": 1, "revision": …}
    {"table": "unit", "columns": {"id": "words", "price": "whole", …}}
    ["01J…", 4000000, …]
    …
    {"rows": {"unit": 1, …}}

The same lines go into SQLite or PostgreSQL, so a shop that has outgrown the one moves to the other
by them. Tables stand after those they point at. What is made from other rows (search indexes) is
left out and made anew. Not here: where the lines lie, and who may read them (`sets`).
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    column,
    func,
    insert,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from bot.migrations import models
from catalog.ground.errors import Malformed, Refused
from catalog.ground.record import (
    Bytes,
    Day,
    Instant,
    Json,
    Measure,
    Whole,
    Words,
    YesNo,
    from_millis,
    to_millis,
)

FORM = 1
MADE_ANEW = frozenset({"unit_words"})  # follows from units and the lexicon (`search_index`)
_AT_ONCE = 500
_IN_USE_BY = ("journal", "unit", "customer", "inbox", "staff")  # a shop at work has rows in one


class CopyMalformed(Malformed):
    """The lines are not a copy of the registers, or end too early. `line` counts from 1."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(f"line {line} of the copy: {reason}")
        self.reason = reason
        self.line = line


class RegistersInUse(Refused):
    """A copy goes into an empty database only. `table` has rows."""

    def __init__(self, table: str) -> None:
        super().__init__(f"the database is in use: {table} has rows")
        self.table = table


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of one column type are written as JSON, and read back."""

    type: TypeEngine[Any]
    told: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda value: value


_KINDS: Mapping[str, _Kind] = {
    "words": _Kind(Words()),
    "whole": _Kind(Whole()),
    "measure": _Kind(Measure()),
    "yesno": _Kind(YesNo()),
    "instant": _Kind(Instant(), to_millis, from_millis),
    "day": _Kind(Day(), date.isoformat, date.fromisoformat),
    "json": _Kind(Json()),
    "bytes": _Kind(Bytes(), lambda value: base64.b64encode(value).decode(), base64.b64decode),
}
_NAMES = {type(kind.type): name for name, kind in _KINDS.items()}


def tables() -> list[Table]:
    """The tables that are copied, each after those it points at."""
    assert models.ALL  # every table is known from here on
    return [each for each in SQLModel.metadata.sorted_tables if each.name not in MADE_ANEW]


def written(db: Session, revision: str) -> Iterator[bytes]:
    """The lines, as the registers stand at one moment. Nothing else may have been asked in this
    transaction before.
    """
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    yield _line({"akashi": FORM, "revision": revision})
    counts: dict[str, int] = {}
    for each in tables():
        kinds = {one.name: _NAMES[type(one.type)] for one in each.columns}
        yield _line({"table": each.name, "columns": kinds})
        tell = [_KINDS[kind].told for kind in kinds.values()]
        found = connection.execution_options(yield_per=_AT_ONCE).execute(
            select(each).order_by(*each.primary_key.columns)
        )
        counts[each.name] = 0
        for row in found:
            counts[each.name] += 1
            yield _line([None if v is None else say(v) for say, v in zip(tell, row, strict=True)])
    yield _line({"rows": counts})


def need_empty(connection: Connection) -> None:
    """Raises RegistersInUse. What migrations themselves write down does not count, and a table that
    an earlier release did not have is empty.
    """
    for name in _IN_USE_BY:
        if (
            _is_there(connection, name)
            and connection.execute(select(literal(1)).select_from(table(name)).limit(1)).first()
        ):
            raise RegistersInUse(name)


def revision_of(lines: Iterator[bytes]) -> str:
    """The release whose shape the lines have; reads the first of them. Raises CopyMalformed."""
    head = _read(next(lines, b""), 1)
    if not isinstance(head, dict) or head.get("akashi") != FORM or "revision" not in head:
        raise CopyMalformed("not the head of a copy this release reads", 1)
    return str(head["revision"])


def put_back(connection: Connection, lines: Iterable[bytes]) -> dict[str, int]:
    """Write the rows into an empty database of that release's shape; how many of each table. The
    lines are those after the first.

    Raises CopyMalformed, also when the end is missing or tells other numbers.
    """
    for each in reversed(tables()):
        if _is_there(connection, each.name):
            connection.execute(table(each.name).delete())
    put, counts = _Putter(connection), None
    number = 1
    for number, line in enumerate(lines, 2):
        told = _read(line, number)
        if counts is not None:
            raise CopyMalformed("goes on after its end", number)
        if isinstance(told, list):
            put.row(told, number)
        elif "table" in told:
            put.begin(told, number)
        else:
            put.flush()
            counts = told.get("rows")
    if counts is None:
        raise CopyMalformed("the end is missing", number)
    if counts != put.counts:
        raise CopyMalformed("other numbers of rows than its end tells", number)
    _go_on_counting(connection)
    return put.counts


class _Putter:
    """Takes tables and rows in their order and inserts some hundreds at once."""

    def __init__(self, connection: Connection) -> None:
        self.counts: dict[str, int] = {}
        self._connection = connection
        self._name = ""
        self._columns: list[tuple[str, _Kind]] = []
        self._waiting: list[dict[str, Any]] = []
        self._line = 1

    def begin(self, told: Mapping[str, Any], line: int) -> None:
        self.flush()
        try:
            self._columns = [(name, _KINDS[kind]) for name, kind in told["columns"].items()]
        except (KeyError, AttributeError):
            raise CopyMalformed("an unknown kind of column", line) from None
        self._name = str(told["table"])
        self.counts[self._name] = 0

    def row(self, told: list[Any], line: int) -> None:
        self._line = line
        if len(told) != len(self._columns) or not self._name:
            raise CopyMalformed("a row with other columns than its table", line)
        try:
            self._waiting.append(
                {
                    name: None if value is None else kind.read(value)
                    for (name, kind), value in zip(self._columns, told, strict=True)
                }
            )
        except (ValueError, TypeError) as wrong:
            raise CopyMalformed(f"a value that is none of its column: {wrong}", line) from None
        self.counts[self._name] += 1
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            columns = [column(name, kind.type) for name, kind in self._columns]
            try:
                self._connection.execute(insert(table(self._name, *columns)), self._waiting)
            except IntegrityError:
                raise CopyMalformed(f"rows of {self._name} that do not fit", self._line) from None
            self._waiting = []


def _is_there(connection: Connection, name: str) -> bool:
    return connection.dialect.has_table(connection, name)


def _go_on_counting(connection: Connection) -> None:
    """PostgreSQL's counters do not see numbers that were given; SQLite's do."""
    if connection.dialect.name != "postgresql":
        return
    for each in tables():
        if not _is_there(connection, each.name):  # it came with a later release
            continue
        for one in each.primary_key.columns:
            told = {"name": f'"{each.name}"', "column": one.name}
            counter: ColumnElement[Any] = func.pg_get_serial_sequence(*told.values())
            if isinstance(one.type, Whole) and connection.execute(select(counter)).scalar():
                last = select(func.coalesce(func.max(one), 0) + 1).scalar_subquery()
                connection.execute(select(func.setval(counter, last, False)))


def _line(told: Any) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes, number: int) -> Any:
    try:
        told = json.loads(line)
    except ValueError:
        raise CopyMalformed("no JSON", number) from None
    if not isinstance(told, dict | list):
        raise CopyMalformed("neither a head nor a row", number)
    return told
