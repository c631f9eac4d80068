"""The pieces of a newcomer who turned out to be a known customer, and what they look for, watch and
have held.
"""

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.customers.newcomers import Becoming
from catalog.ground.record import UnitId
from catalog.items import actions
from catalog.items.actions import locked
from catalog.items.holds.tables import Hold
from catalog.items.kinds import OwnerKind
from catalog.items.rules import CUSTOMER
from catalog.items.tables import Unit, Watcher
from catalog.items.wishes.tables import Wish


def move(db: Session, becoming: Becoming) -> int:
    """What is the newcomer's is the customer's; how many pieces."""
    before, known = f"{CUSTOMER}{becoming.newcomer}", f"{CUSTOMER}{becoming.customer}"
    _watched(db, before, known)
    for table, who in ((Hold, col(Hold.holder)), (Wish, col(Wish.who))):
        db.connection().execute(update(table).where(who == before).values({who: known}))
    owned = db.exec(
        select(Unit.id)
        .where(Unit.owner_id == becoming.newcomer, col(Unit.owner_kind) != OwnerKind.DEALER.value)
        .order_by(col(Unit.id))
    ).all()
    for unit_id in owned:
        actions.change(
            db, locked(db, UnitId(unit_id)), {"owner_id": becoming.customer}, by=becoming.by,
            now=becoming.now, verb="owner_known", facts=becoming.facts,
        )  # fmt: skip
    db.expire_all()
    return len(owned)


def _watched(db: Session, before: str, known: str) -> None:
    """A piece both watch is watched once, as the known customer chose."""
    both = select(Watcher.unit_id).where(Watcher.who == known)
    mine = col(Watcher.who) == before
    db.connection().execute(delete(Watcher).where(mine, col(Watcher.unit_id).in_(both)))
    db.connection().execute(update(Watcher).where(mine).values(who=known))
