"""Bytes by permission: a film whole and in pieces of a megabyte, and one tile after another, as
phones and browsers fetch them; against nginx, which sends the same bytes and asks nobody.

`akashi web` behind nginx with the example's own media locations, and `akashi web` alone. One client
for all, rounds by turns. Without nginx there is nothing to hold it against: that is said, and
nothing is measured.
"""

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, select

from bench import nginx
from bench.fetching import Fetched, fetch
from bench.result import Result, against, middle
from bench.setting import Setting
from bench.shop import Shop, open_shop
from catalog.ground.record import AssetId, ConversationId, CustomerId, UnitId
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database
from catalog.items import queries as items
from catalog.items.kinds import OwnerKind
from catalog.items.rules import Viewer
from catalog.items.tables import Unit
from media.assets.kinds import AssetKind
from media.assets.tables import Asset
from media.intake import take
from media.originals.factory import open_store
from media.originals.store import OriginalStore
from media.renditions import actions as renditions
from media.renditions import making, tiles
from media.renditions.making import Job, Tools
from media.renditions.tables import Recipe, Rendition
from media.sharing import opening, passes, shares

MB = 1_000_000
FILM_BYTES = 100 * MB
WHOLE, PIECES, TILES = 5, 200, 3_000
LINES_OF_PIECES, LINES_OF_TILES = 4, 16
WIDTH, HEIGHT = 14_000, 11_000  # its tiles are more than a server keeps at hand
LARGEST = "14/"
CODE = "W-10234"
PREFIX = "/_media"
OWNER = CustomerId("bench-owner")
_PLAIN = "location /plain/ {{ alias {media}/renditions/; etag off; }}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is fetched: by a pass, by an address of a share page (which live ten minutes, so each
    round gets its own), and plainly by nginx.
    """

    film: str
    tiles: Callable[[], tuple[str, ...]]
    plain_film: str
    plain_tile: str


def run(setting: Setting) -> list[Result]:
    """Each row a ratio to nginx alone."""
    if nginx.program() is None:
        print("serving: left out, no nginx (apt install nginx-light)", file=sys.stderr)
        return []
    shop = open_shop(setting.place("serving"))
    shown = _filled(shop)
    media = shop.folder / "store"
    ours = Shop(shop.folder, settings={"AKASHI_ACCEL_PREFIX": PREFIX})
    found: dict[str, list[Fetched]] = {}
    with (
        shop.running("web") as alone,
        ours.running("web") as behind,
        nginx.running(
            setting.place("nginx"), media, behind.port, more=_PLAIN.format(media=media)
        ) as front,
    ):
        ways: dict[str, Callable[[], Fetched]] = {
            "nginx": lambda: _whole(front, shown.plain_film),
            "accel": lambda: _whole(front, shown.film),
            "embedded": lambda: _whole(alone.port, shown.film),
            "nginx pieces": lambda: _pieces(front, shown.plain_film),
            "accel pieces": lambda: _pieces(front, shown.film),
            "nginx tile": lambda: _tiles(front, (shown.plain_tile,)),
            "new tiles": lambda: _tiles(alone.port, shown.tiles()),
            "one tile": lambda: _tiles(alone.port, shown.tiles()[:1]),
        }
        for _ in range(setting.rounds):
            for name, way in ways.items():
                found.setdefault(name, []).append(way())
    return list(_results(found))


def _results(found: dict[str, list[Fetched]]) -> Iterator[Result]:
    def mb(name: str) -> float:
        return middle([each.mb_a_second for each in found[name]])

    def rate(name: str) -> float:
        return middle([each.a_second for each in found[name]])

    whole, pieces, tile = mb("nginx"), mb("nginx pieces"), rate("nginx tile")
    yield against(
        "serving", "100 MB by permission, sent by nginx (X-Accel), against nginx alone",
        mb("accel"), whole, unit="MB/s", at_least=0.75,
    )  # fmt: skip
    yield against(
        "serving", "100 MB by permission, sent by akashi itself", mb("embedded"), whole,
        unit="MB/s", at_least=0.15,
    )  # fmt: skip
    yield against(
        "serving", "1 MB ranges by permission (X-Accel)", mb("accel pieces"), pieces,
        unit="MB/s", at_least=0.35,
    )  # fmt: skip
    yield against(
        "serving", "tile by permission, another each time", rate("new tiles"), tile, unit="/s",
        at_least=0.10,
    )  # fmt: skip
    yield against(
        "serving", "tile by permission, one address again and again", rate("one tile"), tile,
        unit="/s", at_least=0.5,
    )  # fmt: skip


def _whole(port: int, path: str) -> Fetched:
    return fetch(port, iter([(path, "")] * WHOLE), count=WHOLE, connections=1)


def _pieces(port: int, path: str) -> Fetched:
    chance = random.Random(1)

    def asked() -> Iterator[tuple[str, str]]:
        while True:
            start = chance.randrange(FILM_BYTES - MB)
            yield path, f"Range: bytes={start}-{start + MB - 1}\r\n"

    return fetch(port, asked(), count=PIECES, connections=LINES_OF_PIECES)


def _tiles(port: int, paths: tuple[str, ...]) -> Fetched:
    asked = [(paths[n % len(paths)], "") for n in range(TILES)]
    return fetch(port, iter(asked), count=TILES, connections=LINES_OF_TILES)


def _filled(shop: Shop) -> Shown:
    """A piece whose owner has a page of its picture, and was sent a film of a hundred megabytes."""
    store = open_store(f"file://{shop.folder}/store")
    database = open_database(shop.url)
    now = datetime.now(UTC)
    try:
        picture = shop.folder / f"{CODE}_01.jpg"
        _picture(picture)
        items_file = shop.folder / "items.csv"
        items_file.write_text(f"code,category,title,price\n{CODE},watch,Daytona,4280000\n")
        shop.run("import", "items", str(items_file))
        asset = take.take(picture, take.Entrance(database, store, "bench"), now=now).asset_id
        _made(database, store, asset, now)
        return _shown(shop.url, database, store, asset, now)
    finally:
        database.close()


def _picture(path: Path) -> None:
    import pyvips

    noise = pyvips.Image.gaussnoise(WIDTH, HEIGHT, mean=128, sigma=12)
    image = noise.bandjoin([noise.rot180(), noise.invert()])
    image.cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=85)


def _made(database: Database, store: OriginalStore, asset: AssetId, now: datetime) -> None:
    digest = database.read(lambda db: db.exec(select(Asset.sha256).where(Asset.id == asset)).one())
    for makes_tiles in (False, True):
        job = Job(
            asset, digest, AssetKind.STILL, "x.jpg", makes_film=False, makes_tiles=makes_tiles
        )  # type: ignore[arg-type]  # its digest
        made = making.make(job, Tools(store))
        database.write(lambda db, job=job, made=made: renditions.record(db, job, made, now=now))  # type: ignore[misc]  # bound at once


def _shown(
    url: str, database: Database, store: OriginalStore, asset: AssetId, now: datetime
) -> Shown:
    rows = database.read(
        lambda db: {
            row.recipe: (row.id, row.key or "")
            for row in db.exec(select(Rendition).where(Rendition.asset_id == asset))
        }
    )
    film, film_key = rows[Recipe.FULL.value]
    zipped, zip_key = rows[Recipe.TILES.value]
    store.put_bytes(film_key, (os.urandom(MB) for _ in range(FILM_BYTES // MB)))
    reader = tiles.Tiles(store)
    names = [each for each in sorted(tiles.names(WIDTH, HEIGHT)) if each.startswith(LARGEST)]
    store.put_bytes("renditions/one.jpg", [reader.tile(zip_key, names[0])])

    def unit_of_work(db: Session) -> tuple[str, str]:
        larger = update(Rendition).where(col(Rendition.id) == film).values(bytes=FILM_BYTES)
        db.connection().execute(larger)
        unit = db.exec(select(Unit).where(Unit.code == CODE)).one()
        unit.owner_kind, unit.owner_id = OwnerKind.CUSTOMER.value, OWNER
        db.flush()
        token = passes.issue(db, [film], ConversationId("line:Ubench"), now=now)[film]
        viewer = Viewer(customer=OWNER)
        facts = items.by_id(db, UnitId(unit.id), viewer=viewer)
        if facts is None:
            raise RuntimeError("the piece is not seen by its owner")
        ends_at = shares.usual_end(db, now=now)
        made = shares.share(db, facts, viewer, ends_at=ends_at, lang="ja", now=now, key="bench")
        return token, made.token or ""

    token, page = database.write(unit_of_work)

    def addresses() -> tuple[str, ...]:
        address = _address(url, page, zipped)
        return tuple(f"/s/t/{address}/{name}" for name in names)

    return Shown(
        f"/m/{token}",
        addresses,
        f"/plain/{film_key.removeprefix('renditions/')}",
        "/plain/one.jpg",
    )


def _address(url: str, page: str, rendition_id: str) -> str:
    database = open_database(url)
    now = datetime.now(UTC)

    def read(db: Session) -> str:
        return opening.byte_address(opening.peeped(db, page, now=now), rendition_id, now=now)

    try:
        return database.read(read)
    finally:
        database.close()
