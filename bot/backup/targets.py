"""Which place holds the shop's backups (バックアップ先の照合): each bears a mark of its own, and a
disk that is not mounted bears none, so that a night's backup never fills the disk below it.

Disks may take turns at one address: any mark the registers know is one. A place is given one where
the shop saves to that address for the first time and nothing lies there, or where sets of this shop
lie; of any other a person has to say that it is one (`akashi backup --adopt`). Not here: the places
of originals (`media/retention/places`), of which one is never a backup of itself.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from bot.backup.making import SUBJECT
from bot.backup.sets import names_in
from catalog.ground import journal
from catalog.ground.record import new_id
from catalog.ground.session.database import Database
from media.originals.places import MarkedStore, PlaceAway, put_mark
from media.originals.store import ORIGINALS, PREFIXES, OriginalStore
from media.retention.tables import StorePlace

PLACE = "backup"
TAKEN = "place_taken"


class TargetMarks:
    """The marks of the places backups lie in, as the registers know them. `address`: where this one
    is; `adopts`: a person says that what lies there is one.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        address: str,
        *,
        adopts: bool,
        by: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._address = address.rstrip("/")
        self._adopts = adopts
        self._by = by
        self._was_there = False

    def wanted(self, place: str, folder: str, store: OriginalStore, held: str | None) -> str:
        """See `media.originals.places.Marks`. What was there and is not any more is away, whatever
        was said of it. No transaction is open while bytes are read.
        """
        known = self._database.read(_marks)
        if held is not None and known.get(held, "").startswith(f"{PLACE}:"):
            self._was_there = True
            return held
        is_of_originals = held is not None and held in known
        is_one = self._adopts or self._is_ours(store, held)
        if self._was_there or is_of_originals or not is_one:
            raise PlaceAway(place, is_other=held is not None)
        now = self._clock()
        mark = held or new_id(now)
        facts = {"to": self._address, "mark": mark}

        def unit(db: Session) -> None:
            db.add(StorePlace(place=f"{PLACE}:{mark}", mark=mark, given_at=now, marked_at=now))
            journal.record(db, SUBJECT, TAKEN, actor=self._by, at=now, facts=facts)

        self._database.write(unit)
        if held is None:
            put_mark(store, folder, mark)
        self._was_there = True
        return mark

    def _is_ours(self, store: OriginalStore, held: str | None) -> bool:
        """Sets of this shop lie there; or nothing does, and nobody ever saved to that address."""
        made, addresses = self._database.read(_told)
        if made & set(names_in(store)):
            return True
        if held is not None or self._address in addresses:
            return False
        # Where the sets of before the marks lie nobody wrote down: it may be there.
        is_known = bool(addresses) or not made
        return is_known and all(next(iter(store.each(each)), None) is None for each in PREFIXES)


def marked(
    store: OriginalStore,
    address: str,
    database: Database,
    clock: Callable[[], datetime],
    *,
    adopts: bool = False,
    by: str,
) -> MarkedStore:
    """That place, which is there now and takes nothing once it is not. Raises PlaceAway,
    StoreUnavailable.
    """
    marks = TargetMarks(database, clock, address, adopts=adopts, by=by)
    found = MarkedStore(store, {ORIGINALS: PLACE}, marks)
    found.need()
    return found


def _marks(db: Session) -> dict[str, str]:
    """Every mark there is, with its place."""
    return dict(db.exec(select(StorePlace.mark, StorePlace.place)).all())


def _told(db: Session) -> tuple[set[str], set[str]]:
    """The sets that were made, and the addresses that were saved to."""
    acts = db.exec(
        select(journal.Entry).where(
            journal.Entry.subject == SUBJECT, col(journal.Entry.verb).in_(["made", TAKEN])
        )
    ).all()
    facts = [(each.verb, each.facts or {}) for each in acts]
    made = {str(told.get("set")) for verb, told in facts if verb == "made"}
    return made, {str(told.get("to")) for verb, told in facts if verb == TAKEN}
