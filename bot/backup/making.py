"""Make one backup set (バックアップ).

The registers are copied first, as they stand at one moment, into a file of this machine; then the
objects, each of which was there before its row; the description last. Stopped anywhere, the sets
before it are whole, and the next run copies only what is not there yet.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, col, func, select

from bot.backup import rows, sets
from bot.backup.sets import BackupSet
from bot.migrations.history import HEAD
from catalog.duties.sealing import DataKeys
from catalog.ground import journal
from catalog.ground.session.database import Database
from media.assets.tables import Blob
from media.log import queries as log
from media.originals import moving
from media.originals.local import disk_errors
from media.originals.moving import Moved
from media.originals.store import OriginalStore, write_whole
from media.retention import deleting

SUBJECT = "shop:backup"
BACKUP, DRILL = "backup", "drill"


@dataclass(frozen=True, slots=True)
class House:
    """What is saved: registers, objects, signing keys; `keys` seal the copy. `second`: the second
    place of objects where there is one; the log goes on from its leaves too.
    """

    database: Database
    store: OriginalStore
    keys: DataKeys
    keys_dir: Path
    second: OriginalStore | None = None


def make(
    house: House,
    target: OriginalStore,
    *,
    now: datetime,
    by: str,
    keep: int,
    proves: bool = False,
    told: Callable[[Moved], None] = lambda _: None,
) -> tuple[BackupSet, Moved]:
    """One more set there, and nothing kept of sets before the last `keep`. `proves`: what lies
    there of before is read too, and what is wrong is put aside there and copied again.

    Raises StoreUnavailable, StoreFull, DatabaseUnavailable.
    """
    staged = target.staging / f"{secrets.token_hex(16)}.part"
    try:
        made = house.database.read(lambda db: _copy(db, house, staged, now))
        done = moving.move(house.store, target, proves=proves, told=told)
        _let_go(target, house.database.read(_folders_gone))
        target.put_file(sets.place(made.name, "registers"), staged)
    finally:
        staged.unlink(missing_ok=True)
    if made.has_keys:
        packed = sets.packed_keys(house.keys_dir)
        target.put_bytes(sets.place(made.name, "keys"), sets.seal(house.keys, [packed]))
    sets.write(target, made)
    for old in sets.sets_in(target)[: -max(keep, 1)]:
        sets.drop(target, old)
    facts = {"set": made.name, "log_size": made.log_size, "log_root": made.log_root}
    house.database.write(
        lambda db: journal.record(db, SUBJECT, "made", actor=by, at=now, facts=facts)
    )
    return made, done


def _folders_gone(db: Session) -> list[str]:
    """Where lay what was made of originals that were deleted."""
    return [each for sha256 in deleting.deleted(db) for each in deleting.folders_of(db, sha256)]


def _let_go(target: OriginalStore, folders: list[str]) -> None:
    """What two persons deleted is in no backup either; its tombstone was copied."""
    for folder in folders:
        for each in list(target.each(folder)):
            target.delete(each.key)


@dataclass(frozen=True, slots=True)
class Standing:
    """When a set was made last, when one was last shown to be come back from, and what of the two
    failed last, where nothing of its kind went well since: (what, why, when).
    """

    made_at: datetime | None
    drilled_at: datetime | None
    failed: tuple[str, str, datetime] | None


def drilled(db: Session, name: str, problems: int, *, by: str, now: datetime) -> None:
    """A set was come back from for show. With problems it failed."""
    if problems:
        failed(db, DRILL, f"{problems} problems in set {name}", by=by, now=now)
    else:
        journal.record(db, SUBJECT, "drilled", actor=by, at=now, facts={"set": name})


def failed(db: Session, what: str, why: str, *, by: str, now: datetime) -> None:
    """A backup, or a drill, did not come to its end."""
    journal.record(db, SUBJECT, f"{what}_failed", actor=by, at=now, facts={"why": why})


def standing(db: Session) -> Standing:
    """How it stands (R-011)."""
    made, shown = _last(db, "made"), _last(db, "drilled")
    found = []
    for what, went_well in ((BACKUP, made), (DRILL, shown)):
        wrong = _last(db, f"{what}_failed")
        since = went_well.id if went_well is not None else None
        if wrong is not None and (wrong.id or 0) > (since or 0):
            found.append((what, str((wrong.facts or {}).get("why", "")), wrong.at))
    return Standing(
        made.at if made else None,
        shown.at if shown else None,
        max(found, key=lambda each: each[2], default=None),
    )


def _last(db: Session, verb: str) -> journal.Entry | None:
    return db.exec(
        select(journal.Entry)
        .where(journal.Entry.subject == SUBJECT, journal.Entry.verb == verb)
        .order_by(col(journal.Entry.id).desc())
    ).first()


def _copy(db: Session, house: House, staged: Path, now: datetime) -> BackupSet:
    """The registers into that file, and what is in them."""
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in rows.written(db, HEAD):
            count += line.startswith(b"[")
            yield line

    with disk_errors():
        write_whole(staged, sets.seal(house.keys, counted()))
    return BackupSet(
        made_at=now.astimezone(UTC).replace(microsecond=0).isoformat(),
        revision=HEAD,
        rows=count,
        originals=db.exec(select(func.count()).select_from(Blob)).one(),
        log_size=log.size(db),
        log_root=log.root(db).hex(),
        sealed_by=house.keys.current()[0],
        has_keys=bool(sets.key_files(house.keys_dir)),
    )
