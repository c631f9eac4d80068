"""Yes and no to a change that was repeated (R-050): a button binds, a typed yes only where nothing
of weight hangs on it.

証: W-10234を本日 18:00までお取り置きします。よろしいでしょうか。 [取り置く] [やめる] [担当者と話す]
客: やめます
証: 承知いたしました。何も変更しておりません。
"""

from collections.abc import Callable
from dataclasses import replace

from conversations.flows.flow import (
    NOT_NOW,
    Answer,
    Asked,
    Flow,
    Step,
    person_button,
    read_tap,
    yes_or_no,
)
from conversations.messages import Choices
from conversations.ports import CONFIRM


def again(asked: Asked) -> Answer:
    """A yes in words to something that binds: the button comes once more."""
    pending = asked.pending
    if pending is None:
        return no(asked)
    words = asked.voice
    buttons = yes_or_no(asked, pending, words.button_confirm())
    kept = replace(asked.memory, expecting=CONFIRM, pending=pending)
    return Answer([Choices(words.press_to_confirm(), buttons)], kept)


def no(asked: Asked) -> Answer:
    """Nothing was changed, and nothing is open any more."""
    return Answer(
        [Choices(asked.voice.nothing_changed(), (person_button(asked),))], asked.memory.closing()
    )


def noted(asked: Asked) -> Answer:
    """A yes or no to nothing in particular."""
    return Answer([Choices(asked.voice.noted(), (person_button(asked),))], asked.memory)


def step(asked: Asked) -> Answer:
    """A yes or a no in words. What a typed yes may settle goes on in `settled_by`."""
    if asked.pending is None:
        return noted(asked)
    return again(asked) if asked.intent == "chat.affirm" else no(asked)


def settled_by(asked: Asked, for_tap: Callable[[str], Step]) -> Answer | None:
    """The answer to a typed yes that settles the open question; None when it does not."""
    pending = asked.pending
    if asked.intent != "chat.affirm" or pending is None or pending.binds:
        return None
    name, slots = read_tap(pending.tap)
    return for_tap(name)(replace(asked, slots=slots))


FLOW = Flow(
    "confirming",
    frozenset({"chat.affirm", "chat.deny"}),
    step,
    {NOT_NOW.partition(".")[2]: no},
    refuses_nothing=True,
)
