"""Row base, id types and the one column type per kind of value.

SQLite's STRICT tables know only INTEGER, TEXT, REAL and BLOB, so each kind has one type here with
its SQLite variant (decision 0004): text, whole numbers of 64 bits, measures, yes/no as integer, UTC
instants as integer milliseconds, Tokyo days as ISO text, small JSON as text. On PostgreSQL they are
TEXT, BIGINT, DOUBLE PRECISION, BOOLEAN, TIMESTAMPTZ, DATE, TEXT. No table validates: parse outside
data into a frozen shape first.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, NewType

from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Text,
    and_,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel
from ulid import ULID

CustomerId = NewType("CustomerId", str)
PartnerId = NewType("PartnerId", str)
StyleId = NewType("StyleId", str)
UnitId = NewType("UnitId", str)
AssetId = NewType("AssetId", str)
CaptureTaskId = NewType("CaptureTaskId", str)
TicketId = NewType("TicketId", str)
StaffId = NewType("StaffId", str)
ConversationId = NewType(
    "ConversationId", str
)  # "line:U…", "web:…": channel, colon, the platform's own id
LetterId = NewType("LetterId", int)
Sha256 = NewType("Sha256", str)  # 64 lower-case hex digits

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def new_id(now: datetime) -> str:
    """A ULID: sortable by its moment, unguessable in its last 80 bits."""
    return str(ULID.from_datetime(now))


def to_millis(moment: datetime) -> int:
    """Whole milliseconds since 1970 UTC. Raises ValueError for a naive moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """The aware UTC moment of that many milliseconds since 1970."""
    return _EPOCH + millis * _MILLISECOND


class Words(TypeDecorator[str]):
    """Text of any length."""

    impl = Text
    cache_ok = True


class Whole(TypeDecorator[int]):
    """A 64-bit whole number: ids, yen, counts, sizes in bytes."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


class Measure(TypeDecorator[float]):
    """What an instrument measured, never money: micrometres of a pixel."""

    impl = Double
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(REAL() if dialect.name == "sqlite" else Double())


class YesNo(TypeDecorator[bool]):
    """A claim that holds or does not; 0 or 1 on SQLite."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        return int(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class Instant(TypeDecorator[datetime]):
    """An aware moment, to the millisecond, read back in UTC. A naive one is refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        millis = to_millis(value)
        return millis if dialect.name == "sqlite" else from_millis(millis)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return from_millis(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class Day(TypeDecorator[date]):
    """A Tokyo calendar day."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


class Json(TypeDecorator[Any]):
    """A small JSON value kept as text, the same bytes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Bytes(TypeDecorator[bytes]):
    """A short run of bytes (a digest, a wrapped key); files never go through the database."""

    impl = LargeBinary
    cache_ok = True


class Row(SQLModel):
    """What every table class inherits: STRICT on SQLite. Tables add `{**STRICT}` to their own
    arguments. `__journaled__`: its columns of money and custody, which the journal can rebuild.
    """

    __table_args__: Any = {"sqlite_strict": True}
    __journaled__: ClassVar[tuple[str, ...]] = ()


STRICT: dict[str, Any] = {"sqlite_strict": True}


def begins(column: Mapped[str], beginning: str) -> ColumnElement[bool]:
    """Whether a text begins so (with ASCII at its end), as a range an index serves."""
    return and_(column >= beginning, column < f"{beginning[:-1]}{chr(ord(beginning[-1]) + 1)}")
