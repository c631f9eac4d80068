"""Which times can be booked, and with whom (予約枠). Pure.

A start is bookable when the shop (for a visit) and somebody's shift cover the whole of it, nobody
has taken a quarter of an hour of it or of the time around it, and it is far enough ahead. Where the
shop enters no shifts its hours alone decide, and staff give it to somebody later.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from catalog.ground.calendar import TOKYO, QuietHours, ShopHours, at_tokyo, tokyo_day
from catalog.ground.policy import clock, table, term, whole
from catalog.ground.record import StaffId
from handoff.appointments.tables import AppointmentState, Kind
from handoff.shifts.rules import Person, Wish, fit

QUARTER = timedelta(minutes=15)
_NEEDS_SHOP = frozenset({Kind.STORE, Kind.HOME})
_S = AppointmentState
MOVES: Mapping[AppointmentState, frozenset[AppointmentState]] = {
    _S.HELD: frozenset({_S.BOOKED, _S.CANCELLED, _S.LAPSED}),
    _S.BOOKED: frozenset({_S.ARRIVED, _S.NO_SHOW, _S.CANCELLED, _S.MOVED}),
    _S.LAPSED: frozenset({_S.BOOKED}),  # the yes came late, and nobody else had it
    _S.NO_SHOW: frozenset({_S.ARRIVED}),  # came late after all
}
LIVE = frozenset({_S.HELD, _S.BOOKED})


def _quarters(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        minutes = whole(least, most)(value)
        if minutes % 15:
            raise ValueError(f"{minutes} is not a number of quarters of an hour")
        return minutes

    return read


@dataclass(frozen=True, slots=True)
class AppointmentTerms:
    """How appointments are cut."""

    step: int = term(
        "appointments.step", 30, _quarters(15, 60), "minutes between the times that are offered"
    )
    lasts: Mapping[str, int] = term(
        "appointments.lasts",
        {"store": 60, "video_call": 30, "home_visit": 90, "call_back": 15},
        table(Kind, _quarters(15, 480)),
        "minutes of each kind",
    )
    around: Mapping[str, int] = term(
        "appointments.around",
        {"store": 0, "video_call": 0, "home_visit": 60, "call_back": 0},
        table(Kind, _quarters(0, 240)),
        "minutes kept free before and after each kind",
    )
    notice: Mapping[str, int] = term(
        "appointments.notice",
        {"store": 30, "video_call": 30, "home_visit": 180, "call_back": 15},
        table(Kind, whole(0, 100_000)),
        "minutes from now to the first time that is offered",
    )
    seats: int = term(
        "appointments.seats", 2, whole(1, 50), "visits at once in a store, or where no shift says"
    )
    hold_minutes: int = term(
        "appointments.hold_minutes", 15, whole(1, 240), "minutes a time is held for an answer"
    )
    ahead_days: int = term("appointments.ahead_days", 90, whole(1, 366), "days offered ahead")
    remind_at: time = term(
        "appointments.remind_at",
        "18:00",
        clock,
        "HH:MM of the day before at which the customer is reminded",
    )
    remind_before: int = term(
        "appointments.remind_before", 60, whole(5, 1_000), "minutes before, the second reminder"
    )


@dataclass(frozen=True, slots=True)
class Times:
    """When one appointment is, and what it keeps free around it."""

    kind: Kind
    starts_at: datetime
    ends_at: datetime
    around: timedelta

    @property
    def quarters(self) -> list[datetime]:
        """Every quarter of an hour it takes, in order."""
        return list(_quarters_of(self.starts_at - self.around, self.ends_at + self.around))

    def of(self, seats: Iterable[str]) -> list[tuple[str, datetime]]:
        """The same of each of these seats."""
        return [(seat, at) for seat in seats for at in self.quarters]


def times(
    terms: AppointmentTerms, kind: Kind, starts_at: datetime, ends_at: datetime | None = None
) -> Times:
    """An appointment of that kind that begins then, and lasts as long as such ones do."""
    ends_at = ends_at or starts_at + timedelta(minutes=terms.lasts[kind])
    return Times(kind, starts_at, ends_at, timedelta(minutes=terms.around[kind]))


def _quarters_of(begins: datetime, ends: datetime) -> Iterator[datetime]:
    at = begins - timedelta(
        minutes=begins.minute % 15, seconds=begins.second, microseconds=begins.microsecond
    )
    while at < ends:
        yield at
        at += QUARTER


@dataclass(frozen=True, slots=True)
class Book:
    """All a decision about times depends on. `shop`: hours of the shop or of the store that is
    visited; `people`: who could come, empty where the shop enters no shifts; `seats`: the places at
    the counter, or those that stand for anybody; `taken`: quarters by seat.
    """

    terms: AppointmentTerms
    kind: Kind
    shop: ShopHours
    people: Sequence[Person]
    keeps_shifts: bool
    seats: Sequence[str]
    taken: Mapping[str, Collection[datetime]]
    wish: Wish
    now: datetime
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Taker:
    """Who and what an appointment would take: `seats`, one of them a person's where `staff` is."""

    staff: StaffId | None
    seats: tuple[str, ...]


