"""What LINE takes in words, addresses and actions, the parts every message type is made of.

LINE counts most texts in UTF-16 code units, but labels, template texts, `displayText` and the text
of a message action in graphemes ("Character counting in a text"). Code points are counted for the
latter: never fewer than graphemes, so nothing passes here that LINE would find too long. Which part
may stand where is in `check` and `flex`; nothing here shortens or repairs.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.ground.errors import Malformed

LABEL_MOST = 20  # quick reply, template and rich menu
BUTTON_LABEL_MOST = 40  # Flex
DATA_MOST = 300
SAID_MOST = 300
URI_MOST = 1_000
URL_MOST = 2_000

_PLAIN = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]*"
_TAIL = rf"{_PLAIN}(?:%[0-9A-Fa-f]{{2}}{_PLAIN})*"
_HTTPS = re.compile(rf"https://[A-Za-z0-9]{_TAIL}")
_URI = re.compile(rf"(?:https?://[A-Za-z0-9]|line://[A-Za-z0-9]|tel:[0-9+*#]){_TAIL}")
_QUICK_ONLY = frozenset({"camera", "cameraRoll", "location"})
_PICKER_VALUES = {
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "time": re.compile(r"\d{2}:\d{2}"),
    "datetime": re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}"),
}
_INPUT_OPTIONS = frozenset({"closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"})


class LineWouldRefuse(Malformed):
    """LINE would answer 400.

    `property` is the place as LINE names it, `reason` what is wrong there.
    """

    def __init__(self, property: str, reason: str) -> None:
        super().__init__(f"{property}: {reason}")
        self.property = property
        self.reason = reason


def units(text: str) -> int:
    """Length in UTF-16 code units, as LINE counts texts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def need_object(value: Any, at: str) -> dict[str, Any]:
    """The value as a JSON object."""
    if not isinstance(value, dict):
        raise LineWouldRefuse(at, "must be an object")
    return value


def need_list(value: Any, at: str, *, least: int, most: int) -> list[Any]:
    """The value as a JSON array with that many entries."""
    if not isinstance(value, list | tuple):
        raise LineWouldRefuse(at, "must be an array")
    if not least <= len(value) <= most:
        raise LineWouldRefuse(at, f"must have {least} to {most} entries")
    return value if isinstance(value, list) else list(value)


def need_words(value: Any, at: str, most: int) -> None:
    """A text that is not empty, of at most that many UTF-16 units."""
    if not isinstance(value, str) or not value:
        raise LineWouldRefuse(at, "must be a text and not empty")
    if len(value) * 2 > most and units(value) > most:
        raise LineWouldRefuse(at, f"must have at most {most} UTF-16 units")


def need_signs(value: Any, at: str, most: int) -> None:
    """A text that is not empty, of at most that many graphemes (code points counted:

    The safe side).
    """
    if not isinstance(value, str) or not value:
        raise LineWouldRefuse(at, "must be a text and not empty")
    if len(value) > most:
        raise LineWouldRefuse(at, f"must have at most {most} characters")


def need_url(value: Any, at: str) -> None:
    """An https address as LINE fetches it: percent-encoded ASCII, at most 2,000 characters."""
    if not isinstance(value, str) or not value.startswith("https://"):
        raise LineWouldRefuse(at, "must be an https address")
    if len(value) > URL_MOST:
        raise LineWouldRefuse(at, f"must have at most {URL_MOST} characters")
    if not _HTTPS.fullmatch(value):
        raise LineWouldRefuse(at, "must be percent-encoded ASCII with a host")


def need_uri(value: Any, at: str) -> None:
    """What a person may open:

    Http, https, line or tel, percent-encoded, at most 1,000 characters.
    """
    if not isinstance(value, str) or not value:
        raise LineWouldRefuse(at, "must be a text and not empty")
    if len(value) > URI_MOST:
        raise LineWouldRefuse(at, f"must have at most {URI_MOST} characters")
    if not _URI.fullmatch(value):
        raise LineWouldRefuse(at, "must be http, https, line or tel and percent-encoded ASCII")


