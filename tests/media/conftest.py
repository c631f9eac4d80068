"""What tests of `media` begin with: a store and films made once.

The store is on this disk, or with AKASHI_TEST_STORE=swift on OpenStack Swift.
"""

from pathlib import Path

import pytest

from media.originals.local import LocalStore
from media.originals.store import OriginalStore
from tests.media import captures
from tests.swift import engine
from tests.swift.engine import Swift


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> OriginalStore:
    if engine.is_wanted():
        swift: Swift = request.getfixturevalue("swift")
        return swift.store(tmp_path / "staging")
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
