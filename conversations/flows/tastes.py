"""Tastes and sizes (好み・サイズ): kept when the customer agrees, shown and forgotten when they
wish (R-117).

客: わたしは革ベルト派なんだよね
証: 「革ベルト派」を、お客様のお好みとして控えておいてもよろしいでしょうか。 [控えてもらう] [やめる]
    [担当者と話す]
客: はい
証: 「革ベルト派」をお好みとして控えました。… [お好みを見る] [担当者と話す]
"""

from catalog.customers import tastes
from catalog.customers.tastes import TasteMalformed, TooManyTastes
from conversations.flows.apart import alone
from conversations.flows.flow import Answer, Asked, Flow, confirm, person_button, tap
from conversations.flows.membership import link_first
from conversations.messages import Button, Choices, Said
from conversations.understanding import forms
from conversations.understanding.tastes import said
from conversations.wording.membership.voice import voice

_BUTTONS = 10


def offer(asked: Asked, phrase: str) -> Answer | None:
    """Ask whether this may be kept; None when it cannot be, is kept already, or nobody is
    linked.
    """
    if asked.customer is None:
        return None
    try:
        taste = tastes.hear(asked.db, asked.customer, phrase, now=asked.now)
    except (TasteMalformed, TooManyTastes):
        return None
    if taste is None:
        return None
    words = voice(asked.lang)
    return confirm(
        asked,
        words.ask_taste(phrase),
        verb="tastes.keep",
        label=words.label_keep(),
        binds=False,
        taste=taste,
    )


def heard(asked: Asked) -> Answer | None:
    """What somebody says about themselves in passing (chat.smalltalk); None when it is no taste,
    and the small talk goes on.
    """
    phrase = said(asked.event.body.text) if isinstance(asked.event.body, Said) else None
    return offer(asked, phrase) if phrase else None


def keep(asked: Asked) -> Answer:
    """The customer agreed."""
    if asked.customer is None:
        return link_first(asked)
    taste = str(asked.slots.get("taste", ""))
    kept = tastes.keep(asked.db, asked.customer, taste, by="customer", now=asked.now)
    words = voice(asked.lang)
    buttons = (Button(words.button_tastes(), data=tap("tastes.show")), person_button(asked))
    return Answer([Choices(words.taste_kept(kept.words), buttons)], asked.memory.closing())


def show(asked: Asked) -> Answer:
    """All of them, each with its button to forget it."""
    if asked.customer is None:
        return link_first(asked)
    words = voice(asked.lang)
    held = tastes.of(asked.db, asked.customer)
    buttons = [
        Button(words.button_forget(each.words), data=tap("tastes.forget", taste=each.id))
        for each in held[-_BUTTONS:]
    ]
    text = words.tastes([each.words for each in held])
    return Answer([Choices(text, (*buttons, person_button(asked)))], asked.memory)


def forget(asked: Asked) -> Answer:
    """Gone at once: nothing of weight hangs on it, and it can be said again."""
    if asked.customer is None:
        return link_first(asked)
    taste = str(asked.slots.get("taste", ""))
    gone = tastes.forget(asked.db, asked.customer, taste, by="customer", now=asked.now)
    words = voice(asked.lang)
    buttons = (Button(words.button_tastes(), data=tap("tastes.show")), person_button(asked))
    return Answer([Choices(words.taste_forgotten(gone), buttons)], asked.memory)


FLOW = alone(
    Flow(
        "tastes",
        frozenset(),
        show,
        {"keep": keep, "show": show, "forget": forget},
        {"show": forms.TASTES},
    )
)
