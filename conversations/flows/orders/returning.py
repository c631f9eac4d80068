"""Sending a piece back by oneself (order.return, return.condition; R-056, R-094, R-095, R-099).

客: 返品したい
証: どちらの商品でしょうか。 [W-10234 …] [W-10311 …]
客: [W-10234 …]
証: 返品の理由をお聞かせください。 [イメージと違った] [説明と違う] [傷・破損] …
客: [イメージと違った]
証: 返品防止タグは付いたままですか。 [付いている] [外した]
    … 付属品はすべてお揃いですか。 … お届けの時から変わったところはありますか。 …
証: (cards) お支払い方法へ ¥1,000,000 | ストアクレジット ¥1,050,000(特典込み)
    [ほかの商品と交換]
客: [ストアクレジットで]
証: W-10234の返品を承ります。… よろしいでしょうか。 [返品を申し込む] [やめる] [担当者と話す]
客: [返品を申し込む]
証: 返品番号 R-7Q2K9XWD で承りました。 (card) 着払い伝票のご記入内容 …

The money itself goes back once a person has compared the piece with what was sent; the chat
promises that and nothing more. Another piece instead, and which of the two a wish is: `exchanging`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.credit.terms import CreditTerms
from catalog.duties.actors import Actor, Role
from catalog.duties.terms import DealerTerms
from catalog.ground import policy
from catalog.ground.record import CustomerId
from catalog.orders import queries as orders
from catalog.orders import returns
from catalog.orders.queries import BoughtPiece
from catalog.orders.returns import NotReturnable, WindowOver
from catalog.orders.states import Delivery, ReturnState, SettleAs
from catalog.orders.steps import LineElsewhere, OrderMissing
from catalog.orders.terms import OrderTerms
from conversations.flows.flow import Answer, Asked, Flow, Step, confirm, person_button, tap
from conversations.flows.membership import link_first
from conversations.flows.orders import bought
from conversations.flows.orders.bought import private
from conversations.messages import Button, Card, Cards, Choices, Letter, Text, Tone
from conversations.threads.memory import Memory
from conversations.wording.orders.voice import OrdersVoice, voice

TASK = "return"
REASONS = ("imagined", "size", "differs", "damaged", "wrong", "other")
OUR_FAULT = frozenset({"differs", "damaged", "wrong"})
# What is asked of the piece's condition, and what can be answered.
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "tag": ("on", "off", "none"),
    "set": ("whole", "lacking"),
    "change": ("none", "worn", "marked"),
}
CREDIT_TEXT = "return-credit-2026-11"  # the version of what `settle_question` says of credit


def begin(asked: Asked) -> Answer:
    """The one piece meant, a choice, or why nothing can be sent back."""
    if asked.customer is None:
        return link_first(asked)
    meant = bought.meant(asked)
    words = voice(asked.lang)
    if not meant:
        others = Button(words.button("orders"), data=tap("order.mine"))
        return _said(asked, words.nothing_bought(), others)
    underway = [each for each in meant if orders.open_return(asked.db, each.line.id) is not None]
    returnable = [each for each in meant if _may_ask(asked, each)]
    if len(returnable) == 1 and (len(meant) == 1 or not underway):
        return _ask_reason(asked, returnable[0])
    if not returnable and underway:
        return _underway(asked, underway[0])
    if not returnable:
        return _why_not(asked, meant[0])
    return bought.choose(
        asked, words.choose_piece(len(returnable)), returnable, verb="return.piece"
    )


def _said(asked: Asked, text: str, *buttons: Button, memory: Memory | None = None) -> Answer:
    kept = memory if memory is not None else asked.memory
    return Answer([Choices(text, (*buttons, person_button(asked)))], kept)


def _asked_at(asked: Asked) -> datetime:
    """By the channel's clock, never ahead of ours."""
    return min(asked.event.at, asked.now)


def _may_ask(asked: Asked, piece: BoughtPiece) -> bool:
    return returns.may_ask(asked.db, piece.order, piece.line, asked_at=_asked_at(asked))


def _why_not(asked: Asked, piece: BoughtPiece) -> Answer:
    words = voice(asked.lang)
    if piece.order.delivery == Delivery.IN_STORE.value:
        return _said(asked, words.at_counter(piece.named(asked.lang)))
    if piece.line.last_return_day is None:
        return _said(asked, words.not_delivered(piece.named(asked.lang)))
    return _said(asked, words.window_over(piece.named(asked.lang), piece.line.last_return_day))


