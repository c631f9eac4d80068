"""Greeting, thanks, and the honest "not sure" (R-132, R-134). A person is always
one tap away.

客: こんにちは
証: こんにちは。気になる商品の番号かお名前をお書きください。状態の動画をお送りします。
    [商品を探す] [担当者と話す]
"""

from conversations.flows import tastes
from conversations.flows.flow import Answer, Asked, Flow, person_button, tap
from conversations.flows.membership import own_page
from conversations.messages import Button, Choices
from conversations.outbox import actions as outbox


def _starts(asked: Asked) -> tuple[Button, ...]:
    """What somebody may begin with."""
    return (
        Button(asked.voice.button_ask_film(), data=tap("media.which")),
        Button(asked.voice.button_search(), data=tap("pieces.which")),
        *own_page(asked),
        person_button(asked),
    )


def greet(asked: Asked) -> Answer:
    return Answer([Choices(asked.voice.greeting(), _starts(asked))], asked.memory)


def thank(asked: Asked) -> Answer:
    return Answer([Choices(asked.voice.thanks(), (person_button(asked),))], asked.memory)


def not_sure(asked: Asked) -> Answer:
    """Never a guess: say so, offer what can be done here and a person."""
    taste = tastes.heard(asked) if asked.intent == "oos" else None
    if taste is not None:
        return taste
    known = asked.intent != "oos"
    question = asked.slots.get("question")  # a model's, checked to hold no fact
    text = asked.voice.by_a_person() if known else str(question or asked.voice.not_sure())
    options = (person_button(asked),) if known else _starts(asked)
    return Answer([Choices(text, options)], asked.memory)


def collect(asked: Asked) -> Answer:
    """The button of a slow answer: the answer rides on this very reply; when it went out before,
    say so.
    """
    if outbox.riders(asked.db, asked.event.conversation, now=asked.now):
        return Answer([], asked.memory)
    return Answer([Choices(asked.voice.already_sent(), (person_button(asked),))], asked.memory)


GREETING = Flow("greeting", frozenset({"chat.greeting"}), greet, refuses_nothing=True)
THANKS = Flow("thanks", frozenset({"chat.thanks"}), thank, refuses_nothing=True)
NOT_SURE = Flow("unclear", frozenset({"oos"}), not_sure, refuses_nothing=True)
COLLECT = Flow("answer", frozenset(), collect, {"collect": collect})
