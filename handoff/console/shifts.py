"""Who works when (シフト): everybody's week, days off, skills and load; and one's own short turns.

GET  /console/shifts?from=         everybody, a week from that day on
GET  /console/shifts/person?p=     one person: week, single days, what they know
POST /console/shifts/week          the weekly shift
POST /console/shifts/days          other spans, or off, on some days; or as every week again
POST /console/shifts/profile       skills, languages, stores, capacity, deputy
POST /console/shifts/turn          mine: there for so many minutes (「20分対応可」), or no more;
                                   leads to the next conversation that fits
POST /console/shifts/away          mine: stepped out, or back
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground import policy
from catalog.ground.calendar import HoursMalformed, at_tokyo, is_holiday, tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId, StaffId
from catalog.items.kinds import Category
from catalog.items.places.terms import StoreTerms
from handoff.appointments import queries as appointments
from handoff.appointments.tables import Appointment
from handoff.console import spoken
from handoff.console.door import HOME, Visit, checked, inside, onward, who
from handoff.console.hours import DayMalformed, day_of, read_week, typed_week
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import queries as desk
from handoff.desk import routing
from handoff.shifts import actions, queries, rules
from handoff.shifts.actions import LANGUAGES, Profile, SkillsMalformed
from handoff.shifts.rules import Person
from handoff.shifts.tables import HOLIDAY
from handoff.staff.permissions import Act, need

DAYS = 7
_MOST_DAYS = 62
_BACK = timedelta(days=31)
_AHEAD = timedelta(days=3_660)
_MOST_BRANDS = 40

From = Annotated[str, Query(alias="from", max_length=10)]
Whose = Annotated[str, Query(alias="p", max_length=60)]
Done = Annotated[str, Query(max_length=20)]


class NotOnShift(Missing):
    """Nobody of that id talks with customers here."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of shifts."""

    @made.get("/shifts")
    async def everybody(request: Request, since: From = "") -> Response:
        visit = await who(office, request)
        first = _first(since, today=tokyo_day(visit.now))
        facts = await office.units.read(lambda db: _week(db, office, visit, first))
        return page("shifts", visit.lang, {"visit": visit, **facts})

    @made.get("/shifts/person")
    async def person(request: Request, p: Whose = "", done: Done = "") -> Response:
        visit = await who(office, request)
        return await _person(office, visit, StaffId(p), {"done": done})

    _add_planning(made, office)
    _add_own(made, office)


def _add_planning(made: APIRouter, office: Office) -> None:
    @made.post("/shifts/week")
    async def week(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PLAN)
        whose, typed = StaffId(form.get("p", "")), typed_week(form)
        told, wrong = read_week(typed)
        if wrong:
            return await _person(office, visit, whose, {"wrong": wrong, "week": typed})
        await office.units.write(
            lambda db: actions.plan_week(db, whose, told, actor=visit.session.actor, now=visit.now)
        )
        return _back_to(request, whose)

    @made.post("/shifts/days")
    async def days(request: Request) -> Response:
        visit, form = await checked(office, request, Act.LOOK)
        whose, today = StaffId(form.get("p", "")), tokyo_day(visit.now)
        try:
            first = day_of(form.get("first", ""), today=today)
            last = day_of(form.get("last") or form.get("first", ""), today=today)
            told = spoken.read(form.get("spans", ""))
        except (HoursMalformed, DayMalformed):
            return await _person(office, visit, whose, {"problem": "days", "entry": form})
        if not first <= last < first + timedelta(days=_MOST_DAYS):
            return await _person(office, visit, whose, {"problem": "days", "entry": form})
        if whose != visit.session.staff_id or told != ():
            need(visit.session.actor, Act.PLAN)  # one's own days off are everybody's to tell
        wanted = {first + timedelta(days=each): told for each in range((last - first).days + 1)}
        await office.units.write(
            lambda db: actions.plan_days(
                db, whose, wanted, actor=visit.session.actor, now=visit.now
            )
        )
        return _back_to(request, whose)

    @made.post("/shifts/profile")
    async def profile(request: Request) -> Response:
        visit, form = await checked(office, request, Act.PLAN)
        whose = StaffId(form.get("p", ""))
        told = _profile(form)
        try:
            await office.units.write(
                lambda db: actions.describe(
                    db, whose, told, actor=visit.session.actor, now=visit.now
                )
            )
        except SkillsMalformed as wrong:
            more = {"problem": wrong.what, "skills": told, "typed": form}
            return await _person(office, visit, whose, more)
        return _back_to(request, whose)


def _profile(form: Mapping[str, str]) -> Profile:
    capacity = form.get("capacity", "")
    brands = [each.strip() for each in form.get("brands", "").replace("、", ",").split(",")]
    return Profile(
        categories=[each.value for each in Category if form.get(f"category-{each.value}")],
        brands=[each for each in brands if each][:_MOST_BRANDS],
        languages=[each for each in LANGUAGES if form.get(f"language-{each}")],
        stores=[value for name, value in form.items() if name.startswith("store-") and value],
        capacity=int(capacity) if _is_number(capacity) else -1,
        deputy=StaffId(form["deputy"]) if form.get("deputy") else None,
        licence_no=form.get("licence_no", "").strip()[:60] or None,
    )


