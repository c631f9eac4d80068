"""Somebody has a piece's originals checked now and reads in words how they are (R-008)."""

from collections.abc import Iterator

import pytest

from bot.workers.keeping import KeepingWork
from catalog.duties.actors import Role
from catalog.ground import worklist
from catalog.ground.session.database import Database
from media.originals.replicas import Replicas
from media.retention.actions import WRONG_TASK
from media.retention.checking import CHECK
from tests.bot.workers.test_keeping import Away
from tests.handoff.console.window import Opened, Seat, window
from tests.media import captures
from tests.media.shelves import Shelves, digest, flip

DIAL, BACK = b"a picture of the dial" * 40, b"a picture of the back" * 40
PAGE = "/console/items/W-10234"
BEGIN = f"{PAGE}/check"
UNDERWAY = "原本を読み直しています"


@pytest.fixture
def seat(database: Database, shelves: Shelves) -> Iterator[Opened]:
    more = {"store": shelves.first, "replicas": shelves.replicas}
    with window(database, lambda: shelves.now, **more) as opened:
        yield opened


def checked(shelves: Shelves, clerk: Seat) -> str:
    """The page after a check somebody began there."""
    shelves.later(minutes=10)
    assert clerk.send(PAGE, BEGIN).headers["location"] == f"{PAGE}#check"
    assert UNDERWAY in clerk.page(BEGIN)
    shelves.later(seconds=1)
    shelves.run(CHECK)
    return str(clerk.page(PAGE))


def test_a_piece_is_checked_at_once_and_its_page_says_how_it_is(
    shelves: Shelves, seat: Opened
) -> None:
    unit, other = captures.unit(shelves.database), captures.unit(shelves.database, "W-10235")
    clerk, auditor = seat("佐藤", Role.STORE), seat("監査", Role.AUDITOR)
    assert BEGIN not in clerk.page(PAGE)  # there is nothing to check
    for content in (DIAL, BACK):
        shelves.keep(content, unit=unit, name=f"W-10234_{len(content)}.jpg")
    shelves.keep(b"of another piece", unit=other)
    shelves.run()
    assert BEGIN in clerk.page(PAGE)
    assert BEGIN not in auditor.page(PAGE)
    assert "原本 2件を 2か所で読み直し、すべて記録と一致しました。" in checked(shelves, clerk)

    flip(shelves.second, digest(DIAL))  # type: ignore[arg-type]  # there are two
    page = checked(shelves, clerk)
    assert "記録と違う写しが 1件あり、正しい写しから直しました。" in page
    assert "すべて記録と一致しました" not in page
    told = [str(row.facts["task"]) for row in shelves.database.read(worklist.open_tasks)]
    assert WRONG_TASK in told  # the alarm
    assert "すべて記録と一致しました" in checked(shelves, clerk)

    for store in (shelves.first, shelves.second):
        flip(store, digest(BACK))  # type: ignore[arg-type]
    page = checked(shelves, clerk)
    assert "1件は、どの保管先にも正しい原本がありません" in page


def test_a_place_that_does_not_answer_is_told_and_not_called_wrong(
    shelves: Shelves, seat: Opened
) -> None:
    unit, clerk = captures.unit(shelves.database), seat("佐藤", Role.STORE)
    shelves.keep(DIAL, unit=unit)
    shelves.run()
    first, second = shelves.replicas.all
    away = Replicas(first.store, Away(second.store))  # type: ignore[arg-type]  # as far as it is asked
    shelves.work = KeepingWork(shelves.units, away, lambda: shelves.now)
    page = checked(shelves, clerk)
    assert "1件の写しは読めませんでした" in page
    assert "記録と違う" not in page


def test_asked_twice_it_is_done_once(shelves: Shelves, seat: Opened) -> None:
    unit, clerk = captures.unit(shelves.database), seat("佐藤", Role.STORE)
    shelves.keep(DIAL, unit=unit)
    shelves.run()
    shelves.later(minutes=1)
    form = clerk.form(PAGE, BEGIN)
    for _ in range(2):
        clerk.post(BEGIN, form.fields)
        shelves.later(seconds=1)
    assert shelves.run(CHECK) == 1
