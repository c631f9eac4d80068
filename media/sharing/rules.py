"""Which bytes an HTTP request for an unchanging file gets (RFC 9110 §§13, 14), and which captures
of a page stand on one sheet. Pure.
"""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whole:
    """All of it: 200."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes [start, stop): 206."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The other side has it already: 304."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """No byte of it was asked for: 416."""


Answer = Whole | Piece | Unchanged | Beyond


def answer(
    size: int,
    etag: str,
    *,
    wanted: str | None,
    if_range: str | None,
    if_none_match: str | None,
) -> Answer:
    """What to answer. `etag` is quoted; a broken or multiple `Range` is answered with all of it."""
    if if_none_match is not None and _lists(if_none_match, etag):
        return Unchanged()
    # We give no Last-Modified, so a date in If-Range can only mean another file.
    if wanted is None or (if_range is not None and if_range.strip() != etag):
        return Whole()
    return _piece(size, wanted)


def _lists(header: str, etag: str) -> bool:
    listed = (each.strip().removeprefix("W/") for each in header.split(","))
    return header.strip() == "*" or etag in listed


def _piece(size: int, wanted: str) -> Answer:
    matched = _ONE_RANGE.fullmatch(wanted.strip())
    if matched is None or not (matched[1] or matched[2]):
        return Whole()
    if not matched[1]:
        length = min(_number(matched[2]), size)
        return Piece(size - length, size) if length else Beyond()
    start = _number(matched[1])
    last = _number(matched[2]) if matched[2] else size - 1
    if matched[2] and last < start:
        return Whole()
    return Piece(start, min(last + 1, size)) if start < size else Beyond()


def _number(digits: str) -> int:
    """A number however many digits a stranger sends."""
    return int(digits) if len(digits) < 19 else 10**18


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a page: number `number` of `sheets`, with what lies in [start, stop)."""

    number: int
    sheets: int
    start: int
    stop: int


def sheet_of(count: int, wanted: int | None, *, at_once: int) -> Sheet:
    """The sheet asked for, the last for one beyond; None: all on one."""
    if wanted is None:
        return Sheet(1, 1, 0, count)
    sheets = max(1, -(-count // at_once))
    number = max(1, min(wanted, sheets))
    return Sheet(number, sheets, (number - 1) * at_once, min(number * at_once, count))
