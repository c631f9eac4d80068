"""Reads on letters for staff and operators."""

from sqlalchemy import func
from sqlmodel import Session, col, select

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
