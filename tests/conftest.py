"""Fixtures every test may use: a fresh database on each engine, a moment in shop hours."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.ground.session.database import Database
from tests.databases import ENGINES, fresh


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An open, empty database of this release, once on SQLite and once on PostgreSQL."""
    with fresh(request.param, tmp_path) as opened:
        yield opened


@pytest.fixture
def now() -> datetime:
    """Sunday 2026-11-22, 14:00 in Tokyo: the shop is open."""
    return datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
