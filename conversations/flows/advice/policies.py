"""The shop's terms (faq.policy): every figure from the terms in force, none from a sentence.

客: 送料はいくらですか
証: 送料は1つのお荷物につき¥1,650、お買い上げ¥30,000以上で無料です。… [返品について] [担当者と話す]
客: キャンセルと支払い方法は?
証: (both, in order)
"""

from collections.abc import Callable, Sequence

from catalog.buyback.terms import PayTerms, QuoteTerms
from catalog.consignment.terms import ConsignmentTerms
from catalog.duties.rules import COOLING_OFF_DAYS
from catalog.duties.terms import DealerTerms, DutyTerms
from catalog.ground import policy
from catalog.ground.policy import Policy
from catalog.orders.terms import OrderTerms
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.messages import Button, Choices, Edited, Letter, Said, Text
from conversations.understanding.topics import Topic, topics_in
from conversations.wording.advice.voice import AdviceVoice, voice

_MOST = 3  # topics of one message


def step(asked: Asked) -> Answer:
    """The topics the words name, or a choice of them all."""
    body = asked.event.body
    named = topics_in(body.text) if isinstance(body, Said | Edited) else []
    if not named:
        return choose(asked)
    return _told(asked, named[:_MOST])


def choose(asked: Asked) -> Answer:
    """Which topic."""
    return Answer([Choices(voice(asked.lang).ask_topic(), _topics(asked, ()))], asked.memory)


def show(asked: Asked) -> Answer:
    """One topic, by its button."""
    topic = str(asked.slots.get("topic"))
    return _told(asked, [Topic(topic)]) if topic in set(Topic) else choose(asked)


def _topics(asked: Asked, but: Sequence[Topic]) -> tuple[Button, ...]:
    words = voice(asked.lang)
    others = [
        Button(words.topic(each.value), data=tap("faq.show", topic=each.value))
        for each in Topic
        if each not in but
    ]
    return (*others, person_button(asked))


def _told(asked: Asked, topics: Sequence[Topic]) -> Answer:
    words, terms = voice(asked.lang), policy.current(asked.db)
    said = [_SAID[each](words, terms) for each in topics]
    letters: list[Letter] = [Text(each) for each in said[:-1]]
    letters.append(Choices(said[-1], _topics(asked, topics)))
    return Answer(letters, asked.memory)


def _shipping(words: AdviceVoice, terms: Policy) -> str:
    ours = terms.of(OrderTerms)
    return words.shipping(fee=ours.shipping_fee, free_from=ours.free_from, bundles=ours.bundles)


def _payment(words: AdviceVoice, terms: Policy) -> str:
    duties = terms.of(DutyTerms)
    limit = None if duties.takes_cash_above_limit else duties.cash_limit
    return words.payment(cash_limit=limit, minutes=terms.of(OrderTerms).reserve_minutes)


def _returns(words: AdviceVoice, terms: Policy) -> str:
    ours = terms.of(OrderTerms)
    return words.returns(
        days=terms.of(DutyTerms).return_days, buyer_pays=ours.buyer_pays_return,
        exchange_days=ours.exchange_days,
    )  # fmt: skip


def _cancelling(words: AdviceVoice, terms: Policy) -> str:
    return words.cancelling(
        seller_fee=terms.of(PayTerms).cancel_fee,
        days=terms.of(DutyTerms).return_days,
        cooling_off_days=COOLING_OFF_DAYS,
    )


def _identity(words: AdviceVoice, terms: Policy) -> str:
    duties = terms.of(DutyTerms)
    return words.identity(age=duties.seller_age, always=duties.identity_always)


def _guarantee(words: AdviceVoice, terms: Policy) -> str:
    return words.guarantee(
        term_days=terms.of(ConsignmentTerms).term_days,
        offer_days=terms.of(QuoteTerms).validity_days["binding"],
        return_days=terms.of(DutyTerms).return_days,
    )


def _fees(words: AdviceVoice, terms: Policy) -> str:
    ours = terms.of(PayTerms)
    return words.fees(
        inbound=ours.inbound_fee, back=ours.return_fee, cancel=ours.cancel_fee,
        transfer=ours.transfer_fee,
    )  # fmt: skip


def _ways(words: AdviceVoice, terms: Policy) -> str:
    ours = terms.of(DealerTerms)
    return words.ways(phone=ours.phone, email=ours.email, address=ours.address)


_SAID: dict[Topic, Callable[[AdviceVoice, Policy], str]] = {
    Topic.SHIPPING: _shipping,
    Topic.PAYMENT: _payment,
    Topic.RETURNS: _returns,
    Topic.CANCELLING: _cancelling,
    Topic.IDENTITY: _identity,
    Topic.GUARANTEE: _guarantee,
    Topic.FEES: _fees,
    Topic.WAYS: _ways,
}

FLOW = Flow(
    "faq", frozenset({"faq.policy"}), step, {"show": show, "topics": choose}, refuses_nothing=True
)
