"""Putting an appointment in by hand (予約の登録): for somebody who called or asked in the talk.

GET  /console/appointments/new?c=|no=&kind=&day=&store=   the times the chat would offer them
POST /console/appointments/new                            one of them is theirs; they are told
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.customers import reading
from catalog.ground import policy
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.record import ConversationId
from catalog.items.places.terms import StoreTerms
from handoff.appointments import queries
from handoff.appointments.steps import NotSo, TimeTaken
from handoff.appointments.tables import Appointment, Kind
from handoff.console.appointments import Day, back_to, day_of, moment_of, offered, reach_of
from handoff.console.asked import FieldMalformed, key_of
from handoff.console.door import Visit, checked, who
from handoff.console.naming import speakers_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.dialogue.visits import by_hand
from handoff.dialogue.visits.by_hand import PhoneNeeded
from handoff.staff.permissions import Act

Talk = Annotated[str, Query(alias="c", max_length=200)]
Number = Annotated[str, Query(alias="no", max_length=60)]
Which = Annotated[str, Query(max_length=20)]
Store = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom, what, when and where."""

    talk: ConversationId
    kind: Kind
    day: date
    store: str | None


def add(made: APIRouter, office: Office) -> None:
    """The addresses of putting one in."""

    @made.get("/appointments/new")
    async def times(
        request: Request, c: Talk = "", no: Number = "", kind: Which = "", day: Day = "",
        store: Store = "",
    ) -> Response:  # fmt: skip
        visit = await who(office, request, Act.BOOK)

        def look(db: Session) -> Asked:
            talk = ConversationId(c) if c or not no else by_hand.talk_of(db, no.strip())
            return _asked(db, visit, talk, {"kind": kind, "day": day, "store": store})

        return await _page(office, visit, await office.units.read(look), {})

    @made.post("/appointments/new")
    async def put_in(request: Request) -> Response:
        visit, form = await checked(office, request, Act.BOOK)
        key, at = key_of(form, visit), moment_of(form, visit)
        told = {
            "kind": form.get("kind", ""),
            "day": f"{tokyo_day(at)}",
            "store": form.get("store", ""),
        }
        talk, phone = ConversationId(form.get("c", "")), _phone(form)
        asked = await office.units.read(lambda db: _asked(db, visit, talk, told))

        def unit(db: Session) -> Appointment:
            return by_hand.put_in(
                db, asked.talk, asked.kind, at, store=asked.store, phone=phone,
                hours=office.terms.hours(db, asked.store or ""), actor=visit.session.actor,
                now=visit.now, key=key,
            )  # fmt: skip

        try:
            row = await office.units.write(unit)
        except (TimeTaken, NotSo, PhoneNeeded) as refused:
            status = 422 if isinstance(refused, PhoneNeeded) else 409
            more = {"problem": type(refused).__name__, "state": getattr(refused, "state", "")}
            return await _page(office, visit, asked, more, status=status)
        return back_to(row, "booked", request)


def _phone(form: Mapping[str, str]) -> str | None:
    """Raises ContactMalformed."""
    told = form.get("phone", "").strip()
    return reading.phone_of(told) if told else None


def _asked(db: Session, visit: Visit, talk: ConversationId, told: Mapping[str, str]) -> Asked:
    """Raises NobodyToBookFor, FieldMalformed."""
    by_hand.whose(db, talk)
    wanted = told["kind"] or Kind.STORE.value
    if wanted not in set(Kind):
        raise FieldMalformed("kind")
    kind = Kind(wanted)
    stores = _stores(db)
    store = told["store"] if told["store"] in stores else next(iter(stores), None)
    return Asked(talk, kind, day_of(told["day"], visit), store if kind is Kind.STORE else None)


def _stores(db: Session) -> list[str]:
    return [each.named("ja") for each in policy.current(db).of(StoreTerms).stores]


async def _page(
    office: Office, visit: Visit, asked: Asked, more: Mapping[str, Any], *, status: int = 200
) -> Response:
    def look(db: Session) -> dict[str, Any]:
        begins = at_tokyo(min(asked.day, tokyo_day(visit.now)))
        told = queries.book(
            db, asked.kind, hours=office.terms.hours(db, asked.store or ""),
            wish=by_hand.wish_of(db, asked.talk, now=visit.now), now=visit.now, begins=begins,
            ends=reach_of(asked.day, visit), store=asked.store,
        )  # fmt: skip
        return {
            "asked": asked,
            "who": speakers_of(db, [asked.talk])[asked.talk],
            "stores": _stores(db),
            **offered(told, asked.day),
        }

    facts = await office.units.read(look)
    told = {
        "problem": None, "state": "", "visit": visit, "kinds": [each.value for each in Kind],
        "now": visit.now,
    }  # fmt: skip
    return page("appointment_new", visit.lang, {**told, **facts, **more}, status=status)
