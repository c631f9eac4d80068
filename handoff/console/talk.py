"""One conversation as staff read it (会話): time line, who has it, the composer.

    GET /console/talk?c=            a part: the conversation
    GET /console/talk/entries?c=    a part: its latest entries, or those before a cursor
    GET /console/talk/head?c=       a part: who has it, and until when an answer is free

Not here: what is done with it (`moving`), what is written in it (`writing`).
"""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId
from conversations.threads import speaker
from conversations.threads.tables import Thread
from handoff.console.door import HOME, Visit, onward, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.desk import drafts, labels, macros, notes, transcript
from handoff.desk import queries as tickets
from handoff.desk.inbox import queries as inbox
from handoff.desk.moves import HELD

Conversation = Annotated[str, Query(alias="c", max_length=300)]
Cursor = Annotated[str | None, Query(max_length=60)]
Limit = Annotated[int, Query(ge=1, le=transcript.MOST)]


class ConversationMissing(Missing):
    """No such conversation."""


def add(made: APIRouter, office: Office) -> None:
    """The addresses of a conversation."""

    @made.get("/talk")
    async def talk(request: Request, c: Conversation) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: shown(db, office, visit, ConversationId(c)))
        return page("_talk", visit.lang, {"visit": visit, "talk": facts, "now": visit.now})

    @made.get("/talk/entries")
    async def entries(
        request: Request,
        c: Conversation,
        before: Cursor = None,
        since: Cursor = None,
        limit: Limit = transcript.USUAL,
    ) -> Response:
        visit = await who(office, request)
        talk = ConversationId(c)
        me = visit.session.staff_id

        def look(db: Session) -> dict[str, Any]:
            need(db, talk)
            ticket = tickets.open_of(db, talk)
            return {
                "page": transcript.of(
                    db, office.readers, talk, before=before, since=since, limit=limit
                ),
                "holds": ticket is not None and ticket.owner == me and ticket.state in HELD,
            }

        facts = {
            "visit": visit, "now": visit.now, "id": c, "is_latest": before is None,
            **await office.units.read(look),
        }  # fmt: skip
        return page("_entries", visit.lang, facts)

    @made.get("/talk/head")
    async def head(request: Request, c: Conversation) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: _head(db, office, visit, ConversationId(c)))
        told = {"visit": visit, "talk": {"id": c, **facts}, "now": visit.now}
        return page("_head", visit.lang, told)


def shown(db: Session, office: Office, visit: Visit, talk: ConversationId) -> dict[str, Any]:
    """What the conversation's pane needs. Raises ConversationMissing."""
    need(db, talk)
    me = visit.session.staff_id
    told = transcript.of(db, office.readers, talk)
    return {
        "id": talk,
        "page": told,
        "drafts": drafts.of(db, talk, me),
        **_head(db, office, visit, talk),
    }


def need(db: Session, talk: ConversationId) -> Thread:
    """The thread of that conversation. Raises ConversationMissing."""
    thread = db.get(Thread, talk)
    if thread is None:
        raise ConversationMissing("no such conversation")
    return thread


def _head(db: Session, office: Office, visit: Visit, talk: ConversationId) -> dict[str, Any]:
    need(db, talk)
    me, hours = visit.session.staff_id, office.terms.hours(db)
    (line,) = inbox.lines_of(db, office.readers, [talk], me, hours=hours, now=visit.now)
    token = speaker.token_of(db, talk)
    return {
        "line": line,
        "people": notes.talkers(db),
        "labels": labels.in_use(db),
        "macros": macros.in_use(db),
        "is_open": hours.is_open(visit.now),
        "is_mine": line.owner == me and line.state in HELD,
        "free_until": token.until if token is not None and token.until > visit.now else None,
    }


async def again(office: Office, request: Request, visit: Visit, talk: ConversationId) -> Response:
    """The conversation as it is now: as a part, or as the page it is on."""
    if not visit.is_part:
        return onward(f"{HOME}/inbox?list=mine&c={quote(talk)}", request)
    facts = await office.units.read(lambda db: shown(db, office, visit, talk))
    return page("_talk", visit.lang, {"visit": visit, "talk": facts, "now": visit.now})
