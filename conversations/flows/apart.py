"""What is said to one person alone (R-036). In a group the bot answers with the rights of whoever
speaks; lists of what a firm or person has, links and invitation codes are not for the others there.
"""

from conversations.flows.flow import Answer, Asked, person_button
from conversations.messages import Choices
from conversations.wording.retail.voice import voice


def apart(asked: Asked) -> Answer | None:
    """The answer in a group: that this is for a one-to-one chat; None when it is one."""
    if not asked.event.is_group:
        return None
    return Answer([Choices(voice(asked.lang).one_to_one(), (person_button(asked),))], asked.memory)
