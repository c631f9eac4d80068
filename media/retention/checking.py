"""The originals of one piece, checked now because somebody asks (原本の検査, R-008): the copy in
every place is read and hashed, what is wrong is made good where it can be, and the journal of the
piece tells what was found.

Not here: reading and mending (the worker), and the check of everything (`passes`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from catalog.ground import journal, worklist
from catalog.ground.journal import Sought
from catalog.ground.record import Sha256, UnitId
from media.assets.kinds import BlobState, CopyState
from media.assets.tables import Asset, Blob, BlobCopy
from media.retention.queries import Due, papers_of

CHECK = "fixity.piece"  # due work: the originals of that piece
CHECKED = "originals_checked"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a piece found. `wrong`: copies that were not what they were, `repaired`: of
    these those made good; `unread`: copies whose place or file did not answer; `lost`: originals
    that are whole nowhere.
    """

    at: datetime
    originals: int
    places: int
    wrong: int
    repaired: int
    unread: int
    lost: int

    @property
    def is_green(self) -> bool:
        """Every copy was read and is what it was."""
        return not (self.wrong or self.unread or self.lost)


def ask(db: Session, unit_id: UnitId, *, by: str, now: datetime) -> bool:
    """Have them checked as soon as a worker is free; False while that is underway already."""
    if is_underway(db, unit_id):
        return False
    since = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as the rows keep moments
    facts = {"asked_at": since.isoformat(), "by": by}
    key = f"{unit_id}:{now:%Y%m%d%H%M%S%f}"
    return worklist.add(db, CHECK, unit_id, key, due_at=now, now=now, facts=facts)


def is_underway(db: Session, unit_id: UnitId) -> bool:
    """Whether a worker has, or is to have, them in hand."""
    found = select(worklist.Work.id).where(
        worklist.Work.kind == CHECK,
        worklist.Work.subject == unit_id,
        worklist.Work.state == worklist.WorkState.DUE.value,
    )
    return db.exec(found).first() is not None


def left(db: Session, unit_id: UnitId, *, since: datetime) -> list[Due]:
    """Those of them nobody looked at since then."""
    rows = db.exec(
        select(Blob.sha256, Blob.bytes)
        .where(
            col(Blob.sha256).in_(_digests(db, unit_id)),
            or_(col(Blob.checked_at).is_(None), col(Blob.checked_at) < since),
        )
        .order_by(col(Blob.sha256))
    )
    return [Due(Sha256(sha256), size) for sha256, size in rows]


def conclude(
    db: Session, unit_id: UnitId, places: Sequence[str], *, since: datetime, by: str, now: datetime
) -> Checked:
    """What was found since then, written down with the piece."""
    digests = _digests(db, unit_id)
    lost = select(Blob.sha256).where(
        col(Blob.sha256).in_(digests), Blob.state == BlobState.LOST.value
    )
    rows = db.exec(select(BlobCopy).where(col(BlobCopy.sha256).in_(digests))).all()
    bad = [row for row in rows if row.last_bad_at is not None and row.last_bad_at >= since]
    good = [row for row in rows if row.last_ok_at is not None and row.last_ok_at >= since]
    gone = [row for row in rows if row.state == CopyState.LOST.value]
    read = {(row.sha256, row.replica) for row in (*bad, *good, *gone)}
    facts = {
        "originals": len(digests), "places": len(places), "wrong": len(bad),
        "repaired": sum(row.state == CopyState.KEPT.value for row in bad),
        "unread": sum((sha256, place) not in read for sha256 in digests for place in places),
        "lost": len(db.exec(lost).all()),
    }  # fmt: skip
    journal.record(db, f"unit:{unit_id}", CHECKED, actor=by, at=now, facts=facts)
    return _checked(now, facts)


def last(db: Session, unit_id: UnitId) -> Checked | None:
    """What the latest check of the piece found."""
    found = journal.search(db, Sought(subject=f"unit:{unit_id}", verb=CHECKED), limit=1)
    return _checked(found[0].at, found[0].facts) if found else None


def count(db: Session, unit_id: UnitId) -> int:
    """How many originals there are to be checked."""
    return len(_digests(db, unit_id))


def _checked(at: datetime, facts: Mapping[str, Any]) -> Checked:
    names = ("originals", "places", "wrong", "repaired", "unread", "lost")
    return Checked(at, *(int(facts.get(name, 0)) for name in names))


def _digests(db: Session, unit_id: UnitId) -> list[str]:
    """Its captures, its issued reports and its certificates, but what was deleted by two."""
    shown = select(Asset.sha256).where(Asset.unit_id == unit_id)
    kept = select(Blob.sha256).where(
        or_(col(Blob.sha256).in_(shown), col(Blob.sha256).in_(papers_of(unit_id))),
        col(Blob.state) != BlobState.DELETED.value,
    )
    return list(db.exec(kept))
