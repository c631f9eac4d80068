"""Who is there, who will be next, and who is asked first (当番・振り分け). Pure.

The customer's own adviser goes first when they are there before the time the customer was told;
else their deputy; else who knows the brand, the goods and the language; else anybody who is there.
Among equals the one with the least to do, then the one who has waited longest: the same facts
always choose the same person, and nobody is passed over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from catalog.duties.actors import Role
from catalog.ground.calendar import ShopHours, Span, tokyo_day
from catalog.ground.record import StaffId

ALWAYS = ShopHours(week=((Span(time.min, time.max),),) * 7)
_LONGEST_CLOSURE = 60  # days; a promise further ahead is none
_TICK = timedelta(microseconds=1)
Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who talks with customers. `is_told`: the shift was entered; else the shop keeps none
    and everybody counts as there. `load`: conversations they have; `idle_since`: when they took the
    last one, None: none of late. `has_licence`: carries the card that a visit to buy needs.
    """

    id: StaffId
    name: str
    role: Role = Role.ADVISER
    hours: ShopHours = ALWAYS
    is_told: bool = False
    windows: Sequence[Window] = ()
    away_until: datetime | None = None
    categories: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"ja"})
    stores: frozenset[str] = frozenset()
    capacity: int = 3
    deputy: StaffId | None = None
    has_licence: bool = False
    load: int = 0
    idle_since: datetime | None = None

    @property
    def is_free(self) -> bool:
        """Takes on one more conversation."""
        return self.load < self.capacity


@dataclass(frozen=True, slots=True)
class Wish:
    """What a conversation needs of a person. `named`: whom the customer asked for by name; `own`:
    their adviser; `last`: who had the conversation before.
    """

    lang: str = "ja"
    category: str | None = None
    brand: str | None = None
    named: StaffId | None = None
    own: StaffId | None = None
    last: StaffId | None = None


