"""Reads on wishes: what somebody looks for."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.record import UnitId
from catalog.items.wishes.actions import DRAFT, sought_in
from catalog.items.wishes.rules import Sought
from catalog.items.wishes.tables import Wish


@dataclass(frozen=True, slots=True)
class WishFacts:
    """One open wish."""

    id: str
    sought: Sought
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A find that waits for somebody of the shop: who looks for it, what they asked, the piece."""

    task: int
    who: str
    sought: Sought
    unit: UnitId
    found_at: datetime


def drafts(db: Session, *, limit: int = 200) -> list[Draft]:
    """Finds nobody has looked at, the oldest first; of people who look for it still."""
    found = []
    for row in worklist.open_tasks_named(db, DRAFT, limit=limit):
        wish = db.get(Wish, str(row.facts.get("wish", "")))
        if wish is not None:
            unit = UnitId(str(row.facts["unit"]))
            found.append(Draft(row.id or 0, wish.who, sought_in(wish), unit, row.written_at))
    return found


def wishes_of(db: Session, who: str) -> list[WishFacts]:
    """What somebody looks for, the oldest first (探し物一覧)."""
    rows = db.exec(
        select(Wish)
        .where(Wish.who == who, col(Wish.ended_at).is_(None))
        .order_by(col(Wish.made_at), col(Wish.id))
    )
    return [WishFacts(row.id, sought_in(row), row.made_at) for row in rows]
