"""Reads for staff, and the scrub of what was said (unsend, erasure, 30 days)."""

from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from conversations.inbox.tables import Heard, HeardState

KEPT_FOR = timedelta(days=30)
SCRUBBED = "{}"


def recent(db: Session, *, limit: int = 50) -> list[Heard]:
    """The latest events, dead ones first."""
    dead = db.exec(
        select(Heard)
        .where(Heard.state == HeardState.DEAD.value)
        .order_by(col(Heard.id).desc())
        .limit(limit)
    ).all()
    live = db.exec(
        select(Heard)
        .where(Heard.state != HeardState.DEAD.value)
        .order_by(col(Heard.id).desc())
        .limit(limit)
    ).all()
    return [*dead, *live][:limit]


def given_up(db: Session, *, limit: int = 100) -> list[Heard]:
    """Events nothing came of after several tries, the latest first."""
    dead = select(Heard).where(Heard.state == HeardState.DEAD.value)
    return list(db.exec(dead.order_by(col(Heard.id).desc()).limit(limit)))


def waiting(db: Session) -> tuple[int, datetime | None]:
    """How many events are due and since when the oldest waits."""
    count, oldest = db.exec(
        select(func.count(), func.min(Heard.received_at)).where(Heard.state == HeardState.DUE.value)
    ).one()
    return count, oldest


def of_message(db: Session, conversation: ConversationId, message_id: str) -> list[int]:
    """The inbox rows that carried this message (its text and later edits)."""
    return [
        inbox_id
        for inbox_id in db.exec(
            select(Heard.id).where(
                Heard.conversation == conversation, Heard.message_id == message_id
            )
        )
        if inbox_id is not None
    ]


def sent_at(db: Session, conversation: ConversationId, inbox_id: int) -> datetime | None:
    """When the person sent that event, by the channel's own clock; None for one that is not of this
    conversation.
    """
    return db.exec(
        select(Heard.event_at).where(Heard.id == inbox_id, Heard.conversation == conversation)
    ).first()


def scrub(db: Session, inbox_ids: list[int], *, now: datetime) -> None:
    """Empty what was said; that something was said, when and by whom stays."""
    db.connection().execute(
        update(Heard).where(col(Heard.id).in_(inbox_ids)).values(body=SCRUBBED, scrubbed_at=now)
    )


def scrub_conversation(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """Empty everything that was said here and is answered (R-137)."""
    db.connection().execute(
        update(Heard)
        .where(
            col(Heard.conversation) == conversation,
            col(Heard.state) != HeardState.DUE.value,
            col(Heard.scrubbed_at).is_(None),
        )
        .values(body=SCRUBBED, scrubbed_at=now)
    )


def of_conversation(db: Session, conversation: ConversationId) -> list[Heard]:
    """What was said here and is still kept, oldest first."""
    return list(
        db.exec(
            select(Heard)
            .where(Heard.conversation == conversation, col(Heard.scrubbed_at).is_(None))
            .order_by(col(Heard.event_at), col(Heard.id))
        )
    )


def scrub_old(db: Session, *, now: datetime, limit: int = 5_000) -> int:
    """Empty ended events older than 30 days. Answers how many; call again while it is the limit."""
    old = list(
        db.exec(
            select(Heard.id)
            .where(
                col(Heard.received_at) < now - KEPT_FOR,
                col(Heard.scrubbed_at).is_(None),
                Heard.state != HeardState.DUE.value,
            )
            .limit(limit)
        )
    )
    if old:
        scrub(db, [inbox_id for inbox_id in old if inbox_id is not None], now=now)
    return len(old)
