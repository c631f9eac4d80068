"""Feed (更新通知): which conversation changed, in order, for whoever watches many of them.

One row per unit of work and conversation, written in the same transaction as the change, so that a
watcher who was away reads on from the last row it saw. A row says that there is something to look
at, never what: what is shown is read from the registers themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from catalog.ground.session.database import ring
from catalog.ground.session.hot import Hot
from conversations.threads.tables import FeedRow

TOPIC = "feed"
KEPT_FOR = timedelta(days=2)
# PostgreSQL hands out numbers before it commits: a row may appear behind one that was seen already.
OVERLAP = 64

_TELL = Hot("INSERT INTO feed (conversation, at) VALUES (:conversation, :now)")


@dataclass(frozen=True, slots=True)
class Change:
    """Something changed in that conversation."""

    id: int
    conversation: ConversationId


def tell(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    """Note that the conversation changed; once per unit of work, however often it is told."""
    told: set[str] = db.info.setdefault("feed", set())
    if conversation in told:
        return
    told.add(conversation)
    _TELL(db, conversation=conversation, now=now)
    ring(db, TOPIC)


def after(db: Session, row: int, *, limit: int) -> Sequence[Change]:
    """What was told after that row, oldest first."""
    rows = db.exec(
        select(FeedRow.id, FeedRow.conversation)
        .where(col(FeedRow.id) > row)
        .order_by(col(FeedRow.id))
        .limit(limit)
    )
    return [Change(each or 0, ConversationId(conversation)) for each, conversation in rows]


def ends(db: Session) -> tuple[int, int]:
    """The first and the last row that are kept; (0, 0) while there is none."""
    first, last = db.exec(select(func.min(FeedRow.id), func.max(FeedRow.id))).one()
    return first or 0, last or 0


def forget_old(db: Session, *, now: datetime) -> None:
    """Drop what nobody reads any more. The last row stays: numbers must not begin anew."""
    _, last = ends(db)
    old = col(FeedRow.at) < now - KEPT_FOR
    db.connection().execute(delete(FeedRow).where(old, col(FeedRow.id) < last))
