"""Objects among the originals that no register knows (迷子の原本): a put that was killed before it
was written down, what a restored disk brought back, what somebody laid there. Nobody is ever shown
one, and none is deleted.

Each check of everything looks for them. One that is still nobody's an hour later is told to staff;
after the days of grace it is put aside, unless it was taken in meanwhile: by the file it came from,
or by `akashi media rebuild`, which asks what lies beside it. What two persons deleted and a disk
brought back is buried again instead. Not here: the moving of bytes (the worker).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import Sha256
from catalog.ground.session.database import Database
from catalog.ground.worklist import Work, WorkState
from media.assets.kinds import BlobState
from media.assets.tables import Asset, Blob
from media.originals.store import ORIGINALS, OriginalStore, digest_in, original_key
from media.report.sidecars import BESIDE

STRAY = "original.stray"  # due work: whether somebody knows it by now
STRAY_TASK = "original_stray"  # staff: something lies among the originals that nobody knows
SETTLED = timedelta(hours=1)  # what comes in is written down long before
GRACE = timedelta(days=7)
ACTOR = "storage"
_AT_ONCE = 500
_OWN = frozenset({"", "tombstone", BESIDE})  # what lies beside an original of itself
_KNOWN = frozenset({BlobState.KEPT.value, BlobState.LOST.value})
_MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Stray:
    """One object in one place."""

    place: str
    key: str

    @property
    def sha256(self) -> Sha256 | None:
        """Whose original it is by its name, None for a name that is no original's."""
        return _original_in(self.key)

    @property
    def subject(self) -> str:
        """Its name as the subject of what is due about it."""
        return f"{self.place}:{self.key}"


def look(database: Database, store: OriginalStore, place: str) -> Iterator[Stray]:
    """Every object among the originals there that no register knows. No transaction is open while
    the store is asked. Raises StoreUnavailable.
    """
    lying = iter(store.each(ORIGINALS))
    while keys := [each.key for each in islice(lying, _AT_ONCE)]:
        states, shown = database.read(lambda db, k=keys: (_states(db, k), _shown(db, k)))  # type: ignore[misc]  # bound at once
        for key in keys:
            sha256, beside = _original_in(key), _beside(key)
            if sha256 is not None:
                is_known = states.get(sha256) in _KNOWN
            else:
                is_known = beside is not None and (beside[1] in _OWN or beside in shown)
            if not is_known:
                yield Stray(place, key)


class Whose(StrEnum):
    """What the registers say of an object."""

    NOBODY = "nobody"
    DELETED = "deleted"  # by two persons; a disk brought it back
    KNOWN = "known"


def whose(db: Session, stray: Stray) -> Whose:
    """By now."""
    if _beside(stray.key) in _shown(db, [stray.key]):
        return Whose.KNOWN
    state = _states(db, [stray.key]).get(stray.sha256 or "")
    if state == BlobState.DELETED.value:
        return Whose.DELETED
    return Whose.KNOWN if state in _KNOWN else Whose.NOBODY


def found(db: Session, strays: Iterable[Stray], *, now: datetime) -> int:
    """What is nobody's is looked at again soon; how many are new."""
    waiting = set(
        db.exec(select(Work.subject).where(Work.kind == STRAY, Work.state == WorkState.DUE.value))
    )
    new = [each for each in strays if each.subject not in waiting][:_MOST_TOLD]
    for each in new:
        worklist.add(
            db, STRAY, each.subject, f"{each.subject}:{now:%Y%m%d%H%M%S}", due_at=now + SETTLED,
            now=now, facts={"place": each.place, "key": each.key},
        )  # fmt: skip
    return len(new)


def tell(db: Session, work: worklist.DueWork, stray: Stray, *, now: datetime) -> None:
    """It is nobody's: staff are told, once a day for all of them, and it has the days of grace."""
    worklist.note(db, work.id, told=True)
    worklist.postpone(db, work, until=now + GRACE)
    facts = {"place": stray.place, "key": stray.key}
    journal.record(db, f"place:{stray.place}", "stray_found", actor=ACTOR, at=now, facts=facts)
    day = tokyo_day(now).isoformat()
    worklist.task(db, STRAY_TASK, "originals", due_at=now, now=now, once=day, facts={"day": day})


def settled(db: Session, *, now: datetime) -> None:
    """Where none is left that staff were told of, the task is over."""
    if not standing(db):
        worklist.close_tasks(db, "originals", STRAY_TASK, now=now)


def buried(db: Session, stray: Stray, *, now: datetime) -> None:
    """What two deleted had come back, and is gone again."""
    about, facts = f"original:{stray.sha256}", {"sha256": stray.sha256, "replica": stray.place}
    journal.record(db, about, "buried_again", actor=ACTOR, at=now, facts=facts)


def standing(db: Session) -> list[Stray]:
    """Those staff were told of and that are nobody's yet."""
    rows = db.exec(
        select(Work)
        .where(Work.kind == STRAY, Work.state == WorkState.DUE.value)
        .order_by(col(Work.id))
    )
    told = [row.facts for row in rows if row.facts.get("told") and not row.facts.get("aside")]
    return [Stray(str(each["place"]), str(each["key"])) for each in told]


def _beside(key: str) -> tuple[str, str] | None:
    """The original a sidecar or a tombstone lies beside, and what it is called."""
    folder, _, name = key.rpartition("/")
    digest, _, rest = name.partition(".")
    sha256 = digest_in(f"{folder}/{digest}")
    if sha256 is None or not f".{rest}".endswith(".json") or folder != original_key(sha256)[:-65]:
        return None
    return sha256, rest.removesuffix("json").removesuffix(".")


def _shown(db: Session, keys: Iterable[str]) -> set[tuple[str, str]]:
    """The captures the registers know of those a sidecar tells of."""
    named = {beside[1] for each in keys if (beside := _beside(each)) is not None} - _OWN
    rows = db.exec(select(Asset.sha256, Asset.id).where(col(Asset.id).in_(named))).all()
    return {(sha256, asset) for sha256, asset in rows}


def _original_in(key: str) -> Sha256 | None:
    sha256 = digest_in(key)
    return sha256 if sha256 is not None and key == original_key(sha256) else None


def _states(db: Session, keys: Iterable[str]) -> dict[str, str]:
    named = {digest for each in keys if (digest := _original_in(each)) is not None}
    return dict(db.exec(select(Blob.sha256, Blob.state).where(col(Blob.sha256).in_(named))).all())
