"""The customer beside the conversation (顧客パネル), and what staff plan to do for them (次の一手).

    GET  /console/customer?c=           a part: whoever writes in that conversation
    GET  /console/customers/{id}        the same as a page of its own
    POST /console/customers/step        plan a next step
    POST /console/customers/step/done   it is done
    POST /console/customers/adviser     who looks after them, or nobody
    POST /console/customers/refusal     they said no to selling at home: nobody brings it up again
    POST /console/customers/favour      a client of the first rank, or no more

Contact and birthday are masked for roles that may not see them.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.duties.visits import actions as visits
from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId, CustomerId, StaffId
from conversations.threads.tables import Thread
from handoff.appointments import queries as appointments
from handoff.clientbook import advising, next_steps, panel
from handoff.clientbook.panel import Panel
from handoff.console.appointments import drawn
from handoff.console.asked import day_of, key_of
from handoff.console.door import HOME, Visit, checked, inside, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.console.talk import Conversation, ConversationMissing
from handoff.shifts import queries as shifts
from handoff.staff import masking
from handoff.staff.permissions import Act


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the customer."""

    @made.get("/customer")
    async def in_talk(request: Request, c: Conversation) -> Response:
        visit = await who(office, request)
        talk = ConversationId(c)

        def look(db: Session) -> dict[str, Any]:
            if db.get(Thread, talk) is None:
                raise ConversationMissing("no such conversation")
            return beside(db, visit, panel.of_conversation(db, talk, now=visit.now), talk)

        found = await office.units.read(look)
        name = "_customer" if visit.is_part else "customer"
        return page(name, visit.lang, {**found, "talk": talk})

    @made.get("/customers/{customer}")
    async def whole(request: Request, customer: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _of(db, visit, CustomerId(customer)))
        return page("customer", visit.lang, facts)

    @made.post("/customers/step")
    async def plan(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        customer = CustomerId(form.get("customer", ""))
        due_on = day_of(form, "due_on")
        me = visit.session.staff_id

        def unit(db: Session) -> None:
            if panel.of_customer(db, customer, now=visit.now).person is None:
                raise Missing("no such customer")
            next_steps.plan(
                db, customer, form.get("words", ""), due_on=due_on, staff=me,
                actor=visit.session.actor, key=f"{me}:{form.get('key', '')}", now=visit.now,
            )  # fmt: skip

        await office.units.write(unit)
        return await _again(office, request, visit, customer, form.get("back", ""))

    @made.post("/customers/step/done")
    async def done(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        step = form.get("step", "")
        await office.units.write(
            lambda db: next_steps.finish(db, step, visit.session.actor, now=visit.now)
        )
        customer = CustomerId(form.get("customer", ""))
        return await _again(office, request, visit, customer, form.get("back", ""))

    _add_standing(made, office)


def _add_standing(made: APIRouter, office: Office) -> None:
    """Who looks after a customer, and how soon they are answered."""

    @made.post("/customers/adviser")
    async def adviser(request: Request) -> Response:
        visit, form = await checked(office, request, Act.EDIT_CUSTOMER)
        customer, to = CustomerId(form.get("customer", "")), form.get("to", "")
        await office.units.write(
            lambda db: advising.entrust(
                db, customer, StaffId(to) if to else None, visit.session.actor, now=visit.now
            )
        )
        return await _again(office, request, visit, customer, form.get("back", ""))

    @made.post("/customers/refusal")
    async def refusal(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        customer, key = CustomerId(form.get("customer", "")), key_of(form, visit)
        by = visit.session.actor.name

        def unit(db: Session) -> None:
            if panel.of_customer(db, customer, now=visit.now).person is None:
                raise Missing("no such customer")
            visits.refuse(db, customer, visit_id=None, by=by, now=visit.now, key=key)

        await office.units.write(unit)
        return await _again(office, request, visit, customer, form.get("back", ""))

    @made.post("/customers/favour")
    async def favour(request: Request) -> Response:
        visit, form = await checked(office, request, Act.DIRECT)
        customer, is_vip = CustomerId(form.get("customer", "")), form.get("vip") == "yes"
        by = visit.session.actor.name
        await office.units.write(
            lambda db: customers.favour(db, customer, is_vip=is_vip, by=by, now=visit.now)
        )
        return await _again(office, request, visit, customer, form.get("back", ""))


def _of(db: Session, visit: Visit, customer: CustomerId) -> dict[str, Any]:
    return beside(db, visit, panel.of_customer(db, customer, now=visit.now))


async def _again(
    office: Office, request: Request, visit: Visit, customer: CustomerId, back: str
) -> Response:
    if not visit.is_part:
        place = inside(back)
        return onward(place if place != HOME else f"{HOME}/customers/{customer}", request)
    facts = await office.units.read(lambda db: _of(db, visit, customer))
    return page("_customer", visit.lang, facts)


def beside(
    db: Session, visit: Visit, found: Panel, talk: ConversationId | None = None
) -> dict[str, Any]:
    """What the panel is drawn with. `talk`: the conversation it stands beside, else the one they
    used last.
    """
    actor, person = visit.session.actor, found.person
    contact = (
        {
            "phone": masking.phone(person.phone, actor),
            "email": masking.email(person.email, actor),
            "birthday": masking.birthday(person.birthday, actor),
        }
        if person is not None
        else {}
    )
    advisers = shifts.people(db, now=visit.now) if visit.may(Act.EDIT_CUSTOMER) else []
    latest = max(found.addresses, key=lambda each: each.heard_at or each.since, default=None)
    there = talk or (latest.conversation if latest is not None else None)
    whose = person.customer if person is not None else None
    ahead = appointments.standing(db, there or ConversationId(""), whose, now=visit.now)
    return {
        "visit": visit, "panel": found, "contact": contact, "advisers": advisers, "now": visit.now,
        "booked": drawn(db, visit, ahead), "book_in": there,
    }  # fmt: skip
