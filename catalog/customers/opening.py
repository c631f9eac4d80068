"""Customers taken in from a list: the register, their LINE address, and their answer about
marketing as a consent from the list (COM-1).

A number that is there already is left exactly as it is.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from catalog.customers.consents import Category
from catalog.customers.lines import CustomerLine
from catalog.customers.tables import Consent, Contact, Customer
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.lines import Taken
from catalog.ground.record import new_id

LINE = "line"
SOURCE = "import"
_COPIED = (
    "family_name",
    "given_name",
    "family_kana",
    "given_kana",
    "email",
    "phone",
    "birthday",
    "language",
    "adviser",
)


def take_lines(db: Session, lines: Sequence[CustomerLine], *, by: str, now: datetime) -> Taken:
    """Take the lines in, all in the caller's transaction. Later lines with a number seen before
    count as there.
    """
    took = Taken()
    known = _known(db, [line.customer_no for line in lines])
    owners = _owners(db, [line.line_user_id for line in lines if line.line_user_id])
    fresh: list[tuple[Customer, CustomerLine]] = []
    for number, line in enumerate(lines):
        there = known.get(line.customer_no)
        if there is not None:
            took.already_there.append(line.customer_no)
            if there != _told(line):
                took.different.append(line.customer_no)
            continue
        problem = _problem(line, owners, now=now)
        if problem is not None:
            took.refused.append((number, problem))
            continue
        customer = _customer(line, now=now)
        fresh.append((customer, line))
        known[line.customer_no] = _told(line)
        if line.line_user_id:
            owners[line.line_user_id] = customer.id
    if fresh:
        _write(db, fresh, by=by, now=now)
    took.taken = len(fresh)
    return took


def _told(line: CustomerLine) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in _COPIED)


def _known(db: Session, numbers: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    rows = db.exec(select(Customer).where(col(Customer.customer_no).in_(set(numbers))))
    return {row.customer_no: tuple(getattr(row, name) for name in _COPIED) for row in rows}


def _owners(db: Session, addresses: Sequence[str]) -> dict[str, str | None]:
    """LINE address → whose it is; None: somebody wrote from it and was not linked yet."""
    rows = db.exec(
        select(Contact.address, Contact.customer_id).where(
            Contact.channel == LINE, col(Contact.address).in_(set(addresses))
        )
    )
    return dict(rows.all())


def _problem(line: CustomerLine, owners: dict[str, str | None], *, now: datetime) -> str | None:
    if line.line_user_id and owners.get(line.line_user_id) is not None:
        return "line_user_id: is another customer's"
    if line.birthday is not None and line.birthday > tokyo_day(now):
        return "birthday: is in the future"
    return None


def _customer(line: CustomerLine, *, now: datetime) -> Customer:
    return Customer(
        id=new_id(now),
        customer_no=line.customer_no,
        marketing_opt_in=line.marketing_opt_in,
        written_at=now,
        **{name: getattr(line, name) for name in _COPIED},
    )


def _write(
    db: Session, fresh: Sequence[tuple[Customer, CustomerLine]], *, by: str, now: datetime
) -> None:
    db.connection().execute(insert(Customer), [row.model_dump() for row, _ in fresh])
    agreed = [_consent(row, now=now) for row, line in fresh if line.marketing_opt_in]
    if agreed:
        db.connection().execute(insert(Consent), agreed)
    _bind(db, ((row, line.line_user_id) for row, line in fresh if line.line_user_id), now=now)
    journal.begin(
        db,
        [
            (f"customer:{row.id}", {"bound": LINE} if line.line_user_id else {}, ())
            for row, line in fresh
        ],
        "registered",
        actor=by,
        at=now,
    )


def _consent(row: Customer, *, now: datetime) -> dict[str, Any]:
    return {
        "customer_id": row.id,
        "category": Category.MARKETING.value,
        "given": True,
        "text_version": SOURCE,
        "source": SOURCE,
        "given_at": now,
    }


def _bind(db: Session, bound: Iterable[tuple[Customer, str | None]], *, now: datetime) -> None:
    owner = {address: row.id for row, address in bound if address}
    there = _owners(db, list(owner))
    new = [
        {
            "channel": LINE,
            "address": address,
            "customer_id": customer,
            "is_blocked": False,
            "first_seen_at": now,
            "changed_at": now,
        }
        for address, customer in owner.items()
        if address not in there
    ]
    if new:
        db.connection().execute(insert(Contact), new)
    for address in there:
        db.connection().execute(
            update(Contact)
            .where(col(Contact.channel) == LINE, col(Contact.address) == address)
            .values(customer_id=owner[address], changed_at=now)
        )
