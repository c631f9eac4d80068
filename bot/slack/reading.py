"""Slack's JSON of letters that were written, as letters again: for those who look at a
conversation. The way back from `render`, pure and forgiving; Slack's escapes are undone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.slack.render import FILM
from conversations.messages import Button, Card, Choices, Clip, Letter, Picture, Text, Tone
from handoff.slack.blocks import unescaped

Json = Mapping[str, Any]
_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_HEADING = re.compile(r"\*([^*\n]+)\*")


def read(messages: Sequence[Json]) -> list[Letter]:
    """The letters of one call as they can be shown."""
    return [letter for message in messages for letter in _letters(_list(message, "blocks"))]


def _letters(blocks: Sequence[Json]) -> Iterator[Letter]:
    """Blocks stand one after the other: a letter is its first block and those that belong to it."""
    place = 0
    while place < len(blocks):
        taken = 1
        while place + taken < len(blocks) and _belongs(blocks[place], blocks[place + taken]):
            taken += 1
        letter = _letter(blocks[place : place + taken])
        if letter is not None:
            yield letter
        place += taken


def _belongs(first: Json, following: Json) -> bool:
    kind = following.get("type")
    if kind in {"actions", "context"} or "fields" in following:
        return True
    return first.get("type") == "image" and _is_film(following)


def _is_film(block: Json) -> bool:
    return _text_of(block).lstrip().startswith("<") and f"|{FILM}" in _text_of(block)


def _text_of(block: Json) -> str:
    inner = block.get("text")
    return _words(inner, "text") if isinstance(inner, dict) else ""


def _letter(blocks: Sequence[Json]) -> Letter | None:
    first = blocks[0]
    buttons = tuple(_buttons(blocks))
    if first.get("type") == "image":
        url, said = unescaped(_words(first, "image_url")), _words(first, "alt_text")
        film = next((each for each in blocks[1:] if _is_film(each)), None)
        if film is not None:
            found = _MARK.search(_text_of(film))
            return Clip(unescaped(found[1]) if found else url, url, said=said)
        return Picture(url, url, said)
    text = _text_of(first)
    heading = _HEADING.fullmatch(text)
    if heading is not None:
        return _card(blocks, heading[1], buttons)
    plain = _plain(text)
    if buttons:
        return Choices(plain, buttons)
    return Text(plain) if plain else None


def _card(blocks: Sequence[Json], heading: str, buttons: tuple[Button, ...]) -> Card:
    lines = []
    note = None
    for block in blocks:
        for cell in _list(block, "fields"):
            label, _, value = _words(cell, "text").rpartition("\n")
            lines.append((_plain(label.strip("*")), _plain(value)))
        if block.get("type") == "context":
            note = "\n".join(_plain(_words(each, "text")) for each in _list(block, "elements"))
    accessory = blocks[0].get("accessory")
    picture = _words(accessory, "image_url") if isinstance(accessory, dict) else ""
    return Card(_plain(heading), tuple(lines), note, unescaped(picture) or None, buttons)


def _plain(text: str) -> str:
    return unescaped(_MARK.sub(lambda found: found[2] or found[1], text))


def _buttons(blocks: Sequence[Json]) -> Iterator[Button]:
    for block in blocks:
        if block.get("type") != "actions":
            continue
        for each in _list(block, "elements"):
            inner = each.get("text")
            label = _words(inner, "text") if isinstance(inner, dict) else ""
            tone = Tone.MAIN if each.get("style") == "primary" else Tone.OTHER
            if _words(each, "url"):
                yield Button(label, url=_words(each, "url"), tone=Tone.LINK)
            elif _words(each, "value"):
                yield Button(label, data=_words(each, "value"), tone=tone)


def _list(value: Json, key: str) -> list[dict[str, Any]]:
    found = value.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _words(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
