"""Spans as they are kept and as they are worked with."""

from collections.abc import Sequence
from datetime import time
from itertools import pairwise
from typing import Any

from catalog.ground.calendar import HoursMalformed, Span


def read(told: Any) -> tuple[Span, ...]:
    """From `[["10:30", "19:00"], …]`, in order. Raises HoursMalformed."""
    try:
        spans = sorted(
            (Span(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in told),
            key=lambda span: span.opens,
        )
    except (TypeError, ValueError) as wrong:
        raise HoursMalformed(f"spans are pairs of HH:MM: {wrong}") from None
    return checked(spans)


def checked(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same in order. Raises HoursMalformed when two overlap or a time is not a plain minute."""
    ordered = tuple(sorted(spans, key=lambda span: span.opens))
    if any(before.closes > after.opens for before, after in pairwise(ordered)):
        raise HoursMalformed("spans overlap")
    for each in ordered:
        for at in (each.opens, each.closes):
            if at.second or at.microsecond or at.tzinfo is not None:
                raise HoursMalformed(f"{at}: HH:MM is wanted")
    return ordered


def written(spans: Sequence[Span]) -> list[list[str]]:
    """As they are kept."""
    return [[f"{each.opens:%H:%M}", f"{each.closes:%H:%M}"] for each in spans]
