"""The places in a canned reply (差し込み): a closed list, found, checked and filled. Pure.

`{{customer.family_name}}様、…`: two braces, a name of the list, two braces; full-width braces count
too. Nothing is evaluated. A place that cannot be filled keeps the whole reply from being sent.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from catalog.ground.errors import Malformed, Refused
from catalog.items.words import fold, sound

MOST = 5_000  # characters of one text
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_BRACES = str.maketrans({"｛": "{", "｝": "}"})


class Place(StrEnum):
    """What can be filled in."""

    CUSTOMER_FAMILY_NAME = "customer.family_name"
    CUSTOMER_GIVEN_NAME = "customer.given_name"
    CUSTOMER_NAME = "customer.name"
    CUSTOMER_NUMBER = "customer.number"
    ITEM_CODE = "item.code"
    ITEM_NAME = "item.name"
    ITEM_PRICE = "item.price"
    ITEM_GRADE = "item.grade"
    CREDIT_BALANCE = "credit.balance"
    CREDIT_EXPIRES = "credit.expires"
    ORDER_NUMBER = "order.number"
    PROMISE_AT = "promise.at"
    STAFF_NAME = "staff.name"


_KNOWN = {place.value: place for place in Place}


class PlaceUnknown(Malformed):
    """A place that is not of the list. `names`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"no such place: {', '.join(names)}")
        self.names = tuple(names)


class Unresolved(Refused):
    """Places nothing is known for: it must not be sent so. `names`."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        super().__init__(f"not filled in: {', '.join(self.names)}")


def pieces(body: str) -> tuple[str | Place, ...]:
    """The text cut at its places. Raises PlaceUnknown."""
    told = _straight(body)
    found: list[str | Place] = []
    unknown = []
    end = 0
    for place in _PLACE.finditer(told):
        found.append(told[end : place.start()])
        known = _KNOWN.get(place[1].lower())
        if known is None:
            unknown.append(place[1])
        else:
            found.append(known)
        end = place.end()
    found.append(told[end:])
    if unknown:
        raise PlaceUnknown(unknown)
    return tuple(each for each in found if each != "")


def filled(body: str, facts: Mapping[Place, str]) -> str:
    """The text as it can be sent. Raises PlaceUnknown, Unresolved."""
    cut = pieces(body)
    missing = [each.value for each in cut if isinstance(each, Place) and not facts.get(each)]
    if missing:
        raise Unresolved(missing)
    return "".join(facts[each] if isinstance(each, Place) else each for each in cut)


def partly(body: str, facts: Mapping[Place, str]) -> tuple[str, tuple[str, ...]]:
    """The text with what is known filled in, and the names of what is left for a person to write:
    for the composer. Raises PlaceUnknown.
    """
    left: list[str] = []
    told = []
    for each in pieces(body):
        if not isinstance(each, Place):
            told.append(each)
        elif facts.get(each):
            told.append(facts[each])
        else:
            told.append(f"{{{{{each.value}}}}}")
            left.append(each.value)
    return "".join(told), tuple(dict.fromkeys(left))


def need_resolved(text: str) -> None:
    """Nothing that still has a place in it leaves the house. Raises Unresolved."""
    left = [found[1] for found in _PLACE.finditer(_straight(text)) if found[1].lower() in _KNOWN]
    if left:
        raise Unresolved(left)


def _straight(text: str) -> str:
    return text.translate(_BRACES) if "｛" in text else text


def search_key(*texts: str) -> str:
    """One form for every way of writing them: width, case, kana and sound."""
    return sound(fold("\n".join(texts)))


def rank(asked: str, *, shortcut: str, title: str, key: str) -> int | None:
    """How well a reply fits what was typed, the least first; None: not at all. Every word has to
    be there.
    """
    words = search_key(asked.strip().removeprefix("/")).split()
    if not all(word in key for word in words):
        return None
    if not words:
        return 3
    typed = "".join(words)
    if search_key(shortcut).startswith(typed):
        return 0
    named = search_key(title)
    return 1 if all(word in named for word in words) else 2
