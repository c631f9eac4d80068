"""Another piece instead (R-100): the difference is told, and one confirmation settles it.

客: [ほかの商品と交換]
証: どの商品と交換なさいますか。商品番号をお書きください。 (cards) W-10311 … [この商品に交換]
客: W-10311
証: W-10234をW-10311に交換します。差額 +¥12,000 は…お支払いいただきます。よろしいでしょうか。
    [交換を申し込む] [やめる] [担当者と話す]

The new piece is kept while theirs is on its way; nothing is paid before a person has compared it
with what was sent (R-099).
"""

from collections.abc import Sequence

from catalog.credit.queries import balance
from catalog.credit.rules import credit_bonus
from catalog.credit.terms import CreditTerms
from catalog.duties.actors import Actor, Role
from catalog.ground import policy
from catalog.ground.errors import Missing, Refused
from catalog.ground.money import Yen
from catalog.ground.record import CustomerId, UnitId
from catalog.items.queries import UnitFacts
from catalog.items.similar import similar
from catalog.orders import exchanges
from catalog.orders import queries as orders
from catalog.orders.checkout import Basket
from catalog.orders.exchanges import Settlement
from catalog.orders.queries import BoughtPiece
from catalog.orders.returns import NotReturnable, WindowOver
from catalog.orders.states import SettleAs
from catalog.orders.steps import LineElsewhere
from catalog.orders.terms import OrderTerms
from conversations.flows import finding
from conversations.flows.flow import Answer, Asked, Flow, Step, confirm, person_button, tap
from conversations.flows.orders import returning
from conversations.flows.orders.bought import private
from conversations.flows.orders.returning import TASK
from conversations.messages import Button, Card, Cards, Choices, Letter, Text
from conversations.wording.orders.voice import OrdersVoice, voice

_SHOWN = 3
_FOR_SALE = "listed"


def which(asked: Asked) -> Answer:
    """Which piece they would like instead; a few of the same style to begin with."""
    chosen = returning.of_line(asked)
    if asked.memory.fact(TASK, "line") != chosen.line.id:
        return returning.piece(asked)
    words = voice(asked.lang)
    near = similar(asked.db, UnitId(chosen.line.unit_id), viewer=asked.viewer, limit=20)
    letters: list[Letter] = _cards(asked, words, chosen, [e for e in near if e.state == _FOR_SALE])
    letters.append(Choices(words.ask_exchange(chosen.named(asked.lang)), (person_button(asked),)))
    kept = asked.memory.opening(TASK, expecting="order.return", instead="asked")
    return Answer(letters, kept)


def _cards(
    asked: Asked, words: OrdersVoice, chosen: BoughtPiece, near: Sequence[UnitFacts]
) -> list[Letter]:
    voice_ = asked.voice
    cards = [
        Card(
            heading=each.named(asked.lang),
            lines=(
                (voice_.label_code(), each.code),
                (voice_.label_grade(), voice_.grade(each.grade)),
                (voice_.label_price(), voice_.yen(each.price or 0)),
            ),
            buttons=(
                Button(
                    words.button("take_instead"),
                    data=tap("exchange.pick", line=chosen.line.id, sku=each.code),
                    said=each.code,
                ),
            ),
        )
        for each in near[:_SHOWN]
        if each.price is not None
    ]
    return [Cards(tuple(cards), said=words.ask_exchange(chosen.named(asked.lang)))] if cards else []


def is_asked(asked: Asked) -> bool:
    """Whether the open return waits for the piece wanted instead."""
    names = {"sku", "brand", "model"} & asked.slots.keys()
    return bool(names) and asked.memory.fact(TASK, "instead") == "asked"


def pick(asked: Asked) -> Answer:
    """The piece wanted instead, and what the exchange would come to."""
    line = str(asked.slots.get("line") or "") or asked.memory.fact(TASK, "line") or ""
    chosen = orders.bought_line(asked.db, asked.customer or "", line)
    if asked.memory.fact(TASK, "line") != chosen.line.id:
        return returning.piece(asked)
    found = finding.find(asked)
    units = [each for each in found.units if each.state == _FOR_SALE and each.price is not None]
    words = voice(asked.lang)
    if not units:
        text = words.not_for_exchange()
        return Answer([Choices(text, (person_button(asked),))], asked.memory)
    if len(units) > 1:
        letters: list[Letter] = _cards(asked, words, chosen, units)
        letters.append(
            Choices(words.ask_exchange(chosen.named(asked.lang)), (person_button(asked),))
        )
        return Answer(letters, asked.memory.opening(TASK, expecting="order.return"))
    return _foreseen(asked, words, chosen, units[0])


