"""What tests of `media` begin with: a store on this disk and films made once."""

from pathlib import Path

import pytest

from media.originals.local import LocalStore
from tests.media import captures


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "media")


@pytest.fixture(scope="session")
def ready_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film that a messenger takes as it is."""
    taken, place = "creation_time=2026-09-16T09:30:00Z", "location=+35.6+139.7/"
    extra = ("-metadata", taken, "-metadata", place)
    return captures.film(tmp_path_factory.mktemp("film") / "W-10234_01.mp4", extra=extra)


@pytest.fixture(scope="session")
def other_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short film that must be made anew."""
    codec = ("-c:v", "mpeg4", "-q:v", "5")
    return captures.film(tmp_path_factory.mktemp("film") / "W-10234_02.avi", codec=codec)
