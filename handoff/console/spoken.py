"""Hours as people type them (時刻の書き方): `10:30-13:00 14:00-19:00`, 休み, or nothing at all.

Full and half width, Japanese dashes and commas are one. Not here: how hours are kept
(`handoff.shifts.spans`).
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import time

from catalog.ground.calendar import HoursMalformed, Span
from handoff.shifts import spans

MOST_SIGNS = 200
_CLOSED = frozenset({"休", "休み", "休業", "定休", "定休日", "off", "closed", "なし"})
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_DASHES = str.maketrans(dict.fromkeys("~〜–—―−‐‑ー", "-"))


def read(text: str) -> tuple[Span, ...] | None:
    """The spans; () closed or off; None: nothing is said. Raises HoursMalformed."""
    plain = unicodedata.normalize("NFKC", text[:MOST_SIGNS]).translate(_DASHES).strip().lower()
    if not plain:
        return None
    if plain in _CLOSED:
        return ()
    told = re.sub(r"\s*-\s*", "-", plain)
    return spans.checked([_span(each) for each in re.split(r"[\s,、;/]+", told) if each])


def _span(told: str) -> Span:
    found = _SPAN.fullmatch(told)
    if found is None:
        raise HoursMalformed(f"{told!r} is no span")
    hour, minute, until, after = (int(each) for each in found.groups())
    try:
        return Span(time(hour, minute), time(until, after))
    except ValueError as wrong:
        raise HoursMalformed(str(wrong)) from None


def written(told: Sequence[Span] | None, lang: str) -> str:
    """The same as text, so that it reads back as it was."""
    if told is None:
        return ""
    closed = "休み" if lang == "ja" else "off"
    return " ".join(f"{a}-{b}" for a, b in spans.written(told)) or closed
