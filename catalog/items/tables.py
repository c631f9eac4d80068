"""Style (型) and unit (一点物): what a piece is, and the one physical thing with its owner, place
and state; the prices it had, the doubts raised about it, and who watches it. Holds, places and
parcels have tables of their own.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Style(Row, table=True):
    """Brand, model and reference: what many units may share, with the words told of all of them.
    `style_key` is their folded form; `gtin` the maker's article number, where there is one.
    """

    __tablename__ = "style"
    __table_args__ = (
        UniqueConstraint("style_key"),
        Index("style_brand", "brand_key", "model_key"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    style_key: str = Field(sa_type=Words)
    category: str = Field(sa_type=Words)
    brand: str | None = Field(default=None, sa_type=Words)
    brand_key: str | None = Field(default=None, sa_type=Words)
    model: str | None = Field(default=None, sa_type=Words)
    model_key: str | None = Field(default=None, sa_type=Words)
    reference: str | None = Field(default=None, sa_type=Words)
    reference_key: str | None = Field(default=None, sa_type=Words, index=True)
    gtin: str | None = Field(default=None, sa_type=Words)
    size: str | None = Field(default=None, sa_type=Words)
    colour: str | None = Field(default=None, sa_type=Words)
    title: str | None = Field(default=None, sa_type=Words)
    description: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


class Unit(Row, table=True):
    """One physical thing. `code` is never reused; `version` counts every change.

    `grade` repeats the latest final row of `grading`, `graders` how many people agreed on it;
    `price` is the list price in yen, tax included; `listed_at` when it was last put on sale.
    `custody` is one of `Custody`, in the dealer's hands with the place: `dealer:shop`.
    `state_before`: where it stood before police or damage took it out; `reserved_for` an order,
    until `reserved_until`. `case_id`: the case that brought it; `cost`: what was paid for it.
    """

    __journaled__ = ("owner_kind", "owner_id", "custody", "state", "price", "cost", "reserved_for")

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("unit_style", "style_id"),
        Index("unit_state", "state"),
        Index("unit_serial", "serial_key"),
        Index("unit_owner", "owner_id"),
        CheckConstraint("price >= 0 AND cost >= 0", name="unit_yen"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    code: str = Field(sa_type=Words)
    style_id: str = Field(sa_type=Words, foreign_key="style.id")
    title: str = Field(sa_type=Words)
    serial: str | None = Field(default=None, sa_type=Words)
    serial_key: str | None = Field(default=None, sa_type=Words)
    owner_kind: str = Field(sa_type=Words)
    owner_id: str | None = Field(default=None, sa_type=Words)
    custody: str = Field(sa_type=Words)
    state: str = Field(sa_type=Words)
    version: int = Field(default=1, sa_type=Whole)
    state_before: str | None = Field(default=None, sa_type=Words)
    price: int | None = Field(default=None, sa_type=Whole)
    cost: int | None = Field(default=None, sa_type=Whole)
    case_id: str | None = Field(default=None, sa_type=Words, index=True)
    reserved_for: str | None = Field(default=None, sa_type=Words)
    reserved_until: datetime | None = Field(default=None, sa_type=Instant)
    grade: str | None = Field(default=None, sa_type=Words)
    accessories: str | None = Field(default=None, sa_type=Words)
    notes: str | None = Field(default=None, sa_type=Words)
    graders: int = Field(default=0, sa_type=Whole)
    publish_gate: str | None = Field(default=None, sa_type=Words)
    listed_at: datetime | None = Field(default=None, sa_type=Instant)
    written_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class CodeNumber(Row, table=True):
    """The last number given under a letter of unit codes; it only grows."""

    __tablename__ = "code_number"
    __table_args__ = (STRICT,)

    letter: str = Field(primary_key=True, sa_type=Words)
    last: int = Field(sa_type=Whole)


class UnitFlag(Row, table=True):
    """A doubt about a unit that somebody must look into before it may be listed. `other_id`: the
    unit that carries the same serial.
    """

    __tablename__ = "unit_flag"
    __table_args__ = (UniqueConstraint("unit_id", "kind", "other_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    kind: str = Field(sa_type=Words)
    other_id: str = Field(sa_type=Words, foreign_key="unit.id")
    raised_at: datetime = Field(sa_type=Instant)
    cleared_at: datetime | None = Field(default=None, sa_type=Instant)
    cleared_by: str | None = Field(default=None, sa_type=Words)
    reason: str | None = Field(default=None, sa_type=Words)


class PriceEvent(Row, table=True):
    """One change of a list price, with why, and where the consignor's consent is kept."""

    __tablename__ = "price_event"
    __table_args__ = (Index("price_event_unit", "unit_id", "changed_at"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    price_before: int | None = Field(default=None, sa_type=Whole)
    price_after: int = Field(sa_type=Whole)
    reason: str = Field(sa_type=Words)
    consent_ref: str | None = Field(default=None, sa_type=Words)
    changed_by: str = Field(sa_type=Words)
    changed_at: datetime = Field(sa_type=Instant)


class Watcher(Row, table=True):
    """Somebody (`customer:ID`, `partner:ID`) who asked to be told about a unit."""

    __tablename__ = "unit_watcher"
    __table_args__ = (UniqueConstraint("unit_id", "who"), Index("unit_watcher_who", "who"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    who: str = Field(sa_type=Words)
    since: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class GramList(TypeDecorator[list[str]]):
    """The 2-grams of a text: an array under a GIN index on PostgreSQL, unused on SQLite (FTS5
    instead).
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(Text()))

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return None if dialect.name == "sqlite" else value


class UnitWords(Row, table=True):
    """What a unit can be found by: its folded words, and their 2-grams. `number` is the FTS row on
    SQLite.
    """

    __tablename__ = "unit_words"
    __table_args__ = (
        UniqueConstraint("unit_id"),
        Index("unit_words_grams", "grams", postgresql_using="gin").ddl_if(dialect="postgresql"),
        STRICT,
    )

    number: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    words: str = Field(sa_type=Words)
    grams: list[str] | None = Field(default=None, sa_type=GramList)
