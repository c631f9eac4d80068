"""`akashi run-slot NAME --at ISO`: run one duty of the clock as of a moment, once."""

from datetime import datetime

import click

from bot.cli.opening import shop
from bot.schedule import run_slot as run_one
from catalog.ground.calendar import TOKYO
from catalog.ground.errors import Malformed


class MomentMalformed(Malformed):
    """Not an ISO moment."""


@click.command("run-slot")
@click.argument("name")
@click.option(
    "--at", required=True, help="The slot's moment: 2026-11-22T10:00 (Tokyo) or with offset."
)
def run_slot(name: str, at: str) -> None:
    """Run one scheduled slot as of that instant. Running it again changes nothing."""
    moment = _moment(at)
    with shop() as opened:
        slot = opened.schedule.slot(name)
        now = opened.clock()
        ran = opened.database.write(lambda db: run_one(db, slot, at=moment, now=now))
    click.echo(f"{name} at {moment.isoformat()}: {'run' if ran else 'was run before'}")


def _moment(at: str) -> datetime:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise MomentMalformed(f"--at: {at!r} is not an ISO moment") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=TOKYO)
