"""One stored webhook event of LINE as an `Event` of ours.

Pure and forgiving: LINE adds event types, properties and values without notice, so what is not
known or not whole becomes `Unknown` and its neighbours go on; only a text that is no JSON object at
all is refused. The signature, the split into events and the inbox row are the intake's.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from catalog.ground.errors import Malformed
from catalog.ground.record import ConversationId, from_millis
from conversations.messages import (
    AccountLinked,
    Body,
    Edited,
    Event,
    Followed,
    JoinedGroup,
    LeftGroup,
    MembersChanged,
    Place,
    Said,
    SentFile,
    SentKind,
    Sticker,
    Tapped,
    Unfollowed,
    Unknown,
    Unsent,
    Watched,
)

# A reply token lives a minute from receipt; 45 s leaves time for one slow try. On a redelivered
# event it also dies 20 minutes after the event itself (LINE reference, "Send reply message").
REPLY_SECONDS = 45
REDELIVERED_REPLY_MINUTES = 20

_LAST_MILLIS = 253_402_300_799_000  # the end of the year 9999
_DEAD_TOKENS = frozenset({"0" * 32, "f" * 32})  # sent by the console's old "Verify" button
_CALL_NAME = re.compile(r"@?(?:akashi(?![a-z0-9])|証(?![\u3400-\u9fff々]))")
_KIND = re.compile(r"[^A-Za-z0-9_.-]")


class NotAnEvent(Malformed):
    """The stored text is not a JSON object."""


def to_event(raw: bytes | str, *, inbox_id: int, received_at: datetime) -> Event:
    """The event of one inbox row. Absent ids and times are made from what is there.

    Raises NotAnEvent when `raw` is not a JSON object, never for what is in it.
    """
    event = _load(raw)
    at = _moment(event.get("timestamp")) or received_at
    is_standby = event.get("mode") == "standby"
    token = None if is_standby else _reply_token(event)
    source = _object(event, "source")
    return Event(
        inbox_id=inbox_id,
        channel="line",
        event_id=event_id_of(event),
        conversation=conversation_of(event),
        sender=_words(source, "userId"),
        at=at,
        received_at=received_at,
        reply_token=token,
        reply_until=_reply_until(event, at, received_at) if token else None,
        is_standby=is_standby,
        is_group=_is_group(source),
        body=_body(event, is_group=_is_group(source)),
    )


def conversation_of(event: Mapping[str, Any]) -> ConversationId:
    """The lane an event belongs to:

    The group or room, else the person; `line:unknown` when LINE says none.
    """
    source = _object(event, "source")
    found = _words(source, "groupId") or _words(source, "roomId") or _words(source, "userId")
    return ConversationId(f"line:{found or 'unknown'}")


def message_id_of(event: Mapping[str, Any]) -> str | None:
    """The message an event carries or takes back (an unsend may overtake it), else None."""
    return _words(_object(event, "message"), "id") or _words(_object(event, "unsend"), "messageId")


def event_id_of(event: Mapping[str, Any]) -> str:
    """LINE's own id of the event;

    When absent, a digest that is the same for each delivery of it.
    """
    own = _words(event, "webhookEventId")
    if own is not None and len(own) <= 128:
        return own
    kept = {key: value for key, value in event.items() if key != "deliveryContext"}
    return "sha256-" + hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()


def read_json(raw: bytes | str) -> Any:
    """Any JSON, half an emoji in it included. Raises NotAnEvent for what is none."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _load_broken_unicode(raw)


def _load(raw: bytes | str) -> dict[str, Any]:
    event = read_json(raw)
    if not isinstance(event, dict):
        raise NotAnEvent("the event is not a JSON object")
    return event


def _load_broken_unicode(raw: bytes | str) -> Any:
    """Half an emoji is legal in JSON but not in UTF-8; it becomes a question mark."""
    try:
        text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        whole = json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace")
        return orjson.loads(whole)
    except (ValueError, RecursionError):
        raise NotAnEvent("the event is not JSON") from None


def _reply_token(event: Mapping[str, Any]) -> str | None:
    token = _words(event, "replyToken")
    return None if token in _DEAD_TOKENS else token


def _reply_until(event: Mapping[str, Any], at: datetime, received_at: datetime) -> datetime:
    until = received_at + timedelta(seconds=REPLY_SECONDS)
    if _object(event, "deliveryContext").get("isRedelivery") is True:
        return min(until, at + timedelta(minutes=REDELIVERED_REPLY_MINUTES))
    return until


def _body(event: Mapping[str, Any], *, is_group: bool) -> Body:
    kind = _words(event, "type") or "none"
    if kind in ("message", "messageEdited"):
        return _message(event, kind, is_group=is_group)
    reader = _BODIES.get(kind)
    return (reader(event) if reader is not None else None) or _unknown(kind)