def _underway(asked: Asked, piece: BoughtPiece) -> Answer:
    words = voice(asked.lang)
    case = orders.open_return(asked.db, piece.line.id)
    if case is None:
        return _why_not(asked, piece)
    text = words.return_underway(
        case.return_no, piece.named(asked.lang), words.return_stage(case.state)
    )
    keeps = Button(words.button("keep"), data=tap("return.keep", line=piece.line.id))
    return _said(asked, text, *([keeps] if case.state == ReturnState.ASKED.value else []))


def of_line(asked: Asked) -> BoughtPiece:
    """The piece behind a button, of whoever presses it. Raises OrderMissing."""
    line = str(asked.slots.get("line") or "") or bought.offered(asked) or ""
    return orders.bought_line(asked.db, asked.customer or "", line)


def piece(asked: Asked) -> Answer:
    """One of several was chosen."""
    if asked.customer is None:
        return link_first(asked)
    chosen = of_line(asked)
    if orders.open_return(asked.db, chosen.line.id) is not None:
        return _underway(asked, chosen)
    return _ask_reason(asked, chosen) if _may_ask(asked, chosen) else _why_not(asked, chosen)


def _ask_reason(asked: Asked, chosen: BoughtPiece) -> Answer:
    words = voice(asked.lang)
    options = [
        Button(words.reason(each), data=tap("return.reason", line=chosen.line.id, reason=each))
        for each in REASONS
    ]
    kept = asked.memory.about(chosen.code).closing()
    kept = kept.opening(TASK, expecting="order.return", line=chosen.line.id)
    return _said(asked, words.ask_reason(chosen.named(asked.lang)), *options, memory=kept)


def reason(asked: Asked) -> Answer:
    """Why it comes back; the condition is asked next."""
    told = str(asked.slots.get("reason"))
    return _noted(asked, reason=told if told in REASONS else REASONS[-1])


def told(asked: Asked) -> Answer:
    """One answer on the condition."""
    question, answer = str(asked.slots.get("q")), str(asked.slots.get("a"))
    if answer not in QUESTIONS.get(question, ()):
        return piece(asked)
    return _noted(asked, **{question: answer})


def _noted(asked: Asked, **facts: str | None) -> Answer:
    """Keep an answer and ask what is still open. A button of another piece begins with that one."""
    chosen = of_line(asked)
    if asked.memory.fact(TASK, "line") != chosen.line.id or not _may_ask(asked, chosen):
        return piece(asked)
    return _ask_next(asked, chosen, asked.memory.opening(TASK, **facts))


def condition(asked: Asked) -> Answer:
    """Said in words how the piece is: a part that shows something answers the last question."""
    line = asked.memory.fact(TASK, "line")
    if asked.customer is None or line is None:
        return begin(asked)
    chosen = orders.bought_line(asked.db, asked.customer, line)
    kept = asked.memory
    part = asked.slots.get("part")
    if part and kept.fact(TASK, "set") is not None:
        kept = kept.opening(TASK, change="marked", part=str(part))
    return _ask_next(asked, chosen, kept)


def go_on(asked: Asked) -> Answer:
    """A wish to send back; in the middle of one, whatever was said goes on with it."""
    names_another = {"sku", "order_no", "line"} & asked.slots.keys()
    if asked.memory.fact(TASK, "reason") is not None and not names_another:
        return condition(asked)
    return begin(asked)


def _ask_next(asked: Asked, chosen: BoughtPiece, kept: Memory) -> Answer:
    words = voice(asked.lang)
    if kept.fact(TASK, "reason") is None:
        return _ask_reason(asked, chosen)
    for question, answers in QUESTIONS.items():
        if kept.fact(TASK, question) is not None:
            continue
        options = [
            Button(
                words.condition(question, answer),
                data=tap("return.told", line=chosen.line.id, q=question, a=answer),
            )
            for answer in answers
        ]
        kept = kept.opening(TASK, expecting="return.condition")
        return _said(asked, words.ask_condition(question), *options, memory=kept)
    return _settle(asked, chosen, kept.opening(TASK))


