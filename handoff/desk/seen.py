"""Who has read what (既読・閲覧中): how far each person of the shop has read a conversation, and
who looks or writes there this moment.

Being there is a row of a few seconds that is renewed while the page is open, so that it holds
across processes and ends by itself. A renewal is told to nobody, an end is: whoever shows them
there must not go on for ever. Not here: whose the conversation is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, col, select

from catalog.ground.record import STRICT, ConversationId, Instant, Row, StaffId, Whole, Words
from conversations.inbox.tables import Heard
from conversations.threads import feed
from handoff.desk import notes
from handoff.desk.transcript import place
from handoff.staff.tables import Staff

THERE_FOR = timedelta(seconds=15)  # a page renews it three times as often


class Seen(Row, table=True):
    """Up to which event (`inbox.id`) one person has read a conversation."""

    __tablename__ = "seen"
    __table_args__ = (STRICT,)

    staff: str = Field(primary_key=True, sa_type=Words)
    conversation: str = Field(primary_key=True, sa_type=Words)
    heard_to: int = Field(sa_type=Whole)
    at: datetime = Field(sa_type=Instant)


class Doing(StrEnum):
    """What somebody does in a conversation."""

    VIEWING = "viewing"
    TYPING = "typing"  # to the customer
    NOTING = "noting"


class Presence(Row, table=True):
    """Somebody is there until then, unless it is renewed."""

    __tablename__ = "presence"
    __table_args__ = (Index("presence_until", "until"), STRICT)

    conversation: str = Field(primary_key=True, sa_type=Words)
    staff: str = Field(primary_key=True, sa_type=Words)
    doing: str = Field(sa_type=Words)
    until: datetime = Field(sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody else who is there now."""

    conversation: ConversationId
    staff: StaffId
    name: str
    doing: Doing


def mark(
    db: Session, staff: StaffId, conversation: ConversationId, *, upto: str, now: datetime
) -> None:
    """They have read up to that `last_id`, notes they were called in included; never backwards.

    Raises CursorMalformed.
    """
    heard_to, _ = place(upto)
    _set(db, staff, conversation, heard_to, now=now, is_forward=True)
    notes.look(db, conversation, staff, now=now)


def mark_unread(
    db: Session, staff: StaffId, conversation: ConversationId, *, now: datetime
) -> None:
    """The last thing heard there is to be read again."""
    last = select(func.max(Heard.id)).where(Heard.conversation == conversation)
    heard_to = (db.exec(last).one() or 1) - 1
    _set(db, staff, conversation, heard_to, now=now, is_forward=False)
    feed.tell(db, conversation, now=now)


def _set(
    db: Session,
    staff: StaffId,
    conversation: ConversationId,
    heard_to: int,
    *,
    now: datetime,
    is_forward: bool,
) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"staff": staff, "conversation": conversation, "heard_to": heard_to, "at": now}
    made = insert(Seen).values(**row)
    db.connection().execute(
        made.on_conflict_do_update(
            index_elements=["staff", "conversation"],
            set_={"heard_to": heard_to, "at": now},
            where=col(Seen.heard_to) < heard_to if is_forward else None,
        )
    )


def read_to(
    db: Session, staff: StaffId, conversations: Collection[ConversationId]
) -> dict[ConversationId, int]:
    """Up to which event they have read each of these; one never opened is not there."""
    rows = db.exec(
        select(Seen.conversation, Seen.heard_to).where(
            Seen.staff == staff, col(Seen.conversation).in_(conversations)
        )
    )
    return {ConversationId(talk): heard_to for talk, heard_to in rows}


def stay(
    db: Session, conversation: ConversationId, staff: StaffId, doing: Doing, *, now: datetime
) -> None:
    """They are there for the next seconds; what is over is swept away."""
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {"doing": doing.value, "until": now + THERE_FOR}
    known = db.get(Presence, (conversation, staff), populate_existing=True)
    is_news = known is None or known.until <= now or known.doing != doing
    db.connection().execute(
        insert(Presence)
        .values(conversation=conversation, staff=staff, **values)
        .on_conflict_do_update(index_elements=["conversation", "staff"], set_=values)
    )
    if is_news:
        sweep(db, now=now)
        feed.tell(db, conversation, now=now)


def leave(db: Session, conversation: ConversationId, staff: StaffId, *, now: datetime) -> None:
    """They have closed the page, or another conversation is open in it."""
    gone = db.connection().execute(
        delete(Presence).where(
            col(Presence.conversation) == conversation, col(Presence.staff) == staff
        )
    )
    if gone.rowcount:
        feed.tell(db, conversation, now=now)


def have_gone(db: Session, *, now: datetime) -> bool:
    """Whether somebody has gone without a word: closed the lid, lost the line."""
    return db.exec(select(Presence.staff).where(Presence.until <= now).limit(1)).first() is not None


def sweep(db: Session, *, now: datetime) -> None:
    """Whoever has gone without a word is no longer shown there."""
    gone = db.connection().execute(
        delete(Presence).where(col(Presence.until) <= now).returning(col(Presence.conversation))
    )
    for conversation in sorted({str(row[0]) for row in gone}):
        feed.tell(db, ConversationId(conversation), now=now)


def beside(
    db: Session,
    conversations: Collection[ConversationId],
    *,
    but: StaffId | None = None,
    now: datetime,
) -> list[Beside]:
    """Who else is in these conversations now."""
    rows = db.exec(
        select(Presence.conversation, Presence.staff, Presence.doing, Staff.name)
        .join(Staff, col(Staff.id) == col(Presence.staff), isouter=True)
        .where(
            col(Presence.conversation).in_(conversations),
            col(Presence.until) > now,
            Presence.staff != (but or ""),
        )
        .order_by(col(Presence.conversation), col(Presence.staff))
    )
    return [
        Beside(ConversationId(talk), StaffId(who), name or who, Doing(doing))
        for talk, who, doing, name in rows
    ]
