"""Sales made outside the chat (店頭・電話・他サイトの売上): who bought which piece, and that it was
paid.

GET  /console/sale?item=&customer=     the form
POST /console/sale                     what it costs is shown first, then it is kept for the buyer
POST /console/orders/{no}/pay          what is due was paid

From there the order goes its way as any other (`orders`). A shop whose other systems tell of their
sales by themselves has `POST /api/events`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from catalog.customers import queries as customers
from catalog.ground.errors import Refused
from catalog.ground.money import Yen
from catalog.ground.record import UnitId
from catalog.items.places.queries import places
from catalog.items.tables import Unit
from catalog.orders import actions, queries
from catalog.orders.actions import NotPayable, Tendered
from catalog.orders.checkout import Basket, BuyerMissing, checkout
from catalog.orders.states import Delivery, TenderKind
from catalog.orders.tables import SaleOrder
from handoff.console.asked import (
    FieldMalformed,
    called,
    is_sure,
    key_of,
    maybe_words,
    rehearsed,
    words_of,
    yen_of,
)
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.item import PieceMissing, unit_of
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act

_HANDED_IN = (TenderKind.CARD, TenderKind.CASH, TenderKind.BANK)
_NOT_YET = "later"
_DAYS = (1, 3, 7)  # a piece may be kept for who pays later
_MOST_PIECES = 20

Told = Annotated[str, Query(max_length=100)]


class PieceUnknown(Refused):
    """No piece has a code that was typed. `code`."""

    def __init__(self, code: str) -> None:
        super().__init__("no piece has that code")
        self.code = code


def add(made: APIRouter, office: Office) -> None:
    """The addresses of selling."""

    @made.get("/sale")
    async def form_of(request: Request, item: Told = "", customer: Told = "") -> Response:
        visit = await who(office, request, Act.EDIT_PIECE)
        known = await office.units.read(places)
        facts = {
            "visit": visit, "item": item, "customer": customer, "days": _DAYS,
            "places": [each.name for each in known if each.hands_over],
        }  # fmt: skip
        return page("sale", visit.lang, facts)

    @made.post("/sale")
    async def sell(request: Request) -> Response:
        visit, form = await checked(office, request, Act.EDIT_PIECE)
        if not is_sure(form):
            told = await rehearsed(office, lambda db: _sell(db, visit, form))
            return page("sale_sure", visit.lang, {"visit": visit, "form": form, **told})
        told = await office.units.write(lambda db: _sell(db, visit, form))
        return onward(place("orders", told["order_no"]), request)

    @made.post("/orders/{no:path}/pay")
    async def pay(request: Request, no: str) -> Response:
        visit, form = await checked(office, request, Act.EDIT_PIECE)
        await office.units.write(lambda db: _pay(db, no, visit, form))
        return onward(place("orders", no), request)


def _sell(db: Session, visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    """Kept for the buyer and, where it was, paid; what it comes to, as plain values. Raises
    PriceMoved where that is not what was confirmed.
    """
    basket, means = _basket(db, form), form.get("means", _NOT_YET)
    by, key = visit.session.actor.name, key_of(form, visit)
    shown = yen_of(form, "total") if is_sure(form) else None
    made = checkout(db, basket, by=by, now=visit.now, key=key, shown=shown)
    if means != _NOT_YET:
        paid = _tendered(form, made.to_pay)
        actions.pay(db, made.order_id, paid, by=by, now=visit.now, key=f"{key}:paid")
    order = db.get_one(SaleOrder, made.order_id)
    return {
        "order_no": made.order_no, "buyer": called(db, basket.customer_id),
        "pieces": [_piece(db, each) for each in basket.unit_ids], "goods": made.goods,
        "shipping": made.shipping, "total": made.total, "delivery": basket.delivery.value,
        "place": order.place, "means": means, "until": made.reserved_until,
    }  # fmt: skip


def _basket(db: Session, form: Mapping[str, str]) -> Basket:
    """What the form tells was bought. Raises BuyerMissing, PieceUnknown, FieldMalformed."""
    number = words_of(form, "customer", most=100)
    buyer = customers.by_number(db, number)
    if buyer is None:
        raise BuyerMissing(number)
    codes = words_of(form, "items", most=1_000).replace("、", " ").replace(",", " ").split()
    delivery = form.get("delivery")
    if delivery not in set(Delivery) or len(codes) > _MOST_PIECES:
        raise FieldMalformed("delivery")
    days = form.get("keep", "")
    if days not in {"", *(str(each) for each in _DAYS)}:
        raise FieldMalformed("keep")
    return Basket(
        customer_id=buyer,
        unit_ids=tuple(_unit(db, code) for code in dict.fromkeys(codes)),
        delivery=Delivery(delivery),
        place=maybe_words(form, "place", most=60) if delivery != Delivery.SHIP.value else None,
        channel="store" if delivery == Delivery.IN_STORE.value else "online",
        keep=timedelta(days=int(days)) if days else None,
        order_no=maybe_words(form, "order_no", most=60),
    )


def _unit(db: Session, code: str) -> UnitId:
    try:
        return UnitId(unit_of(db, code).id)
    except PieceMissing:
        raise PieceUnknown(code) from None


def _piece(db: Session, unit_id: UnitId) -> tuple[str, str, int]:
    unit = db.get_one(Unit, unit_id)
    return unit.code, unit.title, unit.price or 0


def _tendered(form: Mapping[str, str], due: Yen) -> list[Tendered]:
    """Paid in one sum by one means. Raises FieldMalformed."""
    if form.get("means") not in {each.value for each in _HANDED_IN}:
        raise FieldMalformed("means")
    return [Tendered(TenderKind(form["means"]), due, words_of(form, "reference", most=100))]


def _pay(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    """All that is due; what an exchange costs more is paid with the exchange. Raises NotPayable."""
    order = queries.by_number(db, no)
    if order.exchange_of is not None:
        raise NotPayable(order.order_no, "an exchange")
    due = Yen(order.total - order.credit_wanted)
    by, key = visit.session.actor.name, key_of(form, visit)
    tenders = _tendered(form, due) if due else []
    return actions.pay(db, order.id, tenders, by=by, now=visit.now, key=key)
