"""Verbs on threads besides those of a turn."""

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.ground.record import ConversationId
from conversations.threads.tables import Thread


def forget(db: Session, conversation: ConversationId) -> None:
    """What the bot remembers of a conversation, its language included (R-137)."""
    db.connection().execute(
        update(Thread).where(col(Thread.id) == conversation).values(memory={}, lang=None)
    )
