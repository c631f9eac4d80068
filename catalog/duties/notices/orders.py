"""Custody the police order, and what victims claim back (差止め・盗品の回復)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from catalog.duties.actors import Actor
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.notices.holding import freeze, let_go
from catalog.duties.notices.tables import PoliceOrder, RecoveryClaim
from catalog.duties.rules import LONGEST_POLICE_HOLD, DatesContradict, recovery_within
from catalog.ground import journal, worklist
from catalog.ground.calendar import at_tokyo
from catalog.ground.errors import Malformed, Missing, Refused
from catalog.ground.journal import Command
from catalog.ground.record import UnitId, new_id

ORDER_ENDS = "police_order_ends"
CLAIM = "recovery_claim"


class OrderTooLong(Malformed):
    """The law lets the police order at most 30 days. `days`."""

    def __init__(self, days: int) -> None:
        super().__init__(f"{days} days are more than {LONGEST_POLICE_HOLD.days}")
        self.days = days


class OrderMissing(Missing):
    """There is no such order."""


class OrderKnown(Refused):
    """This order of that authority is on record for the piece already. `number`."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is known")
        self.number = number


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order of custody, both days counted."""

    unit_id: UnitId
    authority: str
    number: str
    from_on: date
    through: date


def check_order(order: NewOrder) -> None:
    """Raises DatesContradict, OrderTooLong (KOB-5)."""
    days = (order.through - order.from_on).days + 1
    if days < 1:
        raise DatesContradict("an order that ends before it begins")
    if timedelta(days=days) > LONGEST_POLICE_HOLD:
        raise OrderTooLong(days)


def take_order(db: Session, order: NewOrder, *, by: str, now: datetime, key: str) -> str:
    """Freeze a unit until the order's last day is over; staff are asked the morning after
    (KOB-5).

    Raises DatesContradict, OrderTooLong, OrderKnown, UnitMissing, MoveRefused.
    """
    request = {
        "unit": order.unit_id,
        "authority": order.authority,
        "number": order.number,
        "days": [order.from_on.isoformat(), order.through.isoformat()],
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return str(stored["order"])
    check_order(order)
    known = select(PoliceOrder.id).where(
        PoliceOrder.authority == order.authority,
        PoliceOrder.number == order.number,
        PoliceOrder.unit_id == order.unit_id,
    )
    if db.exec(known).first() is not None:
        raise OrderKnown(order.number)
    row = PoliceOrder(
        id=new_id(now),
        unit_id=order.unit_id,
        authority=order.authority,
        number=order.number,
        from_on=order.from_on,
        through=order.through,
        noted_by=by,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    facts = {"order": row.id}
    freeze(
        db,
        order.unit_id,
        verb="police_ordered",
        by=by,
        now=now,
        facts=facts,
        command=Command(key, request, facts),
    )
    subject = f"unit:{order.unit_id}"
    due_at = at_tokyo(order.through + timedelta(days=1), 9)
    worklist.task(db, ORDER_ENDS, subject, due_at=due_at, now=now, once=row.id, facts=facts)
    return row.id


def lift_order(db: Session, order_id: str, *, actor: Actor, now: datetime) -> bool:
    """The order is over or withdrawn. True when the unit came free (KOB-5).

    Raises StaffNeeded, OrderMissing.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = db.exec(
        select(PoliceOrder)
        .where(PoliceOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise OrderMissing(order_id)
    if row.lifted_at is not None:
        return False
    row.lifted_at = now
    db.flush()
    worklist.close_tasks(db, f"unit:{row.unit_id}", ORDER_ENDS, now=now, order=order_id)
    facts = {"order": order_id}
    unit_id = UnitId(row.unit_id)
    return let_go(db, unit_id, verb="police_order_lifted", by=actor.name, now=now, facts=facts)


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A victim's claim. `report_no`: of the report of theft or loss."""

    unit_id: UnitId
    stolen_on: date
    claimed_on: date
    report_no: str


def take_claim(
    db: Session, claim: NewClaim, *, actor: Actor, now: datetime, key: str
) -> RecoveryClaim:
    """Note a claim; within one year the piece goes back free of charge, later not (KOB-6). A person
    decides what is done.

    Raises StaffNeeded, DatesContradict.
    """
    request = {
        "unit": claim.unit_id,
        "stolen_on": claim.stolen_on.isoformat(),
        "claimed_on": claim.claimed_on.isoformat(),
        "report_no": claim.report_no,
    }
    stored = journal.stored_result(db, key, request)
    if stored is not None:
        return db.get_one(RecoveryClaim, stored["claim"])
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = RecoveryClaim(
        id=new_id(now),
        unit_id=claim.unit_id,
        stolen_on=claim.stolen_on,
        claimed_on=claim.claimed_on,
        is_free_of_charge=recovery_within(stolen_on=claim.stolen_on, claimed_on=claim.claimed_on),
        report_no=claim.report_no,
        noted_by=actor.name,
        noted_at=now,
    )
    db.add(row)
    db.flush()
    subject = f"unit:{claim.unit_id}"
    facts = {"claim": row.id, "is_free_of_charge": row.is_free_of_charge}
    worklist.task(db, CLAIM, subject, due_at=now, now=now, once=row.id, facts=facts)
    journal.record(
        db,
        subject,
        "recovery_claimed",
        actor=actor.name,
        at=now,
        facts=facts,
        key=key,
        request=request,
        result={"claim": row.id},
    )
    return row
