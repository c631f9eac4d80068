"""Leaks of personal data (漏えい等報告): what happened, whom it touches, what is due when."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from catalog.ground.record import STRICT, Day, Instant, Row, Whole, Words, YesNo


class Breach(Row, table=True):
    """One leak. `what` holds no personal data. Deadlines are counted from the day of discovery."""

    __tablename__ = "breach"
    __table_args__ = (CheckConstraint("people >= 0", name="breach_people"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    discovered_on: date = Field(sa_type=Day)
    what: str = Field(sa_type=Words)
    people: int = Field(sa_type=Whole)
    is_sensitive: bool = Field(sa_type=YesNo)
    has_financial_harm: bool = Field(sa_type=YesNo)
    has_wrongful_purpose: bool = Field(sa_type=YesNo)
    is_reportable: bool = Field(sa_type=YesNo)
    preliminary_target: date = Field(sa_type=Day)
    preliminary_limit: date = Field(sa_type=Day)
    final_limit: date = Field(sa_type=Day)
    preliminary_sent_on: date | None = Field(default=None, sa_type=Day)
    final_sent_on: date | None = Field(default=None, sa_type=Day)
    people_told_on: date | None = Field(default=None, sa_type=Day)
    noted_by: str = Field(sa_type=Words)
    noted_at: datetime = Field(sa_type=Instant)