def _is_number(told: str) -> bool:
    return told.isascii() and told.isdigit() and len(told) < 10


def _add_own(made: APIRouter, office: Office) -> None:
    @made.post("/shifts/turn")
    async def turn(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        me, told = visit.session.staff_id, form.get("minutes", "")

        def unit(db: Session) -> ConversationId | None:
            if told == "0":
                actions.close_window(db, me, now=visit.now)
                return None
            minutes = int(told) if _is_number(told) else 0
            _, offered = routing.available_for(db, me, minutes, now=visit.now)
            return (
                ConversationId(desk.of_id(db, offered).conversation)
                if offered is not None
                else None
            )

        offered = await office.units.write(unit)
        if offered is not None:
            return onward(f"{HOME}/inbox?list=waiting&c={quote(offered)}", request)
        return onward(inside(request.headers.get("referer", "")), request)

    @made.post("/shifts/away")
    async def away(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        me = visit.session.staff_id

        def unit(db: Session) -> None:
            if form.get("back") == "yes":
                actions.come_back(db, me, now=visit.now)
            else:
                actions.go_away(db, me, now=visit.now)

        await office.units.write(unit)
        return onward(inside(request.headers.get("referer", "")), request)


def _back_to(request: Request, whose: StaffId) -> Response:
    return onward(f"{HOME}/shifts/person?p={whose}&done=saved", request)


def _first(told: str, *, today: date) -> date:
    try:
        return min(max(date.fromisoformat(told), today - _BACK), today + _AHEAD)
    except ValueError:
        return today


def _week(db: Session, office: Office, visit: Visit, first: date) -> dict[str, Any]:
    days = [first + timedelta(days=each) for each in range(DAYS)]
    people = queries.people(db, now=visit.now)
    names = queries.names(db)
    opened = office.terms.hours(db)
    return {
        "days": [
            (day, is_holiday(day), spoken.written(opened.spans(day), visit.lang)) for day in days
        ],
        "people": [
            {
                "person": each,
                "is_there": rules.is_on_duty(each, visit.now),
                "next": rules.first_on_duty(each, visit.now),
                "turn": max((ends for _, ends in each.windows), default=None),
                "deputy": names.get(each.deputy) if each.deputy else None,
                "days": [(day, spoken.written(each.hours.spans(day), visit.lang)) for day in days],
            }
            for each in people
        ],
        "keeps": queries.keeps_shifts(db),
        "now": visit.now,
        "before": first - timedelta(days=DAYS),
        "after": first + timedelta(days=DAYS),
    }


async def _person(
    office: Office, visit: Visit, whose: StaffId, more: Mapping[str, Any]
) -> Response:
    facts = await office.units.read(lambda db: _shown(db, visit, whose))
    told: dict[str, Any] = {"done": "", "problem": None, "wrong": [], "entry": {}, "typed": {}}
    status = 422 if more.get("wrong") or more.get("problem") else 200
    return page("shift", visit.lang, {"visit": visit, **told, **facts, **more}, status=status)


def _shown(db: Session, visit: Visit, whose: StaffId) -> dict[str, Any]:
    people = queries.people(db, now=visit.now)
    one = next((each for each in people if each.id == whose), None)
    if one is None:
        raise NotOnShift(whose)
    told = queries.told_shift(db, whose, since=tokyo_day(visit.now))
    skills = queries.skills(db, whose)
    return {
        "person": one,
        "is_me": whose == visit.session.staff_id,
        "is_there": rules.is_on_duty(one, visit.now),
        "week": {
            day: spoken.written(told.weekdays.get(day), visit.lang) for day in range(HOLIDAY + 1)
        },
        "days": [
            (day, spoken.written(each, visit.lang)) for day, each in sorted(told.days.items())
        ],
        "skills": skills,
        "clashes": _clashes(db, visit, one) if visit.may(Act.BOOK) else [],
        "categories": [each.value for each in Category],
        "languages": LANGUAGES,
        "stores": [each.named("ja") for each in policy.current(db).of(StoreTerms).stores],
        "others": _others(people, whose),
        "today": tokyo_day(visit.now),
        "midnight": at_tokyo(tokyo_day(visit.now) + timedelta(days=1)),
        "now": visit.now,
    }


def _clashes(db: Session, visit: Visit, person: Person) -> list[Appointment]:
    """Appointments ahead that their shift does not cover any more."""
    if not person.is_told:
        return []
    ahead = appointments.ahead_of(db, person.id, now=visit.now)
    return [each for each in ahead if not rules.is_on_duty(person, each.starts_at)]


def _others(people: list[Person], whose: StaffId) -> list[Person]:
    return [each for each in people if each.id != whose]
