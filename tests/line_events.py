"""LINE's webhook events as LINE writes them, for tests: one builder for each kind of event.

Every builder takes the person (or a group's `source`) and the moment, and gives the JSON of one
event. Whoever wants an answerable event passes a `reply_token` (the stand-in platform issues them).
"""

import base64
import hashlib
import hmac
import itertools
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from ulid import ULID

Json = dict[str, Any]

_message_numbers = itertools.count(568_000_000_000_000_001)


def new_user() -> str:
    """A user id of LINE's form."""
    return "U" + secrets.token_hex(16)


def new_group() -> str:
    """A group id of LINE's form."""
    return "C" + secrets.token_hex(16)


def new_message_id() -> str:
    """A message id of LINE's form, never twice in one process."""
    return str(next(_message_numbers))


def signature_of(body: bytes, secret: str) -> str:
    """The x-line-signature of a body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def webhook_body(events: Sequence[Json], *, destination: str = "U" + "d" * 32) -> bytes:
    """One delivery with those events."""
    return orjson.dumps({"destination": destination, "events": list(events)})


def redelivered(event: Json) -> Json:
    """The same event as LINE sends it again."""
    return {**event, "deliveryContext": {"isRedelivery": True}}


def in_group(event: Json, group: str) -> Json:
    """The same event, happening in a group."""
    source = {"type": "group", "groupId": group}
    if "userId" in event.get("source", {}):
        source["userId"] = event["source"]["userId"]
    return {**event, "source": source}


def event(
    kind: str,
    user: str | None,
    *,
    at: datetime | None = None,
    reply_token: str | None = None,
    mode: str = "active",
    **fields: Any,
) -> Json:
    """Any event: the properties all have, and the given ones."""
    moment = at or datetime.now(UTC)
    made: Json = {
        "type": kind,
        "timestamp": int(moment.timestamp() * 1000),
        "mode": mode,
        "webhookEventId": str(ULID.from_datetime(moment)),
        "deliveryContext": {"isRedelivery": False},
        **fields,
    }
    if user is not None:
        made["source"] = {"type": "user", "userId": user}
    if reply_token is not None:
        made["replyToken"] = reply_token
    return made


def message_event(user: str | None, message: Json, **more: Any) -> Json:
    """A message event around any message."""
    return event("message", user, message=message, **more)


def text_event(
    user: str | None,
    text: str,
    *,
    message_id: str | None = None,
    mentions_bot: bool = False,
    **more: Any,
) -> Json:
    """Words somebody wrote."""
    message: Json = {
        "type": "text",
        "id": message_id or new_message_id(),
        "text": text,
        "quoteToken": secrets.token_urlsafe(16),
        "markAsReadToken": secrets.token_urlsafe(16),
    }
    if mentions_bot:
        message["mention"] = {
            "mentionees": [{"type": "user", "index": 0, "length": 3, "isSelf": True}]
        }
    return message_event(user, message, **more)


def edited_event(user: str, message_id: str, text: str, **more: Any) -> Json:
    """A text changed after it was sent (groups only, since July 2026)."""
    return event(
        "messageEdited", user, message={"type": "text", "id": message_id, "text": text}, **more
    )


def image_event(
    user: str,
    *,
    message_id: str | None = None,
    set_id: str | None = None,
    index: int = 1,
    total: int = 1,
    outside_url: str | None = None,
    **more: Any,
) -> Json:
    """A picture, alone or as one of a set."""
    message: Json = {
        "type": "image",
        "id": message_id or new_message_id(),
        "quoteToken": secrets.token_urlsafe(16),
        "contentProvider": _provider(outside_url),
    }
    if set_id is not None:
        message["imageSet"] = {"id": set_id, "index": index, "total": total}
    return message_event(user, message, **more)


def video_event(
    user: str, *, message_id: str | None = None, duration: int = 20_000, **more: Any
) -> Json:
    """A film."""
    message = {
        "type": "video",
        "id": message_id or new_message_id(),
        "duration": duration,
        "quoteToken": secrets.token_urlsafe(16),
        "contentProvider": _provider(None),
    }
    return message_event(user, message, **more)


def audio_event(
    user: str, *, message_id: str | None = None, duration: int = 3_000, **more: Any
) -> Json:
    """A voice message."""
    message = {
        "type": "audio",
        "id": message_id or new_message_id(),
        "duration": duration,
        "contentProvider": _provider(None),
    }
    return message_event(user, message, **more)


def file_event(
    user: str,
    *,
    name: str = "鑑定書.pdf",
    size: int = 2_138,
    message_id: str | None = None,
    **more: Any,
) -> Json:
    """A file."""
    message = {
        "type": "file",
        "id": message_id or new_message_id(),
        "fileName": name,
        "fileSize": size,
    }
    return message_event(user, message, **more)


def sticker_event(user: str, *, keywords: Sequence[str] = ("Thank you",), **more: Any) -> Json:
    """A sticker."""
    message = {
        "type": "sticker",
        "id": new_message_id(),
        "packageId": "446",
        "stickerId": "1988",
        "stickerResourceType": "STATIC",
        "keywords": list(keywords),
        "quoteToken": secrets.token_urlsafe(16),
    }
    return message_event(user, message, **more)


def location_event(
    user: str, *, latitude: float = 35.6717, longitude: float = 139.765, **more: Any
) -> Json:
    """A place."""
    message = {
        "type": "location",
        "id": new_message_id(),
        "title": "お店",
        "address": "東京都中央区銀座4丁目",
        "latitude": latitude,
        "longitude": longitude,
    }
    return message_event(user, message, **more)


def postback_event(user: str, data: str, **more: Any) -> Json:
    """A button pressed."""
    return event("postback", user, postback={"data": data}, **more)


def follow_event(user: str, *, is_unblocked: bool = False, **more: Any) -> Json:
    """Added as a friend, or unblocked."""
    return event("follow", user, follow={"isUnblocked": is_unblocked}, **more)


def unfollow_event(user: str, **more: Any) -> Json:
    """Blocked."""
    return event("unfollow", user, **more)


def unsend_event(user: str, message_id: str, **more: Any) -> Json:
    """A message taken back."""
    return event("unsend", user, unsend={"messageId": message_id}, **more)


def video_play_complete_event(user: str, tracking_id: str, **more: Any) -> Json:
    """A film of ours watched to its end."""
    return event("videoPlayComplete", user, videoPlayComplete={"trackingId": tracking_id}, **more)


def account_link_event(user: str | None, nonce: str, *, result: str = "ok", **more: Any) -> Json:
    """An account linked, or not: then LINE names no source."""
    return event(
        "accountLink",
        user if result == "ok" else None,
        link={"result": result, "nonce": nonce},
        **more,
    )


def join_event(group: str, **more: Any) -> Json:
    """The bot taken into a group."""
    return in_group(event("join", None, **more), group)


def leave_event(group: str, **more: Any) -> Json:
    """The bot put out of a group."""
    return in_group(event("leave", None, **more), group)


def members_event(group: str, *, joined: int = 0, left: int = 0, **more: Any) -> Json:
    """People who came into a group, or left it."""
    people = [{"type": "user", "userId": new_user()} for _ in range(joined or left)]
    if joined:
        return in_group(event("memberJoined", None, joined={"members": people}, **more), group)
    return in_group(event("memberLeft", None, left={"members": people}, **more), group)


def _provider(outside_url: str | None) -> Json:
    if outside_url is None:
        return {"type": "line"}
    return {"type": "external", "originalContentUrl": outside_url, "previewImageUrl": outside_url}
