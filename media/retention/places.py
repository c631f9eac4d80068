"""Which place is which (置き場所の照合): the mark each place was given is kept here too, and a
place is given one only when it is used for the first time.

That is when nothing was ever said to lie there and nothing does, or when it holds what the
registers say; a shop that is older than the marks is such a one. Otherwise a person has to say that
it is the place (`take_over`).
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.ground import journal, worklist
from catalog.ground.calendar import tokyo_day
from catalog.ground.record import Sha256, new_id
from catalog.ground.session.database import Database, insert_once
from media.assets.kinds import BlobState, CopyState
from media.assets.tables import Blob, BlobCopy
from media.originals.places import MarkedStore, PlaceAway, mark_in, put_mark
from media.originals.replicas import FIRST, SECOND
from media.originals.store import (
    ORIGINALS,
    QUARANTINE,
    RENDITIONS,
    ObjectMissing,
    OriginalStore,
    StoreUnavailable,
    original_key,
)
from media.renditions.tables import Rendition, RenditionState
from media.retention.tables import StorePlace

SHOWN = "renditions"
AWAY_TASK = "place_away"  # staff: a disk that is not mounted, or another in its stead
_SAMPLE = 12


class PlaceMarks:
    """The marks as the registers know them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def wanted(self, place: str, folder: str, store: OriginalStore, held: str | None) -> str:
        """See `media.originals.places.Marks`. No transaction is open while bytes are read."""
        known = self._database.read(lambda db: db.get(StorePlace, place))
        if known is not None and known.marked_at is not None:
            if held == known.mark:
                return held
            raise PlaceAway(place, is_other=held is not None)
        is_given = known is not None and held == known.mark  # and nobody wrote it down
        if not is_given and not self._is_ours(place, folder, store, held):
            raise PlaceAway(place, is_other=held is not None)
        now = self._clock()
        mark = self._database.write(lambda db: _given(db, place, held, now=now))
        if held is None:
            put_mark(store, folder, mark)
        elif held != mark:
            raise PlaceAway(place, is_other=True)
        self._database.write(lambda db: _marked(db, place, mark, now=now))
        return mark

    def _is_ours(self, place: str, folder: str, store: OriginalStore, held: str | None) -> bool:
        """A place that holds what the registers say, unless it is that of another name; or an empty
        one without a mark, where nothing was ever said to lie.
        """
        said = self._database.read(lambda db: _said_to_lie(db, place))
        if said:
            is_taken = held is not None and self._database.read(lambda db: _is_known(db, held))
            lying = sum(_lies(store, key, size) for key, size in said)
            return not is_taken and 2 * lying > len(said)
        return held is None and next(iter(store.each(folder)), None) is None


def marked(
    store: OriginalStore, place: str, database: Database, clock: Callable[[], datetime]
) -> MarkedStore:
    """That store, which does nothing where it is not the place it was. Renditions are made for the
    first place alone.
    """
    places = {ORIGINALS: place, **({RENDITIONS: SHOWN} if place == FIRST else {})}
    return MarkedStore(store, places, PlaceMarks(database, clock))


def away(stores: Iterable[OriginalStore]) -> list[str]:
    """The names of the places that are not there now. Raises StoreUnavailable for one that does not
    answer.
    """
    found = []
    for store in stores:
        if isinstance(store, MarkedStore):
            for folder in store.places:
                try:
                    store.need(folder)
                except PlaceAway as told:
                    found.append(told.place)
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Space:
    """What only the places themselves know. Room in bytes, None where nobody knows an end or it is
    not there; `has_second`: whether there is a second place; `aside`: what lies in quarantine.
    """

    room: int | None = None
    has_second: bool = False
    second_room: int | None = None
    aside: int = 0


def space_in(stores: Sequence[OriginalStore]) -> Space:
    """How it is now. No transaction is open; a place that does not answer is told elsewhere."""
    rooms: list[int | None] = []
    aside = 0
    for each in stores:
        room = None
        with contextlib.suppress(StoreUnavailable):
            room = each.room()
            aside += sum(one.size for one in each.each(QUARANTINE))
        rooms.append(room)
    second = rooms[1] if len(rooms) > 1 else None
    return Space(rooms[0], len(rooms) > 1, second, aside)


