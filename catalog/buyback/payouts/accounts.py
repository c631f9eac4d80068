"""Where a person is paid (振込先口座): named by them, sealed at once, opened only to write the
bank's file.

Not here: whether the holder is the verified person; that is asked whenever money leaves.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from catalog.buyback.payouts import zengin
from catalog.buyback.payouts.tables import PayeeAccount
from catalog.buyback.payouts.zengin import AccountKind, BankAccount
from catalog.customers.tables import Customer
from catalog.duties import sealing
from catalog.duties.identity.actions import name_key
from catalog.duties.sealing import DataKeys
from catalog.ground import journal
from catalog.ground.errors import Missing, Refused
from catalog.ground.record import CustomerId, new_id

_SHOWN_DIGITS = 3


class PayeeMissing(Missing):
    """No such account, or no customer to name one."""


class HolderDiffers(Refused):
    """The account is held in another name than the person's (QUO-8). Neither name is told."""

    def __init__(self) -> None:
        super().__init__("the account is held in another name")


@dataclass(frozen=True, slots=True)
class Masked:
    """An account as staff see it, to make sure they speak of the same one: of its number the end
    alone.
    """

    bank_name: str
    branch_name: str
    kind: AccountKind
    ending: str
    holder: str


def name_account(
    db: Session,
    keys: DataKeys,
    customer: CustomerId,
    account: BankAccount,
    *,
    by: str,
    now: datetime,
    key: str,
) -> str:
    """Keep where the customer is paid from now on; its id. An earlier account ends (QUO-8).

    Raises PayeeMissing, TransferMalformed, KanaMalformed.
    """
    zengin.check(account)
    if db.get(Customer, customer) is None:
        raise PayeeMissing(customer)
    own_key = sealing.person_key(db, _person(customer), keys, now=now)
    told = json.dumps(asdict(account), ensure_ascii=False, sort_keys=True).encode()
    request = {
        "verb": "payee.name",
        "customer": customer,
        "account": hmac.new(own_key, b"akashi account" + told, hashlib.sha256).hexdigest(),
    }
    if (before := journal.stored_result(db, key, request)) is not None:
        return str(before["payee"])
    db.connection().execute(
        update(PayeeAccount)
        .where(col(PayeeAccount.customer_id) == customer, col(PayeeAccount.ended_at).is_(None))
        .values(ended_at=now)
    )
    row = PayeeAccount(
        id=new_id(now),
        customer_id=customer,
        sealed=b"".join(sealing.seal_stream(own_key, [told])),
        name_key=name_key(db, keys, customer, account.holder, now=now),
        written_by=by,
        written_at=now,
    )
    db.add(row)
    db.flush()
    facts = {"payee": row.id}
    journal.record(
        db, f"customer:{customer}", "payee_named", actor=by, at=now, facts=facts, key=key,
        request=request, result=facts,
    )  # fmt: skip
    return row.id


def forget(db: Session, customer: str, *, now: datetime) -> None:
    """Where the person was paid becomes unreadable; that they were paid stays in the books (R-137).
    Only for whom nothing is owed any more.
    """
    db.connection().execute(
        update(PayeeAccount)
        .where(col(PayeeAccount.customer_id) == customer, col(PayeeAccount.ended_at).is_(None))
        .values(ended_at=now)
    )
    sealing.erase_key(db, _person(customer), now=now)


def _person(customer: str) -> str:
    return f"customer:{customer}"


def current(db: Session, customer: str) -> PayeeAccount | None:
    """Where the customer is paid now."""
    return db.exec(
        select(PayeeAccount).where(
            PayeeAccount.customer_id == customer, col(PayeeAccount.ended_at).is_(None)
        )
    ).first()


def own_account(
    db: Session, keys: DataKeys, customer: CustomerId, names: Iterable[str], *, now: datetime
) -> str:
    """The account the customer is paid to, held in one of these names of theirs; its id. Raises
    PayeeMissing, HolderDiffers.
    """
    row = current(db, customer)
    if row is None:
        raise PayeeMissing(customer)
    if row.name_key not in {name_key(db, keys, customer, each, now=now) for each in names}:
        raise HolderDiffers
    return row.id


def masked(db: Session, keys: DataKeys, payee_id: str) -> Masked:
    """The account as it may be shown. Raises PayeeMissing, PersonErased, SealBroken."""
    account = opened(db, keys, payee_id)
    return Masked(
        account.bank_name,
        account.branch_name,
        account.kind,
        account.number[-_SHOWN_DIGITS:],
        account.holder,
    )


def opened(db: Session, keys: DataKeys, payee_id: str) -> BankAccount:
    """The account in clear, for the bank's file and for `masked`. Raises PayeeMissing,
    PersonErased, SealBroken.
    """
    row = db.get(PayeeAccount, payee_id)
    if row is None:
        raise PayeeMissing(payee_id)
    own_key = sealing.known_key(db, _person(row.customer_id), keys)
    told = json.loads(b"".join(sealing.open_stream(own_key, [row.sealed])))
    return BankAccount(**{**told, "kind": AccountKind(told["kind"])})
