"""A newcomer becomes who they are (お客様情報の統合, R-116, R-118, decision 0037): the chat of
somebody who sold or consigned before anybody knew them is linked to a customer of the register,
and what is running comes along, in one transaction.

Every register moves its own rows (`newcomers.move`); this is the lowest place that sees them all.
Rows that were recorded of the newcomer (the dealer's ledger, checks, payouts, consents, documents)
are never rewritten: they are found through the register (`catalog/customers/newcomers.whole`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.buyback import newcomers as buyback
from catalog.consignment import newcomers as consignment
from catalog.credit import newcomers as credit
from catalog.customers import actions as customers
from catalog.customers import erasing, linking, newcomers, passes
from catalog.customers.newcomers import Becoming
from catalog.ground import journal, worklist
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId
from catalog.ground.worklist import TASK, Work, WorkState
from catalog.items import newcomers as items
from catalog.orders import newcomers as orders
from media.sharing import newcomers as shares

APART = (
    "newcomer_apart"  # for staff: a newcomer with something running stays a customer of their own
)


class ApartMissing(Missing):
    """No newcomer waits to be decided about under that number."""


class CannotJoin(Refused):
    """One of the two is forgotten, or became somebody else."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came along: the numbers of what is running, and the yen of credit."""

    cases: tuple[str, ...] = ()
    consignments: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    credit: Yen = Yen(0)

    def __bool__(self) -> bool:
        return bool(self.cases or self.consignments or self.orders or self.credit)


NOTHING = Came()


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose chat it is now, and what came along. `is_new`: it was not theirs before."""

    customer: CustomerId
    came: Came
    is_new: bool = True


def settle(
    db: Session, nonce: str, channel: str, address: str, *, by: str, now: datetime
) -> Linked:
    """The nonce came back for this address: it is the customer's, and whoever wrote from it as a
    newcomer is that customer. Works once. Raises LinkMissing.
    """
    before = linking.owner(db, channel, address)
    customer = linking.settle(db, nonce, channel, address, by=by, now=now)
    return Linked(customer, _came(db, before, customer, by=by, now=now))


def link(
    db: Session, customer: CustomerId, channel: str, address: str, *, by: str, now: datetime
) -> Linked:
    """Staff know whose chat it is. The same again changes nothing. Raises CustomerMissing, also for
    one who was erased.
    """
    customer = newcomers.surviving(db, customer)
    newcomers.need_known(db, customer)
    before = linking.owner(db, channel, address)
    if before == customer:
        return Linked(customer, NOTHING, is_new=False)
    if before is not None:
        passes.end(db, channel, address, now=now)
        customers.unbind(db, channel, address, by=by, now=now)
    customers.bind(db, customer, channel, address, by=by, now=now)
    return Linked(customer, _came(db, before, customer, by=by, now=now))


@dataclass(frozen=True, slots=True)
class Apart:
    """A newcomer who stayed a customer of their own, and who their chat was linked to. Staff decide
    (`join`, `keep_apart`).
    """

    task: int
    newcomer: CustomerId
    customer: CustomerId
    since: datetime


def apart(db: Session, *, limit: int = 200) -> list[Apart]:
    """Whom nobody has decided about, the longest waiting first."""
    return [_read(row) for row in worklist.open_tasks_named(db, APART, limit=limit)]


def apart_of(db: Session, task: int) -> Apart:
    """That one. Raises ApartMissing."""
    row = db.get(Work, task, populate_existing=True)
    is_one = row is not None and row.kind == TASK and row.facts.get("task") == APART
    if row is None or not is_one or row.state != WorkState.DUE.value:
        raise ApartMissing("nobody waits to be decided about there")
    return _read(row)


def join(db: Session, task: int, *, by: str, now: datetime) -> Linked:
    """It is one person, who wants to stay one: their wish to be erased is noted as withdrawn, and
    what is running comes along. Raises ApartMissing, CannotJoin.
    """
    found = _decided(db, task, now=now)
    erasing.withdraw(db, found.newcomer, by=by, now=now)
    becoming = newcomers.become(db, found.newcomer, found.customer, by=by, now=now)
    if becoming is None:
        raise CannotJoin("one of them is forgotten, or somebody else by now")
    return Linked(becoming.customer, _along(db, becoming))


def keep_apart(db: Session, task: int, *, by: str, now: datetime) -> Apart:
    """They stay two customers; what is running of the newcomer is ended by hand. Raises
    ApartMissing.
    """
    found = _decided(db, task, now=now)
    facts = {"customer": found.customer}
    subject = f"customer:{found.newcomer}"
    journal.record(db, subject, "kept_apart", actor=by, at=now, facts=facts)
    return found


def _decided(db: Session, task: int, *, now: datetime) -> Apart:
    """Whoever decides first has decided."""
    found = apart_of(db, task)
    if not worklist.close_task(db, task, now=now):
        raise ApartMissing("somebody else decided")
    return found


def _read(row: Work) -> Apart:
    newcomer = CustomerId(row.subject.removeprefix("customer:"))
    return Apart(row.id or 0, newcomer, CustomerId(row.facts["customer"]), row.written_at)


def _came(
    db: Session, before: CustomerId | None, customer: CustomerId, *, by: str, now: datetime
) -> Came:
    if before is None or before == customer:
        return NOTHING
    becoming = newcomers.become(db, before, customer, by=by, now=now)
    if becoming is None:
        _apart(db, before, customer, now=now)
        return NOTHING
    return _along(db, becoming)


def _along(db: Session, becoming: Becoming) -> Came:
    """Every register moves what is its own."""
    came = Came(
        cases=tuple(buyback.move(db, becoming)),
        consignments=tuple(consignment.move(db, becoming)),
        orders=tuple(orders.move(db, becoming)),
        credit=credit.move(db, becoming),
    )
    items.move(db, becoming)
    shares.move(db, becoming)
    return came


def _apart(db: Session, before: CustomerId, customer: CustomerId, *, now: datetime) -> None:
    """A newcomer who asked to be erased stays apart: what is still running of them is looked at by
    a person.
    """
    if newcomers.is_newcomer(db, before):
        worklist.task(
            db, APART, f"customer:{before}", due_at=now, now=now, once=customer,
            facts={"customer": customer},
        )  # fmt: skip
