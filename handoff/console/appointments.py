"""The day's appointments (ご予約, R-143, R-149): who comes when, to whom and where, and what the
shop does about each. Putting one in by hand is in `booking`.

GET  /console/appointments?day=                      a day, today unless another is named
POST /console/appointments/{appointment}/arrived     the customer is there, or was spoken with
POST /console/appointments/{appointment}/no_show     they did not come
POST /console/appointments/{appointment}/assign      somebody else has it
POST /console/appointments/{appointment}/link        where the video call is held
POST /console/appointments/{appointment}/cancel      it is off
GET  /console/appointments/{appointment}/move?day=   the times the chat would offer
POST /console/appointments/{appointment}/move        to one of them

A form of a page that is older than what somebody else did meanwhile changes nothing and is told so.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.errors import ShopError
from catalog.ground.record import ConversationId, StaffId
from handoff.appointments import attending, queries, rules
from handoff.appointments.attending import ChangedMeanwhile, LinkMalformed
from handoff.appointments.rules import Book
from handoff.appointments.steps import NotSo, TimeTaken
from handoff.appointments.tables import Appointment, AppointmentState, Kind
from handoff.console.asked import FieldMalformed, key_of
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.naming import Name, names_of, speakers_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.dialogue.visits import by_hand, calls
from handoff.shifts import queries as shifts
from handoff.shifts.actions import PersonMissing
from handoff.staff import masking
from handoff.staff.permissions import Act

PLACE = f"{HOME}/appointments"
DAYS_OFFERED = 7
_LOOKED = timedelta(days=31)  # how far free days are looked for, as in the chat
_REACH = timedelta(days=400)
_LONGEST_LINK = 1_000

Id = Annotated[str, Path(max_length=60)]
Day = Annotated[str, Query(max_length=10)]
Done = Annotated[str, Query(max_length=20)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the day."""

    @made.get("/appointments")
    async def of_day(request: Request, day: Day = "", done: Done = "") -> Response:
        visit = await who(office, request)
        return await _page(office, visit, day_of(day, visit), {"done": done})

    def of(
        name: str, verb: Callable[[Session, str, Mapping[str, str], Visit], Appointment]
    ) -> None:
        @made.post(f"/appointments/{{appointment}}/{name}")
        async def act(request: Request, appointment: Id) -> Response:
            visit, form = await checked(office, request, Act.BOOK)
            try:
                row = await office.units.write(lambda db: verb(db, appointment, form, visit))
            except (NotSo, TimeTaken, ChangedMeanwhile, LinkMalformed) as refused:
                return await refusal(office, visit, appointment, refused)
            return back_to(row, name, request)

    of("arrived", _arrived)
    of("no_show", _no_show)
    of("assign", _assign)
    of("link", _link)
    of("cancel", _cancel)
    _add_moving(made, office)


def _add_moving(made: APIRouter, office: Office) -> None:
    @made.get("/appointments/{appointment}/move")
    async def times(request: Request, appointment: Id, day: Day = "") -> Response:
        visit = await who(office, request, Act.BOOK)
        return await _times(office, visit, appointment, day, {})

    @made.post("/appointments/{appointment}/move")
    async def move(request: Request, appointment: Id) -> Response:
        visit, form = await checked(office, request, Act.BOOK)
        key, at, by = key_of(form, visit), moment_of(form, visit), visit.session.actor

        def unit(db: Session) -> Appointment:
            hours = office.terms.hours(db, queries.of_id(db, appointment).store or "")
            return by_hand.move(db, appointment, at, hours=hours, actor=by, now=visit.now, key=key)

        try:
            row = await office.units.write(unit)
        except TimeTaken as taken:
            told = {"problem": type(taken).__name__}
            return await _times(office, visit, appointment, f"{tokyo_day(at)}", told, status=409)
        except NotSo as refused:
            return await refusal(office, visit, appointment, refused)
        return back_to(row, "moved", request)


def _arrived(db: Session, which: str, form: Mapping[str, str], visit: Visit) -> Appointment:
    return by_hand.arrived(db, which, visit.session.actor, now=visit.now)


def _no_show(db: Session, which: str, form: Mapping[str, str], visit: Visit) -> Appointment:
    return by_hand.no_show(db, which, visit.session.actor, now=visit.now)


def _cancel(db: Session, which: str, form: Mapping[str, str], visit: Visit) -> Appointment:
    return by_hand.cancel(db, which, visit.session.actor, now=visit.now)


def _assign(db: Session, which: str, form: Mapping[str, str], visit: Visit) -> Appointment:
    """Raises PersonMissing."""
    to, was = StaffId(form.get("to", "")), form.get("was", "")
    kind = Kind(queries.of_id(db, which).kind)
    if to not in {each.id for each in _who_could(db, kind, visit)}:
        raise PersonMissing(to)
    actor = visit.session.actor
    return attending.give(db, which, to, actor, was=StaffId(was) if was else None, now=visit.now)


def _who_could(db: Session, kind: Kind, visit: Visit) -> Sequence[Any]:
    return queries.who_could(shifts.people(db, now=visit.now), kind)


