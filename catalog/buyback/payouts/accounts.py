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
from catalog.customers.newcomers import surviving, whole
from catalog.customers.tables import Customer
from catalog.duties import sealing
from catalog.duties.identity.actions import name_key
from catalog.duties.identity.queries import is_verified_holder, of_customer
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
    """Keep where the customer is paid from now on; its id. An earlier account ends, also one they
    named as the newcomer they were: a person is paid to one account (QUO-8).

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
        .where(
            col(PayeeAccount.customer_id).in_(_ids(db, customer)),
            col(PayeeAccount.ended_at).is_(None),
        )
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


def _ids(db: Session, customer: str) -> list[CustomerId]:
    """Under which a person's account may lie, who they are today first."""
    return whole(db, surviving(db, customer))


def of_person(db: Session, customer: str) -> list[PayeeAccount]:
    """Where the person is paid now, under whichever of their ids it was written: one account, two
    only while a newcomer and the customer they became had each named one.
    """
    found = (current(db, each) for each in _ids(db, customer))
    return [each for each in found if each is not None]


def current(db: Session, customer: str) -> PayeeAccount | None:
    """What was named under that id alone and holds now; `of_person` tells where somebody is
    paid.
    """
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
    told, rows = list(names), of_person(db, customer)
    if not rows:
        raise PayeeMissing(customer)
    for row in rows:
        whose = CustomerId(row.customer_id)
        if row.name_key in {name_key(db, keys, whose, each, now=now) for each in told}:
            return row.id
    raise HolderDiffers


def seat(db: Session, keys: DataKeys, customer: CustomerId, *, by: str, now: datetime) -> None:
    """Where the person's one account was named under another id of theirs than the check that bears
    its holder's name, it is named under that one: names are compared within one id alone (QUO-8).
    """
    rows = of_person(db, customer)
    if len(rows) != 1 or is_verified_holder(db, rows[0].customer_id, rows[0].name_key):
        return
    account = opened(db, keys, rows[0].id)
    for check in of_customer(db, surviving(db, customer)):
        whose = CustomerId(check.customer_id)
        is_open = check.revoked_at is None and db.get_one(Customer, whose).erased_at is None
        if not is_open or whose == rows[0].customer_id:
            continue
        if name_key(db, keys, whose, account.holder, now=now) in check.name_keys:
            key = f"payee:{rows[0].id}:{whose}"
            name_account(db, keys, whose, account, by=by, now=now, key=key)
            return


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
