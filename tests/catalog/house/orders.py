"""Orders from the basket to the money that goes back."""

from typing import Any

from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.tables import Unit
from catalog.orders import actions as orders
from catalog.orders import comparing, dispatch, exchanges, undelivered, undoing
from catalog.orders import returns as coming_back
from catalog.orders.actions import Tendered
from catalog.orders.checkout import Basket, checkout
from catalog.orders.comparing import Comparison
from catalog.orders.dispatch import Packed
from catalog.orders.returns import Asked
from catalog.orders.states import Delivery, ReturnKind, ReturnState, TenderKind
from catalog.orders.tables import OrderLine, ReturnCase, SaleOrder
from catalog.orders.undoing import Refunding
from tests.catalog.buyback.deals import (
    MANAGER,
)
from tests.catalog.consignment.shelf import STAFF
from tests.catalog.house.said import keyed, said
from tests.catalog.house.walk import Command, House


def _listed(house: House) -> Any:
    return house.some(Unit, "listed") or house.some(Unit)


@said(12)
def check_out(house: House) -> Command:
    who = house.person()
    units = {_listed(house).id for _ in range(house.dice.choice((1, 1, 2)))}
    basket = Basket(
        who.id, tuple(UnitId(each) for each in sorted(units)),
        house.dice.choice((Delivery.SHIP, Delivery.SHIP, *Delivery)),
        credit=Yen(house.dice.choice((0, 0, 5_000, 200_000))),
    )  # fmt: skip
    return keyed(house, checkout, basket, by="bot")


@said(12)
def pay(house: House) -> Command | None:
    row = house.some(SaleOrder, "open")
    if row is None:
        return None
    short = house.dice.choice((0,) * 12 + (1,))
    due = row.total - row.credit_wanted - short
    tenders = [Tendered(TenderKind.CARD, Yen(due), house.deals.key())] if due > 0 else []
    if due > 1 and house.dice.random() < 0.3:
        tenders = [
            Tendered(TenderKind.CARD, Yen(due // 2), house.deals.key()),
            Tendered(TenderKind.CASH, Yen(due - due // 2), house.deals.key()),
        ]
    return keyed(house, orders.pay, row.id, tenders, by="shop")


@said(2)
def cancel(house: House) -> Command | None:
    row = house.some(SaleOrder, "open", "paid", "packed")
    return row and keyed(house, orders.cancel, row.id, reason="x", by="t")


@said()
def lose(house: House) -> Command | None:
    row = house.some(OrderLine, "paid", "packed", "shipped")
    return row and keyed(
        house, undelivered.lose, row.order_id, row.unit_id, reason="lost", actor=house.by(MANAGER)
    )  # fmt: skip


@said(8)
def pack(house: House) -> Command | None:
    row = house.some(SaleOrder, "paid")
    if row is None:
        return None
    lines = house.rows(OrderLine, OrderLine.order_id == row.id)
    told = [Packed(line.unit_id, "seal", None, "film") for line in lines]
    return keyed(house, dispatch.pack, row.id, told, by="t")


@said(8)
def ship(house: House) -> Command | None:
    row = house.some(SaleOrder, "packed", "paid")
    if row is None:
        return None
    if row.delivery == Delivery.SHIP.value:
        number = f"T{house.deals.key()}"
        return keyed(house, dispatch.ship, row.id, carrier="y", tracking_no=number, by="t")
    return keyed(house, dispatch.hand_over, row.id, pickup_code=row.pickup_code, by="t")


@said(8)
def delivered(house: House) -> Command | None:
    row = house.some(SaleOrder, "shipped")
    on = tokyo_day(house.now)
    return row and keyed(house, dispatch.delivered, row.id, delivered_on=on, by="t")


@said(6)
def ask_return(house: House) -> Command | None:
    row = house.some(OrderLine, "delivered")
    if row is None:
        return None
    order = next(iter(house.rows(SaleOrder, SaleOrder.id == row.order_id)))
    told: dict[str, Any] = {"asked_at": house.now, "actor": house.customer(order.customer_id)}
    if house.dice.random() < 0.6:
        wanted = Asked(order.id, row.unit_id, "x")
        return keyed(house, coming_back.ask, wanted, **told)
    new_unit = _listed(house)
    basket = Basket(order.customer_id, (UnitId(new_unit.id),))
    wanted = Asked(order.id, row.unit_id, "x", ReturnKind.EXCHANGE)
    return keyed(house, exchanges.ask, wanted, basket, **told)


@said(6)
def receive(house: House) -> Command | None:
    row = house.some(ReturnCase, "asked", "underway")
    return row and keyed(house, coming_back.receive, row.id, place="shop", by="t")


@said(6)
def compare(house: House) -> Command | None:
    row = house.some(ReturnCase, "received")
    if row is None:
        return None
    told = Comparison(f"c-{row.id}", house.dice.random() < 0.8)
    return keyed(house, comparing.compare, row.id, told, actor=house.by(STAFF))


@said()
def decide(house: House) -> Command | None:
    row = house.some(ReturnCase, "disputed")
    accepts = house.dice.random() < 0.5
    return row and keyed(
        house, comparing.decide, row.id, accepts=accepts, reason="x", actor=house.by(MANAGER)
    )


@said()
def withdraw_return(house: House) -> Command | None:
    row = house.some(ReturnCase, "asked")
    if row is None:
        return None
    order = next(iter(house.rows(SaleOrder, SaleOrder.id == row.order_id)))
    return keyed(house, coming_back.withdraw, row.id, actor=house.customer(order.customer_id))


@said(6)
def give_back(house: House) -> Command | None:
    """The money of a return, or what an exchange comes to."""
    row = house.some(ReturnCase, ReturnState.COMPARED.value)
    if row is None:
        return None
    order = next(iter(house.rows(SaleOrder, SaleOrder.id == row.order_id)))
    as_credit = house.dice.random() < 0.3
    wanted = Refunding(as_credit, house.consents[order.customer_id] if as_credit else None)
    if row.kind != ReturnKind.EXCHANGE.value or row.state != ReturnState.COMPARED.value:
        return keyed(house, undoing.refund, row.id, wanted, actor=house.by(STAFF))
    told = house.database.read(lambda db: exchanges.settlement(db, row.id))
    pays = told.net.customer_pays
    part = Yen(min(pays, house.dice.choice((0, 1_000))))
    rest = Yen(pays - part)
    tenders = [Tendered(TenderKind.CARD, rest, house.deals.key())] if rest else []
    return keyed(
        house, exchanges.confirm, row.id, tenders, confirmed=pays, credit=part, wanted=wanted,
        actor=house.by(STAFF),
    )  # fmt: skip
