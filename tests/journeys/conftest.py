"""Journeys run on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import ENGINES, fresh_url


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this release, once on SQLite and once on PostgreSQL."""
    with fresh_url(request.param, tmp_path) as url:
        yield url
