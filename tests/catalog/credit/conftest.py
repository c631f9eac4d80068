"""The credit books on each engine."""

import pytest

from catalog.ground.session.database import Database
from tests.catalog.credit.books import Books


@pytest.fixture
def books(database: Database) -> Books:
    """Empty books."""
    return Books(database)
