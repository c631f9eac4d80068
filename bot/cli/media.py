"""`akashi media …`: check all originals now, move them elsewhere, say which place is which, build
the database again from them, how much there is.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import click

from bot.app import Shop
from bot.cli.opening import shop
from bot.cli.sizes import gigabytes
from bot.workers.keeping import AT_ONCE, Found, KeepingWork
from catalog.ground.errors import Missing, Refused
from media.originals import moving
from media.originals.factory import open_store
from media.originals.moving import Filling
from media.originals.places import bare
from media.originals.replicas import FIRST, SECOND
from media.originals.store import OriginalStore, StoreUnavailable
from media.retention import objects, pages, passes, places, queries, rebuilding
from media.retention.strays import Stray
from media.sharing import standing

BY = "command line"


class SamePlace(Refused):
    """Originals are to be moved to where they are."""

    def __init__(self) -> None:
        super().__init__("that is where they are")


class PlaceUnset(Missing):
    """No setting says where that place is. `place`."""

    def __init__(self, place: str) -> None:
        super().__init__(f"there is no {place} place; set AKASHI_MEDIA_REPLICA_URL")
        self.place = place


@click.group()
def media() -> None:
    """Originals: check, move, adopt, rebuild, usage."""


@media.command()
@click.option("--mb-a-second", type=float, help="Read at most so many megabytes a second.")
def check(mb_a_second: float | None) -> int:
    """Read and hash every original in every place now, and repair what can be repaired.

    Exit status 1 when an original was wrong somewhere, whether repaired or lost.
    """
    with shop() as opened:
        found, lying = asyncio.run(_check(opened, mb_a_second))
        names = [each.name for each in opened.replicas.all]
        lost = opened.database.read(lambda db: queries.standing(db, names, limit=1000)).lost
    click.echo(
        f"{len(found.seen)} originals, {gigabytes(found.bytes)} read: {found.wrong} copies wrong,"
        f" {found.repaired} repaired, {len(lost)} originals lost"
    )
    for sha256 in lost:
        click.echo(f"lost: {sha256}", err=True)
    for each in lying:
        click.echo(f"nobody knows, in the {each.place} place: {each.key}", err=True)
    return 1 if found.wrong or lost else 0


async def _check(opened: Shop, mb_a_second: float | None) -> tuple[Found, list[Stray]]:
    now = opened.clock()
    pass_id = await opened.units.write(lambda db: passes.begin_now(db, now, is_worked=True))
    started = await opened.units.read(lambda db: passes.get(db, pass_id))
    assert started is not None
    work = KeepingWork(opened.units, opened.replicas, opened.clock)
    rate = mb_a_second * 1_000_000 if mb_a_second else float("inf")
    total, silent = Found(), set[str]()
    while batch := await opened.units.read(
        lambda db: queries.due(db, before=started.started_at, limit=AT_ONCE)
    ):
        found = await work.mend_for(pass_id, batch, silent, rate)
        total.seen += found.seen
        total.wrong += found.wrong
        total.repaired += found.repaired
        total.unread += found.unread
    lying = await work.strays()
    now = opened.clock()
    await opened.units.write(lambda db: passes.end(db, pass_id, now=now))
    if total.unread and not silent:
        raise StoreUnavailable(f"{total.unread} copies cannot be read; whose files are they?")
    if silent:
        raise StoreUnavailable(f"the {', '.join(sorted(silent))} place does not answer")
    return total, lying


@media.command()
@click.option("--to", "to", required=True, help="file:///folder or s3://bucket/prefix.")
@click.option("--from", "from_", help="Where they are, when that is not AKASHI_MEDIA_URL.")
def move(to: str, from_: str | None) -> int:
    """Copy every object to another place and prove each original there; links keep their addresses.

    Into the place in use only what is not there and was not deleted there since. Can be stopped and
    run again. Nothing is removed where it was. Exit status 1 when an original
    was not what its name says and could not be moved.
    """
    with shop() as opened:
        place = from_ or opened.settings.media_place
        if _is_same(to, place):
            raise SamePlace
        source = _place(opened, place) or _store(opened, place, "var/staging")
        in_use = _place(opened, to)
        target, is_in_use = in_use or _store(opened, to, "var/staging-move"), in_use is not None
        filling = Filling(_wants(opened)) if is_in_use else None
        pages.write(opened.database, opened.replicas)
        done = moving.move(source, target, filling=filling, told=_tell)
        if not is_in_use:
            places.carry_over(opened.database, source, target)
    click.echo(
        f"{done.objects} objects ({gigabytes(done.bytes)}) copied and proven,"
        f" {done.there} were there, {done.left} were deleted there since"
    )
    for key in done.forked:
        click.echo(f"the leaves there begin otherwise: {key}", err=True)
    for sha256 in done.wrong:
        click.echo(f"not what its name says, and not moved: {sha256}", err=True)
    if not is_in_use:
        click.echo(f"now set AKASHI_MEDIA_URL={to} and start again;")
        click.echo("then run, for what came meanwhile:")
        click.echo(f"  akashi media move --from {place} --to {to}")
    return 1 if done.wrong or done.forked else 0


def _is_same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")


def _place(opened: Shop, url: str) -> OriginalStore | None:
    """The place in use at that address."""
    urls = (opened.settings.media_place, opened.settings.media_replica_url)
    found = (each.store for at, each in zip(urls, opened.replicas.all, strict=False)
             if at and _is_same(at, url))  # fmt: skip
    return next(found, None)


def _wants(opened: Shop) -> Callable[[str], bool]:
    """Whether the registers speak of an object that is not in the place in use."""
    return lambda key: opened.database.read(lambda db: objects.is_spoken_of(db, key))


def _store(opened: Shop, url: str, staging: str) -> OriginalStore:
    return open_store(url, staging=Path(staging), endpoint=opened.settings.s3_endpoint)


def _tell(done: moving.Moved) -> None:
    if done.objects % 100 == 0:
        click.echo(f"{done.objects} copied …", err=True)


@media.command()
@click.argument("place", type=click.Choice([FIRST, SECOND, places.SHOWN]))
def adopt(place: str) -> int:
    """What lies there now is that place from here on: a new disk for a dead one, or a store that
    another database knew. What reports and open pages are shown by is made again first, where it
    is not there. Exit status 1 when it was the place already.
    """
    with shop() as opened:
        there = _named(opened, FIRST if place == places.SHOWN else place)
        is_new = places.take_over(opened.database, there, place, by=BY, now=opened.clock())
        if is_new and place != SECOND:
            opened.database.write(lambda db: standing.look_now(db, now=opened.clock()))
    click.echo(f"the {place} place is what lies there now" if is_new else "it was that already")
    return 0 if is_new else 1


def _named(opened: Shop, place: str) -> OriginalStore:
    for each in opened.replicas.all:
        if each.name == place:
            return bare(each.store)
    raise PlaceUnset(place)


@media.command()
@click.option("--from", "from_", help="The place to read, when that is not AKASHI_MEDIA_URL.")
def rebuild(from_: str | None) -> int:
    """The database is gone: write captures, originals, issued reports, certificates and the log
    again from what lies in the store.

    Begin with `akashi init` on an empty database and `akashi import items`; run it again after
    later imports. Exit status 1 when something could not be written again.
    """
    with shop() as opened:
        store = _store(opened, from_, "var/staging") if from_ else bare(opened.store)
        result = rebuilding.rebuild(opened.database, store, now=opened.clock())
        for place in (FIRST, places.SHOWN) if not from_ else ():
            places.take_over(opened.database, store, place, by=BY, now=opened.clock())
        opened.database.write(lambda db: standing.look_now(db, now=opened.clock()))
    click.echo(
        f"{result.leaves} leaves, {result.originals} originals, {result.captures} captures written"
        f" again; root {result.root.hex()}"
    )
    if result.matched:
        click.echo(f"{result.matched} captures matched to units that are here now")
    if result.unmatched:
        click.echo(f"{len(result.unmatched)} captures in the tray until their units are imported")
    papers = result.papers
    click.echo(f"{papers.reports} condition reports, {papers.certificates} certificates")
    if papers.unmatched:
        click.echo(f"{len(papers.unmatched)} reports wait until their units are imported")
    for report_id in papers.unread:
        click.echo(f"the text of report {report_id} is not in the store", err=True)
    if result.gaps:
        click.echo(f"{result.gaps} leaves stand after a missing one", err=True)
    for sha256 in result.unwritten:
        click.echo(f"nothing is known of original {sha256}", err=True)
    return 1 if result.gaps or result.unwritten or papers.unread else 0


@media.command()
def usage() -> None:
    """How much is kept, how it grows, and for how many days there is room."""
    with shop() as opened:
        now, space = opened.clock(), places.space_in([e.store for e in opened.replicas.all])
        used = opened.database.read(lambda db: queries.usage(db, space, now=now))
    click.echo(f"originals    {used.originals} ({gigabytes(used.original_bytes)})")
    click.echo(f"captures     {used.captures}")
    click.echo(f"renditions   {gigabytes(used.rendition_bytes)}")
    click.echo(f"received     {gigabytes(used.received_bytes)}")
    click.echo(f"put aside    {gigabytes(used.aside_bytes)}")
    click.echo(
        f"growth       {gigabytes(used.day_bytes)}/day, {gigabytes(used.month_bytes)}/30 days"
    )
    click.echo(f"room         {_room(used.room)}")
    click.echo(f"days left    {used.days_left if used.days_left is not None else '-'}")
    if used.has_second:
        days = used.second_days_left
        click.echo(
            f"second place {_room(used.second_room)}, {'-' if days is None else days} days left"
        )


def _room(left: int | None) -> str:
    return gigabytes(left) if left is not None else "no end known"
