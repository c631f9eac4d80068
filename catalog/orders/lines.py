"""One line of a list of orders (`akashi import orders`) turned into a checked shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from catalog.ground import lines
from catalog.ground.lines import LineMalformed, day, moment, yen
from catalog.ground.money import Yen
from catalog.items.words import code_of
from catalog.orders.states import LineState

REQUIRED = ("order_no", "customer_no", "unit_code", "sold_price", "ordered_at")
OPTIONAL = ("delivered_on", "paid_credit", "state")
STATES = (
    LineState.PAID,
    LineState.PACKED,
    LineState.SHIPPED,
    LineState.DELIVERED,
    LineState.CLOSED,
    LineState.CANCELLED,
    LineState.RETURNED,
)
_WAS_DELIVERED = frozenset({LineState.DELIVERED, LineState.CLOSED, LineState.RETURNED})


@dataclass(frozen=True, slots=True)
class OrderLineTold:
    """A line that can be taken: one piece of an order. `paid_credit`: its part paid in credit."""

    order_no: str
    customer_no: str
    unit_code: str
    sold_price: Yen
    ordered_at: datetime
    delivered_on: date | None
    paid_credit: Yen
    state: LineState


def parse(cells: Mapping[str, str]) -> OrderLineTold:
    """Raises LineMalformed naming the first cell that cannot be taken."""
    given = lines.cells(cells, REQUIRED, OPTIONAL)
    code = code_of(given["unit_code"])
    if code is None:
        raise LineMalformed("unit_code", "is not letters, hyphen, digits (W-10234)")
    price = yen("sold_price", given["sold_price"])
    credit = yen("paid_credit", given["paid_credit"]) if given["paid_credit"] else Yen(0)
    if credit > price:
        raise LineMalformed("paid_credit", "is more than the price")
    delivered_on = lines.or_none(day, "delivered_on", given["delivered_on"])
    state = _state(given["state"], delivered_on)
    return OrderLineTold(
        given["order_no"],
        given["customer_no"],
        code,
        price,
        moment("ordered_at", given["ordered_at"]),
        delivered_on,
        credit,
        state,
    )


def _state(cell: str, delivered_on: date | None) -> LineState:
    if not cell:
        return LineState.PAID if delivered_on is None else LineState.DELIVERED
    if cell.lower() not in STATES:
        raise LineMalformed("state", f"{cell[:40]!r} is none of {', '.join(STATES)}")
    state = LineState(cell.lower())
    if state is LineState.DELIVERED and delivered_on is None:
        raise LineMalformed("delivered_on", "is empty, and the state is delivered")
    if delivered_on is not None and state not in _WAS_DELIVERED:
        raise LineMalformed("delivered_on", f"is told, and the state is {state.value}")
    return state
