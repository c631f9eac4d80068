"""`akashi duties`: the dealer's ledger, the accountant's list, and stolen-goods notices."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from bot.app import Shop
from bot.cli import csv_rows
from bot.cli.opening import shop
from bot.settings import need_keys
from catalog.duties.ledger import queries as ledger_queries
from catalog.duties.notices.actions import NewNotice, Wanted, receive
from catalog.duties.papers import page
from catalog.duties.papers.dealer import dealer
from catalog.duties.papers.facts import LedgerSheet, Paper
from catalog.duties.rules import ItemKind
from catalog.duties.sealing import DataKeys
from catalog.ground.calendar import tokyo_day
from catalog.ground.errors import Malformed
from catalog.ground.lines import ListMalformed

BY = "command line"


class DayMalformed(Malformed):
    """Not an ISO day."""


def day(told: str) -> date:
    """Raises DayMalformed."""
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise DayMalformed(f"{told!r} is not a day (2026-11-22)") from None


def keys_of(opened: Shop) -> DataKeys:
    """The keys for personal data. Raises SettingMalformed when there are none."""
    need_keys(opened.settings)
    return DataKeys(opened.settings.data_keys)


@click.group()
def duties() -> None:
    """The law's registers: ledger, purchases for the accountant, stolen-goods notices."""


@duties.command()
@click.option("--from", "first", required=True, help="First day: 2026-10-01.")
@click.option("--to", "last", required=True, help="Last day, counted.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write: a name in .csv for a spreadsheet, .html for printing.",
)
def ledger(first: str, last: str, out: Path) -> None:
    """Write the dealer's ledger of some days, with the counterparties opened (which is logged)."""
    if out.suffix not in {".csv", ".html"}:
        raise click.UsageError("--out: a file in .csv or .html is wanted")
    days = day(first), day(last)
    with shop() as opened:
        keys, now = keys_of(opened), opened.clock()
        lines = opened.database.write(
            lambda db: ledger_queries.lines(db, keys, *days, by=BY, now=now)
        )
        if out.suffix == ".csv":
            text = "\ufeff" + ledger_queries.csv_of(lines)
        else:
            us = opened.database.read(dealer)
            text = page.render(Paper.LEDGER, LedgerSheet(us, *days, tokyo_day(now), lines))
    out.write_text(text, encoding="utf-8", newline="")
    click.echo(f"{len(lines)} rows written to {out}")


@duties.command()
@click.option("--from", "first", required=True, help="First day: 2026-10-01.")
@click.option("--to", "last", required=True, help="Last day, counted.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The CSV file to write.",
)
def purchases(first: str, last: str, out: Path) -> None:
    """Write the purchases of some days for the accountant: invoice fields, no names."""
    days = day(first), day(last)
    with shop() as opened:
        text = opened.database.read(lambda db: ledger_queries.accountant_csv(db, *days))
    out.write_text("\ufeff" + text, encoding="utf-8", newline="")
    click.echo(f"written to {out}")


@duties.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--authority", required=True, help="Which police sent it.")
@click.option("--number", required=True, help="Its number.")
@click.option("--arrived", required=True, help="The day it arrived: 2026-11-22.")
def notice(file: Path, authority: str, number: str, arrived: str) -> int:
    """Take a stolen-goods notice in and hold it against the stock.

    FILE is a list with the columns serial, features, item_kind; each line has a serial or a
    description. Exit status 1 when a piece of the shop may be meant.
    """
    pieces = _wanted(file)
    told = NewNotice(authority, number, day(arrived), pieces)
    key = hashlib.sha256(f"{authority}\n{number}".encode()).hexdigest()
    with shop() as opened:
        now: datetime = opened.clock()
        received = opened.database.write(
            lambda db: receive(db, told, by=BY, now=now, key=f"notice:{key}")
        )
    click.echo(f"{len(pieces)} pieces noted, {len(received.hits)} hits in stock")
    return 1 if received.hits else 0


def _wanted(file: Path) -> Sequence[Wanted]:
    found = []
    for row in csv_rows.read(file, required=(), known=("serial", "features", "item_kind")):
        kind = (row.cells.get("item_kind") or "").strip()
        if kind and kind not in {each.value for each in ItemKind}:
            raise ListMalformed(f"line {row.line}: {kind!r} is no kind of goods")
        found.append(
            Wanted(
                serial=(row.cells.get("serial") or "").strip() or None,
                features=(row.cells.get("features") or "").strip(),
                item_kind=ItemKind(kind) if kind else None,
            )
        )
    return found
