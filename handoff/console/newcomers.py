"""Newcomers who could not be merged by themselves (同じ方かの確認, R-118): the chat of somebody who
had asked to be forgotten was linked to a customer of the register. Staff ask them, and decide.

GET  /console/newcomers                  everybody who waits for it
GET  /console/newcomers/{task}           both sides
POST /console/newcomers/{task}/join      one person: what is running comes along, and they are told
POST /console/newcomers/{task}/apart     two customers, as they are
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.ground.record import ConversationId, CustomerId
from conversations.flows import newcomers
from conversations.flows.membership import came_along
from conversations.flows.newcomers import Apart, CannotJoin, Linked
from conversations.outbox import actions as outbox
from conversations.outbox.actions import Envelope
from handoff.clientbook import panel
from handoff.console.asked import called
from handoff.console.customer import beside
from handoff.console.door import HOME, Visit, checked, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

Number = Annotated[int, Path(ge=0, le=2**62)]
Done = Annotated[str, Query(max_length=20)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the decision."""

    @made.get("/newcomers")
    async def everybody(request: Request, done: Done = "") -> Response:
        visit = await who(office, request, Act.EDIT_CUSTOMER)

        def look(db: Session) -> list[dict[str, Any]]:
            return [
                {
                    "of": each,
                    "newcomer": called(db, each.newcomer),
                    "customer": called(db, each.customer),
                }
                for each in newcomers.apart(db)
            ]

        rows = await office.units.read(look)
        return page("newcomers", visit.lang, {"visit": visit, "rows": rows, "done": done})

    @made.get("/newcomers/{task}")
    async def one(request: Request, task: Number) -> Response:
        visit = await who(office, request, Act.EDIT_CUSTOMER)
        return await _one(office, visit, task)

    @made.post("/newcomers/{task}/join")
    async def join(request: Request, task: Number) -> Response:
        visit, _ = await checked(office, request, Act.EDIT_CUSTOMER)

        def unit(db: Session) -> None:
            linked = newcomers.join(db, task, by=visit.session.actor.name, now=visit.now)
            _tell(db, office, linked, visit)

        try:
            await office.units.write(unit)
        except CannotJoin:
            return await _one(office, visit, task, problem="cannot", status=409)
        return onward(f"{HOME}/newcomers?done=joined", request)

    @made.post("/newcomers/{task}/apart")
    async def apart(request: Request, task: Number) -> Response:
        visit, _ = await checked(office, request, Act.EDIT_CUSTOMER)
        await office.units.write(
            lambda db: newcomers.keep_apart(db, task, by=visit.session.actor.name, now=visit.now)
        )
        return onward(f"{HOME}/newcomers?done=apart", request)


def _tell(db: Session, office: Office, linked: Linked, visit: Visit) -> None:
    """What came along, in a chat of theirs; nothing where nothing did."""
    talks = customers.conversations(db, linked.customer)
    reached = [each for each in talks if each.partition(":")[0] in office.channels]
    if not linked.came or not reached:
        return
    talk = ConversationId(reached[0])
    name = talk.partition(":")[0]
    envelope = Envelope(
        dedupe=f"joined:{linked.customer}:{visit.now.isoformat()}", channel=name,
        conversation=talk, purpose="linked",
    )  # fmt: skip
    lang = customers.language(db, linked.customer) or "ja"
    letters = [came_along(lang, linked.came)]
    outbox.put(db, envelope, office.channels[name].render(letters), now=visit.now)


async def _one(
    office: Office, visit: Visit, task: int, *, problem: str | None = None, status: int = 200
) -> Response:
    def look(db: Session) -> tuple[Apart, dict[str, Any], dict[str, Any]]:
        found = newcomers.apart_of(db, task)
        return found, _side(db, visit, found.newcomer), _side(db, visit, found.customer)

    found, newcomer, customer = await office.units.read(look)
    facts = {
        "visit": visit, "found": found, "newcomer": newcomer, "customer": customer,
        "problem": problem, "now": visit.now,
    }  # fmt: skip
    return page("newcomer", visit.lang, facts, status=status)


def _side(db: Session, visit: Visit, customer: CustomerId) -> dict[str, Any]:
    return beside(db, visit, panel.of_customer(db, customer, now=visit.now))
