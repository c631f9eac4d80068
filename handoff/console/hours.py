"""The shop's hours (営業時間): every week, on holidays and on single days, for the shop and each
store.

    GET  /console/hours?store=      what is entered, and what follows from it for the next days
    POST /console/hours/week        the spans of the weekdays and of holidays
    POST /console/hours/day         other spans on one day, or as every week again
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground import policy
from catalog.ground.calendar import HoursMalformed, is_holiday, tokyo_day
from catalog.ground.errors import Malformed, Missing
from catalog.items.places.queries import places
from catalog.items.places.terms import StoreTerms
from handoff.console import spoken
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.shifts import actions, queries
from handoff.shifts.actions import CalendarMoved, NeverOpen
from handoff.shifts.tables import HOLIDAY, WHOLE_SHOP
from handoff.staff.permissions import Act

DAYS_AHEAD = 14
WEEK = tuple(range(HOLIDAY + 1))
_LONGEST_NOTE = 100
_FURTHEST = timedelta(days=730)

Which = Annotated[str, Query(alias="store", max_length=100)]
Done = Annotated[str, Query(max_length=20)]


class StoreMissing(Missing):
    """The shop has no store of that name."""


class DayMalformed(Malformed):
    """No day, or one that is past or too far ahead."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the shop's hours."""

    @made.get("/hours")
    async def hours(request: Request, store: Which = WHOLE_SHOP, done: Done = "") -> Response:
        visit = await who(office, request)
        return await _page(office, visit, store, {"done": done})

    @made.post("/hours/week")
    async def week(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PLAN)
        typed = typed_week(form)
        told, wrong = read_week(typed)
        if wrong:
            return await _page(office, visit, form.get("store", ""), {"wrong": wrong}, typed=typed)
        return await _done(office, request, visit, form, lambda db, store: actions.set_week(
            db, told, actor=visit.session.actor, now=visit.now, store=store,
            seen=form.get("seen") or None,
        ), typed=typed)  # fmt: skip

    @made.post("/hours/day")
    async def day(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PLAN)
        try:
            when = day_of(form.get("day", ""), today=tokyo_day(visit.now))
            told = spoken.read(form.get("spans", ""))
        except (HoursMalformed, DayMalformed):
            return await _page(
                office, visit, form.get("store", ""), {"problem": "day", "entry": form}
            )
        note = form.get("note", "").strip()[:_LONGEST_NOTE] or None
        return await _done(office, request, visit, form, lambda db, store: actions.set_days(
            db, {when: told}, actor=visit.session.actor, now=visit.now, store=store, note=note,
            seen=form.get("seen") or None,
        ), entry=form)  # fmt: skip


def typed_week(form: Mapping[str, str]) -> dict[int, str]:
    """What was typed for each weekday and for holidays."""
    return {day: form.get(f"d{day}", "")[: spoken.MOST_SIGNS] for day in WEEK}


def read_week(typed: Mapping[int, str]) -> tuple[dict[int, Any], list[int]]:
    """The spans by weekday, and the weekdays that cannot be read."""
    told: dict[int, Any] = {}
    wrong = []
    for day, text in typed.items():
        try:
            told[day] = spoken.read(text)
        except HoursMalformed:
            wrong.append(day)
    return told, wrong


def day_of(text: str, *, today: date) -> date:
    """A day from today on. Raises DayMalformed."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DayMalformed("no day") from None
    if not today <= day <= today + _FURTHEST:
        raise DayMalformed("past, or too far ahead")
    return day


async def _done(
    office: Office,
    request: Request,
    visit: Visit,
    form: Mapping[str, str],
    change: Any,
    *,
    typed: Mapping[int, str] | None = None,
    entry: Mapping[str, str] | None = None,
) -> Response:
    store = form.get("store", WHOLE_SHOP)

    def unit(db: Session) -> None:
        _need_store(db, store)
        change(db, store)

    try:
        await office.units.write(unit)
    except CalendarMoved:
        problem = "moved"
    except NeverOpen:
        problem = "never_open"
    else:
        return onward(f"{HOME}/hours?done=saved&store={quote(store)}", request)
    more = {"problem": problem, "entry": entry or {}}
    return await _page(office, visit, store, more, typed=typed, status=409)


def _need_store(db: Session, store: str) -> list[str]:
    stores = [each.named("ja") for each in policy.current(db).of(StoreTerms).stores]
    if store != WHOLE_SHOP and store not in stores:
        raise StoreMissing(store)
    return stores


async def _page(
    office: Office,
    visit: Visit,
    store: str,
    more: Mapping[str, Any],
    *,
    typed: Mapping[int, str] | None = None,
    status: int | None = None,
) -> Response:
    today = tokyo_day(visit.now)

    def look(db: Session) -> dict[str, Any]:
        stores = _need_store(db, store)
        told = queries.told_hours(db, store=store, since=today)
        held = office.terms.hours(db)
        kept = queries.hours(db, usual=held, store=store)
        ahead = [today + timedelta(days=each) for each in range(DAYS_AHEAD)]
        entered = {day: spoken.written(told.weekdays.get(day), visit.lang) for day in WEEK}
        return {
            "stores": stores,
            "store": store,
            "week": dict(typed) if typed is not None else entered,
            "usual": {day: spoken.written(held.week[day], visit.lang) for day in range(HOLIDAY)},
            "days": [
                (day, spoken.written(spans, visit.lang), told.notes.get(day))
                for day, spans in sorted(told.days.items())
            ],
            "ahead": [
                (day, spoken.written(kept.spans(day), visit.lang), is_holiday(day)) for day in ahead
            ],
            "seen": queries.stamp(db),
            "places": places(db),
            "is_open": kept.is_open(visit.now),
            "next_open": kept.next_open(visit.now),
        }

    told: dict[str, Any] = {
        "done": "", "problem": None, "wrong": [], "today": today, "entry": {},
    }  # fmt: skip
    facts = {"visit": visit, **told, **more, **await office.units.read(look)}
    if status is None:
        status = 422 if facts["wrong"] or facts["problem"] else 200
    return page("hours", visit.lang, facts, status=status)
