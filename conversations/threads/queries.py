"""Reads on conversations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from conversations.threads.memory import Memory, read
from conversations.threads.tables import Thread


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is known of a conversation: its language, and when the person was last heard."""

    lang: str | None
    heard_at: datetime | None


def held_on(db: Session, channel: str) -> list[str]:
    """The conversations of a channel that ever took place, those of groups too."""
    return list(db.exec(select(Thread.id).where(col(Thread.id).startswith(f"{channel}:"))))


def spoken_in(db: Session, conversations: Collection[str]) -> dict[str, Spoken]:
    """Those of the conversations that ever took place."""
    rows = db.exec(
        select(Thread.id, Thread.lang, Thread.heard_at).where(col(Thread.id).in_(conversations))
    )
    return {thread: Spoken(lang, heard_at) for thread, lang, heard_at in rows.all()}


def memory_of(db: Session, conversation: ConversationId) -> Memory:
    """What the bot remembers of a conversation."""
    kept = db.exec(select(Thread.memory).where(Thread.id == conversation)).first()
    return read(kept or {})
