"""What is picked in a conversation: a canned reply for the composer (定型文), a label, a macro.

GET  /console/talk/canned?c=&canned=    a part: replies that fit, filled for this customer
POST /console/talk/label                put a label on, or take it off
POST /console/talk/macro                every step of a macro, or none
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.record import ConversationId
from conversations.threads.tables import Thread
from handoff.console.door import Visit, checked, who
from handoff.console.moving import take, told_whose
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.console.talk import Conversation, ConversationMissing, again
from handoff.console.writing import key_of
from handoff.desk import labels, macros
from handoff.desk.actions import HeldByAnother
from handoff.desk.canned import queries as canned
from handoff.desk.macros import Do
from handoff.dialogue import macros as doing
from handoff.dialogue.macros import Hands
from handoff.staff.permissions import Act

Asked = Annotated[str, Query(alias="canned", max_length=100)]
SHOWN = 8
# Who does these speaks there from then on.
_BY_ITS_HOLDER = frozenset({Do.REPLY, Do.SNOOZE})


def add(made: APIRouter, office: Office) -> None:
    """The addresses of what is picked."""

    @made.get("/talk/canned")
    async def replies(request: Request, c: Conversation, asked: Asked = "") -> Response:
        visit = await who(office, request, Act.TALK)
        talk = ConversationId(c)
        found = await office.units.read(lambda db: _replies(db, visit, talk, asked))
        return page("_canned", visit.lang, {"visit": visit, "replies": found, "id": talk})

    @made.post("/talk/label")
    async def label(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk, which = ConversationId(form.get("c", "")), form.get("label", "")
        verb = labels.take_off if form.get("off") == "yes" else labels.put_on

        def unit(db: Session) -> None:
            if db.get(Thread, talk) is None:
                raise ConversationMissing("no such conversation")
            verb(db, talk, which, visit.session.actor, now=visit.now)

        await office.units.write(unit)
        return await again(office, request, visit, talk)

    _add_macros(made, office)


def _add_macros(made: APIRouter, office: Office) -> None:
    @made.post("/talk/macro")
    async def run(request: Request) -> Response:
        visit, form = await checked(office, request, Act.TALK)
        talk, which, key = (
            ConversationId(form.get("c", "")),
            form.get("macro", ""),
            key_of(form, visit),
        )

        def look(db: Session) -> bool:
            if db.get(Thread, talk) is None:
                raise ConversationMissing("no such conversation")
            return any(each.do in _BY_ITS_HOLDER for each in macros.get(db, which).steps)

        if await office.units.read(look):
            try:
                await take(office, visit, talk)
            except HeldByAnother as held:
                return await told_whose(office, visit, talk, held)
        now = office.clock()

        def unit(db: Session) -> None:
            hands = Hands(office.channels, office.terms.hours(db))
            doing.run(db, which, talk, visit.session.actor, hands, key=key, now=now)

        try:
            await office.units.write(unit)
        except HeldByAnother as held:
            return await told_whose(office, visit, talk, held)
        return await again(office, request, visit, talk)


def _replies(db: Session, visit: Visit, talk: ConversationId, asked: str) -> list[dict[str, Any]]:
    thread = db.get(Thread, talk)
    if thread is None:
        raise ConversationMissing("no such conversation")
    me, lang = visit.session.staff_id, thread.lang or "ja"
    return [
        {
            "reply": each,
            "filled": canned.fill(db, each.id, talk, me, lang=lang, now=visit.now),
        }
        for each in canned.find(db, asked, limit=SHOWN)
    ]