def need_known(value: Mapping[str, Any], at: str, known: frozenset[str]) -> None:
    """No property LINE does not know."""
    if not value.keys() <= known:
        stranger = min(str(key) for key in value.keys() - known)
        raise LineWouldRefuse(f"{at}.{stranger}", "is not a property of this object")


def need_action(
    value: Any, at: str, *, label_most: int, needs_label: bool = True, in_quick_reply: bool = False
) -> None:
    """One action object, with the label rules of the thing it stands in."""
    action = need_object(value, at)
    kind = action.get("type")
    known = _ACTION_KEYS.get(kind) if isinstance(kind, str) else None
    if known is None or (kind in _QUICK_ONLY and not in_quick_reply):
        raise LineWouldRefuse(f"{at}.type", "is not an action that may stand here")
    need_known(action, at, known)
    if needs_label or "label" in action:
        need_signs(action.get("label"), f"{at}.label", label_most)
    rule = _ACTION_RULES.get(str(kind))
    if rule is not None:
        rule(action, at)


def _postback(action: Mapping[str, Any], at: str) -> None:
    need_words(action.get("data"), f"{at}.data", DATA_MOST)
    if "displayText" in action:
        need_signs(action["displayText"], f"{at}.displayText", SAID_MOST)
        if "text" in action:
            raise LineWouldRefuse(f"{at}.text", "cannot stand beside displayText")
    if "text" in action:
        need_signs(action["text"], f"{at}.text", SAID_MOST)
    option = action.get("inputOption")
    if "inputOption" in action and not (isinstance(option, str) and option in _INPUT_OPTIONS):
        raise LineWouldRefuse(f"{at}.inputOption", "is not a known value")
    if "fillInText" in action:
        need_signs(action["fillInText"], f"{at}.fillInText", SAID_MOST)
        if option != "openKeyboard":
            raise LineWouldRefuse(f"{at}.fillInText", "needs inputOption openKeyboard")


def _message(action: Mapping[str, Any], at: str) -> None:
    need_signs(action.get("text"), f"{at}.text", SAID_MOST)


def _uri(action: Mapping[str, Any], at: str) -> None:
    need_uri(action.get("uri"), f"{at}.uri")
    if "altUri" in action:
        other = need_object(action["altUri"], f"{at}.altUri")
        need_known(other, f"{at}.altUri", frozenset({"desktop"}))
        need_uri(other.get("desktop"), f"{at}.altUri.desktop")


def _picker(action: Mapping[str, Any], at: str) -> None:
    need_words(action.get("data"), f"{at}.data", DATA_MOST)
    shape = _PICKER_VALUES.get(str(action.get("mode")))
    if shape is None:
        raise LineWouldRefuse(f"{at}.mode", "must be date, time or datetime")
    for key in ("initial", "max", "min"):
        if key in action and not shape.fullmatch(str(action[key])):
            raise LineWouldRefuse(f"{at}.{key}", "does not fit the mode")


def _clipboard(action: Mapping[str, Any], at: str) -> None:
    need_words(action.get("clipboardText"), f"{at}.clipboardText", 1_000)


_ACTION_KEYS: dict[str, frozenset[str]] = {
    "postback": frozenset(
        {"type", "label", "data", "displayText", "text", "inputOption", "fillInText"}
    ),
    "message": frozenset({"type", "label", "text"}),
    "uri": frozenset({"type", "label", "uri", "altUri"}),
    "datetimepicker": frozenset({"type", "label", "data", "mode", "initial", "max", "min"}),
    "clipboard": frozenset({"type", "label", "clipboardText"}),
    **{kind: frozenset({"type", "label"}) for kind in _QUICK_ONLY},
}
_ACTION_RULES: dict[str, Callable[[Mapping[str, Any], str], None]] = {
    "postback": _postback,
    "message": _message,
    "uri": _uri,
    "datetimepicker": _picker,
    "clipboard": _clipboard,
}
