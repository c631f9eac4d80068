"""What tests of `media` begin with: a store and films made once.

The store is on this disk, or with AKASHI_TEST_STORE=swift on OpenStack Swift.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from media.originals.store import OriginalStore
from tests.media import captures
from tests.swift import engine
from tests.swift.engine import Swift


@pytest.fixture(scope="session", autouse=True)
def engine_if_wanted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Swift is up, and its keys are where the store looks for them."""
    if not engine.is_wanted():
        yield
        return
    swift: Swift = request.getfixturevalue("swift_engine")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in swift.env.items():
            patched.setenv(name, value)
        yield


@pytest.fixture
def store(tmp_path: Path) -> OriginalStore:
    return engine.any_store(tmp_path)


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
