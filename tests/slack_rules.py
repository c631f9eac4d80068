"""Block Kit's published limits, written down a second time and apart from the product's checker.

Shapes and most limits come from slack_sdk's own models: what they cannot hold, or would silently
leave out, is refused. The rest are the limits of Slack's reference.
"""

import re
from collections.abc import Iterator
from typing import Any

_LINK = re.compile(r"<(?:https?://[!-;=?-~]+)(?:\|[^<>]+)?>")


def problems(told: dict[str, Any]) -> list[str]:
    """What Slack would say is wrong with the blocks of a `chat.postMessage`, in its words."""
    blocks = told.get("blocks")
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= 50:
        return ["no more than 50 items allowed [json-pointer:/blocks]"]
    found = [
        f"{why} [json-pointer:/blocks/{n}{at}]"
        for n, block in enumerate(blocks)
        for at, why in _block(block)
    ]
    names = [each["action_id"] for block in blocks for each in block.get("elements", [])
             if "action_id" in each]  # fmt: skip
    if len(names) != len(set(names)):
        found.append("action_id must be unique [json-pointer:/blocks]")
    return found


def size_of(blocks: Any) -> int:
    """Characters over all blocks, as far as anybody outside Slack knows how it counts."""
    match blocks:
        case str():
            return len(blocks.encode("utf-16-le")) // 2
        case dict():
            return sum(map(size_of, blocks.values()))
        case list():
            return sum(map(size_of, blocks))
        case _:
            return 0


def _block(block: Any) -> Iterator[tuple[str, str]]:
    from slack_sdk.errors import SlackObjectFormationError
    from slack_sdk.models.blocks import Block

    held = Block.parse(block) if isinstance(block, dict) else None
    if held is None:
        yield "/type", "unsupported type"
        return
    try:
        held.validate_json()
        back = held.to_dict()
    except SlackObjectFormationError as wrong:
        yield "", str(wrong)
        return
    yield from _lost(block, back, "")
    yield from _more(block)


def _lost(given: Any, back: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(given, dict):
        for key, value in given.items():
            if not isinstance(back, dict) or key not in back:
                yield f"{at}/{key}", "invalid additional property"
            else:
                yield from _lost(value, back[key], f"{at}/{key}")
    elif isinstance(given, list):
        if not isinstance(back, list) or len(back) != len(given):
            yield at, "does not fit"
            return
        for n, value in enumerate(given):
            yield from _lost(value, back[n], f"{at}/{n}")
    elif given != back:
        yield at, "does not fit"


def _more(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match block["type"]:
        case "section":
            texts = [block["text"]] if "text" in block else []
            for field in block.get("fields", []):
                if len(field["text"]) > 2_000:
                    yield "/fields", "must be less than 2001 characters"
            for text in [*texts, *block.get("fields", [])]:
                yield from _mrkdwn(text)
            if "accessory" in block:
                yield from _picture(block["accessory"])
        case "image":
            yield from _picture(block)
        case "context":
            if not 1 <= len(block["elements"]) <= 10:
                yield "/elements", "no more than 10 items allowed"
            for text in block["elements"]:
                yield from _mrkdwn(text)
        case "actions":
            if not 1 <= len(block["elements"]) <= 25:
                yield "/elements", "no more than 25 items allowed"
            for button in block["elements"]:
                if not 1 <= len(button["text"]["text"]) <= 75:
                    yield "/elements/text", "must be less than 76 characters"
                if len(button.get("value", "")) > 2_000 or len(button.get("url", "")) > 3_000:
                    yield "/elements", "too long"


def _mrkdwn(text: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not text["text"]:
        yield "/text", "must be more than 0 characters"
    bare = _LINK.sub("", text["text"])
    if text["type"] == "mrkdwn" and ("<" in bare or ">" in bare):
        yield "/text", "holds something that is no link of ours and not escaped"


def _picture(block: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if not str(block.get("image_url")).startswith("https://"):
        yield "/image_url", "must be a valid public URL"
    if not 1 <= len(block.get("alt_text") or "") <= 2_000:
        yield "/alt_text", "must be 1 to 2000 characters"
