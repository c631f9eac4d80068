"""What is known of an appointment so far: what was said now, over what was said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from catalog.customers import queries as customers
from catalog.duties.actors import Actor, Role
from catalog.duties.rules import Place
from catalog.ground.calendar import TOKYO, ShopHours
from catalog.items import queries as items
from catalog.items.words import narrow
from conversations.flows.flow import Asked, tap
from conversations.flows.stores import VISIT, stores_of
from conversations.messages import Edited, Said
from conversations.threads.memory import Memory
from conversations.understanding.words import visit_in
from handoff.appointments import queries as appointments
from handoff.appointments.actions import Wanted
from handoff.appointments.rules import Book
from handoff.appointments.tables import Appointment, Kind
from handoff.shifts import queries as shifts
from handoff.shifts import rules as shift_rules

NAME = "visits"
INTENT = "store.book"
ELSEWHERE = "elsewhere"  # neither the shop nor a home: nothing may be received there
_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Wish:
    """`place`: of a visit at home, `duties.Place` or `ELSEWHERE`; `replaces`: an appointment;
    `phone`: of a call, where it was told.
    """

    kind: Kind = Kind.STORE
    day: date | None = None
    at: time | None = None
    store: str | None = None
    place: str | None = None
    replaces: str | None = None
    phone: str | None = None

    @property
    def starts_at(self) -> datetime | None:
        """Day and time together."""
        if self.day is None or self.at is None:
            return None
        return datetime.combine(self.day, self.at, TOKYO)


def read(asked: Asked) -> Wish:
    """The wish as it stands after this message."""
    memory, slots = asked.memory, asked.slots
    kept: Mapping[str, str] = memory.facts if memory.task == NAME else {}
    told = slots.get("visit") or slots.get("method") or slots.get("kind")
    if told not in _KINDS:
        told = _in_words(asked) or kept.get("kind")
    kind = Kind(told if told in _KINDS else Kind.STORE)
    phone = slots.get("phone") or kept.get("phone")
    replaces = slots.get("replaces") or kept.get("replaces")
    return Wish(
        kind,
        a_day(slots.get("date")) or a_day(kept.get("date")),
        a_time(slots.get("time")) or a_time(kept.get("time")),
        (_store(asked, slots.get("store")) or kept.get("store") or _main_store(asked))
        if kind is Kind.STORE
        else None,
        str(slots.get("place") or kept.get("place") or "") or None,
        str(replaces) if replaces else None,
        str(phone) if phone and kind is Kind.CALL else None,
    )


def _in_words(asked: Asked) -> str | None:
    body = asked.event.body
    return visit_in(narrow(body.text)) if isinstance(body, Said | Edited) else None


def number_of(asked: Asked, wish: Wish) -> str | None:
    """Which number is called: the one that was told, else the one on file."""
    on_file = customers.phone_of(asked.db, asked.customer) if asked.customer else None
    return wish.phone or on_file


def of_appointment(row: Appointment) -> Wish:
    """The same as what is booked already, at a time still to be said."""
    return Wish(Kind(row.kind), None, None, row.store, row.place, row.id)


def a_day(told: Any) -> date | None:
    """A day as understanding or a button tells it."""
    if isinstance(told, datetime):
        return told.date()
    if isinstance(told, date):
        return told
    try:
        return date.fromisoformat(str(told)) if told else None
    except ValueError:
        return None


def a_time(told: Any) -> time | None:
    """A time of the day, likewise."""
    if isinstance(told, time):
        return told
    try:
        return time.fromisoformat(str(told)).replace(tzinfo=None) if told else None
    except ValueError:
        return None


def _store(asked: Asked, told: Any) -> str | None:
    """The Japanese name of a store the shop has, however it was named."""
    if not told:
        return None
    wanted = str(told).casefold()
    for store in stores_of(asked):
        names = {name.casefold() for name in store.name.values()}
        if wanted in names or any(wanted in name or name in wanted for name in names):
            return store.name["ja"]
    return None


def _main_store(asked: Asked) -> str | None:
    stores = stores_of(asked)
    return stores[0].name["ja"] if stores else None


def store_told(asked: Asked, name: str | None) -> str | None:
    """A store as it is called in the language that is spoken."""
    return next((e.named(asked.lang) for e in stores_of(asked) if e.name["ja"] == name), name)


def hours_of(asked: Asked, wish: Wish) -> ShopHours:
    """Of the store that is visited, else of the shop."""
    return asked.terms.hours(asked.db, wish.store or "")


def book_of(asked: Asked, wish: Wish, *, begins: datetime, ends: datetime) -> Book:
    """What times between those two moments are decided by."""
    return appointments.book(
        asked.db, wish.kind, hours=hours_of(asked, wish), wish=_person(asked), now=asked.now,
        begins=begins, ends=ends, store=wish.store, replaces=wish.replaces,
    )  # fmt: skip


def wanted_of(asked: Asked, wish: Wish, starts_at: datetime) -> Wanted:
    """What is asked of the book."""
    return Wanted(
        kind=wish.kind,
        starts_at=starts_at,
        conversation=asked.conversation,
        lang=asked.lang,
        customer=asked.customer,
        store=wish.store,
        about_unit=asked.memory.unit,
        place=Place(wish.place) if wish.kind is Kind.HOME and wish.place else None,
        replaces=wish.replaces,
        wish=_person(asked),
    )


def _person(asked: Asked) -> shift_rules.Wish:
    """Whom it should be given to: whoever was asked for, the own adviser, who knows the piece."""
    people = shifts.people(asked.db, now=asked.now)
    body = asked.event.body
    text = body.text if isinstance(body, Said | Edited) else ""
    adviser = customers.adviser_of(asked.db, asked.customer) if asked.customer else None
    brand = category = None
    if asked.memory.unit is not None:
        found = items.by_codes(asked.db, [asked.memory.unit], viewer=asked.viewer)
        if found:
            brand, category = items.names_of(asked.db, found[0].id)[0], found[0].category
    return shift_rules.Wish(
        lang=asked.lang,
        category=category,
        brand=brand,
        named=shift_rules.named_in(text, people) if text else None,
        own=shift_rules.named(adviser, people),
    )


def actor(asked: Asked) -> Actor:
    """Who asks, for the journal."""
    return Actor(asked.customer or asked.conversation, Role.CUSTOMER)


def facts(wish: Wish) -> dict[str, str | None]:
    """As it is kept in mind and behind buttons."""
    return {
        "kind": wish.kind.value,
        "date": wish.day.isoformat() if wish.day else None,
        "time": wish.at.isoformat("minutes") if wish.at else None,
        "store": wish.store,
        "place": wish.place,
        "replaces": wish.replaces,
        "phone": wish.phone,
    }


def opened(asked: Asked, wish: Wish, *, expecting: str | None = INTENT) -> Memory:
    """The step stays open with what is known."""
    return asked.memory.opening(NAME, expecting=expecting, **facts(wish))


def button_data(wish: Wish, **more: str | None) -> str:
    """Behind a button that says one thing more."""
    return tap(VISIT, **{**facts(wish), **more})
