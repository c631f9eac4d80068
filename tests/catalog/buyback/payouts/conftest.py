"""Payments on each engine."""

import pytest

from catalog.ground.session.database import Database
from tests.catalog.buyback.deals import Deals


@pytest.fixture
def deals(database: Database) -> Deals:
    """A shop with its own account among its terms."""
    made = Deals(database)
    made.originator()
    return made
