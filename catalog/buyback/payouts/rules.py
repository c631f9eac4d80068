"""Payouts as pure decisions: how one stands, and whose hands may release it. No clock, no I/O."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from catalog.ground.money import Yen


class PayoutStatus(StrEnum):
    """Where a payout stands; `paid` and `cancelled` are the ends."""

    PLANNED = "planned"
    RELEASED = "released"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BatchStatus(StrEnum):
    """Where a list for the bank stands."""

    MADE = "made"
    RELEASED = "released"
    SENT = "sent"
    DONE = "done"


class Block(StrEnum):
    """Why a payout cannot be made now."""

    NO_IDENTITY = "no_identity"
    NO_ACCOUNT = "no_account"
    NAME_DIFFERS = "name_differs"


_S = PayoutStatus

# Every move there is; money leaves once: nothing leads back from `paid`.
MOVES: Mapping[PayoutStatus, frozenset[PayoutStatus]] = {
    _S.PLANNED: frozenset({_S.RELEASED, _S.PAID, _S.CANCELLED}),  # paid at once: cash
    _S.RELEASED: frozenset({_S.SENT, _S.PLANNED, _S.CANCELLED}),  # planned: fell out of its list
    _S.SENT: frozenset({_S.PAID, _S.FAILED}),
    _S.FAILED: frozenset({_S.PLANNED, _S.CANCELLED}),
    _S.PAID: frozenset(),
    _S.CANCELLED: frozenset(),
}
OPEN = frozenset({_S.PLANNED, _S.RELEASED, _S.SENT, _S.FAILED})


def before(status: PayoutStatus) -> frozenset[PayoutStatus]:
    """The statuses from which a payout may come to this one."""
    return frozenset(each for each, after in MOVES.items() if status in after)


def is_one_hand(hands: Collection[str], payer: str) -> bool:
    """Whether appraisal, approval and payment would all be one person's."""
    return bool(hands) and {*hands} == {payer}


def net_of_fee(part: Yen, fee: Yen) -> tuple[Yen, Yen]:
    """What is transferred and what the fee takes of a part; a fee never takes more than all but one
    yen.
    """
    taken = Yen(min(fee, max(part - 1, 0)))
    return Yen(part - taken), taken
