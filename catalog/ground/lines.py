"""Lists moved in (一括取込): the cells of one line read and checked, and what became of a list; and
a cell of a list that is handed out.

Every list a shop brings along is read the same way and told the same way: each bad line with its
column and reason, good lines taken, a second run changes nothing. A list is UTF-8 with or without
BOM, or CP932; its columns stand in any order. Not here: what the lines mean.
"""

import csv
import io
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Malformed
from catalog.ground.money import Yen, YenMalformed, parse_yen

LONGEST_CELL = 500
_BREAKS = "\t\n\r"

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class LineMalformed(Malformed):
    """A line of a list says something that cannot be taken in. `column`, `reason`."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column = column
        self.reason = reason


@dataclass(slots=True)
class Taken:
    """What became of some lines: how many are new, what was there before, what of that is told
    otherwise now, which lines (by their place) were refused and why, and what is told only once.
    """

    taken: int = 0
    already_there: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def cells(
    line: Mapping[str, str],
    required: Collection[str],
    optional: Collection[str],
    *,
    longest: int = LONGEST_CELL,
    may_break: bool = False,
) -> dict[str, str]:
    """Every known cell, trimmed; a missing one is empty. `may_break`: lines may break inside a
    cell. Raises LineMalformed.
    """
    given = {name: (line.get(name) or "").strip() for name in (*required, *optional)}
    for name, value in given.items():
        if name in required and not value:
            raise LineMalformed(name, "is empty")
        if len(value) > longest:
            raise LineMalformed(name, f"is longer than {longest} characters")
        if any(ord(each) < 32 and not (may_break and each in _BREAKS) for each in value):
            raise LineMalformed(name, "holds control characters")
    return given


def or_none(read: Callable[[str, str], T], column: str, cell: str) -> T | None:
    """The same for a cell that may be empty."""
    return read(column, cell) if cell else None


def yen(column: str, cell: str) -> Yen:
    """Whole yen, not negative. Raises LineMalformed."""
    try:
        return parse_yen(cell)
    except YenMalformed:
        raise LineMalformed(column, f"{cell[:40]!r} is not a whole number of yen") from None


def some_yen(column: str, cell: str) -> Yen:
    """Whole yen, more than nothing. Raises LineMalformed."""
    amount = yen(column, cell)
    if not amount:
        raise LineMalformed(column, "is nothing")
    return amount


def day(column: str, cell: str) -> date:
    """`2026-10-01` or `2026/10/1`. Raises LineMalformed."""
    try:
        year, month, number = (int(part) for part in cell.replace("/", "-").split("-"))
        return date(year, month, number)
    except ValueError:
        raise LineMalformed(column, f"{cell[:40]!r} is no day (2026-10-01)") from None


def moment(column: str, cell: str) -> datetime:
    """`2026-10-01`, `2026-10-01 15:00` or with an offset; without one it is Tokyo's clock. Raises
    LineMalformed.
    """
    try:
        told = datetime.fromisoformat(cell.replace("/", "-"))
        return (told if told.tzinfo is not None else told.replace(tzinfo=TOKYO)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise LineMalformed(column, f"{cell[:40]!r} is no moment (2026-10-01 15:00)") from None


def one_of(kinds: Iterable[E]) -> Callable[[str, str], E]:
    """A reader of one of these names, whatever their case."""
    by_name = {kind.value.lower(): kind for kind in kinds}
    names = ", ".join(kind.value for kind in by_name.values())

    def read(column: str, cell: str) -> E:
        found = by_name.get(cell.lower())
        if found is None:
            raise LineMalformed(column, f"{cell[:40]!r} is none of {names}")
        return found

    return read


def listed(cell: str) -> list[str]:
    """The parts of a cell that holds several, separated by `;`."""
    return [each.strip() for each in cell.split(";") if each.strip()]


class ListMalformed(Malformed):
    """The file as a whole cannot be read as a list."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row. `line` is the line of the file it begins on, from 1."""

    line: int
    cells: dict[str, str]
    problem: str | None = None


def rows(raw: bytes, *, required: Sequence[str], known: Sequence[str]) -> Iterator[CsvRow]:
    """The rows of a file after its heading. Raises ListMalformed for the file as a whole, before
    the first row.

    A row with too many or too few cells comes with a `problem`, so that its neighbours go on.
    """
    text = decoded(raw)
    reader = csv.reader(io.StringIO(text, newline=""), strict=False)
    heading = [cell.strip().lower() for cell in next(reader, [])]
    missing = [name for name in required if name not in heading]
    if missing:
        raise ListMalformed(f"column missing: {', '.join(missing)}")
    double = sorted({name for name in heading if name and heading.count(name) > 1})
    if double:
        raise ListMalformed(f"column given twice: {', '.join(double)}")
    unknown = [name for name in heading if name and name not in known]
    if unknown:
        raise ListMalformed(f"unknown column: {', '.join(unknown)} (known: {', '.join(known)})")
    return _rows(reader, heading)


def _rows(reader: Iterator[list[str]], heading: Sequence[str]) -> Iterator[CsvRow]:
    line = getattr(reader, "line_num", 1)
    while True:
        begins = line + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as broken:
            line = getattr(reader, "line_num", begins)
            yield CsvRow(begins, {}, str(broken))
            continue
        line = getattr(reader, "line_num", begins)
        if not any(cell.strip() for cell in cells):
            continue
        problem = None
        if len(cells) != len(heading):
            problem = f"{len(cells)} cells where the heading has {len(heading)}"
        yield CsvRow(begins, dict(zip(heading, cells, strict=False)), problem)


def decoded(raw: bytes) -> str:
    """A file's text. Raises ListMalformed."""
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListMalformed("it is neither UTF-8 nor CP932 (Shift_JIS)")


def safe_cell(told: object) -> str:
    """A cell a spreadsheet takes for text: none that begins as a formula. None: an empty one."""
    text = "" if told is None else str(told)
    # Full width means the same to a spreadsheet of this country, and blanks before it nothing.
    begins = unicodedata.normalize("NFKC", text.lstrip()[:1])
    is_formula = begins in ("=", "+", "-", "@", "−") or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if is_formula else text
