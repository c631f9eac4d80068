"""A chat on the simulator's phones written down as text, for people to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from bot.simulator.talks import Bubble

_INDENT = "    "
_MOST_COLUMNS = 88


def said(who: str, words: str) -> str:
    """What a person wrote."""
    return f"{who}: {words}"


def answered(shop: str, bubbles: Sequence[Bubble]) -> str:
    """What the shop sent, a line for each thing seen."""
    seen = [line for bubble in bubbles for line in _lines(bubble.message or {})]
    lines = [part for line in seen for part in _folded(line)]
    return "\n".join([f"{shop}: {lines[0]}", *(_INDENT + line for line in lines[1:])])


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most so many columns, a Japanese sign counted as two."""
    while (cut := _fitting(line)) < len(line):
        blank = line.rfind(" ", 0, cut) if line[cut - 1].isascii() and line[cut].isascii() else -1
        cut = blank + 1 if blank > 0 else cut
        yield line[:cut].rstrip()
        line = line[cut:]
    yield line


def _fitting(line: str) -> int:
    columns = 0
    for place, sign in enumerate(line):
        columns += 2 if east_asian_width(sign) in "WF" else 1
        if columns > _MOST_COLUMNS:
            return place
    return len(line)


def _lines(message: Mapping[str, Any]) -> Iterator[str]:
    match message.get("type"):
        case "text":
            yield message["text"]
        case "video":
            yield "▶ film"
        case "image":
            yield "▣ photo"
        case "flex":
            contents = message["contents"]
            for card in contents["contents"] if contents["type"] == "carousel" else [contents]:
                yield from _card(card)
    replies = message.get("quickReply", {}).get("items", [])
    if replies:
        yield " ".join(f"({item['action']['label']})" for item in replies)


def _card(card: Mapping[str, Any]) -> Iterator[str]:
    words = [text for text in _texts(card.get("header", {})) if text]
    words += [text for text in _texts(card.get("body", {})) if text]
    yield f"┌ {words[0]}"
    for line in words[1:]:
        yield f"│ {line}"
    labels = [action["label"] for action in _actions(card.get("footer", {}))]
    yield "└ " + " ".join(f"[{label}]" for label in labels)


def _texts(box: Mapping[str, Any]) -> Iterator[str]:
    """Text by text; a row of a label and a value is one line."""
    if box.get("type") == "text":
        yield box.get("text", "")
    inner = [found for each in box.get("contents", []) for found in _texts(each)]
    if box.get("layout") in {"baseline", "horizontal"}:
        yield "  ".join(inner)
    else:
        yield from inner


def _actions(box: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "action" in box:
        yield box["action"]
    for each in box.get("contents", []):
        yield from _actions(each)
