"""The tag session (撮影セッション): a photographed tag says which unit the following shots of its
folder show.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground.record import AssetId, UnitId, new_id
from media.intake.tables import TagSession


def open_session(
    db: Session, folder: str, unit_id: UnitId, *, opened_by: AssetId, now: datetime
) -> None:
    """From now on the folder's shots belong to this unit; the session before it is closed."""
    close(db, folder, now=now)
    db.add(
        TagSession(
            id=new_id(now),
            folder=folder,
            open_folder=folder,
            unit_id=unit_id,
            opened_by=opened_by,
            opened_at=now,
        )
    )
    db.flush()


def close(db: Session, folder: str, *, now: datetime) -> bool:
    """End the folder's session; False when none was open."""
    ended: Any = db.connection().execute(
        update(TagSession)
        .where(col(TagSession.open_folder) == folder)
        .values(open_folder=None, closed_at=now)
    )
    return bool(ended.rowcount)


def unit_of(db: Session, folder: str) -> UnitId | None:
    """The unit whose session is open in the folder."""
    found = db.exec(select(TagSession.unit_id).where(TagSession.open_folder == folder)).first()
    return UnitId(found) if found else None
