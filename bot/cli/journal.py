"""`akashi journal check`: whether the audit trail is whole and rebuilds the registers."""

import click
from sqlmodel import Session

from bot.cli.opening import shop
from bot.migrations import models
from catalog.ground import journal as trail
from catalog.ground.journal import Difference

_MOST_TOLD = 50


@click.group()
def journal() -> None:
    """The audit trail."""


@journal.command()
def check() -> int:
    """Verify every chain, replay the journal and compare it with the tables of money and custody.

    Exit status 1 when something does not agree.
    """
    assert models.ALL  # every table is known from here on
    with shop() as opened:
        broken, different = opened.database.read(_findings)
    for subject in broken[:_MOST_TOLD]:
        click.echo(f"{subject}: its chain is not whole", err=True)
    for each in different[:_MOST_TOLD]:
        click.echo(
            f"{each.table} {each.key}: table {_told(each.in_table)}, journal"
            f" {_told(each.in_journal)}",
            err=True,
        )
    names = ", ".join(sorted(str(table.__tablename__) for table in trail.journaled()))
    click.echo(f"{len(broken)} broken chains, {len(different)} different rows ({names})")
    return 1 if broken or different else 0


def _findings(db: Session) -> tuple[list[str], list[Difference]]:
    return trail.broken(db), trail.differences(db, trail.journaled())


def _told(values: object) -> str:
    return "nothing" if values is None else str(values)
