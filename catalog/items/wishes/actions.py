"""Looking for something, no longer looking, and telling who looks for a piece that is now on sale
(探し物, R-120).

One notice (`wish_found`) for a wish and a piece, ever: when the piece comes on sale, or when its
price falls to what was wished; where the shop wishes so (`item.wish_approval`), a customer hears of
it once somebody of the shop has looked. A partner only hears of what its grants cover, by its price
only with the right to know it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, func, select

from catalog.ground import journal, policy, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, PartnerId, new_id
from catalog.ground.worklist import Work
from catalog.items import names
from catalog.items.granting import is_allowed
from catalog.items.kinds import Category, UnitState
from catalog.items.rules import CUSTOMER, PARTNER, Standing, Viewer, is_own
from catalog.items.tables import Style, Unit
from catalog.items.terms import ItemTerms
from catalog.items.wishes.rules import MOST, Offered, Sought, TooManyWishes, WishEmpty, fits
from catalog.items.wishes.tables import Wish
from catalog.partners.rules import Right

FOUND = "wish_found"
DRAFT = "wish_draft"  # task: somebody looks at a find before the customer is told


class WishMissing(Missing):
    """There is no such wish, it is somebody else's, or it has ended."""


class DraftMissing(Missing):
    """No find waits to be looked at under that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"no find waits under {number}")
        self.number = number


class FindOver(Refused):
    """The person looks for it no more, or the piece is not on sale. `what`: wish, piece."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the {what} is over")
        self.what = what


def seek(db: Session, who: str, sought: Sought, *, now: datetime) -> str:
    """`who` hears of what fits from now on; the wish's id. The same wish again is the first one.

    Raises WishEmpty, TooManyWishes.
    """
    if sought.is_empty:
        raise WishEmpty("a wish must ask something")
    mine = db.exec(select(Wish).where(Wish.who == who, col(Wish.ended_at).is_(None))).all()
    for row in mine:
        if sought_in(row) == sought:
            return row.id
    if len(mine) >= MOST:
        raise TooManyWishes(who)
    wish = Wish(
        id=new_id(now),
        who=who,
        brand=sought.brand,
        model=sought.model,
        category=sought.category.value if sought.category else None,
        price_to=sought.price_to,
        grade_at_least=sought.grade_at_least,
        made_at=now,
    )
    db.add(wish)
    db.flush()
    return wish.id


def forget(db: Session, wish_id: str, who: str, *, now: datetime) -> None:
    """No more news of it. Raises WishMissing."""
    ended = db.connection().execute(
        update(Wish)
        .where(col(Wish.id) == wish_id, col(Wish.who) == who, col(Wish.ended_at).is_(None))
        .values(ended_at=now)
    )
    if not ended.rowcount:
        raise WishMissing(wish_id)


def forget_all(db: Session, who: str) -> None:
    """What somebody ever looked for is not kept (R-137)."""
    db.connection().execute(delete(Wish).where(col(Wish.who) == who))
    db.expire_all()


def sought_in(row: Wish) -> Sought:
    """What a kept wish asks."""
    return Sought(
        row.brand,
        row.model,
        Category(row.category) if row.category else None,
        Yen(row.price_to) if row.price_to is not None else None,
        row.grade_at_least,
    )


def is_sought(db: Session) -> bool:
    """Whether anybody looks for anything."""
    return bool(
        db.exec(select(func.count()).select_from(Wish).where(col(Wish.ended_at).is_(None))).one()
    )


def on_sale(db: Session, unit: Unit, *, now: datetime) -> int:
    """The piece stands in the window, newly or at a new price: tell who looks for it and was not
    told before; how many.
    """
    if unit.state != UnitState.LISTED:
        return 0
    style = db.get_one(Style, unit.style_id)
    models = [style.model_key, *names.wider(style.model_key)] if style.model_key else []
    asks = policy.current(db).of(ItemTerms).wish_approval
    offered = Offered(style.brand_key, models, style.category, unit.price, unit.grade)
    told = 0
    for row in db.exec(
        select(Wish)
        .where(
            col(Wish.ended_at).is_(None),
            or_(col(Wish.brand).is_(None), col(Wish.brand) == style.brand_key),
        )
        .order_by(col(Wish.id))
    ):
        sought = sought_in(row)
        if fits(sought, offered) and _may_hear(db, row.who, unit, sought, now=now):
            is_draft = asks and not row.who.startswith(PARTNER)
            find = _draft if is_draft else _tell
            told += find(db, row.id, row.who, unit.id, now=now)
    return told


def _tell(db: Session, wish: str, who: str, unit: str, *, now: datetime) -> bool:
    """The notice, once for a wish and a piece, whoever makes it."""
    return worklist.notice(
        db, f"wish:{wish}:{unit}", FOUND, to=who, version=1, now=now,
        facts={"unit": unit, "wish": wish},
    )  # fmt: skip


def _draft(db: Session, wish: str, who: str, unit: str, *, now: datetime) -> bool:
    """Somebody of the shop looks at it first."""
    return worklist.task(
        db, DRAFT, f"unit:{unit}", due_at=now, now=now, once=wish,
        facts={"unit": unit, "wish": wish, "to": who},
    )  # fmt: skip


def approve(db: Session, task_id: int, *, by: str, now: datetime) -> None:
    """The customer is told of the find. Raises DraftMissing, FindOver."""
    facts = _decided(db, task_id, now=now)
    unit, wish = str(facts["unit"]), str(facts["wish"])
    sought = db.get(Wish, wish, populate_existing=True)
    piece = db.get(Unit, unit, populate_existing=True)
    if sought is None or sought.ended_at is not None:
        raise FindOver("wish")
    if piece is None or piece.state != UnitState.LISTED:
        raise FindOver("piece")
    who = sought.who  # a newcomer may be somebody else by now
    _tell(db, wish, who, unit, now=now)
    journal.record(db, who, "find_told", actor=by, at=now, facts={"unit": unit, "wish": wish})


def pass_over(db: Session, task_id: int, *, by: str, now: datetime) -> None:
    """The customer is not told of this one, now or later. Raises DraftMissing."""
    facts = _decided(db, task_id, now=now)
    told = {"unit": str(facts["unit"]), "wish": str(facts["wish"])}
    journal.record(db, str(facts["to"]), "find_passed_over", actor=by, at=now, facts=told)


def _decided(db: Session, task_id: int, *, now: datetime) -> Mapping[str, Any]:
    """Whoever decides first has decided."""
    row = db.get(Work, task_id, populate_existing=True)
    if row is None or row.facts.get("task") != DRAFT or "to" not in row.facts:
        raise DraftMissing(task_id)
    if not worklist.close_task(db, task_id, now=now):
        raise DraftMissing(task_id)
    return row.facts


def _may_hear(db: Session, who: str, unit: Unit, sought: Sought, *, now: datetime) -> bool:
    """Nobody is told of their own piece."""
    if not who.startswith(PARTNER):
        viewer = Viewer(customer=CustomerId(who.removeprefix(CUSTOMER)))
        return not is_own(viewer, Standing(unit.code, unit.state, unit.owner_kind, unit.owner_id))
    return is_allowed(
        db,
        PartnerId(who.removeprefix(PARTNER)),
        unit,
        right=Right.PRICE if sought.price_to is not None else None,
        today=tokyo_day(now),
    )
