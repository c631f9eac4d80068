"""Reads on payouts: the day's list, what stands in the way, what is late."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import exists
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from catalog.buyback.payouts import accounts, contradictions
from catalog.buyback.payouts.rules import NOT_SENT, OPEN, UNDER_WAY, Block, PayoutStatus
from catalog.buyback.payouts.tables import PayeeAccount, Payout, PayoutBatch
from catalog.customers.newcomers import surviving, whole
from catalog.duties.identity.queries import is_verified_holder, is_verified_name, stands
from catalog.duties.identity.tables import IdentityCheck
from catalog.duties.rules import Means
from catalog.ground.record import begins
from catalog.ground.worklist import TASK, Work, WorkState


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


def coming(db: Session, after: date, until: date) -> Sequence[Payout]:
    """Transfers to be made after that day and by the other, in no list yet, the earliest first."""
    return db.exec(
        select(Payout)
        .where(
            Payout.status == PayoutStatus.PLANNED.value,
            Payout.means == Means.BANK.value,
            col(Payout.batch_id).is_(None),
            col(Payout.due_on) > after,
            col(Payout.due_on) <= until,
        )
        .order_by(col(Payout.due_on), col(Payout.id))
    ).all()


def of_batch(db: Session, batch_id: str) -> Sequence[Payout]:
    """The lines of a list in order."""
    return db.exec(
        select(Payout).where(Payout.batch_id == batch_id).order_by(col(Payout.line))
    ).all()


def batches(db: Session, *, limit: int = 50, offset: int = 0) -> Sequence[PayoutBatch]:
    """The lists, latest first."""
    return db.exec(
        select(PayoutBatch).order_by(col(PayoutBatch.number).desc()).limit(limit).offset(offset)
    ).all()


def under_way(db: Session) -> Sequence[PayoutBatch]:
    """The lists that wait for somebody, the oldest first."""
    return db.exec(
        select(PayoutBatch)
        .where(col(PayoutBatch.status).in_([each.value for each in UNDER_WAY]))
        .order_by(col(PayoutBatch.number))
    ).all()


def batch_of(db: Session, number: int) -> str | None:
    """The list with that number."""
    return db.exec(select(PayoutBatch.id).where(PayoutBatch.number == number)).first()


def of(db: Session, about: str) -> Sequence[Payout]:
    """Every payout of a case or contract, oldest first."""
    return db.exec(
        select(Payout).where(Payout.about == about).order_by(col(Payout.planned_at), Payout.id)
    ).all()


def instead_of(db: Session, payout: Payout) -> Payout | None:
    """What was planned in the place of one that was called off, and was not called off itself."""
    found = select(Payout).where(
        Payout.document == payout.document, Payout.status != PayoutStatus.CANCELLED.value
    )
    return db.exec(found.with_for_update().execution_options(populate_existing=True)).first()


def block(db: Session, payout: Payout) -> Block | None:
    """What stands in the way of paying it now: no identity, no account, another name (KOB-1,
    QUO-8), or the bank's word that it has left.
    """
    if not _is_identified(db, payout):
        return Block.NO_IDENTITY
    if payout.means != Means.BANK.value:
        return None
    payee = payee_of(db, payout)
    if payee is None:
        return Block.NO_ACCOUNT
    if contradictions.say_it_left(db, payout):
        return Block.MAY_HAVE_LEFT
    return None if _is_verified(db, payout, payee) else Block.NAME_DIFFERS


def payee_of(db: Session, payout: Payout) -> PayeeAccount | None:
    """The account it goes to: that of whoever was checked for the deal; named since under another
    id of the same person, that one.
    """
    check = db.get(IdentityCheck, payout.identity_id) if payout.identity_id else None
    checked = check.customer_id if check is not None else payout.customer_id
    same = whole(db, surviving(db, payout.customer_id))
    for who in dict.fromkeys((checked, payout.customer_id, *same)):
        if (payee := accounts.current(db, who)) is not None:
            return payee
    return None


def _is_verified(db: Session, payout: Payout, payee: PayeeAccount) -> bool:
    """Whether the holder is the verified person: names are compared within one customer alone."""
    check = db.get(IdentityCheck, payout.identity_id) if payout.identity_id else None
    if check is None:
        return False
    if check.customer_id == payee.customer_id:
        return is_verified_name(db, check.id, payee.name_key)
    return is_verified_holder(db, payee.customer_id, payee.name_key)


def _is_identified(db: Session, payout: Payout) -> bool:
    if payout.identity_id is None:
        return payout.is_exempt
    return stands(db, payout.identity_id, of=payout.customer_id)


def is_held_by_check(db: Session, payout: Payout) -> bool:
    """Whether another check of the same person may open its way."""
    return PayoutStatus(payout.status) in NOT_SENT and block(db, payout) in {
        Block.NO_IDENTITY, Block.NAME_DIFFERS,
    }  # fmt: skip


def in_doubt(kind: str) -> SelectOfScalar[str]:
    """What payouts are about (`case`, `contract`) that have not left and whose check is revoked or
    destroyed, or that staff were asked to look at.
    """
    serves_no_more = exists().where(
        col(IdentityCheck.id) == col(Payout.identity_id),
        col(IdentityCheck.revoked_at).is_not(None) | col(IdentityCheck.destroyed_at).is_not(None),
    )
    is_task = exists().where(
        col(Work.kind) == TASK,
        col(Work.state) == WorkState.DUE.value,
        col(Work.subject) == "payout:" + col(Payout.id),
        begins(col(Work.work_key), "payout_blocked:"),
    )
    return select(Payout.about).where(
        begins(col(Payout.about), f"{kind}:"),
        col(Payout.status).in_([each.value for each in NOT_SENT]),
        serves_no_more | is_task,
    )


def unpaid(db: Session, today: date) -> Sequence[Payout]:
    """Payouts whose day is over and whose money has not arrived, the longest waiting first; in a
    list or not, only looked at.
    """
    return db.exec(
        select(Payout)
        .where(col(Payout.status).in_([each.value for each in OPEN]), col(Payout.due_on) < today)
        .order_by(col(Payout.due_on), col(Payout.id))
    ).all()


def failed(db: Session) -> Sequence[Payout]:
    """What the bank sent back and is in no list again."""
    return db.exec(
        select(Payout)
        .where(Payout.status == PayoutStatus.FAILED.value)
        .order_by(col(Payout.due_on), col(Payout.id))
    ).all()


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
