"""LINE's JSON of letters that were written, as letters again: for those who look at a conversation.

The way back from `render`, pure and forgiving: what is not known is left out, a shortened word
stays short. Nothing read here is ever sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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

Json = Mapping[str, Any]


def read(messages: Sequence[Json]) -> list[Letter]:
    """The letters of one call as they can be shown."""
    return [letter for message in messages for letter in _letters(message)]


def _letters(message: Json) -> Iterator[Letter]:
    offered = tuple(_buttons(_inner(_inner(message, "quickReply"), "items")))
    letter = _letter(message)
    if isinstance(letter, Text) and offered:
        yield Choices(letter.text, offered)
        return
    if letter is not None:
        yield letter
    if offered:
        yield Choices("", offered)


def _letter(message: Json) -> Letter | None:
    match message.get("type"):
        case "text":
            return Text(_words(message, "text"))
        case "video":
            return Clip(
                _words(message, "originalContentUrl"),
                _words(message, "previewImageUrl"),
                _words(message, "trackingId") or None,
            )
        case "image":
            url, preview = _words(message, "originalContentUrl"), _words(message, "previewImageUrl")
            return Picture(url, preview)
        case "flex":
            return _flex(message)
        case _:
            return None


def _flex(message: Json) -> Letter:
    said, contents = _words(message, "altText"), _inner(message, "contents")
    if _get(contents, "type") == "carousel":
        bubbles = _inner(contents, "contents")
        cards = tuple(_card(each, "") for each in bubbles if isinstance(each, dict))
        return Cards(cards, said)
    return _card(contents, said)


def _card(bubble: Any, said: str) -> Card:
    """A bubble as `render` draws a card: a heading, rows, a note."""
    heading, note = "", None
    lines: list[tuple[str, str]] = []
    for part in _list(_inner(_inner(bubble, "body"), "contents")):
        if part.get("type") == "text":
            if not heading:
                heading = _words(part, "text")
            else:
                note = _words(part, "text")
            continue
        for row in _list(_inner(part, "contents")):
            cells = [_words(cell, "text") for cell in _list(_inner(row, "contents"))]
            if cells:
                lines.append((cells[0] if len(cells) > 1 else "", cells[-1]))
    footer = _list(_inner(_inner(bubble, "footer"), "contents"))
    return Card(
        heading=heading,
        lines=tuple(lines),
        note=note,
        picture_url=_words(_inner(bubble, "hero"), "url") or None,
        buttons=tuple(_buttons(footer)),
        said=said,
    )


def _buttons(drawn: Any) -> Iterator[Button]:
    for each in _list(drawn):
        action = _inner(each, "action")
        label = _words(action, "label")
        tone = Tone.MAIN if each.get("style") == "primary" else Tone.OTHER
        if _words(action, "data"):
            said = _words(action, "displayText") or None
            yield Button(label, data=_words(action, "data"), said=said, tone=tone)
        elif _words(action, "uri"):
            yield Button(label, url=_words(action, "uri"), tone=Tone.LINK)


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _inner(value: Any, key: str) -> Any:
    found = _get(value, key)
    return found if isinstance(found, dict | list) else {}


def _list(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _words(value: Any, key: str) -> str:
    found = _get(value, key)
    return found if isinstance(found, str) else ""
