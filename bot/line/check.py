"""The local limit checker: what LINE would refuse is refused here, before it leaves.

Knows the message types akashi sends (text, image, video, audio, location, sticker, template, flex)
and refuses any other. Pure and cheap enough for every send. Shortening and splitting are in
`render`; who may be written to is LINE's to say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from bot.line.flex import check_container
from bot.line.limits import (
    LABEL_MOST,
    LineWouldRefuse,
    need_action,
    need_known,
    need_list,
    need_object,
    need_signs,
    need_url,
    need_words,
)

__all__ = ["LineWouldRefuse", "check"]

MESSAGES_MOST = 5
TEXT_MOST = 5_000
ALT_TEXT_MOST = 1_500
QUICK_REPLIES_MOST = 13
REQUEST_BYTES_MOST = 2_000_000

_COMMON = frozenset({"type", "quickReply", "sender"})
_TRACKING_ID = re.compile(r"[A-Za-z0-9\-.=,+*()%$&;:@{}!?<>\[\]]{1,100}")
_THE_WORD_LINE = re.compile(r"(?<![A-Za-z])LINE(?![A-Za-z])", re.IGNORECASE)


def check(messages: Sequence[Mapping[str, Any]]) -> None:
    """Look at the messages of one call.

    Raises LineWouldRefuse for the first thing LINE would refuse.
    """
    entries = need_list(messages, "messages", least=1, most=MESSAGES_MOST)
    try:
        size = len(orjson.dumps(entries))
    except TypeError:  # half of a surrogate pair, or no JSON at all
        raise LineWouldRefuse("messages", "cannot be written as JSON in UTF-8") from None
    if size > REQUEST_BYTES_MOST:
        raise LineWouldRefuse("messages", f"must have at most {REQUEST_BYTES_MOST} bytes of JSON")
    for number, entry in enumerate(entries):
        at = f"messages[{number}]"
        message = need_object(entry, at)
        kind = message.get("type")
        rule = _MESSAGES.get(kind) if isinstance(kind, str) else None
        if rule is None:
            raise LineWouldRefuse(f"{at}.type", "is not a message akashi sends")
        known, look = rule
        need_known(message, at, known)
        look(message, at)
        if "quickReply" in message:
            _quick_reply(message["quickReply"], f"{at}.quickReply")
        if "sender" in message:
            _sender(message["sender"], f"{at}.sender")


def _text(message: dict[str, Any], at: str) -> None:
    need_words(message.get("text"), f"{at}.text", TEXT_MOST)
    if message["text"].isspace():
        raise LineWouldRefuse(f"{at}.text", "must be a text and not empty")


def _image(message: dict[str, Any], at: str) -> None:
    need_url(message.get("originalContentUrl"), f"{at}.originalContentUrl")
    need_url(message.get("previewImageUrl"), f"{at}.previewImageUrl")


def _video(message: dict[str, Any], at: str) -> None:
    _image(message, at)
    if "trackingId" in message:
        tracking_id = message["trackingId"]
        if not isinstance(tracking_id, str) or not _TRACKING_ID.fullmatch(tracking_id):
            raise LineWouldRefuse(f"{at}.trackingId", "must be 1 to 100 of LINE's characters")


def _audio(message: dict[str, Any], at: str) -> None:
    need_url(message.get("originalContentUrl"), f"{at}.originalContentUrl")
    duration = message.get("duration")
    if not isinstance(duration, int) or isinstance(duration, bool) or duration < 1:
        raise LineWouldRefuse(f"{at}.duration", "must be whole milliseconds")


def _location(message: dict[str, Any], at: str) -> None:
    need_words(message.get("title"), f"{at}.title", 100)
    need_words(message.get("address"), f"{at}.address", 100)
    for key, most in (("latitude", 90), ("longitude", 180)):
        degrees = message.get(key)
        if not isinstance(degrees, int | float) or not -most <= degrees <= most:
            raise LineWouldRefuse(f"{at}.{key}", "must be degrees")


def _sticker(message: dict[str, Any], at: str) -> None:
    for key in ("packageId", "stickerId"):
        if not isinstance(message.get(key), str) or not message[key].isdecimal():
            raise LineWouldRefuse(f"{at}.{key}", "must be a number written as text")


def _flex(message: dict[str, Any], at: str) -> None:
    need_words(message.get("altText"), f"{at}.altText", ALT_TEXT_MOST)
    check_container(message.get("contents"), f"{at}.contents")


def _template(message: dict[str, Any], at: str) -> None:
    need_words(message.get("altText"), f"{at}.altText", ALT_TEXT_MOST)
    at = f"{at}.template"
    template = need_object(message.get("template"), at)
    kind = template.get("type")
    rule = _TEMPLATES.get(kind) if isinstance(kind, str) else None
    if rule is None:
        raise LineWouldRefuse(f"{at}.type", "must be buttons, confirm, carousel or image_carousel")
    known, look = rule
    need_known(template, at, known)
    look(template, at)


def _buttons(template: dict[str, Any], at: str) -> None:
    _picture_style(template, at)
    _column(template, at, plain_most=160, titled_most=60, actions_most=4)


def _confirm(template: dict[str, Any], at: str) -> None:
    need_signs(template.get("text"), f"{at}.text", 240)
    _actions(template.get("actions"), f"{at}.actions", least=2, most=2)


def _carousel(template: dict[str, Any], at: str) -> None:
    _picture_style(template, at)
    columns = need_list(template.get("columns"), f"{at}.columns", least=1, most=10)
    shapes = set()
    for number, entry in enumerate(columns):
        place = f"{at}.columns[{number}]"
        column = need_object(entry, place)
        need_known(column, place, _COLUMN_KEYS)
        _column(column, place, plain_most=120, titled_most=60, actions_most=3)
        shapes.add((len(column["actions"]), "title" in column, "thumbnailImageUrl" in column))
    if len(shapes) > 1:
        raise LineWouldRefuse(f"{at}.columns", "must all have the same parts")


def _image_carousel(template: dict[str, Any], at: str) -> None:
    columns = need_list(template.get("columns"), f"{at}.columns", least=1, most=10)
    for number, entry in enumerate(columns):
        place = f"{at}.columns[{number}]"
        column = need_object(entry, place)
        need_known(column, place, frozenset({"imageUrl", "action"}))
        need_url(column.get("imageUrl"), f"{place}.imageUrl")
        need_action(column.get("action"), f"{place}.action", label_most=12, needs_label=False)


def _column(
    column: dict[str, Any], at: str, *, plain_most: int, titled_most: int, actions_most: int
) -> None:
    is_titled = "title" in column or "thumbnailImageUrl" in column
    if "title" in column:
        need_signs(column["title"], f"{at}.title", 40)
    if "thumbnailImageUrl" in column:
        need_url(column["thumbnailImageUrl"], f"{at}.thumbnailImageUrl")
    need_signs(column.get("text"), f"{at}.text", titled_most if is_titled else plain_most)
    if "defaultAction" in column:
        need_action(
            column["defaultAction"], f"{at}.defaultAction", label_most=LABEL_MOST, needs_label=False
        )
    _actions(column.get("actions"), f"{at}.actions", least=1, most=actions_most)


def _picture_style(template: dict[str, Any], at: str) -> None:
    if template.get("imageAspectRatio", "rectangle") not in ("rectangle", "square"):
        raise LineWouldRefuse(f"{at}.imageAspectRatio", "must be rectangle or square")
    if template.get("imageSize", "cover") not in ("cover", "contain"):
        raise LineWouldRefuse(f"{at}.imageSize", "must be cover or contain")


def _actions(value: Any, at: str, *, least: int, most: int) -> None:
    for number, action in enumerate(need_list(value, at, least=least, most=most)):
        need_action(action, f"{at}[{number}]", label_most=LABEL_MOST)


def _quick_reply(value: Any, at: str) -> None:
    reply = need_object(value, at)
    need_known(reply, at, frozenset({"items"}))
    items = need_list(reply.get("items"), f"{at}.items", least=1, most=QUICK_REPLIES_MOST)
    for number, entry in enumerate(items):
        place = f"{at}.items[{number}]"
        item = need_object(entry, place)
        need_known(item, place, _QUICK_KEYS)
        if item.get("type") != "action":
            raise LineWouldRefuse(f"{place}.type", "must be action")
        if "imageUrl" in item:
            need_url(item["imageUrl"], f"{place}.imageUrl")
        need_action(
            item.get("action"), f"{place}.action", label_most=LABEL_MOST, in_quick_reply=True
        )


def _sender(value: Any, at: str) -> None:
    sender = need_object(value, at)
    need_known(sender, at, frozenset({"name", "iconUrl"}))
    if "name" in sender:
        need_words(sender["name"], f"{at}.name", 20)
        if _THE_WORD_LINE.search(sender["name"]):
            raise LineWouldRefuse(f"{at}.name", "must not hold the word LINE")
    if "iconUrl" in sender:
        need_url(sender["iconUrl"], f"{at}.iconUrl")


_Look = Callable[[dict[str, Any], str], None]
_QUICK_KEYS = frozenset({"type", "action", "imageUrl"})
_COLUMN_KEYS = frozenset(
    {"thumbnailImageUrl", "imageBackgroundColor", "title", "text", "defaultAction", "actions"}
)
_STYLE_KEYS = frozenset({"type", "imageAspectRatio", "imageSize"})
_TEMPLATES: dict[str, tuple[frozenset[str], _Look]] = {
    "buttons": (_STYLE_KEYS | _COLUMN_KEYS, _buttons),
    "confirm": (frozenset({"type", "text", "actions"}), _confirm),
    "carousel": (_STYLE_KEYS | {"columns"}, _carousel),
    "image_carousel": (frozenset({"type", "columns"}), _image_carousel),
}
_MESSAGES: dict[str, tuple[frozenset[str], _Look]] = {
    "text": (_COMMON | {"text", "quoteToken"}, _text),
    "image": (_COMMON | {"originalContentUrl", "previewImageUrl"}, _image),
    "video": (_COMMON | {"originalContentUrl", "previewImageUrl", "trackingId"}, _video),
    "audio": (_COMMON | {"originalContentUrl", "duration"}, _audio),
    "location": (_COMMON | {"title", "address", "latitude", "longitude"}, _location),
    "sticker": (_COMMON | {"packageId", "stickerId", "quoteToken"}, _sticker),
    "template": (_COMMON | {"altText", "template"}, _template),
    "flex": (_COMMON | {"altText", "contents"}, _flex),
}
