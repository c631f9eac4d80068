"""Files of one sitting before one page: a tag that is late, torn, of yesterday or lost never gives
a shot to the wrong piece; in doubt it lies in the tray (R-006, acceptance check 5).
"""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from bot.unit import Units
from catalog.ground.record import UnitId
from catalog.ground.session.database import Database
from media.assets.tables import Asset
from media.intake.uploads import actions
from media.intake.uploads.receiving import Receiving
from media.intake.uploads.rules import Told, UploadTerms
from media.intake.uploads.tables import Upload, UploadState
from media.intake.uploads.taking import Dock
from media.originals.local import LocalStore
from tests.media import captures
from tests.media.intake.uploads.senders import SATO, run, whole

SITTING = "sitting-1"
Sent = tuple[Upload, bytes]


class Page:
    """What one page sends in, a minute apart."""

    def __init__(self, database: Database, store: LocalStore, folder: Path, now: datetime) -> None:
        self.database, self.folder, self.now, self.seed = database, folder, now, 0
        self.pieces = {
            code: captures.unit(database, code) for code in ("W-10234", "W-10235", "W-10236")
        }
        terms = UploadTerms(spare=0)
        self.receiving = Receiving(Units(database), Dock(database, store, lambda: self.now, terms))

    def begin(self, tag: str | None = None, name: str = "") -> Sent:
        """The first half of a file came."""
        self.seed += 1
        self.now += timedelta(minutes=1)
        path = self.folder / (name or f"IMG_{self.seed}.JPG")
        if tag is None:
            captures.still(path, seed=self.seed, width=320, height=240)
        else:
            captures.tag_photo(path, tag)
        content = path.read_bytes()
        told = Told(path.name, station=SITTING)

        async def send() -> Upload:
            row = await self.receiving.begin(SATO, len(content), told)
            half = content[: len(content) // 2]
            return await self.receiving.append(SATO, row.id, 0, whole(half))

        return run(send), content

    def end(self, sent: Sent) -> UnitId | None:
        """The other half came; the piece it is of."""
        row, content = sent
        rest = content[row.held :]
        run(lambda: self.receiving.append(SATO, row.id, row.held, whole(rest)))
        return self.piece_of(row)

    def piece_of(self, row: Upload) -> UnitId | None:
        def read(db: Session) -> UnitId | None:
            done = db.get_one(Upload, row.id)
            assert done.state == UploadState.TAKEN
            found = db.exec(select(Asset.unit_id).where(Asset.id == done.asset_id)).one()
            return UnitId(found) if found else None

        return self.database.read(read)

    def send(self, tag: str | None = None, name: str = "") -> UnitId | None:
        return self.end(self.begin(tag, name))


@pytest.fixture
def page(database: Database, store: LocalStore, tmp_path: Path, now: datetime) -> Page:
    return Page(database, store, tmp_path / "card", now)


def test_while_an_earlier_file_of_the_sitting_is_not_in_what_comes_after_it_is_nobodys(
    page: Page,
) -> None:
    """It may be the tag of the next piece; afterwards the tag has its place between the others."""
    first, second, third = page.pieces.values()
    page.send("W-10234")
    assert page.send() == first
    late = page.begin("W-10235")
    shot_of_second = page.begin()
    assert page.send() is None
    assert page.send(name="W-10234_dial.JPG") == first  # it says so itself
    page.send("W-10236")
    assert page.end(late) == second
    assert page.end(shot_of_second) == second
    assert page.send() == third


def test_a_tag_that_is_whole_and_waits_for_the_store_counts_as_not_in(page: Page) -> None:
    first, second, _ = page.pieces.values()
    page.send("W-10234")
    row, content = page.begin("W-10235")
    path = page.receiving.dock.places.of(row.id)
    path.write_bytes(content)
    page.database.write(
        lambda db: actions.hold(
            db, row.id, len(content), torn_at=None, kept_for=timedelta(hours=1), now=page.now
        )
    )
    assert page.send() is None
    found = run(lambda: page.receiving.where(SATO, row.id))  # whoever asks where it went
    assert found.unit_code == "W-10235"
    assert page.send() == second
    assert first != second


@pytest.mark.parametrize("hours, is_its", [(7, True), (9, False)])
def test_the_next_morning_is_not_of_yesterdays_tag(page: Page, hours: int, is_its: bool) -> None:
    first, *_ = page.pieces.values()
    page.send("W-10234")
    page.now += timedelta(hours=hours)
    assert page.send() == (first if is_its else None)


def test_a_tag_that_comes_late_and_nobody_can_read_ends_what_was_open_when_it_was_photographed(
    page: Page,
) -> None:
    first, second, _ = page.pieces.values()
    page.send("W-10234")
    unreadable = page.begin("W-99999")  # of no piece of the shop
    after = page.begin()
    page.send("W-10235")
    assert page.end(unreadable) is None
    assert page.end(after) is None
    assert page.send() == second
    assert first != second


def test_what_was_begun_yesterday_and_goes_on_today_is_not_of_todays_tag(page: Page) -> None:
    yesterday = page.begin()
    page.now += timedelta(hours=20)
    page.send("W-10234")
    assert page.end(yesterday) is None
