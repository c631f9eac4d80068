"""What is owed, each morning (朝の確認, R-021): when the shop opens, those who take pictures are
told how many captures somebody waits for and how many lie in the tray, until there are none.

The slot only writes the day's row; the row waits for the opening, and on a day the shop is closed
nobody is told.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground import worklist
from catalog.ground.calendar import ShopHours, tokyo_day
from conversations.reminders import captures
from handoff.desk.calling import next_there
from handoff.shifts import queries as shifts_of
from handoff.staff.permissions import ALLOWED, Act
from handoff.staff.push import actions as push
from handoff.staff.push.actions import News
from media.assets import queries as assets

DIGEST = "desk.digest"  # work: one day's, told when the shop opens
_TAKERS = frozenset(role for role, acts in ALLOWED.items() if Act.CAPTURE in acts)


@dataclass(frozen=True, slots=True)
class Owed:
    """How many captures somebody waits for, how many of these are over their time, how many were
    taken and did not arrive, how many files of the stations were not taken in, and how many
    captures are of no piece yet.
    """

    captures: int
    late: int
    undelivered: int
    aside: int
    unmatched: int = 0

    @property
    def is_nothing(self) -> bool:
        """Nobody waits for anything, and nothing lies about."""
        return not (self.captures or self.undelivered or self.aside or self.unmatched)


def run(db: Session, at: datetime) -> None:
    """The slot `capture-digest`: this day's row."""
    worklist.add(db, DIGEST, "captures", tokyo_day(at).isoformat(), due_at=at, now=at)


def owed(db: Session, *, now: datetime) -> Owed:
    """As it stands now."""
    found = captures.digest(db, now=now)
    waiting = len(found.late) + len(found.today) + len(found.later)
    lying = assets.count_in_tray(db)
    return Owed(waiting, len(found.late), len(found.undelivered), found.aside, lying)


def opens_at(work: worklist.DueWork, hours: ShopHours, *, now: datetime) -> datetime | None:
    """When that day's is told: now, or when the shop opens today. None: never, for it is another
    day's, or the shop is closed.
    """
    day = tokyo_day(now)
    if work.key != day.isoformat():
        return None
    opens = hours.next_open(now)
    return opens if opens is not None and tokyo_day(opens) == day else None


def tell(
    db: Session, work: worklist.DueWork, count: Owed, *, hours: ShopHours, now: datetime
) -> int:
    """The browsers of those who take pictures and are there today; how many there are."""
    news = News("captures", "captures", "/console/captures", asdict(count))
    told = 0
    for person in shifts_of.people(db, now=now):
        at = next_there(person, hours=hours, now=now)
        is_there = at is not None and tokyo_day(at) == tokyo_day(now)
        if person.role in _TAKERS and is_there:
            told += push.tell(db, [person.id], news, key=f"digest:{work.key}", now=now, due_at=at)
    return told
