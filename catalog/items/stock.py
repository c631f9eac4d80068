"""The stock as staff look at it (在庫一覧, R-088): since when on sale, who is interested, and a
hint.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.ground import policy
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import UnitId
from catalog.items.holds.tables import Hold
from catalog.items.kinds import IN_CUSTODY, UnitState
from catalog.items.tables import Unit, Watcher
from catalog.items.terms import ItemTerms


class Hint(StrEnum):
    """What the numbers suggest."""

    WANTED_AND_SLOW = "wanted_and_slow"  # people look, nobody buys: the price
    SLOW = "slow"  # nobody looks either: another channel, other pictures, another price


@dataclass(frozen=True, slots=True)
class StockFacts:
    """One piece in stock. `days`: on sale since, in Tokyo days; `interest`: watchers, and holds
    ever placed.
    """

    unit_id: UnitId
    code: str
    title: str
    state: UnitState
    custody: str
    grade: str | None
    price: int | None
    cost: int | None
    days: int | None
    interest: int
    hint: Hint | None


def stock(
    db: Session,
    *,
    now: datetime,
    states: Collection[UnitState] = IN_CUSTODY,
    limit: int = 100,
) -> list[StockFacts]:
    """What the shop has, the longest on sale first."""
    units = db.exec(
        select(Unit)
        .where(col(Unit.state).in_([state.value for state in states]))
        .order_by(col(Unit.listed_at).asc().nulls_last(), col(Unit.code))
        .limit(limit)
    ).all()
    ids = [unit.id for unit in units]
    watched = counted(db, Watcher, ids)
    held = counted(db, Hold, ids)
    slow = slow_days(db)
    return [
        _facts(unit, watched.get(unit.id, 0) + held.get(unit.id, 0), slow=slow, now=now)
        for unit in units
    ]


def slow_days(db: Session) -> int:
    """Days on sale after which a piece counts as slow."""
    return policy.current(db).of(ItemTerms).slow_days


def counted(db: Session, kind: type[Watcher] | type[Hold], ids: Collection[str]) -> dict[str, int]:
    """How many such rows each of these units has, ended ones too."""
    rows = db.connection().execute(
        select(kind.unit_id, func.count())
        .where(col(kind.unit_id).in_(list(ids)))
        .group_by(col(kind.unit_id))
    )
    return {str(unit_id): int(count) for unit_id, count in rows}


def _facts(unit: Unit, interest: int, *, slow: int, now: datetime) -> StockFacts:
    days = None
    if unit.listed_at is not None and unit.state == UnitState.LISTED:
        days = (tokyo_day(now) - tokyo_day(unit.listed_at)).days
    return StockFacts(
        unit_id=UnitId(unit.id),
        code=unit.code,
        title=unit.title,
        state=UnitState(unit.state),
        custody=unit.custody,
        grade=unit.grade,
        price=unit.price,
        cost=unit.cost,
        days=days,
        interest=interest,
        hint=hint(days, interest, slow=slow),
    )


def hint(days: int | None, interest: int, *, slow: int) -> Hint | None:
    """Slow is what was on sale longer than `slow` days."""
    if days is None or days <= slow:
        return None
    return Hint.WANTED_AND_SLOW if interest else Hint.SLOW