def _settle(asked: Asked, chosen: BoughtPiece, kept: Memory) -> Answer:
    """Both amounts side by side, before anything is chosen (R-095, CRD-13)."""
    words = voice(asked.lang)
    options = orders.options_of(asked.db, chosen.order, chosen.line)
    other = Button(words.button("exchange"), data=tap("exchange.which", line=chosen.line.id))
    if not options.to_other:  # all of it was credit and goes back to credit
        back = Button(words.button("refund"), data=_ready(chosen, SettleAs.AS_PAID), tone=Tone.MAIN)
        text = words.all_was_credit(options.amount)
        return _said(asked, text, back, other, memory=kept)
    terms = policy.current(asked.db).of(CreditTerms)
    cards = (
        Card(
            heading=words.settle_heading(SettleAs.AS_PAID),
            lines=(
                (words.label("back"), _yen(words, options.to_other)),
                *_credit_part(words, options.to_credit),
            ),
            buttons=(Button(words.button("as_paid"), data=_ready(chosen, SettleAs.AS_PAID)),),
        ),
        Card(
            heading=words.settle_heading(SettleAs.CREDIT),
            lines=(
                (words.label("credit_all"), _yen(words, options.as_credit)),
                (words.label("bonus"), _yen(words, options.bonus_if_credit)),
            ),
            note=words.credit_life(terms.return_days, bonus=terms.bonus_days),
            buttons=(
                Button(
                    words.button("as_credit"), data=_ready(chosen, SettleAs.CREDIT), tone=Tone.MAIN
                ),
            ),
        ),
    )
    text = words.settle_question(as_paid=options.amount, as_credit=options.as_credit)
    letters: list[Letter] = [
        Cards(cards, said=text),
        Choices(text, (other, person_button(asked))),
    ]
    return Answer(letters, kept)


def _yen(words: OrdersVoice, amount: int) -> str:
    return words.amount(amount)


def _credit_part(words: OrdersVoice, amount: int) -> tuple[tuple[str, str], ...]:
    return ((words.label("credit_part"), _yen(words, amount)),) if amount else ()


def _ready(chosen: BoughtPiece, settle_as: SettleAs) -> str:
    return tap("return.ready", line=chosen.line.id, settle=settle_as.value)


def ready(asked: Asked) -> Answer:
    """All is said: repeat it and wait for the button (R-050)."""
    chosen = of_line(asked)
    is_whole = all(asked.memory.fact(TASK, name) for name in ("reason", *QUESTIONS))
    if asked.memory.fact(TASK, "line") != chosen.line.id or not is_whole:
        return piece(asked)
    words = voice(asked.lang)
    settle_as = settled(asked)
    options = orders.options_of(asked.db, chosen.order, chosen.line)
    question = words.confirm_return(
        chosen.code,
        chosen.named(asked.lang),
        reason=words.reason(asked.memory.fact(TASK, "reason") or REASONS[-1]),
        amount=options.as_credit if settle_as is SettleAs.CREDIT else options.amount,
        is_credit=settle_as is SettleAs.CREDIT,
    )
    return confirm(
        asked, question, verb="return.make", label=words.button("make_return"),
        memory=asked.memory.opening(TASK), line=chosen.line.id, settle=settle_as.value,
        reason=asked.memory.fact(TASK, "reason"), tag=asked.memory.fact(TASK, "tag"),
        set=asked.memory.fact(TASK, "set"), change=asked.memory.fact(TASK, "change"),
        part=asked.memory.fact(TASK, "part"),
    )  # fmt: skip


def settled(asked: Asked) -> SettleAs:
    """How the money is wanted, from a button; nothing known is as it was paid."""
    chosen = str(asked.slots.get("settle"))
    return SettleAs(chosen) if chosen in set(SettleAs) else SettleAs.AS_PAID


def wanted(asked: Asked, chosen: BoughtPiece, *, with_credit_text: bool) -> returns.Asked:
    """The return as the register takes it, from what the confirming button carries."""
    given = {name: str(asked.slots[name]) for name in (*QUESTIONS, "part") if asked.slots.get(name)}
    return returns.Asked(
        chosen.order.id,
        chosen.line.unit_id,
        str(asked.slots.get("reason") or REASONS[-1]),
        told=given,
        settle_as=settled(asked),
        credit_text=CREDIT_TEXT if with_credit_text else None,
    )


