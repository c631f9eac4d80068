"""Write down how an original's copies were found and what was done about it (保管記録). The bytes
themselves are looked at and copied by `media/originals/tending`, before and after, outside.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import Sha256, new_id
from media.assets.kinds import BlobState, CopyState
from media.assets.tables import Blob, BlobCopy
from media.log import actions as log
from media.originals.reading import Condition, Seen
from media.originals.tending import Tended
from media.retention import queries
from media.retention.rules import Event, Ruling, judge
from media.retention.tables import Quarantined

TEND = "original.tend"  # due work: somebody was given a wrong copy; look everywhere at once
WRONG_TASK = "original_wrong"  # staff: a place held wrong bytes that day
LOST_TASK = "original_lost"  # staff: one original is whole nowhere
ACTOR = "storage"


def record(
    db: Session,
    sha256: Sha256,
    seen: Mapping[str, Seen],
    *,
    is_whole: bool = True,
    now: datetime,
) -> Ruling:
    """What was found; `is_whole`: in every place there is. Leaves and tasks are written for what is
    new in it; the same look again changes nothing but the times. Raises OriginalUnknown.
    """
    blob = queries.blob_of(db, sha256)
    before = {name: CopyState(row.state) for name, row in queries.copies(db, sha256).items()}
    if blob.state == BlobState.DELETED.value:
        return Ruling(BlobState.DELETED, before, ())
    ruling = judge(
        BlobState(blob.state), before, {name: each.condition for name, each in seen.items()},
        is_whole=is_whole,
    )  # fmt: skip
    for name, state in ruling.copies.items():
        look = seen[name]
        is_bad = look.misread or look.condition is Condition.DAMAGED or state is CopyState.MISSING
        _put_copy(
            db, sha256, name, state,
            ok_at=now if look.condition is Condition.GOOD else None,
            bad_at=now if is_bad else None,
        )  # fmt: skip
    db.connection().execute(
        update(Blob)
        .where(col(Blob.sha256) == sha256, col(Blob.state) != BlobState.DELETED.value)
        .values(state=ruling.blob.value, checked_at=now)
    )
    db.expire(blob)
    for event, replica in ruling.events:
        _tell(db, sha256, event, replica, now=now)
    return ruling


def tended(
    db: Session, sha256: Sha256, done: Mapping[str, Tended], *, now: datetime
) -> Ruling | None:
    """What was put aside and what was made good; None when nothing was."""
    for name, each in done.items():
        if each.quarantined is not None:
            _put_aside(db, sha256, name, each.quarantined, now=now)
    good = {
        name: Seen(each.condition)
        for name, each in done.items()
        if each.condition is Condition.GOOD
    }
    if not good:
        return None
    return record(db, sha256, good, now=now)


def lies_aside(db: Session, found: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """What lies aside in a place and nobody wrote down: an original that came in again took the
    place of a damaged copy, or whoever put it aside was killed. `found`: places and keys.
    """
    known = set(db.exec(select(Quarantined.replica, Quarantined.key)))
    for replica, key in found:
        if (replica, key) not in known:
            sha256 = Sha256(key.rpartition("/")[2].partition(".")[0])
            _put_aside(db, sha256, replica, key, now=now)


def doubt(db: Session, sha256: Sha256, *, now: datetime) -> bool:
    """Somebody read wrong bytes: every place is looked at as soon as a worker is free; once for all
    who read them within a minute.
    """
    key = f"{sha256}:{now:%Y%m%d%H%M}"
    return worklist.add(db, TEND, sha256, key, due_at=now, now=now)


def _put_copy(
    db: Session,
    sha256: Sha256,
    replica: str,
    state: CopyState,
    *,
    ok_at: datetime | None,
    bad_at: datetime | None,
) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {"state": state.value}
    if ok_at is not None:
        values["last_ok_at"] = ok_at
    if bad_at is not None:
        values["last_bad_at"] = bad_at
    db.connection().execute(
        insert(BlobCopy)
        .values(sha256=sha256, replica=replica, **values)
        .on_conflict_do_update(index_elements=["sha256", "replica"], set_=values)
    )


def _tell(db: Session, sha256: Sha256, event: Event, replica: str | None, *, now: datetime) -> None:
    facts: dict[str, Any] = {"sha256": sha256}
    if replica is not None:
        facts["replica"] = replica
    log.append(db, event.value, facts, now=now)
    verb = event.value.removeprefix("original.")
    journal.record(db, f"original:{sha256}", verb, actor=ACTOR, at=now, facts=facts)
    if event is Event.LOST:
        worklist.task(db, LOST_TASK, f"original:{sha256}", due_at=now, now=now,
                      once=f"{now:%Y%m%d%H%M%S}", facts=facts)  # fmt: skip
    elif event in (Event.DAMAGED, Event.MISSING):
        day = tokyo_day(now).isoformat()
        worklist.task(db, WRONG_TASK, "originals", due_at=now, now=now, once=day,
                      facts={"day": day})  # fmt: skip


def _put_aside(db: Session, sha256: Sha256, replica: str, key: str, *, now: datetime) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    put = db.connection().execute(
        insert(Quarantined)
        .values(id=new_id(now), replica=replica, key=key, sha256=sha256, found_at=now)
        .on_conflict_do_nothing()
    )
    if put.rowcount:
        facts = {"sha256": sha256, "replica": replica, "key": key}
        journal.record(db, f"original:{sha256}", "put_aside", actor=ACTOR, at=now, facts=facts)
