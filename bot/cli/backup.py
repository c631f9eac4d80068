"""`akashi backup` and `akashi restore`: one consistent set of registers, objects and keys, and the
way back from it.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

from bot.app import Shop, compose
from bot.backup import making, restoring, sets, targets
from bot.backup.making import House
from bot.backup.restoring import Restored
from bot.cli.opening import settings, shop
from bot.cli.sizes import gigabytes
from bot.migrations.history import DatabaseBehind, need_current
from catalog.duties.sealing import DataKeys
from catalog.ground.errors import Missing, ShopError, Unavailable
from media.originals.factory import open_store
from media.originals.moving import Moved
from media.originals.places import PlaceAway, bare
from media.originals.store import OriginalStore

BY = "command line"


class DataKeyNotSet(Missing):
    """A backup is sealed under the shop's DATA_KEY, and there is none."""

    def __init__(self) -> None:
        super().__init__("set AKASHI_DATA_KEY: backups are sealed under it")


@click.command()
@click.option("--to", "to", required=True, help="file:///folder or s3://bucket/prefix.")
@click.option("--adopt", is_flag=True,
              help="What lies there is a place for backups from here on: a new disk.")  # fmt: skip
@click.option("--prove", is_flag=True, help="Read what lies there, and replace what is wrong.")
@click.option("--keep", default=30, show_default=True, type=click.IntRange(1),
              help="How many sets stay; objects are kept once for all of them.")  # fmt: skip
def backup(to: str, adopt: bool, prove: bool, keep: int) -> int:
    """Save registers, objects and signing keys as one set, sealed under the DATA_KEY.

    Objects that are there already are not copied again; with --prove they are read, and copied
    again where they are wrong. A disk that is not mounted takes nothing. Exit status 1 when an
    original was not what its name says and could not be saved.
    """
    with shop() as opened, _noted(opened, making.BACKUP):
        target = _target(opened, to, adopts=adopt)
        made, done = making.make(
            _house(opened), target, now=opened.clock(), by=BY, keep=keep, proves=prove,
            told=_tell,
        )  # fmt: skip
        if done.wrong:
            _note(opened, making.BACKUP, f"{len(done.wrong)} originals were not saved")
    click.echo(
        f"set {made.name}: {made.rows} rows, log of {made.log_size} leaves, {made.originals}"
        f" originals; {done.objects} objects ({gigabytes(done.bytes)}) copied,"
        f" {done.there} were there"
    )
    if not made.has_keys:
        click.echo("there are no signing keys yet", err=True)
    click.echo("keep AKASHI_DATA_KEY somewhere else: without it no set can be opened", err=True)
    for each in done.wrong:
        click.echo(f"not what its name says, and not saved: {each}", err=True)
    for page in done.forked:
        click.echo(f"leaves there that begin otherwise, put aside: {page}", err=True)
    return 1 if done.wrong else 0


@click.command()
@click.option("--from", "from_", required=True, help="file:///folder or s3://bucket/prefix.")
@click.option("--set", "name", help="The set of that moment (20261122T050000Z), not the newest.")
@click.option("--list", "is_list", is_flag=True, help="Only tell which sets there are.")
@click.option(
    "--leaves-aside", is_flag=True, help="Put later leaves of the log in the store aside."
)
@click.option("--drill", is_flag=True, help="Change nothing: only show that it could be done.")
def restore(from_: str, name: str | None, is_list: bool, leaves_aside: bool, drill: bool) -> int:
    """Bring a backup set back into an empty database and store, and check all of it.

    Exit status 1 when something does not agree with what was saved.
    """
    opened = compose(settings(log_level="warning"))
    try:
        source = _store(opened, from_)
        if is_list:
            return _listed(sets.sets_in(source))
        if drill:
            with _noted(opened, making.DRILL):
                shown = restoring.drill(source, _keys(opened), name, now=opened.clock())
            if shown.problems:
                click.echo(
                    "what is damaged there is copied again by: akashi backup --prove", err=True
                )
            return _told(_drilled(opened, shown), "could be restored")
        found = restoring.restore(
            _as_it_lies(_house(opened)),
            source,
            name,
            now=opened.clock(),
            leaves_aside=leaves_aside,
            told=_tell,
        )
        return _told(found, "restored")
    finally:
        opened.close()


@contextlib.contextmanager
def _noted(opened: Shop, what: str) -> Iterator[None]:
    """That it failed is known afterwards, and `doctor` tells it."""
    try:
        yield
    except ShopError as wrong:
        _note(opened, what, type(wrong).__name__)
        raise


def _note(opened: Shop, what: str, why: str) -> None:
    now = opened.clock()
    if _has_registers(opened):
        opened.database.write(lambda db: making.failed(db, what, why, by=BY, now=now))


def _drilled(opened: Shop, shown: Restored) -> Restored:
    name, count, now = shown.set.name, len(shown.problems), opened.clock()
    if _has_registers(opened):
        opened.database.write(lambda db: making.drilled(db, name, count, by=BY, now=now))
    return shown


def _has_registers(opened: Shop) -> bool:
    """A drill may be gone through on another machine, without the shop's registers."""
    with contextlib.suppress(DatabaseBehind, Unavailable):
        need_current(opened.database)
        return True
    return False


def _listed(found: Sequence[sets.BackupSet]) -> int:
    for each in found:
        click.echo(f"{each.name}  {each.rows} rows, {each.originals} originals, {each.revision}")
    return 0


def _told(found: Restored, done: str) -> int:
    for each in found.problems:
        click.echo(each, err=True)
    click.echo(
        f"set {found.set.name} {done}: {found.rows} rows, {found.originals} originals proven, a log"
        f" of {found.set.log_size} leaves with root {found.set.log_root};"
        f" {len(found.problems)} problems"
    )
    if found.later:
        click.echo(f"{found.later} later leaves of the log were in the store, and are in it again;")
        click.echo("for captures and reports of that time: akashi media rebuild")
    return 1 if found.problems else 0


def _house(opened: Shop) -> House:
    second = next((each.store for each in opened.replicas.all[1:]), None)
    return House(
        opened.database, opened.store, _keys(opened), Path(opened.settings.keys_dir), second
    )


def _as_it_lies(house: House) -> House:
    """Where registers are only coming back, no place has a mark they know."""
    second = bare(house.second) if house.second is not None else None
    return replace(house, store=bare(house.store), second=second)


def _keys(opened: Shop) -> DataKeys:
    if not opened.settings.data_keys:
        raise DataKeyNotSet
    return DataKeys(opened.settings.data_keys)


def _target(opened: Shop, url: str, *, adopts: bool) -> OriginalStore:
    store = _store(opened, url)
    try:
        return targets.marked(store, url, opened.database, opened.clock, adopts=adopts, by=BY)
    except PlaceAway:
        click.echo("where it is a new disk, or one another database knew: --adopt", err=True)
        raise


def _store(opened: Shop, url: str) -> OriginalStore:
    return open_store(url, staging=Path("var/staging-backup"), endpoint=opened.settings.s3_endpoint)


def _tell(done: Moved) -> None:
    if done.objects % 100 == 0:
        click.echo(f"{done.objects} copied …", err=True)
