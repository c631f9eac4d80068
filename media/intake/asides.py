"""Files of the stations' folders that were not taken in (取り込めなかったファイル), and when each
station was last looked at (R-005, R-021): what only the log knew before.

A file stands here from when it was laid aside until it is taken after all, or is gone from its
folder. Not here: broken captures, which are kept as originals and shown among the captures.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from catalog.ground.errors import ShopError
from catalog.ground.session.database import insert_once
from media.intake.naming import clean_name
from media.intake.tables import LaidAside, StationLook
from media.intake.take import path_text

UNFORESEEN = "unforeseen"  # the reason of what is no answer of the shop


def lay_aside(db: Session, station: str, path: Path, why: Exception, *, now: datetime) -> None:
    """It is not taken in; again changes the reason alone."""
    reason = type(why).__name__ if isinstance(why, ShopError) else UNFORESEEN
    key, name = path_text(path.absolute()), clean_name(path.name)
    values = {"path": key, "station": station, "name": name, "reason": reason, "since": now}
    if not insert_once(db, LaidAside, values):
        db.connection().execute(
            update(LaidAside).where(col(LaidAside.path) == key).values(reason=reason)
        )


def forget(db: Session, paths: Sequence[str]) -> None:
    """They were taken after all, or are gone."""
    db.connection().execute(delete(LaidAside).where(col(LaidAside.path).in_(list(paths))))


def is_aside(db: Session, path: Path) -> bool:
    """Whether it was laid aside before."""
    return db.get(LaidAside, path_text(path.absolute())) is not None


def of_station(db: Session, station: str) -> Sequence[LaidAside]:
    """All of one station, the latest first."""
    return db.exec(
        select(LaidAside)
        .where(LaidAside.station == station)
        .order_by(col(LaidAside.since).desc(), col(LaidAside.path))
    ).all()


def count(db: Session) -> int:
    """Of all stations."""
    return db.exec(select(func.count()).select_from(LaidAside)).one()


def looked(db: Session, station: str, *, disk: str | None = None, now: datetime) -> None:
    """The station's folder was looked through to its end. `disk`: where its disk is mounted."""
    facts = {"looked_at": now, "disk": disk}
    if not insert_once(db, StationLook, {"station": station, **facts}):
        db.connection().execute(
            update(StationLook).where(col(StationLook.station) == station).values(**facts)
        )


def last_look(db: Session, station: str) -> datetime | None:
    """When it was last looked through; None when it never was."""
    row = db.get(StationLook, station, populate_existing=True)
    return row.looked_at if row is not None else None


def last_disk(db: Session, station: str) -> str | None:
    """Where the disk it lay on then was mounted, as far as that is known."""
    row = db.get(StationLook, station, populate_existing=True)
    return row.disk if row is not None else None
