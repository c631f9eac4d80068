"""Reads on payouts: the day's list, what stands in the way, what is late."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from catalog.buyback.payouts import accounts
from catalog.buyback.payouts.rules import Block, PayoutStatus
from catalog.buyback.payouts.tables import Payout, PayoutBatch
from catalog.duties.identity.queries import is_verified_name
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.rules import Means


def due(db: Session, on: date, *, means: Means = Means.BANK) -> Sequence[Payout]:
    """What is to be paid by that Tokyo day and in no list yet, the earliest first (R-051)."""
    return db.exec(
        select(Payout)
        .where(
            Payout.status == PayoutStatus.PLANNED.value,
            Payout.means == means.value,
            col(Payout.batch_id).is_(None),
            col(Payout.due_on) <= on,
        )
        .order_by(col(Payout.due_on), col(Payout.id))
    ).all()


def of_batch(db: Session, batch_id: str) -> Sequence[Payout]:
    """The lines of a list in order."""
    return db.exec(
        select(Payout).where(Payout.batch_id == batch_id).order_by(col(Payout.line))
    ).all()


def batches(db: Session, *, limit: int = 50) -> Sequence[PayoutBatch]:
    """The lists, latest first."""
    return db.exec(select(PayoutBatch).order_by(col(PayoutBatch.number).desc()).limit(limit)).all()


def batch_of(db: Session, number: int) -> str | None:
    """The list with that number."""
    return db.exec(select(PayoutBatch.id).where(PayoutBatch.number == number)).first()


def of(db: Session, about: str) -> Sequence[Payout]:
    """Every payout of a case or contract, oldest first."""
    return db.exec(
        select(Payout).where(Payout.about == about).order_by(col(Payout.planned_at), Payout.id)
    ).all()


def block(db: Session, payout: Payout) -> Block | None:
    """What stands in the way of paying it now: no identity, no account, another name (KOB-1,
    QUO-8).
    """
    if not _is_identified(db, payout):
        return Block.NO_IDENTITY
    if payout.means != Means.BANK.value:
        return None
    payee = accounts.current(db, payout.customer_id)
    if payee is None:
        return Block.NO_ACCOUNT
    identity_id = payout.identity_id
    if identity_id is None or not is_verified_name(db, identity_id, payee.name_key):
        return Block.NAME_DIFFERS
    return None


def _is_identified(db: Session, payout: Payout) -> bool:
    if payout.identity_id is None:
        return payout.is_exempt
    check = db.get(IdentityCheck, payout.identity_id, populate_existing=True)
    return (
        check is not None
        and check.customer_id == payout.customer_id
        and check.revoked_at is None
        and check.destroyed_at is None
    )


def late(db: Session, today: date) -> Sequence[Payout]:
    """Payouts whose day has come and that nobody was alarmed of that day (R-051)."""
    unpaid = [
        PayoutStatus.PLANNED.value, PayoutStatus.RELEASED.value, PayoutStatus.SENT.value,
        PayoutStatus.FAILED.value,
    ]  # fmt: skip
    return db.exec(
        select(Payout)
        .where(
            col(Payout.status).in_(unpaid),
            col(Payout.due_on) <= today,
            col(Payout.late_told_on).is_(None) | (col(Payout.late_told_on) < today),
        )
        .order_by(col(Payout.id))
        .with_for_update(skip_locked=True)
    ).all()
