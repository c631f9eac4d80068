"""LINE's published limits, written down a second time and apart from the product's own checker.

Shapes come from line-bot-sdk's models: what they cannot hold, or would silently leave out, is
refused. The rest are the limits of the Messaging API reference. Every problem is given as LINE
gives it: place and words.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

Problem = tuple[str, str]

_URL_SIGNS = re.compile(r"[!-~]+")
_TRACKING = set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.=,+*()%$&;:@{}!?<>[]"
)


@cache
def _models() -> Any:
    from linebot.v3.messaging import models

    return models


def shape_problems(model: str, body: Any) -> list[Problem]:
    """What the SDK's model of that name does not know or does not take."""
    try:
        held = getattr(_models(), model).from_dict(body)
        back = held.to_dict()
    except Exception as error:  # noqa: BLE001  # the models raise whatever they stumble over
        return [(model, f"does not fit: {type(error).__name__}")]
    return list(_lost(body, json.loads(json.dumps(back)), ""))


def message_problems(messages: Any) -> list[Problem]:
    """What LINE would refuse in the messages of one call."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        return [("messages", "Size must be between 1 and 5")]
    found: list[Problem] = []
    for number, message in enumerate(messages):
        place = f"messages[{number}]"
        found += [(f"{place}{at}", why) for at, why in shape_problems("Message", message)]
        found += [(f"{place}.{at}", why) for at, why in _message(message)]
    return found


def rich_menu_problems(menu: Any) -> list[Problem]:
    """What LINE would refuse in a rich menu."""
    found = shape_problems("RichMenuRequest", menu)
    width, height = menu["size"]["width"], menu["size"]["height"]
    if not 800 <= width <= 2500 or height < 250 or width / height < 1.45:
        found.append(("size", "invalid"))
    if not 1 <= len(menu["chatBarText"]) <= 14:
        found.append(("chatBarText", "invalid"))
    if len(menu["areas"]) > 20 or len(menu["name"]) > 300:
        found.append(("areas", "invalid"))
    for area in menu["areas"]:
        box = area["bounds"]
        if box["x"] + box["width"] > width or box["y"] + box["height"] > height:
            found.append(("bounds", "outside"))
        found += _action(area["action"], label=20, required=False)
    return found


def _lost(given: Any, kept: Any, at: str) -> Iterator[Problem]:
    if isinstance(given, dict):
        if not isinstance(kept, dict):
            yield at, "invalid"
            return
        for key, value in given.items():
            if key not in kept:
                yield f"{at}.{key}", "unknown property"
            else:
                yield from _lost(value, kept[key], f"{at}.{key}")
    elif isinstance(given, list):
        if not isinstance(kept, list) or len(kept) != len(given):
            yield at, "invalid"
            return
        for number, (one, other) in enumerate(zip(given, kept, strict=True)):
            yield from _lost(one, other, f"{at}[{number}]")
    elif given != kept:
        yield at, "invalid"


def _utf16(text: str) -> int:
    return sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)


def _message(message: dict[str, Any]) -> Iterator[Problem]:
    kind = message.get("type")
    if kind == "text":
        if not message["text"].strip():
            yield "text", "May not be empty"
        if _utf16(message["text"]) > 5000:
            yield "text", "Length must be between 0 and 5000"
    elif kind == "image":
        yield from _https(message, "originalContentUrl", "previewImageUrl")
    elif kind == "video":
        yield from _https(message, "originalContentUrl", "previewImageUrl")
        tracking = message.get("trackingId")
        if tracking is not None and (not 1 <= len(tracking) <= 100 or set(tracking) - _TRACKING):
            yield "trackingId", "invalid"
    elif kind == "flex":
        if not message["altText"] or _utf16(message["altText"]) > 1500:
            yield "altText", "Length must be between 1 and 1500"
        yield from _container(message["contents"])
    elif kind == "template":
        if not message["altText"] or _utf16(message["altText"]) > 1500:
            yield "altText", "Length must be between 1 and 1500"
        yield from _template(message["template"])
    if "quickReply" in message:
        items = message["quickReply"]["items"]
        if not 1 <= len(items) <= 13:
            yield "quickReply.items", "Size must be between 1 and 13"
        for item in items:
            yield from _action(item["action"], label=20, required=True)
    name = message.get("sender", {}).get("name")
    if name is not None and (not name or len(name) > 20 or "LINE" in name):
        yield "sender.name", "invalid"


def _https(thing: dict[str, Any], *keys: str) -> Iterator[Problem]:
    for key in keys:
        url = thing.get(key, "")
        if not url.startswith("https://") or len(url) > 2000 or not _URL_SIGNS.fullmatch(url):
            yield key, "invalid uri"


def _action(action: dict[str, Any], *, label: int, required: bool) -> list[Problem]:
    found: list[Problem] = []
    text = action.get("label")
    if (required and not text) or (text is not None and not 1 <= len(text) <= label):
        found.append(("action.label", f"Length must be between 1 and {label}"))
    kind = action["type"]
    if kind == "postback":
        if not 1 <= _utf16(action["data"]) <= 300:
            found.append(("action.data", "Length must be between 1 and 300"))
        if "displayText" in action and not 1 <= len(action["displayText"]) <= 300:
            found.append(("action.displayText", "Length must be between 1 and 300"))
        if "displayText" in action and "text" in action:
            found.append(("action.text", "not with displayText"))
    elif kind == "message":
        if not 1 <= len(action["text"]) <= 300:
            found.append(("action.text", "Length must be between 1 and 300"))
    elif kind == "uri":
        uri = action["uri"]
        scheme = uri.partition(":")[0]
        if scheme not in ("http", "https", "line", "tel") or len(uri) > 1000:
            found.append(("action.uri", "invalid uri scheme"))
        if not _URL_SIGNS.fullmatch(uri):
            found.append(("action.uri", "invalid uri"))
    return found


def _container(container: dict[str, Any]) -> Iterator[Problem]:
    if container["type"] == "bubble":
        yield from _bubble(container, alone=True)
        return
    bubbles = container["contents"]
    if not 1 <= len(bubbles) <= 12:
        yield "contents", "Size must be between 1 and 12"
    if len({bubble.get("size", "mega") for bubble in bubbles}) > 1:
        yield "contents", "bubbles of several sizes"
    if _json_bytes(container) > 50 * 1000:
        yield "contents", "too large"
    for bubble in bubbles:
        yield from _bubble(bubble, alone=False)


def _bubble(bubble: dict[str, Any], *, alone: bool) -> Iterator[Problem]:
    if _json_bytes(bubble) > 30 * 1000:
        yield "bubble", "too large"
    if not {"header", "hero", "body", "footer"} & bubble.keys():
        yield "bubble", "at least one block must be specified"
    hero = bubble.get("hero", {})
    if hero.get("type") == "video" and not (
        alone and bubble.get("size") in ("kilo", "mega", "giga")
    ):
        yield "hero", "video not here"
    for block in ("header", "body", "footer"):
        if block in bubble and bubble[block]["type"] != "box":
            yield block, "must be a box"
    for name in ("header", "hero", "body", "footer"):
        if name in bubble:
            yield from _component(bubble[name], in_hero=name == "hero")


def _component(part: dict[str, Any], *, in_hero: bool = False) -> Iterator[Problem]:
    kind = part["type"]
    if kind == "text" and not part.get("text") and not part.get("contents"):
        yield "text", "must be non-empty text"
    if kind == "button":
        yield from _action(part["action"], label=40, required=True)
    if kind == "image":
        yield from _https(part, "url")
    if kind == "video":
        if not in_hero:
            yield "video", "only in a hero"
        yield from _https(part, "url", "previewUrl")
        yield from _component(part["altContent"])
    if "color" in part and not re.fullmatch(r"#([0-9a-fA-F]{2}){3,4}", part["color"]):
        yield "color", "invalid"
    if kind == "box":
        allowed = (
            {"icon", "text", "filler"}
            if part["layout"] == "baseline"
            else {"box", "button", "image", "text", "separator", "filler"}
        )
        for inner in part["contents"]:
            if inner["type"] not in allowed:
                yield "contents", f"{inner['type']} not in a {part['layout']} box"
            yield from _component(inner)


def _template(template: dict[str, Any]) -> Iterator[Problem]:
    kind = template["type"]
    columns = template.get("columns", [template])
    if kind in ("carousel", "image_carousel") and not 1 <= len(columns) <= 10:
        yield "columns", "Size must be between 1 and 10"
    if kind == "carousel" and len({len(column["actions"]) for column in columns}) > 1:
        yield "columns", "same number of actions"
    for column in columns:
        actions = column.get("actions", [])
        least, most = {"confirm": (2, 2), "buttons": (1, 4), "carousel": (1, 3)}.get(kind, (0, 0))
        if kind != "image_carousel" and not least <= len(actions) <= most:
            yield "actions", "invalid size"
        for action in actions:
            yield from _action(action, label=20, required=True)
        limit = {"confirm": 240, "buttons": 160, "carousel": 120}.get(kind, 0)
        if kind != "confirm" and ("title" in column or "thumbnailImageUrl" in column):
            limit = 60
        if kind != "image_carousel" and not 1 <= len(column["text"]) <= limit:
            yield "text", f"Length must be between 1 and {limit}"
        if len(column.get("title", "")) > 40:
            yield "title", "Length must be between 0 and 40"


def _json_bytes(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
