"""Advisers and their clients (担当者, R-119, R-136): whose clients they are, and what comes of it.

The register names the adviser. Not here: handing a whole book over, and what the customers are told
(`dialogue.leaving`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.customers import actions as clients
from catalog.customers import queries as customers
from catalog.customers.tables import Customer
from catalog.duties.actors import Actor
from catalog.ground.errors import Missing
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, StaffId
from handoff.clientbook import totals
from handoff.shifts import queries as shifts
from handoff.shifts import rules
from handoff.shifts.rules import Person
from handoff.staff import actions as people
from handoff.staff.permissions import Act, need

_AT_ONCE = 500


class AdviserMissing(Missing):
    """Nobody of that id works here."""


@dataclass(frozen=True, slots=True)
class Book:
    """One adviser's clients: how many, how many came again, and in yen what they bought and sold.
    `again_bp`: of those who bought, who bought more than once.
    """

    adviser: str
    clients: int
    buyers: int
    again_bp: int | None
    bought: Yen
    sold: Yen
    mean_basket: Yen | None


def clients_of(db: Session, adviser: str) -> list[CustomerId]:
    """Whose adviser this is."""
    rows = db.exec(
        select(Customer.id)
        .where(Customer.adviser == adviser, col(Customer.erased_at).is_(None))
        .order_by(col(Customer.id))
    )
    return [CustomerId(each) for each in rows]


def books(db: Session) -> list[Book]:
    """Every adviser's book, the largest first."""
    found = [_book(db, name, clients_of(db, name)) for name, _ in _written(db)]
    return sorted(found, key=lambda each: (-each.bought, each.adviser))


def _written(db: Session) -> list[tuple[str, int]]:
    """Each adviser as the register writes the name, and how many clients."""
    rows = db.exec(
        select(Customer.adviser, func.count())
        .where(col(Customer.adviser).is_not(None), col(Customer.erased_at).is_(None))
        .group_by(col(Customer.adviser))
    )
    return [(str(name), count) for name, count in rows]


def _book(db: Session, adviser: str, theirs: Sequence[CustomerId]) -> Book:
    dealt = []
    for begun in range(0, len(theirs), _AT_ONCE):
        dealt += list(totals.of_many(db, theirs[begun : begun + _AT_ONCE]).values())
    buyers = [each for each in dealt if each.orders]
    again = sum(1 for each in buyers if each.orders > 1)
    orders = sum(each.orders for each in buyers)
    bought = sum(each.bought for each in dealt)
    return Book(
        adviser=adviser,
        clients=len(theirs),
        buyers=len(buyers),
        again_bp=again * 10_000 // len(buyers) if buyers else None,
        bought=Yen(bought),
        sold=Yen(sum(each.sold + each.consigned for each in dealt)),
        mean_basket=Yen(bought // orders) if orders else None,
    )


def advised_by(db: Session, staff: StaffId, *, now: datetime) -> list[CustomerId]:
    """Whose adviser it is, however the register writes the name."""
    there = shifts.people(db, now=now)
    return [
        customer
        for name in customers.advisers(db)
        if rules.named(name, there) == staff
        for customer in customers.advised_by(db, name)
    ]


def counts(db: Session, *, now: datetime) -> dict[StaffId, int]:
    """How many clients each of the shop has."""
    there = shifts.people(db, now=now)
    found: dict[StaffId, int] = {}
    for name, count in _written(db):
        staff = rules.named(name, there)
        if staff is not None:
            found[staff] = found.get(staff, 0) + count
    return found


def entrust(
    db: Session, customer: CustomerId, to: StaffId | None, actor: Actor, *, now: datetime
) -> bool:
    """Somebody of the shop looks after this client from now on, or nobody. False when it is so
    already. Raises NotAllowed, AdviserMissing, CustomerMissing.
    """
    need(actor, Act.EDIT_CUSTOMER)
    name = None if to is None else _talks(db, to, now=now).name
    return clients.entrust(db, customer, name, by=actor.name, now=now)


def rename(db: Session, staff: StaffId, name: str, actor: Actor, *, now: datetime) -> int:
    """Call somebody of the shop otherwise, in the register too, which names its advisers; how many
    clients that is; none when they are called so already. Raises as `staff.actions.rename`.
    """
    theirs = advised_by(db, staff, now=now)
    if not people.rename(db, staff, name, actor, now=now):
        return 0
    for customer in theirs:
        clients.entrust(db, customer, name.strip(), by=actor.name, now=now)
    return len(theirs)


def _talks(db: Session, staff: StaffId, *, now: datetime) -> Person:
    found = next((each for each in shifts.people(db, now=now) if each.id == staff), None)
    if found is None:
        raise AdviserMissing(staff)
    return found
