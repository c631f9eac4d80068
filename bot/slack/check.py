"""The local limit checker: what Slack would refuse is refused here, before it leaves.

Knows the blocks akashi sends (section, actions, image, context, divider) and refuses any other.
Limits are those of Slack's Block Kit reference; that all blocks together may hold about 13,200
characters stands nowhere there and was measured by others (slackapi/bolt-js#2509). Slack counts
characters as JavaScript does, in UTF-16 code units.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from catalog.ground.errors import Malformed

TEXT_MOST = 4_000  # beside blocks, for notices and screen readers
BLOCKS_MOST = 50
SECTION_MOST = 3_000
FIELD_MOST = 2_000
FIELDS_MOST = 10
BUTTONS_MOST = 25
LABEL_MOST = 75
VALUE_MOST = 2_000
ALT_TEXT_MOST = 2_000
URL_MOST = 3_000
CONTEXT_MOST = 10
ALL_BLOCKS_MOST = 12_000


class SlackWouldRefuse(Malformed):
    """Slack would answer `invalid_blocks` or the like. `place` is where, `reason` what is wrong."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def check(messages: Sequence[Mapping[str, Any]]) -> None:
    """Look at one call, which is one message of Slack. Raises SlackWouldRefuse for the first thing
    Slack would refuse.
    """
    if len(messages) != 1:
        raise SlackWouldRefuse("messages", "must be one message a call")
    message = messages[0]
    try:
        orjson.dumps(message)
    except TypeError:  # half of a surrogate pair, or no JSON at all
        raise SlackWouldRefuse("message", "cannot be written as JSON in UTF-8") from None
    _known(message, "message", frozenset({"text", "blocks"}))
    _words(message.get("text"), "text", TEXT_MOST)
    blocks = _list(message.get("blocks"), "blocks", BLOCKS_MOST)
    actions: set[str] = set()
    for number, entry in enumerate(blocks):
        at = f"blocks[{number}]"
        block = _object(entry, at)
        kind = block.get("type")
        rule = _BLOCKS.get(kind) if isinstance(kind, str) else None
        if rule is None:
            raise SlackWouldRefuse(f"{at}.type", "is not a block akashi sends")
        known, look = rule
        _known(block, at, known | {"type"})
        look(block, at)
        for button in block.get("elements", []) if kind == "actions" else []:
            if button["action_id"] in actions:
                raise SlackWouldRefuse(f"{at}.action_id", "must be used once in a message")
            actions.add(button["action_id"])
    if weight(blocks) > ALL_BLOCKS_MOST:
        raise SlackWouldRefuse("blocks", f"must hold at most {ALL_BLOCKS_MOST} characters")


def weight(blocks: Sequence[Any]) -> int:
    """The characters Slack counts over all blocks."""
    return sum(map(_weight, blocks))


def _weight(value: Any) -> int:
    if isinstance(value, str):
        return units(value)
    if isinstance(value, Mapping):
        return sum(_weight(each) for key, each in value.items() if key != "type")
    if isinstance(value, list | tuple):
        return sum(map(_weight, value))
    return 0


def _section(block: Mapping[str, Any], at: str) -> None:
    if "text" not in block and "fields" not in block:
        raise SlackWouldRefuse(at, "must have text or fields")
    if "text" in block:
        _mrkdwn(block["text"], f"{at}.text", SECTION_MOST)
    if "fields" in block:
        for number, field in enumerate(_list(block["fields"], f"{at}.fields", FIELDS_MOST)):
            _mrkdwn(field, f"{at}.fields[{number}]", FIELD_MOST)
    if "accessory" in block:
        accessory = _object(block["accessory"], f"{at}.accessory")
        if accessory.get("type") != "image":
            raise SlackWouldRefuse(f"{at}.accessory.type", "must be image")
        _known(accessory, f"{at}.accessory", _PICTURE | {"type"})
        _image(accessory, f"{at}.accessory")


def _actions(block: Mapping[str, Any], at: str) -> None:
    for number, entry in enumerate(_list(block.get("elements"), f"{at}.elements", BUTTONS_MOST)):
        place = f"{at}.elements[{number}]"
        button = _object(entry, place)
        _known(button, place, frozenset({"type", "text", "action_id", "value", "url", "style"}))
        if button.get("type") != "button":
            raise SlackWouldRefuse(f"{place}.type", "must be button")
        label = _object(button.get("text"), f"{place}.text")
        if label.get("type") != "plain_text":
            raise SlackWouldRefuse(f"{place}.text.type", "must be plain_text")
        _words(label.get("text"), f"{place}.text", LABEL_MOST)
        _words(button.get("action_id"), f"{place}.action_id", 255)
        if ("value" in button) == ("url" in button):
            raise SlackWouldRefuse(place, "must have something behind it, and one thing only")
        if "value" in button:
            _words(button["value"], f"{place}.value", VALUE_MOST)
        else:
            _https(button["url"], f"{place}.url", schemes=("https://", "http://"))
        if "style" in button and button["style"] not in ("primary", "danger"):
            raise SlackWouldRefuse(f"{place}.style", "must be primary or danger")


def _image(block: Mapping[str, Any], at: str) -> None:
    _https(block.get("image_url"), f"{at}.image_url")
    _words(block.get("alt_text"), f"{at}.alt_text", ALT_TEXT_MOST)


def _context(block: Mapping[str, Any], at: str) -> None:
    for number, entry in enumerate(_list(block.get("elements"), f"{at}.elements", CONTEXT_MOST)):
        _mrkdwn(entry, f"{at}.elements[{number}]", SECTION_MOST)


def _divider(_: Mapping[str, Any], __: str) -> None:
    """It has nothing to be wrong."""


def _mrkdwn(value: Any, at: str, most: int) -> None:
    text = _object(value, at)
    _known(text, at, frozenset({"type", "text", "verbatim"}))
    if text.get("type") != "mrkdwn":
        raise SlackWouldRefuse(f"{at}.type", "must be mrkdwn")
    _words(text.get("text"), at, most)


def _words(value: Any, at: str, most: int) -> None:
    if not isinstance(value, str) or not value.strip():
        raise SlackWouldRefuse(at, "must be a text and not empty")
    if units(value) > most:
        raise SlackWouldRefuse(at, f"must have at most {most} characters")


def _https(value: Any, at: str, *, schemes: tuple[str, ...] = ("https://",)) -> None:
    if not isinstance(value, str) or not value.startswith(schemes) or not value.isascii():
        raise SlackWouldRefuse(at, f"must begin with {' or '.join(schemes)}, percent-encoded")
    if len(value) > URL_MOST:
        raise SlackWouldRefuse(at, f"must have at most {URL_MOST} characters")


def _object(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SlackWouldRefuse(at, "must be an object")
    return value


def _list(value: Any, at: str, most: int) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise SlackWouldRefuse(at, "must be an array")
    if not 1 <= len(value) <= most:
        raise SlackWouldRefuse(at, f"must have 1 to {most} entries")
    return value


def _known(value: Mapping[str, Any], at: str, known: frozenset[str]) -> None:
    strangers = value.keys() - known
    if strangers:
        raise SlackWouldRefuse(f"{at}.{min(strangers)}", "is not a property of this object")


_PICTURE = frozenset({"image_url", "alt_text"})
_BLOCKS: dict[str, tuple[frozenset[str], Callable[[Mapping[str, Any], str], None]]] = {
    "section": (frozenset({"text", "fields", "accessory"}), _section),
    "actions": (frozenset({"elements"}), _actions),
    "image": (_PICTURE, _image),
    "context": (frozenset({"elements"}), _context),
    "divider": (frozenset(), _divider),
}
