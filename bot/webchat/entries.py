"""An entry of the page as the page gets it. Pure; what was emptied is not shown at all."""

from typing import Any

import orjson

from catalog.ground.record import to_millis
from conversations.visitors.queries import Entry

Json = dict[str, Any]
_SHOWN = {
    "text": ("text",),
    "tap": ("said",),
    "place": ("latitude", "longitude"),
    "unsend": ("of",),
    "file": ("file", "name"),
}


def told(entry: Entry) -> Json | None:
    """`{id, at, side, …}`: the visitor's own deed under the id the page gave it, or the shop's
    messages; None when nothing is left of it. `at`: milliseconds since 1970.
    """
    head: Json = {"id": entry.id, "at": to_millis(entry.at)}
    if entry.told is not None:
        messages = orjson.loads(entry.told)
        return {**head, "side": "shop", "messages": messages} if messages else None
    kept = orjson.loads(entry.heard) if entry.heard else {}
    shown = _SHOWN.get(str(kept.get("kind")))
    if shown is None:
        return None
    told = {key: kept.get(key) for key in shown}
    return {**head, "side": "visitor", "kind": kept["kind"], "own": kept.get("id"), **told}
