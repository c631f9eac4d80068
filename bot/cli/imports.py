"""`akashi import KIND FILE.csv`: good lines taken, every bad line told with its number and
reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from bot.app import Shop
from bot.cli import csv_rows
from bot.cli.csv_rows import CsvRow
from bot.cli.opening import shop
from catalog.duties.opening import Opening, open_stock
from catalog.items import lines
from catalog.items.lines import ItemLine, LineMalformed

LINES_A_UNIT = 1_000
_MOST_TOLD = 50


@dataclass(slots=True)
class Tally:
    """What became of a list."""

    taken: int = 0
    already_there: int = 0
    different: list[str] = field(default_factory=list)
    bad: int = 0


@click.command("import")
@click.argument("kind", type=click.Choice(["items"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(kind: str, file: Path) -> int:
    """Take a list in. A second run changes nothing; exit status 1 when lines were refused.

    items: code, category, title, price · brand, model, reference, serial, grade, accessories,
    notes, state
    """
    del kind
    rows = csv_rows.read(file, required=lines.REQUIRED, known=(*lines.REQUIRED, *lines.OPTIONAL))
    tally = Tally()
    with shop() as opened:
        good: list[ItemLine] = []
        for row in rows:
            line = _checked(row, tally)
            if line is not None:
                good.append(line)
            if len(good) == LINES_A_UNIT:
                _take(opened, good, tally)
                good = []
        if good:
            _take(opened, good, tally)
    return _tell(tally)


def _checked(row: CsvRow, tally: Tally) -> ItemLine | None:
    try:
        if row.problem is not None:
            raise LineMalformed("line", row.problem)
        return lines.parse(row.cells)
    except LineMalformed as bad:
        tally.bad += 1
        click.echo(f"line {row.line}: {bad.column}: {bad.reason}", err=True)
        return None


def _take(opened: Shop, good: Sequence[ItemLine], tally: Tally) -> None:
    now = opened.clock()
    took: Opening = opened.database.write(
        lambda db: open_stock(db, good, by="command line", now=now)
    )
    tally.taken += took.taken
    tally.already_there += len(took.already_there)
    tally.different.extend(took.different)


def _tell(tally: Tally) -> int:
    click.echo(f"{tally.taken} taken, {tally.already_there} already there, {tally.bad} refused")
    for code in tally.different[:_MOST_TOLD]:
        click.echo(f"{code}: already there with another title or price; left as it is", err=True)
    more = len(tally.different) - _MOST_TOLD
    if more > 0:
        click.echo(f"… and {more} more such codes", err=True)
    return 1 if tally.bad else 0
