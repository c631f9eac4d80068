"""`akashi api-key …`: keys the till, the online shop and other systems call with."""

import click

from bot.cli.opening import shop
from catalog.ground.calendar import TOKYO
from handoff.staff import keys
from handoff.staff.keys import Scope


@click.group("api-key")
def api_key() -> None:
    """Keys other programs of the shop call with."""


@api_key.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=(Scope.TILL.value,),
    show_default=True,
    help=f"What it may do; may be given several times. One of: {', '.join(Scope)}.",
)
def add(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and show it, this once."""
    with shop() as opened:
        now = opened.clock()
        made = opened.database.write(
            lambda db: keys.add(db, name, scopes, by="command line", now=now)
        )
    click.echo(made.token)
    click.echo(f"{name}, id {made.key_id}: keep the key above, it is not shown again", err=True)


@api_key.command("list")
def list_() -> None:
    """The keys there are, never their secrets."""
    with shop() as opened:
        for row in opened.database.read(keys.known):
            state = "revoked" if row.revoked_at is not None else "good"
            added = row.added_at.astimezone(TOKYO)
            click.echo(f"{row.id}\t{state}\t{added:%Y-%m-%d %H:%M}\t{row.scopes}\t{row.name}")


@api_key.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """End a key at once."""
    with shop() as opened:
        now = opened.clock()
        opened.database.write(lambda db: keys.revoke(db, key_id, by="command line", now=now))
    click.echo(f"{key_id}: revoked")