def customer_of(asked: Asked) -> CustomerId:
    """Who presses the button. Raises OrderMissing for somebody unknown."""
    if asked.customer is None:
        raise OrderMissing(str(asked.slots.get("line")))
    return asked.customer


def make(asked: Asked) -> Answer:
    """The button was pressed: the return is open, and its label follows at once (R-094)."""
    chosen = of_line(asked)
    words = voice(asked.lang)
    try:
        opened = returns.ask(
            asked.db,
            wanted(asked, chosen, with_credit_text=settled(asked) is SettleAs.CREDIT),
            asked_at=_asked_at(asked),
            actor=Actor(customer_of(asked), Role.CUSTOMER),
            now=asked.now,
            key=asked.key("return"),
        )
    except (WindowOver, NotReturnable):
        return _why_not(asked, chosen)
    except LineElsewhere:
        return _underway(asked, chosen)
    text = words.return_made(opened.return_no, chosen.named(asked.lang))
    return Answer([Text(text), *label(asked, chosen, opened.return_no)], asked.memory.closing())


def label(asked: Asked, chosen: BoughtPiece, return_no: str) -> Sequence[Letter]:
    """What goes on the label of the parcel that comes back; where the shop's address is not in the
    register, the filled-in label itself is promised.
    """
    words = voice(asked.lang)
    terms = policy.current(asked.db)
    dealer = terms.of(DealerTerms)
    by_post = Button(words.button("label_by_post"), data=tap("return.label", line=chosen.line.id))
    if not dealer.address or not dealer.name:
        by = asked.voice.moment(bought.promise(asked), now=asked.now)
        return [Choices(words.waybill_promised(by=by), (person_button(asked),))]
    ours = terms.of(OrderTerms)
    buyer_pays = ours.buyer_pays_return and str(asked.slots.get("reason")) not in OUR_FAULT
    lines = [
        (words.label("carrier"), words.sent_by(ours.return_carrier, buyer_pays=buyer_pays)),
        (words.label("to"), dealer.address),
        (words.label("name"), dealer.name),
        (words.label("phone"), dealer.phone),
        (words.label("contents"), return_no),
    ]
    return [
        Card(
            heading=words.waybill_heading(),
            lines=tuple((name, told) for name, told in lines if told),
            note=words.waybill_note(),
            buttons=(by_post, person_button(asked)),
            said=words.waybill_heading(),
        )
    ]


def label_by_post(asked: Asked) -> Answer:
    """No printer, no pen: the filled-in label comes by post. Its task is open since the return."""
    chosen = of_line(asked)
    if orders.open_return(asked.db, chosen.line.id) is None:
        return _why_not(asked, chosen)
    by = asked.voice.moment(bought.promise(asked), now=asked.now)
    return _said(asked, voice(asked.lang).waybill_promised(by=by))


def keep(asked: Asked) -> Answer:
    """The buyer would keep it after all."""
    chosen = of_line(asked)
    case = orders.open_return(asked.db, chosen.line.id)
    if case is None or case.state != ReturnState.ASKED.value:
        return _underway(asked, chosen)
    words = voice(asked.lang)
    return confirm(
        asked, words.confirm_keep(case.return_no, chosen.named(asked.lang)), verb="return.kept",
        label=words.button("keep"), line=chosen.line.id,
    )  # fmt: skip


def kept(asked: Asked) -> Answer:
    """The return is withdrawn."""
    chosen = of_line(asked)
    case = orders.open_return(asked.db, chosen.line.id)
    if case is None or case.state != ReturnState.ASKED.value:
        return _underway(asked, chosen)
    returns.withdraw(
        asked.db, case.id, actor=Actor(customer_of(asked), Role.CUSTOMER), now=asked.now,
        key=asked.key("return_withdraw"),
    )  # fmt: skip
    text = voice(asked.lang).return_withdrawn(case.return_no, chosen.named(asked.lang))
    return _said(asked, text, memory=asked.memory.closing())


_TAPS: dict[str, Step] = {
    "begin": begin,
    "piece": piece,
    "reason": reason,
    "told": told,
    "ready": ready,
    "make": make,
    "label": label_by_post,
    "keep": keep,
    "kept": kept,
}
FLOW = Flow(
    TASK,
    frozenset({"return.condition"}),
    private(condition),
    {verb: private(step) for verb, step in _TAPS.items()},
)
