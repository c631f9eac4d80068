"""A list file as rows: UTF-8 with or without BOM, or CP932; columns in any order; each row with its
line number.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.ground.errors import Malformed

LARGEST = 512 * 1024 * 1024


class ListMalformed(Malformed):
    """The file as a whole cannot be read as a list."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row. `line` is the line of the file it begins on, from 1."""

    line: int
    cells: dict[str, str]
    problem: str | None = None


def read(path: Path, *, required: Sequence[str], known: Sequence[str]) -> Iterator[CsvRow]:
    """The rows after the heading. Raises ListMalformed for the file as a whole, before the first
    row.

    A row with too many or too few cells comes with a `problem`, so that its neighbours go on.
    """
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=False)
    heading = [cell.strip().lower() for cell in next(reader, [])]
    missing = [name for name in required if name not in heading]
    if missing:
        raise ListMalformed(f"{path.name}: column missing: {', '.join(missing)}")
    double = sorted({name for name in heading if name and heading.count(name) > 1})
    if double:
        raise ListMalformed(f"{path.name}: column given twice: {', '.join(double)}")
    unknown = [name for name in heading if name and name not in known]
    if unknown:
        raise ListMalformed(
            f"{path.name}: unknown column: {', '.join(unknown)} (known: {', '.join(known)})"
        )
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


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ListMalformed(f"{path.name} is larger than 512 MiB")
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ListMalformed(f"{path.name} is neither UTF-8 nor CP932 (Shift_JIS)")
