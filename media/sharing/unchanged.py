"""What is opened again and again (開き直し): what an address opened is remembered with all that it
hung on, and opens again while none of that has changed.

Who looks closely at a picture asks for fifty tiles in a second, each by the same address, and a
player for a film in hundreds of pieces. The rule is asked once (`opening`, `passes`). While nobody
has committed anything at all, what it said is at hand for a second without a look at the database
(`Held`). Otherwise a tile reads the rows the rule read and holds them against what they were
(`OpenTiles`). Either way a page that was revoked a moment ago opens nothing. Not here: the rules.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from catalog.ground.calendar import tokyo_day
from catalog.ground.session.database import Database, Unit
from catalog.ground.session.hot import Hot, moment
from catalog.items.rules import PARTNER
from media.sharing import opening
from media.sharing.passes import About

KEPT = 2_000
HOLDS = timedelta(seconds=1)
T = TypeVar("T")
Asked = tuple[str, str | None]  # an address, and the seat of the browser that asks
_GRANTED = Hot(
    "SELECT id, unit_code, rights, media_kinds, expires_on FROM partner_grant"
    " WHERE partner_id = :partner AND revoked_at IS NULL ORDER BY id"
)
_WITNESSED = Hot(
    "SELECT s.ends_at, s.revoked_at, s.holder, s.reach, s.pin_hash, s.most_opened, s.signs,"
    " u.code, u.state, u.owner_kind, u.owner_id, u.version,"
    " r.state, r.key, r.recipe, r.asset_id, a.unit_id, a.kind,"
    " (SELECT count(*) FROM viewing v WHERE v.id = :viewing AND v.share_id = s.id),"
    " (SELECT count(*) FROM shared_asset x WHERE x.share_id = s.id AND x.asset_id = a.id),"
    " s.audience"
    " FROM share s JOIN unit u ON u.id = s.unit_id JOIN rendition r ON r.id = :rendition"
    " JOIN asset a ON a.id = r.asset_id WHERE s.id = :share"
)
_HOLDER, _AUDIENCE = 2, -1
_Witnesses = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Found(Generic[T]):
    what: T
    commits: int
    until: datetime


class Held(Generic[T]):
    """What addresses opened a moment ago. `at_hand` looks at no table and never waits, so it may be
    asked on the event loop; threads may share it.
    """

    def __init__(self, database: Database, *, most: int = KEPT) -> None:
        self._database = database
        self._most = most
        self._found: OrderedDict[Asked, _Found[T]] = OrderedDict()
        self._lock = threading.Lock()

    def at_hand(self, asked: Asked, *, now: datetime) -> T | None:
        """What it opened, while that must be so still; None: `find` it."""
        found = self._found.get(asked)
        if found is None or not found.until - HOLDS <= now < found.until:
            return None
        return found.what if self._database.commits() == found.commits else None

    def find(self, asked: Asked, rule: Unit[T], *, now: datetime) -> T:
        """What the rule says now. Raises what it raises."""
        commits = self._database.commits()  # before the rule: a commit meanwhile is seen next time
        what = self._database.read(rule)
        if commits is not None:
            with self._lock:
                self._found[asked] = _Found(what, commits, now + HOLDS)
                self._found.move_to_end(asked)
                while len(self._found) > self._most:
                    self._found.popitem(last=False)
        return what


@dataclass(frozen=True, slots=True)
class _Known:
    """`day`: grants hold by days; `until`: when the page, and so every address of it, ends."""

    key: str
    about: About
    witnesses: _Witnesses
    day: date
    until: datetime


class OpenTiles:
    """Finds tiles by address. Threads may share it."""

    def __init__(self, *, most: int = KEPT) -> None:
        self._most = most
        self._known: OrderedDict[Asked, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def find(
        self, db: Session, address: str, *, seats: Mapping[str, str], now: datetime
    ) -> tuple[str, About]:
        """Where the tiles lie that such an address opens one by one. Raises PassUnknown."""
        asked = (address, seats.get(address.partition(".")[0]))
        known = self._known.get(asked)
        if known is not None and self._still_holds(db, known, address, now):
            return known.key, known.about
        # Read before the rule: what changes in between is seen the next time.
        day, told = tokyo_day(now), _parts(address)
        witnesses = _witnesses(db, *told) if told is not None else None
        key, about = opening.find_tiles(db, address, seats=seats, now=now)
        if told is not None and witnesses is not None:
            until = min(opening.lives_until(address), moment(witnesses[0]))
            self._keep(asked, _Known(key, about, witnesses, day, until))
        return key, about

    def _still_holds(self, db: Session, known: _Known, address: str, now: datetime) -> bool:
        if now >= known.until or tokyo_day(now) != known.day:
            return False
        told = _parts(address)
        return told is not None and _witnesses(db, *told) == known.witnesses

    def _keep(self, asked: Asked, known: _Known) -> None:
        with self._lock:
            self._known[asked] = known
            self._known.move_to_end(asked)
            while len(self._known) > self._most:
                self._known.popitem(last=False)


def _parts(address: str) -> tuple[str, str, str] | None:
    """The share, the viewing and the rendition an address names."""
    parts = address.split(".")
    return (parts[0], parts[1], parts[2]) if len(parts) == 5 else None


def _witnesses(db: Session, share: str, viewing: str, rendition: str) -> _Witnesses | None:
    rows = _WITNESSED(db, share=share, viewing=viewing, rendition=rendition)
    if not rows:
        return None
    found = tuple(rows[0])
    for who in (str(found[_HOLDER]), str(found[_AUDIENCE])):
        if who.startswith(PARTNER):
            granted = _GRANTED(db, partner=who.removeprefix(PARTNER))
            return (*found, *(tuple(each) for each in granted))
    return found