def _foreseen(asked: Asked, words: OrdersVoice, chosen: BoughtPiece, unit: UnitFacts) -> Answer:
    due = exchanges.foreseen(asked.db, chosen.order, chosen.line, unit.id)
    kept = asked.memory.opening(TASK)
    if not _has_choice(asked, due):
        return _confirm(asked, chosen, unit, due, SettleAs.AS_PAID)
    options = [
        Button(
            words.settle_short(each),
            data=tap("exchange.ready", line=chosen.line.id, sku=unit.code, settle=each.value),
        )
        for each in SettleAs
    ]
    pays, back = due.net.customer_pays, due.net.back_to_other
    bonus = credit_bonus(policy.current(asked.db).of(CreditTerms), back) if back else Yen(0)
    text = words.ask_difference(unit.named(asked.lang), pays=pays, back=back, bonus=bonus)
    return Answer([Choices(text, (*options, person_button(asked)))], kept)


def _has_choice(asked: Asked, due: Settlement) -> bool:
    """Money comes back, or credit reaches for all that is to pay."""
    if due.net.back_to_other:
        return True
    pays = due.net.customer_pays
    if not pays or asked.customer is None:
        return False
    held = balance(asked.db, asked.customer, asked.now).spendable
    return held - due.carried.to_credit >= pays


def ready(asked: Asked) -> Answer:
    """How the difference is settled is chosen: repeat everything and wait for the button."""
    chosen, unit = returning.of_line(asked), _unit(asked)
    if unit is None or asked.memory.fact(TASK, "line") != chosen.line.id:
        return returning.piece(asked)
    due = exchanges.foreseen(asked.db, chosen.order, chosen.line, unit.id)
    return _confirm(asked, chosen, unit, due, returning.settled(asked))


def _unit(asked: Asked) -> UnitFacts | None:
    found = finding.find(asked).units
    return found[0] if len(found) == 1 else None


def _confirm(
    asked: Asked, chosen: BoughtPiece, unit: UnitFacts, due: Settlement, settle_as: SettleAs
) -> Answer:
    words = voice(asked.lang)
    days = policy.current(asked.db).of(OrderTerms).exchange_days
    question = words.confirm_exchange(
        chosen.code, unit.code, unit.named(asked.lang), pays=due.net.customer_pays,
        back=due.net.back_to_credit + due.net.back_to_other, settle_as=settle_as, days=days,
    )  # fmt: skip
    return confirm(
        asked, question, verb="exchange.make", label=words.button("make_exchange"),
        memory=asked.memory.opening(TASK), line=chosen.line.id, sku=unit.code,
        settle=settle_as.value, pays=str(int(due.net.customer_pays)),
        reason=asked.memory.fact(TASK, "reason"), tag=asked.memory.fact(TASK, "tag"),
        set=asked.memory.fact(TASK, "set"), change=asked.memory.fact(TASK, "change"),
        part=asked.memory.fact(TASK, "part"),
    )  # fmt: skip


def make(asked: Asked) -> Answer:
    """The button was pressed: the return is open and the new piece is kept. What was told must
    still hold.
    """
    chosen, unit = returning.of_line(asked), _unit(asked)
    words = voice(asked.lang)
    customer = returning.customer_of(asked)
    if unit is None:
        return Answer([Choices(words.not_for_exchange(), (person_button(asked),))], asked.memory)
    due = exchanges.foreseen(asked.db, chosen.order, chosen.line, unit.id)
    is_first = orders.open_return(asked.db, chosen.line.id) is None
    if is_first and str(int(due.net.customer_pays)) != asked.slots.get("pays"):
        return _confirm(asked, chosen, unit, due, returning.settled(asked))
    told_of_credit = returning.settled(asked) is SettleAs.CREDIT and due.net.back_to_other > 0
    try:
        with asked.db.begin_nested():
            made = exchanges.ask(
                asked.db,
                returning.wanted(asked, chosen, with_credit_text=told_of_credit),
                Basket(CustomerId(customer), (unit.id,)),
                asked_at=min(asked.event.at, asked.now),
                actor=Actor(customer, Role.CUSTOMER),
                now=asked.now,
                key=asked.key("exchange"),
            )
    except (WindowOver, NotReturnable, LineElsewhere):
        return returning.piece(asked)
    except (Refused, Missing):  # sold, reserved or taken off sale since
        return Answer([Choices(words.not_for_exchange(), (person_button(asked),))], asked.memory)
    until = asked.voice.moment(made.chosen.reserved_until, now=asked.now)
    text = words.exchange_made(made.returned.return_no, unit.code, made.chosen.order_no, until)
    letters = [Text(text), *returning.label(asked, chosen, made.returned.return_no)]
    return Answer(letters, asked.memory.closing())


def step(asked: Asked) -> Answer:
    """A wish to send back or exchange: the piece wanted instead where that was asked for, else the
    next step of the return.
    """
    return pick(asked) if is_asked(asked) else returning.go_on(asked)


_TAPS: dict[str, Step] = {"which": which, "pick": pick, "ready": ready, "make": make}
FLOW = Flow(
    "exchange",
    frozenset({"order.return"}),
    private(step),
    {verb: private(step) for verb, step in _TAPS.items()},
)
