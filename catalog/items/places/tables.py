"""The shop's places (店舗・倉庫) and pieces lent to partners (預け・預かり)."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words, YesNo


class StockPlace(Row, table=True):
    """A shop or a warehouse. `rank`: the order of preference, the lowest first."""

    __tablename__ = "stock_place"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True, sa_type=Words)
    rank: int = Field(default=0, sa_type=Whole)
    ships: bool = Field(default=True, sa_type=YesNo)
    hands_over: bool = Field(default=True, sa_type=YesNo)
    written_at: datetime = Field(sa_type=Instant)


class Loan(Row, table=True):
    """A unit in a partner's hands, from when until when. One open loan per unit."""

    __tablename__ = "loan"
    __table_args__ = (
        Index(
            "loan_open",
            "unit_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("loan_partner", "partner_id"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    partner_id: str = Field(sa_type=Words, foreign_key="partner.id")
    place_before: str = Field(sa_type=Words)
    lent_by: str = Field(sa_type=Words)
    lent_at: datetime = Field(sa_type=Instant)
    due_on: date | None = Field(default=None, sa_type=Day)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
