"""The shop gives credit up, and the customer decides in the chat (払い戻しのご同意, CRD-13):
nothing ends before the button, and the figures it binds are those on the card.

証: (card) ストアクレジットの払い戻し  ご請求の残り¥2,000を差し引き、¥7,000を…
    [払い戻しに同意する] [今は払い戻さない] [担当者と話す]
客: (払い戻しに同意する)
証: 承りました。¥7,000を2026年11月24日(火)にお振り込みする予定です。
"""

from catalog.buyback import credit_payouts
from catalog.credit.asking import OfferOver, WishMissing
from catalog.credit.giving_up import FiguresMoved
from catalog.credit.posting import CreditMalformed
from catalog.duties.actors import Actor, Role
from catalog.ground.money import Yen
from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Card, Choices, Tone
from conversations.wording.credit.voice import CreditVoice, voice
from conversations.wording.news import voice as news


def buttons(words: CreditVoice, offer_id: int, shown: tuple[Yen, Yen]) -> tuple[Button, Button]:
    """Yes to these figures, and no."""
    to_pay, offset = (str(each) for each in shown)
    yes = tap("credit.pay_out", offer=str(offer_id), pay=to_pay, less=offset)
    no = tap("credit.keep", offer=str(offer_id))
    return (
        Button(words.button_pay_out(), data=yes, tone=Tone.MAIN),
        Button(words.button_keep(), data=no),
    )


def pay_out(asked: Asked) -> Answer:
    """The consent: the credit ends and its payment is planned, at once."""
    if asked.customer is None:
        return link_first(asked)
    words, offer_id = voice(asked.lang), _number(asked, "offer")
    shown = Yen(_number(asked, "pay")), Yen(_number(asked, "less"))
    try:
        with asked.db.begin_nested():
            told = credit_payouts.accept(
                asked.db, offer_id, shown=shown, message_id=asked.event.event_id,
                actor=_customer(asked), now=asked.now,
            )  # fmt: skip
    except FiguresMoved as moved:
        return _again(asked, offer_id, (moved.to_pay, moved.offset))
    except (OfferOver, WishMissing, CreditMalformed):
        return _say(asked, words.pay_out_over())
    needs = told.needs_account
    return _say(asked, words.pay_out_agreed(told.to_pay, told.pay_on, needs_account=needs))


def keep(asked: Asked) -> Answer:
    """No: the credit stays as it is."""
    if asked.customer is None:
        return link_first(asked)
    words = voice(asked.lang)
    try:
        with asked.db.begin_nested():
            credit_payouts.decline(
                asked.db, _number(asked, "offer"), actor=_customer(asked), now=asked.now
            )
    except (OfferOver, WishMissing):
        return _say(asked, words.pay_out_over())
    return _say(asked, words.pay_out_kept())


def _again(asked: Asked, offer_id: int, shown: tuple[Yen, Yen]) -> Answer:
    words = voice(asked.lang)
    text = f"{words.pay_out_moved()}\n\n{news.voice(asked.lang).credit_giving_up(*shown)}"
    said = (*buttons(words, offer_id, shown), person_button(asked))
    card = Card(words.heading_pay_out(), note=text, buttons=said, said=text)
    return Answer([card], asked.memory.closing())


def _say(asked: Asked, text: str) -> Answer:
    return Answer([Choices(text, (person_button(asked),))], asked.memory.closing())


def _customer(asked: Asked) -> Actor:
    return Actor(str(asked.customer), Role.CUSTOMER)


def _number(asked: Asked, slot: str) -> int:
    """What stands behind the button; 0 for what was never written there."""
    told = str(asked.slots.get(slot, ""))
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
