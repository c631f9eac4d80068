"""`akashi import KIND FILE.csv`: good lines taken, every bad line told with its number and
reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from bot.app import Shop
from bot.cli import csv_rows
from bot.cli.import_kinds import KINDS, Kind
from bot.cli.opening import shop
from catalog.ground.lines import CsvRow, LineMalformed, Taken

_MOST_TOLD = 50


@dataclass(slots=True)
class Tally:
    """What became of a list."""

    taken: int = 0
    already_there: int = 0
    different: list[str] = field(default_factory=list)
    bad: int = 0


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(kind: str, file: Path) -> int:
    """Take a list in. A second run changes nothing; exit status 1 when lines were refused.

    The columns of each kind, with a template to begin from, are in docs/importing.md.
    """
    sort = KINDS[kind]
    rows = csv_rows.read(file, required=sort.required, known=(*sort.required, *sort.optional))
    tally = Tally()
    with shop() as opened:
        good: list[tuple[int, Any]] = []
        for number, line in _checked(sort, rows, tally):
            good.append((number, line))
            if len(good) == sort.lines_a_unit:
                _take(opened, sort, good, tally)
                good = []
        if good:
            _take(opened, sort, good, tally)
    return _tell(tally)


def _checked(sort: Kind, rows: Iterator[CsvRow], tally: Tally) -> Iterator[tuple[int, Any]]:
    """Each line that can be taken with its number in the file."""
    parse = sort.parse
    for row in rows:
        try:
            if row.problem is not None:
                raise LineMalformed("line", row.problem)
            yield row.line, parse(row.cells)
        except LineMalformed as bad:
            _refused(tally, row.line, f"{bad.column}: {bad.reason}")


def _refused(tally: Tally, line: int, why: str) -> None:
    tally.bad += 1
    click.echo(f"line {line}: {why}", err=True)


def _take(opened: Shop, sort: Kind, good: list[tuple[int, Any]], tally: Tally) -> None:
    now, take = opened.clock(), sort.take
    lines = [line for _, line in good]
    took: Taken = opened.database.write(lambda db: take(db, lines, by="command line", now=now))
    tally.taken += took.taken
    tally.already_there += len(took.already_there)
    tally.different.extend(took.different)
    for place, why in took.refused:
        _refused(tally, good[place][0], why)
    for told in took.told:
        click.echo(told)


def _tell(tally: Tally) -> int:
    click.echo(f"{tally.taken} taken, {tally.already_there} already there, {tally.bad} refused")
    for name in tally.different[:_MOST_TOLD]:
        click.echo(f"{name}: already there and told otherwise; left as it is", err=True)
    more = len(tally.different) - _MOST_TOLD
    if more > 0:
        click.echo(f"… and {more} more of these", err=True)
    return 1 if tally.bad else 0
