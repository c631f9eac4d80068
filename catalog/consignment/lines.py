"""One line of a list of running consignments (`akashi import consignments`) as a checked shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from catalog.ground import lines
from catalog.ground.lines import LineMalformed, day, yen
from catalog.ground.money import Yen
from catalog.items.words import code_of

REQUIRED = ("unit_code", "customer_no", "start_on", "initial_list_price")
OPTIONAL = ("min_price", "guarantee_amount")


@dataclass(frozen=True, slots=True)
class ConsignmentLine:
    """A line that can be taken. `min_price`: without one no price drops were agreed."""

    unit_code: str
    customer_no: str
    start_on: date
    initial_list_price: Yen
    min_price: Yen
    guarantee_amount: Yen | None


def parse(cells: Mapping[str, str]) -> ConsignmentLine:
    """Raises LineMalformed naming the first cell that cannot be taken."""
    given = lines.cells(cells, REQUIRED, OPTIONAL)
    code = code_of(given["unit_code"])
    if code is None:
        raise LineMalformed("unit_code", "is not letters, hyphen, digits (W-10234)")
    initial = yen("initial_list_price", given["initial_list_price"])
    least = yen("min_price", given["min_price"]) if given["min_price"] else initial
    if least > initial:
        raise LineMalformed("min_price", "is above the initial list price")
    guarantee = given["guarantee_amount"]
    return ConsignmentLine(
        unit_code=code,
        customer_no=given["customer_no"],
        start_on=day("start_on", given["start_on"]),
        initial_list_price=initial,
        min_price=least,
        guarantee_amount=lines.or_none(yen, "guarantee_amount", guarantee),
    )
