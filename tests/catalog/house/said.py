"""How what may be said is told: a maker looks about in the house and answers a command, or None
where there is nothing of its kind.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from tests.catalog.house.walk import Command, House, Maker

PRICES = (24_000, 60_000, 88_000, 150_001, 420_000)
OFFERS = (40_000, 120_000, 400_000, 700_000)
_M = TypeVar("_M", bound=Callable[[House], Command | None])
MAKERS: list[tuple[str, Maker]] = []


def said(often: int = 1) -> Callable[[_M], _M]:
    """Something that can be said, that often."""

    def keep(maker: _M) -> _M:
        MAKERS.extend([(maker.__name__, maker)] * often)
        return maker

    return keep


def keyed(house: House, verb: Callable[..., Any], /, *args: Any, **told: Any) -> Command:
    return Command(verb, args, {**told, "key": house.deals.key()})


def plain(verb: Callable[..., Any], /, *args: Any, **told: Any) -> Command:
    return Command(verb, args, told, is_keyed=False)