def seat_of(staff: str) -> str:
    """The seat that is a person."""
    return f"staff:{staff}"


def taker_of(book: Book, starts_at: datetime) -> Taker | None:
    """Who would have it, the customer's own adviser first, then who fits best, then who has least
    that day; None: it cannot be booked.
    """
    when = times(book.terms, book.kind, starts_at)
    if starts_at < book.now + timedelta(minutes=book.terms.notice[book.kind]):
        return None
    if tokyo_day(starts_at) > tokyo_day(book.now) + timedelta(days=book.terms.ahead_days):
        return None
    if starts_at.minute % 15 or starts_at.second or starts_at.microsecond:
        return None
    needs_shop = book.kind in _NEEDS_SHOP or not book.keeps_shifts
    if needs_shop and not book.shop.covers(when.starts_at, when.ends_at):
        return None
    needs_seat = book.kind is Kind.STORE or not book.keeps_shifts
    seat = next((each for each in book.seats if _is_free(book, each, when)), None)
    if needs_seat and seat is None:
        return None
    counter = (seat,) if needs_seat and seat is not None else ()
    if not book.keeps_shifts:
        return Taker(None, counter)
    free = [each for each in book.people if _can(book, each, when)]
    if not free:
        return None
    chosen = min(free, key=lambda each: _order(book, each, when))
    return Taker(chosen.id, (*counter, seat_of(chosen.id)))


def _is_free(book: Book, seat: str, when: Times) -> bool:
    taken = book.taken.get(seat, ())
    return not any(each in taken for each in when.quarters)


def _can(book: Book, person: Person, when: Times) -> bool:
    works_there = book.store is None or not person.stores or book.store in person.stores
    return (
        works_there
        and person.hours.covers(when.starts_at, when.ends_at)
        and (person.away_until is None or person.away_until <= when.starts_at)
        and _is_free(book, seat_of(person.id), when)
    )


def _order(
    book: Book, person: Person, when: Times
) -> tuple[bool, bool, bool, bool, bool, int, str]:
    asked, own = book.wish.named, book.wish.own
    speaks, knows_brand, knows_goods = fit(person, book.wish)
    day = tokyo_day(when.starts_at)
    busy = sum(tokyo_day(each) == day for each in book.taken.get(seat_of(person.id), ()))
    return (
        person.id != asked, person.id != own, not speaks, not knows_brand, not knows_goods, busy,
        person.id,
    )  # fmt: skip


def starts_on(book: Book, day: date) -> list[datetime]:
    """Every start of that Tokyo day that can be booked, in order."""
    step = timedelta(minutes=book.terms.step)
    at, following = at_tokyo(day), at_tokyo(day + timedelta(days=1))
    found = []
    while at < following:
        if taker_of(book, at) is not None:
            found.append(at)
        at += step
    return found


def next_starts(book: Book, after: datetime, *, most: int) -> list[datetime]:
    """The first starts from then on that can be booked."""
    found: list[datetime] = []
    first = tokyo_day(max(after, book.now))
    for n in range(book.terms.ahead_days + 1):
        found += [each for each in starts_on(book, first + timedelta(days=n)) if each >= after]
        if len(found) >= most:
            break
    return found[:most]


def reminders(
    terms: AppointmentTerms, starts_at: datetime, *, booked_at: datetime, quiet: QuietHours
) -> list[datetime]:
    """When the customer is reminded: the evening before, and shortly before; never of what was
    booked so late that they know (R-149).
    """
    day = tokyo_day(starts_at) - timedelta(days=1)
    evening = quiet.next_send(datetime.combine(day, terms.remind_at, TOKYO))
    shortly = quiet.next_send(starts_at - timedelta(minutes=terms.remind_before))
    return [
        each for each in (evening, shortly) if booked_at + timedelta(hours=1) <= each < starts_at
    ]
