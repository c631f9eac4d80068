"""Verbs on threads besides those of a turn."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.ground.record import ConversationId
from catalog.ground.session.database import insert_once
from conversations.threads.tables import Thread


def open_in(
    db: Session, conversation: ConversationId, channel: str, *, lang: str, now: datetime
) -> None:
    """A conversation whose language is known before a word was written."""
    row = Thread(id=conversation, channel=channel, lang=lang, memory={}, opened_at=now)
    insert_once(db, Thread, row.model_dump())


def forget(db: Session, conversation: ConversationId) -> None:
    """What the bot remembers of a conversation, its language included (R-137)."""
    db.connection().execute(
        update(Thread).where(col(Thread.id) == conversation).values(memory={}, lang=None)
    )
