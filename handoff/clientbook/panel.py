"""The customer's panel (顧客パネル): all that is known beside the chat, read in one look (R-116,
R-163).

Typed values only; what a role may not see is left out by the edge. Not here: notes, labels and
tickets (the desk's), appointments (the page adds what is booked).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalog.buyback import queries as buyback
from catalog.buyback.queries import CaseStatus
from catalog.consignment import queries as consignment
from catalog.consignment.queries import Status as Consigned
from catalog.credit import queries as credit
from catalog.credit.queries import Balance
from catalog.customers import consents, tastes
from catalog.customers.consents import Category
from catalog.customers.linking import owner
from catalog.customers.tables import Contact, Customer
from catalog.customers.tastes import Kept
from catalog.duties.identity import queries as identity
from catalog.duties.visits import actions as visits
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Missing
from catalog.ground.record import ConversationId, CustomerId, UnitId
from catalog.items import queries as items
from catalog.items.queries import UnitFacts
from catalog.items.rules import STAFF
from catalog.items.wishes import queries as wishes
from catalog.items.wishes.queries import WishFacts
from catalog.orders import queries as orders
from catalog.orders.states import LineState
from catalog.orders.tables import ReturnCase, SaleOrder
from conversations.threads import memory
from conversations.threads.tables import Thread
from handoff.clientbook import next_steps, totals
from handoff.clientbook.next_steps import Step
from handoff.clientbook.totals import Totals

_MOST_ORDERS, _MOST_CASES, _MOST_PIECES = 20, 20, 60


class NobodyThere(Missing):
    """No such customer."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is. Contact and birthday are for who may see them."""

    customer: CustomerId
    customer_no: str
    family_name: str
    given_name: str | None
    family_kana: str | None
    given_kana: str | None
    email: str | None
    phone: str | None
    birthday: date | None
    language: str
    adviser: str | None
    vip_since: datetime | None
    since: datetime
    is_leaving: bool  # asked to be erased; a deal is still open
    is_erased: bool

    @property
    def name(self) -> str:
        """Family name first."""
        return " ".join(part for part in (self.family_name, self.given_name) if part)

    @property
    def kana(self) -> str | None:
        """フリガナ."""
        return " ".join(part for part in (self.family_kana, self.given_kana) if part) or None


@dataclass(frozen=True, slots=True)
class Address:
    """One chat of theirs. `is_blocked`: they blocked the shop, or left."""

    conversation: ConversationId
    channel: str
    is_blocked: bool
    since: datetime
    lang: str | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bought:
    """One order."""

    order_no: str
    state: str
    ordered_at: datetime
    total: int
    last_return_day: date | None


@dataclass(frozen=True, slots=True)
class Returning:
    """One piece that comes back, or came."""

    return_no: str
    order_no: str
    unit_code: str
    title: str
    kind: str
    state: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Owned:
    """A piece of the wardrobe: bought here and kept."""

    code: str
    title: str
    category: str
    price: int
    state: str
    bought_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """The check a deal can rest on today."""

    method: str
    verified_on: date
    valid_through: date


@dataclass(frozen=True, slots=True)
class Panel:
    """`person` None: a visitor, of whom the chat is all there is. `discussed`: pieces the talk is
    about now, the latest first. `refused_at`: when they said no to selling at home, while that
    stands.
    """

    person: Person | None
    addresses: Sequence[Address]
    agreed: dict[str, bool]
    totals: Totals
    orders: Sequence[Bought]
    returns: Sequence[Returning]
    cases: Sequence[CaseStatus]
    consignments: Sequence[Consigned]
    credit: Balance
    wardrobe: Sequence[Owned]
    tastes: Sequence[Kept]
    wishes: Sequence[WishFacts]
    discussed: Sequence[UnitFacts]
    steps: Sequence[Step]
    identity: Identity | None
    refused_at: datetime | None = None


def of_conversation(db: Session, conversation: ConversationId, *, now: datetime) -> Panel:
    """Whoever writes there: a customer, or a visitor."""
    channel, _, address = conversation.partition(":")
    customer = owner(db, channel, address)
    discussed = _discussed(db, conversation)
    if customer is not None:
        return _panel(db, customer, discussed, now=now)
    contact = db.get(Contact, (channel, address))
    thread = db.get(Thread, conversation)
    met_at = contact.first_seen_at if contact is not None else None
    since = met_at or (thread.opened_at if thread is not None else now)
    there = Address(
        conversation,
        channel,
        contact.is_blocked if contact is not None else False,
        since,
        thread.lang if thread is not None else None,
        thread.heard_at if thread is not None else None,
    )
    return Panel(
        None, (there,), {}, totals.NOTHING, (), (), (), (), credit.NOTHING, (), (), (),
        discussed, (), None,
    )  # fmt: skip


