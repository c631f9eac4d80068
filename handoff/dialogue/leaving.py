"""Somebody leaves, or is away for long, and what they look after is handed over (担当者の引き継ぎ,
R-119): customers, the conversations that are open, appointments ahead, next steps. Each customer is
told once, in the hours people may be written to.

証: これまで担当しておりました田中に代わり、鈴木がお客様を担当いたします。
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.customers import queries as customers_of
from catalog.duties.actors import Actor, Role
from catalog.ground import journal, worklist
from catalog.ground.errors import Refused
from catalog.ground.record import CustomerId, StaffId, TicketId, to_millis
from conversations.ports import Channel
from handoff.appointments import attending
from handoff.appointments import queries as appointments
from handoff.appointments.tables import Appointment
from handoff.clientbook import advising, next_steps
from handoff.clientbook.next_steps import Step
from handoff.desk import actions as desk
from handoff.desk import queries as tickets
from handoff.desk import routing
from handoff.desk.moves import HELD
from handoff.desk.queries import Alarm
from handoff.desk.tables import Ticket, TicketState
from handoff.dialogue import handing_back
from handoff.shifts import actions as shifts
from handoff.shifts import queries as shifts_of
from handoff.shifts import rules
from handoff.shifts.actions import PersonMissing
from handoff.shifts.rules import Person
from handoff.staff import actions as people
from handoff.staff.permissions import ALLOWED, Act, need

Heir = Callable[[CustomerId], StaffId]


class NobodyTakesOver(Refused):
    """Nobody else of the shop talks with customers, so nobody can take it over."""


class StillHolds(Refused):
    """They look after something, and would not talk with customers any more."""


class Part(StrEnum):
    """What can be handed over."""

    TALKS = "talks"  # 対応中の会話
    APPOINTMENTS = "appointments"  # これからのご予約
    STEPS = "steps"  # 次の一手
    CUSTOMERS = "customers"  # 担当のお客様


ALL = frozenset(Part)


@dataclass(frozen=True, slots=True)
class Desk:
    """What handing over needs of the house. `promised_at`: what those are told who wait anew."""

    channels: Mapping[str, Channel]
    promised_at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """What somebody looks after now."""

    tickets: Sequence[Ticket]
    customers: Sequence[CustomerId]
    appointments: Sequence[Appointment]
    steps: Sequence[Step]

    def __bool__(self) -> bool:
        return bool(self.tickets or self.customers or self.appointments or self.steps)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How much went over. `left`: appointments whose time the other one has not free, or that are
    given to nobody yet; they wait for somebody.
    """

    customers: int = 0
    tickets: int = 0
    appointments: int = 0
    left: int = 0
    steps: int = 0


def held_by(db: Session, staff: StaffId, *, now: datetime) -> Holding:
    """What somebody looks after."""
    return Holding(
        tickets.of_person(db, staff),
        advising.advised_by(db, staff, now=now),
        appointments.ahead_of(db, staff, now=now),
        next_steps.due(db, by=date.max, staff=staff, limit=None),
    )


def hand_over(
    db: Session,
    of: StaffId,
    to: StaffId | None,
    actor: Actor,
    house: Desk,
    *,
    now: datetime,
    parts: frozenset[Part] = ALL,
) -> HandedOver:
    """These parts of what somebody looks after go to somebody else; again finds nothing left.

    `to` None: conversations wait in the queue with a new promise and somebody else is asked,
    appointments wait for somebody, each customer goes to who speaks their language and has the
    fewest. Raises NotAllowed, PersonMissing, NobodyTakesOver.
    """
    need(actor, Act.DIRECT)
    others = [each for each in shifts_of.people(db, now=now) if each.id != of]
    if to is not None and to not in {each.id for each in others}:
        raise PersonMissing(to)
    held = held_by(db, of, now=now)
    if held and not others:
        raise NobodyTakesOver("nobody else talks with customers here")
    heir = _heir(db, others, to, now=now)
    told: dict[str, StaffId] = {}
    if Part.CUSTOMERS in parts:  # first, so that their conversations ask for who is theirs now
        told |= _customers(db, held.customers, heir, actor, now=now)
    if Part.TALKS in parts:
        for ticket in held.tickets:
            _pass_on(db, ticket, of, to, actor, house, now=now)
    given: list[Appointment] = []
    left: list[Appointment] = []
    if Part.APPOINTMENTS in parts:
        given, left = attending.hand_over(db, of, to, actor, now=now)
        told |= {_whom(row): to for row in given if to is not None}
    steps = _steps(db, held.steps, heir, actor, now=now) if Part.STEPS in parts else 0
    _tell(db, of, told, now=now)
    done = HandedOver(
        customers=len(held.customers) if Part.CUSTOMERS in parts else 0,
        tickets=len(held.tickets) if Part.TALKS in parts else 0,
        appointments=len(given),
        left=len(left),
        steps=steps,
    )
    if done != HandedOver():
        facts = {
            "to": to, "customers": done.customers, "tickets": done.tickets, "steps": done.steps,
            "appointments": done.appointments, "left": done.left,
        }  # fmt: skip
        journal.record(db, f"staff:{of}", "handed_over", actor=actor.name, at=now, facts=facts)
    return done


