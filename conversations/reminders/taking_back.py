"""Notices that were overtaken (お知らせの取り下げ): what they announce was moved or called off,
or has come to pass, so whatever of them has not left the house never does. Not here: what was
told stays told.
"""

from datetime import datetime

from sqlmodel import Session

from catalog.ground import worklist
from conversations.outbox import actions as outbox

PREFIX = "notice:"  # of the fact a notice's letter is written under: its key, @, the channel


def take_back(db: Session, about: str, *, now: datetime, phase: str | None = None) -> None:
    """Of everything that is to be told about this (`appointment:…`), or of one phase of it."""
    beginning = f"{about}:{phase}:" if phase is not None else f"{about}:"
    worklist.call_off(db, worklist.NOTICE, about, beginning, now=now)
    outbox.expire(db, f"{PREFIX}{beginning}", now=now)
