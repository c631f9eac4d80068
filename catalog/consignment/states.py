"""Where a consignment contract stands, and the moves between (委託契約の状態).

Plain names and one table of moves. Whether the piece is listed or reserved is the unit's own state
and is told as a stage (`stage_of`), never kept twice.
"""

from enum import StrEnum

from catalog.items.kinds import UnitState


class ContractState(StrEnum):
    """Where a contract stands."""

    PROPOSED = "proposed"  # both amounts shown, nothing agreed
    DECLINED = "declined"
    AGREED = "agreed"  # accepted; the piece is not active yet
    ACTIVE = "active"
    SOLD = "sold"  # paid by a buyer, not yet in the buyer's hands
    RETURN_WINDOW = "return_window"
    PAYABLE = "payable"
    CONVERTED = "converted"  # the buyback guarantee was used
    COMPENSATED = "compensated"  # lost or damaged while with the shop
    PAID = "paid"
    CLOSED = "closed"
    TERM_ENDED = "term_ended"
    RENEWED = "renewed"
    RETURNING = "returning"
    RETURNED = "returned"


_S = ContractState

MOVES: dict[ContractState, frozenset[ContractState]] = {
    _S.PROPOSED: frozenset({_S.AGREED, _S.ACTIVE, _S.DECLINED}),
    _S.AGREED: frozenset({_S.ACTIVE, _S.DECLINED, _S.COMPENSATED, _S.RETURNING}),
    _S.ACTIVE: frozenset(
        {_S.SOLD, _S.CONVERTED, _S.COMPENSATED, _S.TERM_ENDED, _S.RENEWED, _S.RETURNING}
    ),
    _S.SOLD: frozenset({_S.RETURN_WINDOW, _S.PAYABLE, _S.ACTIVE, _S.COMPENSATED}),
    _S.RETURN_WINDOW: frozenset({_S.PAYABLE, _S.ACTIVE}),
    _S.PAYABLE: frozenset({_S.PAID, _S.ACTIVE}),
    _S.CONVERTED: frozenset({_S.PAID}),
    _S.COMPENSATED: frozenset({_S.PAID}),
    _S.PAID: frozenset({_S.CLOSED}),
    _S.TERM_ENDED: frozenset({_S.RENEWED, _S.CONVERTED, _S.COMPENSATED, _S.RETURNING}),
    _S.RETURNING: frozenset({_S.RETURNED, _S.COMPENSATED}),
    _S.DECLINED: frozenset(),
    _S.CLOSED: frozenset(),
    _S.RENEWED: frozenset(),
    _S.RETURNED: frozenset(),
}

# One contract per unit may stand in these.
LIVE = frozenset({_S.AGREED, _S.ACTIVE, _S.SOLD, _S.RETURN_WINDOW, _S.TERM_ENDED, _S.RETURNING})
# The consignor is owed and not yet paid.
OWED = frozenset({_S.PAYABLE, _S.CONVERTED, _S.COMPENSATED})


def may_move(before: ContractState, after: ContractState) -> bool:
    """Whether a contract may go from one state to the other."""
    return after in MOVES[before]


class SaleKind(StrEnum):
    """How a piece was sold: it decides when the consignor is paid (PAY-2)."""

    ONLINE = "online"
    IN_STORE = "in_store"


class Settlement(StrEnum):
    """How a consignor is paid."""

    BANK = "bank"
    CREDIT = "credit"


class RequestState(StrEnum):
    """What became of a request to sell at the guaranteed price."""

    ACCEPTED = "accepted"
    PARKED = "parked"
    MOOT = "moot"  # parked, and then the piece was sold
    REFUSED = "refused"


class ProposalState(StrEnum):
    """What became of a proposed list price; no answer is no change."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"  # another proposal, or the end, came first


def stage_of(contract: ContractState, unit: UnitState, *, is_parked: bool) -> str:
    """The stage told to the consignor: an active contract is told by its piece (R-066)."""
    if contract is ContractState.AGREED:
        return "awaiting_item"
    if contract is not ContractState.ACTIVE:
        return contract.value
    if is_parked:
        return "guarantee_requested"
    return unit.value
