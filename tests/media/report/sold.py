"""The watch of the desk after its sale: photographed, reported, paid by a buyer."""

from typing import Any

from sqlmodel import Session

from catalog.customers import actions as customers
from catalog.ground.record import CustomerId
from catalog.orders.states import Delivery, LineState, OrderState
from catalog.orders.tables import OrderLine, SaleOrder
from media.report import sales
from tests.media.report.desk import BY, Desk


class Sold:
    """The watch of the desk, photographed, reported and sold."""

    def __init__(self, desk: Desk, *, makes: bool = False) -> None:
        self.desk = desk
        self.before = {each: desk.capture(each, makes=makes) for each in ("dial", "case_back")}
        self.before["serial"] = desk.capture("serial", makes=makes)
        self.report = desk.draft()
        desk.pin(self.report, self.before["dial"])
        self.issued = desk.issue(self.report)
        self.buyer: CustomerId = desk.write(
            lambda db: customers.register(
                db, "C-1", "髙橋", given_name="𠮷", language="ja", by=BY, now=desk.now
            )
        )
        self.sold_at = desk.later(5)
        desk.write(self._sell)

    def _sell(self, db: Session) -> None:
        told: dict[str, Any] = {"order_id": "O1", "unit_id": self.desk.unit}
        db.add(_order(self.buyer, self.sold_at))
        db.flush()
        db.add(_line(told))
        db.flush()

    def freeze(self) -> int:
        return int(self.desk.write(lambda db: sales.freeze(db, "O1", now=self.desk.later())))


def _order(buyer: str, at: Any) -> SaleOrder:
    return SaleOrder(
        id="O1", order_no="O-1", customer_id=buyer, state=OrderState.PAID.value,
        channel="online", delivery=Delivery.SHIP.value, goods=1, shipping=0, total=1,
        ordered_at=at, paid_at=at, policy_version=1, changed_at=at, written_at=at,
    )  # fmt: skip


def _line(told: Any) -> OrderLine:
    return OrderLine(
        id="L1", number=1, state=LineState.PAID.value, price=1, owner_kind="dealer", **told
    )
