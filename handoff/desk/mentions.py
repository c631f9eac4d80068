"""Who is called in a note (メンション): `@` before a name of somebody of the shop. Pure.

A name counts whole, by its first word where only one bears it, or as the part of the e-mail before
the `@`. The longest that fits is meant; full and half width are one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.ground.record import StaffId
from catalog.items.words import narrow


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be called."""

    id: StaffId
    name: str
    email: str | None = None


def mentioned(text: str, people: Sequence[Person]) -> tuple[StaffId, ...]:
    """Who is called, each once, in the order of the text."""
    handles = _handles(people)
    told = narrow(text)
    found: dict[StaffId, None] = {}
    for place, sign in enumerate(told):
        if sign == "@" and not _is_in_an_address(told, place):
            who = _called(told[place + 1 :], handles)
            if who is not None:
                found.setdefault(who)
    return tuple(found)


def _handles(people: Sequence[Person]) -> Mapping[str, StaffId]:
    """Every way somebody is called; one that would mean two people means nobody."""
    ways: dict[str, set[StaffId]] = {}
    firsts = Counter(_first(person) for person in people)
    for person in people:
        names = {narrow(person.name).strip(), narrow(person.name).replace(" ", "")}
        if firsts[_first(person)] == 1:
            names.add(_first(person))
        if person.email is not None:
            names.add(narrow(person.email).partition("@")[0])
        for name in names - {""}:
            ways.setdefault(name, set()).add(person.id)
    return {name: next(iter(who)) for name, who in ways.items() if len(who) == 1}


def _first(person: Person) -> str:
    return next(iter(narrow(person.name).split()), "")


def _called(rest: str, handles: Mapping[str, StaffId]) -> StaffId | None:
    fitting = [name for name in handles if rest.startswith(name) and _ends(rest, name)]
    return handles[max(fitting, key=len)] if fitting else None


def _ends(rest: str, name: str) -> bool:
    """A Latin name ends where its letters end (@ken is not @kenta); a Japanese one before さん."""
    after = rest[len(name) : len(name) + 1]
    return not (name[-1].isascii() and after.isascii() and after.isalnum())


def _is_in_an_address(text: str, place: int) -> bool:
    """The @ of an e-mail address calls nobody."""
    before = text[place - 1 : place]
    return before.isascii() and before.isalnum()
