"""`serve`, `web`, `worker`, `init`."""

import gc

import click

from bot import app as composition
from bot.cli.opening import settings
from bot.migrations import history
from bot.rulebook.book import begin_terms, begin_words
from bot.settings import need_keys
from bot.unit import Clock
from catalog.ground.session.opening import open_database
from catalog.items import names
from media.log import checkpoints
from media.log.keys import KeyRing, key_name

_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))


def _opened(*, does_work: bool) -> composition.Shop:
    read = settings()
    need_keys(read)
    shop = composition.compose(read)
    history.need_current(shop.database)
    begin_terms(shop.database, now=shop.clock())
    # Now, so that the first customers do not wait for it.
    names.beginnings()
    if does_work:
        shop.schedule.load()
    gc.collect()
    gc.freeze()  # what lives as long as the process is not looked through again and again
    return shop


@click.command()
@_host
@_port
def serve(host: str, port: int) -> None:
    """Answer HTTP and do the work, in one process."""
    shop = _opened(does_work=True)
    try:
        app = composition.web_app(shop, beside=lambda: composition.workers(shop))
        composition.serve(app, host=host, port=port, leaving=shop.leave)
    finally:
        shop.close()


@click.command()
@_host
@_port
def web(host: str, port: int) -> None:
    """Answer HTTP only; the work is done by `akashi worker` processes."""
    shop = _opened(does_work=False)
    try:
        composition.serve(composition.web_app(shop), host=host, port=port, leaving=shop.leave)
    finally:
        shop.close()


@click.command()
def worker() -> None:
    """Do the work only; any number may run on PostgreSQL."""
    shop = _opened(does_work=True)
    try:
        composition.run_workers(shop)
    finally:
        shop.close()


@click.command()
def init() -> None:
    """Create the database, or bring it to this release."""
    read = settings(log_level="warning")
    database = open_database(read.database_url)
    try:
        history.upgrade(database.engine())
        begin_terms(database, now=Clock()())
        begin_words(database, now=Clock()())
        keys = KeyRing(read.keys_dir, key_name(read.public_url))
        if not database.read(checkpoints.verifiers):
            keys.ensure()
        click.echo(f"database at {history.HEAD}")
    finally:
        database.close()
