"""Block Kit in small pieces (Slack の部品): plain dicts within Slack's limits, whatever text they
are given.

Text of people is escaped and `verbatim`, so that `<!channel>`, `<@U…>` or an address in it are
plain characters. Slack counts as JavaScript does, in UTF-16 code units; limits are those of its
Block Kit reference.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

Block = dict[str, Any]

SECTION_MOST = 3_000
HEADER_MOST = 150
FIELD_MOST = 2_000
LABEL_MOST = 75
CONTEXT_MOST = 10
TITLE_MOST = 24
NOTICE_MOST = 600
ALL_MOST = 12_000
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~-._"


def units(text: str) -> int:
    """Length as Slack counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def whole(text: str) -> str:
    """Without what cannot be written as UTF-8 or is no sign (half an emoji, NUL)."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def escaped(text: str) -> str:
    """The three signs that mean something to Slack, as it wants them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """What was typed: Slack escapes three signs and no other, so any further entity was typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def cut(text: str, most: int) -> str:
    """At most that many units, with an ellipsis where something is left out."""
    if units(text) <= most:
        return text
    head = text[:most].encode("utf-16-le", "surrogatepass")[: (most - 1) * 2]
    return head.decode("utf-16-le", "ignore").rstrip() + "…"


def plain(text: str, most: int) -> str:
    """Text of people, escaped, at most that many units afterwards; never empty."""
    room = most
    told = escaped(cut(whole(text).strip(), room))
    while units(told) > most:
        room = room * 3 // 4
        told = escaped(cut(whole(text).strip(), room))
    return told or "–"


def one_line(text: str, most: int) -> str:
    """The same in one line."""
    return plain(" ".join(text.split()), most)


def mrkdwn(text: str) -> Block:
    """A text object; `text` is escaped already."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def label(text: str, most: int = LABEL_MOST) -> Block:
    """A label; Slack reads no marks in it."""
    return {"type": "plain_text", "text": cut(" ".join(whole(text).split()), most) or "–"}


def section(text: str) -> Block:
    """Escaped text, cut at the limit as a last resort."""
    return {"type": "section", "text": mrkdwn(text)}


def header(text: str) -> Block:
    """A headline."""
    return {"type": "header", "text": label(text, HEADER_MOST)}


def fields(pairs: Sequence[tuple[str, str]]) -> Block:
    """Up to ten labels with their values, both of them plain."""
    told = [
        mrkdwn(f"*{one_line(name.replace('*', '＊'), LABEL_MOST)}*\n{one_line(value, 300)}")
        for name, value in pairs[:10]
    ]
    return {"type": "section", "fields": told}


def context(*texts: str) -> Block:
    """Small print; the texts are escaped already."""
    return {"type": "context", "elements": [mrkdwn(each) for each in texts[:CONTEXT_MOST]]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def actions(buttons: Sequence[Block], block_id: str | None = None) -> Block:
    """A row of buttons."""
    row: Block = {"type": "actions", "elements": list(buttons)}
    return row if block_id is None else {**row, "block_id": block_id}


def button(text: str, action: str, value: str, *, style: str | None = None) -> Block:
    """Something to press; `action` tells what, `value` with what."""
    made: Block = {"type": "button", "text": label(text), "action_id": action, "value": value}
    return made if style is None else {**made, "style": style}


def link(text: str, action: str, url: str) -> Block:
    """Something to open."""
    return {"type": "button", "text": label(text), "action_id": action, "url": address(url)}


def option(text: str, value: str) -> Block:
    """One of several to choose from."""
    return {"text": label(text), "value": value}


def address(url: str) -> str:
    """Percent-encoded where it was not."""
    return url if url.isascii() and " " not in url else quote(url, safe=_URL_SAFE)


def field_of(block_id: str, text: str, element: Block, *, is_optional: bool = False) -> Block:
    """A labelled place to write or choose in."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": label(text),
        "element": element,
        "optional": is_optional,
    }


def weight(value: Any) -> int:
    """The characters Slack counts over blocks."""
    if isinstance(value, str):
        return units(value)
    if isinstance(value, dict):
        return sum(weight(each) for key, each in value.items() if key != "type")
    if isinstance(value, list | tuple):
        return sum(map(weight, value))
    return 0
