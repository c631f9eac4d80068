"""Our letters in the page's own JSON: an answer is one call, whatever it holds.

Pure, plain dicts, no markup: the page builds its elements from them. Addresses must be https, so
that a page under https may show them. Sentences come from `conversations/wording`.
"""

from collections.abc import Sequence
from typing import Any

from catalog.ground.errors import Malformed
from conversations.messages import Button, Card, Cards, Choices, Clip, Letter, Picture, Text
from conversations.ports import Message

TAP_MOST = 300

Json = dict[str, Any]


class WebWouldRefuse(Malformed):
    """The page would not show this. `place` is where, `reason` what is wrong."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


def render(letters: Sequence[Letter]) -> list[list[Message]]:
    """The letters as the page's messages, all in one call. Raises WebWouldRefuse."""
    messages: list[Message] = [_message(letter) for letter in letters]
    return [messages] if messages else []


def _message(letter: Letter) -> Json:
    match letter:
        case Text(text):
            return {"type": "text", "text": text}
        case Choices(text, options):
            return {"type": "choices", "text": text, "options": [_button(each) for each in options]}
        case Card():
            return {"type": "card", **_card(letter)}
        case Cards(cards, said):
            return {"type": "cards", "said": said, "cards": [_card(each) for each in cards]}
        case Clip():
            return {
                "type": "clip",
                "url": _address(letter.url, "clip"),
                "poster": _address(letter.poster_url, "clip.poster"),
                "tracking": letter.tracking_id,
                "said": letter.said,
            }
        case Picture():
            return {
                "type": "picture",
                "url": _address(letter.url, "picture"),
                "preview": _address(letter.preview_url, "picture.preview"),
                "said": letter.said,
            }


def _card(card: Card) -> Json:
    return {
        "heading": card.heading,
        "lines": [list(line) for line in card.lines],
        "note": card.note,
        "picture": _address(card.picture_url, "card.picture") if card.picture_url else None,
        "buttons": [_button(each) for each in card.buttons],
    }


def _button(button: Button) -> Json:
    made: Json = {"label": button.label, "tone": button.tone.value}
    if button.url is not None:
        return {**made, "url": _link(button.url)}
    data = button.data or ""
    if not 0 < len(data) <= TAP_MOST:
        raise WebWouldRefuse("button", f"needs 1 to {TAP_MOST} characters behind it")
    return {**made, "tap": data, "said": button.said or button.label}


def _address(url: str, place: str) -> str:
    if not url.startswith("https://"):
        raise WebWouldRefuse(place, "must be an https address")
    return url


def _link(url: str) -> str:
    if not url.startswith(("https://", "http://", "tel:", "mailto:")):
        raise WebWouldRefuse("button", "leads to no web page, telephone or mail")
    return url
