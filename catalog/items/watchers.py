"""Being told about a piece (ウォッチ, R-033): a new price, sold, a new film.

One notice per watcher and event; a partner only hears of what its grants still cover.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import AssetId, CustomerId, PartnerId, UnitId
from catalog.ground.session.database import insert_once
from catalog.items.actions import UnitMissing
from catalog.items.granting import is_allowed
from catalog.items.rules import CUSTOMER, PARTNER, Standing, Viewer, can_see
from catalog.items.tables import Unit, Watcher
from catalog.partners.rules import MediaKind, Right


class Watched(StrEnum):
    """What watchers are told of."""

    PRICE = "watched_price"
    SOLD = "watched_sold"
    FILM = "watched_film"


def watch(db: Session, unit_id: UnitId, who: str, *, now: datetime) -> None:
    """`who` (`customer:ID`, `partner:ID`) hears of the piece from now on; asking twice changes
    nothing. Raises UnitMissing, also for a piece this one may not see.
    """
    unit = db.get(Unit, unit_id)
    if unit is None or not _may_hear(db, who, unit, None, now=now):
        raise UnitMissing(unit_id)
    if not insert_once(db, Watcher, {"unit_id": unit_id, "who": who, "since": now}):
        db.connection().execute(
            update(Watcher)
            .where(
                col(Watcher.unit_id) == unit_id,
                col(Watcher.who) == who,
                col(Watcher.ended_at).is_not(None),
            )
            .values(since=now, ended_at=None)
        )


def unwatch(db: Session, unit_id: UnitId, who: str, *, now: datetime) -> None:
    """No more news of it."""
    db.connection().execute(
        update(Watcher)
        .where(
            col(Watcher.unit_id) == unit_id,
            col(Watcher.who) == who,
            col(Watcher.ended_at).is_(None),
        )
        .values(ended_at=now)
    )


def unwatch_all(db: Session, who: str, *, now: datetime) -> None:
    """They are told of no unit any more."""
    db.connection().execute(
        update(Watcher)
        .where(col(Watcher.who) == who, col(Watcher.ended_at).is_(None))
        .values(ended_at=now)
    )


def watched_by(db: Session, who: str) -> list[UnitId]:
    """The pieces somebody watches, oldest first."""
    rows = db.exec(
        select(Watcher.unit_id)
        .where(Watcher.who == who, col(Watcher.ended_at).is_(None))
        .order_by(col(Watcher.since), col(Watcher.id))
    )
    return [UnitId(each) for each in rows]


def price_changed(db: Session, unit: Unit, *, now: datetime) -> int:
    """Tell who watches; answers how many. Once per version of the unit."""
    return _tell(db, unit, Watched.PRICE, now=now)


def sold(db: Session, unit: Unit, *, was_dealers: bool, now: datetime) -> int:
    """Tell who watches that the piece is gone. `was_dealers`: it was the shop's own."""
    return _tell(db, unit, Watched.SOLD, was_dealers=was_dealers, now=now)


def film_added(db: Session, unit_id: UnitId, asset: AssetId, *, now: datetime) -> int:
    """Tell who watches that there is a new film; once per film."""
    unit = db.get(Unit, unit_id)
    return _tell(db, unit, Watched.FILM, asset=asset, now=now) if unit is not None else 0


def _tell(
    db: Session,
    unit: Unit,
    what: Watched,
    *,
    asset: AssetId | None = None,
    was_dealers: bool | None = None,
    now: datetime,
) -> int:
    told = 0
    for watcher_id, who in _watchers(db, unit.id):
        if not _may_hear(db, who, unit, what, was_dealers=was_dealers, now=now):
            continue
        about = f"watch:{watcher_id}:{asset}" if asset else f"watch:{watcher_id}"
        told += worklist.notice(
            db,
            about,
            what.value,
            to=who,
            version=1 if asset else unit.version,
            now=now,
            facts={"unit": unit.id, "asset": asset} if asset else {"unit": unit.id},
        )
    return told


def _watchers(db: Session, unit_id: str) -> Sequence[tuple[int | None, str]]:
    return db.exec(
        select(Watcher.id, Watcher.who)
        .where(Watcher.unit_id == unit_id, col(Watcher.ended_at).is_(None))
        .order_by(col(Watcher.id))
    ).all()


def _may_hear(
    db: Session,
    who: str,
    unit: Unit,
    what: Watched | None,
    *,
    was_dealers: bool | None = None,
    now: datetime,
) -> bool:
    if not who.startswith(PARTNER):
        viewer = Viewer(customer=CustomerId(who.removeprefix(CUSTOMER)))
        standing = Standing(unit.code, unit.state, unit.owner_kind, unit.owner_id)
        return what is Watched.SOLD or can_see(viewer, standing)
    return is_allowed(
        db,
        PartnerId(who.removeprefix(PARTNER)),
        unit,
        right=Right.PRICE if what is Watched.PRICE else None,
        media_kind=MediaKind.FILM if what is Watched.FILM else None,
        today=tokyo_day(now),
        is_dealers=was_dealers,
    )
