"""What is said to one person alone (R-036). In a group the bot answers with the rights of whoever
speaks; lists of what a firm or person has, links and invitation codes are not for the others there.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from conversations.flows.flow import Answer, Asked, Flow, Step, person_button
from conversations.messages import Choices
from conversations.wording.retail.voice import voice


def apart(asked: Asked) -> Answer | None:
    """The answer in a group: that this is for a one-to-one chat; None when it is one."""
    if not asked.event.is_group:
        return None
    return Answer([Choices(voice(asked.lang).one_to_one(), (person_button(asked),))], asked.memory)


@dataclass(frozen=True, slots=True)
class _Alone:
    step: Step
    free: frozenset[str] = frozenset()

    def __call__(self, asked: Asked) -> Answer:
        elsewhere = None if asked.intent in self.free else apart(asked)
        return elsewhere or self.step(asked)


def alone(flow: Flow, *, free: Collection[str] = ()) -> Flow:
    """The flow, told to one person alone: in a group nothing of it but the intents and verbs that
    are free.
    """
    taps = {verb: step if verb in free else _Alone(step) for verb, step in flow.taps.items()}
    return replace(flow, step=_Alone(flow.step, frozenset(free)), taps=taps)
