"""Reads on shop hours and shifts (営業時間・シフト): the one calendar, and who works when.

`hours` is what promises, slots and timers are counted with; what the shop has not told is answered
by its settings.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from catalog.duties.actors import Role
from catalog.ground.calendar import ShopHours, Span
from catalog.ground.record import StaffId
from catalog.ground.session.hot import Hot
from handoff.shifts import rules, spans
from handoff.shifts.rules import Person
from handoff.shifts.tables import (
    HOLIDAY,
    WHOLE_SHOP,
    OpenDay,
    OpenWeekday,
    ShiftDay,
    ShiftWeekday,
    ShiftWindow,
    Skills,
)
from handoff.staff.permissions import ALLOWED, Act
from handoff.staff.tables import Staff

UNTOLD = "untold"  # the stamp of a shop that never told its hours
UNDESCRIBED: Mapping[str, Any] = {
    "categories": [], "brands": [], "languages": ["ja"], "stores": [], "capacity": 3,
}  # fmt: skip
TALKERS = frozenset(role for role, acts in ALLOWED.items() if Act.TALK in acts)
_STAMP = Hot("SELECT stamp FROM calendar_stamp WHERE id = 'shop'")
_NEVER: Sequence[Sequence[Span]] = ((),) * 7


def stamp(db: Session) -> str:
    """It changes with every change of the shop's hours."""
    rows = _STAMP(db)
    return str(rows[0][0]) if rows else UNTOLD


def hours(db: Session, *, usual: ShopHours, store: str = WHOLE_SHOP) -> ShopHours:
    """The hours of the shop, or of one store: what it told itself, over what the shop told, over
    the usual.
    """
    stores = {WHOLE_SHOP, store}
    weekdays = db.exec(select(OpenWeekday).where(col(OpenWeekday.store).in_(stores))).all()
    days = db.exec(select(OpenDay).where(col(OpenDay.store).in_(stores))).all()
    found = usual
    for name in sorted(stores):  # the whole shop first
        found = _over(
            found,
            {each.weekday: each.spans for each in weekdays if each.store == name},
            {each.day: each.spans for each in days if each.store == name},
        )
    return found


def _over(under: ShopHours, weekdays: Mapping[int, Any], days: Mapping[date, Any]) -> ShopHours:
    if not weekdays and not days:
        return under
    told = {weekday: spans.read(each) for weekday, each in weekdays.items()}
    return ShopHours(
        week=tuple(told.get(n, under.week[n]) for n in range(HOLIDAY)),
        exceptions={**under.exceptions, **{day: spans.read(each) for day, each in days.items()}},
        holidays=told.get(HOLIDAY, under.holidays),
    )


@dataclass(slots=True)
class KeptCalendar:
    """The one calendar, read again only when the hours were changed: one look at one small row for
    each promise. `usual`: of the settings.
    """

    usual: ShopHours
    _kept: tuple[str, dict[str, ShopHours]] = field(
        default_factory=lambda: (UNTOLD, {}), repr=False
    )

    def __call__(self, db: Session, store: str = WHOLE_SHOP) -> ShopHours:
        """The hours of the shop or of a store, as this unit of work sees them."""
        now = stamp(db)
        if now == UNTOLD:
            return self.usual
        kept_at, kept = self._kept
        if kept_at != now:
            kept_at, kept = self._kept = (now, {})
        found = kept.get(store)
        if found is None:
            found = kept[store] = hours(db, usual=self.usual, store=store)
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """What was entered for the shop, a store or one person; a day that is not there: nothing."""

    weekdays: Mapping[int, Sequence[Span]]
    days: Mapping[date, Sequence[Span]]
    notes: Mapping[date, str | None]


def told_hours(db: Session, *, store: str = WHOLE_SHOP, since: date) -> Told:
    """What was entered for the shop or one store, single days from that day on."""
    weekdays = db.exec(select(OpenWeekday).where(OpenWeekday.store == store)).all()
    days = db.exec(
        select(OpenDay)
        .where(OpenDay.store == store, col(OpenDay.day) >= since)
        .order_by(col(OpenDay.day))
    ).all()
    return Told(
        {each.weekday: spans.read(each.spans) for each in weekdays},
        {each.day: spans.read(each.spans) for each in days},
        {each.day: each.note for each in days},
    )


