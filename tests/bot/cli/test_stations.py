"""What the doctor says of the stations' folders (R-005)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from catalog.ground.session.opening import open_database
from media.intake import asides
from tests.bot.cli.test_commands import Akashi
from tests.databases import fresh_url


def test_the_doctor_says_of_each_station_when_it_was_seen_and_whether_it_is_there(
    tmp_path: Path,
) -> None:
    names = ("new", "seen", "silent", "share")
    places = {name: tmp_path / "stations" / name for name in (*names, "none")}
    for name in names:
        places[name].mkdir(parents=True)
    now = datetime.now(UTC)

    def looked(db: Session) -> None:
        asides.looked(db, "seen", now=now)
        asides.looked(db, "silent", now=now - timedelta(hours=3))
        asides.looked(db, "share", disk=str(places["share"]), now=now - timedelta(hours=3))

    with fresh_url("sqlite", tmp_path) as url:
        database = open_database(url)
        database.write(looked)
        database.close()
        told = ":".join(f"{name}={folder}" for name, folder in places.items())
        status, said, _ = Akashi(tmp_path, url, AKASHI_HOT_FOLDERS=told)("doctor")
    found = {
        name: next(each for each in said.splitlines() if f"hot folder: {name}:" in each)
        for name in places
    }
    assert status == 1
    assert {name: line[:4].strip() for name, line in found.items()} == {
        "new": "warn", "seen": "ok", "silent": "warn", "share": "BAD", "none": "BAD",
    }  # fmt: skip
    assert "never looked through; are the workers running?" in found["new"]
    assert f"last looked through at {now:%Y-%m-%d %H:%M} UTC" in found["seen"]
    assert "are the workers running?" in found["silent"]
    assert f"what lay at {places['share']} is not mounted" in found["share"]
    assert "is not a folder; never looked through" in found["none"]
