"""LINE's webhook JSON for what a person does (LINE reference, "Webhook event objects"). Pure.

Only what one person does in a one-to-one chat; groups are not part of the demo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ulid import ULID

Event = dict[str, Any]
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Pictures sent together: their common id, the place of this one (from 1), how many."""

    id: str
    index: int
    total: int


def event(
    kind: str, *, user_id: str, at: datetime, reply_token: str | None = None, **rest: Any
) -> Event:
    """An event of that type; `rest` is what only this type carries."""
    made: Event = {
        "type": kind,
        "webhookEventId": str(ULID.from_datetime(at)),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(at.timestamp() * 1000),
        "source": {"type": "user", "userId": user_id},
        "mode": "active",
        **rest,
    }
    if reply_token is not None:
        made["replyToken"] = reply_token
    return made


def redelivered(first: Event) -> Event:
    """The same event as LINE sends it again: only the delivery context differs."""
    return {**first, "deliveryContext": {"isRedelivery": True}}


def text(message_id: str, words: str, *, quote_token: str) -> Message:
    """A text message."""
    return {"type": "text", "id": message_id, "quoteToken": quote_token, "text": words}


def sticker(
    message_id: str, *, package_id: str, sticker_id: str, keywords: Sequence[str], quote_token: str
) -> Message:
    """A sticker with at most fifteen of its keywords."""
    return {
        "type": "sticker",
        "id": message_id,
        "quoteToken": quote_token,
        "packageId": package_id,
        "stickerId": sticker_id,
        "stickerResourceType": "STATIC",
        "keywords": list(keywords[:15]),
    }


def place(
    message_id: str, *, title: str | None, address: str | None, latitude: float, longitude: float
) -> Message:
    """A location. Degrees north and east."""
    made: Message = {
        "type": "location",
        "id": message_id,
        "latitude": latitude,
        "longitude": longitude,
    }
    named: Mapping[str, str | None] = {"title": title, "address": address}
    return made | {key: value for key, value in named.items() if value}


def picture(message_id: str, *, quote_token: str, among: PictureSet | None = None) -> Message:
    """A picture whose bytes the platform keeps."""
    made: Message = {
        "type": "image",
        "id": message_id,
        "quoteToken": quote_token,
        "contentProvider": {"type": "line"},
    }
    if among is not None:
        made["imageSet"] = {"id": among.id, "index": among.index, "total": among.total}
    return made


def film(message_id: str, *, quote_token: str, duration_ms: int) -> Message:
    """A film whose bytes the platform keeps."""
    return {
        "type": "video",
        "id": message_id,
        "quoteToken": quote_token,
        "duration": duration_ms,
        "contentProvider": {"type": "line"},
    }


def sound(message_id: str, *, duration_ms: int) -> Message:
    """A voice message whose bytes the platform keeps."""
    return {
        "type": "audio",
        "id": message_id,
        "duration": duration_ms,
        "contentProvider": {"type": "line"},
    }


def file(message_id: str, *, name: str, size: int) -> Message:
    """Any other file."""
    return {"type": "file", "id": message_id, "fileName": name, "fileSize": size}
