"""A wish (探し物) is a row with what must fit; it stays until it is taken back."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from catalog.ground.record import STRICT, Instant, Row, Whole, Words


class Wish(Row, table=True):
    """What `who` (`customer:ID`, `partner:ID`) looks for; an empty column asks nothing.

    `brand` and `model` are ids of the lexicon, `price_to` yen with tax, `grade_at_least` a grade.
    """

    __tablename__ = "wish"
    __table_args__ = (
        Index(
            "wish_open",
            "brand",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("wish_who", "who"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Words)
    who: str = Field(sa_type=Words)
    brand: str | None = Field(default=None, sa_type=Words)
    model: str | None = Field(default=None, sa_type=Words)
    category: str | None = Field(default=None, sa_type=Words)
    price_to: int | None = Field(default=None, sa_type=Whole)
    grade_at_least: str | None = Field(default=None, sa_type=Words)
    made_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