def told_shift(db: Session, staff: StaffId, *, since: date) -> Told:
    """What was planned for one person."""
    weekdays = db.exec(select(ShiftWeekday).where(ShiftWeekday.staff == staff)).all()
    days = db.exec(
        select(ShiftDay)
        .where(ShiftDay.staff == staff, col(ShiftDay.day) >= since)
        .order_by(col(ShiftDay.day))
    ).all()
    return Told(
        {each.weekday: spans.read(each.spans) for each in weekdays},
        {each.day: spans.read(each.spans) for each in days},
        {},
    )


def skills(db: Session, staff: StaffId) -> Skills:
    """What somebody knows; the usual for who was never described."""
    found = db.get(Skills, staff, populate_existing=True)
    return found if found is not None else Skills(staff=staff, **UNDESCRIBED)


def keeps_shifts(db: Session) -> bool:
    """Whether the shop enters shifts at all. Without them its hours alone decide."""
    return any(
        db.exec(select(kind.staff).limit(1)).first() is not None
        for kind in (ShiftWeekday, ShiftDay)
    )


def people(db: Session, *, now: datetime, of: Collection[StaffId] | None = None) -> list[Person]:
    """Who talks with customers, with their shifts, in the order they came to the shop. Where the
    shop enters no shifts, all of them count as there. How much each has to do is the desk's to add.
    """
    staff = db.exec(
        select(Staff)
        .where(col(Staff.left_at).is_(None), col(Staff.role).in_(TALKERS))
        .order_by(col(Staff.id))
    ).all()
    wanted = [each for each in staff if of is None or each.id in of]
    weekdays: dict[str, dict[int, Any]] = {}
    for week in db.exec(select(ShiftWeekday)):
        weekdays.setdefault(week.staff, {})[week.weekday] = week.spans
    days: dict[str, dict[date, Any]] = {}
    for day in db.exec(select(ShiftDay)):
        days.setdefault(day.staff, {})[day.day] = day.spans
    windows: dict[str, list[rules.Window]] = {}
    for window in db.exec(select(ShiftWindow).where(col(ShiftWindow.ends_at) > now)):
        windows.setdefault(window.staff, []).append((window.begins_at, window.ends_at))
    known = {each.staff: each for each in db.exec(select(Skills))}
    is_told = bool(weekdays or days)
    never = ShopHours(week=_NEVER)
    return [
        _person(
            each,
            known.get(each.id),
            hours=_over(never, weekdays.get(each.id, {}), days.get(each.id, {}))
            if is_told
            else rules.ALWAYS,
            is_told=is_told,
            windows=windows.get(each.id, ()),
        )
        for each in wanted
    ]


def _person(
    staff: Staff,
    known: Skills | None,
    *,
    hours: ShopHours,
    is_told: bool,
    windows: Sequence[rules.Window],
) -> Person:
    skills = known if known is not None else Skills(staff=staff.id, **UNDESCRIBED)
    return Person(
        id=StaffId(staff.id),
        name=staff.name,
        role=Role(staff.role),
        hours=hours,
        is_told=is_told,
        windows=windows,
        away_until=skills.away_until,
        categories=frozenset(skills.categories),
        brands=frozenset(skills.brands),
        languages=frozenset(skills.languages),
        stores=frozenset(skills.stores),
        capacity=skills.capacity,
        deputy=StaffId(skills.deputy) if skills.deputy else None,
        has_licence=bool(skills.licence_no),
    )


def on_duty(db: Session, *, now: datetime) -> list[Person]:
    """Who is there now."""
    return [each for each in people(db, now=now) if rules.is_on_duty(each, now)]


def next_up(db: Session, *, now: datetime) -> tuple[Person, datetime] | None:
    """Who is there first from now on, and when."""
    return rules.next_up(people(db, now=now), now)


def names(db: Session) -> dict[StaffId, str]:
    """Everybody who works here or did, by id."""
    return {StaffId(staff): name for staff, name in db.exec(select(Staff.id, Staff.name))}
