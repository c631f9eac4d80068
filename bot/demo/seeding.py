"""Opening the demo's shop (見本の店の準備): stock, people, captures and what they are shown by, all
through the verbs the shop itself uses. Nothing is put into a table by hand.
"""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from bot.demo import dealings, films, shooting
from bot.demo.dealings import Dealings
from bot.demo.films import Studio
from bot.demo.pieces import NOT_FILMED, PIECES, Piece, Shot, piece
from catalog.customers import actions as customers
from catalog.customers.actions import Particulars
from catalog.duties.opening import open_stock
from catalog.duties.sealing import DataKeys
from catalog.ground import worklist
from catalog.ground.errors import Unavailable
from catalog.ground.record import AssetId
from catalog.partners import actions as partners
from media.assets.kinds import Part
from media.decoding import ffmpeg
from media.intake import tasks
from media.intake.take import Entrance, Wish, take
from media.renditions import actions as renditions
from media.renditions.making import RENDITION, Tools, make
from media.renditions.queries import job

BY = "demo"
_STOCKED_DAYS = 60  # since when the pieces are on sale
_KNOWN_DAYS = 150  # since when the customers are known
_LEASE_SECONDS = 120
_MOST_AT_ONCE = 4

# Films to be dropped into the hot folder by whoever tries the demo.
SPARE = (
    (NOT_FILMED, Shot("film")),
    (NOT_FILMED, Shot("film", Part.CASE_BACK)),
    ("B-20011", Shot("film")),
)


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer of the demo, the address they write from, and what they have with the shop."""

    customer_no: str
    family_name: str
    given_name: str
    language: str
    address: str
    email: str
    dealings: Dealings


@dataclass(frozen=True, slots=True)
class Retailer:
    """A partner of the demo and the address of its person."""

    partner_code: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class People:
    """Who writes to the demo's shop, on which channel."""

    channel: str
    guests: Sequence[Guest]
    retailer: Retailer


@dataclass(frozen=True, slots=True)
class Seeded:
    """What came of it."""

    units: int
    films: int
    stills: int


class CaptureNotShown(Unavailable):
    """A demo capture could not be made ready; `reason` is the decoder's line."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"the demo's {name} cannot be shown: {reason}")
        self.name = name
        self.reason = reason


def seed(
    entrance: Entrance,
    people: People,
    folder: Path,
    *,
    keys: DataKeys,
    now: datetime,
    pieces: Sequence[Piece] = PIECES,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Seeded:
    """Fill an empty, migrated shop. `folder` holds the captures while they are made and is gone
    afterwards.

    `told` hears how many captures are ready and of how many. Raises Unavailable (no ffmpeg, full
    disk).
    """
    entrance.database.write(lambda db: _register(db, keys, people, pieces, now))
    plan = shooting.planned(pieces)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        studio = films.open_studio(ffmpeg.find(entrance.ffmpeg), folder)
        camera = _Camera(entrance, studio, folder, now)
        with ThreadPoolExecutor(min(_MOST_AT_ONCE, (os.cpu_count() or 1) + 1)) as hands:
            running = [hands.submit(camera, *each) for each in plan]
            try:
                for done, each in enumerate(as_completed(running), 1):
                    each.result()
                    told(done, len(plan))
            finally:  # on a failure, or when asked to stop: nothing more is begun
                hands.shutdown(wait=False, cancel_futures=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    filmed = sum(shot.kind == "film" for _, shot, _ in plan)
    return Seeded(len(pieces), filmed, len(plan) - filmed)


def lay_out_spares(folder: Path, program: str | None) -> None:
    """Films of pieces that have none, ready to be copied into the hot folder. Raises
    Unavailable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    studio = films.open_studio(ffmpeg.find(program), folder)
    for code, shot in SPARE:
        shooting.capture(piece(code), shot, 1, folder, studio, taken_at=None)
    studio.light.unlink()


def _register(
    db: Session, keys: DataKeys, people: People, pieces: Sequence[Piece], now: datetime
) -> None:
    stocked, since = (now - timedelta(days=days) for days in (_STOCKED_DAYS, _KNOWN_DAYS))
    dealings.set_up(db, now=now)
    open_stock(db, [each.line for each in pieces], by=BY, now=stocked)
    for guest in people.guests:
        customer = customers.register(
            db,
            guest.customer_no,
            guest.family_name,
            given_name=guest.given_name,
            language=guest.language,
            more=Particulars(email=guest.email),
            by=BY,
            now=since,
        )
        customers.bind(db, customer, people.channel, guest.address, by=BY, now=since)
        dealings.deal(db, keys, customer, guest.customer_no, guest.dealings, pieces, now=now)
    dealings.all_told(db, now=now)
    retailer = people.retailer
    partner = partners.enter(db, retailer.partner_code, retailer.name, by=BY, now=now)
    partners.seat(db, partner, people.channel, retailer.address, by=BY, now=now)
    partners.grant(
        db,
        partner,
        None,
        rights=("media", "price", "hold", "link"),
        media_kinds=("film", "still"),
        expires_on=None,
        by=BY,
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _Camera:
    """Takes a capture from the drawing to something that can be sent, as a camera's file would
    go.
    """

    entrance: Entrance
    studio: Studio
    folder: Path
    now: datetime

    def __call__(self, piece: Piece, shot: Shot, number: int) -> None:
        at = shooting.captured_at(piece, number, now=self.now)
        path = shooting.capture(piece, shot, number, self.folder, self.studio, taken_at=at)
        wish = Wish(code=piece.line.code, part=shot.part)
        received = take(path, self.entrance, now=self.now, root=self.folder, wish=wish)
        _make_ready(self.entrance, received.asset_id, path.name, self.now)
        path.unlink()


def _make_ready(entrance: Entrance, asset_id: AssetId, name: str, now: datetime) -> None:
    database = entrance.database
    work = database.write(
        lambda db: worklist.claim_one(
            db, RENDITION, asset_id, worker=BY, now=now, lease_seconds=_LEASE_SECONDS
        )
    )
    if work is None:
        return
    wanted = database.read(lambda db: job(db, work))
    made = make(wanted, Tools(entrance.store, entrance.ffmpeg))
    if made.failure is not None:
        raise CaptureNotShown(name, made.failure)

    def unit(db: Session) -> None:
        if worklist.done(db, work, worker=BY, now=now):
            renditions.record(db, wanted, made, now=now)
            tasks.close_for(db, asset_id, now=now)

    database.write(unit)