def take_over(
    database: Database, store: OriginalStore, place: str, *, by: str, now: datetime
) -> bool:
    """A person says that what lies there is the place from now on: the mark it bears, or a new one,
    is its mark. What was said to lie there is looked for anew. False when it was known already.
    """
    folder = RENDITIONS if place == SHOWN else ORIGINALS
    held = mark_in(store, folder)
    known = database.read(lambda db: db.get(StorePlace, place))
    if known is not None and known.marked_at is not None and held == known.mark:
        return False
    mark = held or new_id(now)
    if held is None:
        put_mark(store, folder, mark)

    def unit(db: Session) -> None:
        db.connection().execute(delete(StorePlace).where(col(StorePlace.place) == place))
        db.add(StorePlace(place=place, mark=mark, given_at=now, marked_at=now))
        if place == SECOND:
            # Nothing is missing in it that was in the one before it: it is filled.
            db.connection().execute(
                update(BlobCopy)
                .where(
                    col(BlobCopy.replica) == place,
                    col(BlobCopy.state) != CopyState.DELETED.value,
                )
                .values(state=CopyState.WAITING.value)
            )
        facts = {"place": place, "mark": mark}
        journal.record(db, f"place:{place}", "taken_over", actor=by, at=now, facts=facts)
        worklist.close_tasks(db, f"place:{place}", AWAY_TASK, now=now)

    database.write(unit)
    return True


def carry_over(database: Database, source: OriginalStore, target: OriginalStore) -> None:
    """What was moved whole bears the marks of the first place, so that it can be that place. A
    target without them is none: half of a move is not taken for a place that lost the rest.
    """
    for place, folder in ((FIRST, ORIGINALS), (SHOWN, RENDITIONS)):
        known = database.read(lambda db, p=place: db.get(StorePlace, p))  # type: ignore[misc]  # bound at once
        if known is not None and (folder == ORIGINALS or mark_in(source, folder) is not None):
            put_mark(target, folder, known.mark)


def tell(db: Session, places: Iterable[str], *, now: datetime) -> None:
    """Staff are told of the places that are not there, once a day; of the others no longer."""
    day = tokyo_day(now).isoformat()
    told = set(places)
    for place in told:
        worklist.task(db, AWAY_TASK, f"place:{place}", due_at=now, now=now, once=day,
                      facts={"place": place})  # fmt: skip
    for task in worklist.open_tasks_named(db, AWAY_TASK):
        if str(task.facts.get("place")) not in told:
            worklist.close_tasks(db, task.subject, AWAY_TASK, now=now)


def is_told(db: Session) -> bool:
    """Whether staff were told of a place."""
    return bool(worklist.open_tasks_named(db, AWAY_TASK, limit=1))


def _is_known(db: Session, mark: str) -> bool:
    return db.exec(select(StorePlace.place).where(StorePlace.mark == mark)).first() is not None


def _given(db: Session, place: str, held: str | None, *, now: datetime) -> str:
    """The mark of a place that had none; of two who give it one the first is heard."""
    insert_once(db, StorePlace, {"place": place, "mark": held or new_id(now), "given_at": now})
    return db.get_one(StorePlace, place).mark


def _marked(db: Session, place: str, mark: str, *, now: datetime) -> None:
    db.connection().execute(
        update(StorePlace)
        .where(col(StorePlace.place) == place, col(StorePlace.mark) == mark)
        .values(marked_at=now)
    )


def _said_to_lie(db: Session, place: str) -> list[tuple[str, int | None]]:
    """Some of the keys that the registers say lie there with their sizes, the oldest and the
    latest.
    """
    if place == SHOWN:
        shown = select(Rendition.key, Rendition.bytes).where(
            Rendition.state == RenditionState.READY.value, col(Rendition.key).is_not(None)
        )
        return [
            (str(key), size)
            for order in (col(Rendition.id).asc(), col(Rendition.id).desc())
            for key, size in db.exec(shown.order_by(order).limit(_SAMPLE))
        ]
    kept = select(Blob.sha256, Blob.bytes).where(Blob.state == BlobState.KEPT.value)
    if place != FIRST:
        kept = kept.where(
            BlobCopy.sha256 == Blob.sha256,
            BlobCopy.replica == place,
            BlobCopy.state == CopyState.KEPT.value,
        )
    return [
        (original_key(Sha256(sha256)), size)
        for order in (col(Blob.kept_at).asc(), col(Blob.kept_at).desc())
        for sha256, size in db.exec(kept.order_by(order, col(Blob.sha256)).limit(_SAMPLE))
    ]


def _lies(store: OriginalStore, key: str, size: int | None) -> bool:
    try:
        return store.size(key) == size
    except ObjectMissing:
        return False
