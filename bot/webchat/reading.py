"""The page's JSON of letters that were written, as letters again: for those who look at a
conversation. The way back from `render`, pure and forgiving.
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
_TONES = {tone.value: tone for tone in Tone}


def read(messages: Sequence[Json]) -> list[Letter]:
    """The letters of one call as they can be shown."""
    found = (_letter(message) for message in messages)
    return [letter for letter in found if letter is not None]


def _letter(message: Json) -> Letter | None:
    match message.get("type"):
        case "text":
            return Text(_words(message, "text"))
        case "choices":
            return Choices(_words(message, "text"), tuple(_buttons(message, "options")))
        case "card":
            return _card(message)
        case "cards":
            cards = tuple(_card(each) for each in _list(message, "cards"))
            return Cards(cards, _words(message, "said"))
        case "clip":
            return Clip(
                _words(message, "url"),
                _words(message, "poster"),
                _words(message, "tracking") or None,
                _words(message, "said"),
            )
        case "picture":
            url, preview = _words(message, "url"), _words(message, "preview")
            return Picture(url, preview, _words(message, "said"))
        case _:
            return None


def _card(card: Json) -> Card:
    lines = card.get("lines")
    pairs = lines if isinstance(lines, list) else []
    return Card(
        heading=_words(card, "heading"),
        lines=tuple(
            (str(each[0]), str(each[1]))
            for each in pairs
            if isinstance(each, list) and len(each) == 2
        ),
        note=_words(card, "note") or None,
        picture_url=_words(card, "picture") or None,
        buttons=tuple(_buttons(card, "buttons")),
    )


def _buttons(message: Json, key: str) -> Iterator[Button]:
    for each in _list(message, key):
        label, tone = _words(each, "label"), _TONES.get(_words(each, "tone"), Tone.OTHER)
        if _words(each, "tap"):
            yield Button(
                label, data=_words(each, "tap"), said=_words(each, "said") or None, tone=tone
            )
        elif _words(each, "url"):
            yield Button(label, url=_words(each, "url"), tone=tone)


def _list(value: Json, key: str) -> list[dict[str, Any]]:
    found = value.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _words(value: Json, key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
