"""The way back from a backup set (復元), and the drill that shows it can be gone.

Registers go into an empty database of either engine, objects into the store, each original proven
by its digest. Then what came back is asked: the journal's chains and what it rebuilds, every hash
of the evidence log, its root as the set tells it, whether the keys open what they sealed, and every
original a row speaks of. The log goes on with the leaves the store has of the time after the set.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from bot.backup import opening, rows, sets
from bot.backup.making import House
from bot.backup.sets import BackupSet
from bot.migrations import history
from catalog.duties.sealing import DataKeys
from catalog.ground import journal
from catalog.ground.errors import Refused
from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from catalog.ground.session.sqlite import SqliteDatabase
from catalog.items import search_index
from media.assets.kinds import BlobState
from media.assets.tables import Blob
from media.log import actions as log_actions
from media.log import checking
from media.log import queries as log
from media.log.checking import RESTORED_LEAF
from media.originals import moving, reading
from media.originals.moving import Filling, Moved
from media.originals.reading import Condition
from media.originals.replicas import FIRST
from media.originals.store import OriginalStore
from media.retention import pages, places
from media.retention.continuing import AnotherLog, continued, leaves_in, states

_MOST_TOLD = 50


class DatabaseOfAnotherRelease(Refused):
    """The rows of a set go into the shape they had: into a database that was never set up, or one
    at the set's own release (`wanted`). `held`: where it stands.
    """

    def __init__(self, held: str, wanted: str) -> None:
        super().__init__(
            f"the database is at {held}, the set at {wanted}: restore into one that was never set"
            " up, without akashi init"
        )
        self.held = held
        self.wanted = wanted


@dataclass(slots=True)
class Restored:
    """What came back. `later`: leaves of the log after those of the set, which the store had;
    `problems`: what does not agree, in words; none: all is as it was.
    """

    set: BackupSet
    rows: int = 0
    objects: Moved = field(default_factory=Moved)
    keys: int = 0
    originals: int = 0
    later: int = 0
    problems: list[str] = field(default_factory=list)


def restore(
    house: House,
    source: OriginalStore,
    name: str | None = None,
    *,
    now: datetime,
    leaves_aside: bool = False,
    told: Callable[[Moved], None] = lambda _: None,
) -> Restored:
    """Bring a set back: the newest, or the one of that name. Begun again after a stop it goes on.

    The log is brought forward to the leaves that lie in the store, since others may hold
    checkpoints over them; with `leaves_aside` those are put aside instead, and it goes on from the
    set.

    Raises BackupMissing, BackupMalformed, CopyMalformed, RegistersInUse, DatabaseOfAnotherRelease,
    DataKeyMissing, KeyFilesInTheWay, StoreUnavailable, StoreFull.
    """
    found = Restored(sets.latest(source, name))
    _need_room(house.database, found.set)
    if found.set.has_keys:
        plain = b"".join(sets.opened(source, found.set, "keys", house.keys))
        found.keys = sets.put_keys_back(house.keys_dir, plain)
    found.objects = moving.move(source, house.store, filling=Filling(), told=told)
    found.problems += [f"original {each} is damaged in the backup" for each in found.objects.wrong]
    found.rows = _registers(house.database, source, found.set, house.keys)
    found.problems += house.database.read(lambda db: _asked(db, found.set))
    stores = [house.store] + ([house.second] if house.second is not None else [])
    if leaves_aside:
        for each in stores:
            pages.put_aside(each, sets.name_of(now))
    else:
        _bring_forward(house.database, stores, found, now=now)
    found.problems += house.database.read(
        lambda db: list(opening.opened(db, house.store, house.keys, house.keys_dir, now=now))
    )
    wanted = house.database.read(_originals)
    found.originals = len(wanted)
    found.problems += _not_good(house.store, wanted)
    for place in (FIRST, places.SHOWN):
        # Whoever restores says that this is the place; it may be another disk than it was.
        places.take_over(house.database, house.store, place, by="restore", now=now)
    return found


def drill(
    source: OriginalStore, keys: DataKeys, name: str | None = None, *, now: datetime
) -> Restored:
    """Show that a set can be come back from: its registers go into a database that is thrown away,
    its keys into a folder that is, and open what they sealed; and every original is read and hashed
    where the backup has it. Raises what `restore` raises.
    """
    found = Restored(sets.latest(source, name))
    with tempfile.TemporaryDirectory(prefix="akashi-drill-") as folder:
        database = SqliteDatabase(str(Path(folder) / "registers.db"))
        try:
            found.rows = _registers(database, source, found.set, keys)
            found.problems += database.read(lambda db: _asked(db, found.set))
            kept = Path(folder) / "keys"
            if found.set.has_keys:
                plain = b"".join(sets.opened(source, found.set, "keys", keys))
                found.keys = sets.put_keys_back(kept, plain)
            found.problems += database.read(
                lambda db: list(opening.opened(db, source, keys, kept, now=now))
            )
            _bring_forward(database, [source], found, now=now)
            wanted = database.read(_originals)
        finally:
            database.close()
    found.originals = len(wanted)
    found.problems += _not_good(source, wanted)
    return found


def _registers(database: Database, source: OriginalStore, told: BackupSet, keys: DataKeys) -> int:
    """In the shape of the release they were copied from, then brought up to this one."""
    engine = database.engine()
    _need_room(database, told)
    if history.held_revision(database) is None:
        history.upgrade(engine, told.revision)
    with engine.begin() as connection:
        lines = sets.lines(sets.opened(source, told, "registers", keys))
        if rows.revision_of(lines) != told.revision:
            raise sets.BackupMalformed(f"set {told.name} has the registers of another release")
        counts = rows.put_back(connection, lines)
    history.upgrade(engine)
    database.write(search_index.rebuild)
    return sum(counts.values())


def _need_room(database: Database, told: BackupSet) -> None:
    """Whether the rows can go there, before anything is written anywhere."""
    held = history.held_revision(database)
    with database.engine().connect() as connection:
        rows.need_empty(connection)
    if held not in (None, told.revision):
        raise DatabaseOfAnotherRelease(str(held), told.revision)


def _asked(db: Session, told: BackupSet) -> list[str]:
    """What of the registers does not agree with itself or with the set."""
    found = [f"the journal's chain of {each} is not whole" for each in journal.broken(db)]
    found += [
        f"{each.table} {each.key} is not what the journal says"
        for each in journal.differences(db, journal.journaled())
    ]
    found += checking.check(db).problems
    if (log.size(db), log.root(db).hex()) != (told.log_size, told.log_root):
        found.append("the evidence log has another root than the set tells")
    return found[:_MOST_TOLD]


def _bring_forward(
    database: Database, stores: Sequence[OriginalStore], found: Restored, *, now: datetime
) -> None:
    """The leaves that came after the set, and what they say of originals; a leaf tells of it."""
    since = database.read(log.size)
    for store in stores:
        there = leaves_in(database, store)
        try:
            if continued(database, there):
                database.write(lambda db, t=there: states(db, t))  # type: ignore[misc]  # bound at once
        except AnotherLog:
            found.problems.append("leaves of the log in the store do not continue those of the set")
    until = database.read(log.size)
    found.later = until - since
    if found.later:
        facts = {"since": since, "until": until}
        database.write(lambda db: log_actions.append(db, RESTORED_LEAF, facts, now=now))


def _originals(db: Session) -> list[Sha256]:
    """Those that are still to be there: neither deleted by two nor lost before."""
    kept = select(Blob.sha256).where(Blob.state == BlobState.KEPT.value)
    return [Sha256(each) for each in db.exec(kept.order_by(col(Blob.sha256)))]


def _not_good(store: OriginalStore, wanted: list[Sha256]) -> Iterator[str]:
    for each in wanted:
        condition = reading.look(store, each).condition
        if condition is not Condition.GOOD:
            yield f"original {each} is {condition.value}"
