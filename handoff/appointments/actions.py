"""Verbs on appointments (予約する・変更する・取り消す).

A time is taken quarter by quarter in one statement that takes all or nothing, so of any number of
people who want it one has it. A repeat changes nothing. Not here: what is said about it
(`dialogue`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from catalog.customers.tables import Customer
from catalog.duties.actors import SCHEDULER, Actor
from catalog.duties.rules import Place, may_receive_at
from catalog.ground import policy, worklist
from catalog.ground.calendar import ShopHours, tokyo_day
from catalog.ground.errors import Refused
from catalog.ground.policy import NoticeTerms
from catalog.ground.record import ConversationId, CustomerId, StaffId, new_id, to_millis
from catalog.ground.session.database import insert_once, ring
from handoff.appointments import quarters, queries, rules
from handoff.appointments.rules import Taker
from handoff.appointments.steps import (
    TOPIC,
    NotSo,
    TimeTaken,
    What,
    become,
    call,
    change,
    locked,
    need_link,
    need_somebody,
    no_link_needed,
    nothing_needed,
    record,
    subject,
    take_back,
    tell,
)
from handoff.appointments.tables import Appointment, AppointmentState, Kind, Quarter
from handoff.shifts.rules import Wish

REMIND = "appointment.remind"
_TRIES = 20  # lost races in a row until the time counts as taken
_State = AppointmentState


class PlaceNeeded(Refused):
    """A visit needs one of the places where goods may be received (古物営業法14条)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a customer wants. `wish`: whom it should be given to; `place` of a visit at home."""

    kind: Kind
    starts_at: datetime
    conversation: ConversationId
    lang: str
    customer: CustomerId | None = None
    store: str | None = None
    about_unit: str | None = None
    place: Place | None = None
    place_filed_on: date | None = None
    replaces: str | None = None
    wish: Wish = field(default_factory=Wish)


def hold(
    db: Session,
    wanted: Wanted,
    *,
    hours: ShopHours,
    actor: Actor,
    now: datetime,
    key: str,
) -> Appointment:
    """Keep a time while the customer says yes; what the conversation held before is let go. The
    same key again finds the first. `hours`: of the shop, or of the store.

    Raises TimeTaken, PlaceNeeded.
    """
    known = db.exec(select(Appointment).where(Appointment.key == key)).first()
    if known is not None:
        return known
    _check_place(wanted)
    _let_go(db, wanted.conversation, now=now)
    terms = queries.terms(db)
    when = rules.times(terms, wanted.kind, wanted.starts_at)
    until = now + timedelta(minutes=terms.hold_minutes)
    appointment_id = new_id(now)
    for _ in range(_TRIES):
        taker = _taker(db, wanted, hours=hours, now=now)
        before = quarters.of(db, wanted.replaces)
        needed = [each for each in when.of(taker.seats) if each not in before]
        if quarters.take(db, needed, appointment_id, until, now):
            break
    else:
        raise TimeTaken(wanted.starts_at)
    values = {
        "id": appointment_id,
        "key": key,
        "kind": wanted.kind.value,
        "state": _State.HELD.value,
        "conversation": wanted.conversation,
        "customer": wanted.customer,
        "lang": wanted.lang,
        "store": wanted.store,
        "about_unit": wanted.about_unit,
        "staff": taker.staff,
        "seats": list(taker.seats),
        "place": wanted.place.value if wanted.place is not None else None,
        "place_filed_on": wanted.place_filed_on,
        "starts_at": when.starts_at,
        "ends_at": when.ends_at,
        "held_until": until,
        "replaces": wanted.replaces,
        "asked_at": now,
    }
    if not insert_once(db, Appointment, values):  # the same command came twice at once
        quarters.free(db, appointment_id)
        return db.exec(select(Appointment).where(Appointment.key == key)).one()
    record(db, appointment_id, "held", actor, now=now, facts=_told(values))
    return queries.of_id(db, appointment_id)


def _check_place(wanted: Wanted) -> None:
    if wanted.kind is not Kind.HOME:
        return
    on = tokyo_day(wanted.starts_at)
    if wanted.place is None or not may_receive_at(
        wanted.place, on=on, filed_on=wanted.place_filed_on
    ):
        raise PlaceNeeded("a visit at home needs a place where goods may be received")


def _taker(db: Session, wanted: Wanted, *, hours: ShopHours, now: datetime) -> Taker:
    book = queries.book(
        db, wanted.kind, hours=hours, wish=wanted.wish, now=now, begins=wanted.starts_at,
        ends=wanted.starts_at, store=wanted.store, replaces=wanted.replaces,
    )  # fmt: skip
    taker = rules.taker_of(book, wanted.starts_at)
    if taker is None:
        raise TimeTaken(wanted.starts_at)
    return taker


def _let_go(db: Session, conversation: ConversationId, *, now: datetime) -> None:
    held = db.exec(
        select(Appointment.id).where(
            Appointment.conversation == conversation,
            Appointment.state == _State.HELD.value,
        )
    ).all()
    for each in held:
        if become(db, each, _State.LAPSED, ended_at=now):
            quarters.free(db, each)


def book(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> Appointment:
    """The customer said yes: it is theirs, and the one it replaces is free. A time whose hold is
    over is taken anew when nobody else has it. Raises AppointmentMissing, TimeTaken, NotSo.
    """
    row = locked(db, appointment_id)
    if row.state == _State.BOOKED.value:
        return row
    if row.state not in {_State.HELD.value, _State.LAPSED.value} or row.starts_at <= now:
        raise NotSo(row.state)
    before = _give_up(db, row, actor, now=now)
    when = rules.times(queries.terms(db), Kind(row.kind), row.starts_at, row.ends_at)
    if not quarters.take(db, when.of(row.seats), row.id, None, now):
        raise TimeTaken(row.starts_at)
    change(db, row, state=_State.BOOKED.value, booked_at=now, held_until=None, ended_at=None)
    record(db, row.id, "booked", actor, now=now, facts={"starts_at": to_millis(row.starts_at)})
    _watch(db, row, now=now)
    call(db, row, What.BOOKED if before is None else What.MOVED, row.staff, actor, now=now)
    if before is not None and before.staff is not None and before.staff != row.staff:
        call(db, before, What.PASSED_ON, before.staff, actor, now=now)
    ring(db, TOPIC)
    return row


def _give_up(db: Session, row: Appointment, actor: Actor, *, now: datetime) -> Appointment | None:
    """The one it replaces is free; None where it replaces none that still stood."""
    if row.replaces is None or not become(db, row.replaces, _State.MOVED, ended_at=now):
        return None
    quarters.free(db, row.replaces)
    take_back(db, row.replaces, now=now)
    record(db, row.replaces, "moved", actor, now=now, facts={"to": row.id})
    before = queries.of_id(db, row.replaces)
    nothing_needed(db, before, now=now)
    return before


def _watch(db: Session, row: Appointment, *, now: datetime) -> None:
    """What is due from here on: reminders, and somebody to have it."""
    quiet = policy.current(db).of(NoticeTerms).quiet
    due = rules.reminders(queries.terms(db), row.starts_at, booked_at=now, quiet=quiet)
    for n, at in enumerate(due):
        facts = {"appointment": row.id, "is_last": n == len(due) - 1}
        key = f"{row.id}:{to_millis(at)}"
        worklist.add(db, REMIND, subject(row.id), key, due_at=at, now=now, facts=facts)
    if row.staff is None:
        need_somebody(db, row, now=now, once=row.id)
    need_link(db, row, now=now)


def put_in(
    db: Session, wanted: Wanted, *, hours: ShopHours, actor: Actor, now: datetime, key: str
) -> Appointment:
    """Staff book for a customer, who is told; the same key again changes nothing. Raises as `hold`,
    and NotSo where it was called off since.
    """
    held = hold(db, wanted, hours=hours, actor=actor, now=now, key=key)
    was_booked = held.state == _State.BOOKED.value
    row = book(db, held.id, actor, now=now)
    if not was_booked:
        tell(db, row, "appointment_booked", now=now)
    return row


def move(
    db: Session,
    appointment_id: str,
    starts_at: datetime,
    *,
    hours: ShopHours,
    actor: Actor,
    now: datetime,
    key: str,
    wish: Wish | None = None,
) -> Appointment:
    """The same at another time, as an appointment of its own; the same key again changes nothing.
    Raises AppointmentMissing, TimeTaken, NotSo.
    """
    before = locked(db, appointment_id)
    known = db.exec(select(Appointment).where(Appointment.key == key)).first()
    if known is None and before.state != _State.BOOKED.value:
        raise NotSo(before.state)
    kept = Wish(lang=before.lang, own=StaffId(before.staff) if before.staff else None)
    wanted = Wanted(
        kind=Kind(before.kind),
        starts_at=starts_at,
        conversation=ConversationId(before.conversation),
        lang=before.lang,
        customer=CustomerId(before.customer) if before.customer else None,
        store=before.store,
        about_unit=before.about_unit,
        place=Place(before.place) if before.place else None,
        place_filed_on=before.place_filed_on,
        replaces=before.id,
        wish=wish or kept,
    )
    held = hold(db, wanted, hours=hours, actor=actor, now=now, key=key)
    was_booked = held.state == _State.BOOKED.value
    row = book(db, held.id, actor, now=now)
    if was_booked:
        return row
    if before.link is not None and row.link is None and row.staff == before.staff:
        change(db, row, link=before.link)
        no_link_needed(db, row, now=now)
    if actor.is_staff:
        tell(db, row, "appointment_moved", now=now)
    return row


def cancel(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> Appointment:
    """It is off, and its time is free; again changes nothing. Raises AppointmentMissing, NotSo."""
    row = locked(db, appointment_id)
    if row.state == _State.CANCELLED.value:
        return row
    was_booked = row.state == _State.BOOKED.value
    if not become(db, row.id, _State.CANCELLED, ended_at=now):
        raise NotSo(row.state)
    quarters.free(db, row.id)
    db.refresh(row)
    take_back(db, row.id, now=now)
    record(db, row.id, "cancelled", actor, now=now, facts={})
    nothing_needed(db, row, now=now)
    if was_booked:
        call(db, row, What.CANCELLED, row.staff, actor, now=now)
    if was_booked and actor.is_staff:
        tell(db, row, "appointment_cancelled", now=now)
    ring(db, TOPIC)
    return row


def lapse(db: Session, at: datetime) -> None:
    """Slot `appointment-holds`: what nobody confirmed in time is free, also on paper; whom the
    register has forgotten nobody waits for (R-137).
    """
    over = db.exec(
        select(Appointment.id).where(
            Appointment.state == _State.HELD.value, col(Appointment.held_until) <= at
        )
    ).all()
    for each in over:
        if become(db, each, _State.LAPSED, ended_at=at):
            quarters.free(db, each)
    db.connection().execute(delete(Quarter).where(col(Quarter.until) <= at))
    forgotten = db.exec(
        select(Appointment.id).where(
            Appointment.state == _State.BOOKED.value,
            col(Appointment.starts_at) > at,
            Appointment.customer == Customer.id,
            col(Customer.erased_at).is_not(None),
        )
    ).all()
    for each in forgotten:
        cancel(db, each, SCHEDULER, now=at)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    told = ("kind", "conversation", "staff", "replaces", "place")
    facts = {name: values[name] for name in told if values[name] is not None}
    return {**facts, "starts_at": to_millis(values["starts_at"])}
