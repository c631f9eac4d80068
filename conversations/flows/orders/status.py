"""Where an order is (order.status, R-093): its stage and the carrier's own page.

客: 注文どこ?
証: (card) O-261120-7Q2K9XWD  発送済み  コスモグラフ デイトナ  ヤマト運輸 1234-5678-9012
    [配送状況を見る] [ほかのご注文] [担当者と話す]
客 (会員連携前): ORD-20261120-0012 はどこですか
証: ご注文 ORD-20261120-0012 は「発送済み」です。…  [会員情報と連携する] [担当者と話す]

An order number is on the parcel: who is not linked sees its stage and nothing else.
"""

from collections.abc import Sequence

from catalog.ground import worklist
from catalog.ground.calendar import tokyo_day
from catalog.items.parcels.rules import tracking_page
from catalog.orders import queries as orders
from catalog.orders import returns
from catalog.orders.queries import BoughtPiece, Piece
from catalog.orders.states import Delivery, LineState, OrderState
from catalog.orders.steps import OrderMissing, about
from catalog.orders.tables import SaleOrder
from conversations.flows import intake_record
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.orders import bought, condition
from conversations.flows.orders.bought import private
from conversations.messages import Button, Card, Choices, Tone
from conversations.wording.orders.voice import OrdersVoice, voice

_BEFORE_SHIPPING = frozenset({OrderState.OPEN, OrderState.PAID, OrderState.PACKED})
_LEAVING = frozenset({OrderState.PACKED, OrderState.SHIPPED})


def step(asked: Asked) -> Answer:
    """One order as a card; several as a short choice; without a membership only a stage."""
    number = bought.order_no(asked) or bought.offered(asked)
    if asked.customer is None:
        return _stage_only(asked, number)
    if number is not None:
        return _one(asked, number)
    mine = orders.of_customer(asked.db, asked.customer, limit=bought.MOST)
    if not mine:
        return _said(asked, voice(asked.lang).no_orders())
    return one_of(asked, mine)


def one_of(asked: Asked, found: Sequence[SaleOrder]) -> Answer:
    """The one order, or a choice."""
    return _one(asked, found[0].order_no) if len(found) == 1 else _choose(asked, found)


def _said(asked: Asked, text: str, *buttons: Button) -> Answer:
    return Answer([Choices(text, (*buttons, person_button(asked)))], asked.memory)


def _stage_only(asked: Asked, number: str | None) -> Answer:
    words = voice(asked.lang)
    link = Button(asked.voice.button_link(), data=tap("membership.link"))
    if number is None:
        kept = asked.memory.opening("order", expecting="order.status")
        return Answer([Choices(words.need_order_no(), (link, person_button(asked)))], kept)
    try:
        order = orders.by_number(asked.db, number)
    except OrderMissing:
        return _said(asked, words.order_unknown(number), link)
    stage = words.stage(order.state, delivery=order.delivery)
    return _said(asked, words.stage_only(order.order_no, stage), link)


def _choose(asked: Asked, mine: Sequence[SaleOrder]) -> Answer:
    words = voice(asked.lang)
    options = [
        Button(each.order_no, data=tap("order.show", order_no=each.order_no)) for each in mine
    ]
    told = [
        (
            each.order_no,
            words.stage(each.state, delivery=each.delivery),
            words.day(tokyo_day(each.ordered_at)),
        )
        for each in mine
    ]
    kept = asked.memory.offering(tuple(each.order_no for each in mine), verb="order.show")
    return Answer([Choices(words.choose_order(told), (*options, person_button(asked)))], kept)


def _one(asked: Asked, number: str) -> Answer:
    """An order of this customer; another's and none at all get the same answer."""
    words = voice(asked.lang)
    customer = asked.customer or ""
    try:
        order = orders.of_buyer(asked.db, customer, number)
    except OrderMissing:
        others = Button(words.button("orders"), data=tap("order.mine"))
        return _said(asked, words.order_unknown(number), others)
    pieces = [each for each in orders.bought(asked.db, customer, limit=500) if _is_in(order, each)]
    status = orders.status(asked.db, number)
    stage = words.stage(order.state, delivery=order.delivery)
    card = Card(
        heading=order.order_no,
        lines=_lines(words, asked, order, pieces, status.pieces),
        buttons=_buttons(words, asked, order, pieces, status.pieces),
        said=words.order_said(order.order_no, stage),
    )
    return Answer([card], asked.memory.closing())


