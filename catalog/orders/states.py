"""Where an order, each of its pieces and a return stand, and the moves (注文・返品の状態)."""

from collections.abc import Collection
from enum import StrEnum


class LineState(StrEnum):
    """Where one piece of an order stands."""

    OPEN = "open"  # reserved, not paid
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNING = "returning"  # a return was asked for
    RETURNED = "returned"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    """Where an order stands: as its least advanced piece that is still the buyer's."""

    OPEN = "open"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CLOSED = "closed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


_L = LineState

MOVES: dict[LineState, frozenset[LineState]] = {
    _L.OPEN: frozenset({_L.PAID, _L.CANCELLED}),
    _L.PAID: frozenset({_L.PACKED, _L.DELIVERED, _L.CANCELLED}),  # taken along at the counter
    _L.PACKED: frozenset({_L.SHIPPED, _L.DELIVERED, _L.CANCELLED}),
    _L.SHIPPED: frozenset({_L.DELIVERED, _L.CANCELLED}),  # lost on its way
    _L.DELIVERED: frozenset({_L.CLOSED, _L.RETURNING}),
    _L.RETURNING: frozenset({_L.DELIVERED, _L.CLOSED, _L.RETURNED}),
    _L.CLOSED: frozenset(),
    _L.RETURNED: frozenset(),
    _L.CANCELLED: frozenset(),
}

# A unit is in at most one line in these.
LIVE = frozenset({_L.OPEN, _L.PAID, _L.PACKED, _L.SHIPPED, _L.DELIVERED, _L.RETURNING})
_RANK = (_L.OPEN, _L.PAID, _L.PACKED, _L.SHIPPED, _L.DELIVERED, _L.RETURNING, _L.CLOSED)
_TOLD = {_L.RETURNING: OrderState.DELIVERED}


def may_move(before: LineState, after: LineState) -> bool:
    """Whether a piece of an order may go from one state to the other."""
    return after in MOVES[before]


def order_state(lines: Collection[LineState]) -> OrderState:
    """The state of an order from those of its pieces."""
    kept = [state for state in lines if state not in {_L.CANCELLED, _L.RETURNED}]
    if not kept:
        return OrderState.RETURNED if _L.RETURNED in lines else OrderState.CANCELLED
    least = min(kept, key=_RANK.index)
    return _TOLD.get(least) or OrderState(least.value)


class TenderKind(StrEnum):
    """What an order is paid with."""

    CREDIT = "credit"
    CARD = "card"
    BANK = "bank"
    CASH = "cash"
    OTHER = "other"  # taken over from the books of before
    CARRIED = "carried"  # the value of a piece given in exchange, less its credit


class Delivery(StrEnum):
    """How a buyer gets the pieces."""

    SHIP = "ship"
    COLLECT = "collect"  # bought online, handed over at a shop
    IN_STORE = "in_store"  # bought and handed over at the counter


class ReturnKind(StrEnum):
    """Why a piece comes back."""

    RETURN = "return"
    EXCHANGE = "exchange"
    COLLECT = "collect"  # the shop calls it back (回収)


class ReturnState(StrEnum):
    """Where a return stands."""

    ASKED = "asked"
    UNDERWAY = "underway"
    RECEIVED = "received"
    COMPARED = "compared"
    DISPUTED = "disputed"  # it is not as it was sent: a person decides
    REFUNDED = "refunded"
    REFUSED = "refused"  # it goes back to the buyer
    WITHDRAWN = "withdrawn"


_R = ReturnState

RETURN_MOVES: dict[ReturnState, frozenset[ReturnState]] = {
    _R.ASKED: frozenset({_R.UNDERWAY, _R.RECEIVED, _R.WITHDRAWN}),
    _R.UNDERWAY: frozenset({_R.RECEIVED, _R.REFUNDED}),  # lost on its way
    _R.RECEIVED: frozenset({_R.COMPARED, _R.DISPUTED}),
    _R.DISPUTED: frozenset({_R.COMPARED, _R.REFUSED}),
    _R.COMPARED: frozenset({_R.REFUNDED}),
    _R.REFUNDED: frozenset(),
    _R.REFUSED: frozenset(),
    _R.WITHDRAWN: frozenset(),
}
RETURN_OPEN = frozenset({_R.ASKED, _R.UNDERWAY, _R.RECEIVED, _R.COMPARED, _R.DISPUTED})


class SettleAs(StrEnum):
    """How a buyer wants what a return or an exchange comes to."""

    AS_PAID = "as_paid"  # back, or further, by the means it was paid with
    CREDIT = "credit"  # as store credit, or from it


class CostKind(StrEnum):
    """What a piece cost besides its buying price (R-098)."""

    FREIGHT = "freight"
    FEE = "fee"
    REPAIR = "repair"
