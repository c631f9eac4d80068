"""What is done with a conversation (対応): claimed, given, put aside, ended. Each is one command.

POST /console/talk/claim        from here on this person speaks
POST /console/talk/assign       somebody else does
POST /console/talk/snooze       put aside until a moment, or the customer's next words
POST /console/talk/wake         taken up again
POST /console/talk/give_back    to the queue, with a new promise
POST /console/talk/close        done: the bot goes on
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import ConversationId, StaffId, TicketId
from conversations.threads.tables import Thread
from handoff.console.door import HOME, NotSignedIn, Visit, checked
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.console.talk import ConversationMissing, again
from handoff.desk import actions, later, notes
from handoff.desk import queries as tickets
from handoff.desk.actions import HeldByAnother
from handoff.desk.later import Later
from handoff.desk.tables import Ticket
from handoff.dialogue import handing_back
from handoff.staff import sessions
from handoff.staff.permissions import Act
from handoff.staff.sessions import SessionMissing

SETTLES_WITHIN = timedelta(seconds=8)
_FURTHEST = timedelta(days=90)

Move = Callable[[Session, Ticket, Visit, Mapping[str, str]], TicketId | None]


class NoSuchTime(Malformed):
    """Not a moment ahead."""


class NotOpen(Missing):
    """Nobody has been asked for in that conversation, or it is ended already."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of the moves."""

    @made.post("/talk/claim")
    async def claim(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk = ConversationId(form.get("c", ""))
        try:
            await take(office, visit, talk)
        except HeldByAnother as held:
            return await told_whose(office, visit, talk, held)
        return await again(office, request, visit, talk)

    moves: dict[str, Move] = {
        "assign": _assign,
        "snooze": _snooze(office),
        "wake": _wake,
        "give_back": _give_back(office),
        "close": _close(office),
    }

    def of(name: str, move: Move) -> None:
        @made.post(f"/talk/{name}")
        async def done(request: Request) -> Response:
            visit, form = await checked(office, request, Act.TALK)
            talk = ConversationId(form.get("c", ""))

            def unit(db: Session) -> TicketId | None:
                return move(db, _open(db, talk), visit, form)

            try:
                taken = await office.units.write(unit)
            except HeldByAnother as held:
                return await told_whose(office, visit, talk, held)
            if taken is not None:
                await settle(office, taken)
            return await again(office, request, visit, talk)

    for name, move in moves.items():
        of(name, move)


async def take(office: Office, visit: Visit, talk: ConversationId) -> None:
    """This person speaks there alone when it returns. Raises HeldByAnother, ConversationMissing,
    NotSignedIn for somebody who has been let go meanwhile: nobody would answer there.
    """

    def unit(db: Session) -> TicketId:
        sessions.keep(db, visit.session, now=visit.now)
        thread = db.get(Thread, talk)
        if thread is None:
            raise ConversationMissing("no such conversation")
        taken = actions.take_over(
            db, talk, visit.session.actor, lang=thread.lang or "ja", now=visit.now
        )
        return taken.ticket

    try:
        taken = await office.units.write(unit)
    except SessionMissing:
        raise NotSignedIn(f"{HOME}/inbox?c={quote(talk)}") from None
    await settle(office, taken)


async def settle(office: Office, ticket: TicketId) -> None:
    """Wait until no letter of the bot is leaving any more, a few seconds at most."""
    until = asyncio.get_running_loop().time() + SETTLES_WITHIN.total_seconds()
    while asyncio.get_running_loop().time() < until:
        now = office.clock()
        if not await office.units.write(lambda db, now=now: actions.settle(db, ticket, now=now)):  # type: ignore[misc]  # bound at once
            return
        await asyncio.sleep(0.1)


def _open(db: Session, talk: ConversationId) -> Ticket:
    ticket = tickets.open_of(db, talk)
    if ticket is None:
        raise NotOpen("nobody is asked for there")
    return ticket


def _assign(db: Session, ticket: Ticket, visit: Visit, form: Mapping[str, str]) -> TicketId:
    to = StaffId(form.get("to", ""))
    ticket_id = TicketId(ticket.id)
    actions.assign(db, ticket_id, to, visit.session.actor, now=visit.now)
    return ticket_id


def _snooze(office: Office) -> Move:
    """Until one of the moments everybody is offered, or `at` a Tokyo time of one's own."""

    def snooze(db: Session, ticket: Ticket, visit: Visit, form: Mapping[str, str]) -> None:
        choice, now = form.get("until", ""), visit.now
        if choice == "at":
            until: datetime | None = ahead(form.get("at", ""), now=now)
        elif choice in set(Later):
            until = later.moments(office.terms.hours(db), now=now)[Later(choice)]
        else:
            raise NoSuchTime("until when")
        actions.snooze(db, TicketId(ticket.id), visit.session.actor, until=until, now=now)

    return snooze


def _wake(db: Session, ticket: Ticket, visit: Visit, form: Mapping[str, str]) -> None:
    actions.wake(db, TicketId(ticket.id), actor=visit.session.actor, now=visit.now)


def _give_back(office: Office) -> Move:
    def give(db: Session, ticket: Ticket, visit: Visit, form: Mapping[str, str]) -> None:
        handing_back.give_back(
            db, TicketId(ticket.id), visit.session.actor, office.channels,
            promised_at=office.promise(db, now=visit.now), now=visit.now,
        )  # fmt: skip

    return give


def _close(office: Office) -> Move:
    def close(db: Session, ticket: Ticket, visit: Visit, form: Mapping[str, str]) -> None:
        actor, now = visit.session.actor, visit.now
        handing_back.end(db, TicketId(ticket.id), actor, office.channels, now=now)

    return close


def ahead(told: str, *, now: datetime) -> datetime:
    """A Tokyo time as a browser's field has it (`2026-11-30T10:00`). Raises NoSuchTime."""
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise NoSuchTime("not a time") from None
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=TOKYO)
    if not now < local <= now + _FURTHEST:
        raise NoSuchTime("not ahead, or too far")
    return local


async def told_whose(
    office: Office,
    visit: Visit,
    talk: ConversationId,
    held: HeldByAnother,
    *,
    is_kept: bool = False,
) -> Response:
    """Somebody was faster: who. `is_kept`: what was written stands in the composer again."""
    people = await office.units.read(notes.people)
    name = next((each.name for each in people if each.id == held.owner), held.owner)
    answer = page(
        "_held" if visit.is_part else "held",
        visit.lang,
        {"visit": visit, "name": name, "id": talk, "is_kept": is_kept},
        status=409,
    )
    if visit.is_part:
        answer.headers["HX-Retarget"] = "#notice"
        answer.headers["HX-Reswap"] = "innerHTML"
    return answer