def _is_in(order: SaleOrder, piece: BoughtPiece) -> bool:
    return piece.order.id == order.id


def _lines(
    words: OrdersVoice,
    asked: Asked,
    order: SaleOrder,
    pieces: Sequence[BoughtPiece],
    sent: Sequence[Piece],
) -> tuple[tuple[str, str], ...]:
    lines = [(words.label("stage"), words.stage(order.state, delivery=order.delivery))]
    lines += [(each.code, each.named(asked.lang)) for each in pieces[:5]]
    lines += [(words.carrier(carrier), number) for carrier, number in dict.fromkeys(_parcels(sent))]
    if order.delivery == Delivery.COLLECT.value and order.place is not None:
        lines.append((words.label("place"), words.place(order.place)))
        if order.state == OrderState.PACKED.value and order.pickup_code is not None:
            lines.append((words.label("pickup_code"), order.pickup_code))
    if order.delivered_on is not None:
        lines.append((words.label("delivered"), words.day(order.delivered_on)))
    for piece in pieces:
        case = orders.open_return(asked.db, piece.line.id)
        if case is not None:
            lines.append((case.return_no, words.return_stage(case.state)))
    if order.last_return_day is not None and _may_return(asked, pieces):
        lines.append((words.label("return_until"), words.day(order.last_return_day)))
    lines.append((words.label("total"), asked.voice.yen(order.total)))
    return tuple(lines)


def _parcels(sent: Sequence[Piece]) -> list[tuple[str, str]]:
    return [(each.carrier, each.tracking_no) for each in sent if each.carrier and each.tracking_no]


def _may_return(asked: Asked, pieces: Sequence[BoughtPiece]) -> bool:
    at = min(asked.event.at, asked.now)
    return any(returns.may_ask(asked.db, each.order, each.line, asked_at=at) for each in pieces)


def _buttons(
    words: OrdersVoice,
    asked: Asked,
    order: SaleOrder,
    pieces: Sequence[BoughtPiece],
    sent: Sequence[Piece],
) -> tuple[Button, ...]:
    pages = [tracking_page(carrier, number) for carrier, number in dict.fromkeys(_parcels(sent))]
    buttons = [
        Button(words.button("track"), url=page, tone=Tone.MAIN) for page in pages[:2] if page
    ]
    if order.state in _BEFORE_SHIPPING and order.delivery == Delivery.SHIP.value:
        buttons.append(
            Button(words.button("address"), data=tap("order.address", order_no=order.order_no))
        )
    if _may_return(asked, pieces) or any(
        each.line.state == LineState.RETURNING.value for each in pieces
    ):
        buttons.append(
            Button(words.button("return"), data=tap("return.begin", order_no=order.order_no))
        )
    record = condition.button(asked, order)
    if record is not None:
        buttons.append(record)
    if order.state in _LEAVING and pieces:
        buttons.append(intake_record.way_button(asked, pieces[0].code))
    buttons.append(Button(words.button("orders"), data=tap("order.mine")))
    return (*buttons, person_button(asked))


def mine(asked: Asked) -> Answer:
    """All orders of this customer."""
    return step(asked)


def change_address(asked: Asked) -> Answer:
    """Another address, while nothing has left: a person writes it into the order."""
    words = voice(asked.lang)
    order = orders.of_buyer(asked.db, asked.customer or "", bought.order_no(asked) or "")
    if order.state not in _BEFORE_SHIPPING or order.delivery != Delivery.SHIP.value:
        return _said(asked, words.address_too_late(order.order_no))
    due_at = bought.promise(asked)
    worklist.task(
        asked.db, "change_address", about(order.id), due_at=due_at, now=asked.now,
        facts={"order_no": order.order_no, "conversation": asked.conversation},
    )  # fmt: skip
    by = asked.voice.moment(due_at, now=asked.now)
    return _said(asked, words.address_taken(order.order_no, by=by))


FLOW = Flow(
    "order",
    frozenset({"order.status"}),
    private(step),
    {"show": private(step), "mine": private(mine), "address": private(change_address)},
)
