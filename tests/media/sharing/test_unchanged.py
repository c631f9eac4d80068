"""Tiles opened again: whatever changes between two of them, the answer is the one the rule gives
now (R-023, R-027; acceptance checks 15 and 16).
"""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col

from catalog.ground.calendar import tokyo_day
from catalog.ground.session.database import Database
from catalog.items.rules import STAFF, Viewer
from catalog.items.tables import Unit
from catalog.partners import actions as partners
from catalog.partners import queries
from catalog.partners.tables import Grant
from media.assets.tables import Asset
from media.originals.local import LocalStore
from media.renditions.tables import Rendition
from media.sharing import opening, pin
from media.sharing.opening import Visitor
from media.sharing.passes import About, PassUnknown
from media.sharing.tables import Share, SharedAsset, Viewing
from media.sharing.unchanged import HOLDS, Held, OpenTiles
from tests.media.captures import NOON
from tests.media.sharing.test_looking_in import Door

SHORT, LONG = 150, 4_000
Seats = dict[str, str]


class Row:
    """One row, and what its columns can become; the first of each is what they are."""

    def __init__(self, table: Any, which: Any, **columns: tuple[Any, ...]) -> None:
        self.table, self.which, self.columns = table, which, columns

    def change(self, db: Session, chance: random.Random) -> None:
        """One column becomes something, half of the time what it was."""
        name = chance.choice(sorted(self.columns))
        usual, *others = self.columns[name]
        value = usual if chance.random() < 0.5 else chance.choice(others)
        db.connection().execute(update(self.table).where(self.which).values({name: value}))


class Page:
    """A share page with a picture in tiles, and the address of them that a browser has."""

    def __init__(self, door: Door, *, viewer: Viewer, gated: bool) -> None:
        self.door, self.now = door, NOON
        how: dict[str, Any] = {"pin_hash": pin.digest("482913")} if gated else {}
        self.share = door.share(viewer, key=f"{viewer}{gated}", **how).share_id
        self.seats: Seats = {}
        self.address = door.database.write(self._entered)

    def _entered(self, db: Session) -> str:
        who = Visitor("192.0.2.0/24", "phone")
        self.viewing, seat = opening.enter(db, self.share, who, told_pin=True, now=NOON)
        self.seats[self.share] = seat
        row = db.get_one(Share, self.share)
        page = opening.Opened(
            self.share, self.viewing, None, None, "ja", NOON, row.ends_at, None, (), row.signs  # type: ignore[arg-type]  # what the address is not made of
        )  # fmt: skip
        return opening.byte_address(page, self.door.full, now=NOON)

    def rows(self) -> list[Row]:
        full = self.door.full
        return [
            Row(
                Share, col(Share.id) == self.share, revoked_at=(None, NOON),
                ends_at=(NOON + timedelta(days=30), NOON + timedelta(minutes=3)),
                reach=("tiles", "preview", "original"), most_opened=(None, 3),
            ),
            Row(
                Unit, col(Unit.id) == "unit-W-10234", state=("listed", "sold", "withdrawn"),
                owner_kind=("dealer", "consignor"), owner_id=(None, "cust-1"),
            ),
            Row(
                Rendition, col(Rendition.id) == full, state=("ready", "waiting"),
                key=(self.door.key, "renditions/other.zip"), recipe=("tiles", "full"),
            ),
            Row(Asset, col(Asset.id) == self.door.asset, kind=("still", "film")),
            Row(
                Grant, col(Grant.id) > 0, revoked_at=(None, NOON),
                rights=("media;link", "media;price"), media_kinds=("film;still", "film"),
                expires_on=(None, NOON.date() - timedelta(days=1)),
            ),
        ]  # fmt: skip

    def by_the_rule(self, db: Session) -> Any:
        return self._told(lambda: self._find(opening.find_tiles, db))

    def again(self, db: Session, tiles: OpenTiles) -> Any:
        return self._told(lambda: self._find(tiles.find, db))

    def at_hand(self, tiles: OpenTiles, held: Held[tuple[str, About]]) -> Any:
        """As a request asks: what is at hand first, then the rule."""
        asked = self.address, self.seats.get(self.share)

        def find(db: Session) -> tuple[str, About]:
            return self._find(tiles.find, db)

        def told() -> tuple[str, About]:
            return held.at_hand(asked, now=self.now) or held.find(asked, find, now=self.now)

        return self._told(told)

    def _find(self, find: Any, db: Session) -> tuple[str, About]:
        found: tuple[str, About] = find(db, self.address, seats=self.seats, now=self.now)
        return found

    def _told(self, find: Any) -> Any:
        try:
            return find()
        except PassUnknown as unknown:
            return unknown.why


@pytest.fixture
def door(database: Database, store: LocalStore, tmp_path: Path) -> Door:
    made = Door(database, store, tmp_path / "shots")
    with_tiles = update(Rendition).where(col(Rendition.id) == made.full).values(recipe="tiles")
    database.write(lambda db: db.connection().execute(with_tiles))
    return made


def granted(door: Door) -> Viewer:
    """A firm that may show every piece of the shop."""

    def unit(db: Session) -> Viewer:
        firm = partners.enter(db, "P-1", "Ginza Partner", by="test", now=NOON)
        partners.grant(
            db, firm, None, rights=["media", "link"], media_kinds=["film", "still"],
            expires_on=None, by="test", now=NOON,
        )  # fmt: skip
        return Viewer(partner=firm, grants=queries.grants_on(db, firm, tokyo_day(NOON)))

    return door.database.write(unit)


