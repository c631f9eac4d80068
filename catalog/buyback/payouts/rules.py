"""Payouts as pure decisions: how one stands, whose hands may release it, on which day a list goes.
No clock, no I/O.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

from catalog.ground.calendar import is_bank_day, next_bank_day
from catalog.ground.money import Yen


class PayoutStatus(StrEnum):
    """Where a payout stands; `paid` and `cancelled` are the ends, but for the bank's later word."""

    PLANNED = "planned"
    RELEASED = "released"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class BatchStatus(StrEnum):
    """Where a list for the bank stands; `cancelled`: taken back before its file left."""

    MADE = "made"
    RELEASED = "released"
    SENT = "sent"
    DONE = "done"
    CANCELLED = "cancelled"


class Block(StrEnum):
    """Why a payout cannot be made now."""

    NO_IDENTITY = "no_identity"
    NO_ACCOUNT = "no_account"
    NAME_DIFFERS = "name_differs"
    ONE_HAND = "one_hand"  # whoever would release it appraised and approved it
    MAY_HAVE_LEFT = "may_have_left"  # the bank says so, against what stands; nobody cleared it yet


_S = PayoutStatus

# Every move there is; money leaves once: back from `paid` only what the bank gave back (組戻).
# The bank's later word, that what it had called failed has left, finds a payout wherever it waits,
# also one called off since.
MOVES: Mapping[PayoutStatus, frozenset[PayoutStatus]] = {
    _S.PLANNED: frozenset({_S.RELEASED, _S.PAID, _S.CANCELLED}),  # paid at once: cash
    _S.RELEASED: frozenset({_S.SENT, _S.PLANNED, _S.CANCELLED, _S.PAID}),  # planned: fell out
    _S.SENT: frozenset({_S.PAID, _S.FAILED, _S.PLANNED}),  # planned: the bank refused the file
    _S.FAILED: frozenset({_S.PLANNED, _S.CANCELLED, _S.PAID}),
    _S.PAID: frozenset({_S.FAILED}),
    _S.CANCELLED: frozenset({_S.SENT}),
}
OPEN = frozenset({_S.PLANNED, _S.RELEASED, _S.SENT, _S.FAILED})
NOT_SENT = OPEN - {_S.SENT}  # what it rests on may still be mended
UNDER_WAY = (BatchStatus.MADE, BatchStatus.RELEASED, BatchStatus.SENT)
BEFORE_SENT = (BatchStatus.MADE, BatchStatus.RELEASED)  # no money of such a list can have left

# Banks take a file some weeks ahead, and its header has no year.
_FURTHEST = timedelta(days=30)


def may_have_left(status: PayoutStatus, *, is_here: bool) -> bool:
    """Whether the bank's word that it left is the first that says so: it was sent in that list
    (`is_here`), or sent back and not sent again since.
    """
    return status in OPEN and (is_here or status is not _S.SENT)


def before(status: PayoutStatus) -> frozenset[PayoutStatus]:
    """The statuses from which a payout may come to this one."""
    return frozenset(each for each, after in MOVES.items() if status in after)


def is_one_hand(hands: Collection[str], payer: str) -> bool:
    """Whether appraisal, approval and payment would all be one person's."""
    return bool(hands) and {*hands} == {payer}


def is_day_for_list(on: date, today: date) -> bool:
    """Whether a list made today may be for that day: neither over nor further than banks take."""
    return today <= on <= today + _FURTHEST


def last_day_for_list(today: date) -> date:
    """The last such day."""
    return today + _FURTHEST


def bank_day_from(day: date) -> date:
    """That day if banks transfer on it, else the next one they do."""
    return day if is_bank_day(day) else next_bank_day(day)


def transfer_day(wanted: date, today: date) -> date:
    """The day a list can still go on: the one it was made for, or, once that is over, the first on
    which the bank takes it.
    """
    return wanted if wanted >= today else bank_day_from(today)


def net_of_fee(part: Yen, fee: Yen) -> tuple[Yen, Yen]:
    """What is transferred and what the fee takes of a part; a fee never takes more than all but one
    yen.
    """
    taken = Yen(min(fee, max(part - 1, 0)))
    return Yen(part - taken), taken
