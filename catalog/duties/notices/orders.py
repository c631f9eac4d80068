"""Custody the police order, and what victims claim back (差止め・盗品の回復)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, select

from catalog.duties.actors import Actor
from catalog.duties.identity.actions import StaffNeeded
from catalog.duties.ledger.actions import LedgerEntry, enter
from catalog.duties.notices.holding import IN_HAND, freeze, grounds, let_go
from catalog.duties.notices.tables import PoliceOrder, RecoveryClaim
from catalog.duties.rules import LONGEST_POLICE_HOLD, DatesContradict, ItemKind, recovery_within
from catalog.duties.tables import LedgerKind
from catalog.ground import journal, worklist
from catalog.ground.calendar import at_tokyo, tokyo_day
from catalog.ground.errors import Malformed, Missing, Refused, Stale
from catalog.ground.journal import Command
from catalog.ground.record import UnitId, new_id
from catalog.items.actions import locked, move
from catalog.items.kinds import Custody, UnitState
from catalog.items.tables import Style

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


class Outcome(StrEnum):
    """What came of a claim."""

    REJECTED = "rejected"  # it did not hold
    TO_VICTIM = "to_victim"
    TO_POLICE = "to_police"


_HANDS = {Outcome.TO_VICTIM: Custody.VICTIM, Outcome.TO_POLICE: Custody.POLICE}
_CLAIMED = "recovery_claimed"


class ClaimMissing(Missing):
    """There is no such claim."""


class ClaimEnded(Stale):
    """Somebody said before what came of it, otherwise. `outcome`."""

    def __init__(self, outcome: str) -> None:
        super().__init__(f"ended before: {outcome}")
        self.outcome = outcome


class OrderRuns(Refused):
    """The police ordered the piece to be kept here; no victim is given it before that ends."""


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
    """Note a claim; within one year the piece goes back free of charge, later not (KOB-6). In hand
    it is frozen until a person says what came of it.

    Raises StaffNeeded, DatesContradict, UnitMissing.
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
    result = {"claim": row.id}
    if UnitState(locked(db, claim.unit_id).state) in IN_HAND:
        command = Command(key, request, result)
        freeze(
            db, claim.unit_id, verb=_CLAIMED, by=actor.name, now=now, facts=facts, command=command
        )
        return row
    journal.record(
        db,
        subject,
        _CLAIMED,
        actor=actor.name,
        at=now,
        facts=facts,
        key=key,
        request=request,
        result=result,
    )
    return row


def end_claim(db: Session, claim_id: str, outcome: Outcome, *, actor: Actor, now: datetime) -> bool:
    """What came of a claim: it did not hold, and the piece comes free when nothing else is left
    (True then); or the piece was handed over, with its row in the ledger (KOB-2, KOB-6). The same
    again changes nothing.

    Raises StaffNeeded, ClaimMissing, ClaimEnded, OrderRuns, MoveRefused.
    """
    if not actor.is_staff:
        raise StaffNeeded(actor)
    row = db.exec(
        select(RecoveryClaim)
        .where(RecoveryClaim.id == claim_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise ClaimMissing(claim_id)
    if row.outcome == outcome.value:
        return False
    if row.outcome is not None:
        raise ClaimEnded(row.outcome)
    unit_id = UnitId(row.unit_id)
    left = grounds(db, unit_id, today=tokyo_day(now))
    if outcome is Outcome.TO_VICTIM and any(each.startswith("order:") for each in left):
        raise OrderRuns(claim_id)
    row.outcome, row.ended_by, row.ended_at = outcome.value, actor.name, now
    db.flush()
    worklist.close_tasks(db, f"unit:{unit_id}", CLAIM, now=now, claim=claim_id)
    facts = {"claim": claim_id, "outcome": outcome.value}
    if outcome is Outcome.REJECTED:
        return let_go(db, unit_id, verb="claim_rejected", by=actor.name, now=now, facts=facts)
    if locked(db, unit_id).state != UnitState.POLICE_HOLD.value:
        freeze(db, unit_id, verb="held_for_claim", by=actor.name, now=now, facts=facts)
    unit = move(
        db, unit_id, UnitState.SURRENDERED, by=actor.name, now=now, verb="surrendered",
        custody=_HANDS[outcome].value, facts=facts, state_before=None,
    )  # fmt: skip
    kind = ItemKind(db.get_one(Style, unit.style_id).category)
    entry = LedgerEntry(unit_id, LedgerKind.RETURNED, kind, f"claim:{claim_id}")
    enter(db, entry, by=actor.name, now=now)
    return False
