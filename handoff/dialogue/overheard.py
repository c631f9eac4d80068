"""What comes in while a person of the shop speaks (R-152): the bot says nothing, the owner is told.

客: (担当者と話しているあいだに) もう一枚写真を送ります
証: (何も言わない。担当者の画面に出る)
"""

from datetime import datetime

from sqlmodel import Session

from conversations.messages import Edited, Event, Place, Said, SentFile, Sticker, Tapped
from handoff.desk import actions as desk

_WORDS = (Said, Edited, Tapped, SentFile, Sticker, Place)


def hear(db: Session, event: Event, now: datetime) -> None:
    """Words, pictures and pressed buttons wait for the owner's answer."""
    if isinstance(event.body, _WORDS):
        desk.heard(db, event.conversation, now=now)
