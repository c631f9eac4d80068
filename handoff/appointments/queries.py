"""Reads on appointments (予約の一覧・空き)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from catalog.customers.newcomers import whole
from catalog.duties.actors import Role
from catalog.ground import policy
from catalog.ground.calendar import ShopHours, at_tokyo
from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId, CustomerId, StaffId
from handoff.appointments.rules import LIVE, AppointmentTerms, Book
from handoff.appointments.tables import Appointment, AppointmentState, Kind, Quarter
from handoff.shifts import queries as shifts
from handoff.shifts.rules import Person, Wish

_IN_PERSON = frozenset({Kind.STORE, Kind.HOME})
_AROUND = timedelta(hours=12)  # more than anything lasts with the time around it


class AppointmentMissing(Missing):
    """No such appointment, or another's."""


def terms(db: Session) -> AppointmentTerms:
    """How appointments are cut, as the shop has settled it."""
    return policy.current(db).of(AppointmentTerms)


def of_id(db: Session, appointment_id: str) -> Appointment:
    """That appointment as it stands. Raises AppointmentMissing."""
    found = db.get(Appointment, appointment_id, populate_existing=True)
    if found is None:
        raise AppointmentMissing(appointment_id)
    return found


def book(
    db: Session,
    kind: Kind,
    *,
    hours: ShopHours,
    wish: Wish,
    now: datetime,
    begins: datetime,
    ends: datetime,
    store: str | None = None,
    replaces: str | None = None,
) -> Book:
    """What times between those two moments are decided by. `hours`: of the shop, or of the store.
    What the appointment that would be replaced takes is free.
    """
    settled, keeps = terms(db), shifts.keeps_shifts(db)
    taken: dict[str, set[datetime]] = {}
    rows = db.exec(
        select(Quarter.seat, Quarter.at).where(
            col(Quarter.at) >= begins - _AROUND,
            col(Quarter.at) <= ends + _AROUND,
            or_(col(Quarter.until).is_(None), col(Quarter.until) > now),
            col(Quarter.appointment) != (replaces or ""),
        )
    )
    for seat, at in rows:
        taken.setdefault(seat, set()).add(at)
    return Book(
        terms=settled,
        kind=kind,
        shop=hours,
        people=who_could(shifts.people(db, now=now), kind) if keeps else (),
        keeps_shifts=keeps,
        seats=[f"seat:{store or ''}:{n}" for n in range(1, settled.seats + 1)],
        taken=taken,
        wish=wish,
        now=now,
        store=store if kind is Kind.STORE else None,
    )


def who_could(people: Sequence[Person], kind: Kind) -> Sequence[Person]:
    """In person nobody who works from elsewhere; at somebody's home who carries the card of the
    trade, once the shop has entered whose it is.
    """
    if kind not in _IN_PERSON:
        return people
    here = [each for each in people if each.role is not Role.REMOTE]
    licensed = [each for each in here if each.has_licence]
    return licensed if kind is Kind.HOME and licensed else here


def standing(
    db: Session, conversation: ConversationId, customer: CustomerId | None, *, now: datetime
) -> list[Appointment]:
    """What is booked and not over, of this conversation and of every other one of the customer
    (R-118), the earliest first.
    """
    theirs = col(Appointment.conversation) == conversation
    if customer is not None:
        theirs = or_(theirs, col(Appointment.customer).in_(whole(db, customer)))
    return list(
        db.exec(
            select(Appointment)
            .where(
                theirs,
                Appointment.state == AppointmentState.BOOKED.value,
                col(Appointment.ends_at) > now,
            )
            .order_by(col(Appointment.starts_at), col(Appointment.id))
            .execution_options(populate_existing=True)
        )
    )


def on_day(
    db: Session, day: date, *, staff: str | None = None, store: str | None = None
) -> list[Appointment]:
    """The shop's appointments of a Tokyo day, or those of one person or store, the earliest first;
    what was called off is left out.
    """
    kept = [
        AppointmentState.BOOKED.value,
        AppointmentState.ARRIVED.value,
        AppointmentState.NO_SHOW.value,
    ]
    found = select(Appointment).where(
        col(Appointment.state).in_(kept),
        col(Appointment.starts_at) >= at_tokyo(day),
        col(Appointment.starts_at) < at_tokyo(day + timedelta(days=1)),
    )
    if staff is not None:
        found = found.where(Appointment.staff == staff)
    if store is not None:
        found = found.where(Appointment.store == store)
    return list(db.exec(found.order_by(col(Appointment.starts_at), col(Appointment.id))))


def count_on(db: Session, day: date) -> int:
    """How many of the shop's appointments of a Tokyo day are still to come about."""
    found = select(func.count(col(Appointment.id))).where(
        Appointment.state == AppointmentState.BOOKED.value,
        col(Appointment.starts_at) >= at_tokyo(day),
        col(Appointment.starts_at) < at_tokyo(day + timedelta(days=1)),
    )
    return db.exec(found).one()


def ahead_of(db: Session, staff: StaffId, *, now: datetime) -> list[Appointment]:
    """What somebody of the shop has ahead, held or booked, the earliest first."""
    found = (
        select(Appointment)
        .where(
            Appointment.staff == staff,
            col(Appointment.state).in_([each.value for each in LIVE]),
            col(Appointment.starts_at) > now,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
        .execution_options(populate_existing=True)
    )
    return list(db.exec(found))


def of_conversations(db: Session, conversations: Sequence[str]) -> list[Appointment]:
    """Every appointment ever asked for there, the oldest first."""
    return list(
        db.exec(
            select(Appointment)
            .where(
                col(Appointment.conversation).in_(conversations),
                Appointment.state != AppointmentState.LAPSED.value,
            )
            .order_by(col(Appointment.id))
        )
    )