class Why(StrEnum):
    """Why this person is asked first."""

    NAMED = "asked for by name"
    OWN = "own adviser"
    LAST = "had the conversation before"
    DEPUTY = "deputy of the adviser"
    WINDOW = "offered a short turn"
    BRAND = "knows the brand"
    GOODS = "knows the goods"
    LANGUAGE = "speaks the language"
    THERE = "is there"
    FULL = "is there, and has enough to do already"


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is asked first, why, and from when they are there. `may_be_named`: the time the customer
    is told lies within their shift.
    """

    staff: StaffId
    name: str
    why: Why
    at: datetime
    may_be_named: bool


def is_on_duty(person: Person, moment: datetime) -> bool:
    """Whether they are there at that moment."""
    if person.away_until is not None and moment < person.away_until:
        return False
    in_window = any(begins <= moment < ends for begins, ends in person.windows)
    return in_window or person.hours.is_open(moment)


def first_on_duty(person: Person, moment: datetime) -> datetime | None:
    """That moment, or when they are there next; None: not within a year."""
    start = max(moment, person.away_until) if person.away_until is not None else moment
    found = [max(begins, start) for begins, ends in person.windows if ends > start]
    opens = person.hours.next_open(start)
    if opens is not None:
        found.append(opens)
    return min(found, default=None)


def next_up(people: Sequence[Person], moment: datetime) -> tuple[Person, datetime] | None:
    """Who is there first from that moment on."""
    found = [(at, each.id, each) for each in people if (at := first_on_duty(each, moment))]
    if not found:
        return None
    at, _, person = min(found, key=lambda each: each[:2])
    return person, at


def route(people: Sequence[Person], wish: Wish, *, now: datetime, by: datetime) -> Choice | None:
    """Who is asked first for a conversation whose customer is told `by`; None: nobody is there
    before.
    """
    there = {
        each.id: (each, at)
        for each in people
        if (at := first_on_duty(each, now)) is not None and (at <= now or at < by)
    }
    known = {each.id: each for each in people}
    for staff, why in _preferred(wish, known):
        if staff in there and there[staff][0].is_free:
            return _choice(there[staff][0], there[staff][1], why, now=now, by=by)
    free = [each for each in there.values() if each[0].is_free]
    if free:
        person, at = min(free, key=lambda each: _order(each[0], each[1], wish, now))
        return _choice(person, at, _because(person, wish, now), now=now, by=by)
    if there:
        person, at = min(there.values(), key=lambda each: _order(each[0], each[1], wish, now))
        return _choice(person, at, Why.FULL, now=now, by=by)
    return None


def _preferred(wish: Wish, known: dict[StaffId, Person]) -> list[tuple[StaffId | None, Why]]:
    """Those who are asked before skill counts."""
    asked = [(wish.named, Why.NAMED), (wish.own, Why.OWN)]
    deputies = [
        (known[staff].deputy, Why.DEPUTY)
        for staff, _ in asked
        if staff is not None and staff in known
    ]
    return [*asked, (wish.last, Why.LAST), *deputies]


def fit(person: Person, wish: Wish) -> tuple[bool, bool, bool]:
    """Speaks the language, knows the brand, knows the goods."""
    knows_brand = wish.brand is not None and wish.brand in person.brands
    knows_goods = wish.category is not None and wish.category in person.categories
    return wish.lang in person.languages, knows_brand, knows_goods


def fits(person: Person, wish: Wish) -> bool:
    """Whether a short turn can be of use there: the language at least, and nothing that only
    others know.
    """
    speaks, knows_brand, knows_goods = fit(person, wish)
    has_brands = wish.brand is None or not person.brands or knows_brand
    has_goods = wish.category is None or not person.categories or knows_goods
    return speaks and (knows_brand or (has_brands and has_goods))


def _order(
    person: Person, at: datetime, wish: Wish, now: datetime
) -> tuple[bool, bool, bool, bool, datetime, int, float, str]:
    speaks, knows_brand, knows_goods = fit(person, wish)
    idle = person.idle_since.timestamp() if person.idle_since is not None else 0.0
    return (
        not speaks, not knows_brand, not knows_goods, not _in_window(person, now), at, person.load,
        idle, person.id,
    )  # fmt: skip


def _in_window(person: Person, now: datetime) -> bool:
    return any(begins <= now < ends for begins, ends in person.windows)


def _because(person: Person, wish: Wish, now: datetime) -> Why:
    speaks, knows_brand, knows_goods = fit(person, wish)
    if knows_brand:
        return Why.BRAND
    if knows_goods:
        return Why.GOODS
    if _in_window(person, now):
        return Why.WINDOW
    return Why.LANGUAGE if speaks and wish.lang != "ja" else Why.THERE


def _choice(person: Person, at: datetime, why: Why, *, now: datetime, by: datetime) -> Choice:
    covers = person.is_told and is_on_duty(person, max(now, by - _TICK))
    is_trusted = why in {Why.OWN, Why.NAMED} and not person.is_told
    return Choice(person.id, person.name, why, at, covers or is_trusted)


_CHAIN = ((Role.SENIOR, Role.MANAGER, Role.OWNER), (Role.MANAGER, Role.OWNER))


def chain(people: Sequence[Person], *, is_manager: bool, now: datetime) -> list[StaffId]:
    """Who is told that somebody waits too long: those of the rank who are there, else of the next
    rank; when none of them is there, all of the lowest rank there is; in a shop without ranks
    everybody.
    """
    ranks = _CHAIN[1 if is_manager else 0]
    by_rank = [[each for each in people if each.role is role] for role in ranks]
    there = [[each for each in rank if is_on_duty(each, now)] for rank in by_rank]
    found = next((rank for rank in [*there, *by_rank] if rank), list(people))
    return sorted(each.id for each in found)


_HONORIFIC = r"\s*(?:さん|様|さま|氏|先生|小姐|先生|女士|씨|님)"


def named_in(text: str, people: Sequence[Person]) -> StaffId | None:
    """Whom somebody asks for by name: 「田中さん」, `Tanaka-san`; None for nobody, or when two are
    called so.
    """
    found = set()
    for each in people:
        names = {each.name, *re.split(r"[\s\u3000]+", each.name)[:1]}
        told = "|".join(re.escape(name) for name in names if name)
        if re.search(rf"(?:{told})(?:{_HONORIFIC}|[\s-]?san\b)", text, re.IGNORECASE):
            found.add(each.id)
    return found.pop() if len(found) == 1 else None


def named(name: str | None, people: Sequence[Person]) -> StaffId | None:
    """The person of that name as a register notes it: the whole name, else a family name only one
    has.
    """
    plain = re.sub(r"[\s\u3000]+", "", name or "")
    if not plain:
        return None
    whole = [each.id for each in people if re.sub(r"[\s\u3000]+", "", each.name) == plain]
    family = [each.id for each in people if re.split(r"[\s\u3000]+", each.name)[0] == plain]
    found = whole or family
    return found[0] if len(found) == 1 else None


def successor(people: Sequence[Person], lang: str, clients: Mapping[StaffId, int]) -> Person | None:
    """Who takes one more client over: who speaks the language goes before who does not, then the
    one with the fewest clients.
    """
    return min(
        people,
        key=lambda each: (lang not in each.languages, clients.get(each.id, 0), each.id),
        default=None,
    )


def longest_closure(hours: ShopHours, *, now: datetime) -> int:
    """The most days in a row without an open span, from that day to the end of what is entered."""
    first = tokyo_day(now)
    last = max([*hours.exceptions, first]) + timedelta(days=15)
    longest = run = 0
    for n in range((last - first).days + 1):
        run = 0 if hours.spans(first + timedelta(days=n)) else run + 1
        longest = max(longest, run)
    return longest


def is_ever_open(hours: ShopHours, *, now: datetime) -> bool:
    """Whether promises can be made from them."""
    return any(hours.week) and longest_closure(hours, now=now) <= _LONGEST_CLOSURE
