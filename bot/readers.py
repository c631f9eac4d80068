"""How each channel's stored JSON is read: for the turn of the bot (`PARSERS`), and with the letters
that were written for those who look at a conversation (`READERS`).
"""

from datetime import datetime

from sqlmodel import Session

from bot.line.parse import to_event as line_event
from bot.line.reading import read as line_letters
from bot.slack.parse import to_event as slack_event
from bot.slack.reading import read as slack_letters
from bot.webchat.parse import to_event as web_event
from bot.webchat.reading import read as web_letters
from handoff.desk import search
from handoff.desk.entries import Readers

PARSERS = {"line": line_event, "slack": slack_event, "web": web_event}
READERS = Readers(PARSERS, {"line": line_letters, "slack": slack_letters, "web": web_letters})


def find_words(db: Session, at: datetime) -> None:
    """Slot `message-words`: what was said since can be found by staff."""
    search.catch_up(db, READERS, now=at)


def drop_words(db: Session, at: datetime) -> None:
    """Slot `message-words-emptied`: nothing is kept of what was emptied."""
    search.take_out(db)
