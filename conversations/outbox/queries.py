"""Reads on letters for staff and operators."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.ground.record import ConversationId
from conversations.outbox.tables import ChannelQuota, LetterState, OutboxLetter

UNSETTLED = (
    LetterState.DEAD,
    LetterState.AMBIGUOUS,
    LetterState.WAITING,
    LetterState.SUPPRESSED,
)


def unsettled(db: Session, *, limit: int = 100) -> list[OutboxLetter]:
    """Letters staff should know of, latest first."""
    return list(
        db.exec(
            select(OutboxLetter)
            .where(col(OutboxLetter.state).in_([state.value for state in UNSETTLED]))
            .order_by(col(OutboxLetter.id).desc())
            .limit(limit)
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
