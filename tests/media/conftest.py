"""What tests of `media` begin with: a store on this disk, one shared film, a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from catalog.ground.session import Database, SqliteDatabase
from media.originals.local import LocalStore
from tests.media import captures


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "media")


@pytest.fixture(scope="session")
def ready_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film that a messenger takes as it is."""
    extra = ("-metadata", "creation_time=2026-09-16T09:30:00Z", "-metadata", "location=+35.6+139.7/")
    return captures.film(tmp_path_factory.mktemp("film") / "W-10234_01.mp4", extra=extra)


@pytest.fixture(scope="session")
def other_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film that must be made anew."""
    codec = ("-c:v", "mpeg4", "-q:v", "5")
    return captures.film(tmp_path_factory.mktemp("film") / "W-10234_02.avi", codec=codec)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = SqliteDatabase(str(tmp_path / "akashi.db"))
    SQLModel.metadata.create_all(opened.engine())
    yield opened
    opened.close()
