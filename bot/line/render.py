"""Our letters in LINE's JSON, cut into calls of at most five messages.

Pure, plain dicts, and every call has passed `check`. Quick replies are put on the very last
message, because LINE shows only those of the last message and drops them at the next. What is too
long for a label is shortened with an ellipsis; what is too long for a text is split. Sentences come
from `conversations/wording`.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from bot.line.check import ALT_TEXT_MOST, MESSAGES_MOST, QUICK_REPLIES_MOST, TEXT_MOST, check
from bot.line.flex import CAROUSEL_BUBBLES_MOST, CAROUSEL_BYTES_MOST, json_bytes
from bot.line.limits import BUTTON_LABEL_MOST, LABEL_MOST, SAID_MOST, units
from conversations.messages import (
    Button,
    Card,
    Cards,
    Choices,
    Clip,
    Letter,
    Picture,
    Text,
    Tone,
)
from conversations.ports import Message

INK = "#1C1B1A"
QUIET = "#8A857D"
ACCENT = "#1F4E46"

_SHORT_LABEL = 8  # halves of a character; a longer one gets more of the card's width
_HEADING_MOST = 200
_VALUE_MOST = 400
_NOTE_MOST = 1_000
_CAROUSEL_SHELL_BYTES = 64
_BREAKS = ("\n\n", "\n", "。", "！", "？", ". ", "! ", "? ", "、", ", ", " ", "\u3000")
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~-._"
_STYLES = {Tone.MAIN: "primary", Tone.OTHER: "secondary", Tone.LINK: "link"}


def render(letters: Sequence[Letter]) -> list[list[Message]]:
    """The letters as LINE's messages, one list for each call.

    Raises LineWouldRefuse for what cannot be made to fit (an http picture, 301 characters behind a
    button).
    """
    messages: list[dict[str, Any]] = []
    offered: list[tuple[Button, ...]] = []
    for letter in letters:
        messages += _messages(letter)
        if isinstance(letter, Choices) and letter.options:
            offered.append(letter.options)
    if messages and offered:
        messages[-1]["quickReply"] = {"items": [_quick_reply(one) for one in _gathered(offered)]}
    calls: list[list[Message]] = []
    for start in range(0, len(messages), MESSAGES_MOST):
        call: list[Message] = list(messages[start : start + MESSAGES_MOST])
        check(call)
        calls.append(call)
    return calls


def split_text(text: str, most: int = TEXT_MOST) -> list[str]:
    """The text in pieces of at most that many UTF-16 units, cut at paragraphs, lines, sentences or
    words.

    Only white space at the cuts is lost.
    """
    pieces = []
    rest = text
    while len(rest) * 2 > most and units(rest) > most:
        cut = _cut(rest, most)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return [piece for piece in pieces if piece] or [text]


def shorten(text: str, most: int) -> str:
    """The text on one line in at most that many code points, with an ellipsis where it was cut."""
    line = " ".join(text.split()) if "\n" in text or "\r" in text else text
    if len(line) <= most:
        return line
    end = _whole_sign(line, most - 1)
    return line[:end].rstrip() + "…"


def _messages(letter: Letter) -> list[dict[str, Any]]:
    match letter:
        case Text() | Choices():
            return [{"type": "text", "text": piece} for piece in split_text(letter.text)]
        case Card():
            return [_flex(letter.said.strip() or _spoken(letter), _bubble(letter, "mega"))]
        case Cards():
            return _carousels(letter)
        case Clip():
            film = {
                "type": "video",
                "originalContentUrl": _url(letter.url),
                "previewImageUrl": _url(letter.poster_url),
            }
            if letter.tracking_id is not None:
                film["trackingId"] = letter.tracking_id
            return [film]
        case Picture():
            return [
                {
                    "type": "image",
                    "originalContentUrl": _url(letter.url),
                    "previewImageUrl": _url(letter.preview_url),
                }
            ]


def _gathered(offered: list[tuple[Button, ...]]) -> list[Button]:
    """All options once;

    Where several letters offer some, the latest are kept whole and the rest as room is.
    """
    chosen = list(dict.fromkeys(offered[-1]))
    room = QUICK_REPLIES_MOST - len(chosen)
    earlier = [one for options in offered[:-1] for one in options if one not in chosen]
    return list(dict.fromkeys(earlier))[: max(room, 0)] + chosen


def _quick_reply(button: Button) -> dict[str, Any]:
    return {"type": "action", "action": _action(button, LABEL_MOST)}


def _action(button: Button, label_most: int) -> dict[str, Any]:
    label = shorten(button.label, label_most)
    if button.url is not None:
        return {"type": "uri", "label": label, "uri": _url(button.url)}
    return {
        "type": "postback",
        "label": label,
        "data": button.data,
        "displayText": shorten(button.said or button.label, SAID_MOST),
    }


def _flex(said: str, contents: dict[str, Any]) -> dict[str, Any]:
    return {"type": "flex", "altText": _alt_text(said), "contents": contents}


def _alt_text(said: str) -> str:
    if units(said) <= ALT_TEXT_MOST:
        return said
    return split_text(said, ALT_TEXT_MOST - 1)[0] + "…"


def _spoken(card: Card) -> str:
    lines = [f"{label} {value}".strip() for label, value in card.lines]
    return "\n".join(part for part in (card.heading, *lines, card.note or "") if part)


def _carousels(letter: Cards) -> list[dict[str, Any]]:
    """As few carousels as the limits allow; a single card is a bubble of its own."""
    said = letter.said.strip() or "\n".join(card.heading for card in letter.cards)
    if len(letter.cards) == 1:
        return [_flex(said, _bubble(letter.cards[0], "mega"))]
    return [
        _flex(said, {"type": "carousel", "contents": bubbles})
        for bubbles in _fitting(_bubble(card, "kilo") for card in letter.cards)
    ]


def _fitting(bubbles: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    groups: list[list[dict[str, Any]]] = []
    room = 0
    for bubble in bubbles:
        size = json_bytes(bubble) + 1
        if not groups or len(groups[-1]) == CAROUSEL_BUBBLES_MOST or size > room:
            groups.append([])
            room = CAROUSEL_BYTES_MOST - _CAROUSEL_SHELL_BYTES
        groups[-1].append(bubble)
        room -= size
    return groups


def _bubble(card: Card, size: str) -> dict[str, Any]:
    body: list[dict[str, Any]] = [
        {
            "type": "text",
            "text": shorten(card.heading, _HEADING_MOST),
            "weight": "bold",
            "size": "lg",
            "color": INK,
            "wrap": True,
        }
    ]
    if card.lines:
        is_wide = any(_width(label) > _SHORT_LABEL for label, _ in card.lines)
        share = 3 if is_wide else 2
        body.append(
            {
                "type": "box",
                "layout": "vertical",
                "spacing": "sm",
                "margin": "md",
                "contents": [_row(label, value, share) for label, value in card.lines],
            }
        )
    note = (card.note or "").strip()
    if note:
        note = note if len(note) <= _NOTE_MOST else note[: _NOTE_MOST - 1] + "…"
        body.append(
            {
                "type": "text",
                "text": note,
                "size": "xs",
                "color": QUIET,
                "wrap": True,
                "margin": "md",
            }
        )
    bubble: dict[str, Any] = {
        "type": "bubble",
        "size": size,
        "body": {"type": "box", "layout": "vertical", "contents": body},
    }
    if card.picture_url is not None:
        bubble["hero"] = {
            "type": "image",
            "url": _url(card.picture_url),
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
        }
    if card.buttons:
        bubble["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "contents": [_button(button) for button in card.buttons],
        }
    return bubble


def _width(text: str) -> int:
    """In halves of a Japanese character."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _row(label: str, value: str, share: int) -> dict[str, Any]:
    """`share`: of the width for the label, the value has five."""
    words = {
        "type": "text",
        "text": shorten(value.strip(), _VALUE_MOST) or "–",
        "size": "sm",
        "color": INK,
        "wrap": True,
        "flex": 5,
    }
    label = shorten(label.strip(), BUTTON_LABEL_MOST)
    if not label:
        return {"type": "box", "layout": "baseline", "contents": [words]}
    name = {
        "type": "text",
        "text": label,
        "size": "sm",
        "color": QUIET,
        "wrap": True,
        "flex": share,
    }
    return {"type": "box", "layout": "baseline", "spacing": "sm", "contents": [name, words]}


