"""Newcomers (新しいお客様): somebody the register knows by nothing but a chat, until it turns out
who they are.

A newcomer whose chat is linked to a known customer becomes that customer: what is running goes over
(each register moves its own rows), what was recorded stays as it was recorded and is found through
`merged_into` (`whole`, `surviving`). Two known customers never become one here, and nothing is
undone: a chat that is unlinked later leaves alone.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, update
from sqlmodel import Session, col, select

from catalog.customers import actions, consents, tastes
from catalog.customers.tables import Contact, Customer
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Stale
from catalog.ground.record import CustomerId, YesNo, new_id


class BecameAnother(Stale):
    """The newcomer became a known customer meanwhile. `customer`: who that is."""

    def __init__(self, customer: CustomerId) -> None:
        super().__init__(f"the newcomer is {customer} by now")
        self.customer = customer


@dataclass(frozen=True, slots=True)
class Becoming:
    """A newcomer who turned out to be `customer`: what every register is told."""

    newcomer: CustomerId
    customer: CustomerId
    by: str
    now: datetime

    @property
    def key(self) -> str:
        """Of the one time this happens: a newcomer becomes somebody once."""
        return f"newcomer:{self.newcomer}"

    @property
    def facts(self) -> dict[str, str]:
        """What a journal tells of it."""
        return {"newcomer": self.newcomer, "customer": self.customer}


def enter(db: Session, family_name: str, *, language: str, by: str, now: datetime) -> CustomerId:
    """Into the register with a number of the day and what such a person is called until they tell
    their name.
    """
    number = f"N-{tokyo_day(now):%y%m%d}-{new_id(now)[-8:]}"
    customer = actions.register(
        db, number, family_name, given_name=None, language=language, by=by, now=now
    )
    row = db.get_one(Customer, customer)
    row.is_newcomer = True
    db.flush()
    return customer


def is_newcomer(db: Session, customer: str) -> bool:
    """Whether the register knows them by nothing but a chat, and nobody else to be them."""
    row = db.get(Customer, customer)
    return row is not None and row.is_newcomer and row.merged_into is None


def need_known(db: Session, customer: str) -> None:
    """Raises CustomerMissing: not in the register, or not any more."""
    row = db.get(Customer, customer)
    if row is None or row.erased_at is not None:
        raise consents.CustomerMissing(customer)


def surviving(db: Session, customer: str) -> CustomerId:
    """Who that is today: themselves, unless they were a newcomer who became somebody."""
    while True:
        later = db.exec(select(Customer.merged_into).where(Customer.id == customer)).first()
        if later is None:
            return CustomerId(customer)
        customer = later


def whole(db: Session, customer: str) -> list[CustomerId]:
    """The customer and every newcomer who became them: under which ids their records lie."""
    found, nearest = [CustomerId(customer)], [customer]
    while nearest:
        nearest = list(
            db.exec(
                select(Customer.id)
                .where(col(Customer.merged_into).in_(nearest))
                .order_by(col(Customer.id))
            )
        )
        found += [CustomerId(each) for each in nearest]
    return found


def need_present(db: Session, customer: str) -> None:
    """Nobody becomes somebody else from here until the transaction ends; ask before something is
    opened for a customer. Raises BecameAnother.
    """
    later = db.exec(
        select(Customer.merged_into).where(Customer.id == customer).with_for_update(read=True)
    ).first()
    if later is not None:
        raise BecameAnother(surviving(db, later))


def become(
    db: Session, newcomer: CustomerId, customer: CustomerId, *, by: str, now: datetime
) -> Becoming | None:
    """The register's part: who the newcomer is, with every chat, taste and answer of theirs. None,
    and nothing is done, when there is no newcomer to become somebody: a known customer, one who
    became somebody already or asked to be erased, or `customer` is themselves, erased or unknown.

    The caller tells the other registers in the same transaction.
    """
    rows = _locked(db, newcomer, surviving(db, customer))
    known = rows.get(surviving(db, customer))
    begun = rows.get(newcomer)
    if begun is None or known is None or known.id == newcomer or known.erased_at is not None:
        return None
    changed = db.connection().execute(
        update(Customer)
        .where(
            col(Customer.id) == newcomer,
            col(Customer.is_newcomer) == literal(True, YesNo),
            col(Customer.merged_into).is_(None),
            col(Customer.erase_asked_at).is_(None),
        )
        .values(merged_into=known.id)
    )
    if not changed.rowcount:
        return None
    db.expire(begun)
    becoming = Becoming(newcomer, CustomerId(known.id), by, now)
    _chats(db, becoming)
    tastes.move(db, newcomer, becoming.customer)
    consents.carry(db, newcomer, becoming.customer, by=by, now=now)
    journal.record(
        db, f"customer:{newcomer}", "became", actor=by, at=now, facts={"customer": known.id}
    )
    journal.record(
        db, f"customer:{known.id}", "newcomer_was", actor=by, at=now, facts={"newcomer": newcomer}
    )
    return becoming


def _locked(db: Session, *customers: str) -> dict[str, Customer]:
    """The rows, held until the transaction ends, always in the same order."""
    rows = db.exec(
        select(Customer)
        .where(col(Customer.id).in_(customers))
        .order_by(col(Customer.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _chats(db: Session, becoming: Becoming) -> None:
    """Every address of the newcomer is the known customer's: it is one person's."""
    for contact in db.exec(
        select(Contact)
        .where(Contact.customer_id == becoming.newcomer)
        .order_by(col(Contact.channel), col(Contact.address))
    ).all():
        contact.customer_id, contact.changed_at = becoming.customer, becoming.now
        journal.record(
            db, f"customer:{becoming.customer}", "bound", actor=becoming.by, at=becoming.now,
            facts={"channel": contact.channel, "newcomer": becoming.newcomer},
        )  # fmt: skip
    db.flush()
