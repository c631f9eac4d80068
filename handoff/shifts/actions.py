"""Verbs on shop hours and shifts (営業時間・シフトの登録). Who may is asked at the edge
(`Act.PLAN`); one's own turns and absences are everybody's.

Each is one change and one row of the journal; saying the same again changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from catalog.duties.actors import Actor
from catalog.ground import journal
from catalog.ground.calendar import Span, at_tokyo, tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.record import Row, StaffId, new_id
from catalog.ground.session.database import insert_once, ring
from catalog.items import lexicon
from catalog.items.kinds import Category
from handoff.shifts import queries, rules, spans
from handoff.shifts.tables import (
    HOLIDAY,
    WHOLE_SHOP,
    CalendarStamp,
    OpenDay,
    OpenWeekday,
    ShiftDay,
    ShiftWeekday,
    ShiftWindow,
    Skills,
)
from handoff.staff.tables import Staff

TOPIC = "shifts"  # rung when somebody comes, goes or is planned anew
LANGUAGES = ("ja", "en", "zh_hant", "zh_hans", "ko")
_STAMP = "shop"
_SHORTEST, _LONGEST = 5, 240  # minutes of a short turn


class NeverOpen(Refused):
    """The shop would not open for so long that nothing could be promised."""


class CalendarMoved(Stale):
    """The hours were changed meanwhile; look at them first."""


class PersonMissing(Missing):
    """Nobody of that id works here."""


class SkillsMalformed(Malformed):
    """A category, brand, language, deputy or number that cannot be. `what`."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody knows. `brands` by any name the lexicon knows; `licence_no`: of the card shown
    on visits (行商従業者証).
    """

    categories: Sequence[str] = ()
    brands: Sequence[str] = ()
    languages: Sequence[str] = ("ja",)
    stores: Sequence[str] = ()
    capacity: int = 3
    deputy: StaffId | None = None
    licence_no: str | None = None


def set_week(
    db: Session,
    days: Mapping[int, Sequence[Span] | None],
    *,
    actor: Actor,
    now: datetime,
    store: str = WHOLE_SHOP,
    seen: str | None = None,
) -> None:
    """The spans of these weekdays (7: holidays); None: nothing is said of it any more. `seen`: the
    stamp of the hours the change was made on.

    Raises HoursMalformed, NeverOpen, CalendarMoved.
    """
    _check_weekdays(days)
    _move(db, seen, now=now)
    for weekday, told in days.items():
        _say(db, OpenWeekday, {"store": store, "weekday": weekday}, told)
    _check_open(db, store, now=now)
    facts = {"days": {str(day): _told(told) for day, told in days.items()}}
    journal.record(db, f"hours:{store}", "week_set", actor=actor.name, at=now, facts=facts)


def set_days(
    db: Session,
    days: Mapping[date, Sequence[Span] | None],
    *,
    actor: Actor,
    now: datetime,
    store: str = WHOLE_SHOP,
    note: str | None = None,
    seen: str | None = None,
) -> None:
    """Other spans on these days, (): closed; None: as every week. Raises as `set_week`."""
    _move(db, seen, now=now)
    for day, told in days.items():
        _say(db, OpenDay, {"store": store, "day": day}, told, note=note)
    _check_open(db, store, now=now)
    facts = {"days": {day.isoformat(): _told(told) for day, told in days.items()}}
    journal.record(db, f"hours:{store}", "days_set", actor=actor.name, at=now, facts=facts)


def _move(db: Session, seen: str | None, *, now: datetime) -> None:
    """The hours change with this unit; whoever changes them too waits here."""
    insert_once(db, CalendarStamp, {"id": _STAMP, "stamp": queries.UNTOLD})
    changed = update(CalendarStamp).where(col(CalendarStamp.id) == _STAMP)
    if seen is not None:
        changed = changed.where(col(CalendarStamp.stamp) == seen)
    if not db.connection().execute(changed.values(stamp=new_id(now))).rowcount:
        raise CalendarMoved("the hours were changed meanwhile")
    ring(db, TOPIC)


def _check_open(db: Session, store: str, *, now: datetime) -> None:
    db.flush()
    hours = queries.hours(db, usual=rules.ALWAYS)
    if store == WHOLE_SHOP and not rules.is_ever_open(hours, now=now):
        raise NeverOpen("the shop would be closed for more than two months")


def _check_weekdays(days: Mapping[int, Any]) -> None:
    if strange := sorted(set(days) - set(range(HOLIDAY + 1))):
        raise SkillsMalformed("weekday", f"{strange[0]} is not between 0 and {HOLIDAY}")


def _told(told: Sequence[Span] | None) -> list[list[str]] | None:
    return None if told is None else spans.written(spans.checked(told))


def _say(
    db: Session,
    table: type[Row],
    key: Mapping[str, Any],
    told: Sequence[Span] | None,
    **more: Any,
) -> None:
    """Write the row of that key, over one that is there; None takes it away."""
    if told is None:
        keys = [getattr(table, name) == value for name, value in key.items()]
        db.connection().execute(delete(table).where(*keys))
        return
    _put(db, table, key, {"spans": _told(told), **more})


def _put(db: Session, table: type[Row], key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    put = insert(table).values(**key, **values)
    db.connection().execute(put.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def describe(db: Session, staff: StaffId, profile: Profile, *, actor: Actor, now: datetime) -> None:
    """What somebody knows, speaks and takes on. Raises PersonMissing, SkillsMalformed."""
    need(db, staff)
    brands = {lexicon.brand_id(name) for name in profile.brands} - {None}
    if strange := sorted(set(profile.categories) - set(Category)):
        raise SkillsMalformed("category", f"{strange[0]} is none of {', '.join(Category)}")
    if strange := sorted(set(profile.languages) - set(LANGUAGES)):
        raise SkillsMalformed("language", f"{strange[0]} is none of {', '.join(LANGUAGES)}")
    if not 0 <= profile.capacity <= 50:
        raise SkillsMalformed("capacity", "a number from 0 to 50")
    if profile.deputy is not None:
        if profile.deputy == staff:
            raise SkillsMalformed("deputy", "nobody stands in for themselves")
        need(db, profile.deputy)
    values = {
        "categories": sorted(set(profile.categories)),
        "brands": sorted(str(each) for each in brands),
        "languages": sorted(set(profile.languages)) or ["ja"],
        "stores": sorted(set(profile.stores)),
        "capacity": profile.capacity,
        "deputy": profile.deputy,
        "licence_no": profile.licence_no,
    }
    _put(db, Skills, {"staff": staff}, values)
    db.expire_all()
    facts = {name: value for name, value in values.items() if name != "licence_no"}
    journal.record(db, f"staff:{staff}", "described", actor=actor.name, at=now, facts=facts)
    ring(db, TOPIC)


def plan_week(
    db: Session,
    staff: StaffId,
    days: Mapping[int, Sequence[Span] | None],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Somebody's weekly shift (7: on holidays). Raises PersonMissing, HoursMalformed."""
    need(db, staff)
    _check_weekdays(days)
    for weekday, told in days.items():
        _say(db, ShiftWeekday, {"staff": staff, "weekday": weekday}, told)
    facts = {"days": {str(day): _told(told) for day, told in days.items()}}
    journal.record(db, f"staff:{staff}", "week_planned", actor=actor.name, at=now, facts=facts)
    ring(db, TOPIC)


