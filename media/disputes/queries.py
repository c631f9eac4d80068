"""Reads on disputes: one, the captures it froze, and which show the piece as it was sold."""

from collections.abc import Collection, Sequence

from sqlmodel import Session, col, select

from catalog.customers.newcomers import surviving
from catalog.ground import journal
from catalog.ground.record import AssetId, ConversationId, UnitId
from catalog.orders.tables import SaleOrder
from media.assets.queries import taken_off
from media.disputes.actions import DisputeMissing, subject
from media.disputes.tables import Dispute, DisputeState, Exhibit
from media.report import sales


def dispute_of(db: Session, dispute_id: str) -> Dispute:
    """Raises DisputeMissing."""
    found = db.get(Dispute, dispute_id)
    if found is None:
        raise DisputeMissing(dispute_id)
    return found


def claimant(db: Session, row: Dispute) -> str | None:
    """Who claims it (`customer:ID`, `partner:ID`): the buyer by the order, else who opened it."""
    if row.order_id is not None:
        buyer = db.exec(select(SaleOrder.customer_id).where(SaleOrder.id == row.order_id)).first()
        if buyer is not None:
            return f"customer:{buyer}"
    opened = (each.actor for each in journal.of(db, subject(row.id)) if each.verb == "opened")
    by = next(opened, "")
    if not by.startswith("customer:"):
        return by if by.startswith("partner:") else None
    return f"customer:{surviving(db, by.removeprefix('customer:'))}"


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


def of_unit(db: Session, unit_id: str) -> Sequence[Dispute]:
    """Every claim about the piece, the latest first."""
    return db.exec(
        select(Dispute).where(Dispute.unit_id == unit_id).order_by(col(Dispute.id).desc())
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
    the sale kept, or was captured before it where it kept nothing (R-015, R-018). What a person
    took off the piece since is frozen, and shows nothing of it.
    """
    claimed = dispute_of(db, dispute_id)
    part = part or claimed.part
    frozen = exhibits(db, dispute_id)
    kept = _kept_at_sale(db, claimed)
    if kept is not None:
        frozen = [each for each in frozen if each.asset_id in kept]
    elif claimed.sold_at is not None:
        frozen = [each for each in frozen if each.captured_at <= claimed.sold_at]
    gone = taken_off(db, UnitId(claimed.unit_id), [each.asset_id for each in frozen])
    frozen = [each for each in frozen if each.asset_id not in gone]
    latest = sorted(frozen, key=lambda each: each.captured_at, reverse=True)
    latest.sort(key=lambda each: part is not None and each.part != part)
    return [AssetId(each.asset_id) for each in latest]


def _kept_at_sale(db: Session, claimed: Dispute) -> set[str] | None:
    if claimed.order_id is None:
        return None
    record = sales.record_of(db, claimed.order_id, UnitId(claimed.unit_id))
    if record is None:
        return None
    return {each.asset_id for each in sales.exhibits(db, record.id)}
