"""What LINE refuses in a request, by its published limits (LINE reference, "Message objects").

Written on its own, not shared with the product's checker: if both were one, a wrong limit would
pass twice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.ground.errors import Refused


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and where."""

    message: str
    property: str


class LineRefusal(Refused):
    """The stand-in platform says no. `status` and `answer` are what goes back over HTTP."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        faults: tuple[Fault, ...] = (),
        headers: Mapping[str, str] | None = None,
        rest: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.answer: dict[str, Any] = {"message": message, **(rest or {})}
        if faults:
            self.answer["details"] = [
                {"message": fault.message, "property": fault.property} for fault in faults
            ]


def check_messages(messages: Any) -> list[dict[str, Any]]:
    """The messages of a reply or push, if LINE would take them all.

    Raises LineRefusal (400) naming each fault.
    """
    faults = tuple(_list_faults(messages))
    if faults:
        raise LineRefusal(400, f"The request body has {len(faults)} error(s)", faults=faults)
    return list(messages)


_TRACKING_ID = re.compile(r"[A-Za-z0-9\-.=,+*()%$&;:@{}!?<>\[\]]{1,100}")
_LINK = re.compile(r"(https?://|line://|tel:|mailto:)\S+")
_ASCII_URL = re.compile(r"https://[!-~]+")
_COLOUR = re.compile(r"#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})")
_FILM_SIZES = ("kilo", "mega", "giga")
_EMPTY = "May not be empty"


def _list_faults(messages: Any) -> Iterator[Fault]:
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        yield Fault("Size must be between 1 and 5", "messages")
        return
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if isinstance(message, dict):
            yield from _message_faults(message, where)
        else:
            yield Fault("Must be an object", where)


def _message_faults(message: dict[str, Any], where: str) -> Iterator[Fault]:
    match message.get("type"):
        case "text" | "textV2":
            yield from _words(message, "text", where, most=5_000, in_utf16=True)
        case "image":
            yield from _urls(message, where)
        case "video":
            yield from _urls(message, where)
            tracking = message.get("trackingId")
            if tracking is not None and not _TRACKING_ID.fullmatch(str(tracking)):
                yield Fault("Invalid tracking id", f"{where}.trackingId")
        case "audio":
            yield from _url(message, "originalContentUrl", where)
            if not isinstance(message.get("duration"), int):
                yield Fault("Must be a number", f"{where}.duration")
        case "sticker":
            yield from _words(message, "packageId", where, most=100)
            yield from _words(message, "stickerId", where, most=100)
        case "location":
            yield from _words(message, "title", where, most=100)
            yield from _words(message, "address", where, most=100)
        case "flex":
            yield from _words(message, "altText", where, most=1_500)
            yield from _flex_faults(message.get("contents"), f"{where}.contents")
        case "template":
            yield from _words(message, "altText", where, most=1_500)
            yield from _template_faults(message.get("template"), f"{where}.template")
        case other:
            yield Fault(f"Unknown or unsupported message type: {other}", f"{where}.type")
    yield from _shared_faults(message, where)


def _shared_faults(message: dict[str, Any], where: str) -> Iterator[Fault]:
    quick = message.get("quickReply")
    if quick is not None:
        yield from _quick_faults(quick, f"{where}.quickReply")
    sender = message.get("sender")
    if isinstance(sender, dict) and "name" in sender:
        yield from _words(sender, "name", f"{where}.sender", most=20)


def _quick_faults(quick: Any, where: str) -> Iterator[Fault]:
    items = quick.get("items") if isinstance(quick, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= 13:
        yield Fault("Size must be between 1 and 13", f"{where}.items")
        return
    for index, item in enumerate(items):
        action = item.get("action") if isinstance(item, dict) else None
        yield from _action_faults(action, f"{where}.items[{index}].action", label=20)


def _action_faults(action: Any, where: str, *, label: int | None) -> Iterator[Fault]:
    """Faults of an action. `label`: the most characters of its label, None: none needed."""
    if not isinstance(action, dict):
        yield Fault("Must be an object", where)
        return
    if label is not None:
        yield from _words(action, "label", where, most=label)
    match action.get("type"):
        case "postback":
            yield from _words(action, "data", where, most=300)
            yield from _words(action, "displayText", where, most=300, required=False)
        case "message":
            yield from _words(action, "text", where, most=300)
        case "uri":
            yield from _words(action, "uri", where, most=1_000)
            if not _LINK.fullmatch(str(action.get("uri"))):
                yield Fault("Invalid action URI", f"{where}.uri")
        case "datetimepicker":
            yield from _words(action, "data", where, most=300)
            if action.get("mode") not in ("date", "time", "datetime"):
                yield Fault("Invalid mode", f"{where}.mode")
        case "clipboard":
            yield from _words(action, "clipboardText", where, most=1_000)
        case "richmenuswitch":
            yield from _words(action, "richMenuAliasId", where, most=32)
        case "camera" | "cameraRoll" | "location":
            pass
        case other:
            yield Fault(f"Unknown action type: {other}", f"{where}.type")


def _flex_faults(contents: Any, where: str) -> Iterator[Fault]:
    if not isinstance(contents, dict):
        yield Fault("Must be an object", where)
        return
    size = len(json.dumps(contents, ensure_ascii=False, separators=(",", ":")).encode())
    if contents.get("type") == "carousel":
        bubbles = contents.get("contents")
        if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= 12:
            yield Fault("Size must be between 1 and 12", f"{where}.contents")
            return
        if size > 50 * 1024:
            yield Fault("Must be 50 KB or less", where)
        for index, bubble in enumerate(bubbles):
            yield from _bubble_faults(bubble, f"{where}.contents[{index}]", alone=False)
    else:
        if size > 30 * 1024:
            yield Fault("Must be 30 KB or less", where)
        yield from _bubble_faults(contents, where, alone=True)


def _bubble_faults(bubble: Any, where: str, *, alone: bool) -> Iterator[Fault]:
    if not isinstance(bubble, dict) or bubble.get("type") != "bubble":
        yield Fault("Must be a bubble", where)
        return
    for part in ("header", "hero", "body", "footer"):
        held = bubble.get(part)
        if held is None:
            continue
        if isinstance(held, dict) and held.get("type") == "video":
            fits = part == "hero" and alone and bubble.get("size", "mega") in _FILM_SIZES
            if not fits:
                yield Fault("A video is not allowed here", f"{where}.{part}")
            yield from _url(held, "url", f"{where}.{part}")
            yield from _url(held, "previewUrl", f"{where}.{part}")
            held = held.get("altContent")
        yield from _component_faults(held, f"{where}.{part}")


def _component_faults(component: Any, where: str) -> Iterator[Fault]:
    if not isinstance(component, dict):
        yield Fault("Must be an object", where)
        return
    match component.get("type"):
        case "box":
            if component.get("layout") not in ("vertical", "horizontal", "baseline"):
                yield Fault("Invalid layout", f"{where}.layout")
            children = component.get("contents")
            for index, child in enumerate(children if isinstance(children, list) else [None]):
                yield from _component_faults(child, f"{where}.contents[{index}]")
        case "text":
            if not component.get("contents"):
                yield from _words(component, "text", where, most=100_000)
        case "image" | "icon":
            yield from _url(component, "url", where)
        case "button":
            yield from _action_faults(component.get("action"), f"{where}.action", label=40)
        case "separator" | "filler" | "spacer":
            pass
        case other:
            yield Fault(f"Unknown or misplaced component: {other}", f"{where}.type")
    for name in ("color", "backgroundColor", "borderColor"):
        if name in component and not _COLOUR.fullmatch(str(component[name])):
            yield Fault("Invalid colour", f"{where}.{name}")
    if component.get("type") != "button" and "action" in component:
        yield from _action_faults(component["action"], f"{where}.action", label=None)


def _template_faults(template: Any, where: str) -> Iterator[Fault]:
    kind = template.get("type") if isinstance(template, dict) else None
    if kind not in ("buttons", "confirm", "carousel", "image_carousel"):
        yield Fault(f"Unknown template type: {kind}", f"{where}.type")
        return
    if kind in ("carousel", "image_carousel"):
        columns = template.get("columns")
        if not isinstance(columns, list) or not 1 <= len(columns) <= 10:
            yield Fault("Size must be between 1 and 10", f"{where}.columns")
            return
        for index, column in enumerate(columns):
            if kind == "carousel":
                yield from _column_faults(column, f"{where}.columns[{index}]", text=120, actions=3)
        return
    most = 240 if kind == "confirm" else 160
    yield from _column_faults(template, where, text=most, actions=2 if kind == "confirm" else 4)


def _column_faults(column: Any, where: str, *, text: int, actions: int) -> Iterator[Fault]:
    if not isinstance(column, dict):
        yield Fault("Must be an object", where)
        return
    is_narrow = "title" in column or "thumbnailImageUrl" in column
    yield from _words(column, "text", where, most=60 if is_narrow else text)
    yield from _words(column, "title", where, most=40, required=False)
    held = column.get("actions")
    if not isinstance(held, list) or not 1 <= len(held) <= actions:
        yield Fault(f"Size must be between 1 and {actions}", f"{where}.actions")
        return
    for index, action in enumerate(held):
        yield from _action_faults(action, f"{where}.actions[{index}]", label=20)


def _words(
    held: dict[str, Any],
    name: str,
    where: str,
    *,
    most: int,
    required: bool = True,
    in_utf16: bool = False,
) -> Iterator[Fault]:
    """LINE counts texts in UTF-16 units, labels in graphemes (never more than code points)."""
    words = held.get(name)
    if words is None and not required:
        return
    if not isinstance(words, str) or not words:
        yield Fault(_EMPTY, f"{where}.{name}")
        return
    units = len(words.encode("utf-16-le", "surrogatepass")) // 2 if in_utf16 else len(words)
    if units > most:
        yield Fault(f"Length must be between 1 and {most}", f"{where}.{name}")


def _urls(held: dict[str, Any], where: str) -> Iterator[Fault]:
    yield from _url(held, "originalContentUrl", where)
    yield from _url(held, "previewImageUrl", where)


def _url(held: dict[str, Any], name: str, where: str) -> Iterator[Fault]:
    url = held.get(name)
    if not isinstance(url, str) or not url:
        yield Fault(_EMPTY, f"{where}.{name}")
    elif len(url) > 2_000 or not _ASCII_URL.fullmatch(url):
        yield Fault("Must be a valid HTTPS URL", f"{where}.{name}")