def of_customer(db: Session, customer: CustomerId, *, now: datetime) -> Panel:
    """The customer, wherever they write. Raises NobodyThere."""
    found = _addresses(db, customer)
    latest = max(found, key=lambda each: each.heard_at or each.since, default=None)
    discussed = _discussed(db, latest.conversation) if latest is not None else []
    return _panel(db, customer, discussed, now=now)


def _panel(
    db: Session, customer: CustomerId, discussed: Sequence[UnitFacts], *, now: datetime
) -> Panel:
    row = db.get(Customer, customer)
    if row is None:
        raise NobodyThere(customer)
    return Panel(
        person=_person(row),
        addresses=_addresses(db, customer),
        agreed={each.value: consents.allows(db, customer, each) for each in Category},
        totals=totals.of(db, customer),
        orders=_orders(db, customer),
        returns=_returns(db, customer),
        cases=[
            buyback.status(db, case)
            for case in buyback.of_customer(db, customer, limit=_MOST_CASES)
        ],
        consignments=consignment.of_customer(db, customer, now=now),
        credit=credit.balance(db, customer, now),
        wardrobe=_wardrobe(db, customer),
        tastes=tastes.of(db, customer),
        wishes=wishes.wishes_of(db, f"customer:{customer}"),
        discussed=discussed,
        steps=next_steps.of_customer(db, customer),
        identity=_identity(db, customer, now=now),
        refused_at=visits.standing_refusal(db, customer),
    )


def _person(row: Customer) -> Person:
    return Person(
        customer=CustomerId(row.id),
        customer_no=row.customer_no,
        family_name=row.family_name,
        given_name=row.given_name,
        family_kana=row.family_kana,
        given_kana=row.given_kana,
        email=row.email,
        phone=row.phone,
        birthday=row.birthday,
        language=row.language,
        adviser=row.adviser,
        vip_since=row.vip_since,
        since=row.written_at,
        is_leaving=row.erase_asked_at is not None and row.erased_at is None,
        is_erased=row.erased_at is not None,
    )


def _addresses(db: Session, customer: CustomerId) -> list[Address]:
    contacts = db.exec(
        select(Contact)
        .where(Contact.customer_id == customer)
        .order_by(col(Contact.first_seen_at), col(Contact.channel), col(Contact.address))
    ).all()
    talks = [f"{each.channel}:{each.address}" for each in contacts]
    rows = db.exec(select(Thread.id, Thread.lang, Thread.heard_at).where(col(Thread.id).in_(talks)))
    spoken = {talk: (lang, heard_at) for talk, lang, heard_at in rows}
    return [
        Address(
            ConversationId(talk),
            each.channel,
            each.is_blocked,
            each.first_seen_at,
            *spoken.get(talk, (None, None)),
        )
        for talk, each in zip(talks, contacts, strict=True)
    ]


def _orders(db: Session, customer: CustomerId) -> list[Bought]:
    return [
        Bought(row.order_no, row.state, row.ordered_at, row.total, row.last_return_day)
        for row in orders.of_customer(db, customer, limit=_MOST_ORDERS)
    ]


def _returns(db: Session, customer: CustomerId) -> list[Returning]:
    rows = db.exec(
        select(ReturnCase, SaleOrder.order_no)
        .where(SaleOrder.customer_id == customer, ReturnCase.order_id == SaleOrder.id)
        .order_by(col(ReturnCase.asked_at).desc(), col(ReturnCase.id))
        .limit(_MOST_ORDERS)
    ).all()
    found = []
    for row, order_no in rows:
        unit = items.by_id(db, UnitId(row.unit_id), viewer=STAFF)
        found.append(
            Returning(
                row.return_no,
                order_no,
                unit.code if unit is not None else "",
                unit.title if unit is not None else "",
                row.kind,
                row.state,
                row.asked_at,
            )
        )
    return found


def _wardrobe(db: Session, customer: CustomerId) -> list[Owned]:
    return [
        Owned(
            each.code,
            each.title,
            each.category,
            each.line.price,
            each.line.state,
            each.order.ordered_at,
        )
        for each in orders.bought(db, customer, limit=_MOST_PIECES)
        if each.line.state != LineState.RETURNED
    ]


def _discussed(db: Session, conversation: ConversationId) -> list[UnitFacts]:
    """What the bot has in mind: the piece of the talk, then those it last offered."""
    kept = db.exec(select(Thread.memory).where(Thread.id == conversation)).first()
    mind = memory.read(kept or {})
    codes = [*([mind.unit] if mind.unit is not None else []), *mind.shown]
    return items.by_codes(db, list(dict.fromkeys(codes)), viewer=STAFF)


def _identity(db: Session, customer: CustomerId, *, now: datetime) -> Identity | None:
    check = identity.serving(db, customer, on=tokyo_day(now))
    if check is None:
        return None
    return Identity(check.method, check.verified_on, check.valid_through)
