"""What a case or contract owes, as sides that always sum to zero (R-080; 勘定).

Goods bought stand against what is owed; what is owed goes to a payout, to credit or is set off; a
payout goes to the bank or the till. Posted in the same transaction as the act, never changed.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.buyback.tables import Posting
from catalog.ground.record import new_id


class Account(StrEnum):
    """Where yen of a case stand. Goods and claims are positive, debts and money gone negative."""

    GOODS = "goods"
    OWED = "owed"
    PAYOUT = "payout"
    BANK = "bank"
    CASH = "cash"
    CREDIT = "credit"
    OFFSET = "offset"
    FEE = "fee"
    RECEIVABLE = "receivable"


class Unbalanced(AssertionError):
    """Sides that do not sum to zero: a bug, never an answer."""


def post(
    db: Session,
    about: str,
    sides: Sequence[tuple[Account, int]],
    *,
    document: str,
    now: datetime,
) -> list[Posting]:
    """Write the sides of one movement; sides of nothing are left out (R-080)."""
    if sum(amount for _, amount in sides):
        raise Unbalanced(f"{about}: {sides}")
    rows = [
        Posting(
            id=new_id(now),
            about=about,
            account=account.value,
            amount=amount,
            document=document,
            posted_at=now,
        )
        for account, amount in sides
        if amount
    ]
    db.add_all(rows)
    db.flush()
    return rows


def balances(db: Session, about: str) -> dict[Account, int]:
    """What stands on each account of a case or contract, those at nothing left out."""
    rows = db.exec(
        select(Posting.account, func.sum(Posting.amount))
        .where(Posting.about == about)
        .group_by(col(Posting.account))
    )
    return {Account(account): int(total) for account, total in rows if total}
