"""Codes a customer shows at the till (店頭提示コード): whose credit may be held, once, for some
minutes.

Only the digest of a code is kept. A new code ends the ones shown before.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.credit import rules
from catalog.credit.posting import locked_of, need_yen
from catalog.credit.tables import CreditAccount, TillCode
from catalog.credit.terms import CreditTerms
from catalog.ground import policy
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that look like another
_LENGTH = 8


class CodeUnknown(Missing):
    """Never shown, over, or used: one answer."""

    def __init__(self) -> None:
        super().__init__("no such till code")


class CodeLimit(Refused):
    """More is asked for than the customer wished to spend. `most`: yen."""

    def __init__(self, most: Yen) -> None:
        super().__init__(f"the customer allowed {most} yen")
        self.most = most


@dataclass(frozen=True, slots=True)
class Shown:
    """A code as the customer reads it, and until when it is good."""

    code: str
    ends_at: datetime


def show(db: Session, customer: CustomerId, *, most: Yen | None = None, now: datetime) -> Shown:
    """A fresh code for the till; `most` limits what may be held with it (R-106). Raises
    AccountMissing, CreditMalformed.
    """
    if most is not None:
        need_yen(most)
    account = locked_of(db, customer)
    db.connection().execute(
        update(TillCode)
        .where(col(TillCode.account_id) == account.id, col(TillCode.used_at).is_(None))
        .values(used_at=now)
    )
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    ends_at = rules.hold_until(policy.current(db).of(CreditTerms), now)
    row = TillCode(
        digest=_digest(code), account_id=account.id, most=most, shown_at=now, ends_at=ends_at
    )
    db.add(row)
    db.flush()
    return Shown(f"{code[:4]}-{code[4:]}", ends_at)


def take(db: Session, code: str, amount: Yen, *, now: datetime, key: str) -> CustomerId:
    """Use a code up for a hold of that amount with that key: whose it is. The same key may ask
    again. Raises CodeUnknown, CodeLimit.
    """
    row = db.get(TillCode, _digest(code), populate_existing=True)
    if row is not None and row.used_key == key:
        return _customer(db, row)
    if row is None or row.used_at is not None or row.ends_at <= now:
        raise CodeUnknown
    if row.most is not None and amount > row.most:
        raise CodeLimit(Yen(row.most))
    used = db.connection().execute(
        update(TillCode)
        .where(col(TillCode.digest) == row.digest, col(TillCode.used_at).is_(None))
        .values(used_at=now, used_key=key)
    )
    if not used.rowcount:
        raise CodeUnknown
    return _customer(db, row)


def _customer(db: Session, row: TillCode) -> CustomerId:
    return CustomerId(db.get_one(CreditAccount, row.account_id).customer_id)


def _digest(code: str) -> str:
    plain = "".join(each for each in code.upper() if each.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
