"""Erasing a person from the register (個人情報の削除, R-137): names, ways to reach them and tastes
go; the row's id and number stay, because books that the law orders kept point at it.

Not here: whether a deal is still open (`orders.dealings`), and what was said and sent
(`conversations`, `media`).
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from catalog.customers import passes, tastes
from catalog.customers.consents import Category, CustomerMissing
from catalog.customers.linking import LinkAsk, LinkTry
from catalog.customers.tables import Contact, Customer
from catalog.ground import journal
from catalog.ground.record import CustomerId

NOBODY = "-"  # stands where the name was: the column is never empty


def ask(db: Session, customer: CustomerId, *, by: str, now: datetime) -> bool:
    """The customer wants to be erased once no deal is open; nothing is advertised to them from
    now on. False when that was asked before. Raises CustomerMissing.
    """
    row = _row(db, customer)
    if row.erase_asked_at is not None:
        return False
    row.erase_asked_at = now
    row.marketing_opt_in = False
    db.flush()
    tastes.forget_all(db, customer)
    facts = {"category": Category.MARKETING.value, "given": False, "source": "erasure"}
    journal.record(db, f"customer:{customer}", "erase_asked", actor=by, at=now, facts=facts)
    return True


def withdraw(db: Session, customer: CustomerId, *, by: str, now: datetime) -> bool:
    """Somebody of the shop asked them again, and they want to stay. False when nothing was asked,
    or they are forgotten already. What was given up with the asking does not come back.
    """
    changed = db.connection().execute(
        update(Customer)
        .where(
            col(Customer.id) == customer,
            col(Customer.erase_asked_at).is_not(None),
            col(Customer.erased_at).is_(None),
        )
        .values(erase_asked_at=None)
    )
    if changed.rowcount:
        db.expire_all()
        journal.record(db, f"customer:{customer}", "erase_withdrawn", actor=by, at=now)
    return bool(changed.rowcount)


def erase(db: Session, customer: CustomerId, *, by: str, now: datetime) -> bool:
    """Forget the person. False when that was done before. Raises CustomerMissing."""
    row = _row(db, customer)
    if row.erased_at is not None:
        return False
    for contact in contacts(db, customer):
        unlink(db, contact.channel, contact.address)
    tastes.forget_all(db, customer)
    db.connection().execute(
        update(Customer)
        .where(col(Customer.id) == customer)
        .values(
            family_name=NOBODY,
            given_name=None,
            family_kana=None,
            given_kana=None,
            email=None,
            phone=None,
            birthday=None,
            adviser=None,
            vip_since=None,
            marketing_opt_in=False,
            erase_asked_at=row.erase_asked_at or now,
            erased_at=now,
        )
    )
    db.expire(row)
    journal.record(db, f"customer:{customer}", "erased", actor=by, at=now)
    return True


def unlink(db: Session, channel: str, address: str) -> None:
    """Forget an address: its passes, its link pages and the row itself go."""
    passes.forget(db, channel, address)
    tries = select(LinkTry.id).where(LinkTry.channel == channel, LinkTry.address == address)
    db.connection().execute(delete(LinkAsk).where(col(LinkAsk.link_id).in_(tries)))
    db.connection().execute(
        delete(LinkTry).where(col(LinkTry.channel) == channel, col(LinkTry.address) == address)
    )
    db.connection().execute(
        delete(Contact).where(col(Contact.channel) == channel, col(Contact.address) == address)
    )
    db.expire_all()


def contacts(db: Session, customer: CustomerId) -> list[Contact]:
    """Where the customer writes from."""
    return list(
        db.exec(
            select(Contact)
            .where(Contact.customer_id == customer)
            .order_by(col(Contact.channel), col(Contact.address))
        )
    )


def waiting(db: Session) -> list[CustomerId]:
    """Who asked to be erased and still is in the register, the longest waiting first."""
    rows = db.exec(
        select(Customer.id)
        .where(col(Customer.erase_asked_at).is_not(None), col(Customer.erased_at).is_(None))
        .order_by(col(Customer.erase_asked_at))
    )
    return [CustomerId(each) for each in rows]


def _row(db: Session, customer: CustomerId) -> Customer:
    row = db.get(Customer, customer)
    if row is None:
        raise CustomerMissing(customer)
    return row
