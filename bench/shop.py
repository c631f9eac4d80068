"""A shop to measure: a folder with a migrated database, units with films, and the real `akashi`
processes.

Units, captures and renditions are written by the product's own verbs; one small film is really
made, and the other units' films share its bytes.
"""

import base64
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from bench import processes
from bench.bodies import SECRET, user_id
from bench.processes import Server
from catalog.ground.session.database import Database
from catalog.ground.session.opening import open_database

ACCESS_TOKEN = "bench-token"
AKASHI = ("-P", "-m", "bot")  # -P: nothing in the folder is taken for a package


@dataclass(frozen=True, slots=True)
class Shop:
    """`database_url` empty: SQLite in the folder. `settings` are further variables."""

    folder: Path
    line_base: str = "http://127.0.0.1:9"
    database_url: str = ""
    settings: Mapping[str, str] | None = None

    @property
    def url(self) -> str:
        """Where the database is."""
        return self.database_url or f"sqlite:///{self.folder}/akashi.db"

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes; nothing of the caller's own shop."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AKASHI_")}
        return {
            **kept,
            "PYTHONPATH": str(processes.ROOT),
            "AKASHI_DATABASE_URL": self.url,
            "AKASHI_MEDIA_URL": f"file://{self.folder}/store",
            "AKASHI_PUBLIC_URL": "https://bench.akashi.invalid",
            "AKASHI_DATA_KEY": base64.b64encode(bytes(32)).decode(),
            "AKASHI_LINE_CHANNEL_SECRET": SECRET,
            "AKASHI_LINE_CHANNEL_ACCESS_TOKEN": ACCESS_TOKEN,
            "AKASHI_LINE_API_BASE": self.line_base,
            "AKASHI_LINE_DATA_API_BASE": self.line_base,
            **(self.settings or {}),
        }

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """One command of the command line, to its end. Raises CalledProcessError."""
        return subprocess.run(
            [sys.executable, *AKASHI, *arguments],
            cwd=self.folder,
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
        )

    def launch(self, command: str = "serve", *, port: int | None = None) -> Server:
        """Start it and do not wait."""
        port = port or processes.free_port()
        return processes.launch(
            [*AKASHI, command, "--port", str(port)],
            port,
            self.folder / f"{command}.log",
            cwd=self.folder,
            env=self.env,
        )

    @contextlib.contextmanager
    def running(self, command: str = "serve") -> Iterator[Server]:
        """`serve` or `web` for the length of a block."""
        server = self.launch(command)
        try:
            processes.wait_ready(server, "/healthz")
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()

    @contextlib.contextmanager
    def working(self) -> Iterator[Server]:
        """A `worker` for the length of a block; it answers no HTTP."""
        log = self.folder / "worker.log"
        server = processes.launch([*AKASHI, "worker"], 0, log, cwd=self.folder, env=self.env)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()

    def copy(self, folder: Path, line_base: str) -> "Shop":
        """The same shop once more, in another folder (SQLite)."""
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder, line_base=line_base)


def open_shop(folder: Path, line_base: str = "http://127.0.0.1:9", **facts: str) -> Shop:
    """An empty shop with a migrated database."""
    folder.mkdir(parents=True)
    shop = Shop(folder, line_base, facts.pop("database_url", ""), facts or None)
    shop.run("init")
    return shop


def codes(units: int) -> tuple[str, ...]:
    """The codes of so many units."""
    return tuple(f"W-{10_000 + n}" for n in range(units))


def make_film(path: Path, *, seconds: int, size: str = "640x360", codec: str = "h264") -> None:
    """A film with sound as a camera writes it: moving picture, index at the end."""
    from media.decoding import ffmpeg

    video = {
        "h264": ["-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "main", "-level", "4.0"],
        "mpeg4": ["-c:v", "mpeg4", "-q:v", "5"],
    }[codec]
    subprocess.run(
        [
            ffmpeg.find(None), "-nostdin", "-loglevel", "error", "-y",
            "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30:duration={seconds}",
            "-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}",
            *video, "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", str(path),
        ],
        check=True,
    )  # fmt: skip


def seed(shop: Shop, *, units: int, people: int) -> None:
    """So many units with a film each, and so many followers."""
    from bot import logs

    logs.configure("error")
    database = open_database(shop.url)
    try:
        now = datetime.now(UTC)
        database.write(lambda db: _stock(db, units, now))
        database.write(lambda db: _follow(db, people, now))
        _film(shop, database, codes(units), now)
    finally:
        database.close()


def _stock(db: Session, units: int, now: datetime) -> None:
    from catalog.duties.opening import open_stock
    from catalog.items import lines

    listed = [
        lines.parse(
            {
                "code": code,
                "category": "watch",
                "title": f"コスモグラフ デイトナ 116500LN {code}",
                "price": "4280000",
                "brand": "Rolex",
                "model": "Daytona",
                "reference": "116500LN",
                "grade": "A",
            }
        )
        for code in codes(units)
    ]
    open_stock(db, listed, by="bench", now=now)


def _follow(db: Session, people: int, now: datetime) -> None:
    from catalog.customers import actions as customers

    for person in range(people):
        customers.follow(db, "line", user_id(person), now=now)


def _film(shop: Shop, database: Database, wanted: tuple[str, ...], now: datetime) -> None:
    """The first unit's film goes the whole way; the others are received with the same bytes and
    what was made.
    """
    from catalog.ground import worklist
    from catalog.ground.record import Sha256
    from catalog.items.queries import id_of_code
    from media.assets.kinds import AssetKind, TimeSource
    from media.intake import take as intake
    from media.intake.receive import Capture, receive
    from media.originals.factory import open_store
    from media.renditions import actions as renditions
    from media.renditions import making
    from media.renditions.making import Job, Tools

    store = open_store(f"file://{shop.folder}/store")
    source = shop.folder / f"{wanted[0]}_01.mp4"
    make_film(source, seconds=4)
    first = intake.take(source, intake.Entrance(database, store, "bench"), now=now)
    digest = Sha256(database.read(lambda db: _digest_of(db, first.asset_id)))
    job = Job(first.asset_id, digest, AssetKind.FILM, source.name, makes_film=False)
    made = making.make(job, Tools(store))

    def unit(db: Session, some: tuple[str, ...]) -> None:
        for code in some:
            capture = Capture(
                sha256=digest,
                size=source.stat().st_size,
                mime="video/mp4",
                kind=AssetKind.FILM,
                name=f"{code}_01.mp4",
                source=f"/bench/{code}_01.mp4",
                unit_id=id_of_code(db, code),
                part=None,
                captured_at=now,
                time_source=TimeSource.FILE,
            )
            received = receive(db, capture, actor="bench", now=now)
            renditions.record(db, replace(job, asset_id=received.asset_id), made, now=now)

    database.write(lambda db: renditions.record(db, job, made, now=now))
    for start in range(1, len(wanted), 200):
        some = wanted[start : start + 200]
        database.write(lambda db, some=some: unit(db, some))  # type: ignore[misc]  # bound at once

    def finish(db: Session) -> int:
        due = worklist.claim(
            db, [making.RENDITION], worker="bench", now=now, lease_seconds=60, limit=500
        )
        for work in due:
            worklist.done(db, work, worker="bench", now=now)
        return len(due)

    while database.write(finish):
        pass


def _digest_of(db: Session, asset_id: str) -> str:
    from catalog.ground.record import AssetId
    from media.assets.queries import asset_of

    return asset_of(db, AssetId(asset_id)).sha256
