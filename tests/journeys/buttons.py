"""Reading what a customer sees: every word of a message, and what lies behind its buttons."""

import json
from collections.abc import Sequence
from typing import Any


def words(*messages: Any) -> str:
    """All that can be read, as one text."""
    return json.dumps(messages, ensure_ascii=False)


def behind(messages: Sequence[Any], verb: str) -> str:
    """The data of the one button with that verb; fails when there is none or there are several."""
    found = [data for data in every(messages) if data.partition("?")[0] == verb]
    assert len(set(found)) == 1, (verb, every(messages))
    return found[0]


def every(messages: Any) -> list[str]:
    """The data behind every button, in order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "postback":
                found.append(node["data"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(list(messages))
    return found


def labelled(messages: Any, label: str) -> str:
    """The data behind the button that reads so."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("type") == "postback" and node.get("label") == label:
                found.append(node["data"])
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(list(messages))
    assert found, (label, words(messages))
    return found[0]
