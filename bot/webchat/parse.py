"""What a visitor does: from the page's request to the stored body, and from there to an `Event`.

`read` is the door: it takes what the page may send and nothing else. `to_event` is pure and
forgiving, as every channel's: a stored body that is not known any more becomes `Unknown`, an
emptied one too.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from bot.webchat.render import TAP_MOST
from catalog.ground.errors import Malformed
from catalog.ground.record import ConversationId
from conversations.messages import (
    Body,
    Event,
    Place,
    Said,
    SentFile,
    SentKind,
    Tapped,
    Unknown,
    Unsent,
    Watched,
)
from conversations.visitors.actions import CHANNEL, Hearing

TEXT_MOST = 5_000
LABEL_MOST = 300
TRACKING_MOST = 100
FILES_TOGETHER_MOST = 10
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}")
_KIND = re.compile(r"[^A-Za-z0-9_.-]")

Json = Mapping[str, Any]


class NotAMessage(Malformed):
    """The page sent something it never sends. `reason` says what is wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def checked_id(value: object) -> str:
    """The id the page gave to something it did. Raises NotAMessage."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise NotAMessage("an id has 8 to 64 letters, digits and hyphens")
    return value


def read(visitor_id: str, body: bytes) -> Hearing:
    """One request of the page as it is kept. Raises NotAMessage."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotAMessage("the body is no JSON") from None
    if not isinstance(told, dict):
        raise NotAMessage("the body is no JSON object")
    event_id = checked_id(told.get("id"))
    kinds = _READERS.keys() & told.keys()
    if len(kinds) != 1:
        raise NotAMessage("a message says, taps, shows a place, takes back or has watched")
    [kind] = kinds
    kept = {"kind": kind, **_READERS[kind](told)}
    taken_back = kept.get("of")
    message = taken_back or event_id
    return Hearing(
        event_id=event_id,
        body=_dumped(kept, visitor_id, event_id),
        message_id=message_id(visitor_id, message) if kind in _WITH_MESSAGE else None,
        is_shown=kind != "watched",
    )


def file_heard(visitor_id: str, event_id: str, file: SentFile) -> Hearing:
    """A file whose bytes are kept already."""
    kept = {
        "kind": "file",
        "file": file.kind.value,
        "name": file.name,
        "size": file.size,
        "set_id": file.set_id,
        "set_index": file.set_index,
        "set_total": file.set_total,
    }
    body = _dumped(kept, visitor_id, event_id)
    return Hearing(event_id=event_id, body=body, message_id=file.message_id)


def message_id(visitor_id: str, event_id: str) -> str:
    """The id of a message among all of the channel."""
    return f"{visitor_id}/{event_id}"


def _dumped(kept: Json, visitor_id: str, event_id: str) -> str:
    return json.dumps({**kept, "id": event_id, "visitor": visitor_id}, ensure_ascii=False)


def _text(told: Json) -> Json:
    return {"text": _words(told["text"], TEXT_MOST)}


def _tap(told: Json) -> Json:
    said = told.get("said")
    shown = _words(said, LABEL_MOST) if said is not None else None
    return {"tap": _words(told["tap"], TAP_MOST), "said": shown}


def _place(told: Json) -> Json:
    place = told["place"]
    found = place if isinstance(place, dict) else {}
    return {
        "latitude": _degrees(found.get("latitude"), 90),
        "longitude": _degrees(found.get("longitude"), 180),
    }


def _unsend(told: Json) -> Json:
    return {"of": checked_id(told["unsend"])}


def _watched(told: Json) -> Json:
    return {"tracking": _words(told["watched"], TRACKING_MOST)}


_READERS: dict[str, Callable[[Json], Json]] = {
    "text": _text,
    "tap": _tap,
    "place": _place,
    "unsend": _unsend,
    "watched": _watched,
}
_WITH_MESSAGE = frozenset({"text", "place", "unsend"})


def _words(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise NotAMessage("words are no text")
    words = value.replace("\x00", "")
    if not words.strip() or len(words) > most:
        raise NotAMessage(f"words are empty, or more than {most} characters")
    return words


def _degrees(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NotAMessage("degrees are no number")
    if abs(value) > most:
        raise NotAMessage("no such place")
    return float(value)


class NotAWebEvent(Malformed):
    """The stored text is not a JSON object."""


def to_event(raw: bytes | str, *, inbox_id: int, received_at: datetime) -> Event:
    """The event of one inbox row. Raises NotAWebEvent when `raw` is not a JSON object, never for
    what is in it.
    """
    try:
        kept = orjson.loads(raw)
    except orjson.JSONDecodeError:
        kept = None
    if not isinstance(kept, dict):
        raise NotAWebEvent("the event is not a JSON object")
    visitor = str(kept.get("visitor") or "unknown")
    return Event(
        inbox_id=inbox_id,
        channel=CHANNEL,
        event_id=message_id(visitor, str(kept.get("id") or "")),
        conversation=ConversationId(f"{CHANNEL}:{visitor}"),
        sender=visitor if visitor != "unknown" else None,
        at=received_at,
        received_at=received_at,
        reply_token=None,
        reply_until=None,
        is_standby=False,
        is_group=False,
        body=_body(kept, visitor),
    )


def _body(kept: Json, visitor: str) -> Body:
    kind = str(kept.get("kind") or "none")
    message = message_id(visitor, str(kept.get("id") or ""))
    try:
        match kind:
            case "text":
                return Said(message, str(kept["text"]))
            case "tap":
                return Tapped(str(kept["tap"]))
            case "place":
                return Place(message, float(kept["latitude"]), float(kept["longitude"]))
            case "unsend":
                return Unsent(message_id(visitor, str(kept["of"])))
            case "watched":
                return Watched(str(kept["tracking"]))
            case "file":
                return SentFile(
                    message,
                    SentKind(kept["file"]),
                    name=kept["name"],
                    size=kept["size"],
                    set_id=kept["set_id"],
                    set_index=kept["set_index"],
                    set_total=kept["set_total"],
                )
    except (KeyError, TypeError, ValueError):
        pass
    return Unknown(_KIND.sub("_", kind)[:64])
