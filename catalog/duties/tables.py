"""The dealer's ledger (古物台帳): one row per unit that came in or went out, append-only
(KOB-2).
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Bytes, Day, Instant, Row, Whole, Words, YesNo


class LedgerKind(StrEnum):
    """Why a unit came in or went out."""

    OPENING_STOCK = "opening_stock"  # was in stock before this register began
    BOUGHT = "bought"
    CONSIGNED_IN = "consigned_in"
    EXCHANGED = "exchanged"
    SOLD = "sold"
    CONSIGNMENT_DELIVERED = "consignment_delivered"
    RETURNED = "returned"


class Direction(StrEnum):
    """受入 or 払出."""

    IN = "in"
    OUT = "out"


class LedgerRow(Row, table=True):
    """One line of the ledger. A correction is a new row that points at the one it corrects.

    `entry_key` tells one entry from the next: the same unit, kind and deal are entered once.
    `identity_id`: the check in which the counterparty's name, address, occupation and age lie
    sealed; without one (a buyer) they lie in `counterparty`, sealed with the key of `sealed_for`.
    """

    __tablename__ = "ledger_row"
    __table_args__ = (
        UniqueConstraint("entry_key"),
        CheckConstraint("direction IN ('in', 'out')", name="ledger_row_direction"),
        CheckConstraint("price IS NULL OR price >= 0", name="ledger_row_price"),
        CheckConstraint("quantity > 0", name="ledger_row_quantity"),
        Index("ledger_row_unit", "unit_id"),
        Index("ledger_row_day", "entered_on"),
        Index("ledger_row_identity", "identity_id"),
        STRICT,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    entry_key: str = Field(sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    entered_on: date = Field(sa_type=Day)
    direction: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    item_kind: str = Field(sa_type=Words)
    quantity: int = Field(default=1, sa_type=Whole)
    features: str = Field(sa_type=Words)
    price: int | None = Field(default=None, sa_type=Whole)
    about: str | None = Field(default=None, sa_type=Words)
    customer_id: str | None = Field(default=None, sa_type=Words)
    identity_id: str | None = Field(default=None, sa_type=Words)
    method: str | None = Field(default=None, sa_type=Words)
    counterparty: bytes | None = Field(default=None, sa_type=Bytes)
    sealed_for: str | None = Field(default=None, sa_type=Words)
    is_by_law: bool = Field(default=True, sa_type=YesNo)
    seller_is_registered: bool | None = Field(default=None, sa_type=YesNo)
    seller_number: str | None = Field(default=None, sa_type=Words)
    is_ledger_only_deduction: bool = Field(default=False, sa_type=YesNo)
    corrects: int | None = Field(default=None, sa_type=Whole)
    reason: str | None = Field(default=None, sa_type=Words)
    keep_through: date = Field(sa_type=Day)
    written_by: str = Field(sa_type=Words)
    written_at: datetime = Field(sa_type=Instant)


# The databases themselves refuse to change or delete a row of the ledger; the history runs these.
APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER ledger_row_no_{act.lower()} BEFORE {act} ON ledger_row"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION ledger_row_stands() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$",
        "CREATE TRIGGER ledger_row_stands BEFORE UPDATE OR DELETE ON ledger_row"
        " FOR EACH ROW EXECUTE FUNCTION ledger_row_stands()",
    ),
}
