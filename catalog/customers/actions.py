"""Verbs on customers and their addresses."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from catalog.customers.consents import CustomerMissing
from catalog.customers.reading import birthday_of, email_of, phone_of
from catalog.customers.tables import Contact, Customer
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.record import CustomerId, new_id
from catalog.ground.session.database import insert_once


class CustomerNoTaken(Refused):
    """Another customer has the number. `customer_no`."""

    def __init__(self, customer_no: str) -> None:
        super().__init__("the customer number is taken")
        self.customer_no = customer_no


@dataclass(frozen=True, slots=True)
class Particulars:
    """What else may be known of a person; None leaves it as it is."""

    family_kana: str | None = None
    given_kana: str | None = None
    email: str | None = None
    phone: str | None = None
    birthday: date | None = None
    adviser: str | None = None


def follow(db: Session, channel: str, address: str, *, now: datetime) -> None:
    """The person can be reached: a new friend, or one who unblocked the shop."""
    _note(db, channel, address, is_blocked=False, now=now)


def block(db: Session, channel: str, address: str, *, now: datetime) -> None:
    """The person blocked the shop: nothing may be pushed to them until they come back."""
    _note(db, channel, address, is_blocked=True, now=now)


def _note(db: Session, channel: str, address: str, *, is_blocked: bool, now: datetime) -> None:
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    table: Any = Contact.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    db.connection().execute(
        insert(table)
        .values(
            channel=channel,
            address=address,
            is_blocked=is_blocked,
            first_seen_at=now,
            changed_at=now,
        )
        .on_conflict_do_update(
            index_elements=["channel", "address"],
            set_={"is_blocked": is_blocked, "changed_at": now},
        )
    )


def register(
    db: Session,
    customer_no: str,
    family_name: str,
    *,
    given_name: str | None,
    language: str,
    more: Particulars | None = None,
    by: str,
    now: datetime,
) -> CustomerId:
    """Enter a person into the customer register. Raises CustomerNoTaken, ContactMalformed."""
    customer = Customer(
        id=new_id(now),
        customer_no=customer_no,
        family_name=family_name,
        given_name=given_name,
        language=language,
        written_at=now,
        **_columns(more or Particulars(), now=now),
    )
    if not insert_once(db, Customer, customer.model_dump()):
        raise CustomerNoTaken(customer_no)
    journal.record(db, f"customer:{customer.id}", "registered", actor=by, at=now)
    return CustomerId(customer.id)


def amend(
    db: Session,
    customer: CustomerId,
    particulars: Particulars,
    *,
    language: str | None = None,
    by: str,
    now: datetime,
) -> None:
    """Note what has become known of a person. The journal tells which columns, never their values.

    Raises CustomerMissing, ContactMalformed.
    """
    values = _columns(particulars, now=now)
    if language is not None:
        values["language"] = language
    if not values:
        return
    changed = db.connection().execute(
        update(Customer).where(col(Customer.id) == customer).values(**values)
    )
    if not changed.rowcount:
        raise CustomerMissing(customer)
    facts = {"columns": sorted(values)}
    journal.record(db, f"customer:{customer}", "amended", actor=by, at=now, facts=facts)


def favour(db: Session, customer: CustomerId, *, is_vip: bool, by: str, now: datetime) -> bool:
    """Count them among the clients of the first rank, or no more. False when it is so already.

    Raises CustomerMissing.
    """
    if db.get(Customer, customer) is None:
        raise CustomerMissing(customer)
    held = col(Customer.vip_since).is_(None) if is_vip else col(Customer.vip_since).is_not(None)
    changed = db.connection().execute(
        update(Customer)
        .where(col(Customer.id) == customer, held)
        .values(vip_since=now if is_vip else None)
    )
    if changed.rowcount:
        db.expire_all()
        verb = "favoured" if is_vip else "favoured_no_more"
        journal.record(db, f"customer:{customer}", verb, actor=by, at=now)
    return bool(changed.rowcount)


def entrust(
    db: Session, customer: CustomerId, adviser: str | None, *, by: str, now: datetime
) -> bool:
    """Name who of the shop looks after them, or nobody. False when it is so already.

    Raises CustomerMissing, also for one who was erased.
    """
    row = db.get(Customer, customer, populate_existing=True)
    if row is None or row.erased_at is not None:
        raise CustomerMissing(customer)
    changed = db.connection().execute(
        update(Customer)
        .where(
            col(Customer.id) == customer,
            col(Customer.erased_at).is_(None),
            col(Customer.adviser).is_distinct_from(adviser),
        )
        .values(adviser=adviser)
    )
    if changed.rowcount:
        db.expire_all()
        verb = "entrusted" if adviser is not None else "entrusted_no_more"
        journal.record(db, f"customer:{customer}", verb, actor=by, at=now)
    return bool(changed.rowcount)


def _columns(particulars: Particulars, *, now: datetime) -> dict[str, Any]:
    values = {name: value for name, value in asdict(particulars).items() if value is not None}
    if particulars.email is not None:
        values["email"] = email_of(particulars.email)
    if particulars.phone is not None:
        values["phone"] = phone_of(particulars.phone)
    if particulars.birthday is not None:
        values["birthday"] = birthday_of(particulars.birthday.isoformat(), today=tokyo_day(now))
    return values


def bind(
    db: Session, customer: CustomerId, channel: str, address: str, *, by: str, now: datetime
) -> None:
    """That address is this customer's."""
    follow(db, channel, address, now=now)
    contact = db.get_one(Contact, (channel, address))
    contact.customer_id = customer
    contact.changed_at = now
    db.flush()
    journal.record(
        db, f"customer:{customer}", "bound", actor=by, at=now, facts={"channel": channel}
    )


def unbind(db: Session, channel: str, address: str, *, by: str, now: datetime) -> bool:
    """That address is nobody's any more; the person can still be reached. False when it was
    nobody's.
    """
    contact = db.get(Contact, (channel, address))
    if contact is None or contact.customer_id is None:
        return False
    customer, contact.customer_id, contact.changed_at = contact.customer_id, None, now
    db.flush()
    facts = {"channel": channel}
    journal.record(db, f"customer:{customer}", "unbound", actor=by, at=now, facts=facts)
    return True
