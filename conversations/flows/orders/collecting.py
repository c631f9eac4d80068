"""Buy online, collect at the shop (store.collect, R-145): what is ready is collected with its code;
a piece still on sale is asked for at a shop, and a person arranges it.

客: オンラインで買って店舗で受け取れますか W-10234
証: W-10234を店舗でお受け取りになれるよう、担当者に手配を頼みます。よろしいでしょうか。
    [店頭受取を頼む] [やめる] [担当者と話す]
客: [店頭受取を頼む]
証: 承りました。本日 16:30までに、お支払いの方法とご用意の日時をこちらでご連絡いたします。…
"""

from collections.abc import Sequence

from catalog.ground import worklist
from catalog.items.places import queries as places
from catalog.items.queries import UnitFacts
from catalog.orders import queries as orders
from catalog.orders.states import Delivery, OrderState
from catalog.orders.tables import SaleOrder
from conversations.flows import finding
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.orders import bought, status
from conversations.flows.orders.bought import private
from conversations.messages import Button, Choices
from conversations.wording.orders.voice import voice

_WAITING = frozenset({OrderState.OPEN.value, OrderState.PAID.value, OrderState.PACKED.value})
_FOR_SALE = "listed"


def step(asked: Asked) -> Answer:
    """An order to be collected; else a piece to be had at a shop."""
    number = bought.order_no(asked)
    if number is not None:
        return status.step(asked)
    if not asked.slots.get("sku"):
        waiting = _to_collect(asked)
        if waiting:
            return status.one_of(asked, waiting)
    found = finding.find(asked)
    on_sale = [each for each in found.units if each.state == _FOR_SALE]
    if len(on_sale) == 1:
        return _ask(asked, on_sale[0])
    if len(on_sale) > 1:
        return finding.choose(asked, found, verb="collect.piece", part=None, kind=None)
    if found.units:
        return _said(asked, voice(asked.lang).collect_not_for_sale(found.units[0].code))
    if found.unknown:
        return finding.nothing(asked, found)
    kept = asked.memory.opening("collect", expecting="store.collect")
    text = voice(asked.lang).collect_which(_shops(asked))
    return Answer([Choices(text, (person_button(asked),))], kept)


def _said(asked: Asked, text: str, *buttons: Button) -> Answer:
    return Answer([Choices(text, (*buttons, person_button(asked)))], asked.memory)


def _to_collect(asked: Asked) -> Sequence[SaleOrder]:
    if asked.customer is None:
        return []
    return [
        each
        for each in orders.of_customer(asked.db, asked.customer)
        if each.delivery == Delivery.COLLECT.value and each.state in _WAITING
    ]


def _shops(asked: Asked) -> Sequence[str]:
    """Where pieces are handed over, as people call these places; the one shop has no name."""
    words = voice(asked.lang)
    found = places.places(asked.db)
    return [words.place(each.name) for each in found if each.hands_over]


def _ask(asked: Asked, unit: UnitFacts) -> Answer:
    words = voice(asked.lang)
    question = words.confirm_collect(unit.code, unit.named(asked.lang), _shops(asked))
    return confirm(
        asked, question, verb="collect.make",
        label=words.button("make_collect"), memory=asked.memory.about(unit.code), binds=False,
        sku=unit.code,
    )  # fmt: skip


def make(asked: Asked) -> Answer:
    """On a person's list: payment, the time, and later the code for the counter."""
    words = voice(asked.lang)
    found = finding.find(asked)
    on_sale = [each for each in found.units if each.state == _FOR_SALE]
    if len(on_sale) != 1:
        code = str(asked.slots.get("sku", ""))
        return _said(asked, words.collect_not_for_sale(code))
    due_at = bought.promise(asked)
    worklist.task(
        asked.db, "store_collect", f"unit:{on_sale[0].id}", due_at=due_at, now=asked.now,
        once=asked.conversation,
        facts={"code": on_sale[0].code, "conversation": asked.conversation},
    )  # fmt: skip
    by = asked.voice.moment(due_at, now=asked.now)
    hours = Button(words.button("hours"), data=tap("shop.hours"))
    kept = asked.memory.closing()
    text = words.collect_taken(on_sale[0].code, by=by)
    return Answer([Choices(text, (hours, person_button(asked)))], kept)


FLOW = Flow(
    "collect",
    frozenset({"store.collect"}),
    private(step),
    {"piece": private(step), "make": private(make)},
)
