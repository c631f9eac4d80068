"""What the shop deals in, where a unit may stand, and the moves between (商品区分・在庫状態).

Plain names and one table of moves: rules and verbs of every floor above read them here.
"""

from enum import StrEnum


class Category(StrEnum):
    """What the shop deals in."""

    WATCH = "watch"
    DIAMOND = "diamond"
    BAG = "bag"
    APPAREL = "apparel"


class UnitState(StrEnum):
    """Where a unit stands."""

    EXPECTED = "expected"
    IN_TRANSIT_IN = "in_transit_in"
    RECEIVED = "received"
    APPRAISING = "appraising"
    APPRAISED = "appraised"
    STOCK = "stock"
    COOLING_OFF_HOLD = "cooling_off_hold"
    PREPARING = "preparing"
    CONSIGNED = "consigned"
    INSPECTION = "inspection"
    LISTED = "listed"
    UNLISTED = "unlisted"
    REPAIR = "repair"
    RESERVED = "reserved"
    SOLD = "sold"
    SHIPPED = "shipped"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    CLOSED = "closed"
    RETURN_IN = "return_in"
    RETURN_DISPUTE = "return_dispute"
    RETURN_PENDING = "return_pending"
    IN_TRANSIT_OUT = "in_transit_out"
    RETURNED = "returned"
    REFERRED = "referred"
    REJECTED = "rejected"
    DISPOSED = "disposed"
    SURRENDERED = "surrendered"  # to a victim, or to the police
    POLICE_HOLD = "police_hold"
    LOST_DAMAGED = "lost_damaged"
    CANCELLED = "cancelled"


class OwnerKind(StrEnum):
    """Whose it is."""

    CUSTOMER = "customer"
    CONSIGNOR = "consignor"
    DEALER = "dealer"
    BUYER = "buyer"


# For these the shop sells. A piece that came back is its buyer's until the money is.
SALEABLE = frozenset({OwnerKind.DEALER, OwnerKind.CONSIGNOR})


class Custody(StrEnum):
    """Who has it in hand. In the dealer's hands the place follows (`dealer:shop`), in a partner's
    which one (`partner:ID`).
    """

    CUSTOMER = "customer"
    CARRIER = "carrier"
    DEALER = "dealer"
    PARTNER = "partner"
    BUYER = "buyer"
    POLICE = "police"
    VICTIM = "victim"  # whoever it was stolen from


_S = UnitState

# Every move there is; any other is refused. `police_hold` and `lost_damaged` come on top: from any
# state in which the dealer has the piece (lost also from a carrier), and back on release.
MOVES: dict[UnitState, frozenset[UnitState]] = {
    _S.EXPECTED: frozenset({_S.IN_TRANSIT_IN, _S.RECEIVED, _S.CANCELLED}),
    _S.IN_TRANSIT_IN: frozenset({_S.RECEIVED}),
    _S.RECEIVED: frozenset({_S.APPRAISING}),
    _S.APPRAISING: frozenset({_S.APPRAISED, _S.REJECTED}),
    _S.APPRAISED: frozenset({_S.STOCK, _S.CONSIGNED, _S.RETURN_PENDING, _S.REFERRED}),
    _S.STOCK: frozenset({_S.COOLING_OFF_HOLD, _S.PREPARING}),
    _S.COOLING_OFF_HOLD: frozenset({_S.PREPARING, _S.RETURN_PENDING}),
    _S.PREPARING: frozenset({_S.LISTED, _S.UNLISTED, _S.REPAIR, _S.RETURN_PENDING}),
    _S.CONSIGNED: frozenset({_S.LISTED, _S.UNLISTED, _S.REPAIR, _S.RETURN_PENDING}),
    _S.INSPECTION: frozenset(
        {_S.LISTED, _S.UNLISTED, _S.REPAIR, _S.PREPARING, _S.RETURN_DISPUTE, _S.DISPOSED}
    ),
    _S.LISTED: frozenset({_S.RESERVED, _S.UNLISTED, _S.RETURN_PENDING, _S.STOCK}),
    _S.UNLISTED: frozenset({_S.LISTED, _S.RETURN_PENDING, _S.STOCK}),
    _S.REPAIR: frozenset({_S.LISTED, _S.UNLISTED, _S.RETURN_PENDING}),
    _S.REJECTED: frozenset({_S.RETURN_PENDING, _S.DISPOSED}),
    _S.RESERVED: frozenset({_S.LISTED, _S.SOLD}),
    _S.SOLD: frozenset({_S.SHIPPED, _S.HANDED_OVER, _S.LISTED}),
    _S.SHIPPED: frozenset({_S.DELIVERED}),
    _S.HANDED_OVER: frozenset({_S.DELIVERED}),
    _S.DELIVERED: frozenset({_S.CLOSED, _S.RETURN_IN}),
    _S.RETURN_IN: frozenset({_S.INSPECTION}),
    _S.RETURN_DISPUTE: frozenset({_S.INSPECTION}),
    _S.RETURN_PENDING: frozenset({_S.IN_TRANSIT_OUT}),
    _S.IN_TRANSIT_OUT: frozenset({_S.RETURNED}),
    _S.CLOSED: frozenset(),
    _S.RETURNED: frozenset(),
    _S.REFERRED: frozenset(),
    _S.DISPOSED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.SURRENDERED: frozenset(),
    _S.POLICE_HOLD: frozenset({_S.SURRENDERED}),
    _S.LOST_DAMAGED: frozenset(),
}

# In these the dealer has the piece in hand.
IN_CUSTODY = frozenset(
    {
        _S.RECEIVED,
        _S.APPRAISING,
        _S.APPRAISED,
        _S.STOCK,
        _S.COOLING_OFF_HOLD,
        _S.PREPARING,
        _S.CONSIGNED,
        _S.INSPECTION,
        _S.LISTED,
        _S.UNLISTED,
        _S.REPAIR,
        _S.RESERVED,
        _S.SOLD,
        _S.RETURN_DISPUTE,
        _S.RETURN_PENDING,
        _S.REJECTED,
    }
)
# In these a carrier has it, at the shop's risk both ways.
ON_THE_WAY = frozenset({_S.IN_TRANSIT_IN, _S.SHIPPED, _S.IN_TRANSIT_OUT, _S.RETURN_IN})
# No sale, listing, repair or transfer out of these.
FROZEN = frozenset({_S.COOLING_OFF_HOLD, _S.POLICE_HOLD, _S.RETURN_PENDING})
TERMINAL = frozenset(
    {_S.CLOSED, _S.RETURNED, _S.REFERRED, _S.DISPOSED, _S.SURRENDERED, _S.CANCELLED}
)


def may_move(before: UnitState, after: UnitState) -> bool:
    """Whether the table allows it, with what holds for every piece in hand on top; a carrier's
    parcel can be lost too.
    """
    if after is _S.POLICE_HOLD:
        return before in IN_CUSTODY
    if after is _S.LOST_DAMAGED:
        return before in IN_CUSTODY | ON_THE_WAY
    return after in MOVES[before]


def custody_of(told: str) -> Custody:
    """Who has it, without where: `dealer:shop` is the dealer."""
    return Custody(told.partition(":")[0])