def _link(db: Session, which: str, form: Mapping[str, str], visit: Visit) -> Appointment:
    told, was = form.get("link", "")[: _LONGEST_LINK + 1], form.get("was", "") or None
    return attending.set_link(db, which, told, visit.session.actor, was=was, now=visit.now)


def day_of(told: str, visit: Visit) -> date:
    """The day that is asked for, today where none can be read, within a year or so."""
    today = tokyo_day(visit.now)
    try:
        return min(max(date.fromisoformat(told), today - _REACH), today + _REACH)
    except ValueError:
        return today


def moment_of(form: Mapping[str, str], visit: Visit) -> datetime:
    """A start as one of the offered times tells it. Raises FieldMalformed."""
    try:
        at = datetime.fromisoformat(form.get("at", ""))
        if at.tzinfo is None or abs(at - visit.now) > _REACH:
            raise ValueError(at)
    except (ValueError, OverflowError):
        raise FieldMalformed("at") from None
    return at


def back_to(row: Appointment, done: str, request: Request) -> Response:
    """The day of that appointment, at its row."""
    day = tokyo_day(row.starts_at)
    return onward(f"{PLACE}?day={day}&done={done}#a-{row.id}", request)


async def refusal(office: Office, visit: Visit, which: str, refused: ShopError) -> Response:
    """Its day as it stands now, and why not. Raises AppointmentMissing."""
    row = await office.units.read(lambda db: queries.of_id(db, which))
    told = {"problem": type(refused).__name__, "state": getattr(refused, "state", "")}
    status = 422 if isinstance(refused, LinkMalformed) else 409
    return await _page(office, visit, tokyo_day(row.starts_at), told, status=status)


async def _page(
    office: Office, visit: Visit, day: date, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    facts = await office.units.read(lambda db: _shown(db, visit, day))
    told: dict[str, Any] = {"done": "", "problem": None, "state": "", "visit": visit}
    return page("appointments", visit.lang, {**told, **facts, **more}, status=status)


def _shown(db: Session, visit: Visit, day: date) -> dict[str, Any]:
    rows = queries.on_day(db, day)
    return {
        "day": day,
        "today": tokyo_day(visit.now),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "rows": drawn(db, visit, rows),
        "people": {
            kind.value: _who_could(db, kind, visit) for kind in {Kind(row.kind) for row in rows}
        },
        "kinds": [each.value for each in Kind],
        "now": visit.now,
    }


def drawn(db: Session, visit: Visit, rows: Sequence[Appointment]) -> list[dict[str, Any]]:
    """Each with its customer, whoever has it, and the number to be called as far as the role sees
    it (R-142).
    """
    known = names_of(db, [f"customer:{row.customer}" for row in rows if row.customer])
    talks = speakers_of(db, [ConversationId(row.conversation) for row in rows])
    staff = shifts.names(db)
    return [
        {
            "is": row,
            "who": _name(row, known, talks),
            "staff": staff.get(StaffId(row.staff)) if row.staff else None,
            "phone": _phone(db, visit, row),
            "has_begun": row.starts_at <= visit.now,
        }
        for row in rows
    ]


def _name(
    row: Appointment, known: Mapping[str, Name], talks: Mapping[ConversationId, Name]
) -> Name:
    there = known.get(f"customer:{row.customer}")
    return there or talks[ConversationId(row.conversation)]


def _phone(db: Session, visit: Visit, row: Appointment) -> str | None:
    if row.kind != Kind.CALL:
        return None
    return masking.phone(calls.number_of(db, row), visit.session.actor)


async def _times(
    office: Office, visit: Visit, which: str, day: str, more: Mapping[str, Any], *,
    status: int = 200,
) -> Response:  # fmt: skip
    """The free times one could be moved to. Raises AppointmentMissing, NotSo."""

    def look(db: Session) -> dict[str, Any]:
        row = queries.of_id(db, which)
        if row.state != AppointmentState.BOOKED:
            raise NotSo(row.state)
        wanted = day_of(day, visit) if day else tokyo_day(row.starts_at)
        begins = at_tokyo(min(wanted, tokyo_day(visit.now)))
        told = by_hand.book_to_move(
            db, row, hours=office.terms.hours(db, row.store or ""), begins=begins,
            ends=reach_of(wanted, visit), now=visit.now,
        )  # fmt: skip
        return {"one": drawn(db, visit, [row])[0], **offered(told, wanted, but=row.starts_at)}

    facts = await office.units.read(look)
    told: dict[str, Any] = {"problem": None, "visit": visit, "now": visit.now}
    return page("appointment_move", visit.lang, {**told, **facts, **more}, status=status)


def reach_of(day: date, visit: Visit) -> datetime:
    """How far what is taken must be known to offer times of that day and the next free days."""
    return max(at_tokyo(day + timedelta(days=1)), visit.now + _LOOKED)


def offered(told: Book, day: date, *, but: datetime | None = None) -> dict[str, Any]:
    """The free times of that day, and the next days on which something is free."""
    today = tokyo_day(told.now)
    days = (today + timedelta(days=n) for n in range(_LOOKED.days))
    free = [each for each in days if rules.starts_on(told, each)]
    return {
        "day": day,
        "times": [each for each in rules.starts_on(told, day) if each != but],
        "days": free[:DAYS_OFFERED],
    }
