"""Who is asked first, and who is told when nobody comes (振り分け・呼び出し, R-141, R-156, R-157).

The choice is `shifts.rules`; here it is made for a ticket, written down with its rule, and turned
into a due row (`desk.alert`) in the same unit. The rows carry ids only; whoever brings them to
people (Slack, a browser's push) claims them.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from catalog.customers import queries as customers
from catalog.ground import journal, worklist
from catalog.ground.record import ConversationId, CustomerId, StaffId, TicketId, to_millis
from catalog.items import queries as items
from catalog.items.rules import STAFF
from catalog.orders import queries as orders
from handoff.desk import queries
from handoff.desk.moves import DeskTerms, Level
from handoff.desk.queries import ALERT, Alarm
from handoff.desk.tables import Ticket, TicketReason
from handoff.shifts import actions as shifts
from handoff.shifts import queries as shifts_of
from handoff.shifts import rules
from handoff.shifts.rules import Choice, Person, Why, Wish

_THEIRS = frozenset({Why.OWN.value, Why.NAMED.value})


def customer_of(db: Session, conversation: ConversationId) -> CustomerId | None:
    """Whose conversation it is, once the membership is linked."""
    channel, _, address = conversation.partition(":")
    return customers.of_address(db, channel, address)


def priority(db: Session, terms: DeskTerms, customer: CustomerId | None) -> int:
    """1 for who is served first: a customer with an adviser, or one who has bought for so much
    (R-131).
    """
    if customer is None:
        return 0
    if customers.adviser_of(db, customer) is not None:
        return 1
    is_top = terms.top_client_from and orders.spent(db, customer) >= terms.top_client_from
    return 1 if is_top else 0


def people(db: Session, *, now: datetime) -> list[Person]:
    """Who talks with customers, with what they have to do."""
    loads = queries.loads(db, now=now)
    return [
        replace(each, load=load, idle_since=since)
        for each in shifts_of.people(db, now=now)
        for load, since in [loads.get(each.id, (0, None))]
    ]


def wish_of(db: Session, ticket: Ticket, staff: list[Person], named: StaffId | None) -> Wish:
    """What the ticket needs of a person."""
    customer = customer_of(db, ConversationId(ticket.conversation))
    adviser = customers.adviser_of(db, customer) if customer is not None else None
    brand, category = ticket.about_brand, ticket.about_category
    if ticket.about_unit is not None:
        found = items.by_codes(db, [ticket.about_unit], viewer=STAFF)
        if found:
            brand, category = items.names_of(db, found[0].id)[0], found[0].category
    return Wish(
        lang=ticket.lang,
        category=category,
        brand=brand,
        named=named,
        own=rules.named(adviser, staff),
        last=StaffId(ticket.owner) if ticket.owner else None,
    )


def named_in(db: Session, text: str, *, now: datetime) -> StaffId | None:
    """Whom somebody asks for by name (「田中さん」, R-119)."""
    return rules.named_in(text, shifts_of.people(db, now=now))


def ask_first(
    db: Session,
    ticket: Ticket,
    alarm: Alarm,
    *,
    now: datetime,
    named: StaffId | None = None,
    but: StaffId | None = None,
) -> Choice | None:
    """Choose who is asked to take it, write it down, and call them; when nobody is there in time,
    the chain, and of a complaint the lead too. `but`: who has just given it back.
    """
    if ticket.asked_first is not None:
        _note(db, ticket, None, None)  # what nobody has taken weighs on nobody
    staff = [each for each in people(db, now=now) if each.id != but]
    wish = wish_of(db, ticket, staff, named)
    choice = rules.route(staff, wish, now=now, by=ticket.promised_at)
    leads = rules.chain(staff, is_manager=False, now=now)
    if choice is None:
        alert(db, ticket, alarm, leads, now=now)
        return None
    _asked(db, ticket, choice.staff, choice.why, now=now)
    also = leads if ticket.reason == TicketReason.COMPLAINT else []
    alert(db, ticket, alarm, [choice.staff, *also], now=now, why=choice.why)
    return choice


def _asked(db: Session, ticket: Ticket, staff: StaffId, why: Why, *, now: datetime) -> None:
    _note(db, ticket, staff, why)
    journal.record(
        db,
        f"conversation:{ticket.conversation}",
        "asked_first",
        actor="bot",
        at=now,
        facts={"ticket": ticket.id, "staff": staff, "why": why.value},
    )


def _note(db: Session, ticket: Ticket, staff: StaffId | None, why: Why | None) -> None:
    db.connection().execute(
        update(Ticket)
        .where(col(Ticket.id) == ticket.id)
        .values(asked_first=staff, asked_why=why.value if why is not None else None)
    )
    db.refresh(ticket)


def call_chain(db: Session, ticket: Ticket, alarm: Alarm, level: int, *, now: datetime) -> None:
    """Nobody came: the lead or the manager is called, and who has it where somebody has."""
    chain = rules.chain(people(db, now=now), is_manager=level >= Level.MANAGER, now=now)
    if alarm is Alarm.RISEN:
        theirs: list[StaffId] = []
    else:
        theirs = [StaffId(each) for each in (ticket.owner, ticket.asked_first) if each]
    alert(db, ticket, alarm, [*theirs, *chain], now=now, level=level)


def alert(
    db: Session,
    ticket: Ticket,
    alarm: Alarm,
    staff: Iterable[StaffId],
    *,
    now: datetime,
    why: Why | None = None,
    level: int = Level.STAFF,
) -> None:
    """Call these people to it, once."""
    called = list(dict.fromkeys(staff))
    first = called[0] if called else ""
    worklist.add(
        db,
        ALERT,
        f"ticket:{ticket.id}",
        f"{ticket.id}:{ticket.version}:{alarm}:{level}:{to_millis(now)}:{first}",
        due_at=now,
        now=now,
        facts={
            "ticket": ticket.id,
            "alarm": alarm.value,
            "level": int(level),
            "staff": called,
            "why": why.value if why is not None else None,
        },
    )


def available_for(
    db: Session, staff: StaffId, minutes: int, *, now: datetime
) -> tuple[datetime, TicketId | None]:
    """「20分対応可」: somebody is there for so long, wherever they are, and gets the next fitting
    conversation (R-140): until when, and which. Raises as `shifts.open_window`.
    """
    ends_at = shifts.open_window(db, staff, minutes, now=now)
    me = next((each for each in people(db, now=now) if each.id == staff), None)
    if me is None or not me.is_free:
        return ends_at, None
    everybody = shifts_of.people(db, now=now)
    there = {each.id for each in everybody if rules.is_on_duty(each, now)} - {staff}
    for ticket in queries.waiting(db):
        is_anothers = ticket.asked_first in there and ticket.asked_why in _THEIRS
        if is_anothers or not rules.fits(me, wish_of(db, ticket, everybody, None)):
            continue
        if ticket.asked_first != staff:
            _asked(db, ticket, staff, Why.WINDOW, now=now)
        alert(db, ticket, Alarm.CALLED, [staff], now=now, why=Why.WINDOW)
        return ends_at, TicketId(ticket.id)
    return ends_at, None
