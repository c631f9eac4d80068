"""Who speaks (話し手, R-152): the bot, or the one person of the shop who holds the conversation.

One row says it, and whoever is about to speak reads it under its lock: a turn of the bot and the
moment a person takes over come one after the other, never side by side. Not here: who may take a
conversation over and when it goes back; that is the desk's.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalog.ground.record import ConversationId, StaffId
from catalog.ground.session.hot import Hot, moment
from conversations.threads import actions as threads

_SPEAKER = "SELECT speaker FROM thread WHERE id = :conversation"
_READ = Hot(_SPEAKER, _SPEAKER + " FOR SHARE")
_LOOK = Hot(_SPEAKER)
_LOCK = Hot(_SPEAKER, _SPEAKER + " FOR UPDATE")
_SET = Hot(
    "UPDATE thread SET speaker = :speaker, reply_token = NULL, reply_until = NULL"
    " WHERE id = :conversation"
)
_KEEP_TOKEN = Hot(
    "UPDATE thread SET reply_token = :token, reply_until = :until WHERE id = :conversation"
)
_TOKEN = "SELECT reply_token, reply_until FROM thread WHERE id = :conversation"
_LOOK_TOKEN = Hot(_TOKEN)
_READ_TOKEN = Hot(_TOKEN, _TOKEN + " FOR UPDATE")


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """The free way to answer the last message; works once, until then."""

    token: str
    until: datetime


def of(db: Session, conversation: ConversationId) -> StaffId | None:
    """Who of the shop speaks there; None: the bot. Holds until the unit ends."""
    rows = _READ(db, conversation=conversation)
    return StaffId(rows[0][0]) if rows and rows[0][0] is not None else None


def now_of(db: Session, conversation: ConversationId) -> StaffId | None:
    """The same, only looked at: it may change before this unit ends."""
    rows = _LOOK(db, conversation=conversation)
    return StaffId(rows[0][0]) if rows and rows[0][0] is not None else None


def lock(db: Session, conversation: ConversationId) -> None:
    """Nobody else begins to speak there, or ends, before this unit has ended."""
    _LOCK(db, conversation=conversation)


def let_speak(
    db: Session,
    conversation: ConversationId,
    channel: str,
    staff: StaffId | None,
    *,
    lang: str,
    now: datetime,
) -> None:
    """From here on this person speaks, or the bot again (None)."""
    if staff is not None:
        threads.open_in(db, conversation, channel, lang=lang, now=now)
    _SET(db, conversation=conversation, speaker=staff)


def keep_token(db: Session, conversation: ConversationId, token: ReplyToken) -> None:
    """The last message came with it, and nobody has answered yet."""
    _KEEP_TOKEN(db, conversation=conversation, token=token.token, until=token.until)


def take_token(db: Session, conversation: ConversationId) -> ReplyToken | None:
    """The token that is kept, given out once; it may be too old already."""
    rows = _READ_TOKEN(db, conversation=conversation)
    if not rows or rows[0][0] is None:
        return None
    _KEEP_TOKEN(db, conversation=conversation, token=None, until=None)
    return ReplyToken(rows[0][0], moment(rows[0][1]))


def token_of(db: Session, conversation: ConversationId) -> ReplyToken | None:
    """The token that is kept, only looked at."""
    rows = _LOOK_TOKEN(db, conversation=conversation)
    return ReplyToken(rows[0][0], moment(rows[0][1])) if rows and rows[0][0] else None
