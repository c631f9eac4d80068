"""What a page shows: the entries of one visitor, and whether an answer is being made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from conversations.inbox.tables import Heard
from conversations.outbox.tables import OutboxLetter
from conversations.visitors.actions import Visitor, hash_of
from conversations.visitors.tables import WebLetter, WebVisitor


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is kept: what the visitor did (`heard`), or what the shop wrote (`told`).
    Both are JSON; one that was emptied meanwhile is empty here too.
    """

    id: int
    at: datetime
    heard: str | None
    told: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a visitor's page, oldest first. `waiting_until`: an answer is being made."""

    entries: Sequence[Entry]
    waiting_until: datetime | None


def find(db: Session, token: str) -> Visitor | None:
    """The visitor with this token."""
    found = db.exec(select(WebVisitor.id).where(WebVisitor.token_hash == hash_of(token))).first()
    return Visitor(found) if found is not None else None


def after(db: Session, visitor: Visitor, entry: int, *, limit: int) -> Page:
    """What stands after that entry; what is empty is left out, its place is not."""
    rows = _entries(db, visitor.conversation, col(WebLetter.id) > entry, "asc", limit)
    return Page(rows, _waiting(db, visitor))


def before(db: Session, visitor: Visitor, entry: int | None, *, limit: int) -> Page:
    """The last entries, or those before that one."""
    is_before = col(WebLetter.id) < entry if entry is not None else True
    rows = _entries(db, visitor.conversation, is_before, "desc", limit)
    return Page(rows[::-1], _waiting(db, visitor))


def _entries(
    db: Session, conversation: ConversationId, where: object, order: str, limit: int
) -> list[Entry]:
    number = col(WebLetter.id)
    rows = db.exec(
        select(WebLetter.id, WebLetter.at, Heard.body, OutboxLetter.messages)
        .join(Heard, col(Heard.id) == WebLetter.heard_id, isouter=True)
        .join(OutboxLetter, col(OutboxLetter.id) == WebLetter.letter_id, isouter=True)
        .where(WebLetter.conversation == conversation, where)  # type: ignore[arg-type]  # a condition, or none
        .order_by(number.asc() if order == "asc" else number.desc())
        .limit(limit)
    )
    return [Entry(key or 0, at, heard, told) for key, at, heard, told in rows]


def _waiting(db: Session, visitor: Visitor) -> datetime | None:
    return db.exec(select(WebVisitor.waiting_until).where(WebVisitor.id == visitor.id)).first()
