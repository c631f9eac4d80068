"""What a killed process left on the disk is taken away, and nothing that is under way is."""

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.unit import Units
from bot.workers.sweeping import Sweeping
from catalog.ground.session.database import Database
from media.intake.uploads.files import Places
from media.intake.uploads.tables import Upload, UploadState
from media.originals.local import LocalStore
from tests.media.captures import NOON

DAY = timedelta(days=1)


def left(path: Path, ago: timedelta) -> Path:
    """Somebody wrote it then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"private")
    at = (NOON - ago).timestamp()
    os.utime(path, (at, at))
    return path


def upload(database: Database, upload_id: str, state: UploadState) -> str:
    row = Upload(
        id=upload_id, owner="staff:1", actor="staff:1", state=state.value, length=7, held=7,
        told="", name="IMG_1.JPG", begun_at=NOON, touched_at=NOON, expires_at=NOON + DAY,
    )  # fmt: skip
    database.write(lambda db: db.add(row))
    return upload_id


@pytest.fixture
def sweeping(database: Database, tmp_path: Path) -> Sweeping:
    store = LocalStore(tmp_path / "media")
    folders = [store.staging, tmp_path / "second", tmp_path / "not there"]

    def clock() -> datetime:
        return NOON

    return Sweeping(Units(database), folders, Places(store), clock)


def test_what_nobody_touched_for_a_day_goes_and_what_is_under_way_stays(
    sweeping: Sweeping, tmp_path: Path
) -> None:
    gone = [
        left(tmp_path / "media/staging/a.part", 2 * DAY), left(tmp_path / "second/b.part", 2 * DAY),
        left(tmp_path / "media/staging/make-1/c.mp4", 2 * DAY),
    ]  # fmt: skip
    os.utime(gone[2].parent, ((NOON - 2 * DAY).timestamp(),) * 2)
    kept = left(tmp_path / "media/staging/d.part", timedelta(hours=3))
    assert asyncio.run(sweeping.sweep()) == 3
    assert [each.exists() for each in gone] == [False, False, False]
    assert kept.exists()


def test_of_uploads_that_are_over_no_byte_stays(
    sweeping: Sweeping, database: Database, tmp_path: Path
) -> None:
    """Also where the process died between the books and the disk."""
    states = {state: upload(database, state.value, state) for state in UploadState}
    files = {
        state: left(tmp_path / f"media/uploads/{upload_id}.part", timedelta(hours=2))
        for state, upload_id in states.items()
    }
    of_nobody = left(tmp_path / "media/uploads/nobody.part", timedelta(hours=2))
    begun_now = left(tmp_path / "media/uploads/now.part", timedelta(minutes=5))
    assert asyncio.run(sweeping.sweep()) == 4
    assert {state for state, path in files.items() if path.exists()} == {
        UploadState.OPEN, UploadState.WHOLE,
    }  # fmt: skip
    assert not of_nobody.exists()
    assert begun_now.exists()
