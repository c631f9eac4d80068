"""Tastes and sizes (好み・サイズ): what a customer likes, kept only when they say so (R-117).

What was heard waits as a row until the customer agrees; unanswered it is gone after a day. The
customer sees every one and can have it forgotten.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, delete
from sqlmodel import Field, Session, col, select

from catalog.ground import journal
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.record import STRICT, CustomerId, Instant, Row, Words, new_id

LONGEST = 60
MOST = 50
ANSWER_WITHIN = timedelta(days=1)


class TasteMissing(Missing):
    """No such taste, or another's."""


class TasteMalformed(Malformed):
    """Nothing, or more than a short phrase."""


class TooManyTastes(Refused):
    """So many are kept that one must go first."""


class Taste(Row, table=True):
    """One phrase. `kept_at` None: the customer was asked and has not agreed."""

    __tablename__ = "taste"
    __table_args__ = (Index("taste_customer", "customer_id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Words)
    customer_id: str = Field(sa_type=Words, foreign_key="customer.id")
    words: str = Field(sa_type=Words)
    heard_at: datetime = Field(sa_type=Instant)
    kept_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Kept:
    """A taste as it is shown."""

    id: str
    words: str
    kept_at: datetime


def hear(db: Session, customer: CustomerId, words: str, *, now: datetime) -> str | None:
    """Write down what may be kept; its id. None when it is kept already. Raises TasteMalformed,
    TooManyTastes.
    """
    phrase = " ".join(unicodedata.normalize("NFKC", words).split())
    if not 0 < len(phrase) <= LONGEST or not phrase.isprintable():
        raise TasteMalformed("a taste is a short phrase")
    held = of(db, customer)
    if phrase in {each.words for each in held}:
        return None
    if len(held) >= MOST:
        raise TooManyTastes(f"{MOST} tastes are kept")
    row = Taste(id=new_id(now), customer_id=customer, words=phrase, heard_at=now)
    db.add(row)
    db.flush()
    return row.id


def keep(db: Session, customer: CustomerId, taste_id: str, *, by: str, now: datetime) -> Kept:
    """The customer agreed. Again changes nothing. Raises TasteMissing."""
    row = _own(db, customer, taste_id)
    if row.kept_at is not None:
        return Kept(row.id, row.words, row.kept_at)
    row.kept_at = now
    db.flush()
    facts = {"taste": row.id}
    journal.record(db, f"customer:{customer}", "taste_kept", actor=by, at=now, facts=facts)
    return Kept(row.id, row.words, now)


def forget(db: Session, customer: CustomerId, taste_id: str, *, by: str, now: datetime) -> str:
    """Gone, and its words with it; what it said. Raises TasteMissing."""
    row = _own(db, customer, taste_id)
    words = row.words
    db.delete(row)
    db.flush()
    facts = {"taste": taste_id}
    journal.record(db, f"customer:{customer}", "taste_forgotten", actor=by, at=now, facts=facts)
    return words


def forget_all(db: Session, customer: CustomerId) -> int:
    """All of a customer's; how many."""
    gone: Any = db.connection().execute(delete(Taste).where(col(Taste.customer_id) == customer))
    return int(gone.rowcount)


def move(db: Session, newcomer: CustomerId, customer: CustomerId) -> None:
    """What was heard of a newcomer is of who they are; a phrase that is kept already, or is one too
    many, goes.
    """
    kept = {each.words for each in of(db, customer)}
    heard = select(Taste).where(Taste.customer_id == newcomer).order_by(col(Taste.id))
    for row in db.exec(heard).all():
        if row.words in kept or len(kept) >= MOST:
            db.delete(row)
            continue
        row.customer_id = customer
        if row.kept_at is not None:
            kept.add(row.words)
    db.flush()


def forget_unanswered(db: Session, *, now: datetime) -> None:
    """What nobody agreed to within a day."""
    db.connection().execute(
        delete(Taste).where(col(Taste.kept_at).is_(None), col(Taste.heard_at) < now - ANSWER_WITHIN)
    )


def of(db: Session, customer: CustomerId) -> list[Kept]:
    """What is kept of a customer, oldest first."""
    rows = db.exec(
        select(Taste)
        .where(Taste.customer_id == customer, col(Taste.kept_at).is_not(None))
        .order_by(col(Taste.kept_at), col(Taste.id))
    )
    return [Kept(row.id, row.words, row.kept_at) for row in rows if row.kept_at is not None]


def _own(db: Session, customer: CustomerId, taste_id: str) -> Taste:
    row = db.get(Taste, taste_id)
    if row is None or row.customer_id != customer:
        raise TasteMissing(taste_id)
    return row
