"""Reads on disputes: one, the captures it froze, and which show the piece as it was sold."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from catalog.ground.record import AssetId, ConversationId
from media.disputes.actions import DisputeMissing
from media.disputes.tables import Dispute, DisputeState, Exhibit


def dispute_of(db: Session, dispute_id: str) -> Dispute:
    """Raises DisputeMissing."""
    found = db.get(Dispute, dispute_id)
    if found is None:
        raise DisputeMissing(dispute_id)
    return found


def open_of(db: Session, conversation: ConversationId) -> Sequence[Dispute]:
    """What this conversation claims and nobody has closed, the latest first."""
    return db.exec(
        select(Dispute)
        .where(Dispute.conversation == conversation, Dispute.state == DisputeState.OPEN.value)
        .order_by(col(Dispute.id).desc())
    ).all()


def of_conversations(db: Session, conversations: Collection[str]) -> Sequence[Dispute]:
    """Everything these conversations ever claimed, the oldest first."""
    return db.exec(
        select(Dispute).where(col(Dispute.conversation).in_(conversations)).order_by(Dispute.id)
    ).all()


def exhibits(db: Session, dispute_id: str) -> Sequence[Exhibit]:
    """The frozen captures, oldest first."""
    return db.exec(
        select(Exhibit)
        .where(Exhibit.dispute_id == dispute_id)
        .order_by(col(Exhibit.captured_at), col(Exhibit.asset_id))
    ).all()


def as_sold(db: Session, dispute_id: str, *, part: str | None = None) -> Sequence[AssetId]:
    """What shows it as it was sold, the best first: of that part, else the claimed one, the latest
    before the sale (R-018).
    """
    claimed = dispute_of(db, dispute_id)
    part = part or claimed.part
    frozen = exhibits(db, dispute_id)
    if claimed.sold_at is not None:
        frozen = [each for each in frozen if each.captured_at <= claimed.sold_at]
    latest = sorted(frozen, key=lambda each: each.captured_at, reverse=True)
    latest.sort(key=lambda each: part is not None and each.part != part)
    return [AssetId(each.asset_id) for each in latest]
