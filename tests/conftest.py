"""Fixtures every test may use: a fresh database on each engine, a moment in shop hours."""

import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from catalog.ground.session.database import Database
from tests import remembered
from tests.databases import ENGINES, fresh, without
from tests.media.shelves import Shelves, two_places
from tests.swift import engine
from tests.swift.engine import Swift

# How long an example takes says nothing of a rule.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

remembered.remember()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--one-database",
        action="store_true",
        help="each test that is there for both databases on one of them, told by its name",
    )


@pytest.hookimpl(trylast=True)  # of what is asked for by mark and name
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # The longest begins first: the others would be done while it went on alone.
    items.sort(key=lambda item: "walks" not in item.path.parts)
    if not config.getoption("--one-database"):
        return
    named = defaultdict(list)
    for item in items:
        named[_without_engine(item)].append(item)
    left_out = [
        item
        for name, of_name in named.items()
        for item in of_name
        if len(of_name) > 1 and _engine(item) != ENGINES[zlib.crc32(name.encode()) % len(ENGINES)]
    ]
    config.hook.pytest_deselected(items=left_out)
    gone = set(left_out)
    items[:] = [item for item in items if item not in gone]


def _engine(item: pytest.Item) -> str | None:
    """The database it runs on; None if it is there once for all."""
    spec = getattr(item, "callspec", None)
    return next((each for each in spec.params.values() if each in ENGINES), None) if spec else None


def _without_engine(item: pytest.Item) -> str:
    """Its name, the same on either database."""
    engine = _engine(item)
    if engine is None:
        return item.nodeid
    name, _, params = item.nodeid.partition("[")
    rest = params.removesuffix("]").split("-")
    return f"{name}[{'-'.join(each for each in rest if each != engine)}]"


def pytest_collection_finish() -> None:
    remembered.let_be()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Whoever is done takes over half of what is left to another, so that the tests of a file stay
    together and what they share is made once.
    """
    if config.getoption("dist") != "load":  # another way was asked for
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An open, empty database of this release, once on SQLite and once on PostgreSQL."""
    with fresh(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def shelves(database: Database, tmp_path: Path) -> Iterator[Shelves]:
    """Two places of originals that mirror each other."""
    found = two_places(database, tmp_path)
    yield found
    found.close()


@pytest.fixture
def now() -> datetime:
    """Sunday 2026-11-22, 14:00 in Tokyo: the shop is open."""
    return datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def swift_engine() -> Iterator[Swift]:
    """The one engine of this process, started by the first who asks."""
    if engine.python() is None:
        without("OpenStack Swift (make swift)")
    with engine.running() as started:
        yield started


@pytest.fixture
def swift(swift_engine: Swift, monkeypatch: pytest.MonkeyPatch) -> Swift:
    """OpenStack Swift, a real object service, and its keys where the store looks for them."""
    for name, value in swift_engine.env.items():
        monkeypatch.setenv(name, value)
    return swift_engine
