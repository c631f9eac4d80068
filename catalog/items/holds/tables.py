"""A hold (取り置き) is a row, not a state: the piece stays listed and is shown as 商談中."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Words


class Hold(Row, table=True):
    """A unit kept for `holder` (`partner:ID`, `customer:ID`). It ends by the clock at `until`, or
    earlier when released; no job has to run.
    """

    __tablename__ = "unit_hold"
    __table_args__ = (
        Index("unit_hold_unit", "unit_id", "until"),
        Index("unit_hold_holder", "holder", "until"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    unit_id: str = Field(sa_type=Words, foreign_key="unit.id")
    holder: str = Field(sa_type=Words)
    until: datetime = Field(sa_type=Instant)
    placed_by: str = Field(sa_type=Words)
    placed_at: datetime = Field(sa_type=Instant)
    released_by: str | None = Field(default=None, sa_type=Words)
    released_at: datetime | None = Field(default=None, sa_type=Instant)