def plan_days(
    db: Session,
    staff: StaffId,
    days: Mapping[date, Sequence[Span] | None],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Somebody's other spans on these days, (): off; None: as every week. Raises as `plan_week`."""
    need(db, staff)
    for day, told in days.items():
        _say(db, ShiftDay, {"staff": staff, "day": day}, told)
    facts = {"days": {day.isoformat(): _told(told) for day, told in days.items()}}
    journal.record(db, f"staff:{staff}", "days_planned", actor=actor.name, at=now, facts=facts)
    ring(db, TOPIC)


def open_window(db: Session, staff: StaffId, minutes: int, *, now: datetime) -> datetime:
    """Somebody is there for so long, wherever they are (R-140); until when. A turn that still runs
    ends with it. Raises PersonMissing, SkillsMalformed.
    """
    need(db, staff)
    if not _SHORTEST <= minutes <= _LONGEST:
        raise SkillsMalformed("minutes", f"from {_SHORTEST} to {_LONGEST}")
    _end_windows(db, staff, now=now)
    ends_at = now + timedelta(minutes=minutes)
    values = {"id": new_id(now), "staff": staff, "begins_at": now, "ends_at": ends_at}
    insert_once(db, ShiftWindow, values)
    _set_away(db, staff, None)
    facts = {"minutes": minutes}
    journal.record(
        db, f"staff:{staff}", "turn_offered", actor=f"staff:{staff}", at=now, facts=facts
    )
    ring(db, TOPIC)
    return ends_at


def close_window(db: Session, staff: StaffId, *, now: datetime) -> None:
    """The short turn is over."""
    if _end_windows(db, staff, now=now):
        journal.record(db, f"staff:{staff}", "turn_ended", actor=f"staff:{staff}", at=now)
        ring(db, TOPIC)


def _end_windows(db: Session, staff: StaffId, *, now: datetime) -> int:
    ended = db.connection().execute(
        update(ShiftWindow)
        .where(col(ShiftWindow.staff) == staff, col(ShiftWindow.ends_at) > now)
        .values(ends_at=now)
    )
    return ended.rowcount


def go_away(
    db: Session, staff: StaffId, *, now: datetime, until: datetime | None = None
) -> datetime:
    """Has stepped out (離席中), at most to the end of the day; until when. Raises PersonMissing."""
    need(db, staff)
    midnight = at_tokyo(tokyo_day(now) + timedelta(days=1))
    ends_at = min(until, midnight) if until is not None else midnight
    _set_away(db, staff, ends_at)
    _end_windows(db, staff, now=now)
    journal.record(db, f"staff:{staff}", "went_away", actor=f"staff:{staff}", at=now)
    ring(db, TOPIC)
    return ends_at


def come_back(db: Session, staff: StaffId, *, now: datetime) -> None:
    """Is there again. Raises PersonMissing."""
    need(db, staff)
    _set_away(db, staff, None)
    journal.record(db, f"staff:{staff}", "came_back", actor=f"staff:{staff}", at=now)
    ring(db, TOPIC)


def _set_away(db: Session, staff: StaffId, until: datetime | None) -> None:
    if until is not None:
        insert_once(db, Skills, {"staff": staff, **queries.UNDESCRIBED})
    db.connection().execute(
        update(Skills).where(col(Skills.staff) == staff).values(away_until=until)
    )
    db.expire_all()


def replace_deputy(db: Session, before: StaffId, after: StaffId | None) -> None:
    """Whoever one stood in for, the other does, or nobody; nobody stands in for themselves."""
    theirs = col(Skills.deputy) == before
    own = theirs & (col(Skills.staff) == after)
    db.connection().execute(update(Skills).where(own).values(deputy=None))
    db.connection().execute(update(Skills).where(theirs).values(deputy=after))
    db.expire_all()


def need(db: Session, staff: StaffId) -> Staff:
    """Whoever works here under that id. Raises PersonMissing."""
    person = db.get(Staff, staff)
    if person is None or person.left_at is not None:
        raise PersonMissing(staff)
    return person