def leave(
    db: Session, who: StaffId, to: StaffId | None, actor: Actor, house: Desk, *, now: datetime
) -> HandedOver:
    """They work here no more, and nothing stays with them: one unit of work. Raises as `hand_over`
    and `staff.actions.leave`.
    """
    need(actor, Act.STAFF)
    people.keep(db, who)
    handed = hand_over(db, who, to, actor, house, now=now)
    shifts.replace_deputy(db, who, to)
    shifts.close_window(db, who, now=now)
    people.leave(db, who, actor, now=now)
    return handed


def change_role(db: Session, who: StaffId, role: str, actor: Actor, *, now: datetime) -> None:
    """Give somebody another role; who is to talk with customers no more has handed over first.
    Raises StillHolds, and as `staff.actions.change_role`.
    """
    held = held_by(db, who, now=now)
    people.change_role(db, who, role, actor, now=now)
    if held and Act.TALK not in ALLOWED[Role(people.of_id(db, who).role)]:
        raise StillHolds("hand over first")


def _heir(db: Session, others: Sequence[Person], to: StaffId | None, *, now: datetime) -> Heir:
    """Who has each customer from now on: their own adviser where somebody else is that."""
    clients = advising.counts(db, now=now)
    chosen: dict[CustomerId, StaffId] = {}

    def heir(customer: CustomerId) -> StaffId:
        if to is not None:
            return to
        own = rules.named(customers_of.adviser_of(db, customer), others)
        if own is not None:
            return own
        if customer not in chosen:
            lang = customers_of.language(db, customer) or "ja"
            found = rules.successor(others, lang, clients)
            if found is None:
                raise NobodyTakesOver("nobody else talks with customers here")
            clients[found.id] = clients.get(found.id, 0) + 1
            chosen[customer] = found.id
        return chosen[customer]

    return heir


def _pass_on(
    db: Session, ticket: Ticket, of: StaffId, to: StaffId | None, actor: Actor, house: Desk, *,
    now: datetime,
) -> None:  # fmt: skip
    """One they have, or were asked to take."""
    if TicketState(ticket.state) not in HELD:
        routing.ask_first(db, ticket, Alarm.CALLED, now=now, but=of)
    elif to is not None:
        desk.assign(db, TicketId(ticket.id), to, actor, now=now)
    else:
        handing_back.take_back(
            db, TicketId(ticket.id), actor, house.channels, promised_at=house.promised_at, now=now
        )


def _customers(
    db: Session, theirs: Sequence[CustomerId], heir: Heir, actor: Actor, *, now: datetime
) -> dict[str, StaffId]:
    """Each is entrusted to whoever comes after; who is told of whom."""
    names = shifts_of.names(db)
    told = {}
    for customer in theirs:
        after = heir(customer)
        customers.entrust(db, customer, names[after], by=actor.name, now=now)
        told[f"customer:{customer}"] = after
    return told


def _steps(db: Session, steps: Sequence[Step], heir: Heir, actor: Actor, *, now: datetime) -> int:
    for step in steps:
        next_steps.move(db, step.id, actor, due_on=step.due_on, staff=heir(step.customer), now=now)
    return len(steps)


def _whom(row: Appointment) -> str:
    return f"customer:{row.customer}" if row.customer else f"conversation:{row.conversation}"


def _tell(db: Session, of: StaffId, told: Mapping[str, StaffId], *, now: datetime) -> None:
    names = shifts_of.names(db)
    for who in sorted(told):
        worklist.notice(
            db, who, "adviser_changed", to=who, version=to_millis(now), now=now,
            facts={"before": names[of], "after": names[told[who]]},
        )  # fmt: skip
