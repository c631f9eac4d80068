"""Style (型) and unit (一点物): what a piece is, and the one physical thing with its owner, place
and state.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Category(StrEnum):
    """What the shop deals in."""

    WATCH = "watch"
    DIAMOND = "diamond"
    BAG = "bag"
    APPAREL = "apparel"


class UnitState(StrEnum):
    """Where a unit stands."""

    EXPECTED = "expected"
    IN_TRANSIT_IN = "in_transit_in"
    RECEIVED = "received"
    APPRAISING = "appraising"
    APPRAISED = "appraised"
    STOCK = "stock"
    COOLING_OFF_HOLD = "cooling_off_hold"
    PREPARING = "preparing"
    CONSIGNED = "consigned"
    INSPECTION = "inspection"
    LISTED = "listed"
    UNLISTED = "unlisted"
    REPAIR = "repair"
    RESERVED = "reserved"
    SOLD = "sold"
    SHIPPED = "shipped"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    CLOSED = "closed"
    RETURN_IN = "return_in"
    RETURN_DISPUTE = "return_dispute"
    RETURN_PENDING = "return_pending"
    IN_TRANSIT_OUT = "in_transit_out"
    RETURNED = "returned"
    REFERRED = "referred"
    REJECTED = "rejected"
    DISPOSED = "disposed"
    POLICE_HOLD = "police_hold"
    LOST_DAMAGED = "lost_damaged"
    CANCELLED = "cancelled"


class OwnerKind(StrEnum):
    """Whose it is."""

    CUSTOMER = "customer"
    CONSIGNOR = "consignor"
    DEALER = "dealer"
    BUYER = "buyer"


class Style(Row, table=True):
    """Brand, model and reference: what many units may share. `style_key` is their folded form."""

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
    written_at: datetime = Field(sa_type=Instant)


class Unit(Row, table=True):
    """One physical thing. `code` is never reused; `version` counts every change.

    `grade` repeats the latest row of `grading`; `price` is the list price in yen, tax included.
    """

    __tablename__ = "unit"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("unit_style", "style_id"),
        Index("unit_state", "state"),
        Index("unit_serial", "serial_key"),
        Index("unit_owner", "owner_id"),
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
    price: int | None = Field(default=None, sa_type=Whole)
    grade: str | None = Field(default=None, sa_type=Words)
    accessories: str | None = Field(default=None, sa_type=Words)
    notes: str | None = Field(default=None, sa_type=Words)
    publish_gate: str | None = Field(default=None, sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


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
