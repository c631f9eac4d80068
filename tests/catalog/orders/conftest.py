"""The shop with its counter on each engine."""

import pytest

from catalog.ground.session.database import Database
from tests.catalog.orders.counter import Counter


@pytest.fixture
def counter(database: Database) -> Counter:
    """A shop with nothing in it."""
    return Counter(database)
