"""Reading the input of a rule: exact types, clear refusals. Nothing is guessed or rounded."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_MOST_YEN = 10**15
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OFFSET = re.compile(r"(Z|[+-]\d{2}:?\d{2})$")


class InputMalformed(Malformed):
    """An input of a rule has the wrong shape."""


class Input:
    """The `input` object of one line."""

    __slots__ = ("_given",)

    def __init__(self, given: Any) -> None:
        if not isinstance(given, Mapping):
            raise InputMalformed("input: an object is wanted")
        self._given = given

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self._given.get(key) is not None

    def names(self, key: str) -> bool:
        """Whether the key is there at all."""
        return key in self._given

    def take(self, key: str, read: Callable[[str, Any], T]) -> T:
        """A value that must be there."""
        if key not in self._given:
            raise InputMalformed(f"{key}: missing")
        return read(key, self._given[key])

    def optional(self, key: str, read: Callable[[str, Any], T]) -> T | None:
        """A value that may be missing or null."""
        return self.take(key, read) if self.has(key) else None

    def nullable(self, key: str, read: Callable[[str, Any], T]) -> T | None:
        """A value that must be there and may be null."""
        return self.take(key, lambda name, value: None if value is None else read(name, value))


def yen(key: str, value: Any) -> Yen:
    """Whole yen, not negative; a float or a text is refused."""
    return Yen(count(key, value))


def count(key: str, value: Any) -> int:
    """A whole number, not negative."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputMalformed(f"{key}: a whole number is wanted, not {_told(value)}")
    if not 0 <= value <= _MOST_YEN:
        raise InputMalformed(f"{key}: {value} is out of range")
    return value


def whole(key: str, value: Any) -> Yen:
    """Whole yen of either sign (a margin may be a loss)."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _MOST_YEN:
        raise InputMalformed(f"{key}: a whole number is wanted, not {_told(value)}")
    return Yen(value)


def flag(key: str, value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise InputMalformed(f"{key}: true or false is wanted, not {_told(value)}")
    return value


def text(key: str, value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise InputMalformed(f"{key}: a text is wanted, not {_told(value)}")
    return value


def day(key: str, value: Any) -> date:
    """`YYYY-MM-DD`, a day that exists."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise InputMalformed(f"{key}: YYYY-MM-DD is wanted, not {_told(value)}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InputMalformed(f"{key}: {value} does not exist") from None


def instant(key: str, value: Any) -> datetime:
    """An ISO moment with an offset."""
    if not isinstance(value, str) or not _OFFSET.search(value) or "T" not in value:
        raise InputMalformed(f"{key}: a moment with an offset is wanted, not {_told(value)}")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise InputMalformed(f"{key}: {value} does not exist") from None


def kind(kinds: type[E]) -> Callable[[str, Any], E]:
    """One of the names of a vocabulary."""

    def read(key: str, value: Any) -> E:
        if not isinstance(value, str) or value not in {each.value for each in kinds}:
            names = ", ".join(each.value for each in kinds)
            raise InputMalformed(f"{key}: {_told(value)} is none of {names}")
        return kinds(value)

    return read


def items(read: Callable[[str, Any], T]) -> Callable[[str, Any], list[T]]:
    """A list."""

    def read_all(key: str, value: Any) -> list[T]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise InputMalformed(f"{key}: a list is wanted, not {_told(value)}")
        return [read(f"{key}[{n}]", each) for n, each in enumerate(value)]

    return read_all


def row(*read: Callable[[str, Any], Any]) -> Callable[[str, Any], tuple[Any, ...]]:
    """A list of fixed length and kinds."""

    def read_row(key: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != len(read):
            raise InputMalformed(f"{key}: {len(read)} values are wanted, not {_told(value)}")
        return tuple(
            each(f"{key}[{n}]", inner)
            for n, (each, inner) in enumerate(zip(read, value, strict=True))
        )

    return read_row


def inner(key: str, value: Any) -> Input:
    """An object inside the input."""
    if not isinstance(value, Mapping):
        raise InputMalformed(f"{key}: an object is wanted, not {_told(value)}")
    return Input(value)


def or_null(read: Callable[[str, Any], T]) -> Callable[[str, Any], T | None]:
    """The same or null."""
    return lambda key, value: None if value is None else read(key, value)


def _told(value: Any) -> str:
    return repr(value)[:60]


def iso(value: date | None) -> str | None:
    """A day as told outside."""
    return None if value is None else value.isoformat()


def moment(value: datetime | None) -> str | None:
    """A moment as told outside: Tokyo, to the second unless there is more."""
    return None if value is None else value.astimezone(TOKYO).isoformat()
