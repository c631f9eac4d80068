"""Orders for staff (注文): where each stands, shipping, what comes back, and refunds, which need a
record of comparing the piece with what was sent (R-099).

GET  /console/orders?state=&offset=          the orders under way
GET  /console/orders/{no}                    one order
POST /console/orders/{no}/{step}             pack, ship, hand_over, deliver, cancel
POST /console/orders/{no}/lose               a piece its buyer can never get: shown first, then done
POST /console/orders/{no}/renumber           another tracking number was typed
POST /console/orders/{no}/{step}             of a return: label, receive, compare, decide, refund,
                                             exchange

What an exchange or a refund comes to is shown before it is done. Not here: what a buyer asks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session, col, select

from catalog.consignment import selling
from catalog.consignment.states import ContractState
from catalog.credit.rules import RefundTooHigh
from catalog.customers import queries as customers
from catalog.customers.tables import Customer
from catalog.ground import journal
from catalog.ground.calendar import tokyo_day
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.parcels.tables import Parcel
from catalog.items.tables import Unit
from catalog.orders import (
    actions,
    buyers,
    comparing,
    costs,
    dispatch,
    exchanges,
    labels,
    overview,
    queries,
    undelivered,
    undoing,
)
from catalog.orders import returns as coming
from catalog.orders.actions import Tendered
from catalog.orders.comparing import Comparison
from catalog.orders.costs import Margin
from catalog.orders.dispatch import Packed
from catalog.orders.exchanges import Settlement
from catalog.orders.queries import RefundOptions
from catalog.orders.refunding import tenders_of
from catalog.orders.returns import ReturnMissing, open_returns
from catalog.orders.states import LineState, OrderState, ReturnKind, ReturnState, TenderKind
from catalog.orders.steps import about, lines_of
from catalog.orders.tables import OrderLine, Refund, ReturnCase, SaleOrder
from handoff.console.asked import (
    FieldMalformed,
    called,
    day_of,
    is_sure,
    key_of,
    maybe_words,
    maybe_yen,
    names,
    rehearsed,
    words_of,
)
from handoff.console.door import Visit, checked, onward, place, who
from handoff.console.office import Office
from handoff.console.pages import page
from handoff.staff.permissions import Act
from media.disputes import queries as disputes

AT_ONCE = 50
_LAST_EVENTS = 60
_JUDGED = ("same", "differs", "missing")

State = Annotated[str | None, Query(max_length=30)]
Offset = Annotated[int, Query(ge=0, le=100_000)]


def add(made: APIRouter, office: Office) -> None:
    """The addresses of orders."""

    @made.get("/orders")
    async def orders(request: Request, state: State = None, offset: Offset = 0) -> Response:
        visit = await who(office, request)
        chosen = OrderState(state) if state in set(OrderState) else None

        def look(db: Session) -> dict[str, Any]:
            rows = overview.listing(db, state=chosen, limit=AT_ONCE, offset=offset)
            return {"counts": overview.counts(db), "rows": rows}

        facts = await office.units.read(look)
        told = {"visit": visit, "chosen": chosen, "offset": offset, "step": AT_ONCE, **facts}
        return page("orders", visit.lang, {"now": visit.now, **told})

    @made.get("/orders/{no:path}")
    async def order(request: Request, no: str) -> Response:
        visit = await who(office, request)
        facts = await office.units.read(lambda db: shown(db, visit, no))
        return page("order", visit.lang, {"visit": visit, "now": visit.now, **facts})

    def of(name: str, act: Act, step: Step) -> None:
        @made.post(f"/orders/{{no:path}}/{name}")
        async def done(request: Request, no: str) -> Response:
            visit, form = await checked(office, request, act)
            await office.units.write(lambda db: step(db, no, visit, form))
            return onward(place("orders", no), request)

    for name, act, step in _STEPS:
        of(name, act, step)

    def asked_twice(name: str, act: Act, sheet: str, foresee: Foresight, step: Step) -> None:
        @made.post(f"/orders/{{no:path}}/{name}")
        async def done(request: Request, no: str) -> Response:
            visit, form = await checked(office, request, act)
            if not is_sure(form):
                told = await rehearsed(office, lambda db: foresee(db, no, visit, form))
                return page(sheet, visit.lang, {"visit": visit, "no": no, **told})
            await office.units.write(lambda db: step(db, no, visit, form))
            return onward(place("orders", no), request)

    asked_twice("lose", Act.APPROVE, "order_lost_sure", _loss_foreseen, _lose)
    asked_twice("refund", Act.PAY, "order_sure", _foreseen, _refund)


@dataclass(frozen=True, slots=True)
class LineShown:
    """One piece of the order with its parcel and the return under way, if any."""

    line: OrderLine
    unit: Unit
    parcel: Parcel | None


@dataclass(frozen=True, slots=True)
class ReturnShown:
    """One return: what it gives back either way, or what an exchange comes to. Neither while it is
    not known any more.
    """

    case: ReturnCase
    title: str
    options: RefundOptions | None
    exchange: Settlement | None


def shown(db: Session, visit: Visit, no: str) -> dict[str, Any]:
    """What the page of one order needs. Raises OrderMissing."""
    order = queries.by_number(db, no)
    rows = db.exec(
        select(OrderLine, Unit, Parcel)
        .join(Unit, col(Unit.id) == col(OrderLine.unit_id))
        .join(Parcel, col(Parcel.id) == col(OrderLine.parcel_id), isouter=True)
        .where(OrderLine.order_id == order.id)
        .order_by(col(OrderLine.number))
    ).all()
    talks = customers.conversations(db, CustomerId(order.customer_id))
    return {
        "order": order,
        "buyer": called(db, order.customer_id),
        "customer_no": db.get_one(Customer, order.customer_id).customer_no,
        "lines": [LineShown(*row) for row in rows],
        "tenders": tenders_of(db, order.id),
        "refunds": _refunds(db, order.id),
        "books": queries.books(db, order.id),
        "unnamed": len(buyers.unnamed(db, order.id)),
        "margins": _margins(db, rows) if visit.may(Act.REPORT) else {},
        "returns": [_return_shown(db, each) for each in open_returns(db, order.id)],
        "disputes": [
            each for each in disputes.of_conversations(db, talks) if each.order_id == order.id
        ],
        "losable": [each for each, *_ in rows if each.state in undelivered.LOSABLE],
        "today": tokyo_day(visit.now),
        "events": journal.of(db, about(order.id))[-_LAST_EVENTS:],
        "people": names(db),
    }


def _margins(db: Session, rows: Sequence[Any]) -> dict[str, Margin]:
    """What each sold piece earned, by its id (R-098)."""
    unsold = {LineState.OPEN.value, LineState.CANCELLED.value}
    return {
        unit.id: costs.margin(db, line.order_id, UnitId(unit.id))
        for line, unit, _ in rows
        if line.state not in unsold
    }


def _return_shown(db: Session, case: ReturnCase) -> ReturnShown:
    title = db.get_one(Unit, case.unit_id).title
    options = exchange = None
    is_open = ReturnState(case.state) not in _ENDED
    try:
        if is_open and case.kind == ReturnKind.EXCHANGE.value and case.new_order_id:
            exchange = exchanges.settlement(db, case.id)
        elif is_open:
            options = queries.refund_options(db, case.id)
    except RefundTooHigh:
        options = None
    return ReturnShown(case, title, options, exchange)


_ENDED = frozenset({ReturnState.REFUNDED, ReturnState.REFUSED, ReturnState.WITHDRAWN})

Step = Callable[[Session, str, Visit, Mapping[str, str]], object]
Foresight = Callable[[Session, str, Visit, Mapping[str, str]], dict[str, Any]]


def _order(db: Session, no: str) -> SaleOrder:
    return queries.by_number(db, no)


def _return(db: Session, no: str, form: Mapping[str, str]) -> ReturnCase:
    """The return of this order that the form names. Raises ReturnMissing."""
    case = db.get(ReturnCase, form.get("return", ""))
    if case is None or case.order_id != _order(db, no).id:
        raise ReturnMissing(no)
    return case


def _pack(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    order = _order(db, no)
    packed = [
        Packed(
            line.unit_id,
            words_of(form, f"seal-{line.number}", most=100),
            maybe_words(form, f"serial-{line.number}", most=100),
            words_of(form, f"video-{line.number}", most=200),
        )
        for line in lines_of(db, order.id)
        if f"seal-{line.number}" in form  # what the form asked for, wherever it stands by now
    ]
    by, key = visit.session.actor.name, key_of(form, visit)
    return dispatch.pack(db, order.id, packed, by=by, now=visit.now, key=key)


def _ship(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    carrier, number = words_of(form, "carrier", most=60), words_of(form, "tracking_no", most=60)
    by, key = visit.session.actor.name, key_of(form, visit)
    return dispatch.ship(
        db, _order(db, no).id, carrier=carrier, tracking_no=number, by=by, now=visit.now, key=key
    )


def _hand_over(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    code, by = maybe_words(form, "code", most=60), visit.session.actor.name
    key = key_of(form, visit)
    return dispatch.hand_over(
        db, _order(db, no).id, pickup_code=code, by=by, now=visit.now, key=key
    )


def _deliver(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    on = day_of(form, "on")
    if on > tokyo_day(visit.now):
        raise FieldMalformed("on")
    by, key = visit.session.actor.name, key_of(form, visit)
    return dispatch.delivered(db, _order(db, no).id, delivered_on=on, by=by, now=visit.now, key=key)


def _renumber(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    number, by = words_of(form, "tracking_no", most=60), visit.session.actor.name
    parcel, key = form.get("parcel", ""), key_of(form, visit)
    return labels.correct(db, _order(db, no).id, parcel, number, by=by, now=visit.now, key=key)


def _label(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, number = _return(db, no, form), words_of(form, "tracking_no", most=60)
    by, key = visit.session.actor.name, key_of(form, visit)
    return labels.send(db, case.id, number, by=by, now=visit.now, key=key)


def _cancel(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    reason, by = words_of(form, "reason", most=300), visit.session.actor.name
    key = key_of(form, visit)
    return actions.cancel(db, _order(db, no).id, reason=reason, by=by, now=visit.now, key=key)


def _receive(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, place = _return(db, no, form), words_of(form, "place", most=60)
    by, key = visit.session.actor.name, key_of(form, visit)
    return coming.receive(db, case.id, place=place, by=by, now=visit.now, key=key)


def _compare(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    """What was found of seal, serial and condition; whether it is the same piece is what the person
    says who holds it.
    """
    case = _return(db, no, form)
    found: dict[str, str] = {}
    for name in ("seal", "serial", "condition"):
        if form.get(name) not in _JUDGED:
            raise FieldMalformed(name)
        found[name] = form[name]
    if form.get("same") not in {"yes", "no"}:
        raise FieldMalformed("same")
    if note := maybe_words(form, "note", most=600):
        found["note"] = note
    key = key_of(form, visit)
    told = Comparison(f"compared:{key}", form["same"] == "yes", found)
    return comparing.compare(db, case.id, told, actor=visit.session.actor, now=visit.now, key=key)


def _decide(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    case, reason = _return(db, no, form), words_of(form, "reason", most=300)
    actor, key = visit.session.actor, key_of(form, visit)
    accepts = form.get("accepts") == "yes"
    return comparing.decide(
        db, case.id, accepts=accepts, reason=reason, actor=actor, now=visit.now, key=key
    )


_STEPS: Sequence[tuple[str, Act, Step]] = (
    ("pack", Act.EDIT_PIECE, _pack),
    ("ship", Act.EDIT_PIECE, _ship),
    ("renumber", Act.EDIT_PIECE, _renumber),
    ("hand_over", Act.EDIT_PIECE, _hand_over),
    ("deliver", Act.EDIT_PIECE, _deliver),
    ("cancel", Act.PAY, _cancel),
    ("label", Act.EDIT_PIECE, _label),
    ("receive", Act.EDIT_PIECE, _receive),
    ("compare", Act.EDIT_PIECE, _compare),
    ("decide", Act.APPROVE, _decide),
)


def _lose(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    """A piece was lost or broken before its buyer had it: their money back, the consignor made
    good.
    """
    order, reason = _order(db, no), words_of(form, "reason", most=300)
    actor, key = visit.session.actor, key_of(form, visit)
    if "return" in form:
        back = _return(db, no, form).id
        return undelivered.lose_return(
            db, back, reason=reason, actor=actor, now=visit.now, key=key
        )  # fmt: skip
    return undelivered.lose(
        db, order.id, form.get("unit", ""), reason=reason, actor=actor, now=visit.now, key=key
    )


def _loss_foreseen(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    """What it would come to, tried: what went back, and what a consignor is paid."""
    order = _order(db, no)
    before = {each.id for each in _refunds(db, order.id)}
    unit_id = _return(db, no, form).unit_id if "return" in form else form.get("unit", "")
    contract = selling.sold_in(db, unit_id, order.id, is_locked=False)
    _lose(db, no, visit, form)
    made = [each.amount for each in _refunds(db, order.id) if each.id not in before]
    is_paid = contract is not None and contract.state == ContractState.COMPENSATED.value
    return {
        "title": db.get_one(Unit, unit_id).title, "buyer": called(db, order.customer_id),
        "back": sum(made), "payout": contract.payout if contract is not None else None,
        "form": form,
        "consignor": called(db, contract.customer_id) if contract and is_paid else None,
    }  # fmt: skip


def _refunds(db: Session, order_id: str) -> Sequence[Refund]:
    return db.exec(
        select(Refund).where(Refund.order_id == order_id).order_by(col(Refund.refunded_at))
    ).all()


def _refund(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> object:
    """The money back, or the exchange settled for what was confirmed, as the buyer wished it when
    asking.
    """
    case = _return(db, no, form)
    actor, key, now = visit.session.actor, key_of(form, visit), visit.now
    if not _is_exchange(case):
        return undoing.refund(db, case.id, None, actor=actor, now=now, key=key)
    due = maybe_yen(form, "confirmed") or Yen(0)
    tenders = _tenders(form, due) if due else []
    return exchanges.confirm(db, case.id, tenders, confirmed=due, actor=actor, now=now, key=key)


def _is_exchange(case: ReturnCase) -> bool:
    return case.kind == ReturnKind.EXCHANGE.value and case.new_order_id is not None


def _foreseen(db: Session, no: str, visit: Visit, form: Mapping[str, str]) -> dict[str, Any]:
    """What it would come to, as plain values: reckoned, then tried. Raises ComparisonMissing and
    its kin.
    """
    case = _return(db, no, form)
    undoing.need_comparison(coming.held(db, case.id), ReturnState.REFUNDED)
    exchange = options = None
    if _is_exchange(case):
        exchange = exchanges.settlement(db, case.id)
        form = {**form, "confirmed": str(exchange.net.customer_pays or "")}
    else:
        options = queries.refund_options(db, case.id)
    told = {
        "return_no": case.return_no, "title": db.get_one(Unit, case.unit_id).title,
        "buyer": called(db, _buyer_of(db, case)), "as_credit": case.settle_as == "credit",
        "exchange": exchange, "options": options, "form": form,
    }  # fmt: skip
    _refund(db, no, visit, form)
    return told


def _buyer_of(db: Session, case: ReturnCase) -> str:
    return db.get_one(SaleOrder, case.order_id).customer_id


def _tenders(form: Mapping[str, str], due: Yen) -> list[Tendered]:
    """How the buyer pays what an exchange costs more."""
    kind = form.get("means", "")
    if kind not in {TenderKind.CARD.value, TenderKind.BANK.value, TenderKind.CASH.value}:
        raise FieldMalformed("means")
    return [Tendered(TenderKind(kind), due, words_of(form, "reference", most=100))]
