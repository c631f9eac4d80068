"""A list file on the command line; how its rows are read is `catalog/ground/lines`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog.ground import lines
from catalog.ground.lines import CsvRow, ListMalformed

LARGEST = 512 * 1024 * 1024


def read(path: Path, *, required: Sequence[str], known: Sequence[str]) -> Iterator[CsvRow]:
    """The rows after the heading. Raises ListMalformed for the file as a whole, before the first
    row.
    """
    if path.stat().st_size > LARGEST:
        raise ListMalformed(f"{path.name} is larger than 512 MiB")
    try:
        return lines.rows(path.read_bytes(), required=required, known=known)
    except ListMalformed as malformed:
        raise ListMalformed(f"{path.name}: {malformed}") from None
