"""Looking for something, no longer looking, and telling who looks for a piece that is now on sale
(探し物, R-120).

One notice (`wish_found`) for a wish and a piece, ever: when the piece comes on sale, or when its
price falls to what was wished. A partner only hears of what its grants cover, by its price only
with the right to know it.
"""

from datetime import datetime

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, func, select

from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, PartnerId, new_id
from catalog.items import names
from catalog.items.granting import is_allowed
from catalog.items.kinds import Category, UnitState
from catalog.items.rules import CUSTOMER, PARTNER, Standing, Viewer, is_own
from catalog.items.tables import Style, Unit
from catalog.items.wishes.rules import MOST, Offered, Sought, TooManyWishes, WishEmpty, fits
from catalog.items.wishes.tables import Wish
from catalog.partners.rules import Right

FOUND = "wish_found"


class WishMissing(Missing):
    """There is no such wish, it is somebody else's, or it has ended."""


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
            told += worklist.notice(
                db,
                f"wish:{row.id}:{unit.id}",
                FOUND,
                to=row.who,
                version=1,
                now=now,
                facts={"unit": unit.id, "wish": row.id},
            )
    return told


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