def _button(button: Button) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "type": "button",
        "style": _STYLES[button.tone],
        "height": "sm",
        "action": _action(button, BUTTON_LABEL_MOST),
    }
    if button.tone is Tone.MAIN:
        drawn["color"] = ACCENT
    return drawn


def _url(url: str) -> str:
    """Percent-encoded where it was not; an encoded address stays as it is."""
    return url if url.isascii() and " " not in url else quote(url, safe=_URL_SAFE)


def _cut(text: str, most: int) -> int:
    """Where to cut so that the first part has at most that many UTF-16 units; at least 1."""
    head = text[:most].encode("utf-16-le", "surrogatepass")[: most * 2]
    end = max(len(head.decode("utf-16-le", "ignore")), 1)
    for mark in _BREAKS:
        found = text.rfind(mark, end // 2, end)
        if found > 0:
            return found + len(mark)
    return _whole_sign(text, end)


def _whole_sign(text: str, end: int) -> int:
    """The last place up to `end` that does not stand inside an emoji or an accented letter."""
    for place in range(end, max(end - 32, 0), -1):
        if place >= len(text) or not _clings(text[place - 1], text[place]):
            return place
    return end


def _clings(before: str, after: str) -> bool:
    if before == "\u200d" or after == "\u200d":
        return True
    if "\ufe00" <= after <= "\ufe0f" or "\U0001f3fb" <= after <= "\U0001f3ff":
        return True
    return unicodedata.combining(after) != 0
