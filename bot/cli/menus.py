"""`akashi menus install`: the rich menus under the LINE chats."""

import asyncio

import click

from bot.app import Shop
from bot.cli.opening import shop
from bot.line import rich_menu
from bot.line.rich_menu import Installed
from bot.workers.menus import follow_all
from catalog.ground.errors import Unavailable


class LineOff(Unavailable):
    """LINE is not configured."""


@click.group()
def menus() -> None:
    """The rich menus under the LINE chats, by role and language."""


@menus.command()
def install() -> None:
    """Put every menu on the channel; an unchanged one stays, a changed one replaces the old."""
    with shop() as opened:
        installed = asyncio.run(_install(opened))
        now = opened.clock()
        followed = opened.database.write(lambda db: follow_all(db, now=now))
    click.echo(
        f"{installed.made} made, {len(rich_menu.MENUS) - installed.made} kept; "
        f"{followed} chats will see theirs; default {installed.rich_menu_id}"
    )


async def _install(opened: Shop) -> Installed:
    if opened.line is None:
        raise LineOff("LINE is off; see akashi doctor")
    try:
        return await rich_menu.install(opened.line.api)
    finally:
        await opened.line.close()
