"""A customer's purchases for journeys: bought, packed, sent and brought by the product's verbs."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from catalog.ground.calendar import tokyo_day
from catalog.ground.record import CustomerId, UnitId
from catalog.items.queries import id_of_code
from catalog.items.tables import Unit
from catalog.orders import actions, dispatch
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, checkout
from catalog.orders.dispatch import Packed
from catalog.orders.states import Delivery, TenderKind
from catalog.orders.tables import OrderLine
from tests.shop import RunningShop


async def bought(
    shop: RunningShop,
    who: CustomerId,
    *codes: str,
    until: str = "delivered",
    at: datetime | None = None,
    **told: Any,
) -> str:
    """The number of an order that stands there: open, paid, packed, shipped or delivered."""
    now = at or shop.clock()

    def unit(db: Session) -> str:
        ids = [id_of_code(db, code) for code in codes]
        units = tuple(UnitId(each) for each in ids if each)
        key = f"test:{codes}:{now.isoformat()}"
        made = checkout(db, Basket(who, units, **told), by="bot", now=now, key=f"{key}:made")
        steps = ["open", "paid", "packed", "shipped", "delivered"]
        wanted = steps[: steps.index(until) + 1]
        if "paid" in wanted:
            tenders = [Tendered(TenderKind.CARD, made.to_pay, "p1")] if made.to_pay else []
            actions.pay(db, made.order_id, tenders, by="shop", now=now, key=f"{key}:paid")
        if "packed" in wanted:
            rows = db.exec(
                select(OrderLine.unit_id, Unit.serial).where(
                    OrderLine.order_id == made.order_id, OrderLine.unit_id == Unit.id
                )
            )
            packed = [Packed(each, f"seal-{each[-4:]}", serial, "film") for each, serial in rows]
            dispatch.pack(db, made.order_id, packed, by="staff:S", now=now, key=f"{key}:packed")
        if "shipped" in wanted:
            dispatch.ship(
                db, made.order_id, carrier="yamato", tracking_no=f"3900-{made.order_id[-8:]}",
                by="staff:S", now=now, key=f"{key}:shipped",
            )  # fmt: skip
        if "delivered" in wanted:
            dispatch.delivered(
                db, made.order_id, delivered_on=tokyo_day(now), by="carrier", now=now,
                key=f"{key}:delivered",
            )  # fmt: skip
        return made.order_no

    return await shop.shop.units.write(unit)


COLLECT = Delivery.COLLECT