def _series(door: Door, count: int, seed: int) -> None:
    chance = random.Random(seed)
    firm = granted(door)
    pages = [
        Page(door, viewer=viewer, gated=gated)
        for viewer in (STAFF, firm)
        for gated in (False, True)
    ]
    tiles, held, outcomes = OpenTiles(), Held[Any](door.database), set()
    for _ in range(count):
        page = chance.choice(pages)
        if chance.random() < 0.6:
            row = chance.choice(page.rows())
            door.database.write(lambda db, row=row: row.change(db, chance))  # type: ignore[misc]  # bound at once
        if chance.random() < 0.1:
            page.now = NOON + timedelta(minutes=chance.choice((0, 2, 5, 9, 11)))
        if chance.random() < 0.05:
            page.seats = {} if page.seats else {page.share: _seat(door, page)}
        for _ in range(2):
            wanted = door.database.read(page.by_the_rule)
            assert door.database.read(lambda db, page=page: page.again(db, tiles)) == wanted  # type: ignore[misc]  # bound at once
            assert page.at_hand(tiles, held) == wanted
        outcomes.add(str(wanted)[:9])
    assert len(outcomes) > 4, "much of it was opened and refused"


def _seat(door: Door, page: Page) -> str:
    signs = door.database.read(lambda db: db.get_one(Share, page.share).signs)
    return f"{page.viewing}.{opening._seat_signature(signs, page.viewing)}"


def test_it_answers_as_the_rule_does_whatever_has_changed(door: Door) -> None:
    _series(door, SHORT, seed=1)


@pytest.mark.soak
def test_so_it_does_thousands_of_times(door: Door) -> None:
    _series(door, LONG, seed=2)


def test_who_lost_their_viewing_and_what_left_the_page_open_nothing(door: Door) -> None:
    page, tiles = Page(door, viewer=STAFF, gated=True), OpenTiles()
    assert door.database.read(lambda db: page.again(db, tiles))[0] == door.key
    for gone in (
        delete(SharedAsset).where(col(SharedAsset.share_id) == page.share),
        delete(Viewing).where(col(Viewing.id) == page.viewing),
    ):
        door.database.write(lambda db, gone=gone: db.connection().execute(gone))  # type: ignore[misc]  # bound at once
        wanted = door.database.read(page.by_the_rule)
        assert not isinstance(wanted, tuple)
        assert door.database.read(lambda db: page.again(db, tiles)) == wanted


def test_a_grant_that_ends_with_the_day_opens_nothing_on_the_next(door: Door) -> None:
    firm = granted(door)
    evening = datetime.fromisoformat("2026-09-20T14:58:00+00:00")  # 23:58 in Tokyo
    today = update(Grant).values(expires_on=evening.date())
    door.database.write(lambda db: db.connection().execute(today))
    page, tiles = Page(door, viewer=firm, gated=False), OpenTiles()
    page.address = door.database.read(lambda db: _address(db, page, evening))
    page.now = evening
    found = door.database.read(lambda db: page.again(db, tiles))
    assert found[0] == door.key
    page.now = evening + timedelta(minutes=3)
    assert door.database.read(lambda db: page.again(db, tiles)) == door.database.read(
        page.by_the_rule
    )
    assert not isinstance(door.database.read(page.by_the_rule), tuple)


def _address(db: Session, page: Page, now: datetime) -> str:
    row = db.get_one(Share, page.share)
    told = opening.Opened(
        page.share, page.viewing, None, None, "ja", NOON, row.ends_at, None, (), row.signs  # type: ignore[arg-type]  # what the address is not made of
    )  # fmt: skip
    return opening.byte_address(told, page.door.full, now=now)


def test_it_forgets_the_oldest(door: Door) -> None:
    tiles = OpenTiles(most=2)
    pages = [Page(door, viewer=STAFF, gated=gated) for gated in (False, True)]
    pages.append(Page(door, viewer=granted(door), gated=False))
    for page in pages:
        assert door.database.read(lambda db, page=page: page.again(db, tiles))[0] == door.key  # type: ignore[misc]  # bound at once
    assert len(tiles._known) == 2


def test_what_was_found_is_at_hand_until_anybody_commits_anything(door: Door) -> None:
    """Also in another process; and a second at most, since grants and pages end by the clock."""
    held, asked = Held[str](door.database), ("address", None)
    has_hands = door.database.commits() is not None
    assert has_hands is (door.database.dialect == "sqlite")
    assert held.at_hand(asked, now=NOON) is None
    assert held.find(asked, lambda _: "key", now=NOON) == "key"
    last = NOON + HOLDS - timedelta(milliseconds=1)
    assert [held.at_hand(asked, now=each) for each in (NOON, last)] == (
        ["key", "key"] if has_hands else [None, None]
    )
    assert held.at_hand(asked, now=NOON + HOLDS) is None
    assert held.at_hand(asked, now=NOON - timedelta(seconds=1)) is None, "a clock put back"
    assert held.at_hand(("address", "seat"), now=NOON) is None
    title = update(Unit).where(col(Unit.id) == "unit-W-10234")
    door.database.write(lambda db: db.connection().execute(title.values(title="one")))
    assert held.at_hand(asked, now=NOON) is None
    assert held.find(asked, lambda _: "other", now=NOON) == "other"
    with door.database.engine().begin() as another:
        another.execute(title.values(title="two"))
    assert held.at_hand(asked, now=NOON) is None


def test_what_the_rule_refuses_is_never_at_hand(door: Door) -> None:
    held, asked = Held[str](door.database), ("address", None)

    def refuses(_: Session) -> str:
        raise PassUnknown

    with pytest.raises(PassUnknown):
        held.find(asked, refuses, now=NOON)
    assert held.at_hand(asked, now=NOON) is None
