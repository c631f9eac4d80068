"""Membership (会員連携): a chat and a customer of the register belong together.

客: 残高はいくら?
証: 会員情報との連携がお済みでないため、こちらではご案内できません。
    [会員情報と連携する] [担当者と話す]
"""

from conversations.flows.flow import Answer, Asked, person_button, tap
from conversations.messages import Button, Choices


def link_first(asked: Asked) -> Answer:
    """What belongs to a customer is told only where that customer is known."""
    words = asked.voice
    buttons = (Button(words.button_link(), data=tap("membership.link")), person_button(asked))
    return Answer([Choices(words.link_first(), buttons)], asked.memory)
