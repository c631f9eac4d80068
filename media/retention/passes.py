"""The check of every original in every place, over and over (定期検査). The slot only begins one; a
worker goes through it, the longest unchecked first, at a rate that leaves the disk to others.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from catalog.ground import worklist
from catalog.ground.record import new_id
from media.report import sidecars as papers
from media.retention import queries
from media.retention.tables import FixityPass

UNREAD_TASK = "original_unread"  # staff: a check could not read every copy
PASS = "fixity"  # due work: go on with that pass
_EARLY = timedelta(hours=1)  # the clock of a slot is not that exact


def begin(db: Session, at: datetime) -> None:
    """Slot `fixity`: a pass begins unless one goes on or the last began too lately; one that goes
    on is seen to be worked. Reports of which no copy lies in the store get one. Running it again
    changes nothing.
    """
    papers.overdue(db, at)
    current = queries.open_pass(db)
    last = queries.last_pass(db)
    days = queries.terms(db).pass_days
    # What could not be read is looked at again with the next slot, however long a pass is to rest.
    is_free = current is None and days > 1 and not (last is not None and last.unread)
    if is_free and last is not None and at < last.started_at + timedelta(days=days) - _EARLY:
        return
    begin_now(db, at)


def begin_now(db: Session, at: datetime, *, is_worked: bool = False) -> str:
    """A pass begins, or the one that goes on is seen to be worked; its id. `is_worked`: whoever
    asks goes through it.
    """
    current = queries.open_pass(db)
    if current is None:
        current = FixityPass(id=new_id(at), started_at=at)
        db.add(current)
        db.flush()
    if not is_worked and not _is_due(db, current.id):
        worklist.add(db, PASS, current.id, f"{current.id}:{at:%Y%m%d%H%M%S}", due_at=at, now=at)
    return current.id


def add_up(
    db: Session,
    pass_id: str,
    *,
    originals: int = 0,
    bytes: int = 0,
    wrong: int = 0,
    repaired: int = 0,
    lost: int = 0,
    unread: int = 0,
) -> None:
    """Count what a part of the pass found."""
    db.connection().execute(
        update(FixityPass)
        .where(col(FixityPass.id) == pass_id)
        .values(
            originals=col(FixityPass.originals) + originals,
            bytes=col(FixityPass.bytes) + bytes,
            wrong=col(FixityPass.wrong) + wrong,
            repaired=col(FixityPass.repaired) + repaired,
            lost=col(FixityPass.lost) + lost,
            unread=col(FixityPass.unread) + unread,
        )
    )


def end(db: Session, pass_id: str, *, now: datetime) -> bool:
    """Everything that answered was looked at; False when it had ended before. Staff are told of
    copies nobody could read.
    """
    ended = db.connection().execute(
        update(FixityPass)
        .where(col(FixityPass.id) == pass_id, col(FixityPass.ended_at).is_(None))
        .values(ended_at=now)
    )
    unread = db.exec(select(FixityPass.unread).where(FixityPass.id == pass_id)).first()
    if ended.rowcount and unread:
        worklist.task(
            db, UNREAD_TASK, "originals", due_at=now, now=now, once=pass_id,
            facts={"unread": unread},
        )  # fmt: skip
    return bool(ended.rowcount)


def get(db: Session, pass_id: str) -> FixityPass | None:
    """A pass by its id."""
    return db.exec(
        select(FixityPass).where(FixityPass.id == pass_id).execution_options(populate_existing=True)
    ).first()


def _is_due(db: Session, pass_id: str) -> bool:
    count = db.exec(
        select(func.count())
        .select_from(worklist.Work)
        .where(
            worklist.Work.kind == PASS,
            worklist.Work.subject == pass_id,
            worklist.Work.state == worklist.WorkState.DUE.value,
        )
    ).one()
    return count > 0
