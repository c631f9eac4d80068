"""Buying and sending back for tests, on a shelf with consigned and own pieces."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from catalog.credit import actions as credit
from catalog.credit.terms import Origin
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.prices import reprice
from catalog.items.tables import Unit
from catalog.orders import actions, comparing, dispatch, exchanges, returns, undoing
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, Checkout, checkout
from catalog.orders.comparing import Comparison
from catalog.orders.dispatch import Packed
from catalog.orders.queries import OrderBooks, books
from catalog.orders.returns import Asked, ReturnStanding
from catalog.orders.states import Delivery, ReturnKind, TenderKind
from catalog.orders.steps import Standing
from catalog.orders.tables import OrderLine, SaleOrder, Tender
from catalog.orders.undoing import Refunding
from tests.catalog.consignment.shelf import STAFF, Shelf, person


@dataclass
class Counter(Shelf):
    """The shelf with a counter in front of it."""

    def basket(
        self, who: CustomerId, *unit_ids: UnitId, key: str | None = None, **told: Any
    ) -> Checkout:
        told["credit"] = Yen(told.get("credit", 0))
        return self.write(
            checkout, Basket(who, unit_ids, **told), by="bot", now=self.now, key=key or self.key()
        )

    def priced(self, unit_id: UnitId, price: int) -> None:
        """A colleague sets another list price."""
        told: dict[str, Any] = {"reason": "相場", "by": STAFF.name, "now": self.now}
        self.write(reprice, unit_id, Yen(price), key=f"priced:{price}", **told)

    def pay(
        self,
        made: Checkout,
        *tenders: Tendered,
        key: str | None = None,
    ) -> Standing:
        """By card, all that is to pay, where no other tender is told."""
        given = tenders or ((Tendered(TenderKind.CARD, made.to_pay, "p1"),) if made.to_pay else ())
        return self.write(
            actions.pay, made.order_id, given, by="shop", now=self.now, key=key or self.key()
        )

    def bought(self, who: CustomerId, *unit_ids: UnitId, **told: Any) -> Checkout:
        made = self.basket(who, *unit_ids, **told)
        self.pay(made)
        return made

    def pack(self, order_id: str, key: str | None = None) -> Standing:
        def serials(db: Session) -> list[Packed]:
            rows = db.exec(
                select(OrderLine.unit_id, Unit.serial).where(
                    OrderLine.order_id == order_id, OrderLine.unit_id == Unit.id
                )
            )
            return [Packed(unit, f"seal-{unit[-4:]}", serial, "film") for unit, serial in rows]

        packed = self.read(serials)
        return self.write(
            dispatch.pack, order_id, packed, by="staff:S1", now=self.now, key=key or self.key()
        )

    def ship(self, order_id: str, number: str = "1234-5678", **told: Any) -> Standing:
        return self.write(
            dispatch.ship, order_id, carrier="yamato", tracking_no=number, by="staff:S1",
            now=self.now, key=self.key(), **told,
        )  # fmt: skip

    def deliver(self, order_id: str) -> Standing:
        return self.write(
            dispatch.delivered, order_id, delivered_on=self.now.date(), by="carrier", now=self.now,
            key=self.key(),
        )  # fmt: skip

    def delivered(self, who: CustomerId, *unit_ids: UnitId, **told: Any) -> Checkout:
        """Bought, packed, sent and brought today."""
        made = self.bought(who, *unit_ids, **told)
        self.pack(made.order_id)
        self.ship(made.order_id, number=f"T{next(self.numbers):06d}")
        self.deliver(made.order_id)
        return made

    def ask(self, who: CustomerId, order_id: str, unit_id: str, **told: Any) -> ReturnStanding:
        return self.write(
            returns.ask, Asked(order_id, unit_id, "changed my mind"),
            asked_at=told.pop("asked_at", self.now), actor=person(who), now=self.now,
            key=told.pop("key", None) or self.key(),
        )  # fmt: skip

    def receive(self, return_id: str) -> ReturnStanding:
        return self.write(
            returns.receive, return_id, place="shop", by="staff:S1", now=self.now, key=self.key()
        )

    def compare(self, return_id: str, *, is_same: bool = True) -> ReturnStanding:
        return self.write(
            comparing.compare, return_id, Comparison(f"cmp-{return_id}", is_same), actor=STAFF,
            now=self.now, key=self.key(),
        )  # fmt: skip

    def refund(
        self, return_id: str, wanted: Refunding | None = None, key: str | None = None
    ) -> ReturnStanding:
        return self.write(
            undoing.refund, return_id, wanted or Refunding(), actor=STAFF, now=self.now,
            key=key or self.key(),
        )  # fmt: skip

    def came_back(self, who: CustomerId, order_id: str, unit_id: str) -> str:
        """Asked for, received and compared: ready to be refunded."""
        return_id = self.ask(who, order_id, unit_id).return_id
        self.receive(return_id)
        self.compare(return_id)
        return return_id

    def exchange(
        self, who: CustomerId, order_id: str, unit_id: str, new_unit: UnitId
    ) -> exchanges.Exchange:
        return self.write(
            exchanges.ask, Asked(order_id, unit_id, "too small", ReturnKind.EXCHANGE),
            Basket(who, (new_unit,)), asked_at=self.now, actor=person(who), now=self.now,
            key=self.key(),
        )  # fmt: skip

    def credit(self, who: CustomerId, amount: int, origin: Origin = Origin.TRADE_IN) -> str:
        lot = self.write(
            credit.issue, who, origin, Yen(amount), document=None, channel="test", by="t",
            now=self.now, key=self.key(),
        )  # fmt: skip
        return lot.lot_id

    def order(self, order_id: str) -> SaleOrder:
        return self.read(lambda db: db.get_one(SaleOrder, order_id))

    def books(self, order_id: str) -> OrderBooks:
        return self.read(lambda db: books(db, order_id))

    def tenders(self, order_id: str) -> dict[str, tuple[int, int]]:
        """Means → paid, refunded."""
        rows = self.read(
            lambda db: db.exec(select(Tender).where(Tender.order_id == order_id)).all()
        )
        return {row.kind: (row.amount, row.refunded) for row in rows}


IN_STORE = Delivery.IN_STORE
COLLECT = Delivery.COLLECT
