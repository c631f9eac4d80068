"""The lists a shop may bring along, each with its columns, its reader, and the verb that takes it
in.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from catalog.ground.lines import Taken


class TakeLines(Protocol):
    """A verb that takes checked lines in, all in the caller's transaction."""

    def __call__(self, db: Session, lines: Sequence[Any], *, by: str, now: datetime) -> Taken: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of list. `lines_a_unit`: how many go in one transaction; 0: all of them."""

    reading: str
    taking: str
    lines_a_unit: int = 1_000

    @property
    def required(self) -> tuple[str, ...]:
        """Columns every line must have."""
        return tuple(importlib.import_module(self.reading).REQUIRED)

    @property
    def optional(self) -> tuple[str, ...]:
        """Columns that may be missing."""
        return tuple(importlib.import_module(self.reading).OPTIONAL)

    @property
    def parse(self) -> Callable[[Mapping[str, str]], Any]:
        """Raises LineMalformed."""
        parse: Callable[[Mapping[str, str]], Any] = importlib.import_module(self.reading).parse
        return parse

    @property
    def take(self) -> TakeLines:
        """The verb."""
        module, _, name = self.taking.partition(":")
        take: TakeLines = getattr(importlib.import_module(module), name)
        return take


KINDS: Mapping[str, Kind] = {
    "items": Kind("catalog.items.lines", "catalog.duties.opening:open_stock"),
    "customers": Kind("catalog.customers.lines", "catalog.customers.opening:take_lines"),
    "credits": Kind("catalog.credit.lines", "catalog.credit.lines:take_lines"),
    "consignments": Kind("catalog.consignment.lines", "catalog.consignment.opening:take_lines"),
    # The pieces of one order may stand far apart.
    "orders": Kind("catalog.orders.lines", "catalog.orders.opening:take_lines", lines_a_unit=0),
    "partners": Kind("catalog.partners.lines", "catalog.partners.opening:take_lines"),
    "comparables": Kind("catalog.buyback.lines", "catalog.buyback.comparables:take_lines"),
    "tracking": Kind(
        "catalog.orders.tracking", "catalog.orders.tracking:take_lines", lines_a_unit=200
    ),
}
