"""What staff do with an appointment, with all that hangs on it (予約の対応): the call that was to
be made goes with its time. Not here: who has it and where a video call is held (`attending`).
"""

from datetime import datetime

from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.duties.actors import Actor
from catalog.duties.rules import Place
from catalog.ground.calendar import ShopHours
from catalog.ground.errors import Malformed, Missing
from catalog.ground.record import ConversationId, CustomerId, StaffId
from conversations.threads.tables import Thread
from handoff.appointments import actions as appointments
from handoff.appointments import attending, queries
from handoff.appointments.actions import Wanted
from handoff.appointments.rules import Book
from handoff.appointments.tables import Appointment, Kind
from handoff.dialogue.visits import calls
from handoff.shifts import queries as shifts
from handoff.shifts import rules as shift_rules

_SPOKEN = "ja"


class NobodyToBookFor(Missing):
    """No such conversation, or a customer whom no chat leads to."""


class PhoneNeeded(Malformed):
    """A call needs a number: none was told, and none is on file."""


def talk_of(db: Session, customer_no: str) -> ConversationId:
    """The chat the customer of that number used last. Raises NobodyToBookFor."""
    customer = customers.by_number(db, customer_no)
    talks = customers.conversations(db, customer) if customer is not None else []
    found = [row for row in (db.get(Thread, each) for each in talks) if row is not None]
    if not found:
        raise NobodyToBookFor(customer_no)
    return ConversationId(max(found, key=lambda each: each.heard_at or each.opened_at).id)


def whose(db: Session, talk: ConversationId) -> tuple[CustomerId | None, str]:
    """Who writes there and in which language. Raises NobodyToBookFor."""
    thread = db.get(Thread, talk)
    if thread is None:
        raise NobodyToBookFor("no such conversation")
    channel, _, address = talk.partition(":")
    return customers.of_address(db, channel, address), thread.lang or _SPOKEN


def wish_of(db: Session, talk: ConversationId, *, now: datetime) -> shift_rules.Wish:
    """Whom it should be given to: the own adviser, who speaks the language. Raises as `whose`."""
    customer, lang = whose(db, talk)
    adviser = customers.adviser_of(db, customer) if customer is not None else None
    own = shift_rules.named(adviser, shifts.people(db, now=now))
    return shift_rules.Wish(lang=lang, own=own)


def wish_as_kept(row: Appointment) -> shift_rules.Wish:
    """The same for one that is moved: whoever has it."""
    return shift_rules.Wish(lang=row.lang, own=StaffId(row.staff) if row.staff else None)


def book_to_move(
    db: Session, row: Appointment, *, hours: ShopHours, begins: datetime, ends: datetime,
    now: datetime,
) -> Book:  # fmt: skip
    """What times it could be moved to are decided by."""
    return queries.book(
        db, Kind(row.kind), hours=hours, wish=wish_as_kept(row), now=now, begins=begins, ends=ends,
        store=row.store, replaces=row.id,
    )  # fmt: skip


def put_in(
    db: Session,
    talk: ConversationId,
    kind: Kind,
    starts_at: datetime,
    *,
    store: str | None,
    phone: str | None,
    hours: ShopHours,
    actor: Actor,
    now: datetime,
    key: str,
) -> Appointment:
    """Booked for whoever writes there, who is told. Raises NobodyToBookFor, PhoneNeeded, and as
    `appointments.put_in`.
    """
    customer, lang = whose(db, talk)
    if kind is Kind.CALL and not (phone or (customer and customers.phone_of(db, customer))):
        raise PhoneNeeded("no number to call")
    wanted = Wanted(
        kind=kind,
        starts_at=starts_at,
        conversation=talk,
        lang=lang,
        customer=customer,
        store=store,
        place=Place.COUNTERPARTY_HOME if kind is Kind.HOME else None,
        wish=wish_of(db, talk, now=now),
    )
    row = appointments.put_in(db, wanted, hours=hours, actor=actor, now=now, key=key)
    if kind is Kind.CALL:
        calls.note(db, row, phone, now=now)
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
) -> Appointment:
    """To another time; the customer is told. Raises as `appointments.move`."""
    row = appointments.move(
        db, appointment_id, starts_at, hours=hours, actor=actor, now=now, key=key
    )
    if row.kind == Kind.CALL:
        calls.note(db, row, None, now=now)
    return row


def cancel(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> Appointment:
    """It is off; the customer is told. Raises as `appointments.cancel`."""
    row = appointments.cancel(db, appointment_id, actor, now=now)
    calls.end(db, row.conversation, row.id, now=now)
    return row


def arrived(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> Appointment:
    """The customer is there, or was spoken with. Raises as `attending.arrived`."""
    attending.arrived(db, appointment_id, actor, now=now)
    row = queries.of_id(db, appointment_id)
    calls.end(db, row.conversation, row.id, now=now)
    return row


def no_show(db: Session, appointment_id: str, actor: Actor, *, now: datetime) -> Appointment:
    """The customer did not come, or was not to be reached; they are offered another time. Raises as
    `attending.no_show`.
    """
    attending.no_show(db, appointment_id, actor, now=now)
    row = queries.of_id(db, appointment_id)
    calls.end(db, row.conversation, row.id, now=now)
    return row
