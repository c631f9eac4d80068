"""Reads on letters for staff and operators."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column
from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from conversations.outbox.tables import ChannelQuota, LetterState, OutboxLetter, Priority

# As literals, so that the partial index is used whatever the statement binds.
_MARKETING: ColumnElement[int] = literal_column(str(Priority.MARKETING.value))
_NOT_SENT = (LetterState.SUPPRESSED, LetterState.DEAD, LetterState.EXPIRED)
UNSETTLED = (
    LetterState.DEAD,
    LetterState.AMBIGUOUS,
    LetterState.WAITING,
    LetterState.SUPPRESSED,
)


def unsettled(db: Session, *, limit: int = 100, offset: int = 0) -> list[OutboxLetter]:
    """Letters staff should know of, latest first."""
    return list(
        db.exec(
            select(OutboxLetter)
            .where(col(OutboxLetter.state).in_([state.value for state in UNSETTLED]))
            .order_by(col(OutboxLetter.id).desc())
            .limit(limit)
            .offset(offset)
        )
    )


def of_conversation(db: Session, conversation: ConversationId) -> list[OutboxLetter]:
    """What was written to this conversation and is still kept, oldest first."""
    return list(
        db.exec(
            select(OutboxLetter)
            .where(
                OutboxLetter.conversation == conversation,
                col(OutboxLetter.scrubbed_at).is_(None),
            )
            .order_by(col(OutboxLetter.id))
        )
    )


def latest(db: Session, *, limit: int = 100) -> list[OutboxLetter]:
    """What was sent or is on its way, latest first."""
    return list(
        db.exec(
            select(OutboxLetter)
            .where(col(OutboxLetter.state).not_in([state.value for state in UNSETTLED]))
            .order_by(col(OutboxLetter.id).desc())
            .limit(limit)
        )
    )


def unasked_since(db: Session, conversations: Collection[str], since: datetime) -> int:
    """How many letters no deal asks for went to these conversations since then."""
    return db.exec(
        select(func.count()).where(
            col(OutboxLetter.conversation).in_(conversations),
            col(OutboxLetter.priority) == _MARKETING,
            col(OutboxLetter.written_at) >= since,
            col(OutboxLetter.state).not_in([state.value for state in _NOT_SENT]),
        )
    ).one()


def tried(db: Session, facts: Collection[str]) -> set[str]:
    """Those of these facts (`dedupe`) for which a letter was ever written."""
    found = select(OutboxLetter.dedupe).where(col(OutboxLetter.dedupe).in_(facts))
    return set(db.exec(found).all())


def unsettled_counts(db: Session) -> dict[str, int]:
    """How many in each of those states."""
    found = dict(
        db.exec(
            select(OutboxLetter.state, func.count())
            .where(col(OutboxLetter.state).in_([state.value for state in UNSETTLED]))
            .group_by(OutboxLetter.state)
        ).all()
    )
    return {state.value: found.get(state.value, 0) for state in UNSETTLED}


def quotas(db: Session) -> list[ChannelQuota]:
    """What each channel last said of its month."""
    return list(db.exec(select(ChannelQuota)))