def _message(event: Mapping[str, Any], kind: str, *, is_group: bool) -> Body:
    message = _object(event, "message")
    sort = _words(message, "type") or "none"
    message_id = _words(message, "id") or ""
    if sort == "text" and isinstance(message.get("text"), str):
        addressed = not is_group or _is_addressed(message)
        if kind == "messageEdited":
            return Edited(message_id, message["text"], addressed)
        return Said(message_id, message["text"], addressed)
    if kind == "message" and message_id:
        reader = _MESSAGES.get(sort)
        found = reader(message, message_id) if reader is not None else None
        if found is not None:
            return found
    return _unknown(f"{kind}.{sort}")


def _is_addressed(message: Mapping[str, Any]) -> bool:
    mentioned = _object(message, "mention").get("mentionees")
    for one in mentioned if isinstance(mentioned, list) else []:
        if isinstance(one, dict) and one.get("isSelf") is True:
            return True
    opening = unicodedata.normalize("NFKC", message["text"][:40]).casefold().lstrip()
    return _CALL_NAME.match(opening) is not None


def _file(kind: SentKind) -> Callable[[Mapping[str, Any], str], Body | None]:
    def read(message: Mapping[str, Any], message_id: str) -> Body | None:
        together = _object(message, "imageSet")
        provider = _object(message, "contentProvider")
        outside = provider.get("type", "line") != "line"
        return SentFile(
            message_id=message_id,
            kind=kind,
            name=_words(message, "fileName"),
            size=_count(message, "fileSize"),
            duration_ms=_count(message, "duration"),
            set_id=_words(together, "id"),
            set_index=_count(together, "index"),
            set_total=_count(together, "total"),
            outside_url=(_words(provider, "originalContentUrl") or "external:")
            if outside
            else None,
        )

    return read


def _sticker(message: Mapping[str, Any], message_id: str) -> Body | None:
    listed = message.get("keywords")
    keywords = (
        [word for word in listed if isinstance(word, str)] if isinstance(listed, list) else []
    )
    written = _words(message, "text")
    return Sticker(message_id, tuple(keywords if written is None else [written, *keywords]))


def _place(message: Mapping[str, Any], message_id: str) -> Body | None:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    address = _words(message, "address") or _words(message, "title")
    return Place(message_id, float(latitude), float(longitude), address)


def _tapped(event: Mapping[str, Any]) -> Body | None:
    pressed = _words(_object(event, "postback"), "data")
    return None if pressed is None else Tapped(pressed)


def _unsent(event: Mapping[str, Any]) -> Body | None:
    message_id = _words(_object(event, "unsend"), "messageId")
    return None if message_id is None else Unsent(message_id)


def _watched(event: Mapping[str, Any]) -> Body | None:
    tracking_id = _words(_object(event, "videoPlayComplete"), "trackingId")
    return None if tracking_id is None else Watched(tracking_id)


def _linked(event: Mapping[str, Any]) -> Body | None:
    link = _object(event, "link")
    nonce = _words(link, "nonce")
    return None if nonce is None else AccountLinked(nonce, link.get("result") == "ok")


def _members(event: Mapping[str, Any]) -> Body | None:
    came = _object(event, "joined").get("members")
    went = _object(event, "left").get("members")
    return MembersChanged(
        joined=len(came) if isinstance(came, list) else 0,
        left=len(went) if isinstance(went, list) else 0,
    )


def _unknown(kind: str) -> Unknown:
    return Unknown(_KIND.sub("_", kind)[:64])


def _object(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _words(value: Mapping[str, Any], key: str) -> str | None:
    """A text that is there, without the one character PostgreSQL keeps in no text."""
    found = value.get(key)
    return found.replace("\x00", "") or None if isinstance(found, str) else None


def _count(value: Mapping[str, Any], key: str) -> int | None:
    found = value.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return from_millis(int(value)) if 0 < value < _LAST_MILLIS else None


def _is_group(source: Mapping[str, Any]) -> bool:
    return source.get("type") in ("group", "room") or "groupId" in source or "roomId" in source


_MESSAGES: dict[str, Callable[[Mapping[str, Any], str], Body | None]] = {
    "image": _file(SentKind.IMAGE),
    "video": _file(SentKind.VIDEO),
    "audio": _file(SentKind.AUDIO),
    "file": _file(SentKind.FILE),
    "sticker": _sticker,
    "location": _place,
}
_BODIES: dict[str, Callable[[Mapping[str, Any]], Body | None]] = {
    "postback": _tapped,
    "unsend": _unsent,
    "videoPlayComplete": _watched,
    "accountLink": _linked,
    "follow": lambda event: Followed(_object(event, "follow").get("isUnblocked") is True),
    "unfollow": lambda _: Unfollowed(),
    "join": lambda _: JoinedGroup(),
    "leave": lambda _: LeftGroup(),
    "memberJoined": _members,
    "memberLeft": _members,
}
