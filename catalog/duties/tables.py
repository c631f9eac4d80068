"""The dealer's ledger (古物台帳): one row per unit that came in or went out, append-only
(KOB-2).
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words


class LedgerKind(StrEnum):
    """Why a unit came in or went out."""

    OPENING_STOCK = "opening_stock"  # was in stock before this register began
    BOUGHT = "bought"
    CONSIGNED_IN = "consigned_in"
    EXCHANGED = "exchanged"
    SOLD = "sold"
    CONSIGNMENT_DELIVERED = "consignment_delivered"
    RETURNED = "returned"


class LedgerRow(Row, table=True):
    """One line of the ledger. A correction is a new row that points at the one it corrects."""

    __tablename__ = "ledger_row"
    __table_args__ = (Index("ledger_row_unit", "unit_id"), STRICT)

    id: int | None = Field(default=None, primary_key=True, sa_type=Whole)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    entered_on: date = Field(sa_type=Day)
    kind: str = Field(sa_type=Words)
    item_kind: str = Field(sa_type=Words)
    quantity: int = Field(default=1, sa_type=Whole)
    features: str = Field(sa_type=Words)
    corrects: int | None = Field(default=None, sa_type=Whole)
    written_at: datetime = Field(sa_type=Instant)
