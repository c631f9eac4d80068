"""What keeps the terms it was made under (契約時の条件): how many running deals of each kind a
change of the terms does not reach.

A deal reads the version it was made with; everything else asks for the version in force each time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from catalog.buyback.stages import ENDED
from catalog.buyback.tables import BuybackCase
from catalog.consignment.states import LIVE, OWED
from catalog.consignment.tables import Contract
from catalog.credit.tables import CreditLot
from catalog.orders.states import OrderState
from catalog.orders.tables import SaleOrder

_ENDED_ORDERS = (OrderState.CLOSED, OrderState.RETURNED, OrderState.CANCELLED)
# What a deal reads of its own version, by how the keys of its terms begin.
_CONTRACT = ("con.", "fees.", "pay.")
_CASE = ("quo.", "buy.", "kob.", "aml.", "fees.", "pay.")
_ORDER = ("ord.", "ship.", "ret.", "fees.")
_LOT = ("crd.",)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many running deals of a kind (contract, case, order, lot) keep their versions."""

    kind: str
    count: int
    oldest: int
    latest: int


def kept(db: Session, keys: Collection[str]) -> list[Kept]:
    """The running deals that a change of these terms does not reach."""
    kinds: tuple[tuple[str, tuple[str, ...], Any, Any], ...] = (
        (
            "contract",
            _CONTRACT,
            Contract.policy_version,
            col(Contract.state).in_([each.value for each in LIVE | OWED]),
        ),
        (
            "case",
            _CASE,
            BuybackCase.policy_version,
            col(BuybackCase.state).not_in([each.value for each in ENDED]),
        ),
        (
            "order",
            _ORDER,
            SaleOrder.policy_version,
            col(SaleOrder.state).not_in([each.value for each in _ENDED_ORDERS]),
        ),
        ("lot", _LOT, CreditLot.policy_version, col(CreditLot.remaining) + CreditLot.held > 0),
    )
    found = []
    for kind, begins, version, is_running in kinds:
        if not any(key.startswith(begins) for key in keys):
            continue
        counted = select(func.count(), func.min(version), func.max(version)).where(is_running)
        count, oldest, latest = db.exec(counted).one()
        if count:
            found.append(Kept(kind, count, oldest, latest))
    return found
