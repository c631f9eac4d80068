"""Verbs of the web chat: let a visitor in, hear, tell, show that an answer is being made.

Whoever writes an entry holds the visitor's row, so that the entries of a page are committed in the
order of their ids and a page that has seen one has seen all before it. After the commit the bell
rings with the conversation as its topic.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId, LetterId, new_id
from catalog.ground.session.database import insert_once, ring
from conversations.inbox import intake
from conversations.inbox.intake import IntakeRow
from conversations.threads import actions as threads
from conversations.visitors.tables import WebLetter, WebVisitor

CHANNEL = "web"


class VisitorMissing(Missing):
    """No visitor has this conversation."""

    def __init__(self) -> None:
        super().__init__("no such visitor")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on the page."""

    id: str

    @property
    def conversation(self) -> ConversationId:
        """Where they are written to."""
        return ConversationId(f"{CHANNEL}:{self.id}")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a visitor did. `event_id` is the page's own; a repeat of it has no effect. `is_shown`:
    it stands on the page.
    """

    event_id: str
    body: str
    message_id: str | None = None
    is_shown: bool = True


def new_token() -> str:
    """A token of 128 random bits, never stored and never logged."""
    return secrets.token_urlsafe(16)


def hash_of(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def enter(db: Session, token: str, *, lang: str, now: datetime) -> Visitor:
    """The visitor with this token, let in when they come for the first time. `lang`: what is spoken
    until they have written a word.
    """
    made = {"id": new_id(now), "token_hash": hash_of(token), "opened_at": now}
    is_new = insert_once(db, WebVisitor, made)
    row = db.exec(
        select(WebVisitor.id).where(WebVisitor.token_hash == made["token_hash"]).with_for_update()
    ).one()
    visitor = Visitor(row)
    if is_new:
        threads.open_in(db, visitor.conversation, CHANNEL, lang=lang, now=now)
    return visitor


def hear(db: Session, visitor: Visitor, heard: Hearing, *, now: datetime) -> bool:
    """Keep one event of a visitor who was let in by this unit. False when it was heard before."""
    inbox_id = intake.hear(
        db,
        IntakeRow(
            channel=CHANNEL,
            event_id=f"{visitor.id}/{heard.event_id}",
            conversation=visitor.conversation,
            message_id=heard.message_id,
            event_at=now,
            received_at=now,
            body=heard.body,
        ),
    )
    if inbox_id is None:
        return False
    if heard.is_shown:
        db.add(WebLetter(conversation=visitor.conversation, heard_id=inbox_id, at=now))
        db.flush()
        ring(db, visitor.conversation)
    return True


def tell(
    db: Session, conversation: ConversationId, letter: LetterId, *, now: datetime
) -> tuple[int, bool]:
    """Put a letter on the visitor's page, once: the entry, and whether it is new. Raises
    VisitorMissing.
    """
    _hold(db, conversation)
    row = {"conversation": conversation, "letter_id": letter, "at": now}
    is_new = insert_once(db, WebLetter, row)
    _wait(db, conversation, None)
    entry = db.exec(select(WebLetter.id).where(WebLetter.letter_id == letter)).one()
    assert entry is not None
    return entry, is_new


def wait(db: Session, conversation: ConversationId, *, until: datetime) -> None:
    """An answer is being made. Raises VisitorMissing."""
    _hold(db, conversation)
    _wait(db, conversation, until)


def _hold(db: Session, conversation: ConversationId) -> None:
    channel, _, visitor = conversation.partition(":")
    held = select(WebVisitor.id).where(WebVisitor.id == visitor).with_for_update()
    if channel != CHANNEL or db.exec(held).first() is None:
        raise VisitorMissing


def _wait(db: Session, conversation: ConversationId, until: datetime | None) -> None:
    visitor = conversation.partition(":")[2]
    db.connection().execute(
        update(WebVisitor).where(col(WebVisitor.id) == visitor).values(waiting_until=until)
    )
    ring(db, conversation)
