"""Reads on wishes: what somebody looks for."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.items.wishes.actions import sought_in
from catalog.items.wishes.rules import Sought
from catalog.items.wishes.tables import Wish


@dataclass(frozen=True, slots=True)
class WishFacts:
    """One open wish."""

    id: str
    sought: Sought
    made_at: datetime


def wishes_of(db: Session, who: str) -> list[WishFacts]:
    """What somebody looks for, the oldest first (探し物一覧)."""
    rows = db.exec(
        select(Wish)
        .where(Wish.who == who, col(Wish.ended_at).is_(None))
        .order_by(col(Wish.made_at), col(Wish.id))
    )
    return [WishFacts(row.id, sought_in(row), row.made_at) for row in rows]
