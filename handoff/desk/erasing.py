"""Forgetting what staff wrote beside a conversation (R-137): notes are emptied, drafts and labels
go. What was said there itself is forgotten by `conversations.flows.forgetting`, which writes the
due row this follows from.
"""

from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import ConversationId
from handoff.desk import drafts, labels, notes, search

_CONVERSATION = "conversation:"


def forget(db: Session, subject: str, *, now: datetime) -> None:
    """`conversation:…`: what was written beside it. Any other subject is nothing of the desk's."""
    if subject.startswith(_CONVERSATION):
        conversation = ConversationId(subject.removeprefix(_CONVERSATION))
        notes.scrub(db, conversation, now=now)
        drafts.forget(db, conversation)
        labels.forget(db, conversation)
        search.forget(db, conversation)
